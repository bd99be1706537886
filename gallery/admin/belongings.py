"""What belongs to posts and people, to look at: pictures, projects, uploads, messages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gallery.admin import pictures
from gallery.models import ChatMessage, GeneratedImage, Project, ReferenceImage
from pixelstream.admin import ReadOnlyAdmin, number_of


class ClipFilter(admin.SimpleListFilter):
    """Clips, which have an index of their own, or all else."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The two."""
        return [("clip", gettext("clips")), ("picture", gettext("pictures"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[GeneratedImage]
    ) -> QuerySet[GeneratedImage]:
        """Those rows."""
        if self.value() not in {"clip", "picture"}:
            return queryset
        return queryset.filter(clip_ms__isnull=self.value() == "picture")


@admin.register(GeneratedImage)
class GeneratedImageAdmin(ReadOnlyAdmin):
    """Pictures and clips."""

    list_display = (
        *("picture", "filename", "owner", "model_name", "width", "height", "length"),
        "created_at",
    )
    list_display_links = ("filename",)
    list_filter = (ClipFilter,)
    list_select_related = ("owner", "object", "post__owner")
    sortable_by = ()
    search_fields = ("=id",)
    search_help_text = _("An id.")

    @admin.display(description=_("picture"))
    def picture(self, image: GeneratedImage) -> SafeString | str:
        """Its smallest rendition."""
        return pictures.small(image, image.post)

    @admin.display(description=_("clip"))
    def length(self, image: GeneratedImage) -> str:
        """Of a clip."""
        return pictures.length(image)


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

    list_display = (
        "id",
        number_of("post", _("post")),
        "role",
        "error",
        "credits_used",
        "created_at",
    )
    list_filter = ("role", "created_at")
    search_fields = ("=post__id", "post__owner__email")
