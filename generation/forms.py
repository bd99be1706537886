"""Input of the workshop's pages, checked against what the chosen models can do."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gallery.forms import MAX_ID, as_id
from gallery.models import Project, ReferenceImage
from generation import catalogue, sizes
from generation.live_token import Fragment
from generation.providers.types import Kind, ModelSpec
from generation.services import credits as credit_service
from generation.services import keys
from generation.services.studio import MAX_SEED, RANDOM_SEED, Wish
from pixelstream.accounts.models import User

OF_POST = [(fragment.value, fragment.value) for fragment in (Fragment.STUDIO, Fragment.POST)]
"""The fragments that show one post; the others need something else to show."""


class Query(forms.Form):
    """Parameters that choose what is shown. One that makes no sense is left out."""

    def value(self, name: str) -> Any:
        """The parameter, or None when it is missing or wrong."""
        self.is_valid()
        return self.cleaned_data.get(name) or None


class StudioQuery(Query):
    """GET parameters of the studio: the post to show, or a prompt to begin with.

    With `similar` the post is only what to begin with, seed included. `shared` is the token of a
    post whose owner lets others have its prompt.
    """

    post = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    similar = forms.BooleanField(required=False)
    prompt = forms.CharField(required=False, max_length=settings.PROMPT_MAX_LENGTH)
    shared = forms.CharField(required=False, max_length=22)
    project = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    reference = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)


class ResultsQuery(Query):
    """Which form of the results is asked for."""

    view = forms.ChoiceField(required=False, choices=OF_POST)

    def fragment(self) -> Fragment:
        """The fragment; that of the post's page when nothing valid is named."""
        return Fragment(self.value("view") or Fragment.POST)


class RegenerateForm(forms.Form):
    """The key of one press of the button, so that a double click is one post."""

    form_key = forms.UUIDField(required=False)


class RetryForm(forms.Form):
    """Which picture to try again."""

    slot = forms.IntegerField(min_value=0, max_value=99)


class RowsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Rows, chosen by their ids."""

    def clean(self, value: Any) -> Any:
        """The rows. What can be no id is not looked for: the database would stumble."""
        if any(as_id(str(pk)) is None for pk in value or ()):
            raise forms.ValidationError(self.error_messages["invalid_choice"])
        return super().clean(value)


class WishForm(forms.Form):
    """What every wish for pictures has: the models that answer it, references, and a form key."""

    kinds: tuple[Kind, ...] = ()
    """What the models that are offered can do: one of these is enough."""

    models = forms.MultipleChoiceField(
        error_messages={
            "required": gettext_lazy("Choose at least one model."),
            "invalid_choice": gettext_lazy("“%(value)s” is not a model that can be used now."),
        }
    )
    references = RowsField(
        queryset=ReferenceImage.objects.none(),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("A reference is not there any more.")},
    )
    form_key = forms.UUIDField(
        required=False, error_messages={"invalid": gettext_lazy("Please send the form again.")}
    )

    def __init__(self, *args: Any, owner: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._owner = owner
        self._references = ReferenceImage.objects.owned_by(owner).select_related("object")
        cast("RowsField", self.fields["references"]).queryset = self._references
        self.own_keys = keys.states(owner)
        self.offers = self.fitting(catalogue.offers(*self.kinds, keys=self.own_keys))
        usable = [offer.spec for offer in self.offers if not offer.unavailable]
        self._usable = {spec.key: spec for spec in usable}
        self.notices: list[str] = []
        """What was changed of what was asked for, in sentences."""
        choices = [(spec.key, spec.name) for spec in usable]
        model_field = cast(forms.MultipleChoiceField, self.fields["models"])
        model_field.choices = choices + self._retired_choices()
        if not self.is_bound:
            chosen = self._fall_forward(self.initial.get("models") or [])
            self.initial["models"] = [key for key in chosen if key in self._usable]
        self.new_key = uuid.uuid4()
        self.max_references = settings.MAX_REFERENCES

    def fitting(self, offers: list[catalogue.Offer]) -> list[catalogue.Offer]:
        """Of the models that do this kind of work those that this form is about."""
        return offers

    @property
    def unavailable_offers(self) -> list[catalogue.Offer]:
        """The models that the person cannot use now, each with its reason."""
        return [offer for offer in self.offers if offer.unavailable]

    @property
    def credits(self) -> int:
        """How many credits the person has."""
        return credit_service.balance_of(self._owner)

    @property
    def chosen_references(self) -> list[ReferenceImage]:
        """The references that are chosen now, the person's own only."""
        chosen = {as_id(str(value)) for value in self["references"].value() or ()}
        own = self._references.filter(pk__in=chosen - {None})
        return list(own.order_by("id")[: settings.MAX_REFERENCES])

    def clean_models(self) -> list[ModelSpec]:
        """The models, each once, in the order they were chosen; successors for retired ones."""
        chosen = self._fall_forward(self.cleaned_data["models"])
        return [self._usable[key] for key in chosen]

    def clean_references(self) -> Any:
        """The references, not more than a wish may have."""
        references = self.cleaned_data["references"]
        if len(references) > self.max_references:
            message = _("At most %(limit)s references.") % {"limit": self.max_references}
            self.add_error("references", message)
        return references

    def _retired_choices(self) -> list[tuple[str, str]]:
        """Retired models whose successor can be used: a stale page may still send them."""
        return [
            (spec.key, spec.name)
            for spec in catalogue.everything()
            if catalogue.is_retired(spec)
            and (following := catalogue.successor(spec)) is not None
            and following.key in self._usable
        ]

    def _fall_forward(self, chosen: Iterable[str]) -> list[str]:
        """The keys with successors in the place of retired models, each once; says so."""
        result = []
        for key in dict.fromkeys(chosen):
            spec = catalogue.find(key)
            following = catalogue.successor(spec) if spec else None
            if spec and following and following.key != key and following.key in self._usable:
                self.notices.append(catalogue.succession_notice(spec, following))
                key = following.key
            result.append(key)
        return list(dict.fromkeys(result))


class PromptForm(WishForm):
    """A wish in words: a prompt, the shape and size of what is made from it, a seed."""

    edges: Mapping[str, int] = {}
    """The resolutions that there are, smallest first."""
    is_clip = False
    """Whether clips are made, not pictures."""
    cannot_make: Promise = gettext_lazy("%(models)s cannot make %(value)s pictures.")

    prompt = forms.CharField(
        max_length=settings.PROMPT_MAX_LENGTH,
        error_messages={"required": gettext_lazy("Write what you want to see.")},
        widget=forms.Textarea,
    )
    negative_prompt = forms.CharField(
        required=False, max_length=settings.PROMPT_MAX_LENGTH, widget=forms.Textarea
    )
    aspect_ratio = forms.CharField(max_length=9, initial="1:1")
    resolution = forms.CharField(max_length=5, initial="1K")
    seed = forms.IntegerField(
        required=False, min_value=RANDOM_SEED, max_value=MAX_SEED, initial=RANDOM_SEED
    )
    project = forms.ModelChoiceField(queryset=Project.objects.none(), required=False)

    # The order in which mistakes are listed is that of the page.
    field_order: tuple[str, ...] = (
        *("prompt", "negative_prompt", "models", "aspect_ratio", "resolution", "seed"),
    )

    def __init__(self, *args: Any, owner: User, **kwargs: Any) -> None:
        super().__init__(*args, owner=owner, **kwargs)
        self._projects = Project.objects.owned_by(owner).order_by("name")
        cast("forms.ModelChoiceField[Project]", self.fields["project"]).queryset = self._projects
        self.ratios = catalogue.aspect_ratios(self._usable.values())
        offered = catalogue.resolutions(self._usable.values())
        self.resolutions = [resolution for resolution in self.edges if resolution in offered]

    @property
    def is_seed_chosen(self) -> bool:
        """Whether a certain seed is asked for, not a random one."""
        return str(self["seed"].value() or RANDOM_SEED) != str(RANDOM_SEED)

    @property
    def ratio_choices(self) -> list[tuple[str, float]]:
        """The ratios with width over height, for the little drawings."""
        parsed = [(ratio, sizes.parse_ratio(ratio)) for ratio in self.ratios]
        return [(ratio, round(width / height, 4)) for ratio, (width, height) in parsed]

    @property
    def project_choices(self) -> list[Project]:
        """The person's projects."""
        return list(self._projects)

    def clean_prompt(self) -> str:
        """The prompt with one kind of line break."""
        return str(self.cleaned_data["prompt"]).replace("\r\n", "\n")

    def clean_aspect_ratio(self) -> str:
        """A ratio that the catalogue knows."""
        ratio = str(self.cleaned_data["aspect_ratio"])
        if ratio not in self.ratios:
            raise forms.ValidationError(_("This aspect ratio is not offered."))
        return ratio

    def clean_resolution(self) -> str:
        """A resolution that the catalogue knows."""
        resolution = str(self.cleaned_data["resolution"])
        if resolution not in self.resolutions:
            raise forms.ValidationError(_("This resolution is not offered."))
        return resolution

    def clean(self) -> dict[str, Any]:
        """Shape and size against what the chosen models can do."""
        data: dict[str, Any] = super().clean() or {}
        specs: list[ModelSpec] = data.get("models") or []
        if ratio := data.get("aspect_ratio"):
            self.refuse_unless(
                "aspect_ratio",
                specs,
                lambda spec: ratio in (spec.capabilities.aspect_ratios or [ratio]),
                str(self.cannot_make),
                ratio,
            )
        if resolution := data.get("resolution"):
            self.refuse_unless(
                "resolution",
                specs,
                lambda spec: resolution in (spec.capabilities.resolutions or [resolution]),
                str(self.cannot_make),
                resolution,
            )
        return data

    def refuse_unless(
        self,
        field: str,
        specs: list[ModelSpec],
        supports: Callable[[ModelSpec], bool],
        message: str,
        value: object,
    ) -> None:
        """Say beside the field which of the models do not support the value."""
        names = [spec.name for spec in specs if not supports(spec)]
        if names:
            self.add_error(field, message % {"models": ", ".join(names), "value": value})


class StudioForm(PromptForm):
    """The wish of a person: a prompt and the models that answer it."""

    kinds = (Kind.IMAGE, Kind.EDIT)
    edges = sizes.RESOLUTION_EDGE

    def wish(self) -> Wish:
        """The checked input in the service's words. Only for a valid form."""
        data = self.cleaned_data
        seed = data["seed"]
        return Wish(
            prompt=data["prompt"],
            negative_prompt=data["negative_prompt"],
            models=data["models"],
            aspect_ratio=data["aspect_ratio"],
            resolution=data["resolution"],
            seed=RANDOM_SEED if seed is None else seed,
            project=data["project"],
            references=tuple(data["references"]),
        )

    def clean(self) -> dict[str, Any]:
        """What was asked for against what the chosen models can do."""
        data: dict[str, Any] = super().clean() or {}
        specs: list[ModelSpec] = data.get("models") or []
        references = len(data.get("references") or [])
        if references:
            self.refuse_unless(
                "references",
                specs,
                lambda spec: references <= spec.capabilities.max_references,
                ngettext(
                    "%(models)s cannot use a reference.",
                    "%(models)s cannot use %(value)s references.",
                    references,
                ),
                references,
            )
        lacking = [spec for spec in specs if references < spec.capabilities.min_references]
        if lacking:
            message = _("%(models)s needs a picture to work on: add a reference.")
            names = ", ".join(spec.name for spec in lacking)
            self.add_error("references", message % {"models": names})
        return data
