"""The page of a conversation, and sending its next message."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import Min, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from gallery.models import EditConversation, EditTurn, GeneratedImage
from gallery.models.conversations import TITLE_MAX_LENGTH
from gallery.services import deletion
from generation.conversation_ask import choices_of
from generation.conversation_forms import ConversationQuery, EditTurnForm
from generation.conversation_page import conversation_view, strip
from generation.fragments import conversation_context, lineage_beside
from generation.live_token import reader_of
from generation.services import editing
from generation.views.conversation_parts import live_context, own_conversation
from generation.views.wishes import fulfil, sent_form
from generation.way_back import way_back
from pixelstream.accounts.requests import PersonRequest
from pixelstream.htmx import add_toast, is_htmx


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request", "Cookie")
def conversation(request: PersonRequest, pk: int) -> HttpResponse:
    """A conversation; a POST sends the next message. Of one in the trash, where it is."""
    try:
        found = own_conversation(request, pk)
    except Http404:
        place = deletion.where_conversation_away(request.user, pk)
        if request.method == "POST" or not place:
            raise
        context = {"place": place, "here": pk}
        return render(request, "generation/conversation_away.html", context, status=404)
    if request.method == "POST":
        return _send(request, found)
    query = ConversationQuery(request.GET)
    images = GeneratedImage.objects.of_conversation(found).select_related("object", "turn")
    start = query.value("from")
    chosen = images.filter(pk=start).first() if start else None
    if is_htmx(request):
        return _part(request, found, query, chosen)
    models = [spec.key for spec in editing.default_models(found)]
    form = EditTurnForm(conversation=found, initial={"models": models})
    return _page(request, found, form, before=query.value("before"), chosen=chosen)


def _part(
    request: PersonRequest,
    found: EditConversation,
    query: ConversationQuery,
    chosen: GeneratedImage | None,
) -> HttpResponse:
    """What a script asks for anew: the pictures to start from, or the lineage."""
    choices = choices_of(found, chosen=chosen)
    if query.value("part") == "lineage":
        context: dict[str, Any] = {"tree": lineage_beside(choices, None)}
        return render(request, "generation/_conversation_lineage.html", context)
    context = {"conversation": found, "choices": choices.items, "chosen": choices.chosen}
    return render(request, "generation/_conversation_bases.html", context)


def _page(
    request: PersonRequest,
    found: EditConversation,
    form: EditTurnForm,
    *,
    before: int | None = None,
    chosen: GeneratedImage | None = None,
    status: int = 200,
) -> HttpResponse:
    view = conversation_view(found, before=before)
    sent = form.cleaned_data.get("bases") or () if form.is_bound else None
    choices = choices_of(found, chosen=chosen, sent=sent)
    context = {
        **conversation_context(view, reader_of(request), choices=choices),
        "settled": view.settled,
        "form": form,
        # The live part has its own prints; on a page of older turns there is no live part.
        "strip": strip(found, below=None if view.is_older else view.since),
        "back": way_back(request),
        "is_older": view.is_older,
        "tree": lineage_beside(choices, view.source),
        "title_max_length": TITLE_MAX_LENGTH,
    }
    if view.is_older:  # nothing arrives on it: the newest turns are on another page
        context |= {"settled": view.turns, "turns": (), "since": None}
    return render(request, "generation/conversation.html", context, status=status)


def _send(request: PersonRequest, found: EditConversation) -> HttpResponse:
    form = sent_form(request, partial(EditTurnForm, conversation=found))
    turn = _add_turn(form, found) if form.is_valid() else None
    if turn is None:
        if is_htmx(request):
            template = "generation/_conversation_ask_errors.html"
            return render(request, template, {"form": form}, status=422)
        return _page(request, found, form, status=422)
    if not is_htmx(request):
        for notice in form.notices:
            messages.info(request, notice)
        return redirect(f"{found.get_absolute_url()}#turn-{turn.number}")
    since = _first_live(found, turn, form)
    context = {**live_context(request, found, since), "new_key": uuid4(), "form": form}
    response = render(request, "generation/_conversation_sent.html", context)
    if form.notices:
        add_toast(response, " ".join(form.notices))
    return response


def _add_turn(form: EditTurnForm, found: EditConversation) -> EditTurn | None:
    wish, form_key = form.wish(), form.cleaned_data["form_key"]
    send = partial(editing.send_turn, conversation=found, wish=wish, form_key=form_key)
    try:
        return fulfil(found.owner, form, send)
    except editing.ConversationGoneError as error:
        raise Http404 from error


def _first_live(found: EditConversation, turn: EditTurn, form: EditTurnForm) -> int:
    """The first turn that the page has to get: what is unfinished, and what another page sent."""
    since = form.cleaned_data["since"] or turn.number
    shown = form.cleaned_data["shown"] or 0
    new = found.turns.filter(number__gte=since).filter(
        Q(number__gt=shown) | Q(status=EditTurn.Status.GENERATING)
    )
    return min(turn.number, new.aggregate(first=Min("number"))["first"] or turn.number)
