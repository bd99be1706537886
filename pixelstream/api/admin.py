"""Tokens in the admin: that they are there, never what they are."""

from __future__ import annotations

from typing import cast

from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from pixelstream.accounts.models import User
from pixelstream.admin import ReadOnlyAdmin
from pixelstream.api import tokens
from pixelstream.api.models import ApiToken, IdempotentRequest


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Tokens. Staff may revoke one; nobody may read or make one here."""

    list_display = ("owner", "name", "hint", "may", "created_at", "last_used_at", "expires_at")
    list_select_related = ("owner",)
    sortable_by = ()
    search_fields = ("owner__email",)
    search_help_text = _("An e-mail address.")
    fields = ("owner", "name", "hint", "may", "created_at", "last_used_at", "expires_at")

    @admin.display(description=_("may"))
    def may(self, token: ApiToken) -> str:
        """What it may be used for."""
        return ", ".join(token.scopes)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whoever was given the permission."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: ApiToken) -> None:
        """Revoke it, and write it down."""
        tokens.revoke(obj, by=cast(User, request.user))

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[ApiToken]) -> None:
        """Revoke several, and write each down."""
        with transaction.atomic():
            for token in queryset:
                self.delete_model(request, token)


@admin.register(IdempotentRequest)
class IdempotentRequestAdmin(ReadOnlyAdmin):
    """Requests that may be sent again. What was answered is their owner's."""

    list_display = ("id", "owner", "status", "created_at", "lease_until")
    list_select_related = ("owner",)
    sortable_by = ()
    search_fields = ("=id",)
    search_help_text = _("An id.")
    fields = ("owner", "key", "status", "created_at", "lease_until")
