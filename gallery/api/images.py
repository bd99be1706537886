"""Pictures and clips of posts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from ninja import Query, Router

from gallery.api.listing import images_page
from gallery.api.schemas import BYTES, REFUSED, Id, ImageOut, WidthIn, answers
from gallery.api.written import image_as_dict
from gallery.imaging.renditions import WIDTHS
from gallery.models import GeneratedImage
from gallery.views.pictures import picture_response
from pixelstream.api.envelopes import Failure, answer
from pixelstream.api.errors import ApiError, image_not_found
from pixelstream.api.lists import PageIn, PageOut
from pixelstream.api.models import Scope
from pixelstream.api.security import Token, owner_of

router = Router(tags=["images"])


@router.get("/images", auth=Token(Scope.READ), response=answers(PageOut[ImageOut]))
def list_images(request: HttpRequest, page: Query[PageIn]) -> HttpResponse:
    """The pictures and clips of posts that are not in the trash, newest first."""
    return answer(images_page(owner_of(request), page))


@router.get("/images/{image_id}", auth=Token(Scope.READ), response=answers(ImageOut))
def get_image(request: HttpRequest, image_id: Id) -> HttpResponse:
    """A picture of a post that is not in the trash."""
    live = GeneratedImage.objects.live().filter(owner=owner_of(request), pk=image_id)
    image = live.select_related("object").first()
    if image is None:
        raise image_not_found()
    return answer(image_as_dict(image))


@router.get(
    "/images/{image_id}/file",
    auth=Token(Scope.READ),
    response={REFUSED | {416}: Failure},
    openapi_extra=BYTES,
)
def get_image_file(request: HttpRequest, image_id: Id, size: Query[WidthIn]) -> HttpResponseBase:
    """The bytes of a picture, also of one in the trash; or the way to them."""
    if size.width is not None and size.width not in WIDTHS:
        allowed = ", ".join(map(str, WIDTHS))
        raise ApiError(422, "VALIDATION", f"width: One of {allowed}")
    own = GeneratedImage.objects.filter(owner=owner_of(request), pk=image_id)
    image = own.select_related("object").first()
    if image is None:
        raise image_not_found()
    return picture_response(request, image, size.width)
