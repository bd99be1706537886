"""What a person says about themselves."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gallery.profile_forms import HANDLE_TAKEN, ProfileForm
from gallery.services import profiles
from pixelstream.accounts.requests import PersonRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profile_settings(request: PersonRequest) -> HttpResponse:
    """Name, handle, some lines, and whether new posts begin public."""
    form = ProfileForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            profiles.change_profile(request.user, **form.cleaned_data)
        except profiles.HandleTakenError:
            form.add_error("handle", HANDLE_TAKEN)
        else:
            messages.success(request, _("Saved."))
            return redirect("gallery:profile-settings")
    context = {"form": form, "site": settings.SITE_URL.partition("://")[2]}
    return render(request, "settings/profile.html", context, status=422 if form.errors else 200)
