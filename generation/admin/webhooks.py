"""What providers told us, in the admin, to look at."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from generation.models import WebhookEvent
from pixelstream.admin import ReadOnlyAdmin, number_of


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin):
    """Messages as they came in. What one said is not shown: it may repeat a person's prompt."""

    list_display = (
        "id",
        "provider",
        "event_id",
        number_of("job", _("job")),
        "kind",
        "status",
        "received_at",
        "handled_at",
    )
    list_filter = ("provider",)
    search_fields = ("event_id",)
    fields = (
        *("provider", "event_id", number_of("job", _("job"))),
        *("kind", "status", "received_at", "handled_at"),
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookEvent]:
        """Without what was said."""
        return super().get_queryset(request).defer("body")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Nothing is found by what was said."""
        return not lookup.startswith("body") and super().lookup_allowed(lookup, value, request)
