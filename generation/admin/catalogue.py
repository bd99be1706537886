"""The catalogue in the admin: what people may choose, and what is known of each model."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from gallery.models import AuditEvent
from generation import catalogue, sizes
from generation.models import CatalogueEntry
from generation.providers import registry
from generation.providers.types import Kind, Source
from generation.services import discovery
from pixelstream.accounts.models import User
from pixelstream.accounts.requests import PersonRequest
from pixelstream.admin import KeptAdmin

MOST_DOLLARS = 1_000_000


class WordsField(forms.CharField):
    """A list of short words, typed with spaces or commas between them."""

    def prepare_value(self, value: Any) -> Any:
        """As typed, or the stored list."""
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The words, each once."""
        return list(dict.fromkeys(str(super().to_python(value)).replace(",", " ").split()))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the words differ, not their spelling."""
        return bool(list(initial or []) != self.to_python(data))


class SecondsField(WordsField):
    """A list of whole seconds, typed in the same way."""

    def prepare_value(self, value: Any) -> Any:
        """As typed, or the stored list."""
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The numbers, each once, smallest first. Raises ValidationError."""
        known = {str(seconds): seconds for seconds in sizes.CLIP_SECONDS}
        words = super().to_python(value)
        if not set(words) <= set(known):
            raise forms.ValidationError(
                gettext("Write whole seconds from %(least)s to %(most)s."),
                params={"least": sizes.CLIP_SECONDS[0], "most": sizes.CLIP_SECONDS[-1]},
            )
        return sorted(known[word] for word in words)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the numbers differ, not their spelling. What is none is a change."""
        try:
            return bool(list(initial or []) != self.to_python(data))
        except forms.ValidationError:
            return True


class CatalogueEntryForm(forms.ModelForm):  # type: ignore[type-arg]
    """An entry as an administrator edits it."""

    provider = forms.ChoiceField(label=_("provider"))
    kinds = forms.MultipleChoiceField(
        label=_("kinds"),
        choices=[
            (Kind.CAPTION.value, _("caption")),
            (Kind.IMAGE.value, _("image")),
            (Kind.EDIT.value, _("edit")),
            (Kind.VIDEO.value, _("video")),
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    aspect_ratios = WordsField(
        label=_("aspect ratios"), required=False, help_text=_("Such as 1:1, 4:5, 16:9.")
    )
    resolutions = WordsField(
        label=_("resolutions"),
        required=False,
        help_text=format_lazy(
            _("{pictures} for pictures, {clips} for clips."),
            pictures=", ".join(sizes.RESOLUTION_EDGE),
            clips=", ".join(sizes.CLIP_EDGE),
        ),
    )
    durations = SecondsField(
        label=_("seconds of a clip"),
        required=False,
        help_text=_("For models that make clips, such as 5, 10."),
    )

    class Meta:
        model = CatalogueEntry
        fields = (
            "key",
            "provider",
            "remote_id",
            "name",
            "description",
            "is_offered",
            "is_default",
            "position",
            "kinds",
            "aspect_ratios",
            "resolutions",
            "min_references",
            "max_references",
            "max_input_edge",
            "durations",
            "seed",
            "negative_prompt",
            "safe_retry",
            "typical_seconds",
            "typical_cost",
            "price_credits",
            "prices",
            "options",
            "source_type",
            "retired_on",
            "replaced_by",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(info.slug, info.title) for info in registry.PROVIDERS.values()]
        if "provider" in self.fields:
            self.fields["provider"].choices = choices  # type: ignore[attr-defined]

    def clean_aspect_ratios(self) -> list[str]:
        """Ratios of whole numbers."""
        ratios: list[str] = self.cleaned_data["aspect_ratios"]
        for ratio in ratios:
            try:
                sizes.parse_ratio(ratio)
            except ValueError as error:
                raise forms.ValidationError(
                    gettext("“%(value)s” is not an aspect ratio."), params={"value": ratio}
                ) from error
        return ratios

    def clean_prices(self) -> dict[str, str]:
        """Amounts of money by unit."""
        prices = self._texts("prices")
        for price in prices.values():
            if not _is_amount(price):
                raise forms.ValidationError(
                    gettext("“%(value)s” is not an amount."), params={"value": price}
                )
        return prices

    def clean_options(self) -> dict[str, str]:
        """Texts by name."""
        return self._texts("options")

    def _texts(self, field: str) -> dict[str, str]:
        value = self.cleaned_data[field] or {}
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            raise forms.ValidationError(gettext('Write it as {"name": "value"}.'))
        return value

    def clean_replaced_by(self) -> str:
        """A model that exists."""
        key = str(self.cleaned_data["replaced_by"])
        if key and catalogue.find(key) is None:
            raise forms.ValidationError(gettext("There is no model with this key."))
        return key

    def clean(self) -> dict[str, Any]:
        """What fits together: the row's own constraints, and what a kind of model needs."""
        data: dict[str, Any] = super().clean() or {}
        kinds = set(data.get("kinds") or ())
        makes_clips = Kind.VIDEO in kinds
        if makes_clips and len(kinds) > 1:
            # It would offer the sizes of clips for pictures.
            self.add_error("kinds", gettext("A model for clips does nothing else."))
        if makes_clips and "durations" in data and not data["durations"]:
            self.add_error("durations", gettext("Say how long its clips can be."))
        if kinds and not makes_clips and data.get("durations"):
            self.add_error("durations", gettext("Only for models that make clips."))
        known = sizes.CLIP_EDGE if makes_clips else sizes.RESOLUTION_EDGE
        for resolution in data.get("resolutions") or ():
            if resolution not in known:
                error = gettext("“%(value)s” is not a resolution.") % {"value": resolution}
                self.add_error("resolutions", error)
        if (data.get("min_references") or 0) > (data.get("max_references") or 0):
            self.add_error("min_references", gettext("Not more than the most references."))
        return data


def _is_amount(text: str) -> bool:
    """Whether it is a sum of money that can be counted with."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return False
    return amount.is_finite() and 0 <= amount <= MOST_DOLLARS


@admin.register(CatalogueEntry)
class CatalogueEntryAdmin(KeptAdmin):
    """Models. What is edited here stays through upgrades and refreshes."""

    form = CatalogueEntryForm
    ordering = ("position",)
    list_display = (
        "name",
        "key",
        "provider",
        "is_offered",
        "is_default",
        "retired_on",
        "typical_cost",
        "price_credits",
        "source",
        "seen_at",
    )
    list_filter = ("provider", "source", "is_offered")
    search_fields = ("name", "key", "remote_id")
    actions = ("offer", "stop_offering")
    readonly_fields = ("source", "seen_at", "updated_at")
    change_list_template = "admin/generation/catalogueentry/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CatalogueEntry]:
        """Without the models that fail on purpose."""
        return super().get_queryset(request).filter(is_fault=False)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Whoever may change models may add one."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def get_readonly_fields(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> tuple[str, ...]:
        """The key of an entry stands in pictures: it is written once."""
        fixed = self.readonly_fields if obj is None else ("key", *self.readonly_fields)
        return tuple(fixed)

    def save_model(
        self, request: HttpRequest, obj: CatalogueEntry, form: Any, change: bool
    ) -> None:
        """Remember which fields are the administrator's from now on."""
        if change:
            obj.edited_fields = sorted({*obj.edited_fields, *form.changed_data})
        else:
            obj.source = Source.ADMIN
        super().save_model(request, obj, form, change)
        catalogue.forget()
        AuditEvent.objects.record(
            "catalogue.edit",
            actor=cast(User, request.user),
            target=obj,
            fields=len(form.changed_data),
        )

    @admin.action(description=_("Offer the chosen models"))
    def offer(self, request: PersonRequest, queryset: QuerySet[CatalogueEntry]) -> None:
        """Let people choose them."""
        self._set_offered(request, queryset, True)

    @admin.action(description=_("Stop offering the chosen models"))
    def stop_offering(self, request: PersonRequest, queryset: QuerySet[CatalogueEntry]) -> None:
        """Take them out of the forms; pictures that they made stay as they are."""
        self._set_offered(request, queryset, False)

    def _set_offered(
        self, request: PersonRequest, queryset: QuerySet[CatalogueEntry], is_offered: bool
    ) -> None:
        changed = 0
        for entry in queryset.exclude(is_offered=is_offered):
            entry.is_offered = is_offered
            entry.edited_fields = sorted({*entry.edited_fields, "is_offered"})
            entry.save()
            AuditEvent.objects.record(
                "catalogue.offer" if is_offered else "catalogue.stop_offering",
                actor=request.user,
                target=entry,
            )
            changed += 1
        catalogue.forget()
        text = ngettext("%(count)s model was changed.", "%(count)s models were changed.", changed)
        messages.success(request, text % {"count": changed})

    def get_urls(self) -> list[URLPattern]:
        """The list's own verb beside what every admin page has."""
        view = self.admin_site.admin_view(self.refresh)
        return [path("refresh/", view, name="catalogue-refresh"), *super().get_urls()]

    def refresh(self, request: PersonRequest) -> HttpResponse:
        """Let a worker ask the providers what they offer."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if discovery.refresh_soon():
            text = gettext("The providers are being asked. Load this page again in a moment.")
            messages.success(request, text)
        else:
            messages.error(request, gettext("The broker cannot be reached. Try again later."))
        return redirect(reverse("admin:generation_catalogueentry_changelist"))
