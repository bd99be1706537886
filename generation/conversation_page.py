"""What the page of a conversation shows: its turns, what they started from and what they gave.

However many turns and pictures there are, it is read in the same number of queries, and only the
last few turns are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max, Prefetch, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gallery.keyset import newest_first
from gallery.lineage import output_label, seen_by_owner
from gallery.models import (
    EditConversation,
    EditTurn,
    GeneratedImage,
    Post,
    ReferenceImage,
    TurnBase,
)
from generation import catalogue
from generation.models import GenerationJob
from generation.results import DELETED, IN_TRASH, Slot, SlotState, slot_of
from generation.services import editing, job_references

TURNS_SHOWN = 6
PRINTS_SHOWN = 60
LIVE_TURNS = 30

SOURCE = _("source")


@dataclass(frozen=True)
class Output:
    """What one model made of a turn, or makes, or could not make."""

    label: str
    """As people call it: 1a, 1b, 2a."""
    slot: Slot
    post: Post | None
    """The post that shows it, in the trash perhaps; None while there is none, and afterwards."""


@dataclass(frozen=True)
class Base:
    """A picture that a turn starts from."""

    label: str | Promise
    """That of an output of this conversation, or the word for its source; else empty."""
    image: GeneratedImage | None
    """None when it was deleted for good."""


@dataclass(frozen=True)
class TurnView:
    """A turn with everything that is shown of it."""

    turn: EditTurn
    bases: tuple[Base, ...]
    references: tuple[ReferenceImage, ...]
    references_gone: int
    """How many more there were that are deleted."""
    outputs: tuple[Output, ...]

    @property
    def number(self) -> int:
        """From 1."""
        return self.turn.number

    @property
    def message(self) -> str:
        """What was asked for."""
        return self.turn.message

    @property
    def is_unfinished(self) -> bool:
        """Whether something of it is still being made."""
        return self.turn.is_unfinished

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the models that were asked."""
        return tuple(dict.fromkeys(output.slot.model_name for output in self.outputs))


@dataclass(frozen=True)
class ConversationView:
    """A conversation's page."""

    conversation: EditConversation
    source: GeneratedImage | None
    """None when it was deleted for good; its post may be in the trash."""
    turns: tuple[TurnView, ...]
    """In their order; the last ones, or those below where the page begins."""
    earlier: int | None
    """Turns with a number below this one are not shown yet; None when there are none."""
    turn_count: int
    spent: Decimal | None
    """US dollars, as far as is known; None when nothing is."""
    since: int | None
    """The number of the first live turn: when the page was opened it was the first of those shown
    that was unfinished. None when there was none. The live part shows the turns from there on.
    """

    @property
    def is_unfinished(self) -> bool:
        """Whether something is still being made in one of the turns shown."""
        return any(turn.is_unfinished for turn in self.turns)

    @property
    def is_older(self) -> bool:
        """Whether the last turns are not among those shown: nothing arrives here."""
        return bool(self.turns) and self.turns[-1].number < self.turn_count

    @property
    def settled(self) -> tuple[TurnView, ...]:
        """The turns before the live ones: they change only when somebody changes them."""
        return tuple(turn for turn in self.turns if self.since is None or turn.number < self.since)

    @property
    def live(self) -> tuple[TurnView, ...]:
        """The turns from the first live one on."""
        return self.turns[len(self.settled) :]


@dataclass(frozen=True)
class Print:
    """A picture in the strip of all pictures of a conversation."""

    label: str | Promise
    image: GeneratedImage
    number: int | None
    """Of the turn that made it; None for the source."""
    is_current: bool
    """Whether the next turn starts from it unless somebody chooses another."""


@dataclass(frozen=True)
class Strip:
    """A page of the strip, the last turns last. Older pictures come `before` that id."""

    items: tuple[Print, ...]
    before: int | None = None


def conversation_view(
    conversation: EditConversation, *, before: int | None = None, size: int = TURNS_SHOWN
) -> ConversationView:
    """The last `size` turns of a conversation, or those below the number `before`: eight queries,
    however many there are.
    """
    rows = conversation.turns.order_by("-number")
    if before is not None:
        rows = rows.filter(number__lt=before)
    found = _with_references(rows[: size + 1])
    shown = found[:size]
    earlier = shown[-1].number if len(found) > size else None
    since = min((turn.number for turn in shown if turn.is_unfinished), default=None)
    return _view(conversation, shown[::-1], earlier=earlier, since=since)


def since_fragment(conversation: EditConversation, since: int) -> ConversationView:
    """The live part of a conversation: the turns from a number on, the last LIVE_TURNS of them."""
    rows = conversation.turns.filter(number__gte=since).order_by("-number")[:LIVE_TURNS]
    return _view(conversation, _with_references(rows)[::-1], earlier=None, since=since)


def these_turns(
    conversation: EditConversation, numbers: Collection[int], *, since: int | None
) -> ConversationView:
    """The turns with these numbers, and from `since` on the live ones, the last LIVE_TURNS."""
    wanted = Q(number__in=numbers)
    if since is not None:
        wanted |= Q(number__gte=since)
    rows = conversation.turns.filter(wanted).order_by("-number")[: len(numbers) + LIVE_TURNS]
    return _view(conversation, _with_references(rows)[::-1], earlier=None, since=since)


def strip(
    conversation: EditConversation,
    *,
    before: int | None = None,
    below: int | None = None,
    size: int = PRINTS_SHOWN,
) -> Strip:
    """The pictures of a conversation that are not in the trash, as `place_of` orders them: the last
    `size`, or those below the id `before`. With `below` only those of the turns with a lower
    number: the others are live.
    """
    shown = GeneratedImage.objects.live().select_related("object", "post", "turn")
    outputs = shown.filter(turn__conversation=conversation)
    if below is not None:
        outputs = outputs.filter(turn__number__lt=below)
    page = newest_first(outputs, size=size, before=before)
    images = page.items
    if page.before is None:
        images = [*shown.filter(pk=conversation.source_image_id), *images]
    current = {image.pk for image in editing.default_bases(conversation)}
    prints = (
        Print(
            label=label_of(image, conversation),
            image=image,
            number=number_of(image, conversation),
            is_current=image.pk in current,
        )
        for image in sorted(images, key=lambda image: place_of(image, conversation))
    )
    return Strip(tuple(prints), page.before)


def number_of(image: GeneratedImage, conversation: EditConversation) -> int | None:
    """Of the turn that made the picture in this conversation; None when that was elsewhere."""
    turn = image.turn
    return turn.number if turn is not None and turn.conversation_id == conversation.pk else None


def label_of(image: GeneratedImage, conversation: EditConversation) -> str | Promise:
    """What a picture is called: 1a, 2b, or the word for the source; empty if it is neither."""
    if image.pk == conversation.source_image_id:
        return SOURCE
    number = number_of(image, conversation)
    return "" if number is None else output_label(number, image.turn_slot or 0)


def place_of(image: GeneratedImage, conversation: EditConversation) -> tuple[int, int]:
    """Sorts pictures: the source first, then turn by turn the models in their order, whichever was
    faster.
    """
    return number_of(image, conversation) or 0, image.turn_slot or 0


def _with_references(turns: QuerySet[EditTurn]) -> list[EditTurn]:
    references = ReferenceImage.objects.select_related("object").order_by("id")
    return list(turns.prefetch_related(Prefetch("references", references)))


def _view(
    conversation: EditConversation,
    turns: list[EditTurn],
    *,
    earlier: int | None,
    since: int | None,
) -> ConversationView:
    """The view of these turns, read in six queries."""
    last = conversation.turns.aggregate(last=Max("number"))["last"]
    jobs = GenerationJob.objects.filter(turn__conversation=conversation).order_by()
    bases = _bases(conversation, turns)
    latest = _latest_jobs(turns)
    outputs = _outputs(turns, latest)
    return ConversationView(
        conversation=conversation,
        source=bases.source,
        turns=tuple(
            TurnView(
                turn,
                bases.of_turn[turn.pk],
                tuple(turn.references.all()),
                _references_gone(turn, latest[turn.pk].values()),
                outputs[turn.pk],
            )
            for turn in turns
        ),
        earlier=earlier,
        turn_count=last or 0,
        spent=jobs.aggregate(spent=Sum("cost"))["spent"],
        since=since,
    )


@dataclass(frozen=True)
class _Bases:
    source: GeneratedImage | None
    of_turn: dict[int, tuple[Base, ...]]


def _bases(conversation: EditConversation, turns: Iterable[EditTurn]) -> _Bases:
    rows: dict[int, list[int]] = defaultdict(list)
    chosen = TurnBase.objects.filter(turn__in=turns).order_by("turn", "position")
    for turn_id, image_id in chosen.values_list("turn_id", "image_id"):
        rows[turn_id].append(image_id)
    wanted = {conversation.source_image_id, *(pk for ids in rows.values() for pk in ids)}
    images = GeneratedImage.objects.select_related("object", "post", "turn").in_bulk(wanted)
    for image in images.values():
        seen_by_owner(image, image.post)

    def base(pk: int) -> Base:
        image = images.get(pk)
        is_source = pk == conversation.source_image_id
        label = label_of(image, conversation) if image else (SOURCE if is_source else "")
        return Base(label, image)

    of_turn = {turn.pk: tuple(base(pk) for pk in rows[turn.pk]) for turn in turns}
    return _Bases(images.get(conversation.source_image_id), of_turn)


def _latest_jobs(turns: Iterable[EditTurn]) -> dict[int, dict[int, GenerationJob]]:
    """Those of each turn, by their slots."""
    latest: dict[int, dict[int, GenerationJob]] = defaultdict(dict)
    for job in GenerationJob.objects.filter(turn__in=turns).order_by("id"):
        latest[job.turn_id or 0][job.slot] = job
    return latest


def _references_gone(turn: EditTurn, jobs: Iterable[GenerationJob]) -> int:
    asked = max((job_references.asked_for(job.params) for job in jobs), default=0)
    return max(0, asked - len(turn.references.all()))


def _outputs(
    turns: Iterable[EditTurn], latest: dict[int, dict[int, GenerationJob]]
) -> dict[int, tuple[Output, ...]]:
    made: dict[int, dict[int, GeneratedImage]] = defaultdict(dict)
    images = GeneratedImage.objects.filter(turn__in=turns).order_by()
    for image in images.select_related("object", "post"):
        seen_by_owner(image, image.post)
        made[image.turn_id or 0][image.turn_slot or 0] = image
    return {
        turn.pk: tuple(
            _output(turn, slot, latest[turn.pk].get(slot), made[turn.pk].get(slot))
            for slot in sorted({*latest[turn.pk], *made[turn.pk]})
        )
        for turn in turns
    }


def _output(
    turn: EditTurn, position: int, job: GenerationJob | None, image: GeneratedImage | None
) -> Output:
    label = output_label(turn.number, position)
    post = image.post if image else None
    if image is not None and post is not None and post.deleted_at is not None:
        slot = Slot(position, SlotState.GONE, image.model_name, image=image, reason=IN_TRASH)
    elif image is None and job is not None and job.status == GenerationJob.Status.COMPLETED:
        name = catalogue.display_name(job.model)
        slot = Slot(position, SlotState.GONE, name, reason=DELETED)
    else:
        slot = slot_of(position, job, image, references=len(turn.references.all()))
    return Output(label, slot, post)
