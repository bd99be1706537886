"""Deleting posts and conversations for good from the admin: whoever owns them, trashed or not.

A person deletes out of the trash only. An administrator removes what must not stay, at once, by
the same service and with the same receipts. Each is asked about once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gallery.models import EditConversation, Post
from gallery.questions import deleted_text
from gallery.services import conversations, deletion
from gallery.trash_forms import DeleteForm
from pixelstream.accounts.models import User

NAMED = 20
"""Posts or conversations that the question names; the others it counts."""

Row = TypeVar("Row", Post, EditConversation)


@dataclass(frozen=True)
class _Question:
    """What is asked before anything is deleted."""

    title: str
    body: str
    lost: str = ""
    """What its owner loses."""
    takes_versions: bool = False
    """Whether the versions go along unless somebody says otherwise."""
    versions: str = ""
    """How many there are, where that is known."""


@admin.action(
    description=gettext_lazy("Delete the selected posts for good"), permissions=["change"]
)
def delete_for_good(
    modeladmin: admin.ModelAdmin[Post], request: HttpRequest, queryset: QuerySet[Post]
) -> HttpResponse | None:
    """Ask once, then delete the chosen posts, by default with all that was made from them."""
    chosen, form = _ids(queryset), DeleteForm(request.POST)
    if not form.is_confirmed:
        return _ask(modeladmin, request, chosen, delete_for_good.__name__, _about_posts(chosen))
    deleted = deletion.delete_chosen(
        Post.objects.all(),
        chosen,
        by=cast(User, request.user),
        include_generated=form.cleaned_data["include_generated"],
    )
    lost = ngettext(
        "The user can no longer access this photo.",
        "The users can no longer access these photos.",
        deleted.total - deleted.generated,
    )
    _say(modeladmin, request, f"{deleted_text(deleted)} {lost}" if deleted.total else "")
    return None


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
    chosen, form = _ids(queryset), DeleteForm(request.POST)
    if not form.is_confirmed:
        action = delete_conversations_for_good.__name__
        return _ask(modeladmin, request, chosen, action, _about_conversations(chosen))
    deleted = conversations.delete_chosen(
        EditConversation.objects.all(),
        chosen,
        by=cast(User, request.user),
        include_generated=form.cleaned_data["include_generated"],
    )
    _say(modeladmin, request, deleted_text(deleted) if deleted.conversations else "")
    return None


def _about_posts(chosen: list[int]) -> _Question:
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
    return _Question(title, body, lost=lost, takes_versions=True)


def _about_conversations(chosen: list[int]) -> _Question:
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
    return _Question(title, body, versions=versions)


def _ids(queryset: QuerySet[Row]) -> list[int]:
    return list(queryset.order_by("pk").values_list("pk", flat=True))


def _ask(
    modeladmin: admin.ModelAdmin[Row],
    request: HttpRequest,
    chosen: list[int],
    action: str,
    question: _Question,
) -> TemplateResponse:
    rows = modeladmin.model._default_manager.filter(pk__in=chosen[:NAMED])
    context: dict[str, Any] = {
        **modeladmin.admin_site.each_context(request),
        "opts": modeladmin.model._meta,
        "title": question.title,
        "question": question,
        "rows": rows.select_related("owner").order_by("pk"),
        "more": max(0, len(chosen) - NAMED),
        "ids": chosen,
        "checkbox": ACTION_CHECKBOX_NAME,
        "action": action,
    }
    return TemplateResponse(request, "admin/gallery/post/delete_for_good.html", context)


def _say(modeladmin: admin.ModelAdmin[Row], request: HttpRequest, text: str) -> None:
    """What was deleted; nothing when somebody else was faster."""
    level = messages.SUCCESS if text else messages.INFO
    modeladmin.message_user(request, text or _("Already deleted."), level)
