"""The menus of the gallery's filter bar: what can be chosen, what is, and where it leads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gallery.browse import Filters, Kind

ASPECTS = ("1:1", "5:4", "4:3", "3:2", "16:9", "21:9", "4:5", "3:4", "2:3", "9:16")
"""Ratios that the menu offers: square, wide, tall. An address may name any other."""


@dataclass(frozen=True)
class Choice:
    """One entry of a menu: a link that sets the filter."""

    label: str
    href: str
    is_current: bool
    ratio: float | None = None


@dataclass(frozen=True)
class Menu:
    """One filter. `chosen` says what is set, empty when nothing is."""

    name: str
    label: str
    choices: list[Choice]
    chosen: str
    clear_href: str


def filter_menus(filters: Filters, models: list[tuple[str, str]]) -> list[Menu]:
    """Kind, date, model and aspect, each keeping everything else that is set."""
    return [_kinds(filters), _dates(filters), _models(filters, models), _aspects(filters)]


def sort_menu(filters: Filters) -> Menu:
    """The order of the list: one is always chosen."""
    newest, oldest = pgettext("order", "Newest"), pgettext("order", "Oldest")
    choices = [
        Choice(newest, filters.query_string(newest=True), filters.newest),
        Choice(oldest, filters.query_string(newest=False), not filters.newest),
    ]
    label = newest if filters.newest else oldest
    return Menu("sort", label, choices, "", "")


def what_is_set(filters: Filters, menus: Iterable[Menu]) -> Iterator[Choice]:
    """Each thing that is set, the search too, with the address of the list without it."""
    if filters.q:
        yield Choice(f"“{filters.q}”", filters.without("q").query_string(), is_current=True)
    for menu in menus:
        if menu.chosen:
            yield Choice(menu.chosen, menu.clear_href, is_current=True)


def _kinds(filters: Filters) -> Menu:
    return _menu(
        filters,
        "kind",
        pgettext("kind of post", "All"),
        pgettext("kind of post", "Everything"),
        [(kind.value, str(kind.label), None) for kind in Kind],
    )


def _models(filters: Filters, models: list[tuple[str, str]]) -> Menu:
    offered = [(key, name, None) for key, name in models]
    return _menu(filters, "model", _("Model"), _("All models"), offered)


def _aspects(filters: Filters) -> Menu:
    offered = [(aspect, aspect, _ratio(aspect)) for aspect in ASPECTS]
    return _menu(filters, "aspect", pgettext("filter", "Aspect"), _("All aspects"), offered)


def _menu(
    filters: Filters,
    name: str,
    label: str,
    everything: str,
    offered: Sequence[tuple[str, str, float | None]],
) -> Menu:
    value: str = getattr(filters, name)
    clear = filters.without(name).query_string()
    choices = [Choice(everything, clear, not value)]
    for key, text, ratio in offered:
        changes: dict[str, Any] = {name: key}
        href = filters.query_string(**changes)
        choices.append(Choice(text, href, key == value, ratio))
    chosen = next((text for key, text, _ratio in offered if key == value), value)
    return Menu(name, label, choices, chosen, clear)


def _dates(filters: Filters) -> Menu:
    today = timezone.localdate()
    presets = [
        (pgettext("filter", "Today"), today),
        (_("Last 7 days"), today - dt.timedelta(days=6)),
        (_("Last 30 days"), today - dt.timedelta(days=29)),
        (_("This year"), today.replace(month=1, day=1)),
    ]
    clear = filters.without("since", "until").query_string()
    choices = [Choice(_("Any time"), clear, not (filters.since or filters.until))]
    chosen = _days(filters)
    for text, since in presets:
        is_current = filters.since == since and filters.until is None
        chosen = text if is_current else chosen
        href = filters.query_string(since=since, until=None)
        choices.append(Choice(text, href, is_current))
    return Menu("date", pgettext("filter", "Date"), choices, chosen, clear)


def _days(filters: Filters) -> str:
    since, until = (_day(day) for day in (filters.since, filters.until))
    if since and until:
        return since if since == until else f"{since} – {until}"
    if since:
        return _("since %(day)s") % {"day": since}
    return _("until %(day)s") % {"day": until} if until else ""


def _day(day: dt.date | None) -> str:
    return formats.date_format(day, "SHORT_DATE_FORMAT") if day else ""


def _ratio(aspect: str) -> float:
    width, _separator, height = aspect.partition(":")
    return int(width) / int(height)
