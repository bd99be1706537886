"""The library in the admin: everything to look at, moderation to decide."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import transaction
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from gallery.admin_deletion import delete_conversations_for_good, delete_for_good
from gallery.covers import with_covers
from gallery.models import (
    AccountErasure,
    AccountExport,
    AuditEvent,
    ChatMessage,
    EditConversation,
    EditTurn,
    ExportPart,
    GeneratedImage,
    Imported,
    Installation,
    Post,
    Project,
    ReferenceImage,
    StoredObject,
    TrashEmptying,
    TurnBase,
    Usage,
)
from gallery.services import claims, moves, quota
from pixelstream.accounts.models import User
from pixelstream.admin import KeptAdmin, ReadOnlyAdmin, thumbnail
from pixelstream.file_sizes import file_size


class ImageInline(admin.TabularInline):  # type: ignore[type-arg]
    """The pictures of a post."""

    model = GeneratedImage
    fields = ("picture", "position", "model_name", "width", "height", "seed", "cost")
    readonly_fields = fields
    extra = 0
    can_delete = False
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[GeneratedImage]:
        """With their objects: addresses derive from them."""
        return super().get_queryset(request).select_related("object")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    @admin.display(description=_("picture"))
    def picture(self, image: GeneratedImage) -> SafeString:
        """Its smallest rendition."""
        return thumbnail(image.thumbnail_url, image.ratio)


@admin.register(Post)
class PostAdmin(KeptAdmin):
    """Posts. Who may see them can be changed here; what they are is the owner's and the jobs'."""

    list_display = (
        "picture",
        "title",
        "owner",
        "status",
        "visibility",
        "is_disabled_by_admin",
        "deleted_at",
        "created_at",
    )
    list_display_links = ("title",)
    list_filter = (
        "status",
        "visibility",
        "is_featured",
        "is_disabled_by_admin",
        ("deleted_at", admin.EmptyFieldListFilter),
        "created_at",
    )
    list_select_related = ("owner",)
    search_fields = ("=id", "prompt", "caption", "owner__email")
    inlines = (ImageInline,)
    actions = (delete_for_good,)
    fieldsets = (
        (None, {"fields": ("owner", "project", "status", "caption", "prompt")}),
        (
            _("Who may see it"),
            {
                "fields": (
                    "visibility",
                    "sharing_enabled",
                    "share_expires_at",
                    "is_featured",
                    "is_disabled_by_admin",
                    "disabled_by_admin_reason",
                )
            },
        ),
        (
            _("How it was made"),
            {
                "fields": (
                    "negative_prompt",
                    "aspect_ratio",
                    "resolution",
                    "seed",
                    "caption_model",
                    "revision",
                )
            },
        ),
        (_("Times"), {"fields": ("created_at", "updated_at", "featured_at", "deleted_at")}),
    )
    readonly_fields = (
        "owner",
        "project",
        "status",
        "caption",
        "prompt",
        "negative_prompt",
        "aspect_ratio",
        "resolution",
        "seed",
        "caption_model",
        "revision",
        "share_expires_at",
        "created_at",
        "updated_at",
        "featured_at",
        "deleted_at",
    )

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """With what the thumbnails need."""
        changes = super().get_changelist_instance(request)
        with_covers(changes.result_list)
        return changes

    @admin.display(description=_("picture"))
    def picture(self, post: Post) -> SafeString | str:
        """The smallest rendition of the first picture."""
        cover = post.cover
        return thumbnail(cover.thumbnail_url, cover.ratio) if cover else ""

    @admin.display(description=_("post"), ordering="id")
    def title(self, post: Post) -> str:
        """Its first line."""
        return post.title

    def save_model(self, request: HttpRequest, obj: Post, form: Any, change: bool) -> None:
        """Save only what was changed here: workers may be writing the rest of the row."""
        changed = list(form.changed_data)
        if not changed:
            return
        if "is_featured" in changed:
            obj.featured_at = timezone.now() if obj.is_featured else None
            changed.append("featured_at")
        with transaction.atomic():
            obj.save(update_fields=[*changed, "updated_at"])
            Post.objects.filter(pk=obj.pk).update(revision=F("revision") + 1)
            moves.follow([obj.pk])
            AuditEvent.objects.record("post.moderate", actor=cast(User, request.user), target=obj)


@admin.register(GeneratedImage)
class GeneratedImageAdmin(ReadOnlyAdmin):
    """Pictures."""

    list_display = ("picture", "filename", "owner", "model_name", "width", "height", "created_at")
    list_display_links = ("filename",)
    list_filter = ("resolution", "created_at")
    list_select_related = ("owner", "object")
    search_fields = ("=id", "=model", "filename", "prompt", "owner__email")

    @admin.display(description=_("picture"))
    def picture(self, image: GeneratedImage) -> SafeString:
        """Its smallest rendition."""
        return thumbnail(image.thumbnail_url, image.ratio)


@admin.register(Project)
class ProjectAdmin(ReadOnlyAdmin):
    """Projects belong to their owners."""

    list_display = ("name", "owner", "created_at", "updated_at")
    list_select_related = ("owner",)
    search_fields = ("name", "owner__email")


@admin.register(ReferenceImage)
class ReferenceImageAdmin(ReadOnlyAdmin):
    """Uploads. The pictures themselves are private: nobody but the owner sees them."""

    list_display = ("filename", "owner", "width", "height", "kept", "created_at")
    list_filter = ("kept", "created_at")
    list_select_related = ("owner",)
    search_fields = ("filename", "owner__email")


@admin.register(ChatMessage)
class ChatMessageAdmin(ReadOnlyAdmin):
    """What was asked and answered."""

    list_display = ("id", "post_id", "role", "error", "credits_used", "created_at")
    list_filter = ("role", "created_at")
    search_fields = ("=post__id", "post__owner__email")


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
        *("title", "owner", "source_image_id", "aspect_ratio", "resolution"),
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

    list_display = ("id", "conversation_id", "number", "status", "created_at")
    list_filter = ("status", "created_at")
    search_fields = ("=conversation__id", "message", "conversation__owner__email")


@admin.register(TurnBase)
class TurnBaseAdmin(ReadOnlyAdmin):
    """The pictures that turns start from."""

    list_display = ("id", "turn_id", "position", "image_id", "post_id")
    search_fields = ("=turn__id", "=image__id", "=post__id")
    fields = ("turn", "position", "image_id", "post_id")
    readonly_fields = ("image_id", "post_id")


class StorageFailureFilter(admin.SimpleListFilter):
    """What storage still has to do and did not do so far."""

    title = _("storage failed")
    parameter_name = "failed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Once, or so often that somebody should look."""
        return [("once", gettext("at least once")), ("stuck", gettext("again and again"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[StoredObject]
    ) -> QuerySet[StoredObject]:
        """Those rows."""
        if self.value() not in {"once", "stuck"}:
            return queryset
        least = claims.DEAD_LETTER_ATTEMPTS if self.value() == "stuck" else 1
        return queryset & StoredObject.objects.waiting_after_failure(at_least=least)


@admin.register(StoredObject)
class StoredObjectAdmin(ReadOnlyAdmin):
    """Objects in storage, the deleted ones too: the outbox, and the receipts of what is gone."""

    list_display = (
        *("key", "state", "moving_to", "attempts", "last_error", "next_attempt_at"),
        *("owner", "size", "area", "created_at", "gone_at"),
    )
    list_filter = ("state", StorageFailureFilter, "area", "created_at")
    list_select_related = ("owner",)
    search_fields = ("key", "sha256", "owner__email")
    actions = ("try_again",)

    @admin.action(description=_("Try again now what failed"))
    def try_again(self, request: HttpRequest, queryset: QuerySet[StoredObject]) -> None:
        """Do not wait: the outbox takes them within seconds."""
        failed = StoredObject.objects.waiting_after_failure()
        changed = failed.filter(pk__in=queryset.values("pk")).update(next_attempt_at=None)
        text = ngettext("%(n)s object is tried again.", "%(n)s objects are tried again.", changed)
        self.message_user(request, text % {"n": changed})


@admin.register(TrashEmptying)
class TrashEmptyingAdmin(ReadOnlyAdmin):
    """Wishes to empty a trash, and how far they are."""

    list_display = (
        *("id", "owner", "requested_at", "found", "deleted_posts", "deleted_images"),
        *("freed_bytes", "found_conversations", "deleted_conversations"),
        *("lease_until", "finished_at"),
    )
    list_filter = (("finished_at", admin.EmptyFieldListFilter), "requested_at")
    list_select_related = ("owner",)
    search_fields = ("owner__email",)


@admin.register(AccountExport)
class AccountExportAdmin(ReadOnlyAdmin):
    """What people take along, and how far it is."""

    list_display = (
        *("id", "owner", "requested_at", "found", "done"),
        *("lease_until", "finished_at", "told_at"),
    )
    list_filter = (("finished_at", admin.EmptyFieldListFilter), "requested_at")
    list_select_related = ("owner",)
    search_fields = ("owner__email",)


@admin.register(ExportPart)
class ExportPartAdmin(ReadOnlyAdmin):
    """The archives of exports. Their content is their owner's."""

    list_display = ("id", "export_id", "number", "files")
    search_fields = ("=export__id",)


@admin.register(AccountErasure)
class AccountErasureAdmin(ReadOnlyAdmin):
    """Who wants to be forgotten, and when; afterwards that somebody was."""

    list_display = (
        *("id", "person", "requested_at", "due_at", "started_at", "emptied_at"),
        *("receipt_sent_at", "finished_at", "posts", "images", "references", "freed_bytes"),
    )
    list_filter = (("finished_at", admin.EmptyFieldListFilter), "due_at")
    list_select_related = ("person",)
    search_fields = ("person__email",)


@admin.register(Installation)
class InstallationAdmin(ReadOnlyAdmin):
    """Which installation this is, as its exports say."""

    list_display = ("identifier",)


@admin.register(Imported)
class ImportedAdmin(ReadOnlyAdmin):
    """Where imported posts and references come from."""

    list_display = ("id", "owner", "kind", "source", "source_id", "local_id")
    list_filter = ("kind",)
    list_select_related = ("owner",)
    search_fields = ("owner__email", "=source_id", "=local_id")


@admin.register(Usage)
class UsageAdmin(KeptAdmin):
    """Who uses how much. The limit can be another one for a person; the rest is counted."""

    ordering = ("-bytes_used",)
    list_display = ("owner", "used", "limit", "percent", "limit_bytes", "warned_at")
    list_select_related = ("owner",)
    search_fields = ("owner__email",)
    fields = ("owner", "used", "limit", "limit_bytes", "is_auto_cleaned", "warned_at")
    autocomplete_fields = ("owner",)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Whoever may change limits may set one for a person for whom nothing is kept yet."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """All but the limit."""
        counted = ("used", "limit", "is_auto_cleaned", "warned_at")
        return counted if obj is None else ("owner", *counted)

    @admin.display(description=_("used"), ordering="bytes_used")
    def used(self, usage: Usage) -> str:
        """As people read it."""
        return file_size(usage.used)

    @admin.display(description=_("limit"))
    def limit(self, usage: Usage) -> str:
        """The one that counts."""
        return file_size(usage.limit) if usage.limit else gettext("none")

    @admin.display(description="%")
    def percent(self, usage: Usage) -> str:
        """How full it is."""
        return f"{usage.percent} %" if usage.limit else ""

    def save_model(self, request: HttpRequest, obj: Usage, form: Any, change: bool) -> None:
        """Write the limit only: the count goes on meanwhile."""
        quota.set_limit(obj.owner, obj.limit_bytes)
        AuditEvent.objects.record("quota.limit", actor=cast(User, request.user), target=obj.owner)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """Who did what."""

    list_display = ("created_at", "action", "actor", "target_type", "target_id", "counts")
    list_filter = ("created_at",)
    list_select_related = ("actor",)
    search_fields = ("action", "=target_id", "actor__email")
