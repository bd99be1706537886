"""The library in the admin. Importing the modules registers what is in them."""

from gallery.admin import accounts, conversations, posts, storage

__all__ = ["accounts", "conversations", "posts", "storage"]
