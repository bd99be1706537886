"""What pages ask that everybody may see."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from gallery.models import Post
from gallery.public_forms import WithdrawnQuery

FRESH = 3
"""Seconds for which the answer may be kept: pages ask every 15, and promise 20."""


@login_not_required
@require_safe
@cache_control(public=True, max_age=FRESH)
def withdrawn(request: HttpRequest) -> HttpResponse:
    """Which posts of an open page are not public any more, so that they leave it.

    The same for everybody, in at most two queries. A post that is private, disabled, in the trash,
    deleted, or that never was: the answer is the same.
    """
    query = WithdrawnQuery(request.GET)
    asked = [
        (query.listed(), Post.objects.in_feed()),
        (query.linked(), Post.objects.viewable_by_others()),
    ]
    gone = []
    for tokens, posts in asked:
        if tokens:
            there = set(posts.filter(share_token__in=tokens).values_list("share_token", flat=True))
            gone += [token for token in tokens if token not in there]
    # Without the request: nothing of whoever asks first gets into what others are given.
    return HttpResponse(render_to_string("gallery/_gone.html", {"gone": gone}))
