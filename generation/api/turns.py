"""Stopping a turn of a conversation, and trying again what failed of it."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from ninja import Router

from gallery.api.schemas import Id, answers
from gallery.models import EditTurn
from generation.api.conversations import own_conversation
from generation.api.inputs import RetryIn
from generation.api.jobs import succession
from generation.api.outputs import CanceledTurnOut, RetriedTurnOut
from generation.api.refusals import MAKING, done
from generation.api.written import sent_as_dict
from generation.conversation_forms import MAX_NUMBER
from generation.services import editing
from pixelstream.accounts.models import User
from pixelstream.api.envelopes import Failure, Success, accepted, answer
from pixelstream.api.errors import not_found
from pixelstream.api.idempotency import idempotent
from pixelstream.api.models import Scope
from pixelstream.api.security import Token, owner_of

router = Router(tags=["conversations"])


@router.post(
    "/conversations/{conversation_id}/turns/{number}/cancel",
    auth=Token(Scope.GENERATE),
    response=answers(CanceledTurnOut, 409),
    summary="Stop what is unfinished of a turn",
)
@idempotent
def cancel_turn(request: HttpRequest, conversation_id: Id, number: Id) -> HttpResponse:
    """Stop what is unfinished of a turn. What is ready stays."""
    owner = owner_of(request)
    turn = _own_turn(owner, conversation_id, number)
    canceled = editing.cancel_turn(turn=turn, by=owner)
    now = _own_turn(owner, conversation_id, number)
    return answer(
        {
            "conversationId": conversation_id,
            "turn": number,
            "status": now.status,
            "canceled": canceled,
        }
    )


@router.post(
    "/conversations/{conversation_id}/turns/{number}/retry",
    auth=Token(Scope.GENERATE),
    response={202: Success[RetriedTurnOut], MAKING: Failure},
    summary="Try a failed edit again",
)
@idempotent
def retry_turn(
    request: HttpRequest, conversation_id: Id, number: Id, body: RetryIn
) -> HttpResponse:
    """Try a failed picture of a turn again, as a new job that is paid again."""
    owner = owner_of(request)
    turn = _own_turn(owner, conversation_id, number)
    again = partial(editing.retry_output, turn=turn, slot=body.slot)
    sparing = turn.references.values_list("pk", flat=True)
    retried, cleaned = done(owner, again, sparing=list(sparing))
    notices = [*succession(retried), *filter(None, [cleaned])]
    # The job is paid by now: nothing is looked up that might say that nothing was begun.
    turn.status = EditTurn.Status.GENERATING
    return accepted({**sent_as_dict(turn, notices), "jobId": retried.job.pk})


def _own_turn(owner: User, conversation_id: int, number: int) -> EditTurn:
    """The turn. Raises ApiError 404."""
    turns = own_conversation(owner, conversation_id).turns
    turn = turns.filter(number=number).first() if number <= MAX_NUMBER else None
    if turn is None:
        raise not_found()
    return turn
