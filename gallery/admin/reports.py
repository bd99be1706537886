"""What visitors reported: a queue to be worked off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gallery.admin import pictures
from gallery.admin.deciding import disable_posts, keep_posts
from gallery.admin.deletion import delete_reported_for_good
from gallery.admin.finding import narrowed
from gallery.covers import with_covers
from gallery.models import Post, Report
from pixelstream.admin import ReadOnlyAdmin
from pixelstream.admin_questions import ids_of


class DecidedFilter(admin.SimpleListFilter):
    """What is to be done, unless somebody wants to see what was."""

    title = _("decision")
    parameter_name = "decided"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Beside the open ones."""
        return [("yes", gettext("decided")), ("all", gettext("all"))]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """The open ones first; that is what there is without a choice."""
        first, *others = super().choices(changelist)
        yield {**first, "display": gettext("open")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        """Those reports."""
        match self.value():
            case "yes":
                return queryset.exclude(outcome=Report.Outcome.OPEN)
            case "all":
                return queryset
        return queryset.filter(outcome=Report.Outcome.OPEN)


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """Reports. A decision is about the post, and so about everything that is open of it."""

    list_display = ("picture", "reported_post", "said", "of_this_post", "by", "decision")
    list_display_links = None
    list_filter = (DecidedFilter, "reason")
    list_select_related = ("post__owner", "reporter", "resolved_by")
    sortable_by = ()
    search_fields = ("pk",)  # shows the box; `get_search_results` does the search
    search_help_text = _(
        "The post: an id, a public address, its owner's e-mail address or @handle."
    )
    actions = ("keep", "disable", delete_reported_for_good)
    fields = (
        *("post", "reason", "details", "reporter", "created_at"),
        *("outcome", "resolved_at", "resolved_by"),
    )

    def has_moderation_permission(self, request: HttpRequest) -> bool:
        """Whoever may decide about posts."""
        return request.user.has_perm("gallery.change_post")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        """With how many are open of the same post."""
        opened = Report.objects.open().filter(post=OuterRef("post")).order_by().values("post")
        rows: QuerySet[Report] = super().get_queryset(request)
        return rows.annotate(
            together=Coalesce(Subquery(opened.annotate(n=Count("pk")).values("n")), 0)
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Report], search_term: str
    ) -> tuple[QuerySet[Report], bool]:
        """What was reported of the posts that are meant."""
        if not search_term:
            return queryset, False
        posts = narrowed(Post.objects.all(), search_term)
        return queryset.filter(post__in=posts.values("pk")), False

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """With what the thumbnails need."""
        changes = super().get_changelist_instance(request)
        # A post is fetched with each of its reports; they share the one that gets its cover.
        posts = {report.post_id: report.post for report in changes.result_list}
        with_covers(posts.values())
        for report in changes.result_list:
            report.post = posts[report.post_id]
        return changes

    @admin.display(description=_("picture"))
    def picture(self, report: Report) -> SafeString | str:
        """The smallest rendition of the first picture."""
        return pictures.small(report.post.cover, report.post)

    @admin.display(description=_("post"))
    def reported_post(self, report: Report) -> SafeString:
        """Its first line and whose it is, with the way to its page here and to the one that others
        see.
        """
        return format_html(
            '<a class="said" href="{}">{}</a>{}<br><a class="quiet" href="{}">{}</a>',
            reverse("admin:gallery_post_change", args=[report.post_id]),
            report.post.title,
            report.post.owner,
            report.post.public_address,
            gettext("public page"),
        )

    @admin.display(description=_("reason"))
    def said(self, report: Report) -> SafeString:
        """What is wrong, in one word and in theirs."""
        return format_html(
            '<strong>{}</strong><br><span class="said">{}</span>',
            report.get_reason_display(),
            report.details,
        )

    @admin.display(description=_("open of this post"))
    def of_this_post(self, report: Report) -> int:
        """How many people have reported the same post, while nobody has decided."""
        return int(report.together)  # type: ignore[attr-defined]

    @admin.display(description=_("reported by"))
    def by(self, report: Report) -> SafeString:
        """Who, and when."""
        when = date_format(localtime(report.created_at), "SHORT_DATETIME_FORMAT")
        return format_html("{}<br>{}", report.reporter, when)

    @admin.display(description=_("decision"))
    def decision(self, report: Report) -> str:
        """What was decided, and by whom."""
        by = f" ({report.resolved_by})" if report.resolved_by else ""
        return f"{report.get_outcome_display()}{by}"

    @admin.action(
        description=_("Keep the posts of the selected reports"), permissions=["moderation"]
    )
    def keep(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        """Leave them as they are."""
        keep_posts(self, request, posts=self._posts(queryset))

    @admin.action(
        description=_("Disable the posts of the selected reports"), permissions=["moderation"]
    )
    def disable(self, request: HttpRequest, queryset: QuerySet[Report]) -> HttpResponse | None:
        """Ask why, then take them away from everybody but their owners."""
        return disable_posts(self, request, chosen=ids_of(queryset), posts=self._posts(queryset))

    def _posts(self, reports: QuerySet[Report]) -> list[int]:
        return sorted(set(reports.order_by().values_list("post", flat=True)))
