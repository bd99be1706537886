"""What the page of a conversation fetches while it is open: turns, prints, two to compare."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from gallery.models import EditConversation
from generation.comparison import compare
from generation.conversation_forms import CompareQuery, StripQuery, TurnsQuery
from generation.conversation_page import conversation_view, since_fragment, strip
from generation.fragments import conversation_context
from generation.live_token import reader_of
from pixelstream.accounts.requests import PersonRequest
from pixelstream.conditional import unless_known
from pixelstream.htmx import is_htmx


def own_conversation(request: PersonRequest, pk: int) -> EditConversation:
    """The conversation with its owner; 404 where this person may not open it."""
    conversations = EditConversation.objects.visible_to(request.user).select_related("owner")
    return get_object_or_404(conversations, pk=pk)


def live_context(
    request: PersonRequest, conversation: EditConversation, since: int | None
) -> dict[str, Any]:
    """What the live part shows: the turns from a number on; without one only what stands around
    them.
    """
    if since is None:
        since = last_number(conversation) + 1
    view = since_fragment(conversation, since)
    return {**conversation_context(view, reader_of(request)), "is_live": True}


def live_part(
    request: PersonRequest, conversation: EditConversation, since: int | None
) -> HttpResponse:
    """The live part as a fragment."""
    context = live_context(request, conversation, since)
    return render(request, "generation/_conversation_live.html", context)


def last_number(conversation: EditConversation) -> int:
    """The number of the last turn, 0 while there is none."""
    return conversation.turns.order_by("-number").values_list("number", flat=True).first() or 0


@require_safe
def conversation_turns(request: PersonRequest, pk: int) -> HttpResponse:
    """Turns as a fragment: those before others, or the live ones (304 while nothing changed)."""
    found = own_conversation(request, pk)
    query = TurnsQuery(request.GET)
    before = query.value("before")
    if before is not None:
        view = conversation_view(found, before=before)
        context = {**conversation_context(view, reader_of(request)), "turns": view.turns}
        return render(request, "generation/_conversation_earlier.html", context)
    since = query.value("since")
    return unless_known(
        request, (found.pk, found.revision, since), lambda: live_part(request, found, since)
    )


@require_safe
@vary_on_headers("HX-Request", "Cookie")
def conversation_strip(request: PersonRequest, pk: int) -> HttpResponse:
    """Prints before others, for the strip of all pictures; without JavaScript a page of them."""
    found = own_conversation(request, pk)
    page = strip(found, before=StripQuery(request.GET).value("before"))
    template = "_conversation_strip" if is_htmx(request) else "conversation_strip"
    context = {"conversation": found, "strip": page}
    return render(request, f"generation/{template}.html", context)


@require_safe
@vary_on_headers("HX-Request", "Cookie")
def conversation_compare(request: PersonRequest, pk: int) -> HttpResponse:
    """Two pictures of the conversation over each other: a dialog, or a page of its own."""
    found = own_conversation(request, pk)
    query = CompareQuery(request.GET)
    comparison = compare(found, left=query.value("left"), right=query.value("right"))
    part = "_compare" if query.value("part") == "pair" else "_compare_dialog"
    template = part if is_htmx(request) else "conversation_compare"
    context = {"conversation": found, "comparison": comparison}
    return render(request, f"generation/{template}.html", context)
