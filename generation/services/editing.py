"""From a person's message to a turn with its jobs."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Now

from gallery.models import (
    AuditEvent,
    EditConversation,
    EditTurn,
    GeneratedImage,
    ReferenceImage,
    TurnBase,
)
from gallery.models.conversations import TITLE_MAX_LENGTH
from gallery.services import quota
from generation import catalogue
from generation.models import GenerationJob
from generation.providers.types import Kind, ModelSpec
from generation.services import connections, job_references, jobs, keys, studio, turns
from generation.services import credits as credit_service
from generation.services.once import start_once
from generation.services.studio import MAX_SEED, NothingToRetryError, Retry
from pixelstream.accounts.models import User


class SourceGoneError(Exception):
    """A picture that was to be edited is in the trash, or was deleted for good."""


class ConversationGoneError(Exception):
    """The conversation went to the trash, or was deleted for good."""


@dataclass(frozen=True)
class EditWish:
    """What the form of a turn asks for, checked."""

    message: str
    models: Sequence[ModelSpec]
    bases: Sequence[GeneratedImage] = ()
    """The pictures to start from; empty for those that nobody chose (`default_bases`)."""
    references: Sequence[ReferenceImage] = ()


def start_conversation(
    *, owner: User, source: GeneratedImage, wish: EditWish, form_key: UUID | None = None
) -> EditConversation:
    """Begin to edit a picture: the conversation with its first turn, and return at once.

    The same `form_key` of the same person gives the conversation that its first call made. Raises
    SourceGoneError, ReferenceGoneError, NotEnoughCreditsError, and QuotaExceededError while the
    storage is full.
    """

    def start() -> EditConversation:
        _require_credits(owner, wish)
        quota.require_room(owner)
        with transaction.atomic():
            conversation = EditConversation.objects.create(
                owner=owner,
                source_image=source,
                title=_title(wish.message),
                aspect_ratio=source.aspect_ratio,
                resolution=source.resolution,
                form_key=form_key,
            )
            _add_turn(conversation, replace(wish, bases=wish.bases or [source]), None)
            return conversation

    return start_once(EditConversation.objects.owned_by(owner), form_key, start)


def send_turn(
    *, conversation: EditConversation, wish: EditWish, form_key: UUID | None = None
) -> EditTurn:
    """Send a message: the next turn with its jobs, and return at once.

    Two at the same moment make two turns, one after the other. The same `form_key` gives the turn
    that its first call made. Raises ConversationGoneError, SourceGoneError, ReferenceGoneError,
    NotEnoughCreditsError, and QuotaExceededError while the storage is full.
    """
    sent = conversation.turns.filter(form_key=form_key)
    if form_key is not None and (existing := sent.first()) is not None:
        return existing
    quota.require_room(conversation.owner)
    with transaction.atomic():
        locked = _lock_live(conversation.pk)
        if form_key is not None:
            existing = locked.turns.filter(form_key=form_key).first()
            if existing is not None:
                return existing
        _require_credits(conversation.owner, wish)
        bases = wish.bases or _default_bases(locked, wish)
        turn = _add_turn(locked, replace(wish, bases=bases), form_key)
        EditConversation.objects.filter(pk=locked.pk).update(updated_at=Now())
        turns.touch(turn)
        return turn


def retry_output(*, turn: EditTurn, slot: int) -> Retry:
    """Try a failed picture of a turn again with the same settings, as a new job.

    It is paid again. Raises NothingToRetryError, ReferenceGoneError, NotEnoughCreditsError, and
    QuotaExceededError while the person's storage is full.
    """
    quota.require_room(turn.conversation.owner)
    with transaction.atomic():
        try:
            locked = turns.lock(turn.pk)
        except EditTurn.DoesNotExist as error:
            raise NothingToRetryError from error
        if locked.conversation.deleted_at is not None:
            raise NothingToRetryError
        latest = locked.jobs.filter(slot=slot).order_by("-id").first()
        if latest is None or latest.status != GenerationJob.Status.FAILED:
            raise NothingToRetryError
        job = studio.copy(latest, keys.states(locked.conversation.owner), waits=False)
        jobs.ring_on_commit([job.pk])
        turns.refresh_turn(locked)
        credit_service.hold(locked.conversation.owner, [job])
    retired = catalogue.find(latest.model) if job.model != latest.model else None
    return Retry(job, retired)


def cancel_turn(*, turn: EditTurn, by: User) -> int:
    """Stop what is unfinished. What is ready stays. Returns how many jobs were stopped."""
    with transaction.atomic():
        try:
            locked = turns.lock(turn.pk)
        except EditTurn.DoesNotExist:
            return 0
        canceled = jobs.cancel_unfinished(locked)
        if canceled:
            turns.refresh_turn(locked)
            AuditEvent.objects.record("generation.cancel", actor=by, target=locked, jobs=canceled)
    return canceled


def default_bases(conversation: EditConversation) -> list[GeneratedImage]:
    """What the next turn starts from when nobody chose; empty when nothing is left.

    Of the last turn that still shows a picture those that are selected, or all when none is; else
    the source. Never more than each of the default models takes.
    """
    wish = EditWish("", default_models(conversation))
    return _default_bases(conversation, wish)


def default_models(conversation: EditConversation) -> list[ModelSpec]:
    """The models of the last turn that can still be used, else the catalogue's default."""
    own_keys = keys.states(conversation.owner)
    last = conversation.turns.order_by("-number").values("pk")[:1]
    asked = GenerationJob.objects.filter(turn=Subquery(last)).order_by("id")
    latest = dict(asked.values_list("slot", "model"))
    usable = {spec.key: spec for spec in catalogue.usable(Kind.EDIT, keys=own_keys)}
    wanted = dict.fromkeys(latest[slot] for slot in sorted(latest))
    return [usable[key] for key in wanted if key in usable] or _defaults(own_keys)


def default_models_for(image: GeneratedImage, owner: User) -> list[ModelSpec]:
    """The picture's own model where it can edit, else the catalogue's default."""
    own_keys = keys.states(owner)
    spec = catalogue.find(image.model)
    following = catalogue.successor(spec) if spec else None
    usable = {spec.key: spec for spec in catalogue.usable(Kind.EDIT, keys=own_keys)}
    if following is not None and following.key in usable:
        return [usable[following.key]]
    return _defaults(own_keys)


def usable_bases(images: Iterable[int], owner: User) -> QuerySet[GeneratedImage]:
    """Those of the pictures that this person may start from: their own, not in the trash, and no
    clips.
    """
    own = GeneratedImage.objects.live().filter(pk__in=list(images), owner=owner, clip_ms=None)
    return own.select_related("post", "object")


def _defaults(own_keys: catalogue.Keys) -> list[ModelSpec]:
    return catalogue.defaults(Kind.EDIT, own_keys)


def _default_bases(conversation: EditConversation, wish: EditWish) -> list[GeneratedImage]:
    """The default bases, as many as each of the wish's models takes beside its references."""
    shown = GeneratedImage.objects.live()
    last = (
        conversation.turns.filter(Exists(shown.filter(turn=OuterRef("pk"))))
        .order_by("-number")
        .values("pk")[:1]
    )
    related = shown.select_related("post", "object", "turn")
    given = list(related.filter(turn=Subquery(last)).order_by("turn_slot"))
    bases = [image for image in given if image.selected] or given
    if not bases:
        bases = list(related.filter(pk=conversation.source_image_id))
    places = min((spec.capabilities.max_references for spec in wish.models), default=len(bases))
    return bases[: max(1, places - len(wish.references))]


def _lock_live(conversation_id: int) -> EditConversation:
    """The conversation, locked. Raises ConversationGoneError when it is not there any more."""
    live = EditConversation.objects.filter(pk=conversation_id, deleted_at__isnull=True)
    locked = live.select_for_update(of=("self",)).select_related("owner").first()
    if locked is None:
        raise ConversationGoneError
    return locked


def _add_turn(conversation: EditConversation, wish: EditWish, form_key: UUID | None) -> EditTurn:
    """The next turn with its jobs. The conversation is locked, or nobody else knows it yet."""
    owner = conversation.owner
    bases = _held(wish.bases, owner)
    studio.hold(wish.references)
    last = conversation.turns.aggregate(last=Max("number"))["last"] or 0
    turn = EditTurn.objects.create(
        conversation=conversation, number=last + 1, message=wish.message, form_key=form_key
    )
    TurnBase.objects.bulk_create(
        TurnBase(turn=turn, position=position, image=image, post_id=image.post_id)
        for position, image in enumerate(bases)
    )
    turn.references.set(wish.references)
    own_keys, seed = keys.states(owner), secrets.randbelow(MAX_SEED + 1)
    made = GenerationJob.objects.bulk_create(
        GenerationJob(
            turn=turn,
            kind=Kind.EDIT,
            slot=slot,
            model=spec.key,
            uses_own_key=connections.on_own_key(spec, own_keys),
            price_credits=studio.price_of(spec, own_keys),
            params={
                **_params(turn, seed, _inputs(bases, spec)),
                **job_references.noted(wish.references),
            },
            run_after=Now(),
            rung_at=Now(),
        )
        for slot, spec in enumerate(wish.models)
    )
    uses = GenerationJob.references.through
    uses.objects.bulk_create(
        uses(generationjob_id=job.pk, referenceimage_id=reference.pk)
        for job in made
        for reference in wish.references
    )
    jobs.ring_on_commit([job.pk for job in made])
    credit_service.hold(owner, made)
    return turn


def _require_credits(owner: User, wish: EditWish) -> None:
    own_keys = keys.states(owner)
    credit_service.require(owner, [studio.price_of(spec, own_keys) for spec in wish.models])


def _held(wanted: Sequence[GeneratedImage], owner: User) -> list[GeneratedImage]:
    """The pictures as they are now, in their order. Raises SourceGoneError."""
    there = usable_bases((image.pk for image in wanted), owner).in_bulk()
    if not wanted or any(image.pk not in there for image in wanted):
        raise SourceGoneError
    return [there[pk] for pk in dict.fromkeys(image.pk for image in wanted)]


def _inputs(bases: Sequence[GeneratedImage], spec: ModelSpec) -> list[GeneratedImage]:
    """The bases as one model gets them: what it made itself comes first and is what it edits."""
    first = next((image for image in bases if _made_by(spec, image)), bases[0])
    return [first, *(image for image in bases if image != first)]


def _made_by(spec: ModelSpec, image: GeneratedImage) -> bool:
    made_by = catalogue.find(image.model)
    following = catalogue.successor(made_by) if made_by else None
    return spec.key in {image.model, following.key if following else ""}


def _params(turn: EditTurn, seed: int, inputs: Sequence[GeneratedImage]) -> dict[str, Any]:
    """Everything that repeats the request, and where its picture will belong."""
    parent = inputs[0].post
    return {
        "seed": seed,
        "prompt": turn.message,
        "negative_prompt": "",
        "aspect_ratio": inputs[0].aspect_ratio,
        "resolution": turn.conversation.resolution,
        "bases": [image.pk for image in inputs],
        "parent": parent.pk,
        "root": parent.root_id or parent.pk,
    }


def _title(message: str) -> str:
    """The first line of the message, cut between two words where it is too long."""
    line = message.strip().splitlines()[0].strip()
    if len(line) <= TITLE_MAX_LENGTH:
        return line
    cut = line[: TITLE_MAX_LENGTH - 1]
    return (cut.rpartition(" ")[0].rstrip() or cut) + "…"
