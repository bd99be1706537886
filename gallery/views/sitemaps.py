"""What search engines are told."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gallery import sitemaps
from gallery.forms import MAX_ID
from pixelstream.conditional import unless_known

FRESH = 300
"""Seconds for which anybody may keep it."""


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The parts that there are."""
    numbers = sitemaps.parts()
    return _told(request, (numbers,), lambda: sitemaps.index_xml(numbers), "application/xml")


@login_not_required
@require_safe
def sitemap_part(request: HttpRequest, number: int) -> HttpResponse:
    """The posts of one part; without any there is none."""
    posts = sitemaps.posts_of(number) if number <= MAX_ID // sitemaps.IDS - 1 else []
    if not posts:
        raise Http404
    return _told(request, (posts,), lambda: sitemaps.part_xml(posts), "application/xml")


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What programs are asked to leave alone, and where the sitemap is."""
    text = sitemaps.robots_txt()
    return _told(request, (text,), lambda: text, "text/plain; charset=utf-8")


def _told(
    request: HttpRequest, facts: tuple[object, ...], text: Callable[[], str], content_type: str
) -> HttpResponse:
    response = unless_known(request, facts, lambda: HttpResponse(text(), content_type=content_type))
    # The same for everybody, whoever asks.
    response["Cache-Control"] = f"public, max-age={FRESH}"
    return response
