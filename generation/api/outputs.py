"""What the workshop's part of the API gives. `generation.api.written` writes it.

Choices are written out: the schema would know all classes named `Status` by that name alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from gallery.api.schemas import ImageOut, PostStatus
from gallery.models import CostBasis, EditTurn
from generation.models import CreditEntry, GenerationJob
from generation.models.jobs import ErrorCode
from generation.providers.types import Kind
from generation.results import SlotState
from pixelstream.api.envelopes import CamelSchema
from pixelstream.api.lists import PageOut


def _any_of(choices: Iterable[str]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": [str(choice) for choice in choices]})


TurnStatus = Annotated[str, _any_of(EditTurn.Status.values)]
JobStatus = Annotated[str, _any_of(GenerationJob.Status.values)]
JobKind = Annotated[str, _any_of(GenerationJob.Kind.values)]
JobError = Annotated[str, _any_of(ErrorCode.values)]
Basis = Annotated[str, _any_of(["", *CostBasis.values])]
OutputState = Annotated[str, _any_of(SlotState)]
EntryKind = Annotated[str, _any_of(CreditEntry.Kind.values)]
Work = Annotated[str, _any_of(Kind)]


class FailureOut(CamelSchema):
    """Why a job gave nothing."""

    code: JobError
    message: str
    provider_reason: str = Field(description="The provider's own short reason; empty without one")
    charge: str = Field(description="What the failure cost, in words")


class JobOut(CamelSchema):
    """One call to one model: for a caption, a picture, an edit or a clip."""

    id: int
    kind: JobKind
    slot: int = Field(description="Position of its picture in the post or turn, from 0")
    model: str
    model_name: str
    status: JobStatus
    post_id: int | None = Field(description="Null for an edit")
    conversation_id: int | None = Field(description="Of an edit")
    turn: int | None = Field(description="Of an edit: the turn's number in the conversation")
    image_id: int | None = Field(description="What it made: `id` of GET /api/images/{id}")
    params: dict[str, Any] = Field(description="The full request, to repeat it")
    attempts: int
    price_credits: int
    cost_usd: float | None
    cost_basis: Basis
    duration_ms: int | None
    created_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    error: FailureOut | None


class JobFailureOut(FailureOut):
    """A job of a post that gave nothing."""

    job_id: int
    kind: JobKind
    slot: int
    model: str


class StartedOut(CamelSchema):
    """A post in the making. Ask `statusUrl` for what became of it."""

    post_id: int
    status: PostStatus
    status_url: str
    notices: list[str] = Field(description="What was done otherwise than asked, in sentences")


class RetriedOut(StartedOut):
    """The job that tries again."""

    job_id: int


class CanceledOut(CamelSchema):
    """How many jobs were stopped. What was ready stays."""

    post_id: int
    status: PostStatus
    canceled: int


class MadeImageOut(CamelSchema):
    """A picture or a clip that was just made."""

    id: str = Field(
        pattern=r"^img_[0-9]+_[0-9a-f]{12}$", description="`name` of GET /api/images/{id}"
    )
    image_id: int = Field(description="`id` there: what addresses and requests take")
    url: str
    prompt: str
    params: dict[str, Any]
    timestamp: int = Field(description="Milliseconds since 1970")
    model: str
    width: int
    height: int
    details_url: str = Field(description="Everything else about it")


class MadeOut(StartedOut):
    """A post whose making has ended, well or badly."""

    caption: str
    images: list[MadeImageOut]
    failures: list[JobFailureOut]


class ModelOut(CamelSchema):
    """A model: what it can do, and whether it can be used now."""

    key: str
    name: str
    description: str
    provider: str
    kinds: list[Work]
    is_available: bool
    unavailable_reason: str
    is_own_key: bool = Field(description="Used on your own key")
    aspect_ratios: list[str] = Field(description="None: it keeps the shape of what it is given")
    resolutions: list[str]
    durations: list[int] = Field(description="Seconds that its clips can last")
    min_references: int
    max_references: int
    seed: bool
    negative_prompt: bool
    typical_seconds: float | None
    typical_cost_usd: float | None = Field(description="For a picture, or a second of a clip")
    price_credits: int = Field(description="For a picture, or a second of a clip")


class ConversationOut(CamelSchema):
    """The edits of one picture."""

    id: int
    title: str
    turn_count: int
    is_unfinished: bool
    source: ImageOut | None = Field(description="Null when it was deleted for good")
    latest: ImageOut | None = Field(description="The newest picture it gave, else its source")
    created_at: dt.datetime
    updated_at: dt.datetime


class OutputOut(CamelSchema):
    """What one model made of a turn, or makes, or could not make."""

    slot: int
    label: str = Field(description="As people call it: 1a, 1b, 2a")
    model_name: str
    state: OutputState
    post_id: int | None
    image: ImageOut | None
    message: str = Field(description="Why there is no picture; empty where there is one")


class TurnOut(CamelSchema):
    """One message of a conversation, and what the models made of it."""

    conversation_id: int
    number: int
    message: str
    status: TurnStatus
    base_image_ids: list[int]
    reference_ids: list[int]
    outputs: list[OutputOut]
    created_at: dt.datetime


class SentOut(CamelSchema):
    """A turn in the making. Ask `statusUrl` for what became of it."""

    conversation_id: int
    turn: int
    status: TurnStatus
    status_url: str
    notices: list[str]


class CanceledTurnOut(CamelSchema):
    """How many jobs were stopped. What was ready stays."""

    conversation_id: int
    turn: int
    status: TurnStatus
    canceled: int


class RetriedTurnOut(SentOut):
    """The job that tries again."""

    job_id: int


class EntryOut(CamelSchema):
    """A line of the ledger."""

    id: int
    kind: EntryKind
    amount: int = Field(description="Negative where credits were taken")
    text: str
    model: str
    job_id: int | None
    post_id: int | None
    created_at: dt.datetime


class CreditsOut(PageOut[EntryOut]):
    """What is left, and what it went for. Where credits are switched off there is no balance."""

    enabled: bool
    balance: int | None
