"""Editing a picture: the dialog that begins a conversation, and the conversation's page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import Min, Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gallery.lightbox import look_at
from gallery.lineage import Tree, tree_of
from gallery.models import EditConversation, EditTurn, GeneratedImage, Post
from gallery.models.conversations import TITLE_MAX_LENGTH
from gallery.services import deletion, room
from gallery.services.quota import QuotaExceededError
from generation import catalogue
from generation.comparison import compare
from generation.conversation_ask import Choices, choices_of
from generation.conversation_forms import (
    CancelTurnForm,
    CompareQuery,
    ConversationQuery,
    EditForm,
    EditQuery,
    EditStartForm,
    EditTurnForm,
    RetryOutputForm,
    StripQuery,
    TurnsQuery,
    images_of,
)
from generation.conversation_page import (
    LIVE_TURNS,
    Strip,
    conversation_view,
    since_fragment,
    strip,
)
from generation.fragments import conversation_context
from generation.services import editing
from generation.views.uploads import with_uploads
from generation.way_back import way_back
from pixelstream.accounts.requests import PersonRequest
from pixelstream.htmx import add_toast, is_htmx

LINEAGE_SHOWN = 40
"""Pictures of the line that stand beside the turns; the page of the lineage has the others."""


# --- the dialog ----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def post_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """What is to be changed in a picture of a post; a POST begins the conversation.

    A dialog for the page that asks for it, else a page of its own.
    """
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    if request.method == "POST":
        return _start(request, post)
    query = EditQuery(request.GET)
    image = _picture(post, query.value("image"), query.value("img"))
    models = [spec.key for spec in editing.default_models_for(image, request.user)]
    form = EditStartForm(owner=request.user, initial={"models": models})
    template = "_edit_dialog" if is_htmx(request) else "post_edit"
    response = _render_start(request, template, post, image, form)
    response["Vary"] = "HX-Request, Cookie"
    return response


def _picture(post: Post, image_id: int | None, number: int | None = None) -> GeneratedImage:
    """The picture of the post that is meant, else the one in front. A post without one is 404."""
    lightbox = look_at(post, number=number)
    pictures = {output.image.pk: output.image for output in lightbox.outputs}
    if lightbox.current is None:
        raise Http404
    return pictures.get(image_id or 0, lightbox.current.image)


def _start(request: PersonRequest, post: Post) -> HttpResponse:
    data, refusals, notices = with_uploads(request)
    form = EditStartForm(data, owner=request.user)
    for refusal in refusals:
        form.add_error("references", refusal)
    image_id = form.cleaned_data.get("image") if form.is_valid() else None
    image = _picture(post, image_id)
    if image_id is not None and image.pk != image_id:
        form.add_error(None, _("This picture is not there any more."))
    conversation: EditConversation | None = None
    if form.is_valid():
        wish, form_key = form.wish(image), form.cleaned_data["form_key"]
        try:
            conversation, cleaned = room.with_room_made(
                request.user,
                lambda: editing.start_conversation(
                    owner=request.user, source=image, wish=wish, form_key=form_key
                ),
                sparing=[reference.pk for reference in wish.references],
            )
            notices += filter(None, [str(cleaned)])
        except (*GONE, QuotaExceededError) as error:
            _refuse(form, error)
    if conversation is None:
        template = "_edit_start" if is_htmx(request) else "post_edit"
        return _render_start(request, template, post, image, form, status=422)
    for notice in [*notices, *form.notices]:
        messages.info(request, notice)
    if is_htmx(request):
        return HttpResponse(headers={"HX-Redirect": conversation.get_absolute_url()})
    return redirect(conversation)


def _render_start(
    request: PersonRequest,
    template: str,
    post: Post,
    image: GeneratedImage,
    form: EditStartForm,
    status: int = 200,
) -> HttpResponse:
    context = {"post": post, "image": image, "form": form, "is_dialog": is_htmx(request)}
    return render(request, f"generation/{template}.html", context, status=status)


# --- the page ------------------------------------------------------------------------------------


def _own_conversation(request: PersonRequest, pk: int) -> EditConversation:
    conversations = EditConversation.objects.visible_to(request.user).select_related("owner")
    return get_object_or_404(conversations, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: PersonRequest, pk: int) -> HttpResponse:
    """A conversation; a POST sends the next message. Of one in the trash, where it is."""
    try:
        found = _own_conversation(request, pk)
    except Http404:
        place = _where_away(request, pk)
        if request.method == "POST" or not place:
            raise
        return render(request, "generation/conversation_away.html", {"place": place}, status=404)
    if request.method == "POST":
        return _send(request, found)
    query = ConversationQuery(request.GET)
    chosen = images_of(found).filter(pk=query.value("from")).first()
    if is_htmx(request):
        response = _part(request, found, query, chosen)
    else:
        models = [spec.key for spec in editing.default_models(found)]
        form = EditTurnForm(conversation=found, initial={"models": models})
        response = _page(request, found, form, before=query.value("before"), chosen=chosen)
    response["Vary"] = "HX-Request, Cookie"
    return response


def _where_away(request: PersonRequest, pk: int) -> str:
    """Where a conversation of this person is that they cannot open: `trash`, `gone`, or nothing."""
    if EditConversation.objects.in_trash_of(request.user).filter(pk=pk).exists():
        return "trash"
    return "gone" if deletion.was_theirs(request.user, EditConversation, pk) else ""


def _part(
    request: PersonRequest,
    found: EditConversation,
    query: ConversationQuery,
    chosen: GeneratedImage | None,
) -> HttpResponse:
    """What a script asks for anew: the pictures to start from, or the lineage."""
    choices = choices_of(found, chosen=chosen)
    if query.cleaned_data.get("part") == "lineage":
        context: dict[str, Any] = {"tree": _tree(choices, None)}
        return render(request, "generation/_conversation_lineage.html", context)
    context = {"conversation": found, "choices": choices.items, "chosen": choices.chosen}
    return render(request, "generation/_conversation_bases.html", context)


def _tree(choices: Choices, source: GeneratedImage | None) -> Tree | None:
    """The line of the picture that the next turn starts from."""
    current = next((choice.image for choice in choices.items), source)
    return tree_of(current.post, limit=LINEAGE_SHOWN) if current else None


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
    is_older = bool(view.turns) and view.turns[-1].number < view.turn_count
    context = {
        **conversation_context(view, get_language() or "en", choices=choices),
        "settled": view.settled,
        "form": form,
        # The live part has its own prints; on a page of older turns there is no live part.
        "strip": _in_order(strip(found, below=None if is_older else view.since)),
        "back": way_back(request),
        "is_older": is_older,
        "tree": _tree(choices, view.source),
        "title_max_length": TITLE_MAX_LENGTH,
    }
    if is_older:  # nothing arrives on it: the newest turns are on another page
        context |= {"settled": view.turns, "turns": (), "since": None}
    return render(request, "generation/conversation.html", context, status=status)


def _in_order(page: Strip) -> Strip:
    """The source first, then turn by turn the models in their order, whichever was faster."""
    prints = sorted(page.items, key=lambda item: (item.number or 0, item.image.turn_slot or 0))
    return replace(page, items=tuple(prints))


def _send(request: PersonRequest, found: EditConversation) -> HttpResponse:
    data, refusals, notices = with_uploads(request)
    form = EditTurnForm(data, conversation=found)
    for refusal in refusals:
        form.add_error("references", refusal)
    turn: EditTurn | None = None
    if form.is_valid():
        wish, form_key = form.wish(), form.cleaned_data["form_key"]
        try:
            turn, cleaned = room.with_room_made(
                request.user,
                lambda: editing.send_turn(conversation=found, wish=wish, form_key=form_key),
                sparing=[reference.pk for reference in wish.references],
            )
            notices += filter(None, [str(cleaned)])
        except editing.ConversationGoneError as error:
            raise Http404 from error
        except (*GONE, QuotaExceededError) as error:
            _refuse(form, error)
    if turn is None:
        if is_htmx(request):
            template = "generation/_conversation_ask_errors.html"
            return render(request, template, {"form": form}, status=422)
        return _page(request, found, form, status=422)
    notices += form.notices
    if not is_htmx(request):
        for notice in notices:
            messages.info(request, notice)
        return redirect(f"{found.get_absolute_url()}#turn-{turn.number}")
    since = _first_live(found, turn, form)
    context = {**_live_context(found, since), "new_key": uuid4()}
    response = render(request, "generation/_conversation_sent.html", context)
    if notices:
        add_toast(response, " ".join(notices))
    return response


def _first_live(found: EditConversation, turn: EditTurn, form: EditTurnForm) -> int:
    """The first turn that the page has to get: what is unfinished, and what another page sent."""
    since = form.cleaned_data["since"] or turn.number
    shown = form.cleaned_data["shown"] or 0
    new = found.turns.filter(number__gte=since).filter(
        Q(number__gt=shown) | Q(status=EditTurn.Status.GENERATING)
    )
    return min(turn.number, new.aggregate(first=Min("number"))["first"] or turn.number)


GONE = (editing.SourceGoneError, editing.ReferenceGoneError)


def _refuse(form: EditForm, error: Exception) -> None:
    """Say in the form why the service did not take it."""
    if isinstance(error, QuotaExceededError):
        form.add_error(None, room.refusal_text(error))
    elif isinstance(error, editing.ReferenceGoneError):
        form.add_error("references", _("A reference is not there any more."))
    else:
        form.add_error(None, _("The picture to start from is not there any more."))


# --- its parts -----------------------------------------------------------------------------------


@require_safe
def conversation_turns(request: PersonRequest, pk: int) -> HttpResponse:
    """Turns as a fragment: those before others, or the live ones (304 while nothing changed)."""
    found = _own_conversation(request, pk)
    query = TurnsQuery(request.GET)
    before = query.value("before")
    if before is not None:
        view = conversation_view(found, before=before)
        context = {**conversation_context(view, get_language() or "en"), "turns": view.turns}
        return render(request, "generation/_conversation_earlier.html", context)
    since = query.value("since")
    etag = f'"{found.pk}.{found.revision}.{since}.{get_language()}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = _live(request, found, since)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
def conversation_strip(request: PersonRequest, pk: int) -> HttpResponse:
    """Prints before others, for the strip of all pictures; without JavaScript a page of them."""
    found = _own_conversation(request, pk)
    page = _in_order(strip(found, before=StripQuery(request.GET).value("before")))
    template = "_conversation_strip" if is_htmx(request) else "conversation_strip"
    context = {"conversation": found, "strip": page}
    response = render(request, f"generation/{template}.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response


@require_safe
def conversation_compare(request: PersonRequest, pk: int) -> HttpResponse:
    """Two pictures of the conversation over each other: a dialog, or a page of its own."""
    found = _own_conversation(request, pk)
    query = CompareQuery(request.GET)
    comparison = compare(found, left=query.value("left"), right=query.value("right"))
    wants_pair = query.cleaned_data.get("part") == "pair"
    part = "_compare" if wants_pair else "_compare_dialog"
    template = part if is_htmx(request) else "conversation_compare"
    context = {"conversation": found, "comparison": comparison}
    response = render(request, f"generation/{template}.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response


# --- its verbs -----------------------------------------------------------------------------------


@require_POST
def conversation_retry(request: PersonRequest, pk: int) -> HttpResponse:
    """Try a failed picture of a turn again."""
    found = _own_conversation(request, pk)
    form = RetryOutputForm(request.POST)
    message = _("There is nothing to try again.")
    turn = found.turns.filter(number=form.cleaned_data["turn"]).first() if form.is_valid() else None
    if turn is not None:
        turn.conversation = found
        slot = form.cleaned_data["slot"]
        try:
            retry, cleaned = room.with_room_made(
                request.user,
                lambda: editing.retry_output(turn=turn, slot=slot),
                sparing=list(turn.references.values_list("pk", flat=True)),
            )
            message = str(cleaned)
            following = catalogue.find(retry.job.model)
            if retry.instead_of and following:
                notice = catalogue.succession_notice(retry.instead_of, following)
                message = f"{notice} {message}".strip()
        except editing.NothingToRetryError:
            pass
        except QuotaExceededError as error:
            message = room.refusal_text(error)
    return _after(request, found, form, message)


@require_POST
def conversation_cancel(request: PersonRequest, pk: int) -> HttpResponse:
    """Stop what is unfinished of a turn."""
    found = _own_conversation(request, pk)
    form = CancelTurnForm(request.POST)
    turn = found.turns.filter(number=form.cleaned_data["turn"]).first() if form.is_valid() else None
    canceled = 0
    if turn is not None:
        canceled = editing.cancel_turn(turn=turn, by=request.user)
    return _after(
        request, found, form, _("Canceled.") if canceled else _("It was finished already.")
    )


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
    found = _own_conversation(request, found.pk)  # as it is now, if it still is
    last = found.turns.order_by("-number").values_list("number", flat=True).first() or 0
    if number is not None and number <= last - LIVE_TURNS:  # too far back to be live
        if message:
            messages.info(request, message)
        address = f"{found.get_absolute_url()}?before={number + 1}"
        return HttpResponse(headers={"HX-Redirect": address})
    since = form.cleaned_data.get("since")
    response = _live(request, found, min(filter(None, (since, number)), default=None))
    if message:
        add_toast(response, message)
    return response


def _live(request: PersonRequest, found: EditConversation, since: int | None) -> HttpResponse:
    return render(request, "generation/_conversation_live.html", _live_context(found, since))


def _live_context(found: EditConversation, since: int | None) -> dict[str, Any]:
    """The turns from a number on; without one, none but what stands around them."""
    if since is None:
        last = found.turns.order_by("-number").values_list("number", flat=True).first()
        since = (last or 0) + 1
    view = since_fragment(found, since)
    return {**conversation_context(view, get_language() or "en"), "is_live": True}
