"""What everybody made public."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gallery.browse import Filters
from gallery.explore import matches_of, models_to_choose, wall
from gallery.feeds import feed_of
from gallery.filter_menus import filter_menus, sort_menu, what_is_set
from gallery.models import Post
from gallery.public_cursors import next_href
from gallery.public_forms import ExploreQuery
from gallery.views.gallery import history_of
from pixelstream.conditional import page_unless_known
from pixelstream.htmx import is_htmx


@login_not_required
@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    """The public wall; for htmx the cards that follow, or the wall anew when the filters changed.

    Nothing is sent to who has it all.
    """
    query = ExploreQuery(request.GET)
    filters = query.filters()
    before, after = query.value("before"), query.value("after")
    is_first = (before if filters.newest else after) is None
    is_fragment = is_htmx(request)
    is_more = is_fragment and not is_first
    is_typing = request.headers.get("HX-Source", "").endswith("#search")
    history = history_of(request, filters) if is_fragment and not is_more else None
    found = wall(filters, before=before, after=after)
    models = [] if is_more else models_to_choose(filters.model)

    def answer() -> HttpResponse:
        context = {
            "wall": found,
            "page": found.page,
            "first_page": is_first,
            "filters": filters,
            "matches": matches_of(filters),
            "next_href": next_href(found.page, filters.parameters()),
            "is_typing": is_typing,
            "public": True,
        }
        if is_more:
            return render(request, "gallery/_more_posts.html", context)
        menus = filter_menus(filters, models)
        context |= {
            "menus": menus,
            "sort": sort_menu(filters),
            "set_filters": list(what_is_set(filters, menus)),
            "clear_href": Filters(newest=filters.newest).query_string(),
        }
        template = "gallery/_explore_anew.html" if is_fragment else "gallery/explore.html"
        return render(request, template, context)

    # The menu of days counts from today.
    asked = (is_fragment, is_typing, history, models, timezone.localdate())
    response = page_unless_known(request, (*asked, *found.facts), answer)
    response["Vary"] = "HX-Request, HX-Source, Cookie"
    if history:
        response[history[0]] = history[1]
    return response


@login_not_required
@require_safe
def explore_rss(request: HttpRequest) -> HttpResponse:
    """The newest of it, as RSS."""
    return feed_of(
        request,
        Post.objects.in_feed(),
        title=_("Explore Pixelstream"),
        link=reverse("gallery:explore"),
        description=_("What people make public on Pixelstream."),
    )
