"""What is kept: objects in storage, what each person uses, trashes that are being emptied."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from gallery.models import AuditEvent, StoredObject, TrashEmptying, Usage
from gallery.services import claims, quota
from pixelstream.accounts.models import User
from pixelstream.admin import KeptAdmin, ReadOnlyAdmin
from pixelstream.file_sizes import file_size


class StorageFailureFilter(admin.SimpleListFilter):
    """What storage still has to do, and did not do so far."""

    title = _("outbox")
    parameter_name = "failed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """All that waits; what failed once, or so often that somebody should look."""
        return [
            ("waiting", gettext("waiting")),
            ("once", gettext("failed at least once")),
            ("stuck", gettext("failed again and again")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[StoredObject]
    ) -> QuerySet[StoredObject]:
        """Those rows."""
        if self.value() == "waiting":
            deleting, live = StoredObject.State.DELETING, StoredObject.State.LIVE
            return queryset.filter(Q(state=deleting) | Q(state=live) & ~Q(moving_to=""))
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
    list_filter = ("state", StorageFailureFilter, "area")
    sortable_by = ()
    list_select_related = ("owner",)
    search_fields = ("pk",)  # shows the box; `get_search_results` does the search
    search_help_text = _("A key or the beginning of one, or its owner's e-mail address.")
    actions = ("try_again",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[StoredObject], search_term: str
    ) -> tuple[QuerySet[StoredObject], bool]:
        """By the indexes of the keys and of the owners."""
        typed = search_term.strip()
        if not typed:
            return queryset, False
        if "@" in typed:
            owners = list(User.objects.filter(email=typed.lower()).values_list("pk", flat=True))
            return queryset.filter(owner__in=owners), False
        beginning = StoredObject.objects.beginning_with(typed.partition("/media/")[2] or typed)
        return queryset.filter(pk__in=beginning.values("pk")), False

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
