"""The administrators' page about the system itself: what is wrong, and what to do."""

from __future__ import annotations

import platform
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import django
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from generation import catalogue
from generation.models import GenerationJob
from generation.models.jobs import ErrorCode
from pixelstream.dashboard import NEWEST_JOBS
from pixelstream.health import report, words
from pixelstream.health.checks import Facts, Finding, State
from pixelstream.health.facts import MOST, Notes, Room, Rows

PERMISSION = "generation.view_generationjob"
"""Who may look at jobs may look at what runs them."""


@dataclass(frozen=True)
class Shown:
    """A finding as the page shows it."""

    name: str | Promise
    state: str
    """As a word of CSS."""
    state_word: str | Promise
    sentence: str
    since: datetime | None
    advice: str | Promise = ""
    command: str = ""
    document: str = ""
    why: str = ""
    """In the words of the program: what the service said."""


@dataclass(frozen=True)
class Failures:
    """Jobs of a model that failed lately, for one reason."""

    model: str
    reason: str
    number: int


def page(request: HttpRequest) -> HttpResponse:
    """Everything on one page, as it is now."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    found = report.current()
    context = {
        **admin.site.each_context(request),
        "title": _("System"),
        "is_nav_sidebar_enabled": False,
        "headline": words.headline(found.state),
        "state": str(found.state),
        "at": found.at,
        "findings": shown(found),
        "numbers": _numbers(found.facts),
        "notes": _notes(found.facts),
        "versions": _versions(found.facts),
        "room": found.facts.room if isinstance(found.facts.room, Room) else None,
        "failures": failures_of_the_last_hour(),
    }
    return TemplateResponse(request, "admin/system.html", context)


def shown(found: report.Report) -> list[Shown]:
    """What is wrong first, the rest in the order of the checks."""
    order = {State.FAILING: 0, State.DEGRADED: 1, State.OK: 2}
    worst_first = sorted(found.findings, key=lambda one: order[one.state])
    return [_shown(one, found.since[one.name]) for one in worst_first]


def _shown(one: Finding, since: datetime) -> Shown:
    cause = words.CAUSES[one.cause] if one.cause else None
    return Shown(
        name=words.NAMES[one.name],
        state=str(one.state),
        state_word=words.STATES[one.state],
        sentence=words.sentence(one),
        since=since if cause else None,
        advice=cause.advice if cause else "",
        command=cause.command if cause else "",
        document=cause.document if cause else "",
        why=str(one.said.get("why", "")),
    )


def failures_of_the_last_hour() -> list[Failures]:
    """By model and reason, among the newest jobs; those that people canceled do not count."""
    newest = GenerationJob.objects.order_by("-pk").values_list("pk", flat=True)[:NEWEST_JOBS]
    oldest = list(newest)[-1:] or [0]
    rows = (
        GenerationJob.objects.filter(
            pk__gte=oldest[0],
            status=GenerationJob.Status.FAILED,
            finished_at__gte=Now() - timedelta(hours=1),
        )
        .exclude(error_code=ErrorCode.CANCELED)
        .order_by()
        .values_list("model", "error_code")
        .annotate(number=Count("pk"))
    )
    found = [
        Failures(catalogue.display_name(model), str(ErrorCode(code).label), number)
        for model, code, number in rows
    ]
    return sorted(found, key=lambda one: (-one.number, one.model))


def _numbers(facts: Facts) -> list[tuple[str, str]]:
    rows = facts.rows
    if not isinstance(rows, Rows) or rows.unapplied:
        return []
    return [
        (_("jobs waiting for a worker"), _capped(rows.waiting)),
        (_("jobs at work"), _capped(rows.working)),
        (_("objects in the outbox"), _capped(rows.outbox)),
    ]


def _capped(number: int) -> str:
    return f"{MOST}+" if number >= MOST else str(number)


def _notes(facts: Facts) -> dict[str, Any] | None:
    """What the broker said, with its ages in words; None when it said nothing."""
    notes = facts.notes
    if not isinstance(notes, Notes):
        return None
    ticking, doctor = notes.ticking, notes.doctor
    return {
        "rung": None if ticking.since_rung is None else words.ago(ticking.since_rung),
        "swept": None if ticking.since_swept is None else words.ago(ticking.since_swept),
        "workers": [(one, words.ago(one.since_seen)) for one in notes.workers],
        "doctor": doctor,
        "doctor_ago": words.ago(doctor.since) if doctor else "",
        "doctor_more": max(0, doctor.number - len(doctor.first)) if doctor else 0,
    }


def _versions(facts: Facts) -> list[tuple[str, str]]:
    """Names of programs are the same in every language."""
    versions = [
        ("Pixelstream", version()),
        ("Django", django.get_version()),
        ("Python", platform.python_version()),
    ]
    if isinstance(facts.rows, Rows) and facts.rows.version:
        versions.append(_split(facts.rows.version))
    if isinstance(facts.notes, Notes):
        versions.append(_split(facts.notes.version))
    return versions


def _split(name: str) -> tuple[str, str]:
    program, _space, number = name.partition(" ")
    return program, number


@cache
def version() -> str:
    """Of this program."""
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])
