"""People in the admin: by e-mail address, suspended but never deleted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401 (all three register what is taken back below)
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.forms import EmailField
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from gallery.models import AuditEvent, Usage
from gallery.services import administrators, suspension
from generation.admin.credits import grant_credits
from pixelstream.accounts.addresses import trust_address
from pixelstream.accounts.admin_passwords import offer_link
from pixelstream.accounts.models import User
from pixelstream.accounts.requests import PersonRequest
from pixelstream.admin import CappedPaginator, CarefulChangeList, note
from pixelstream.admin_questions import Question, ask, ids_of, reason_of
from pixelstream.file_sizes import file_size

# A person has one address, and it stands with the person.
admin.site.unregister(EmailAddress)
# Secrets are for nobody's eyes; `manage.py remove_mfa` lets somebody in again, and is written down.
admin.site.unregister(Authenticator)
# From where somebody signed in is for their own eyes.
admin.site.unregister(UserSession)

POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


REFUSALS = {
    suspension.NotTheirsToSuspendError: _(
        "nobody suspends themselves, and only a superuser a superuser."
    ),
    suspension.LeavingError: _("the account is being deleted."),
    administrators.LastAdministratorError: _("there would be no administrator left."),
}
REFUSED = tuple(REFUSALS)


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


class StateFilter(admin.SimpleListFilter):
    """Who may come in, and how far."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """In the order in which they are many."""
        return [
            ("active", gettext("active")),
            ("suspended", gettext("suspended")),
            ("staff", gettext("may enter the admin")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        """Those people."""
        match self.value():
            case "active":
                return queryset.filter(is_active=True)
            case "suspended":
                return queryset.filter(suspended_at__isnull=False)
            case "staff":
                return queryset.filter(is_staff=True)
        return queryset


def _tell_old_address(request: HttpRequest, person: User, old: str) -> None:
    about = {"from_email": old, "to_email": person.email, "by_administrator": True}
    adapter = get_adapter(request)
    adapter.send_notification_mail("account/email/email_changed", person, about, email=old)


def _about_suspending(number: int) -> Question:
    title = ngettext("Suspend %(n)s person?", "Suspend %(n)s people?", number) % {"n": number}
    body = gettext(
        "They are signed out everywhere, cannot sign in, and nobody sees what they shared. Nothing "
        "is deleted. Only administrators read the reason."
    )
    return Question("suspend", title, body, gettext("Suspend"))


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]
    """People. Only a superuser hands out powers or touches those who have all of them."""

    form = PersonChangeForm
    add_form = PersonAddForm
    ordering = ("-id",)
    list_display = ("email", "name", "handle", "state", "is_staff", "date_joined", "last_login")
    list_filter = (StateFilter,)
    sortable_by = ()
    search_fields = ("pk",)  # shows the box; `get_search_results` does the search
    search_help_text = _("An e-mail address, a @handle, or a part of an address or a name.")
    filter_horizontal = ()
    list_per_page = 50
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ("suspend", "let_in", "grant_credits")
    readonly_fields = (
        *("is_active", "suspended_at", "suspended_reason", "storage"),
        *("date_joined", "last_login"),
    )
    fieldsets = (
        (None, {"fields": ("email", "password", "name", "handle", "bio", "language")}),
        (_("Access"), {"fields": ("is_active", "suspended_at", "suspended_reason", "storage")}),
        (_("Powers"), {"fields": POWERS}),
        (_("Times"), {"fields": ("date_joined", "last_login")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list's class, as of every other list."""
        return CarefulChangeList

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody: what a person owns is not deleted in passing. Suspend them instead."""
        return False

    def has_grant_permission(self, request: HttpRequest) -> bool:
        """Who may add to the ledger, where there is one."""
        return settings.CREDITS_ENABLED and request.user.has_perm("generation.add_creditentry")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only a superuser changes a superuser, the password included."""
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """No form for another person's password: they get a link and choose it themselves."""
        person = self.get_object(request, unquote(id))
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        if person is None:
            raise Http404
        return offer_link(self, cast(PersonRequest, request), person)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Who is not a superuser cannot make one."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if request.user.is_superuser else (*fields, *POWERS)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """Who is named exactly is found by an index. Else addresses and names are looked through,
        of which there is a row a person.
        """
        typed = search_term.strip()
        named = typed.lower().removeprefix("@")
        if not named:
            return queryset, False
        exactly = queryset.filter(Q(email=named) | Q(handle=named))
        if typed.startswith("@") or exactly.exists():
            return exactly, False
        parts = Q(email__icontains=named) | Q(name__icontains=typed) | Q(handle__contains=named)
        return queryset.filter(parts), False

    @admin.display(description=_("state"))
    def state(self, person: User) -> str:
        """Whether they may come in."""
        if person.is_active:
            return gettext("active")
        return gettext("suspended") if person.suspended_at else gettext("closed")

    @admin.display(description=_("storage"))
    def storage(self, person: User) -> SafeString:
        """How much they use, and the way to another limit."""
        usage = Usage.objects.of(person)
        if usage.pk is None or usage._state.adding:
            address = f"{reverse('admin:gallery_usage_add')}?owner={person.pk}"
        else:
            address = reverse("admin:gallery_usage_change", args=[usage.pk])
        limit = file_size(usage.limit) if usage.limit else gettext("no limit")
        return format_html(
            '{} / {} <a href="{}">{}</a>',
            file_size(usage.used),
            limit,
            address,
            gettext("Set another limit"),
        )

    @admin.action(description=_("Suspend the selected people"), permissions=["change"])
    def suspend(self, request: PersonRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Ask why, then close their accounts."""
        form = reason_of(request)
        ids = ids_of(queryset)
        if not form.is_valid():
            question = _about_suspending(len(ids))
            rows = User.objects.all()
            return ask(self, request, question, chosen=ids, meant=ids, rows=rows, form=form)
        reason = form.cleaned_data["reason"]

        def close(person: User) -> bool:
            return suspension.suspend(person, reason=reason, by=request.user)

        changed = self._each(request, queryset, close)
        note(request, User, changed, gettext("Suspended: %(reason)s") % {"reason": reason})
        said = ngettext("%(n)s person suspended.", "%(n)s people suspended.", len(changed))
        self._say(request, said, changed)
        return None

    @admin.action(description=_("Let the selected people in again"), permissions=["change"])
    def let_in(self, request: PersonRequest, queryset: QuerySet[User]) -> None:
        """Open their accounts."""

        def open_again(person: User) -> bool:
            return suspension.let_in(person, by=request.user)

        changed = self._each(request, queryset, open_again)
        note(request, User, changed, gettext("Let in again."))
        said = ngettext("%(n)s person let in again.", "%(n)s people let in again.", len(changed))
        self._say(request, said, changed)

    @admin.action(description=_("Give credits to the selected people"), permissions=["grant"])
    def grant_credits(
        self, request: PersonRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        """Ask how many and why, then give them."""
        return grant_credits(self, request, queryset)

    def _each(
        self, request: PersonRequest, people: QuerySet[User], decide: Callable[[User], bool]
    ) -> list[int]:
        """Decide about one after the other; says for whom it is refused. The ids of the others."""
        changed = []
        for person in people.order_by("pk"):
            try:
                if decide(person):
                    changed.append(person.pk)
            except REFUSED as error:
                text = gettext("Refused for %(person)s: %(why)s")
                said = text % {"person": person, "why": REFUSALS[type(error)]}
                self.message_user(request, said, messages.ERROR)
        return changed

    def _say(self, request: PersonRequest, said: str, changed: list[int]) -> None:
        if changed:
            self.message_user(request, said % {"n": len(changed)}, messages.SUCCESS)
        else:
            self.message_user(request, gettext("Nothing was changed."), messages.WARNING)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save, let the address count without a link, and write it down."""
        super().save_model(request, obj, form, change)
        if not change or "email" in form.changed_data:
            trust_address(obj)
        if change and "email" in form.changed_data:
            transaction.on_commit(partial(_tell_old_address, request, obj, form.initial["email"]))
        AuditEvent.objects.record(
            "person.change" if change else "person.create",
            actor=cast(User, request.user),
            target=obj,
        )
