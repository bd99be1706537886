"""Input of the pages where clips are asked for, checked against what the chosen models can do."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gallery.forms import MAX_ID, as_id
from gallery.models import GeneratedImage, ReferenceImage
from generation import catalogue, sizes
from generation.forms import PromptForm, Query, RowsField
from generation.providers.types import Kind, ModelSpec
from generation.services.animating import ClipWish
from generation.services.studio import RANDOM_SEED
from pixelstream.accounts.models import User

USUAL_SECONDS = 5
USUAL_RATIO = "16:9"
USUAL_RESOLUTION = "720p"
MOST_FRAMES = 2
"""The first one and the last one."""


class AnimateQuery(Query):
    """Which picture of a post is to move: by its number from 1, or by its id. `like` is a clip
    whose settings are taken over.
    """

    img = forms.IntegerField(required=False, min_value=1, max_value=999)
    image = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    like = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)


class ClipQuery(Query):
    """What to begin with: a clip whose settings are taken over, or a prompt, a project and a
    first frame. `shared` is the token of a post whose owner lets others have its prompt.
    """

    like = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    prompt = forms.CharField(required=False, max_length=settings.PROMPT_MAX_LENGTH)
    shared = forms.CharField(required=False, max_length=22)
    project = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    reference = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)


class ClipForm(PromptForm):
    """A clip from words alone, or between one or two uploaded frames: the references, in the
    order in which they are sent.
    """

    kinds = (Kind.VIDEO,)
    edges = sizes.CLIP_EDGE
    is_clip = True
    cannot_make = gettext_lazy("%(models)s cannot make %(value)s clips.")

    seconds = forms.IntegerField(
        min_value=1,
        max_value=3600,
        error_messages={"required": gettext_lazy("Choose how long the clip is.")},
    )

    field_order = (
        *("prompt", "references", "models", "seconds", "aspect_ratio", "resolution"),
        *("negative_prompt", "seed"),
    )

    def __init__(self, *args: Any, owner: User, **kwargs: Any) -> None:
        super().__init__(*args, owner=owner, **kwargs)
        self.max_references = MOST_FRAMES
        prompt = cast(forms.CharField, self.fields["prompt"])
        prompt.error_messages["required"] = _("Write what should move.")
        lengths = {s for spec in self._usable.values() for s in spec.capabilities.durations}
        self.lengths = sorted(lengths)
        # A model without any keeps the shape and the size of what it is given.
        self.fields["aspect_ratio"].required = bool(self.ratios)
        self.fields["resolution"].required = bool(self.resolutions)
        if not self.is_bound:
            self._begin()

    def _begin(self) -> None:
        """Choose what nobody chose, as the chosen models offer it."""
        if not self.initial.get("models"):
            usual = [spec.key for spec in catalogue.defaults(Kind.VIDEO, self.own_keys)]
            fitting = [key for key in usual if key in self._usable]
            self.initial["models"] = fitting or list(self._usable)[:1]
        chosen = [self._usable[key] for key in self.initial["models"]]
        usual_ratio = self.initial.get("aspect_ratio") or USUAL_RATIO
        ratios = catalogue.aspect_ratios(chosen) or self.ratios
        self.initial["aspect_ratio"] = sizes.nearest_ratio(usual_ratio, ratios)
        offered = catalogue.resolutions(chosen) or self.resolutions
        if self.initial.get("resolution") not in offered:
            fallback = next((size for size in self.resolutions if size in offered), "")
            usual_size = USUAL_RESOLUTION if USUAL_RESOLUTION in offered else fallback
            self.initial["resolution"] = usual_size
        lengths = sorted({s for spec in chosen for s in spec.capabilities.durations})
        # What an import said may be anything.
        asked = self.initial.get("seconds")
        wanted = asked if type(asked) is int else USUAL_SECONDS
        self.initial["seconds"] = min(
            lengths, key=lambda seconds: abs(seconds - wanted), default=wanted
        )

    @property
    def fixed_frames(self) -> int:
        """How many frames there are that nobody can take away."""
        return 0

    @property
    def chosen_references(self) -> list[ReferenceImage]:
        """The frames that are chosen now, in their order, the person's own only."""
        order = _in_order(self["references"].value())
        own = self._references.in_bulk(list(order)).values()
        return sorted(own, key=lambda frame: order[frame.pk])[: self.max_references]

    def clean_references(self) -> list[ReferenceImage]:
        """The frames in the order in which they were sent: the first one begins the clip."""
        order = _in_order(self["references"].value())
        frames = sorted(self.cleaned_data["references"], key=lambda frame: order[frame.pk])
        if len(frames) > MOST_FRAMES:
            self.add_error("references", _("Only two frames: the first one and the last one."))
        return frames

    def clean_seconds(self) -> int:
        """A length that the catalogue knows."""
        seconds = int(self.cleaned_data["seconds"])
        if seconds not in self.lengths:
            raise forms.ValidationError(_("This length is not offered."))
        return seconds

    def clean_aspect_ratio(self) -> str:
        """A ratio that the catalogue knows; that of the frame where no model asks for any."""
        usual = str(self.initial.get("aspect_ratio") or USUAL_RATIO)
        return super().clean_aspect_ratio() if self.ratios else usual

    def clean_resolution(self) -> str:
        """A resolution that the catalogue knows; the usual one where no model asks for any."""
        return super().clean_resolution() if self.resolutions else USUAL_RESOLUTION

    def clean(self) -> dict[str, Any]:
        """What was asked for against what the chosen models can do."""
        data = super().clean()
        specs: list[ModelSpec] = data.get("models") or []
        if seconds := data.get("seconds"):
            self.refuse_unless(
                "seconds",
                specs,
                lambda spec: seconds in spec.capabilities.durations,
                ngettext(
                    "%(models)s cannot make a clip of %(value)s second.",
                    "%(models)s cannot make a clip of %(value)s seconds.",
                    seconds,
                ),
                seconds,
            )
        self._refuse_frames(specs, len(self.frames()))
        return data

    def _refuse_frames(self, specs: list[ModelSpec], count: int) -> None:
        """Say which models take fewer frames than they would get, or need one."""
        for spec in specs:
            most = spec.capabilities.max_references
            if count < spec.capabilities.min_references:
                message = _("%(model)s needs a picture to begin with.")
            elif count > most == 0:
                message = _("%(model)s makes clips from words only: take the pictures away.")
            elif count > most:
                message = _("%(model)s cannot be given a last frame.")
            else:
                continue
            self.add_error("references", message % {"model": spec.name})

    def frames(self) -> list[GeneratedImage | ReferenceImage]:
        """The first frame and the last one, as far as there are any."""
        return list(self.cleaned_data.get("references") or ())[:MOST_FRAMES]

    def wish(self) -> ClipWish:
        """The checked input in the service's words. Only for a valid form."""
        data = self.cleaned_data
        first, last = [*self.frames(), None, None][:2]
        return ClipWish(
            prompt=data["prompt"],
            negative_prompt=data["negative_prompt"],
            models=data["models"],
            seconds=data["seconds"],
            aspect_ratio=data["aspect_ratio"],
            resolution=data["resolution"],
            seed=RANDOM_SEED if data["seed"] is None else data["seed"],
            first=first,
            last=last,
            project=data.get("project"),
        )


class AnimateForm(ClipForm):
    """A clip that begins with a picture of a post. It may end with another picture of that post,
    or with an uploaded one.
    """

    image = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    """The picture that was shown. Its number may become another's while the others arrive."""
    last = RowsField(
        queryset=GeneratedImage.objects.none(),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("The last frame is not there any more.")},
    )

    def __init__(self, *args: Any, picture: GeneratedImage, **kwargs: Any) -> None:
        self._picture = picture
        own_shape = {"aspect_ratio": picture.aspect_ratio}
        kwargs["initial"] = {**own_shape, **(kwargs.get("initial") or {})}
        super().__init__(*args, auto_id="animate_%s", **kwargs)
        self.max_references = 1
        del self.fields["project"]  # that of the picture
        pictures = picture.post.images.filter(clip_ms=None).select_related("object")
        self.pictures = list(pictures.order_by("position"))
        """What the clip may end with; with the same one it comes round."""
        cast("RowsField", self.fields["last"]).queryset = pictures

    def fitting(self, offers: list[catalogue.Offer]) -> list[catalogue.Offer]:
        """The models that take a first frame."""
        return [offer for offer in offers if offer.spec.capabilities.max_references]

    @property
    def fixed_frames(self) -> int:
        """How many frames there are that nobody can take away."""
        return 1

    @property
    def chosen_last(self) -> list[int | None]:
        """The ids of the pictures that are chosen as the last frame now."""
        return [as_id(str(value)) for value in self["last"].value() or ()]

    def clean(self) -> dict[str, Any]:
        """What was asked for against what the chosen models can do."""
        data = super().clean()
        if len(data.get("last") or ()) + len(data.get("references") or ()) > 1:
            self.add_error("references", _("Choose one last frame."))
        return data

    def frames(self) -> list[GeneratedImage | ReferenceImage]:
        """The first frame and the last one, as far as there are any."""
        last = [*(self.cleaned_data.get("last") or ()), *super().frames()]
        return [self._picture, *last[:1]]


def _in_order(values: Any) -> dict[int, int]:
    """Ids with their place among the values that were sent; what is no id is left out."""
    found = [as_id(str(value)) for value in values or ()]
    return {pk: place for place, pk in enumerate(dict.fromkeys(filter(None, found)))}
