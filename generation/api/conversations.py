"""Edits of pictures: conversations and their turns."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from gallery.api.schemas import Id, answers
from gallery.conversation_list import ConversationsQuery, Wishes, page_of, these
from gallery.keyset import Moment, moment_from
from gallery.models import EditConversation, EditTurn
from generation.api.documented import WAITED_FOR
from generation.api.generate import source_picture
from generation.api.inputs import ConversationIn, RowId, TurnIn
from generation.api.outputs import ConversationOut, SentOut, TurnOut
from generation.api.refusals import MADE_OR_NOT, checked, fulfil
from generation.api.repeats import begun_before, form_key_of
from generation.api.waiting import seconds_asked, wait_until
from generation.api.written import conversation_as_dict, sent_as_dict, turn_as_dict
from generation.conversation_forms import MAX_NUMBER, EditStartForm, EditTurnForm
from generation.conversation_page import conversation_view
from generation.services import editing
from pixelstream.accounts.models import User
from pixelstream.api.envelopes import CamelSchema, Failure, Success, accepted, answer
from pixelstream.api.errors import ApiError, gone, not_found
from pixelstream.api.idempotency import idempotent
from pixelstream.api.lists import PageIn, PageOut, encode
from pixelstream.api.models import Scope
from pixelstream.api.security import Token, owner_of

router = Router(tags=["conversations"])

SENT = {200: Success[TurnOut], 202: Success[SentOut], MADE_OR_NOT: Failure}


class ConversationsIn(CamelSchema):
    """Which conversations."""

    q: str = Field("", description="Words that begin words of the title")
    post_id: RowId | None = Field(None, description="Those that began with a picture of this post")


@router.get(
    "/conversations",
    auth=Token(Scope.READ),
    response=answers(PageOut[ConversationOut]),
    summary="List conversations",
)
def list_conversations(
    request: HttpRequest, asked: Query[ConversationsIn], page: Query[PageIn]
) -> HttpResponse:
    """Your conversations, the latest activity first."""
    before = moment_from(page.cursor) if page.cursor else None
    if page.cursor and before is None:
        raise ApiError(400, "INVALID_CURSOR", "This cursor is not one of ours")
    wishes = ConversationsQuery({"q": asked.q, "post": asked.post_id}).wishes()
    found = page_of(owner_of(request), wishes, before=before, size=page.limit)
    items = [conversation_as_dict(row) for row in found.rows]
    return answer({"items": items, "nextCursor": _cursor(found.next)})


@router.get(
    "/conversations/{conversation_id}",
    auth=Token(Scope.READ),
    response=answers(ConversationOut),
    summary="One conversation",
)
def get_conversation(request: HttpRequest, conversation_id: Id) -> HttpResponse:
    """A conversation. Its turns have an address of their own."""
    rows = these(owner_of(request), [conversation_id], Wishes())
    if not rows:
        raise not_found()
    return answer(conversation_as_dict(rows[0]))


@router.get(
    "/conversations/{conversation_id}/turns",
    auth=Token(Scope.READ),
    response=answers(PageOut[TurnOut]),
    summary="List turns",
)
def list_turns(request: HttpRequest, conversation_id: Id, page: Query[PageIn]) -> HttpResponse:
    """The turns of a conversation with what each gave, the last one first."""
    conversation = own_conversation(owner_of(request), conversation_id)
    before = None if page.after is None else min(page.after, MAX_NUMBER)
    view = conversation_view(conversation, before=before, size=page.limit)
    items = [turn_as_dict(turn) for turn in reversed(view.turns)]
    end = None if view.earlier is None else encode(view.earlier)
    return answer({"items": items, "nextCursor": end})


@router.get(
    "/conversations/{conversation_id}/turns/{number}",
    auth=Token(Scope.READ),
    response=answers(TurnOut),
    summary="One turn",
)
def get_turn(request: HttpRequest, conversation_id: Id, number: Id) -> HttpResponse:
    """A turn with what it started from and what it gave, or why it did not."""
    return _one_turn(own_conversation(owner_of(request), conversation_id), number)


@router.post(
    "/conversations",
    auth=Token(Scope.GENERATE),
    response=SENT,
    summary="Begin to edit a picture",
    openapi_extra=WAITED_FOR,
)
@idempotent
def start_conversation(request: HttpRequest, body: ConversationIn) -> HttpResponse:
    """Say what is to be changed in a picture: a conversation with its first turn. 202, with the
    address to ask; with `Prefer: wait=60` 200 with what it gave, if that is there in time.
    """
    owner, form_key = owner_of(request), form_key_of(request)
    if known := begun_before(EditConversation.objects.visible_to(owner), form_key):
        return _answer(request, known, _first_turn(known), [])
    source = source_picture(owner, body.image_id)
    form = checked(EditStartForm(body.for_form(image_id="image"), owner=owner))
    wish = form.wish(source)
    begin = partial(
        editing.start_conversation, owner=owner, source=source, wish=wish, form_key=form_key
    )
    begun = fulfil(owner, form, begin)
    return _answer(request, begun, _first_turn(begun), form.notices)


@router.post(
    "/conversations/{conversation_id}/turns",
    auth=Token(Scope.GENERATE),
    response=SENT,
    summary="Send the next message",
    openapi_extra=WAITED_FOR,
)
@idempotent
def send_turn(request: HttpRequest, conversation_id: Id, body: TurnIn) -> HttpResponse:
    """Say what is to be changed next, as `POST /api/conversations`."""
    owner, form_key = owner_of(request), form_key_of(request)
    conversation = own_conversation(owner, conversation_id)
    if known := begun_before(conversation.turns.all(), form_key):
        return _answer(request, conversation, known, [])
    form = checked(EditTurnForm(body.for_form(base_image_ids="bases"), conversation=conversation))
    send = partial(
        editing.send_turn, conversation=conversation, wish=form.wish(), form_key=form_key
    )
    return _answer(request, conversation, fulfil(owner, form, send), form.notices)


def own_conversation(owner: User, pk: int) -> EditConversation:
    """The conversation with its owner. Raises ApiError 404."""
    conversations = EditConversation.objects.visible_to(owner).select_related("owner")
    conversation = conversations.filter(pk=pk).first()
    if conversation is None:
        raise not_found()
    return conversation


def _answer(
    request: HttpRequest, conversation: EditConversation, turn: EditTurn, notices: list[str]
) -> HttpResponse:
    """What the turn gave, where the request waits and it comes in time; else that it began."""
    seconds = seconds_asked(request)
    if wait_until(partial(_is_made, turn), seconds=seconds, person=conversation.owner_id):
        try:
            response = _one_turn(conversation, turn.number)
        except ApiError as error:  # it was there a moment ago
            raise gone() from error
        response["Preference-Applied"] = f"wait={seconds}"
        return response
    return accepted(sent_as_dict(turn, notices))


def _first_turn(conversation: EditConversation) -> EditTurn:
    """The turn that a conversation began with. Raises ApiError 410."""
    turn = conversation.turns.filter(number=1).first()
    if turn is None:
        raise gone()
    return turn


def _is_made(turn: EditTurn) -> bool:
    """Whether it has ended, as the database has it now. Raises ApiError 410."""
    now = EditTurn.objects.filter(pk=turn.pk, conversation__deleted_at=None).first()
    if now is None:
        raise gone()
    return not now.is_unfinished


def _one_turn(conversation: EditConversation, number: int) -> HttpResponse:
    if number > MAX_NUMBER:
        raise not_found()
    view = conversation_view(conversation, before=number + 1, size=1)
    if not view.turns or view.turns[0].number != number:
        raise not_found()
    return answer(turn_as_dict(view.turns[0]))


def _cursor(moment: Moment | None) -> str | None:
    return None if moment is None else str(moment)
