"""One module for each measure: TITLE, and `run`, which yields figures as they are measured."""
