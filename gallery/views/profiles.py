"""Somebody's public page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gallery.browse import Filters
from gallery.covers import card_facts
from gallery.feeds import feed_of
from gallery.link_previews import preview_of
from gallery.profile_page import profile_page, public_posts
from gallery.public_cursors import next_href
from gallery.public_forms import PublicCursorForm
from pixelstream.absolute import absolute
from pixelstream.accounts import handles
from pixelstream.accounts.models import User
from pixelstream.conditional import page_unless_known
from pixelstream.htmx import is_htmx


@login_not_required
@require_safe
def profile(request: HttpRequest, handle: str) -> HttpResponse:
    """Who they are and what they made public; for htmx the posts that follow.

    Nobody of that name, and somebody who was suspended, is the same.
    """
    person = _person_or_404(handle)
    here = _address_of(person)
    if handle != person.handle:
        return redirect(here, permanent=True)
    before = PublicCursorForm(request.GET).cursor()
    page = profile_page(person, before=before)
    is_more = is_htmx(request) and before is not None
    cover = page.items[0].cover if page.items else None

    def answer() -> HttpResponse:
        context = {
            "person": person,
            "page": page,
            "filters": Filters(),
            "next_href": next_href(page, {}),
            "public": True,
            "is_first": before is None,
            "is_mine": request.user == person,
            "address": absolute(here),
            "picture": preview_of(cover) if cover else None,
        }
        template = "gallery/_more_posts.html" if is_more else "gallery/profile.html"
        return render(request, template, context)

    about = (person.name, person.handle, person.bio, person.date_joined)
    response = page_unless_known(
        request, (is_more, *about, page.before, [*map(card_facts, page.items)]), answer
    )
    patch_vary_headers(response, ["HX-Request", "Cookie", "Accept-Language"])
    return response


@login_not_required
@require_safe
def profile_rss(request: HttpRequest, handle: str) -> HttpResponse:
    """The newest of what they made public, as RSS."""
    person = _person_or_404(handle)
    if handle != person.handle:
        return redirect("gallery:profile-rss", person.handle, permanent=True)
    return feed_of(
        request,
        public_posts(person),
        title=_("%(name)s on Pixelstream") % {"name": person.public_name},
        link=_address_of(person),
        description=person.bio or _("What %(name)s makes public.") % {"name": person.public_name},
    )


def _person_or_404(handle: str) -> User:
    person = handles.find(handle)
    if person is None:
        raise Http404
    return person


def _address_of(person: User) -> str:
    return reverse("gallery:profile", args=[person.handle])
