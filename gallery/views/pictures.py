"""Pictures that lie in the private area, to their owner."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from gallery.imaging.renditions import WIDTHS, rendition_key
from gallery.models import GeneratedImage, StoredObject
from gallery.views.media import object_response
from pixelstream.accounts.requests import PersonRequest


class WidthQuery(forms.Form):
    """Which copy of the picture; without a width the original."""

    w = forms.TypedChoiceField(
        required=False,
        choices=[(width, width) for width in WIDTHS],
        coerce=int,
        empty_value=None,
    )


@require_safe
def picture_file(request: PersonRequest, pk: int) -> HttpResponseBase:
    """A picture of a post in the trash, or one that an administrator disabled: its owner still
    sees it. In the public area it has an address of its own, to which this leads: pages that were
    open while it moved go on showing it.
    """
    query = WidthQuery(request.GET)
    if not query.is_valid():
        raise Http404
    own = GeneratedImage.objects.filter(owner=request.user).select_related("object")
    image = get_object_or_404(own, pk=pk)
    return picture_response(request, image, query.cleaned_data["w"])


def picture_response(
    request: HttpRequest, image: GeneratedImage, width: int | None
) -> HttpResponseBase:
    """The bytes of a picture that the person may have, or of its rendition of that width; in the
    public area the way to its address.
    """
    key, address = image.object.key, image.url
    if width is not None and width in image.object.rendition_widths:
        key, address = rendition_key(key, width), rendition_key(address, width)
    if image.object.area == StoredObject.Area.PUBLIC:
        response = redirect(address)
        response["Cache-Control"] = "private, no-store"
        return response
    return object_response(request, "private", key)
