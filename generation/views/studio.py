"""The studio: write a prompt, pick models, watch the answers arrive."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from gallery.models import Post
from gallery.share_page import shared_prompt
from generation.forms import StudioForm, StudioQuery
from generation.fragments import post_context
from generation.live_token import Fragment, reader_of
from generation.services import animating, job_references
from generation.services import studio as service
from generation.views.wishes import fulfil, sent_form
from pixelstream.accounts.requests import PersonRequest
from pixelstream.htmx import add_toast, is_htmx


@require_http_methods(["GET", "HEAD", "POST"])
def studio(request: PersonRequest) -> HttpResponse:
    """The studio's page; a POST starts a post and shows it in the making."""
    if request.method == "POST":
        return _start(request)
    query = StudioQuery(request.GET)
    context: dict[str, Any] = {}
    post_id = query.value("post")
    if post_id is not None:
        post = get_object_or_404(Post.objects.visible_to(request.user), pk=post_id)
        if animating.params_of(post):  # a clip
            return redirect(f"{reverse('animate')}?like={post.pk}")
        is_similar = query.value("similar") is not None
        context = {} if is_similar else _results(request, post)
        initial = service.wish_of(post, same_seed=is_similar)
    else:
        models = [spec.key for spec in service.last_models(request.user)]
        initial = {
            "models": models,
            "prompt": query.value("prompt") or shared_prompt(query.value("shared") or ""),
            "project": query.value("project"),
            "references": [pk for pk in [query.value("reference")] if pk is not None],
        }
    form = StudioForm(owner=request.user, initial=initial)
    if post_id is not None and service.is_reference_gone(post):
        form.notices.append(job_references.gone_text())
    context["form"] = form
    return render(request, "generation/studio.html", context)


def _start(request: PersonRequest) -> HttpResponse:
    form = sent_form(request, partial(StudioForm, owner=request.user))
    if not form.is_valid():
        return _refused(request, form)
    wish, form_key = form.wish(), form.cleaned_data["form_key"]
    start = partial(service.start_post, owner=request.user, wish=wish, form_key=form_key)
    post = fulfil(request.user, form, start)
    if post is None:
        return _refused(request, form)
    address = f"{reverse('studio')}?post={post.pk}"
    if not is_htmx(request):
        for notice in form.notices:
            messages.info(request, notice)
        return redirect(address)
    context = {"form": form, "is_live": True, **_results(request, post)}
    response = render(request, "generation/_studio_started.html", context)
    response["HX-Push-Url"] = address
    if form.notices:
        add_toast(response, " ".join(form.notices))
    return response


def _refused(request: PersonRequest, form: StudioForm) -> HttpResponse:
    """The form once more, with what was typed and what is wrong with it."""
    template = "generation/_composer.html" if is_htmx(request) else "generation/studio.html"
    return render(request, template, {"form": form}, status=422)


def _results(request: PersonRequest, post: Post) -> dict[str, Any]:
    return post_context(post, Fragment.STUDIO, reader_of(request))
