"""The settings page "Where you are signed in"."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pixelstream.accounts import sessions
from pixelstream.accounts.reauthentication import confirm_address, is_fresh
from pixelstream.accounts.requests import PersonRequest


@never_cache
@require_safe
def session_list(request: PersonRequest) -> HttpResponse:
    """The sessions that are open, and the ways to end them."""
    context = {
        "sessions": sessions.of_person(request),
        "is_fresh": is_fresh(request),
        "confirm_url": confirm_address(reverse("session-list")),
    }
    return render(request, "usersessions/usersession_list.html", context)


@never_cache
@require_POST
def session_end(request: PersonRequest, pk: int) -> HttpResponse:
    """End one of the others."""
    session = get_object_or_404(sessions.others(request), pk=pk)
    if not is_fresh(request):
        return _confirm_first(request)
    sessions.end(request, session)
    messages.success(request, _("That browser is signed out."))
    return redirect("session-list")


@never_cache
@require_POST
def session_end_others(request: PersonRequest) -> HttpResponse:
    """End all of the others."""
    if not is_fresh(request):
        return _confirm_first(request)
    sessions.end_others(request)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("session-list")


def _confirm_first(request: PersonRequest) -> HttpResponse:
    """To the page that asks for the password."""
    messages.info(request, _("Nothing was changed. Confirm that it is you, then do it again."))
    return redirect(confirm_address(reverse("session-list")))
