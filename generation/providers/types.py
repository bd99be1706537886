"""What a provider is asked for and what it gives back: plain frozen data, no Django, no I/O.

A provider turns a `GenerationRequest` into a `Done` (or, for slow vendors, a `Pending`
that is polled). What it cannot do it says as a `ProviderError` (errors.py). What a model
can do is a `Capabilities`; forms offer only that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal


class Kind(StrEnum):
    """What is asked of a model."""

    CAPTION = "caption"
    IMAGE = "image"
    EDIT = "edit"
    VIDEO = "video"


class SourceType(StrEnum):
    """IPTC digital source type of a result, for its machine-readable marking.

    See https://cv.iptc.org/newscodes/digitalsourcetype/ and docs/decisions.md, "Marking".
    """

    TRAINED = "trainedAlgorithmicMedia"
    ALGORITHMIC = "algorithmicMedia"


@dataclass(frozen=True)
class Capabilities:
    """What a model supports. An absent feature is one the forms do not offer."""

    kinds: frozenset[Kind]
    aspect_ratios: tuple[str, ...] = ()
    """Empty for a model that keeps the shape of what it is given; so are `resolutions`."""
    resolutions: tuple[str, ...] = ()
    min_references: int = 0
    max_references: int = 0
    max_input_edge: int = 0
    """Longest edge in pixels of a reference that the model takes; 0 when it is not known."""
    durations: tuple[int, ...] = ()
    """Seconds that a clip can last, shortest first; empty for a model that makes none. A model's
    `max_references` says then how many frames it takes: 1 the first, 2 the last one as well."""
    seed: bool = False
    negative_prompt: bool = False
    safe_retry: bool = False
    """True when sending the same request twice costs nothing (local or cached)."""


class Source(StrEnum):
    """Who wrote an entry of the catalogue."""

    BUILTIN = "builtin"
    DISCOVERED = "discovered"
    ADMIN = "admin"


@dataclass(frozen=True)
class ModelSpec:
    """One entry of the catalogue."""

    key: str
    """The id that is stored with jobs and images, for example `openai/gpt-5-image`."""
    provider: str
    remote_id: str
    name: str
    """The display name, for example "Nano Banana"."""
    capabilities: Capabilities
    description: str = ""
    typical_seconds: float | None = None
    """What it last took on this instance, else what is known of it; None when nothing is."""
    typical_cost: Decimal | None = None
    """US dollars an image, a caption or a second of a clip, known in the same way; None when
    unknown."""
    price_credits: int | None = None
    """What the instance charges a person for one result, or for a second of a clip, in credits;
    None when nobody said so and no cost is known that it could follow from.
    """
    prices: Mapping[str, str] = field(default_factory=dict)
    """US dollars by unit, for vendors that report usage and no cost (prices.py)."""
    options: Mapping[str, str] = field(default_factory=dict)
    """What only this model's adapter understands, for example the name of a field."""
    source: Source = Source.BUILTIN
    source_type: SourceType = SourceType.TRAINED
    retired_on: date | None = None
    replaced_by: str = ""
    hidden: bool = False
    """Kept out of the forms (test models)."""
    is_offered: bool = True
    """Whether an administrator lets people choose it."""

    def supports(self, kind: Kind) -> bool:
        """Whether the model does this kind of work."""
        return kind in self.capabilities.kinds


@dataclass(frozen=True)
class Connection:
    """Where a provider is reached, and on whose account.

    A key is only ever sent to the `base_url` beside it: docs/decisions.md, "Provider keys".
    """

    provider: str
    base_url: str
    """Without a slash at its end."""
    key: str = field(default="", repr=False)
    is_own: bool = False
    """True for a person's own key, False for the operator's."""
    options: Mapping[str, str] = field(default_factory=dict)
    """How the server at that address differs from others of its dialect."""


@dataclass(frozen=True)
class KeyStatus:
    """What a vendor says of a key that it accepts."""

    remaining: Decimal | None = None
    """US dollars that may still be spent; None when the vendor does not say."""


@dataclass(frozen=True)
class ImageInput:
    """A picture that is sent along with a request."""

    data: bytes
    media_type: str
    address: str = ""
    """Where the vendor can fetch the same bytes for a while without our key or a session; "" where
    this instance has no address that others reach."""


@dataclass(frozen=True)
class GenerationRequest:
    """One call to one model."""

    kind: Kind
    model: ModelSpec
    prompt: str
    request_id: str
    """The same for every attempt of a job; goes to vendors that deduplicate."""
    negative_prompt: str = ""
    seed: int = 0
    """Always chosen by us (0 .. 2**31-1) so that a repeat is reproducible."""
    width: int = 0
    height: int = 0
    aspect_ratio: str = "1:1"
    resolution: str = "1K"
    references: tuple[ImageInput, ...] = ()
    bases: int = 0
    """How many of the first `references` are pictures that the prompt tells how to change, as in
    a turn of a conversation; the others lend their look. 0 where the prompt describes a picture
    that is to be made."""
    seconds: int = 0
    """How long a clip lasts; 0 for anything else."""
    callback_url: str = ""
    """Where the vendor may say that a clip is ready; "" where it cannot reach us."""
    callback_secret: bytes = field(default=b"", repr=False)
    """What such a message has to be signed with, where that is for us to say; vendors have secrets
    of their own."""
    language: str = "en"
    """What the person reads, for example "pt-br". For reasons that we word ourselves."""


@dataclass(frozen=True)
class Artifact:
    """One picture or clip that came back, encoded."""

    data: bytes
    media_type: str


@dataclass(frozen=True)
class Cost:
    """What a call cost in US dollars, as far as is known."""

    amount: Decimal | None = None
    basis: Literal["reported", "estimated", "unknown"] = "unknown"
    usage: Mapping[str, Any] = field(default_factory=dict)
    """What the vendor counted (tokens, credits), in its own words; JSON."""


@dataclass(frozen=True)
class Done:
    """The answer to a request: text for a caption, artifacts for pictures."""

    text: str = ""
    artifacts: tuple[Artifact, ...] = ()
    cost: Cost = field(default_factory=Cost)
    remote_id: str = ""
    ignored: tuple[str, ...] = ()
    """Names of request fields that the vendor did not honour; shown, never dropped in silence."""
    served_by: str = ""
    """Which model or upstream provider answered, where the vendor says so."""


@dataclass(frozen=True)
class Pending:
    """A vendor accepted the work and has to be asked again after `poll_after` seconds."""

    remote_id: str
    poll_after: float
    state: Mapping[str, str] = field(default_factory=dict)
    """What `poll` needs besides the id. Stored between polls; JSON."""
