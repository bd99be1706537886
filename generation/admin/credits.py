"""Credits in the admin: the ledger to read, and giving."""

from __future__ import annotations

from collections.abc import Collection

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from generation.models import CreditAccount, CreditEntry
from generation.models.credits import REASON_MAX_LENGTH
from generation.services import credits
from pixelstream.accounts.models import User
from pixelstream.accounts.requests import PersonRequest
from pixelstream.admin import ReadOnlyAdmin, note, number_of

NAMED = 20
"""People that the question names; the others it counts."""


class GrantForm(forms.Form):
    """How many credits, and why: the person reads it."""

    amount = forms.IntegerField(
        label=gettext_lazy("Credits for each"), min_value=1, max_value=credits.MOST_GRANTED
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_MAX_LENGTH,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        error_messages={"required": gettext_lazy("Say why.")},
    )


def grant_credits(
    modeladmin: admin.ModelAdmin[User], request: PersonRequest, queryset: QuerySet[User]
) -> TemplateResponse | None:
    """Ask how many and why, then give them to these people, of those who may come in."""
    form = GrantForm(request.POST if "confirm" in request.POST else None)
    people = list(queryset.filter(is_active=True).order_by("pk"))
    if not people:
        modeladmin.message_user(request, _("Nothing was changed."), messages.WARNING)
        return None
    if not form.is_valid():
        return ask_how_many(modeladmin, request, [person.pk for person in people], form)
    amount, reason = form.cleaned_data["amount"], form.cleaned_data["reason"]
    with transaction.atomic():
        for person in people:
            credits.grant(person, amount, by=request.user, reason=reason)
        said = _("Credits given: %(n)s. %(reason)s") % {"n": amount, "reason": reason}
        note(request, User, [person.pk for person in people], said)
    text = ngettext(
        "%(credits)s given to %(n)s person.", "%(credits)s given to %(n)s people each.", len(people)
    )
    said = text % {"credits": credits.credits_text(amount), "n": len(people)}
    modeladmin.message_user(request, said, messages.SUCCESS)
    return None


def ask_how_many(
    modeladmin: admin.ModelAdmin[User], request: HttpRequest, ids: Collection[int], form: GrantForm
) -> TemplateResponse:
    """The page that asks how many credits these people are given, and why."""
    title = ngettext("Give credits to %(n)s person?", "Give credits to %(n)s people?", len(ids))
    context = {
        **modeladmin.admin_site.each_context(request),
        "opts": modeladmin.model._meta,
        "title": title % {"n": len(ids)},
        "form": form,
        "rows": User.objects.filter(pk__in=ids).order_by("pk")[:NAMED],
        "more": max(0, len(ids) - NAMED),
        "ids": ids,
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "admin/grant_credits.html", context, status=status)


@admin.register(CreditAccount)
class CreditAccountAdmin(ReadOnlyAdmin):
    """Who has how many."""

    list_display = ("person", "balance")
    list_select_related = ("person",)
    search_fields = ("person__email",)
    fields = ("person", "balance")


@admin.register(CreditEntry)
class CreditEntryAdmin(ReadOnlyAdmin):
    """The ledger, line by line."""

    list_display = (
        *("id", "person", "kind", "amount", number_of("job", gettext_lazy("job"))),
        *("model", "reason", "created_at"),
    )
    list_filter = ("kind",)
    list_select_related = ("account__person",)
    search_fields = ("account__person__email",)
    fields = (
        *("person", "kind", "amount", number_of("job", gettext_lazy("job"))),
        *("model", "reason", "by", "created_at"),
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[CreditEntry]:
        """With whose it is."""
        return super().get_queryset(request).select_related("account__person", "by")

    @admin.display(description=gettext_lazy("person"))
    def person(self, entry: CreditEntry) -> str:
        """Whose entry it is."""
        return str(entry.account.person)
