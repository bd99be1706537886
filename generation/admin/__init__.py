"""The workshop in the admin: jobs, the catalogue, people's keys, what providers said.

Importing them registers them.
"""

from generation.admin import catalogue, credits, jobs, keys, webhooks

__all__ = ["catalogue", "credits", "jobs", "keys", "webhooks"]
