"""The live fragments: one template each, used by the page, the stream and polling alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from gallery.lineage import Tree, tree_of
from gallery.models import EditConversation, GeneratedImage, Post
from generation import live_token
from generation.conversation_ask import Choices, choices_of, ratio_of
from generation.conversation_page import ConversationView, since_fragment
from generation.live_token import Fragment, Reader, claims_in_force
from generation.post_page import details_of
from generation.results import results_of, results_of_all
from pixelstream.accounts.models import User

IN_PROGRESS_SHOWN = 6

LINEAGE_SHOWN = 40
"""Pictures of the line that stand beside the turns; the page of the lineage has the others."""

TEMPLATES = {
    Fragment.STUDIO: "generation/_studio_results.html",
    Fragment.POST: "generation/_post_body.html",
    Fragment.HOME: "generation/_in_progress.html",
    Fragment.CONVERSATION: "generation/_conversation_live.html",
}


@dataclass(frozen=True)
class Rendered:
    """A fragment as sent: its revision, its HTML, and whether nothing more will come."""

    revision: str
    html: str
    is_final: bool


def post_context(post: Post, fragment: Fragment, reader: Reader) -> dict[str, Any]:
    """What the templates of a post in the making need."""
    token = live_token.make(
        user_id=post.owner_id, fragment=fragment, target_id=post.pk, reader=reader
    )
    results = results_of(post)
    context = {
        "post": post,
        "results": results,
        "live_url": f"{reverse('live')}?t={token}",
        "fragment": fragment.value,
    }
    if fragment is Fragment.POST:
        context["details"] = details_of(results)
    return context


def home_context(user: User, reader: Reader) -> dict[str, Any]:
    """What the list of posts in the making needs."""
    token = live_token.make(user_id=user.pk, fragment=Fragment.HOME, reader=reader)
    unfinished = Post.objects.visible_to(user).in_progress().order_by("-id")
    return {
        "in_progress": results_of_all(list(unfinished[:IN_PROGRESS_SHOWN])),
        "live_url": f"{reverse('live')}?t={token}",
    }


def home_revision(shown: Iterable[tuple[int, int]]) -> str:
    """What stands for the state of that list: ids and revisions of the posts, in their order."""
    return ",".join(f"{pk}.{revision}" for pk, revision in shown) or "0"


def conversation_context(
    view: ConversationView, reader: Reader, *, choices: Choices | None = None
) -> dict[str, Any]:
    """What the template of a conversation's live turns needs, and of what changes with them.

    `choices` are the pictures that the next turn may start from, by default those that come by
    themselves.
    """
    conversation = view.conversation
    token = live_token.make(
        user_id=conversation.owner_id,
        fragment=Fragment.CONVERSATION,
        target_id=conversation.pk,
        reader=reader,
        since=view.since or 0,
    )
    offered = choices or choices_of(conversation)
    return {
        "view": view,
        "turns": view.live,
        "since": view.since,
        "choices": offered.items,
        "chosen": offered.chosen,
        "ratio": ratio_of(conversation),
        "live_url": f"{reverse('live')}?t={token}",
    }


def lineage_beside(choices: Choices, source: GeneratedImage | None) -> Tree | None:
    """The line of the picture that the next turn starts from, else of the source; None when
    neither is there.
    """
    current = next((choice.image for choice in choices.items), source)
    return tree_of(current.post, limit=LINEAGE_SHOWN) if current else None


def render_for(claims: live_token.Claims) -> Rendered | None:
    """The current state of what a stream shows; None when it may not be seen (any more)."""
    user = User.objects.filter(pk=claims.user_id, is_active=True).first()
    if user is None or not claims_in_force([claims]):
        return None
    with translation.override(claims.reader.language):
        if claims.fragment is Fragment.HOME:
            context = home_context(user, claims.reader)
            shown = context["in_progress"]
            revision = home_revision((r.post.pk, r.post.revision) for r in shown)
            html = render_to_string(TEMPLATES[Fragment.HOME], {**context, "is_live": True})
            return Rendered(revision, html, is_final=not shown)
        if claims.fragment is Fragment.CONVERSATION:
            return _render_conversation(user, claims)
        post = Post.objects.visible_to(user).filter(pk=claims.target_id).first()
        if post is None:
            return None
        context = post_context(post, claims.fragment, claims.reader)
        html = render_to_string(TEMPLATES[claims.fragment], {**context, "is_live": True})
        return Rendered(str(post.revision), html, is_final=not post.is_unfinished)


def _render_conversation(user: User, claims: live_token.Claims) -> Rendered | None:
    conversations = EditConversation.objects.visible_to(user).select_related("owner")
    conversation = conversations.filter(pk=claims.target_id).first()
    if conversation is None:
        return None
    view = since_fragment(conversation, claims.since)
    context = conversation_context(view, claims.reader)
    html = render_to_string(TEMPLATES[Fragment.CONVERSATION], {**context, "is_live": True})
    return Rendered(str(conversation.revision), html, is_final=not view.is_unfinished)
