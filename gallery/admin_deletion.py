"""Deleting posts and conversations for good from the admin: whoever owns them, trashed or not.

A person deletes out of the trash only. An administrator removes what must not stay, at once, by
the same service and with the same receipts.
"""

from __future__ import annotations

from typing import Any, cast

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


@admin.action(
    description=gettext_lazy("Delete the selected posts for good"), permissions=["change"]
)
def delete_for_good(
    modeladmin: admin.ModelAdmin[Post], request: HttpRequest, queryset: QuerySet[Post]
) -> HttpResponse | None:
    """Ask once, then delete the chosen posts, by default with all that was made from them."""
    form = DeleteForm(request.POST)
    chosen = list(queryset.order_by("pk").values_list("pk", flat=True))
    if not form.is_confirmed:
        return _ask(modeladmin, request, chosen)
    deleted = deletion.delete_chosen(
        Post.objects.all(),
        chosen,
        by=cast(User, request.user),
        include_generated=form.cleaned_data["include_generated"],
    )
    if not deleted.total:
        modeladmin.message_user(request, _("Already deleted."), messages.INFO)
        return None
    lost = ngettext(
        "The user can no longer access this photo.",
        "The users can no longer access these photos.",
        deleted.total - deleted.generated,
    )
    modeladmin.message_user(request, f"{deleted_text(deleted)} {lost}", messages.SUCCESS)
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
    form = DeleteForm(request.POST)
    chosen = list(queryset.order_by("pk").values_list("pk", flat=True))
    if not form.is_confirmed:
        return _ask_about_conversations(modeladmin, request, chosen)
    deleted = conversations.delete_chosen(
        EditConversation.objects.all(),
        chosen,
        by=cast(User, request.user),
        include_generated=form.cleaned_data["include_generated"],
    )
    if not deleted.conversations:
        modeladmin.message_user(request, _("Already deleted."), messages.INFO)
        return None
    modeladmin.message_user(request, deleted_text(deleted), messages.SUCCESS)
    return None


def _ask_about_conversations(
    modeladmin: admin.ModelAdmin[EditConversation], request: HttpRequest, chosen: list[int]
) -> TemplateResponse:
    number = len(chosen)
    body = ngettext(
        "Deleting will remove this conversation with its messages. What was made in it stays. "
        "This cannot be undone.",
        "Deleting will remove these conversations with their messages. What was made in them "
        "stays. This cannot be undone.",
        number,
    )
    title = _("Delete conversation?")
    if number > 1:
        title = ngettext("Delete %(n)s conversation?", "Delete %(n)s conversations?", number) % {
            "n": number
        }
    rows = EditConversation.objects.filter(pk__in=chosen)
    made = conversations.outputs_of(rows).count()
    context = {
        "title": title,
        "body": body,
        "family": ngettext("(%(n)s post)", "(%(n)s posts)", made) % {"n": made},
        "posts": rows.filter(pk__in=chosen[:NAMED]).select_related("owner").order_by("pk"),
        "action": delete_conversations_for_good.__name__,
    }
    return _asked(modeladmin, request, chosen, context)


def _ask(
    modeladmin: admin.ModelAdmin[Post], request: HttpRequest, chosen: list[int]
) -> TemplateResponse:
    number = len(chosen)
    body = ngettext(
        "Deleting will remove this photo and every generated version for the user. "
        "This cannot be undone.",
        "Deleting will remove these photos and every generated version for their users. "
        "This cannot be undone.",
        number,
    )
    title = _("Delete image?")
    if number > 1:
        title = ngettext("Delete %(n)s post?", "Delete %(n)s posts?", number) % {"n": number}
    context = {
        "title": title,
        "body": body,
        "lost": ngettext(
            "The user will lose access immediately.",
            "The users will lose access immediately.",
            number,
        ),
        "takes_family": True,
        "posts": Post.objects.filter(pk__in=chosen[:NAMED]).select_related("owner").order_by("pk"),
        "action": delete_for_good.__name__,
    }
    return _asked(modeladmin, request, chosen, context)


def _asked(
    modeladmin: admin.ModelAdmin[Any],
    request: HttpRequest,
    chosen: list[int],
    question: dict[str, Any],
) -> TemplateResponse:
    context: dict[str, Any] = {
        **modeladmin.admin_site.each_context(request),
        "opts": modeladmin.model._meta,
        "more": max(0, len(chosen) - NAMED),
        "ids": chosen,
        "checkbox": ACTION_CHECKBOX_NAME,
        **question,
    }
    return TemplateResponse(request, "admin/gallery/post/delete_for_good.html", context)
