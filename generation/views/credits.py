"""The settings page of a person's credits."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from generation import credits_page
from pixelstream.accounts.requests import PersonRequest


@never_cache
@require_safe
def credit_list(request: PersonRequest) -> HttpResponse:
    """The balance, and every entry that it comes of. 404 where nothing costs credits."""
    if not settings.CREDITS_ENABLED:
        raise Http404
    cursor = credits_page.CreditsQuery(request.GET).cursor()
    page = credits_page.read(request.user, before=cursor)
    context = {"page": page, "first_page": cursor is None}
    return render(request, "settings/credits.html", context)
