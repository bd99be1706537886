"""What happened elsewhere while a wall is open. Pages ask while they are looked at."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gallery.browse import Filters, count_since, matches_of
from gallery.covers import with_covers
from gallery.models import Post
from gallery.news_forms import NewsQuery
from pixelstream.accounts.requests import PersonRequest
from pixelstream.conditional import unless_known

COUNTED = 99
"""New posts are counted up to here; beyond it the page says "99+"."""


@require_safe
def post_news(request: PersonRequest) -> HttpResponse:
    """The unfinished posts of a page as they are now, which of all that it shows are gone, and
    how many posts are new; 304 while that is what the page knows.
    """
    query = NewsQuery(request.GET)
    filters, newest, here = query.wall(), query.newest_shown(), query.post_here()
    unfinished, others = query.unfinished_shown(), query.others_shown()
    count = 0
    if newest is not None and filters.newest:
        count = count_since(request.user, filters, newest, limit=COUNTED + 1)
    visible = Post.objects.visible_to(request.user)
    asked = {*unfinished, *others, *([here] if here else [])}
    there = dict(visible.filter(pk__in=asked).values_list("pk", "revision")) if asked else {}
    revisions = {pk: there[pk] for pk in unfinished if pk in there}
    gone = [pk for pk in dict.fromkeys([*unfinished, *others]) if pk not in there]
    place = _place_of(request, here) if here and here not in there else ""

    def answer() -> HttpResponse:
        posts = with_covers(visible.filter(pk__in=revisions).for_cards()) if revisions else []
        context = {
            "posts": [[post] for post in posts],
            "gone": gone,
            "here": here,
            "place": place,
            "matches": matches_of(filters),
            "count": min(count, COUNTED),
            "counted_all": count <= COUNTED,
            "wall_href": _address(filters),
        }
        return render(request, "gallery/_news.html", context)

    return unless_known(request, (count, sorted(revisions.items()), gone, place), answer)


def _place_of(request: PersonRequest, pk: int) -> str:
    """Where a post is that is not there any more: in the trash, or gone."""
    in_trash = Post.objects.in_trash_of(request.user).filter(pk=pk).exists()
    return "trash" if in_trash else "gone"


def _address(filters: Filters) -> str:
    project = filters.project_id
    page = reverse("gallery:project-detail", args=[project]) if project else None
    return (page or reverse("gallery:post-list")) + filters.query_string()
