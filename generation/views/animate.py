"""From a picture, or from words alone, to a clip."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from gallery.models import GeneratedImage, Post
from gallery.share_page import shared_prompt
from generation.clip_forms import AnimateForm, AnimateQuery, ClipForm, ClipQuery
from generation.services import animating
from generation.views.source_pictures import source_picture
from generation.views.wishes import fulfil, sent_form
from pixelstream.accounts.requests import PersonRequest
from pixelstream.htmx import is_htmx


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request", "Cookie")
def animate(request: PersonRequest) -> HttpResponse:
    """A clip from words alone, or from an uploaded picture; a POST starts its post."""
    if request.method == "POST":
        form = sent_form(request, partial(ClipForm, owner=request.user))
        if (post := _started(request, form)) is not None:
            return _shown(request, form, post)
        template = "_animate_composer" if is_htmx(request) else "animate"
        return render(request, f"generation/{template}.html", {"form": form}, status=422)
    query = ClipQuery(request.GET)
    like = _like(request, query.value("like"))
    picture = like.get("first") if like else None
    if isinstance(picture, GeneratedImage):
        address = reverse("post-animate", args=[picture.post_id])
        return redirect(f"{address}?image={picture.pk}&like={query.value('like')}")
    form = ClipForm(owner=request.user, initial=like or _beginning(request, query))
    if like and like["is_frame_gone"]:
        form.notices.append(_("A picture that the clip was made from is not there any more."))
    return render(request, "generation/animate.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request", "Cookie")
def post_animate(request: PersonRequest, pk: int) -> HttpResponse:
    """A clip that begins with a picture of a post; a POST starts its post.

    A dialog for the page that asks for it, else a page of its own.
    """
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    if request.method == "POST":
        return _animate_picture(request, post)
    query = AnimateQuery(request.GET)
    image = source_picture(post, image_id=query.value("image"), number=query.value("img"))
    like = _like(request, query.value("like"))
    initial = like or {"models": _usual_models(request)}
    form = AnimateForm(owner=request.user, picture=image, initial=initial)
    template = "_animate_dialog" if is_htmx(request) else "post_animate"
    return _render(request, template, image, form)


def _like(request: PersonRequest, pk: int | None) -> dict[str, Any] | None:
    """The form's values of a clip that another one is to be like, with the seed that was used, and
    whether a frame of it `is_frame_gone`; None where there are none.
    """
    if pk is None:
        return None
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    params = animating.params_of(post)
    if not params:
        return None
    return {
        **animating.wish_of(post),
        "seed": params.get("seed", post.seed),
        "is_frame_gone": None in animating.frames_of(post).values(),
    }


def _beginning(request: PersonRequest, query: ClipQuery) -> dict[str, Any]:
    """The form's values where nothing is to be repeated."""
    reference = query.value("reference")
    return {
        "models": _usual_models(request),
        "prompt": query.value("prompt") or shared_prompt(query.value("shared") or ""),
        "project": query.value("project"),
        "references": [] if reference is None else [reference],
    }


def _usual_models(request: PersonRequest) -> list[str]:
    return [spec.key for spec in animating.last_models(request.user)]


def _animate_picture(request: PersonRequest, post: Post) -> HttpResponse:
    wanted = AnimateQuery(request.POST).value("image")
    image = source_picture(post, image_id=wanted)
    form = sent_form(request, partial(AnimateForm, owner=request.user, picture=image))
    if wanted is not None and image.pk != wanted:
        form.add_error(None, _("This picture is not there any more."))
    started = _started(request, form)
    if started is not None:
        return _shown(request, form, started)
    template = "_animate_start" if is_htmx(request) else "post_animate"
    return _render(request, template, image, form, status=422)


def _started(request: PersonRequest, form: ClipForm) -> Post | None:
    """The post that a valid form started; None when its errors say why there is none."""
    if not form.is_valid():
        return None
    form_key = form.cleaned_data["form_key"]
    start = partial(animating.start_clip, owner=request.user, wish=form.wish(), form_key=form_key)
    return fulfil(request.user, form, start)


def _shown(request: PersonRequest, form: ClipForm, post: Post) -> HttpResponse:
    """The page of the post, where the clip arrives."""
    for notice in form.notices:
        messages.info(request, notice)
    if is_htmx(request):
        return HttpResponse(headers={"HX-Redirect": post.get_absolute_url()})
    return redirect(post)


def _render(
    request: PersonRequest,
    template: str,
    image: GeneratedImage,
    form: AnimateForm,
    status: int = 200,
) -> HttpResponse:
    context = {"post": image.post, "image": image, "form": form, "is_dialog": is_htmx(request)}
    return render(request, f"generation/{template}.html", context, status=status)
