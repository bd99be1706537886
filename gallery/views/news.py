"""What happened elsewhere while a wall is open. Pages ask while they are looked at."""

from __future__ import annotations

import hashlib

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from gallery.browse import Filters, count_since, matches_of
from gallery.covers import with_covers
from gallery.models import Post
from gallery.news_forms import NewsQuery
from pixelstream.accounts.requests import PersonRequest

COUNTED = 99
"""New posts are counted up to here; beyond it the page says "99+"."""


@require_safe
def post_news(request: PersonRequest) -> HttpResponse:
    """The unfinished posts of a wall as they are now, and how many posts are new; 304 while
    that is what the page knows.
    """
    query = NewsQuery(request.GET)
    filters, newest, shown = query.wall(), query.newest_shown(), query.unfinished_shown()
    count = 0
    if newest is not None and filters.newest:
        count = count_since(request.user, filters, newest, limit=COUNTED + 1)
    asked = Post.objects.visible_to(request.user).filter(pk__in=shown)
    revisions = dict(asked.values_list("pk", "revision")) if shown else {}
    etag = _etag(count, revisions)
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        posts = with_covers(asked.for_cards()) if revisions else []
        context = {
            "posts": [[post] for post in posts],
            "gone": [pk for pk in shown if pk not in revisions],
            "matches": matches_of(filters),
            "count": min(count, COUNTED),
            "counted_all": count <= COUNTED,
            "wall_href": _address(filters),
        }
        response = render(request, "gallery/_news.html", context)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def _etag(count: int, revisions: dict[int, int]) -> str:
    facts = f"{count}.{sorted(revisions.items())}.{get_language()}"
    return f'"{hashlib.sha256(facts.encode()).hexdigest()[:32]}"'


def _address(filters: Filters) -> str:
    project = filters.project_id
    page = reverse("gallery:project-detail", args=[project]) if project else None
    return (page or reverse("gallery:post-list")) + filters.query_string()
