"""Reference images: upload, look at, keep, rename, delete."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from gallery.forms import CursorForm, UploadForm
from gallery.imaging.renditions import rendition_key
from gallery.keyset import newest_first
from gallery.models import ReferenceImage
from gallery.reference_forms import NAME_LENGTH, RenameForm
from gallery.services import references
from gallery.views.media import object_response
from pixelstream.accounts.requests import PersonRequest
from pixelstream.htmx import add_toast, is_htmx

LIBRARY_SIZE = 50
UPLOADS_AT_ONCE = 20
"""Files of one form; a browser with scripts sends them one by one."""


@require_safe
def reference_list(request: PersonRequest) -> HttpResponse:
    """The person's library: the references they kept, newest first."""
    template = "gallery/reference_list.html"
    if is_htmx(request):
        template = "gallery/_more_references.html"
    response = _library_page(request, template)
    response["Vary"] = "HX-Request, Cookie"
    return response


@require_safe
def reference_library(request: PersonRequest) -> HttpResponse:
    """The same library inside the studio, to choose from."""
    return _library_page(request, "gallery/_reference_library.html")


def _library_page(request: PersonRequest, template: str) -> HttpResponse:
    form = CursorForm(request.GET)
    before = form.cursor()
    kept = ReferenceImage.objects.owned_by(request.user).library()
    page = newest_first(kept, size=LIBRARY_SIZE, before=before)
    context = {"page": page, "first_page": before is None, "name_length": NAME_LENGTH}
    return render(request, template, context)


@require_POST
def reference_add(request: PersonRequest) -> HttpResponse:
    """Take pictures into the library.

    A script sends one at a time and gets its card, or what is wrong with it (422). A plain form
    may bring several; the library then says what became of each.
    """
    if is_htmx(request):
        taken = _take(request, kept=True)
        if isinstance(taken, HttpResponse):
            return taken
        return _card(request, taken, status=201)
    uploads, added = request.FILES.getlist("file"), 0
    for upload in uploads[:UPLOADS_AT_ONCE]:
        try:
            references.add_reference(owner=request.user, upload=upload, kept=True)
        except references.REFUSALS as error:
            messages.error(request, f"{upload.name}: {references.refusal_text(error)}")
        else:
            added += 1
    for upload in uploads[UPLOADS_AT_ONCE:]:
        text = _("not added; at most %(limit)s files at once") % {"limit": UPLOADS_AT_ONCE}
        messages.error(request, f"{upload.name}: {text}")
    if added:
        text = ngettext("%(n)s reference added.", "%(n)s references added.", added)
        messages.success(request, text % {"n": added})
    if not uploads:
        messages.error(request, _("No file provided"))
    return redirect("gallery:reference-list")


@require_POST
def reference_upload(request: PersonRequest) -> HttpResponse:
    """Take one picture in for the studio and answer with its tile, or with what is wrong (422)."""
    taken = _take(request, kept=False)
    if isinstance(taken, HttpResponse):
        return taken
    return render(request, "gallery/_reference_tile.html", {"reference": taken}, status=201)


def _take(request: PersonRequest, *, kept: bool) -> ReferenceImage | HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _refused(request, str(form.errors["file"][0]))
    upload = form.cleaned_data["file"]
    try:
        return references.add_reference(owner=request.user, upload=upload, kept=kept)
    except references.REFUSALS as error:
        return _refused(request, references.refusal_text(error), name=upload.name)


def _refused(request: PersonRequest, message: str, *, name: str = "") -> HttpResponse:
    context = {"message": message, "name": name}
    return render(request, "gallery/_reference_refused.html", context, status=422)


@require_safe
def reference_image(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The picture itself, to its owner only."""
    reference = get_object_or_404(
        ReferenceImage.objects.owned_by(request.user).select_related("object"), pk=pk
    )
    key = reference.object.key
    if reference.object.rendition_widths:
        key = rendition_key(key, min(reference.object.rendition_widths))
    response = object_response("private", key)
    response["Cache-Control"] = "private, max-age=3600"
    return response


@require_POST
def reference_keep(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a reference into the library, or out of it."""
    reference = get_object_or_404(ReferenceImage.objects.owned_by(request.user), pk=pk)
    references.set_kept(reference=reference, kept=not reference.kept)
    return render(request, "gallery/_reference_tile.html", {"reference": reference})


@require_POST
def reference_rename(request: PersonRequest, pk: int) -> HttpResponse:
    """Give a reference another name."""
    reference = get_object_or_404(ReferenceImage.objects.owned_by(request.user), pk=pk)
    form = RenameForm(request.POST)
    if not form.is_valid():
        return _problem(request, reference, form.problem(), status=422)
    references.rename(reference=reference, stem=form.cleaned_data["name"])
    if is_htmx(request):
        return _card(request, reference, takes_focus=True)
    messages.success(request, _("The reference has a new name."))
    return redirect("gallery:reference-list")


@require_POST
def reference_delete(request: PersonRequest, pk: int) -> HttpResponse:
    """Delete a reference for good, unless something that is being made needs it (409)."""
    reference = get_object_or_404(ReferenceImage.objects.owned_by(request.user), pk=pk)
    try:
        references.delete_reference(reference=reference, by=request.user)
    except references.ReferenceInUseError:
        text = _("Pictures are being made with this reference. Delete it when they are ready.")
        return _problem(request, reference, text, status=409)
    message = _("The reference is deleted.")
    if is_htmx(request):
        response = HttpResponse()
        add_toast(response, message)
        return response
    messages.success(request, message)
    return redirect("gallery:reference-list")


def _problem(
    request: PersonRequest, reference: ReferenceImage, text: str, *, status: int
) -> HttpResponse:
    if is_htmx(request):
        return _card(request, reference, status=status, problem=text, takes_focus=True)
    messages.error(request, f"{reference.filename}: {text}")
    return redirect("gallery:reference-list")


def _card(
    request: PersonRequest, reference: ReferenceImage, *, status: int = 200, **context: object
) -> HttpResponse:
    context |= {"reference": reference, "name_length": NAME_LENGTH}
    return render(request, "gallery/_reference_card.html", context, status=status)
