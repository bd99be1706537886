"""Asking administrators once more before something is done to many, or why it is done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

NAMED = 20
"""Rows that a question names; the others it counts."""

REASON_MAX_LENGTH = 1000


class ReasonForm(forms.Form):
    """Why. What is written is what its owner reads, or the other administrators."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField", "autofocus": True}),
        error_messages={"required": _("Say why.")},
    )


@dataclass(frozen=True)
class Question:
    """What is asked."""

    action: str
    """The name of the action that goes on with the answer."""
    title: str
    body: str
    button: str

    template: ClassVar[str] = "admin/question.html"


def reason_of(request: HttpRequest) -> ReasonForm:
    """The form as it was sent; one that was not sent yet has no errors."""
    return ReasonForm(request.POST if "confirm" in request.POST else None)


def ids_of(queryset: QuerySet[Any]) -> list[int]:
    """Of the ticked rows of a list."""
    return list(queryset.order_by("pk").values_list("pk", flat=True))


def ask(
    modeladmin: admin.ModelAdmin[Any],
    request: HttpRequest,
    question: Question,
    *,
    chosen: Collection[int],
    meant: Sequence[int],
    rows: QuerySet[Any],
    form: ReasonForm | None = None,
) -> TemplateResponse:
    """The page that asks, for the reason too where there is a form. `chosen` are the ticked rows of
    the list, `meant` the ids of what it is about, which `rows` has. At most NAMED of them are
    shown.
    """
    context: dict[str, Any] = {
        **modeladmin.admin_site.each_context(request),
        "opts": modeladmin.model._meta,
        "row_opts": rows.model._meta,
        "title": question.title,
        "question": question,
        "form": form,
        "rows": rows.filter(pk__in=meant[:NAMED]).order_by("pk"),
        "more": max(0, len(meant) - NAMED),
        "ids": chosen,
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    status = 422 if form and form.errors else 200
    return TemplateResponse(request, question.template, context, status=status)
