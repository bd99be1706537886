"""People's provider keys in the admin: that they are there, never what they are."""

from __future__ import annotations

from typing import cast

from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest

from gallery.models import AuditEvent
from generation.models import ProviderKey
from pixelstream.accounts.models import User
from pixelstream.admin import ReadOnlyAdmin


@admin.register(ProviderKey)
class ProviderKeyAdmin(ReadOnlyAdmin):
    """Keys. Staff may take one away, which owns no bytes anywhere; nobody may read or write one."""

    list_display = ("owner", "provider", "base_url", "last_four", "status", "tested_at")
    list_filter = ("provider", "status")
    list_select_related = ("owner",)
    search_fields = ("owner__email",)
    fields = (
        "owner",
        "provider",
        "base_url",
        "last_four",
        "status",
        "tested_at",
        "created_at",
    )

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whoever was given the permission."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: ProviderKey) -> None:
        """Delete it, and write it down."""
        with transaction.atomic():
            AuditEvent.objects.record(
                "key.delete", actor=cast(User, request.user), target=obj, owner=obj.owner_id
            )
            obj.delete()

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[ProviderKey]) -> None:
        """Delete several, and write each down."""
        with transaction.atomic():
            for key in queryset:
                self.delete_model(request, key)
