"""`make bench`: the speed of the application, measured against the goals it was built for."""
