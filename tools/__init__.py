"""Tools of the project, run by make: `python tools/<name>.py`."""
