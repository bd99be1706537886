"""What can be done about a turn of a conversation: try a picture again, stop what is unfinished."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gallery.models import EditConversation, EditTurn
from generation.conversation_forms import CancelTurnForm, RetryOutputForm
from generation.conversation_page import LIVE_TURNS
from generation.services import editing, job_references
from generation.services.studio import ReferenceGoneError
from generation.views.conversation_parts import last_number, live_part, own_conversation
from generation.views.retries import NOTHING, try_again
from pixelstream.accounts.requests import PersonRequest
from pixelstream.htmx import add_toast, is_htmx


@require_POST
def conversation_retry(request: PersonRequest, pk: int) -> HttpResponse:
    """Try a failed picture of a turn again."""
    found = own_conversation(request, pk)
    form = RetryOutputForm(request.POST)
    turn = _turn(found, form)
    message = str(NOTHING)
    if turn is not None:
        slot = form.cleaned_data["slot"]
        try:
            message = try_again(
                request.user,
                lambda: editing.retry_output(turn=turn, slot=slot),
                references=turn.references.all(),
            )
        except ReferenceGoneError:
            message = job_references.gone_text()
    return _after(request, found, form, message)


@require_POST
def conversation_cancel(request: PersonRequest, pk: int) -> HttpResponse:
    """Stop what is unfinished of a turn."""
    found = own_conversation(request, pk)
    form = CancelTurnForm(request.POST)
    turn = _turn(found, form)
    canceled = editing.cancel_turn(turn=turn, by=request.user) if turn else 0
    message = _("Canceled.") if canceled else _("It was finished already.")
    return _after(request, found, form, message)


def _turn(conversation: EditConversation, form: CancelTurnForm) -> EditTurn | None:
    """The turn that the form names, if there is one."""
    if not form.is_valid():
        return None
    return conversation.turns.filter(number=form.cleaned_data["turn"]).first()


def _after(
    request: PersonRequest, found: EditConversation, form: CancelTurnForm, message: str
) -> HttpResponse:
    """The turn of the form as it is now, or the live part from there on."""
    number = form.cleaned_data.get("turn")
    if not is_htmx(request):
        if message:
            messages.info(request, message)
        anchor = f"#turn-{number}" if number else ""
        return HttpResponseRedirect(f"{found.get_absolute_url()}{anchor}")
    found = own_conversation(request, found.pk)  # as it is now, if it still is
    if number is not None and number <= last_number(found) - LIVE_TURNS:  # too far back to be live
        if message:
            messages.info(request, message)
        address = f"{found.get_absolute_url()}?before={number + 1}"
        return HttpResponse(headers={"HX-Redirect": address})
    since = form.cleaned_data.get("since")
    response = live_part(request, found, min(filter(None, (since, number)), default=None))
    if message:
        add_toast(response, message)
    return response
