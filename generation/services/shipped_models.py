"""Brings the models that ship with Pixelstream into the catalogue's table."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from generation import catalogue
from generation.models import CatalogueEntry


@transaction.atomic
def load() -> int:
    """Add what is new and bring the rest up to date. Returns how many rows were written.

    Called after every migrate. What an administrator edited stays; so does what only discovery
    knows. Safe to repeat.
    """
    known = {entry.key: entry for entry in CatalogueEntry.objects.select_for_update()}
    written = 0
    for shipped in catalogue.shipped_entries():
        entry = known.get(shipped["key"])
        if entry is None:
            CatalogueEntry.objects.create(**shipped)
            written += 1
        elif changes := _changes(entry, shipped):
            for field, value in changes.items():
                setattr(entry, field, value)
            entry.save(update_fields=[*changes, "updated_at"])
            written += 1
    catalogue.forget()
    return written


def _changes(entry: CatalogueEntry, shipped: dict[str, Any]) -> dict[str, Any]:
    """The shipped values that differ and that nobody edited."""
    return {
        name: value
        for name, value in shipped.items()
        if name not in entry.edited_fields and value != getattr(entry, name)
    }
