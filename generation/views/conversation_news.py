"""What happened elsewhere to a conversation while its page is open. Pages ask while they are
looked at.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gallery.models import EditConversation, GeneratedImage, Post
from gallery.services import deletion
from generation.comparison import compare
from generation.conversation_ask import choices_of, ratio_of
from generation.conversation_news_forms import ConversationNewsQuery
from generation.conversation_page import strip, these_turns
from generation.fragments import conversation_context, lineage_beside
from generation.live_token import reader_of
from pixelstream.accounts.requests import PersonRequest
from pixelstream.conditional import unless_known


@require_safe
def conversation_news(request: PersonRequest, pk: int) -> HttpResponse:
    """What the page shows as it is now, in place, or that the conversation is away; 304 while that
    is what the page knows. Two queries then.
    """
    conversations = EditConversation.objects.visible_to(request.user).select_related("owner")
    found = conversations.filter(pk=pk).first()
    if found is None:
        return _away(request, pk)
    query = ConversationNewsQuery(request.GET)
    # Others change the line too; what else the page shows changes with the revision.
    line = Post.objects.owned_by(request.user).filter(pk__in=query.line_shown()).order_by("pk")
    states = list(line.values_list("pk", "deleted_at"))

    def answer() -> HttpResponse:
        context = _context(request, found, query)
        return render(request, "generation/_conversation_news.html", context)

    return unless_known(request, (found.pk, found.revision, states), answer)


def _away(request: PersonRequest, pk: int) -> HttpResponse:
    place = deletion.where_conversation_away(request.user, pk)
    if not place:
        raise Http404
    context = {"place": place, "here": pk}
    template = "generation/_conversation_not_here.html"
    return unless_known(request, (pk, place), lambda: render(request, template, context))


def _context(
    request: PersonRequest, found: EditConversation, query: ConversationNewsQuery
) -> dict[str, Any]:
    since, prints = query.first_live(), query.prints_shown()
    view = these_turns(found, query.turns_shown(), since=since)
    offered, pair = query.bases_offered(), query.pair()
    images = GeneratedImage.objects.of_conversation(found)
    there = set(images.filter(pk__in=[*offered, *pair]).values_list("pk", flat=True))
    context: dict[str, Any] = {
        "view": view,
        "settled": view.settled,
        "bases_gone": [image for image in offered if image not in there],
    }
    if not there.issuperset(pair):
        context["comparison_anew"] = [compare(found, left=pair[0], right=pair[-1])]
    if prints is None:
        return {**context, "ratio": ratio_of(found)}
    choices = choices_of(found)
    return {
        **context,
        **conversation_context(view, reader_of(request), choices=choices),
        "is_page": True,
        "is_older": since is None,
        "strip": strip(found, below=since, size=prints),
        "tree": lineage_beside(choices, view.source),
    }
