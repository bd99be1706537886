"""A person's account: taking everything along, and being forgotten."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import IO, Any

from django.conf import settings
from django.contrib import messages
from django.http import (
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gallery import storage_page, tasks
from gallery.account_forms import EraseForm
from gallery.models import AccountErasure, AccountExport, ExportPart
from gallery.services import administrators, downloads, erasure, exporting, objects
from gallery.views.downloads import GONE, TOO_MANY, UNREADABLE, Stream, as_file, problem
from pixelstream.accounts.reauthentication import confirm_address, is_fresh
from pixelstream.accounts.requests import PersonRequest

logger = logging.getLogger(__name__)

PIECE = 256 * 1024


@never_cache
@require_safe
def account(request: PersonRequest) -> HttpResponse:
    """The export, and the way to the end of the account."""
    return render(request, "settings/account.html", _export_context(request))


@require_POST
def account_export(request: PersonRequest) -> HttpResponse:
    """Let archives be made of everything."""
    export = exporting.begin(request.user)
    tasks.ring_to_export(export.pk)
    return redirect("gallery:account")


@never_cache
@require_safe
def account_export_progress(request: PersonRequest) -> HttpResponse:
    """How far it is, for the open page."""
    return render(request, "settings/_export.html", _export_context(request))


@require_POST
def account_export_delete(request: PersonRequest) -> HttpResponse:
    """Delete the archives, or stop making them."""
    if exporting.delete(request.user):
        messages.success(request, _("The export is deleted."))
    else:
        messages.info(request, _("There is no export."))
    return redirect("gallery:account")


@require_safe
def account_export_part(request: PersonRequest, pk: int) -> HttpResponseBase:
    """One archive, to its owner: by a signed address of the object storage, or from here."""
    ready = ExportPart.objects.filter(export__owner=request.user, export__finished_at__isnull=False)
    part = get_object_or_404(ready.select_related("export", "object"), pk=pk)
    storage = objects.storage_of(part.object)
    try:
        if storage.serves_itself:
            sent_on = HttpResponseRedirect(storage.url(part.object.key))
            sent_on["Cache-Control"] = "private, no-store"
            return sent_on
        file: Any = storage.open(part.object.key)
    except FileNotFoundError:
        return problem(request, 404, *GONE)
    except OSError as error:
        logger.error("The export %s cannot be read: %s", part.object.key, error)
        return problem(request, 503, *UNREADABLE)
    return _streamed(request, part, file)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account_erase(request: PersonRequest) -> HttpResponse:
    """Ask to be forgotten: after the password, with a box to check. It can be taken back."""
    here = reverse("gallery:account-erase")
    if request.method == "POST" and not is_fresh(request):
        message = _("Nothing was changed. Confirm that it is you, then do it again.")
        messages.info(request, message)
        return redirect(confirm_address(here))
    form = EraseForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = erasure.ask(request.user, successor=form.cleaned_data.get("successor"))
        except administrators.LastAdministratorError:  # the others went at the same moment
            return redirect("gallery:account-erase")
        tasks.ring_to_confirm(asked.pk)
        return redirect("gallery:account")
    if AccountErasure.objects.filter(person=request.user).exists():
        return redirect("gallery:account")
    context = {
        "form": form,
        "confirm_url": "" if is_fresh(request) else confirm_address(here),
        "breakdown": storage_page.breakdown(request.user),
        "days": settings.ERASURE_GRACE.days,
    }
    return render(request, "settings/erase.html", context, status=422 if form.errors else 200)


@require_POST
def account_keep(request: PersonRequest) -> HttpResponse:
    """Keep the account after all."""
    if erasure.keep(request.user):
        tasks.ring_to_tell_kept(request.user.pk)
        messages.success(request, _("Your account stays as it is."))
    else:
        messages.info(request, _("Nothing was to be deleted. Your account stays as it is."))
    return redirect("gallery:account")


def _export_context(request: PersonRequest) -> dict[str, Any]:
    export = AccountExport.objects.filter(owner=request.user).first()
    parts = []
    if export is not None and export.finished_at is not None:
        parts = list(export.parts.select_related("export", "object").order_by("number"))
    return {
        "export": export,
        "parts": parts,
        "until": exporting.expires_at(export) if export else None,
        "kept_days": settings.EXPORT_RETENTION.days,
        "days": settings.ERASURE_GRACE.days,
    }


def _streamed(request: PersonRequest, part: ExportPart, file: IO[bytes]) -> HttpResponseBase:
    if request.method == "HEAD":
        file.close()
        response: HttpResponseBase = HttpResponse()
    else:
        try:
            stream = Stream(request, _pieces(file), part.object.size)
        except downloads.TooManyStreamsError:
            file.close()
            busy = problem(request, 429, *TOO_MANY)
            busy["Retry-After"] = "30"
            return busy
        response = StreamingHttpResponse(stream)
    response["Content-Type"] = part.object.content_type
    as_file(response, part.filename, part.object.size)
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
