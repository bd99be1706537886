"""A person's storage: what it is used for, and what happens when it is full."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gallery import storage_page
from gallery.services import quota
from gallery.storage_forms import AutoCleanForm, BackForm, StorageQuery
from pixelstream.accounts.requests import PersonRequest
from pixelstream.htmx import is_htmx


@require_safe
def storage(request: PersonRequest) -> HttpResponse:
    """What the person's storage is used for."""
    found = storage_page.breakdown(request.user)
    is_quick = found.images <= storage_page.WEIGHED_AT_ONCE
    context = {"breakdown": found, "usage": found.usage}
    if is_quick or StorageQuery(request.GET).wants_largest():
        context["largest"] = storage_page.largest_posts(request.user)
    return render(request, "settings/storage.html", context)


@require_POST
def storage_cleaning(request: PersonRequest) -> HttpResponse:
    """Let room be made by itself, or not."""
    form = AutoCleanForm(request.POST)
    wanted = form.is_valid() and form.cleaned_data["wanted"]
    quota.set_auto_cleaned(request.user, wanted=wanted)
    messages.success(request, _("Saved."))
    return redirect("gallery:storage")


@require_POST
def storage_notice_hide(request: PersonRequest) -> HttpResponse:
    """Put the notice away until something changes."""
    quota.hide_notice(request.user)
    if is_htmx(request):
        return HttpResponse()
    address = BackForm(request.POST).address()
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    is_path = address.startswith("/")  # `redirect` would take other words for names of views
    return redirect(address if is_ours and is_path else reverse("home"))
