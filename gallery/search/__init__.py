"""Search: `parse` what was typed, `search` with it, `highlight` it in what was found.

The index is kept by the database itself (`schema.py`); nothing here ever writes it.
"""

from gallery.search.highlighting import highlight
from gallery.search.lookup import PUBLIC, search
from gallery.search.query import Query, parse
from gallery.search.suggesting import suggest

__all__ = ["PUBLIC", "Query", "highlight", "parse", "search", "suggest"]
