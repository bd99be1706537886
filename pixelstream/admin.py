"""What every page of the admin does the same way.

The admin looks, and changes only what no other code writes. It deletes no row by itself: what owns
bytes in storage goes through the services that also remove the bytes.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString


class KeptAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows are made by the application and stay; what may be changed is up to the subclass."""

    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    view_on_site = False  # the pages of a post and the like are their owner's

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nobody."""
        return False


class ReadOnlyAdmin(KeptAdmin):
    """Rows that only the application writes."""

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nobody."""
        return False


def thumbnail(url: str, ratio: float) -> SafeString:
    """A small picture whose box is known before the picture is there."""
    return format_html(
        '<img class="thumbnail" src="{}" width="{}" height="48" alt="" loading="lazy">',
        url,
        round(48 * ratio),
    )
