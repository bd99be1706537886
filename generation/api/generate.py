"""Making pictures and clips."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from ninja import Router

from gallery.models import GeneratedImage, Post
from generation.api.documented import WAITED_FOR
from generation.api.inputs import AnimateIn, GenerateIn
from generation.api.outputs import MadeOut, StartedOut
from generation.api.refusals import MADE_OR_NOT, checked, fulfil
from generation.api.repeats import begun_before, form_key_of
from generation.api.waiting import seconds_asked, wait_until
from generation.api.written import made_as_dict, started_as_dict
from generation.clip_forms import AnimateForm, ClipForm
from generation.forms import StudioForm
from generation.services import animating, studio
from pixelstream.accounts.models import User
from pixelstream.api.envelopes import Failure, Success, accepted, answer
from pixelstream.api.errors import ApiError, gone, image_not_found
from pixelstream.api.idempotency import idempotent
from pixelstream.api.models import Scope
from pixelstream.api.security import Token, owner_of

router = Router(tags=["generate"])

ANSWERS = {200: Success[MadeOut], 202: Success[StartedOut], MADE_OR_NOT: Failure}


@router.post(
    "/generate",
    auth=Token(Scope.GENERATE),
    response=ANSWERS,
    summary="Make pictures",
    openapi_extra=WAITED_FOR,
)
@idempotent
def generate(request: HttpRequest, body: GenerateIn) -> HttpResponse:
    """Start a post: a caption, then a picture by each of the models. 202, with the address to ask;
    with `Prefer: wait=60` 200 with the pictures, if they are there within so many seconds.
    """
    owner, form_key = owner_of(request), form_key_of(request)
    if known := begun_before(Post.objects.owned_by(owner), form_key):
        return _answer(request, known, [])
    form = checked(StudioForm(body.for_form(), owner=owner))
    start = partial(studio.start_post, owner=owner, wish=form.wish(), form_key=form_key)
    return _answer(request, fulfil(owner, form, start), form.notices)


@router.post(
    "/animate",
    auth=Token(Scope.GENERATE),
    response=ANSWERS,
    summary="Make clips",
    openapi_extra=WAITED_FOR,
)
@idempotent
def animate(request: HttpRequest, body: AnimateIn) -> HttpResponse:
    """Start a post with a clip by each of the models, as `POST /api/generate`."""
    owner, form_key = owner_of(request), form_key_of(request)
    if known := begun_before(Post.objects.owned_by(owner), form_key):
        return _answer(request, known, [])
    form = checked(_clip_form(owner, body))
    start = partial(animating.start_clip, owner=owner, wish=form.wish(), form_key=form_key)
    return _answer(request, fulfil(owner, form, start), form.notices)


def _clip_form(owner: User, body: AnimateIn) -> ClipForm:
    """The form of a clip from a picture, else of one from words and uploads."""
    data = body.for_form()
    image_id, last_id = data.pop("image_id", None), data.pop("last_image_id", None)
    if image_id is None:
        if last_id is not None:
            raise ApiError(422, "VALIDATION", "lastImageId: only together with imageId")
        return ClipForm(data, owner=owner)
    if "project" in data:
        message = "project: a clip of a picture is in the picture's project; leave this out"
        raise ApiError(422, "VALIDATION", message)
    data["last"] = [] if last_id is None else [last_id]
    return AnimateForm(data, owner=owner, picture=source_picture(owner, image_id))


def source_picture(owner: User, image_id: int) -> GeneratedImage:
    """The person's picture that something is to be made from. Raises ApiError."""
    images = GeneratedImage.objects.live().filter(owner=owner)
    image = images.select_related("post", "object").filter(pk=image_id).first()
    if image is None:
        raise image_not_found()
    if image.is_clip:
        raise ApiError(422, "VALIDATION", "imageId: this is a clip, not a picture")
    return image


def _answer(request: HttpRequest, post: Post, notices: list[str]) -> HttpResponse:
    """What was made, where the request waits for it and it comes in time; else what was begun."""
    seconds = seconds_asked(request)
    if wait_until(partial(_is_made, post), seconds=seconds, person=post.owner_id):
        response = answer(made_as_dict(post, notices))
        response["Preference-Applied"] = f"wait={seconds}"
        return response
    return accepted(started_as_dict(post, notices))


def _is_made(post: Post) -> bool:
    """Whether its making has ended, as the database has it now. Raises ApiError 410."""
    now = Post.objects.filter(pk=post.pk, deleted_at=None).first()
    if now is None:
        raise gone()
    post.status, post.caption = now.status, now.caption
    return not post.is_unfinished
