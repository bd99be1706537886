"""What every page of the admin does the same way.

The admin looks, and changes only what no other code writes. It deletes no row by itself: what owns
bytes in storage goes through the services that also remove the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from pixelstream.accounts.models import User

COUNTED = 10_000
"""Rows that a list counts, and that can be reached page by page; of more, filters and the search
find what is wanted.
"""

NOWHERE = re.compile(r"\x00|[0-9]{19}")
"""PostgreSQL has no text with a NUL, and SQLite no larger numbers than of nineteen digits."""


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than COUNTED: a table of millions is not read to say how long it is."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, at most COUNTED."""
        rows: Any = self.object_list
        return int(rows.order_by()[:COUNTED].count())


class CarefulChangeList(ChangeList):
    """A list whose address may ask for anything."""

    def get_filters_params(self, *args: Any) -> dict[str, list[str]]:
        """What is filtered by. Raises for what no row has and a database refuses to look for."""
        params: dict[str, list[str]] = super().get_filters_params(*args)
        if any(NOWHERE.search(value) for values in params.values() for value in values):
            raise IncorrectLookupParameters
        return params


class KeptAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows are made by the application and stay; what may be changed is up to the subclass."""

    ordering = ("-id",)
    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they count the whole table, once for each choice
    view_on_site = False  # the pages of a post and the like are their owner's

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list's class."""
        return CarefulChangeList

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


def number_of(relation: str, name: Any) -> Any:
    """A column with the number of a related row, which is not fetched for it. The admin by itself
    would call the column after the code. (Its stubs know columns that are texts and names only.)
    """

    @admin.display(description=name, ordering=f"{relation}_id")
    def number(row: models.Model) -> int | None:
        return cast("int | None", getattr(row, f"{relation}_id"))

    return number


def thumbnail(url: str, ratio: float) -> SafeString:
    """A small picture whose box is known before the picture is there."""
    return format_html(
        '<img class="thumbnail" src="{}" width="{}" height="48" alt="" loading="lazy">',
        url,
        round(48 * ratio),
    )


def note(request: HttpRequest, model: type[models.Model], ids: Iterable[int], said: str) -> None:
    """Write into the history of these rows what was done to them, and why. Rows are called by their
    numbers: the history of a post must not keep its caption when it is deleted.
    """
    kind = ContentType.objects.get_for_model(model)
    LogEntry.objects.bulk_create(
        LogEntry(
            user_id=cast(User, request.user).pk,
            content_type=kind,
            object_id=str(pk),
            object_repr=f"#{pk}",
            action_flag=CHANGE,
            change_message=said,
        )
        for pk in ids
    )
