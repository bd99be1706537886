"""Posts: everything to look at, moderation to decide."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from gallery.admin import pictures
from gallery.admin.deciding import because_disabled, disable_posts, keep_posts, say
from gallery.admin.deletion import delete_for_good
from gallery.admin.finding import narrowed
from gallery.covers import with_covers
from gallery.models import GeneratedImage, Post, Report
from gallery.services import moderation
from pixelstream.accounts.models import User
from pixelstream.admin import KeptAdmin, note
from pixelstream.admin_questions import ids_of


class ImageInline(admin.TabularInline):  # type: ignore[type-arg]
    """The pictures of a post."""

    model = GeneratedImage
    fields = ("picture", "position", "model_name", "width", "height", "length", "seed", "cost")
    readonly_fields = fields
    extra = 0
    can_delete = False
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[GeneratedImage]:
        """With their objects: addresses derive from them."""
        return super().get_queryset(request).select_related("object", "post__owner")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    @admin.display(description=_("picture"))
    def picture(self, image: GeneratedImage) -> SafeString | str:
        """Its smallest rendition."""
        return pictures.small(image, image.post)

    @admin.display(description=_("clip"))
    def length(self, image: GeneratedImage) -> str:
        """Of a clip."""
        return pictures.length(image)


class PostForm(forms.ModelForm):  # type: ignore[type-arg]
    """What administrators decide about one post."""

    class Meta:
        model = Post
        fields = ("is_featured", "is_disabled_by_admin", "disabled_by_admin_reason")

    def clean(self) -> dict[str, Any]:
        """As the services ask for it, in words."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("is_disabled_by_admin") and not data.get("disabled_by_admin_reason"):
            self.add_error("disabled_by_admin_reason", gettext("Say why: its owner reads it."))
        if data.get("is_featured") and "is_featured" in self.changed_data:
            shown = moderation.can_be_featured().filter(pk=self.instance.pk).exists()
            if not shown or data.get("is_disabled_by_admin"):
                self.add_error(
                    "is_featured", gettext("Only what everybody may see can be featured.")
                )
        return data

    def clean_disabled_by_admin_reason(self) -> str:
        """Without spaces around it; none where the post is not disabled."""
        is_disabled = self.cleaned_data.get("is_disabled_by_admin")
        return str(self.cleaned_data["disabled_by_admin_reason"]).strip() if is_disabled else ""


class StateQuery(forms.Form):
    """The parameter of the filter below."""

    state = forms.CharField(required=False, max_length=10)

    def chosen(self) -> str:
        """The state that is looked for; empty for all."""
        return self.cleaned_data.get("state", "") if self.is_valid() else ""


class StateFilter(admin.SimpleListFilter):
    """What administrators look for. Each has an index of nothing else."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """In the order in which there is something to do."""
        return [
            ("reported", gettext("reported")),
            ("held", gettext("held back")),
            ("disabled", gettext("disabled")),
            ("featured", gettext("featured")),
            ("public", gettext("public")),
            ("trashed", gettext("in the trash")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Post]) -> QuerySet[Post]:
        """Those posts."""
        live = queryset.filter(deleted_at__isnull=True)
        match self.value():
            case "reported":
                return queryset.filter(pk__in=Report.objects.open().values("post"))
            case "held":
                return live.filter(review=Post.Review.HELD)
            case "disabled":
                return queryset.filter(is_disabled_by_admin=True)
            case "featured":
                return live.filter(is_featured=True)
            case "public":
                return live.filter(visibility=Post.Visibility.PUBLIC)
            case "trashed":
                return queryset.filter(deleted_at__isnull=False)
        return queryset


@admin.register(Post)
class PostAdmin(KeptAdmin):
    """Posts. What administrators decide is decided here; what a post is, and whom its owner shows
    it to, is the owner's and the jobs'.
    """

    form = PostForm
    list_display = ("picture", "title", "owner", "visibility", "state", "reported", "created_at")
    list_display_links = ("title",)
    list_filter = (StateFilter,)
    list_select_related = ("owner",)
    sortable_by = ()
    search_fields = ("pk",)  # shows the box; `get_search_results` does the search
    search_help_text = _(
        "An id, a public address, its owner's e-mail address or @handle, or words of public posts."
    )
    inlines = (ImageInline,)
    actions = (
        *("feature", "unfeature", "disable", "enable", "release", "keep"),
        delete_for_good,
    )
    fieldsets = (
        (None, {"fields": ("owner", "project", "status", "caption", "prompt")}),
        (
            _("What administrators decided"),
            {
                "fields": (
                    *("is_featured", "featured_at", "is_disabled_by_admin"),
                    *("disabled_by_admin_reason", "review", "review_score"),
                )
            },
        ),
        (
            _("Who may see it"),
            {"fields": ("visibility", "sharing_enabled", "share_expires_at", "public_page")},
        ),
        (
            _("How it was made"),
            {
                "fields": (
                    *("negative_prompt", "aspect_ratio", "resolution", "seed"),
                    *("caption_model", "revision"),
                )
            },
        ),
        (_("Times"), {"fields": ("created_at", "updated_at", "deleted_at")}),
    )
    readonly_fields = (
        *("owner", "project", "status", "caption", "prompt"),
        *("featured_at", "review", "review_score"),
        *("visibility", "sharing_enabled", "share_expires_at", "public_page"),
        *("negative_prompt", "aspect_ratio", "resolution", "seed", "caption_model", "revision"),
        *("created_at", "updated_at", "deleted_at"),
    )

    def get_urls(self) -> list[URLPattern]:
        """Beside what every page of the admin has, the pictures that only administrators see."""
        view = self.admin_site.admin_view(self.picture_view)
        return [path("pictures/<int:pk>/", view, name="gallery_post_picture"), *super().get_urls()]

    def picture_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """A picture of a post that was taken away, to whoever may look at posts."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return pictures.picture(request, pk)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        """With how often each was reported and nobody has decided."""
        opened = Report.objects.open().filter(post=OuterRef("pk")).order_by().values("post")
        posts: QuerySet[Post] = super().get_queryset(request)
        reports = Subquery(opened.annotate(n=Count("pk")).values("n"))
        return posts.annotate(open_reports=Coalesce(reports, 0))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """The newest first; what was featured or trashed last where that is looked for. Both have
        an index in this order, along which a page of a few among millions is found at once.
        """
        since = {"featured": ("-featured_at", "-id"), "trashed": ("-deleted_at", "-id")}
        return since.get(StateQuery(request.GET).chosen(), self.ordering)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Post], search_term: str
    ) -> tuple[QuerySet[Post], bool]:
        """As `finding` finds."""
        return (narrowed(queryset, search_term) if search_term else queryset), False

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """With what the thumbnails need."""
        changes = super().get_changelist_instance(request)
        with_covers(changes.result_list)
        return changes

    @admin.display(description=_("picture"))
    def picture(self, post: Post) -> SafeString | str:
        """The smallest rendition of the first picture."""
        return pictures.small(post.cover, post)

    @admin.display(description=_("post"))
    def title(self, post: Post) -> str:
        """Its first line."""
        return post.title

    @admin.display(description=_("state"))
    def state(self, post: Post) -> str:
        """What is special about it, in words."""
        said = {
            gettext("in the trash"): post.deleted_at is not None,
            gettext("disabled"): post.is_disabled_by_admin,
            gettext("held back"): post.review == Post.Review.HELD,
            gettext("featured"): post.is_featured,
            gettext("not shared"): not post.sharing_enabled,
            gettext("suspended"): post.owner.suspended_at is not None,
        }
        return ", ".join(word for word, holds in said.items() if holds)

    @admin.display(description=_("reported"))
    def reported(self, post: Post) -> str:
        """How often, while nobody has decided."""
        count = int(post.open_reports)  # type: ignore[attr-defined]
        return str(count or "")

    @admin.display(description=_("public page"))
    def public_page(self, post: Post) -> SafeString:
        """Where others see it."""
        return format_html('<a href="{0}">{0}</a>', post.public_address)

    def save_model(self, request: HttpRequest, obj: Post, form: Any, change: bool) -> None:
        """Decide what was changed here, by the services: workers may be writing the rest."""
        by, changed = cast(User, request.user), set(form.changed_data)
        if changed & {"is_disabled_by_admin", "disabled_by_admin_reason"}:
            if obj.is_disabled_by_admin:
                reason = obj.disabled_by_admin_reason
                moderation.disable([obj.pk], reason=reason, by=by)
                note(request, Post, [obj.pk], because_disabled(reason))
            else:
                moderation.enable([obj.pk], by=by)
        if "is_featured" in changed:
            decide = moderation.feature if obj.is_featured else moderation.unfeature
            decide([obj.pk], by=by)

    def log_change(self, request: HttpRequest, obj: Post, message: Any) -> Any:
        """By its number: the history must not keep a caption."""
        note(request, Post, [obj.pk], self._words_of(message))

    def _words_of(self, message: Any) -> str:
        names = [name for part in message for name in part.get("changed", {}).get("fields", ())]
        return gettext("Changed: %(fields)s") % {"fields": ", ".join(names) or "-"}

    @admin.action(description=_("Feature the selected posts"), permissions=["change"])
    def feature(self, request: HttpRequest, queryset: QuerySet[Post]) -> None:
        """Show them first, those that everybody may see."""
        ids = ids_of(queryset)
        changed = moderation.feature(ids, by=cast(User, request.user))
        left = len(ids) - len(changed)
        left_out = ngettext(
            "%(n)s is featured already, or not everybody may see it.",
            "%(n)s are featured already, or not everybody may see them.",
            left,
        )
        said = ngettext("%(n)s post featured.", "%(n)s posts featured.", len(changed))
        note(request, Post, changed, gettext("Featured."))
        say(self, request, said, changed, left_out % {"n": left} if left else "")

    @admin.action(description=_("No longer feature the selected posts"), permissions=["change"])
    def unfeature(self, request: HttpRequest, queryset: QuerySet[Post]) -> None:
        """Show them among the others."""
        changed = moderation.unfeature(ids_of(queryset), by=cast(User, request.user))
        note(request, Post, changed, gettext("No longer featured."))
        said = ngettext(
            "%(n)s post is no longer featured.", "%(n)s posts are no longer featured.", len(changed)
        )
        say(self, request, said, changed)

    @admin.action(description=_("Disable the selected posts"), permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[Post]) -> HttpResponse | None:
        """Ask why, then take them away from everybody but their owners."""
        ids = ids_of(queryset)
        return disable_posts(self, request, chosen=ids, posts=ids)

    @admin.action(description=_("Enable the selected posts"), permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[Post]) -> None:
        """Let them be seen as far as their owners share them."""
        changed = moderation.enable(ids_of(queryset), by=cast(User, request.user))
        note(request, Post, changed, gettext("Enabled."))
        said = ngettext("%(n)s post enabled.", "%(n)s posts enabled.", len(changed))
        say(self, request, said, changed)

    @admin.action(
        description=_("Release the selected posts that are held back"), permissions=["change"]
    )
    def release(self, request: HttpRequest, queryset: QuerySet[Post]) -> None:
        """Let them into the feed."""
        changed = moderation.release(ids_of(queryset), by=cast(User, request.user))
        note(request, Post, changed, gettext("Released."))
        said = ngettext("%(n)s post released.", "%(n)s posts released.", len(changed))
        say(self, request, said, changed)

    @admin.action(
        description=_("Keep the selected posts that were reported"), permissions=["change"]
    )
    def keep(self, request: HttpRequest, queryset: QuerySet[Post]) -> None:
        """Leave them as they are."""
        keep_posts(self, request, posts=ids_of(queryset))
