"""Conversations, to look at and to delete for good."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gallery.admin.deletion import delete_conversations_for_good
from gallery.models import EditConversation, EditTurn, TurnBase
from pixelstream.admin import ReadOnlyAdmin, number_of


class TurnInline(admin.TabularInline):  # type: ignore[type-arg]
    """The turns of a conversation."""

    model = EditTurn
    fields = ("number", "message", "status", "pictures", "created_at")
    readonly_fields = fields
    ordering = ("number",)
    extra = 0
    can_delete = False
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[EditTurn]:
        """With how many pictures each gave."""
        rows: QuerySet[EditTurn] = super().get_queryset(request)
        return rows.annotate(picture_count=Count("images"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: the turns are the jobs' and the owner's."""
        return False

    @admin.display(description=_("pictures"))
    def pictures(self, turn: EditTurn) -> int:
        """How many it gave."""
        return int(turn.picture_count)  # type: ignore[attr-defined]


@admin.register(EditConversation)
class EditConversationAdmin(ReadOnlyAdmin):
    """Conversations: nothing of them is changed here, but they can be deleted for good."""

    list_display = ("title", "owner", "turn_count", "created_at", "updated_at", "deleted_at")
    list_filter = (("deleted_at", admin.EmptyFieldListFilter), "created_at")
    list_select_related = ("owner",)
    search_fields = ("=id", "title", "owner__email")
    inlines = (TurnInline,)
    actions = (delete_conversations_for_good,)
    fields = (
        *("title", "owner", number_of("source_image", _("picture"))),
        *("aspect_ratio", "resolution"),
        *("revision", "created_at", "updated_at", "deleted_at"),
    )
    readonly_fields = fields

    def has_deletion_permission(self, request: HttpRequest) -> bool:
        """Whoever might change them."""
        return admin.ModelAdmin.has_change_permission(self, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[EditConversation]:
        """With the number of the last turn, which is how many there are."""
        turns = EditTurn.objects.filter(conversation=OuterRef("pk")).order_by("-number")
        rows: QuerySet[EditConversation] = super().get_queryset(request)
        return rows.annotate(last_turn=Subquery(turns.values("number")[:1]))

    @admin.display(description=_("turns"), ordering="last_turn")
    def turn_count(self, conversation: EditConversation) -> int:
        """How many."""
        return int(conversation.last_turn or 0)  # type: ignore[attr-defined]


@admin.register(EditTurn)
class EditTurnAdmin(ReadOnlyAdmin):
    """Turns of conversations."""

    list_display = (
        *("id", number_of("conversation", _("conversation"))),
        *("number", "status", "created_at"),
    )
    list_filter = ("status", "created_at")
    search_fields = ("=conversation__id", "message", "conversation__owner__email")


@admin.register(TurnBase)
class TurnBaseAdmin(ReadOnlyAdmin):
    """The pictures that turns start from."""

    numbers = (number_of("image", _("picture")), number_of("post", _("post")))
    list_display = ("id", number_of("turn", _("turn")), "position", *numbers)
    search_fields = ("=turn__id", "=image__id", "=post__id")
    fields = (number_of("turn", _("turn")), "position", *numbers)
    readonly_fields = fields
