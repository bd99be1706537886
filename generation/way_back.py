"""Where a page's way back leads: to where the person came from, the gallery by default."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gallery.views.posts import where_from

NAMES: dict[str, Promise] = {
    "home": _("Home"),
    "gallery:post-list": _("Gallery"),
    "gallery:project-detail": _("Project"),
    "gallery:conversation-list": _("Conversations"),
    "gallery:post-lineage": _("Lineage"),
    "post-detail": _("Post"),
    "studio": _("Create"),
}
"""The pages that one comes from, by the names of their addresses. Others are steps in between."""


@dataclass(frozen=True)
class WayBack:
    """A link back."""

    address: str
    label: str | Promise
    is_known: bool
    """Whether the person came from there; else it is the usual place."""


def way_back(request: HttpRequest) -> WayBack:
    """The page of ours that the browser says the person came from, else the gallery."""
    usual = WayBack(reverse("gallery:post-list"), NAMES["gallery:post-list"], is_known=False)
    address = urlsplit(where_from(request))
    if not address.path:
        return usual
    try:
        name = resolve(address.path).view_name
    except Resolver404:
        return usual
    if name not in NAMES:
        return usual
    query = f"?{address.query}" if address.query else ""
    return WayBack(f"{address.path}{query}", NAMES[name], is_known=True)
