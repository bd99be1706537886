"""Reference images: upload, look at, keep."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from gallery.forms import UploadForm
from gallery.imaging.formats import ImageRefused
from gallery.imaging.renditions import rendition_key
from gallery.models import ReferenceImage
from gallery.services import references
from gallery.views.media import object_response
from pixelstream.accounts.requests import PersonRequest

LIBRARY_SIZE = 50


@require_POST
def reference_upload(request: PersonRequest) -> HttpResponse:
    """Take one picture in and answer with its tile, or with what is wrong with it (422)."""
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _refused(request, str(form.errors["file"][0]))
    try:
        reference = references.add_reference(owner=request.user, upload=form.cleaned_data["file"])
    except ImageRefused as error:
        return _refused(request, references.refusal_text(error))
    return render(request, "gallery/_reference_tile.html", {"reference": reference}, status=201)


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


@require_safe
def reference_library(request: PersonRequest) -> HttpResponse:
    """The person's kept references, to choose from."""
    kept = ReferenceImage.objects.owned_by(request.user).library()[:LIBRARY_SIZE]
    return render(request, "gallery/_reference_library.html", {"references": kept})


@require_POST
def reference_keep(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a reference into the library, or out of it."""
    reference = get_object_or_404(ReferenceImage.objects.owned_by(request.user), pk=pk)
    references.set_kept(reference=reference, kept=not reference.kept)
    return render(request, "gallery/_reference_tile.html", {"reference": reference})


def _refused(request: PersonRequest, message: str) -> HttpResponse:
    limit = settings.MAX_REFERENCES
    context = {"message": message, "limit": limit}
    return render(request, "gallery/_reference_refused.html", context, status=422)
