"""The wall of everything a person made."""

from __future__ import annotations

from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_safe

from gallery.browse import (
    Filters,
    better_spelled,
    browse,
    count_up_to,
    matches_of,
    models_of,
)
from gallery.filter_menus import filter_menus, sort_menu, what_is_set
from gallery.forms import GalleryQuery
from gallery.keyset import Page
from gallery.models import Post, Project
from pixelstream.accounts.models import User
from pixelstream.accounts.requests import PersonRequest
from pixelstream.htmx import is_htmx

COUNTED = 500
"""Posts are counted up to here, as many as one batch takes; beyond it the page says "500+"."""


@require_safe
def post_list(request: PersonRequest) -> HttpResponse:
    """The gallery: newest first, page after page."""
    return _wall(request, None)


@require_safe
def project_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """The posts of one project."""
    return _wall(request, get_object_or_404(Project.objects.owned_by(request.user), pk=pk))


def _wall(request: PersonRequest, project: Project | None) -> HttpResponse:
    """The page; for htmx the cards that follow, or the wall anew when the filters changed."""
    query = GalleryQuery(request.GET)
    filters = query.filters(project_id=project.pk if project else None)
    before, after = query.value("before"), query.value("after")
    is_first = (before if filters.newest else after) is None
    page = browse(
        request.user,
        filters,
        before=before,
        after=after,
        size=settings.GALLERY_PAGE_SIZE,
        count_to=COUNTED + 1,
    )
    context = {
        "page": page,
        "first_page": is_first,
        "filters": filters,
        "project": project,
        "next_href": filters.query_string(page=page) if page.has_more else "",
        "matches": matches_of(filters),
    }
    if is_htmx(request) and not is_first:
        response = render(request, "gallery/_more_posts.html", context)
    else:
        context |= _around(request.user, filters, page, is_first=is_first)
        context["is_typing"] = request.headers.get("HX-Source", "").endswith("#search")
        template = "gallery/_wall_anew.html" if is_htmx(request) else "gallery/post_list.html"
        response = render(request, template, context)
        if is_htmx(request):
            header, address = history_of(request, filters)
            response[header] = address
    response["Vary"] = "HX-Request, HX-Source, Cookie"
    return response


def _around(user: User, filters: Filters, page: Page[Post], *, is_first: bool) -> dict[str, Any]:
    """What the page says beside its cards: the filters, how many there are, what to try."""
    menus = filter_menus(filters, models_of(user))
    is_whole = is_first and not page.has_more
    count = len(page.items) if is_whole else page.found
    if count is None:
        count = count_up_to(user, filters, COUNTED + 1)
    spelled = better_spelled(user, filters) if is_whole and not page.items else None
    return {
        "menus": menus,
        "sort": sort_menu(filters),
        "count": min(count, COUNTED),
        "counted_all": count <= COUNTED,
        "set_filters": list(what_is_set(filters, menus)),
        "clear_href": Filters(newest=filters.newest).query_string(),
        "spelled": spelled,
        "spelled_href": spelled.query_string() if spelled else "",
    }


def count_of_page(request: PersonRequest) -> dict[str, Any] | None:
    """How many posts the wall shows that a request comes from; None if it comes from no wall."""
    address = _parts_of(request.headers.get("HX-Current-URL", ""))
    try:
        match = resolve(address.path) if address else None
    except Resolver404:
        return None
    if not address or not match or match.func not in {post_list, project_detail}:
        return None
    query = GalleryQuery(QueryDict(address.query))
    filters = query.filters(project_id=match.kwargs.get("pk"))
    count = count_up_to(request.user, filters, COUNTED + 1)
    return {"count": min(count, COUNTED), "counted_all": count <= COUNTED}


def _parts_of(address: str) -> SplitResult | None:
    """The parts of an address; None for what is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return None


def history_of(request: HttpRequest, filters: Filters) -> tuple[str, str]:
    """The header that puts the short address into the browser's history: a new entry for a new
    choice, the same one while somebody types on, or Back would go through every syllable.
    """
    href = request.path + filters.query_string()
    here = request.headers.get("HX-Current-URL", "").partition("#")[0].partition("?")[2]
    there = GalleryQuery(QueryDict(here)).filters(project_id=filters.project_id)
    typed_on = bool(filters.q and there.q) and there.without("q") == filters.without("q")
    return ("HX-Replace-Url" if typed_on or there == filters else "HX-Push-Url"), href
