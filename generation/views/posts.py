"""A post: its page while and after it is made, and what can be done about its jobs."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gallery.models import Post
from gallery.services import deletion, room
from gallery.services.quota import QuotaExceededError
from generation.forms import RegenerateForm, ResultsQuery, RetryForm
from generation.fragments import TEMPLATES, post_context
from generation.live_token import Fragment, reader_of
from generation.services import credits as credit_service
from generation.services import regenerate
from generation.services import studio as service
from generation.services.credits import NotEnoughCreditsError
from generation.views.retries import NOTHING, try_again, upload_again
from pixelstream.accounts.requests import PersonRequest
from pixelstream.conditional import unless_known
from pixelstream.htmx import add_toast, is_htmx


def _own_post(request: PersonRequest, pk: int) -> Post:
    return get_object_or_404(Post.objects.visible_to(request.user).select_related("project"), pk=pk)


@require_safe
def post_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """The page of a post. Of one that was theirs and is away, the page that says where it is."""
    try:
        post = _own_post(request, pk)
    except Http404:
        place = deletion.where_away(request.user, pk)
        if not place:
            raise
        context: dict[str, object] = {"here": pk, "place": place}
        return render(request, "gallery/post_away.html", context, status=404)
    context = post_context(post, Fragment.POST, reader_of(request))
    return render(request, "generation/post_detail.html", {**context, "new_key": uuid4()})


@require_safe
def post_results(request: PersonRequest, pk: int) -> HttpResponse:
    """The live fragment for whoever has no stream; 304 while nothing changed."""
    post = _own_post(request, pk)
    fragment = ResultsQuery(request.GET).fragment()
    facts = (post.pk, post.revision, fragment)
    return unless_known(request, facts, lambda: _fragment(request, post, fragment))


@require_POST
def post_retry(request: PersonRequest, pk: int) -> HttpResponse:
    """Try a failed picture again."""
    post = _own_post(request, pk)
    form = RetryForm(request.POST)
    message = str(NOTHING)
    if form.is_valid():
        slot = form.cleaned_data["slot"]
        try:
            message = try_again(
                request.user,
                lambda: service.retry_slot(post=post, slot=slot),
                references=service.references_of(post),
            )
        except service.ReferenceGoneError:
            return upload_again(request, post)
    return _after(request, post, message)


@require_POST
def post_regenerate(request: PersonRequest, pk: int) -> HttpResponse:
    """Start a new post like this one, or edit again, with another seed, and go there."""
    post = _own_post(request, pk)
    form = RegenerateForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please send the form again."))
        return redirect(post)
    form_key = form.cleaned_data["form_key"]
    try:
        done, cleaned = room.with_room_made(
            request.user,
            lambda: regenerate.regenerate(post=post, form_key=form_key),
            sparing=[reference.pk for reference in service.references_of(post)],
        )
    except service.ReferenceGoneError:
        return upload_again(request, post)
    except regenerate.NothingToRegenerateError as error:
        messages.error(request, str(error))
        return redirect(post)
    except QuotaExceededError as error:
        messages.error(request, room.refusal_text(error))
        return redirect(post)
    except NotEnoughCreditsError as error:
        messages.error(request, credit_service.refusal_text(error))
        return redirect(post)
    for notice in [*done.notices, *filter(None, [str(cleaned)])]:
        messages.info(request, notice)
    return redirect(done.made)


@require_POST
def post_cancel(request: PersonRequest, pk: int) -> HttpResponse:
    """Stop what is unfinished."""
    post = _own_post(request, pk)
    canceled = service.cancel_post(post=post, by=request.user)
    return _after(request, post, _("Canceled.") if canceled else _("It was finished already."))


def _after(request: PersonRequest, post: Post, message: str) -> HttpResponse:
    if not is_htmx(request):
        if message:
            messages.info(request, message)
        return redirect(post)
    post = _own_post(request, post.pk)  # as it is now, if it still is
    fragment = ResultsQuery(request.POST).fragment()
    response = _fragment(request, post, fragment)
    if message:
        add_toast(response, message)
    return response


def _fragment(request: PersonRequest, post: Post, fragment: Fragment) -> HttpResponse:
    context = post_context(post, fragment, reader_of(request))
    return render(request, TEMPLATES[fragment], {**context, "is_live": True})
