"""People in the admin: by e-mail address, suspended but never deleted."""

from __future__ import annotations

from typing import Any, cast

import allauth.account.admin  # noqa: F401 (registers what is taken back below)
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.forms import EmailField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gallery.models import AuditEvent
from pixelstream.accounts.addresses import trust_address
from pixelstream.accounts.models import User

# A person has one address, and it stands with the person.
admin.site.unregister(EmailAddress)

POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


class LowerCaseEmailField(EmailField):
    """Addresses are stored in lower case."""

    def clean(self, value: Any) -> Any:
        """As the sign-up does it."""
        return super().clean(value).lower()


class PersonAddForm(AdminUserCreationForm):
    """A new person."""

    class Meta:
        model = User
        fields = ("email", "name")
        field_classes = {"email": LowerCaseEmailField}


class PersonChangeForm(UserChangeForm):  # type: ignore[type-arg]
    """A person as they are."""

    class Meta:
        model = User
        fields = "__all__"
        field_classes = {"email": LowerCaseEmailField}


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]
    """People. Only a superuser hands out powers or touches those who have all of them."""

    form = PersonChangeForm
    add_form = PersonAddForm
    ordering = ("-id",)
    list_display = ("email", "name", "is_active", "is_staff", "date_joined", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "name")
    filter_horizontal = ()
    list_per_page = 50
    show_full_result_count = False
    readonly_fields = ("date_joined", "last_login")
    fieldsets = (
        (None, {"fields": ("email", "password", "name", "language")}),
        (_("Powers"), {"fields": ("is_active", *POWERS)}),
        (_("Times"), {"fields": ("date_joined", "last_login")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody: what a person owns is not deleted in passing. Suspend them instead."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only a superuser changes a superuser, the password included."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Who is not a superuser cannot make one."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if request.user.is_superuser else (*fields, *POWERS)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save, let the address count without a link, and write it down."""
        super().save_model(request, obj, form, change)
        if not change or "email" in form.changed_data:
            trust_address(obj)
        AuditEvent.objects.record(
            "person.change" if change else "person.create",
            actor=cast(User, request.user),
            target=obj,
        )
