"""Deleting posts and conversations for good from the admin: whoever owns them, trashed or not.

A person deletes out of the trash only. An administrator removes what must not stay, at once, by
the same service and with the same receipts. Each is asked about once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gallery.models import EditConversation, Post, Report
from gallery.questions import deleted_text
from gallery.services import conversations, deletion
from gallery.trash_forms import DeleteForm
from pixelstream.accounts.models import User
from pixelstream.admin_questions import Question, ask, ids_of


@dataclass(frozen=True)
class DeleteQuestion(Question):
    """What is asked before anything is deleted."""

    lost: str = ""
    """What its owner loses."""
    takes_versions: bool = False
    """Whether the versions go along unless somebody says otherwise."""
    versions: str = ""
    """How many there are, where that is known."""

    template: ClassVar[str] = "admin/gallery/post/delete_for_good.html"


@admin.action(
    description=gettext_lazy("Delete the selected posts for good"), permissions=["change"]
)
def delete_for_good(
    modeladmin: admin.ModelAdmin[Post], request: HttpRequest, queryset: QuerySet[Post]
) -> HttpResponse | None:
    """Ask once, then delete the chosen posts, by default with all that was made from them."""
    chosen, form = ids_of(queryset), DeleteForm(request.POST)
    if not form.is_confirmed:
        question = _about_posts(chosen, delete_for_good.__name__)
        return ask(modeladmin, request, question, chosen=chosen, meant=chosen, rows=_posts())
    _delete_posts(modeladmin, request, chosen, form)
    return None


@admin.action(
    description=gettext_lazy("Delete the posts of the selected reports for good"),
    permissions=["moderation"],
)
def delete_reported_for_good(
    modeladmin: admin.ModelAdmin[Report], request: HttpRequest, queryset: QuerySet[Report]
) -> HttpResponse | None:
    """`delete_for_good`, of what was reported."""
    chosen, form = ids_of(queryset), DeleteForm(request.POST)
    posts = sorted(set(queryset.order_by().values_list("post", flat=True)))
    if not form.is_confirmed:
        question = _about_posts(posts, delete_reported_for_good.__name__)
        return ask(modeladmin, request, question, chosen=chosen, meant=posts, rows=_posts())
    _delete_posts(modeladmin, request, posts, form)
    return None


def _posts() -> QuerySet[Post]:
    return Post.objects.select_related("owner")


def _delete_posts(
    modeladmin: admin.ModelAdmin[Any], request: HttpRequest, posts: list[int], form: DeleteForm
) -> None:
    deleted = deletion.delete_chosen(
        Post.objects.all(),
        posts,
        by=cast(User, request.user),
        include_generated=form.cleaned_data["include_generated"],
    )
    lost = ngettext(
        "The user can no longer access this photo.",
        "The users can no longer access these photos.",
        deleted.total - deleted.generated,
    )
    _say(modeladmin, request, f"{deleted_text(deleted)} {lost}" if deleted.total else "")


@admin.action(
    description=gettext_lazy("Delete the selected conversations for good"),
    permissions=["deletion"],
)
def delete_conversations_for_good(
    modeladmin: admin.ModelAdmin[EditConversation],
    request: HttpRequest,
    queryset: QuerySet[EditConversation],
) -> HttpResponse | None:
    """Ask once, then delete the chosen conversations, with what was made in them on request."""
    chosen, form = ids_of(queryset), DeleteForm(request.POST)
    if not form.is_confirmed:
        question = _about_conversations(chosen, delete_conversations_for_good.__name__)
        rows = EditConversation.objects.select_related("owner")
        return ask(modeladmin, request, question, chosen=chosen, meant=chosen, rows=rows)
    deleted = conversations.delete_chosen(
        EditConversation.objects.all(),
        chosen,
        by=cast(User, request.user),
        include_generated=form.cleaned_data["include_generated"],
    )
    _say(modeladmin, request, deleted_text(deleted) if deleted.conversations else "")
    return None


def _about_posts(chosen: list[int], action: str) -> DeleteQuestion:
    number = len(chosen)
    title = _("Delete image?")
    if number > 1:
        title = ngettext("Delete %(n)s post?", "Delete %(n)s posts?", number) % {"n": number}
    body = ngettext(
        "Deleting will remove this photo and every generated version for the user. "
        "This cannot be undone.",
        "Deleting will remove these photos and every generated version for their users. "
        "This cannot be undone.",
        number,
    )
    lost = ngettext(
        "The user will lose access immediately.",
        "The users will lose access immediately.",
        number,
    )
    return DeleteQuestion(action, title, body, _("Delete"), lost=lost, takes_versions=True)


def _about_conversations(chosen: list[int], action: str) -> DeleteQuestion:
    number = len(chosen)
    title = _("Delete conversation?")
    if number > 1:
        title = ngettext("Delete %(n)s conversation?", "Delete %(n)s conversations?", number)
        title %= {"n": number}
    body = ngettext(
        "Deleting will remove this conversation with its messages. What was made in it stays. "
        "This cannot be undone.",
        "Deleting will remove these conversations with their messages. What was made in them "
        "stays. This cannot be undone.",
        number,
    )
    made = conversations.outputs_of(EditConversation.objects.filter(pk__in=chosen)).count()
    versions = ngettext("(%(n)s post)", "(%(n)s posts)", made) % {"n": made}
    return DeleteQuestion(action, title, body, _("Delete"), versions=versions)


def _say(modeladmin: admin.ModelAdmin[Any], request: HttpRequest, text: str) -> None:
    """What was deleted; nothing when somebody else was faster."""
    level = messages.SUCCESS if text else messages.INFO
    modeladmin.message_user(request, text or _("Already deleted."), level)
