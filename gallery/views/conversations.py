"""What one can do with a conversation of the library."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gallery.conversation_forms import SelectForm, TitleForm
from gallery.models import EditConversation, GeneratedImage
from gallery.services import conversations, deletion
from gallery.trash_forms import conversation_name
from gallery.views.trash_posts import check_id
from pixelstream.accounts.requests import PersonRequest
from pixelstream.htmx import add_toast, go_to, is_htmx


@require_POST
def conversation_rename(request: PersonRequest, pk: int) -> HttpResponse:
    """Give the conversation another title."""
    found = get_object_or_404(EditConversation.objects.visible_to(request.user), pk=pk)
    form = TitleForm(request.POST)
    if form.is_valid():
        try:
            conversations.rename(conversation=found, title=form.cleaned_data["title"])
        except EditConversation.DoesNotExist as error:  # it went to the trash just now
            raise Http404 from error
        messages.success(request, _("The title is saved."))
    else:
        messages.error(request, str(form.errors["title"][0]))
    return go_to(request, found.get_absolute_url())


@require_POST
def conversation_trash(request: PersonRequest, pk: int) -> HttpResponse:
    """Move the conversation to the trash. The list of conversations says so, with a way back."""
    check_id(pk)
    moved = conversations.trash(owner=request.user, ids=[pk])
    is_there = EditConversation.objects.in_trash_of(request.user).filter(pk=pk).exists()
    if moved.ids or is_there:
        undo = f"trashed {conversation_name(pk)}"
        messages.success(request, _("Conversation moved to trash."), extra_tags=undo)
    elif deletion.was_theirs(request.user, EditConversation, pk):
        messages.info(request, _("Already deleted."))
    else:
        raise Http404
    return go_to(request, reverse("gallery:conversation-list"))


@require_POST
def output_select(request: PersonRequest, pk: int) -> HttpResponse:
    """Let the next turn start from a picture of the conversation, or not."""
    found = get_object_or_404(EditConversation.objects.visible_to(request.user), pk=pk)
    form = SelectForm(request.POST)
    shown = GeneratedImage.objects.live().filter(turn__conversation=found)
    try:
        image = shown.get(pk=form.cleaned_data["image"] if form.is_valid() else 0)
        conversations.set_selected(image=image, value=form.cleaned_data["selected"])
    except GeneratedImage.DoesNotExist:
        message = _("This picture is not there any more.")
        return _selected(request, found, message, status=404)
    chosen, left_out = _("The next edit starts from it."), _("The next edit leaves it out.")
    message = chosen if image.selected else left_out
    return _selected(request, found, message)


def _selected(
    request: PersonRequest, found: EditConversation, message: str, *, status: int = 204
) -> HttpResponse:
    """A toast; without scripts the page again."""
    is_done = status == 204
    if is_htmx(request):
        response = HttpResponse(status=status)
        add_toast(response, message, "info" if is_done else "error")
        return response
    messages.add_message(request, messages.SUCCESS if is_done else messages.ERROR, message)
    return redirect(found)
