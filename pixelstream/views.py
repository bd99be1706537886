"""Pages that belong to no floor: home, language, the components sheet."""

from __future__ import annotations

import logging

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe
from django.views.defaults import bad_request

from gallery.covers import with_covers, with_public_covers
from gallery.models import Post
from gallery.services.projects import contact_sheets
from generation.fragments import home_context
from generation.live_token import reader_of
from generation.providers.types import Kind
from generation.services import studio
from pixelstream.accounts.adapter import set_language_cookie
from pixelstream.uploads import UploadNotKeptError

logger = logging.getLogger(__name__)

RECENT_POSTS = 12
FEED_POSTS = 12


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Home of a signed-in person; the landing page for everybody else."""
    if not request.user.is_authenticated:
        feed = Post.objects.in_feed().for_public_cards().order_by("-id")[:FEED_POSTS]
        return render(request, "landing.html", {"feed": with_public_covers(feed)})
    recent = Post.objects.visible_to(request.user).for_cards().order_by("-id")
    context = {
        "recent": with_covers(recent[:RECENT_POSTS]),
        "sheets": contact_sheets(request.user),
        "quick_models": studio.last_models(request.user),
        **home_context(request.user, reader_of(request)),
    }
    return render(request, "home.html", context)


@login_not_required
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component in every state. Only with DEBUG."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "components.html", {"kinds": list(Kind)})


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for a request that cannot be read; it says so when it is only too much of it, or
    when the disk is full.
    """
    if isinstance(exception, UploadNotKeptError):
        logger.error("%s %s", request.path, exception)
        response = render(request, "503.html", status=503)
        response["Retry-After"] = "5"
        return response
    if not isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)):
        return bad_request(request, exception)
    response = bad_request(request, exception, template_name="413.html")
    response.status_code = 413
    return response


class LanguageForm(forms.Form):
    """A language, and the page to go back to."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)
    next = forms.CharField(required=False, max_length=2000)


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember a person's language in the browser and, when signed in, with the account."""
    form = LanguageForm(request.POST)
    form.is_valid()
    target = form.cleaned_data.get("next") or "/"
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    if not is_ours or not target.startswith("/"):  # `redirect` takes other words for views
        target = "/"
    response = redirect(target)
    language = form.cleaned_data.get("language")
    if language:
        set_language_cookie(response, language)
        if request.user.is_authenticated:
            request.user.language = language
            request.user.save(update_fields=["language"])
    return response
