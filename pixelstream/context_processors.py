"""What every page's frame shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from gallery.models import Project, Usage
from gallery.services import room

NAV_PROJECTS = 6


def shell(request: HttpRequest) -> dict[str, Any]:
    """The navigation's projects and storage, what frees some of it, and the end of the account
    where that was asked for (each asked for only by pages that show it), the site's address, and
    whether pictures cost credits.
    """
    return {
        "nav_projects": SimpleLazyObject(lambda: _projects(request)),
        "nav_usage": SimpleLazyObject(lambda: _usage(request)),
        "leaving": SimpleLazyObject(lambda: getattr(request.user, "erasure", None)),
        "quota_way_out": SimpleLazyObject(lambda: _way_out(request)),
        "SITE_URL": settings.SITE_URL,
        "MAIL_IS_SENT": settings.MAIL_IS_SENT,
        "CREDITS_ENABLED": settings.CREDITS_ENABLED,
        "DEBUG": settings.DEBUG,
    }


def _projects(request: HttpRequest) -> list[Project]:
    if not request.user.is_authenticated:
        return []
    owned = Project.objects.owned_by(request.user)
    return list(owned.order_by("-updated_at", "-id")[:NAV_PROJECTS])


def _usage(request: HttpRequest) -> Usage | None:
    if not request.user.is_authenticated:
        return None
    return getattr(request.user, "usage", None) or Usage(owner=request.user)


def _way_out(request: HttpRequest) -> str:
    return room.way_out(request.user) if request.user.is_authenticated else ""
