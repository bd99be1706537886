"""The catalogue's rows: what models there are and what each can do."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from generation.providers.types import Capabilities, Kind, ModelSpec, Source, SourceType


class CatalogueEntry(models.Model):
    """A model that can be asked: shipped with Pixelstream, found at a provider, or typed in.

    What an administrator changed stands in `edited_fields`; upgrades and discovery leave those
    fields alone.
    """

    key = models.CharField(
        _("key"),
        max_length=120,
        unique=True,
        help_text=_("Stored with every picture, for example openai/gpt-5-image."),
    )
    provider = models.CharField(_("provider"), max_length=40)
    remote_id = models.CharField(
        _("id at the provider"), max_length=200, help_text=_("What the provider calls the model.")
    )
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=200, blank=True)
    kinds = models.JSONField(
        _("kinds"), default=list, help_text=_("Any of caption, image, edit, video.")
    )
    aspect_ratios = models.JSONField(_("aspect ratios"), default=list, blank=True)
    resolutions = models.JSONField(_("resolutions"), default=list, blank=True)
    min_references = models.PositiveSmallIntegerField(_("fewest references"), default=0)
    max_references = models.PositiveSmallIntegerField(_("most references"), default=0)
    max_input_edge = models.PositiveIntegerField(
        _("longest edge of a reference"), default=0, help_text=_("In pixels; 0 when not known.")
    )
    durations = models.JSONField(
        _("seconds of a clip"),
        default=list,
        blank=True,
        help_text=_("For models that make clips, for example [5, 10]."),
    )
    seed = models.BooleanField(_("takes a seed"), default=False)
    negative_prompt = models.BooleanField(_("takes a negative prompt"), default=False)
    safe_retry = models.BooleanField(
        _("may be asked twice"),
        default=False,
        help_text=_("Only when sending the same request again costs nothing."),
    )
    typical_seconds = models.FloatField(_("typical seconds"), null=True, blank=True)
    typical_cost = models.DecimalField(
        _("typical cost in US dollars"), max_digits=10, decimal_places=4, null=True, blank=True
    )
    price_credits = models.PositiveIntegerField(
        _("price in credits"),
        null=True,
        blank=True,
        help_text=_(
            "For each picture, or each second of a clip. Empty: worked out from the cost in US"
            " dollars."
        ),
    )
    prices = models.JSONField(
        _("prices by unit"),
        default=dict,
        blank=True,
        help_text=_("US dollars; for providers that report what was used, but not what it cost."),
    )
    options = models.JSONField(_("options of the provider"), default=dict, blank=True)
    source_type = models.CharField(
        _("IPTC source type"),
        max_length=40,
        choices=[(kind.value, kind.value) for kind in SourceType],
        default=SourceType.TRAINED,
    )
    source = models.CharField(
        _("source"),
        max_length=10,
        choices=[
            (Source.BUILTIN.value, _("shipped with Pixelstream")),
            (Source.DISCOVERED.value, _("found at the provider")),
            (Source.ADMIN.value, _("added by an administrator")),
        ],
        default=Source.ADMIN,
    )
    is_offered = models.BooleanField(
        _("offered"), default=True, help_text=_("Whether the forms show it.")
    )
    is_default = models.BooleanField(
        _("chosen at first"), default=False, help_text=_("For people who have not chosen yet.")
    )
    is_fault = models.BooleanField(_("fails on purpose"), default=False, editable=False)
    position = models.PositiveIntegerField(_("position in lists"), default=1000)
    retired_on = models.DateField(
        _("retired on"), null=True, blank=True, help_text=_("When the provider stops offering it.")
    )
    replaced_by = models.CharField(
        _("replaced by"), max_length=120, blank=True, help_text=_("Key of the model to take then.")
    )
    edited_fields = models.JSONField(default=list, editable=False)
    seen_at = models.DateTimeField(_("last seen at the provider"), null=True, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("catalogue entry")
        verbose_name_plural = _("catalogue entries")
        ordering = ["position", "name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(min_references__lte=models.F("max_references")),
                name="catalogue_references_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.key

    def to_spec(self) -> ModelSpec:
        """The row as the rest of the program reads it."""
        return ModelSpec(
            key=self.key,
            provider=self.provider,
            remote_id=self.remote_id,
            name=self.name,
            description=self.description,
            capabilities=Capabilities(
                kinds=frozenset(Kind(kind) for kind in self.kinds),
                aspect_ratios=tuple(self.aspect_ratios),
                resolutions=tuple(self.resolutions),
                min_references=self.min_references,
                max_references=self.max_references,
                max_input_edge=self.max_input_edge,
                durations=tuple(sorted(self.durations)),
                seed=self.seed,
                negative_prompt=self.negative_prompt,
                safe_retry=self.safe_retry,
            ),
            typical_seconds=self.typical_seconds,
            typical_cost=self.typical_cost,
            price_credits=self.price_credits,
            prices=self.prices,
            options=self.options,
            source=Source(self.source),
            source_type=SourceType(self.source_type),
            retired_on=self.retired_on,
            replaced_by=self.replaced_by,
            hidden=self.is_fault,
            is_offered=self.is_offered,
        )
