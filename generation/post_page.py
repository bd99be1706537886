"""What the page of a post shows beside its results: who asked what, its settings, its cover, and
the posts and conversations that it belongs with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from gallery.models import ChatMessage, GeneratedImage, Post, Project, ReferenceImage
from gallery.post_forms import CaptionForm
from gallery.relatives import Relatives, relatives_of
from generation import catalogue
from generation.results import Results, Slot, reason_of
from generation.services import job_references


@dataclass(frozen=True)
class Variant:
    """A slot as the page numbers it."""

    slot: Slot
    number: int
    """Which picture of the post it is, from 1; 0 when there is no picture (yet)."""
    is_cover: bool
    """Whether it stands for the post."""


@dataclass(frozen=True)
class Entry:
    """One line of the history: what was asked, or what came back."""

    is_question: bool
    text: str
    at: datetime
    models: tuple[str, ...] = ()
    """Names of the models that were asked."""
    references: tuple[ReferenceImage, ...] = ()
    references_gone: int = 0
    """How many more there were that are deleted."""
    reason: Promise | str = ""
    """Why nothing came, when nothing came."""
    seconds: float | None = None
    """How long the answer took."""


@dataclass(frozen=True)
class Details:
    """Everything that the post's page shows and the studio does not."""

    variants: tuple[Variant, ...]
    history: tuple[Entry, ...]
    models: tuple[str, ...]
    """Names of the models whose pictures were asked for."""
    caption_model: str
    is_caption_edited: bool
    """Whether the caption is another than the one that the model wrote."""
    projects: tuple[Project, ...]
    """Where the post can be moved to."""
    caption_form: CaptionForm
    relatives: Relatives

    @property
    def cover(self) -> GeneratedImage | None:
        """The picture that stands for the post."""
        return next((variant.slot.image for variant in self.variants if variant.is_cover), None)

    @property
    def has_choice(self) -> bool:
        """Whether there is more than one picture to choose the cover from."""
        return sum(variant.number > 0 for variant in self.variants) > 1

    @property
    def is_history_long(self) -> bool:
        """Whether the history says more than the one prompt and that it was answered."""
        return len(self.history) > 2 or any(
            entry.reason or entry.references or entry.references_gone for entry in self.history
        )


def details_of(results: Results) -> Details:
    """The details of a post, in at most eleven queries: messages with their references, projects,
    what it was made from and what was made from it (two each), conversations (four).
    """
    post = results.post
    messages = list(post.messages.prefetch_related("attachments"))
    projects = Project.objects.filter(owner_id=post.owner_id).order_by("name", "id")
    return Details(
        variants=_variants(results),
        history=tuple(_entry(message, is_clip=results.is_clip) for message in messages),
        models=tuple(dict.fromkeys(slot.model_name for slot in results.slots)),
        caption_model=catalogue.display_name(post.caption_model),
        is_caption_edited=_is_caption_edited(post, messages),
        projects=tuple(projects),
        caption_form=CaptionForm.of(post),
        relatives=relatives_of(post, [slot.image for slot in results.slots if slot.image]),
    )


def _variants(results: Results) -> tuple[Variant, ...]:
    """The slots with their numbers. A picture that was chosen as the cover comes first."""
    pictures = [slot.position for slot in results.slots if slot.image is not None]
    chosen = results.post.cover_position
    cover = chosen if chosen in pictures else next(iter(pictures), None)
    numbers = {position: number for number, position in enumerate(pictures, start=1)}
    variants = (
        Variant(slot, numbers.get(slot.position, 0), slot.position == cover)
        for slot in results.slots
    )
    # Only a choice moves pictures: the first to arrive must not push the others away.
    return tuple(sorted(variants, key=lambda variant: variant.slot.position != chosen))


def _entry(message: ChatMessage, *, is_clip: bool) -> Entry:
    snapshot = message.snapshot
    references = tuple(message.attachments.all())
    return Entry(
        is_question=message.role == ChatMessage.Role.USER,
        text=message.text,
        at=message.created_at,
        models=tuple(catalogue.display_name(key) for key in snapshot.get("models", ())),
        references=references,
        references_gone=max(0, job_references.asked_for(snapshot) - len(references)),
        reason=reason_of(message.error, is_clip=is_clip) if message.error else "",
        seconds=None if message.duration_ms is None else message.duration_ms / 1000,
    )


def _is_caption_edited(post: Post, messages: list[ChatMessage]) -> bool:
    written = [m.text for m in messages if m.role == ChatMessage.Role.ASSISTANT and m.text]
    return bool(post.caption_model) and bool(written) and post.caption not in written
