"""Posts and what belongs to them: everything to look at, moderation to decide."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from gallery.admin.deletion import delete_for_good
from gallery.covers import with_covers
from gallery.models import (
    AuditEvent,
    ChatMessage,
    GeneratedImage,
    Post,
    Project,
    ReferenceImage,
)
from gallery.services import moves
from pixelstream.accounts.models import User
from pixelstream.admin import KeptAdmin, ReadOnlyAdmin, thumbnail


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
