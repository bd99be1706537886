"""What every page's frame shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from gallery.models import Project

NAV_PROJECTS = 6


def shell(request: HttpRequest) -> dict[str, Any]:
    """The navigation's projects (asked for only by pages that show them) and the site's address."""
    return {
        "nav_projects": SimpleLazyObject(lambda: _projects(request)),
        "SITE_URL": settings.SITE_URL,
        "MAIL_IS_SENT": settings.MAIL_IS_SENT,
        "DEBUG": settings.DEBUG,
    }


def _projects(request: HttpRequest) -> list[Project]:
    if not request.user.is_authenticated:
        return []
    owned = Project.objects.owned_by(request.user)
    return list(owned.order_by("-updated_at", "-id")[:NAV_PROJECTS])
