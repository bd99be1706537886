"""Reference images: upload, look at, keep, rename, delete."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from gallery import questions
from gallery.forms import CursorForm, UploadForm
from gallery.imaging.renditions import rendition_key
from gallery.keyset import newest_first
from gallery.models import ReferenceImage
from gallery.reference_forms import NAME_LENGTH, RenameForm
from gallery.services import deletion, references, room
from gallery.services.deletion import Deleted
from gallery.services.quota import QuotaExceededError
from gallery.services.room import Cleaned
from gallery.trash_forms import DeleteForm
from gallery.views.media import object_response
from gallery.views.trash_answers import ask
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
        reference, cleaned = taken
        return _saying(_card(request, reference, status=201), cleaned)
    uploads, added = request.FILES.getlist("file"), 0
    for upload in uploads[:UPLOADS_AT_ONCE]:
        try:
            _reference, cleaned = _add(request, upload, kept=True)
        except references.REFUSALS as error:
            messages.error(request, f"{upload.name}: {references.refusal_text(error)}")
        except QuotaExceededError as error:
            messages.error(request, f"{upload.name}: {room.refusal_text(error)}")
        else:
            added += 1
            if cleaned.freed_bytes:
                messages.info(request, str(cleaned))
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
    reference, cleaned = taken
    context = {"reference": reference}
    response = render(request, "gallery/_reference_tile.html", context, status=201)
    return _saying(response, cleaned)


def _take(request: PersonRequest, *, kept: bool) -> tuple[ReferenceImage, Cleaned] | HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _refused(request, str(form.errors["file"][0]))
    upload = form.cleaned_data["file"]
    try:
        return _add(request, upload, kept=kept)
    except references.REFUSALS as error:
        return _refused(request, references.refusal_text(error), name=upload.name)
    except QuotaExceededError as error:
        return _refused(request, room.refusal_text(error), name=upload.name)


def _add(
    request: PersonRequest, upload: UploadedFile, *, kept: bool
) -> tuple[ReferenceImage, Cleaned]:
    def add() -> ReferenceImage:
        return references.add_reference(owner=request.user, upload=upload, kept=kept)

    return room.with_room_made(request.user, add)


def _saying(response: HttpResponse, cleaned: Cleaned) -> HttpResponse:
    if cleaned.freed_bytes:
        add_toast(response, str(cleaned))
    return response


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
    return object_response(request, "private", key)


@require_POST
def reference_keep(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a reference into the library, or out of it."""
    reference = get_object_or_404(ReferenceImage.objects.owned_by(request.user), pk=pk)
    try:
        references.set_kept(reference=reference, kept=not reference.kept)
    except ReferenceImage.DoesNotExist as error:  # what it was for has ended at this moment
        raise Http404 from error
    return render(request, "gallery/_reference_tile.html", {"reference": reference})


@require_POST
def reference_rename(request: PersonRequest, pk: int) -> HttpResponse:
    """Give a reference another name."""
    reference = get_object_or_404(ReferenceImage.objects.owned_by(request.user), pk=pk)
    form = RenameForm(request.POST)
    if not form.is_valid():
        return _problem(request, reference, form.problem(), status=422)
    try:
        references.rename(reference=reference, stem=form.cleaned_data["name"])
    except ReferenceImage.DoesNotExist as error:
        raise Http404 from error
    if is_htmx(request):
        return _card(request, reference, takes_focus=True)
    messages.success(request, _("The reference has a new name."))
    return redirect("gallery:reference-list")


@require_POST
def reference_delete(request: PersonRequest, pk: int) -> HttpResponse:
    """Delete a reference for good, once that is confirmed; on request with all that was made
    with it, else not while something that is being made needs it (409).
    """
    owned = ReferenceImage.objects.owned_by(request.user).select_related("object")
    reference = owned.filter(pk=pk).first()
    if reference is None:
        if not deletion.was_theirs(request.user, ReferenceImage, pk):
            raise Http404
        return _deleted(request, pk, Deleted())
    form = DeleteForm(request.POST)
    if not form.is_confirmed:
        return ask(request, questions.about_reference(reference))
    try:
        deleted = deletion.delete_reference(
            reference=reference,
            by=request.user,
            include_generated=form.cleaned_data["include_generated"],
        )
    except deletion.InUseError:
        text = _("Pictures are being made with this reference. Delete it when they are ready.")
        if is_htmx(request):
            context = {"reference": reference, "name_length": NAME_LENGTH, "problem": text}
            template = "gallery/_reference_not_deleted.html"
            return render(request, template, {**context, "takes_focus": True}, status=409)
        return _problem(request, reference, text, status=409)
    return _deleted(request, pk, deleted)


def _deleted(request: PersonRequest, pk: int, deleted: Deleted) -> HttpResponse:
    """Its card leaves the library, and a toast says what is gone."""
    message, level = _("Already deleted."), messages.INFO
    if deleted.total:
        message, level = questions.original_deleted_text(deleted), messages.SUCCESS
    if is_htmx(request):
        response = render(request, "gallery/_reference_deleted.html", {"pk": pk})
        add_toast(response, message, "success" if deleted.total else "info")
        return response
    messages.add_message(request, level, message)
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
