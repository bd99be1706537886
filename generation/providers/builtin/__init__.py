"""The built-in engine: pictures and captions without a key, a network or a GPU. Not AI."""
