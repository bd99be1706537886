"""The audit log, to read and to search. Nobody adds, changes or deletes a line of it.

It only ever grows, and has an index by what a line is about and one by who did it. Everything else
is found along the ids, which ascend with time.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gallery.forms import as_id
from gallery.models import AuditEvent
from pixelstream.accounts.models import User
from pixelstream.admin import ReadOnlyAdmin

LOOKED_THROUGH = 100_000
"""Lines, the newest, among which an action is looked for."""

KNOWN_FROM = 5_000
"""Lines, the newest, whose actions are offered."""

PERIODS = {"day": 1, "week": 7, "month": 31, "year": 366}


def first_id_since(moment: dt.datetime) -> int:
    """The id of the first event at or after a moment, one more than the last where there is none.
    Ids ascend with time: a look for each halving.
    """
    low, high = 1, (AuditEvent.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    while low < high:
        middle = (low + high) // 2
        event = AuditEvent.objects.filter(pk__gte=middle).order_by("pk").first()
        if event is None or event.created_at >= moment:
            high = middle
        else:
            low = event.pk + 1
    return low


def newest(count: int) -> int:
    """The id from which on there are at most so many events."""
    last = AuditEvent.objects.aggregate(last=Max("pk"))["last"] or 0
    return max(0, last - count) + 1


class ActionFilter(admin.SimpleListFilter):
    """By what was done, among the newest."""

    title = _("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """What was done lately, and what is asked for."""
        events = AuditEvent.objects.filter(pk__gte=newest(KNOWN_FROM))
        actions = set(events.order_by().values_list("action", flat=True).distinct())
        return [(action, action) for action in sorted(actions)]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEvent]
    ) -> QuerySet[AuditEvent]:
        """Those events."""
        if not self.value():
            return queryset
        return queryset.filter(pk__gte=newest(LOOKED_THROUGH), action=self.value())


class PeriodFilter(admin.SimpleListFilter):
    """By when it was done."""

    title = _("time")
    parameter_name = "since"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """How far back."""
        return [
            ("day", gettext("the last day")),
            ("week", gettext("the last 7 days")),
            ("month", gettext("the last month")),
            ("year", gettext("the last year")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEvent]
    ) -> QuerySet[AuditEvent]:
        """Those events."""
        days = PERIODS.get(self.value() or "")
        if days is None:
            return queryset
        return queryset.filter(pk__gte=first_id_since(timezone.now() - dt.timedelta(days=days)))


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """Who did what."""

    list_display = ("created_at", "action", "actor", "target_type", "target_id", "counts")
    list_filter = (ActionFilter, PeriodFilter)
    list_select_related = ("actor",)
    sortable_by = ()
    search_fields = ("pk",)  # shows the box; `get_search_results` does the search
    search_help_text = _(
        "Who did it (an e-mail address or @handle), the id of the target, or an action."
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEvent], search_term: str
    ) -> tuple[QuerySet[AuditEvent], bool]:
        """By the indexes that there are; an action among the newest events."""
        typed = search_term.strip().lower()
        if not typed:
            return queryset, False
        if typed.isdigit():
            # The index begins with the kind, of which there are as many as models.
            kinds = [model._meta.label_lower for model in apps.get_models()]
            return queryset.filter(target_type__in=kinds, target_id=as_id(typed) or 0), False
        if "@" in typed:
            handle = typed.removeprefix("@")
            person = {"handle": handle} if typed.startswith("@") else {"email": typed}
            people = list(User.objects.filter(**person).values_list("pk", flat=True))
            return queryset.filter(actor__in=people), False
        return queryset.filter(pk__gte=newest(LOOKED_THROUGH), action=typed), False
