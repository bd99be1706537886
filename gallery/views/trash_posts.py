"""One post: into the trash, out of it, and out of it for good."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gallery import questions
from gallery.forms import MAX_ID
from gallery.models import Post
from gallery.services import deletion, trash
from gallery.services.deletion import Deleted
from gallery.trash_forms import DeleteForm, RestoreForm
from gallery.views.gallery import count_of_page
from gallery.views.trash_answers import (
    ask,
    gone_from_page,
    restored_text,
    trashed_response,
    wall_of,
)
from pixelstream.accounts.requests import PersonRequest
from pixelstream.htmx import add_toast, is_htmx


@require_POST
def post_trash(request: PersonRequest, pk: int) -> HttpResponse:
    """Move a post to the trash."""
    check_id(pk)
    moved = trash.trash(owner=request.user, ids=[pk])
    if not moved.ids and not Post.objects.in_trash_of(request.user).filter(pk=pk).exists():
        return _already_deleted_from_wall(request, pk)
    return trashed_response(request, [pk], back=wall_of(request))


@require_POST
def post_restore(request: PersonRequest, pk: int) -> HttpResponse:
    """Put a post back where it was."""
    check_id(pk)
    form = RestoreForm(request.POST)
    moved = trash.restore(owner=request.user, ids=[pk])
    if not moved.ids and not Post.objects.visible_to(request.user).filter(pk=pk).exists():
        return _not_in_trash(request, pk)
    if form.is_on_post:
        messages.success(request, restored_text(1))
        return redirect("post-detail", pk)
    return gone_from_page(request, [str(pk)], restored_text(1))


@require_POST
def post_delete(request: PersonRequest, pk: int) -> HttpResponse:
    """Delete a post of the trash for good, once that is confirmed."""
    check_id(pk)
    form = DeleteForm(request.POST)
    question = questions.about_post(request.user, pk)
    if question is not None and not form.is_confirmed:
        return ask(request, question)
    deleted = Deleted()
    if question is not None:
        deleted = deletion.delete_chosen(
            Post.objects.in_trash_of(request.user),
            [pk],
            by=request.user,
            include_generated=form.cleaned_data["include_generated"],
        )
    if question is None or not deleted.total:
        if not deletion.was_theirs(request.user, Post, pk):
            return _not_in_trash(request, pk)
        return gone_from_page(request, [str(pk)], _("Already deleted."), "info")
    return gone_from_page(
        request, [str(pk)], questions.deleted_text(deleted, of_version=question.is_of_version)
    )


def check_id(pk: int) -> None:
    """A number that no post can have is one that is not there, also where a list is asked for."""
    if pk > MAX_ID:
        raise Http404


def _already_deleted_from_wall(request: PersonRequest, pk: int) -> HttpResponse:
    """The card of a post that is deleted for good leaves the wall. 404 if it was not theirs."""
    if not deletion.was_theirs(request.user, Post, pk):
        raise Http404
    if not is_htmx(request):
        messages.info(request, _("Already deleted."))
        return redirect(wall_of(request))
    context = {"gone": [pk], "counted": count_of_page(request)}
    response = render(request, "gallery/_undone.html", context)
    add_toast(response, _("Already deleted."))
    return response


def _not_in_trash(request: PersonRequest, pk: int) -> HttpResponse:
    """404. An open page of the trash takes the card away that it should not have any more."""
    if not is_htmx(request):
        raise Http404
    if deletion.was_theirs(request.user, Post, pk):
        message = _("Already deleted.")
    elif Post.objects.visible_to(request.user).filter(pk=pk).exists():
        message = _("This post is not in the trash any more.")
    else:
        raise Http404
    response = gone_from_page(request, [str(pk)], message, "info")
    response.status_code = 404
    return response
