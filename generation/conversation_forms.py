"""Input of the pages where pictures are edited, checked against what the chosen models can do."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gallery.forms import MAX_ID, as_id
from gallery.models import EditConversation, GeneratedImage
from generation.forms import Query, RowsField, WishForm
from generation.providers.types import Kind, ModelSpec
from generation.services.editing import EditWish
from pixelstream.accounts.models import User

MAX_NUMBER = 2**31 - 1
"""Of turns: what every database can compare with its column."""


class EditQuery(Query):
    """Which picture of a post is to be edited: by its number from 1, or by its id."""

    img = forms.IntegerField(required=False, min_value=1, max_value=999)
    image = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)


class ConversationQuery(Query):
    """Which turns to show, and a picture of the conversation to start from."""

    part = forms.ChoiceField(required=False, choices=[("lineage", "lineage")])
    """Of the page, to be shown anew; without one it is what the next turn may start from."""
    before = forms.IntegerField(required=False, min_value=1, max_value=MAX_NUMBER)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        # `from` is a word of the language, so it cannot be an attribute of the class.
        self.fields["from"] = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)


class TurnsQuery(Query):
    """Which turns are asked for: those from a number on, or those below one."""

    since = forms.IntegerField(required=False, min_value=1, max_value=MAX_NUMBER)
    before = forms.IntegerField(required=False, min_value=1, max_value=MAX_NUMBER)


class StripQuery(Query):
    """Which prints are asked for: those before the picture with this id."""

    before = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)


class CompareQuery(Query):
    """Which two pictures are laid over each other, by their ids."""

    left = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    right = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    part = forms.ChoiceField(required=False, choices=[("pair", "pair")])
    """`pair` for the two pictures without the dialog around them."""


class CancelTurnForm(forms.Form):
    """Which turn is to be stopped, by its number, and from which turn on the page is live."""

    turn = forms.IntegerField(min_value=1, max_value=MAX_NUMBER)
    since = forms.IntegerField(required=False, min_value=1, max_value=MAX_NUMBER)


class RetryOutputForm(CancelTurnForm):
    """Which picture of a turn to try again."""

    slot = forms.IntegerField(min_value=0, max_value=99)


class EditForm(WishForm):
    """What is to be changed, and the models that do it."""

    kinds = (Kind.EDIT,)
    id_prefix = "edit"
    """Of the ids in the page: the dialog may lie above another form."""

    message = forms.CharField(
        max_length=settings.PROMPT_MAX_LENGTH,
        error_messages={"required": gettext_lazy("Write what you want to change.")},
        widget=forms.Textarea,
    )
    field_order: tuple[str, ...] = ("message", "models", "references")

    def __init__(self, *args: Any, owner: User, **kwargs: Any) -> None:
        super().__init__(*args, owner=owner, auto_id=f"{self.id_prefix}_%s", **kwargs)

    def clean_message(self) -> str:
        """The message with one kind of line break."""
        return str(self.cleaned_data["message"]).replace("\r\n", "\n")

    def refuse_what_models_cannot_take(self, specs: list[ModelSpec], bases: int) -> None:
        """Say which models take fewer pictures than they would get, or need more."""
        pictures = bases + len(self.cleaned_data.get("references") or ())
        for spec in specs:
            limit = spec.capabilities.max_references
            if pictures > limit:
                message = ngettext(
                    "%(model)s takes one picture, references included.",
                    "%(model)s takes at most %(limit)s pictures, references included.",
                    limit,
                )
                self.add_error("references", message % {"model": spec.name, "limit": limit})
            elif pictures < spec.capabilities.min_references:
                message = _("%(models)s needs a picture to work on: add a reference.")
                self.add_error("references", message % {"models": spec.name})


class EditStartForm(EditForm):
    """The beginning of a conversation: what to change in one picture of a post."""

    image = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    """The picture that was shown. Its number may become another's while the others arrive."""

    def clean(self) -> dict[str, Any]:
        """What was asked for against what the chosen models can do."""
        data: dict[str, Any] = super().clean() or {}
        self.refuse_what_models_cannot_take(data.get("models") or [], bases=1)
        return data

    def wish(self, source: GeneratedImage) -> EditWish:
        """The checked input in the service's words. Only for a valid form."""
        data = self.cleaned_data
        return EditWish(
            message=data["message"],
            models=data["models"],
            bases=(source,),
            references=tuple(data["references"]),
        )


class EditTurnForm(EditForm):
    """The next message of a conversation."""

    id_prefix = "ask"

    bases = RowsField(
        queryset=GeneratedImage.objects.none(),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("A picture to start from is not there any more.")
        },
    )
    bases_shown = forms.BooleanField(required=False)
    """Whether the page offered pictures to start from: then none of them is a choice as well."""
    since = forms.IntegerField(required=False, min_value=1, max_value=MAX_NUMBER)
    """The turn from which on the page that it comes from is live."""
    shown = forms.IntegerField(required=False, min_value=1, max_value=MAX_NUMBER)
    """The last turn that this page shows."""

    field_order = ("message", "bases", "models", "references")

    def __init__(self, *args: Any, conversation: EditConversation, **kwargs: Any) -> None:
        super().__init__(*args, owner=conversation.owner, **kwargs)
        images = GeneratedImage.objects.of_conversation(conversation)
        cast("RowsField", self.fields["bases"]).queryset = images.select_related("object", "turn")

    def clean_bases(self) -> list[GeneratedImage]:
        """The pictures in the order in which they were sent: the first one is edited."""
        order = [as_id(str(pk)) for pk in self["bases"].value() or ()]
        return sorted(self.cleaned_data["bases"], key=lambda image: order.index(image.pk))

    def clean(self) -> dict[str, Any]:
        """What was asked for against what the chosen models can do."""
        data: dict[str, Any] = super().clean() or {}
        bases = data.get("bases")
        if data.get("bases_shown") and bases is not None and not bases:
            self.add_error("bases", _("Choose at least one picture to start from."))
        self.refuse_what_models_cannot_take(data.get("models") or [], bases=len(bases or ()) or 1)
        return data

    def wish(self) -> EditWish:
        """The checked input in the service's words. Only for a valid form."""
        data = self.cleaned_data
        return EditWish(
            message=data["message"],
            models=data["models"],
            bases=tuple(data["bases"]),
            references=tuple(data["references"]),
        )
