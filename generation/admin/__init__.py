"""The workshop in the admin: jobs, the catalogue, people's keys. Importing them registers them."""

from generation.admin import catalogue, jobs, keys

__all__ = ["catalogue", "jobs", "keys"]
