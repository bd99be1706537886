"""A library of a million posts, made the same way every time, and the databases that hold it."""
