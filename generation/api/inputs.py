"""What the workshop's part of the API takes. The rules stand in the forms that pages use too
(`generation.forms` and its neighbours); here are only names and types.
"""

from __future__ import annotations

from typing import Annotated, Any

from django.conf import settings
from pydantic import Field

from gallery.forms import MAX_ID
from generation.services.studio import MAX_SEED, RANDOM_SEED
from pixelstream.api.envelopes import StrictSchema

MOST_LISTED = 100
"""Models or references that are looked at; a wish may have far fewer."""

RowId = Annotated[int, Field(ge=1, le=MAX_ID)]


def _keys_such_as(key: str) -> Any:
    return Field(
        min_length=1,
        max_length=MOST_LISTED,
        description="Keys of models: GET /api/models",
        examples=[[key]],
    )


Key = Annotated[str, Field(max_length=120)]
Keys = Annotated[list[Key], _keys_such_as("builtin/sketch")]
ClipKeys = Annotated[list[Key], _keys_such_as("builtin/drift")]
References = Annotated[
    list[RowId], Field(max_length=MOST_LISTED, description="Ids of uploads: POST /api/upload")
]
Text = Annotated[str, Field(max_length=settings.PROMPT_MAX_LENGTH)]


class WishIn(StrictSchema):
    """What is asked for."""

    def for_form(self, **renamed: str) -> dict[str, Any]:
        """The values by the names that the form has for them; what is null is left out."""
        values = {name: value for name, value in self.model_dump().items() if value is not None}
        return {renamed.get(name, name): value for name, value in values.items()}


class GenerateIn(WishIn):
    """The studio's form: a prompt, and the models that answer it with a picture each."""

    prompt: Text
    models: Keys
    negative_prompt: Text = ""
    aspect_ratio: str = Field("1:1", max_length=9)
    resolution: str = Field("1K", max_length=5)
    seed: int = Field(RANDOM_SEED, ge=RANDOM_SEED, le=MAX_SEED, description="-1 is random")
    project: RowId | None = Field(None, description="Id of a project")
    references: References = []


class AnimateIn(WishIn):
    """A clip: from words alone, from uploaded frames, or from a picture of a post."""

    prompt: Text
    models: ClipKeys
    seconds: int = Field(5, ge=1, le=3600)
    negative_prompt: Text = ""
    aspect_ratio: str = Field("16:9", max_length=9)
    resolution: str = Field("720p", max_length=5)
    seed: int = Field(RANDOM_SEED, ge=RANDOM_SEED, le=MAX_SEED, description="-1 is random")
    project: RowId | None = Field(
        None, description="Id of a project. A clip of a picture is where the picture is"
    )
    references: References = Field(
        [], description="Uploads: the first frame and the last one; after a picture the last one"
    )
    image_id: RowId | None = Field(
        None, description="`id` of the picture that the clip begins with"
    )
    last_image_id: RowId | None = Field(
        None, description="`id` of a picture of the same post that the clip ends with"
    )


class EditIn(WishIn):
    """What is to be changed, and the models that do it."""

    message: Text
    models: Keys
    references: References = []


class ConversationIn(EditIn):
    """The beginning of a conversation: what is to be changed in one picture of a post."""

    image_id: RowId = Field(description="`id` of the picture that is edited")


class TurnIn(EditIn):
    """The next message of a conversation."""

    base_image_ids: list[RowId] = Field(
        [],
        max_length=MOST_LISTED,
        description="`id`s of pictures of the conversation to start from, the one that is edited"
        " first. Without any: what the last turn gave",
    )


class RetryIn(WishIn):
    """Which picture to try again."""

    slot: int = Field(ge=0, le=99, description="Its position, from 0", examples=[0])
