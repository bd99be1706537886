"""The library in the admin. Importing the modules registers what is in them."""

from gallery.admin import accounts, audit, belongings, conversations, posts, reports, storage

__all__ = ["accounts", "audit", "belongings", "conversations", "posts", "reports", "storage"]
