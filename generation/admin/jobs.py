"""The jobs in the admin, to look at and to try again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from generation import catalogue
from generation.models import GenerationJob
from generation.services import retrying
from pixelstream.accounts.models import User
from pixelstream.accounts.requests import PersonRequest
from pixelstream.admin import ReadOnlyAdmin, number_of


class ModelFilter(admin.SimpleListFilter):
    """By model. The choices come from the catalogue: asking the table would read all of it."""

    title = _("model")
    parameter_name = "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every model there is."""
        return [(spec.key, spec.name) for spec in catalogue.everything()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[GenerationJob]
    ) -> QuerySet[GenerationJob]:
        """Those of the chosen model."""
        return queryset.filter(model=self.value()) if self.value() else queryset


@admin.register(GenerationJob)
class GenerationJobAdmin(ReadOnlyAdmin):
    """Jobs. Their rows are the queue: only the job machine writes them."""

    list_display = (
        "id",
        "owner",
        number_of("post", _("post")),
        number_of("turn", _("turn")),
        "kind",
        "slot",
        "model",
        "status",
        "error_code",
        "attempts",
        "duration_ms",
        "cost",
        "billed",
        "created_at",
    )
    list_filter = ("status", "kind", "error_code", ModelFilter, "created_at")
    list_select_related = ("post__owner", "turn__conversation__owner")
    search_fields = (
        *("=id", "=post__id", "=turn__conversation__id", "=remote_id"),
        *("post__owner__email", "turn__conversation__owner__email"),
    )
    actions = ("try_again",)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Whoever might change jobs."""
        return admin.ModelAdmin.has_change_permission(self, request)

    @admin.action(description=_("Try again what failed"), permissions=["retry"])
    def try_again(self, request: PersonRequest, queryset: QuerySet[GenerationJob]) -> None:
        """As their owners could, on the operator's account. What a person canceled, or what would
        be made on a key of their own, is theirs to begin again.
        """
        chosen = list(queryset.order_by("pk"))
        tried = sum(retrying.try_again(job, by=request.user) for job in chosen)
        text = ngettext("%(n)s job is tried again.", "%(n)s jobs are tried again.", tried)
        text %= {"n": tried}
        if left := len(chosen) - tried:
            more = ngettext("%(n)s is left as it is.", "%(n)s are left as they are.", left)
            text = f"{text} {more % {'n': left}}"
        self.message_user(request, text, messages.SUCCESS if tried else messages.WARNING)

    @admin.display(
        description=_("person"),
        ordering=Coalesce("post__owner__email", "turn__conversation__owner__email"),
    )
    def owner(self, job: GenerationJob) -> User:
        """Whose it is."""
        return job.owner
