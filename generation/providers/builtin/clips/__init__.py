"""The built-in engine's clips: one or two pictures, and a camera that moves. Not AI."""
