"""Conversations as they are listed: on their page, and beside the pictures they are about."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.safestring import SafeString

from gallery.batch_forms import IdsField
from gallery.forms import MAX_ID, SearchField
from gallery.keyset import Moment, before_moment, moment_from
from gallery.lineage import output_label, seen_by_owner
from gallery.models import EditConversation, EditTurn, GeneratedImage
from gallery.models.conversations import EditConversationQuerySet
from gallery.search import highlight
from gallery.search.folding import fold
from gallery.search.query import MAX_WORD, MAX_WORDS, Query, Term
from pixelstream.accounts.models import User

PAGE_SIZE = 30
COUNTED = 500
"""Conversations are counted up to here; beyond it the page says "500+"."""
READ = 20_000
"""Titles that one request looks through. In a list that is longer the search goes on from there
on the next page."""
MAX_SHOWN = 60
"""Conversations that one question for news may be about; a list that shows more asks several."""
ON_SHELF = 5
"""Conversations beside a picture; of more there is a list of their own."""
SHELVED = 100
"""Conversations about the pictures of one post are counted up to here."""


class ConversationsQuery(forms.Form):
    """What an address of the list asks for. A parameter that makes no sense is left out."""

    q = SearchField(required=False)
    post = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    before = forms.CharField(required=False, max_length=40)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.full_clean()

    def wishes(self) -> Wishes:
        """The words and the post that are asked for."""
        values = self.cleaned_data
        return Wishes(values.get("q") or "", values.get("post"))

    def cursor(self) -> Moment | None:
        """The cursor; None for a first page and for anything that is none."""
        return moment_from(self.cleaned_data.get("before") or "")


class ConversationsNewsQuery(ConversationsQuery):
    """And which conversations the list shows."""

    shown = IdsField(required=False)

    def ids(self) -> list[int]:
        """Their ids."""
        ids: list[int] = self.cleaned_data.get("shown") or []
        return ids[:MAX_SHOWN]


@dataclass(frozen=True)
class Wishes:
    """Which conversations are asked for."""

    q: str = ""
    post_id: int | None = None
    """Only those that began with a picture of this post."""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What is typed, word by word, without accents and case."""
        words = re.findall(r"[^\W_]+", fold(unicodedata.normalize("NFC", self.q)))
        return tuple(word[:MAX_WORD] for word in words[:MAX_WORDS])

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return bool(self.q or self.post_id)

    def query_string(self, *, before: Moment | None = None) -> str:
        """As the end of an address, `?q=…`, empty when nothing is asked for; with a moment, that of
        the page that begins there.
        """
        parameters = {"q": self.q, "post": self.post_id, "before": before}
        chosen = urlencode({name: value for name, value in parameters.items() if value})
        return f"?{chosen}" if chosen else ""

    @cached_property
    def query(self) -> Query:
        """The words as the search of the gallery knows them."""
        return Query(tuple(Term((word,), is_prefix=True) for word in self.words))

    @cached_property
    def _beginnings(self) -> list[re.Pattern[str]]:
        return [re.compile(rf"(?<![^\W_]){re.escape(word)}") for word in self.words]

    def match(self, title: str) -> bool:
        """Whether each of the words begins a word of the title."""
        if not title.isascii():
            title = unicodedata.normalize("NFC", title)
        folded = fold(title)
        return bool(self.words) and all(begin.search(folded) for begin in self._beginnings)


@dataclass(frozen=True)
class Row:
    """A conversation with what is shown of it."""

    conversation: EditConversation
    title: str | SafeString
    """With the words that were looked for in `<mark>`."""
    turn_count: int
    is_unfinished: bool
    source: GeneratedImage | None
    """None when it was deleted for good."""
    latest: GeneratedImage | None
    """The newest picture that it gave and that is there; else its source."""

    @property
    def has_output(self) -> bool:
        """Whether it gave a picture that is there."""
        return self.latest is not None and self.latest is not self.source

    @property
    def mark(self) -> tuple[object, ...]:
        """Differs when a page has to show something else."""
        pictures = tuple(
            (image.pk, image.post.deleted_at) for image in (self.source, self.latest) if image
        )
        return self.conversation.pk, self.conversation.revision, self.title, pictures


@dataclass(frozen=True)
class ConversationPage:
    """A page of the list. The next one begins after `next`; None at the end."""

    rows: list[Row]
    next: Moment | None


@dataclass(frozen=True)
class Card:
    """A conversation beside a picture."""

    row: Row
    image_id: int
    """The picture beside which it stands."""
    label: str
    """What this picture is called in it; empty when the conversation began with the picture."""

    @property
    def is_created_here(self) -> bool:
        """Whether it began with the picture."""
        return not self.label


@dataclass(frozen=True)
class Shelf:
    """The conversations of some pictures: which made them, then which began with them."""

    cards: tuple[Card, ...]
    count: int
    """Up to SHELVED."""

    @property
    def has_more(self) -> bool:
        """Whether there are more than the cards."""
        return self.count > len(self.cards)

    @property
    def shown_count(self) -> str:
        """How many, as it is written."""
        return str(self.count) if self.count < SHELVED else f"{SHELVED - 1}+"

    @property
    def mark(self) -> str:
        """Differs when a page has to show something else."""
        return f"{[card.row.mark for card in self.cards]}{self.count}"


def page_of(
    user: User, wishes: Wishes, *, before: Moment | None = None, size: int | None = None
) -> ConversationPage:
    """So many conversations after the cursor, the latest activity first.

    In two queries, three when words are looked for: then the titles are read and compared here.
    Neither database folds accents by itself, and 10,000 titles take 50 ms.
    """
    size = size or PAGE_SIZE
    rows = _asked_for(user, wishes)
    if before:
        rows = rows.filter(before_moment("updated_at", before))
    ordered = rows.order_by("-updated_at", "-pk")
    if not wishes.q:
        found = list(_with_figures(ordered)[: size + 1])
        shown = found[:size]
        following = _moment(shown[-1]) if len(found) > size else None
        return ConversationPage(_rows(shown, wishes), following)
    ids, last = _looked_for(ordered, wishes, size)
    wanted = {*ids, *([last] if last else [])}
    kept = {row.pk: row for row in _with_figures(rows.filter(pk__in=wanted))} if wanted else {}
    following = _moment(kept[last]) if last in kept else None
    return ConversationPage(_rows([kept[pk] for pk in ids if pk in kept], wishes), following)


def these(user: User, ids: Collection[int], wishes: Wishes) -> list[Row]:
    """Those of these conversations that the person can open, as a list shows them. In two queries,
    one when there are none.
    """
    return _rows(
        _with_figures(EditConversation.objects.visible_to(user).filter(pk__in=ids)), wishes
    )


def count_up_to(user: User, wishes: Wishes, limit: int) -> int:
    """How many conversations there are, `limit` when there are that many or more. Of a search
    nobody knows without looking through all of them.
    """
    return _asked_for(user, wishes).order_by("-updated_at", "-pk").values("pk")[:limit].count()


def shelves_of(images: Sequence[GeneratedImage]) -> dict[int, Shelf]:
    """The shelf of each of these pictures of one post, by its id: in one query without any, else in
    two, of edited pictures in four.
    """
    cards = list(_cards(images))
    return {image.pk: _shelf([c for c in cards if c.image_id == image.pk]) for image in images}


def shelf_of(images: Sequence[GeneratedImage]) -> Shelf:
    """One shelf for all pictures of a post, as `shelves_of`."""
    return _shelf(list(_cards(images)))


def _asked_for(user: User, wishes: Wishes) -> EditConversationQuerySet:
    rows = EditConversation.objects.visible_to(user)
    return rows.filter(source_image__post=wishes.post_id) if wishes.post_id else rows


def _looked_for(
    ordered: QuerySet[EditConversation], wishes: Wishes, size: int
) -> tuple[list[int], int | None]:
    """The ids of the next page of what matches, and of the one after which the page after it
    begins; None at the end.

    The walk ends after READ titles, with or without a match: the next page goes on from there.
    """
    titles = list(ordered.values_list("pk", "title")[: READ + 1])
    matching = (pk for pk, title in titles[:READ] if wishes.match(title))
    ids = list(itertools.islice(matching, size + 1))
    if len(ids) > size:
        return ids[:size], ids[size - 1]
    return ids, titles[READ - 1][0] if len(titles) > READ else None


def _with_figures(rows: QuerySet[EditConversation]) -> QuerySet[EditConversation]:
    """With what a row says: each of them is one look into an index."""
    turns = EditTurn.objects.filter(conversation=OuterRef("pk"))
    making = turns.filter(status=EditTurn.Status.GENERATING)
    made = GeneratedImage.objects.live().filter(turn__conversation=OuterRef("pk"))
    return rows.annotate(
        turn_count=Subquery(turns.order_by("-number").values("number")[:1]),
        # Not Exists(): PostgreSQL would rather read the turns of everybody once.
        unfinished_id=Subquery(making.order_by().values("pk")[:1]),
        latest_id=Subquery(made.order_by("-turn__number", "-pk").values("pk")[:1]),
    )


def _rows(conversations: Iterable[EditConversation], wishes: Wishes | None = None) -> list[Row]:
    """Rows of conversations that have their figures; one query for all of their pictures."""
    found = [(each, vars(each)) for each in conversations]
    wanted = {figures["latest_id"] for _each, figures in found}
    wanted |= {each.source_image_id for each, _figures in found}
    rows = GeneratedImage.objects.filter(pk__in=wanted - {None})
    images = {image.pk: image for image in rows.select_related("object", "post")} if found else {}
    for image in images.values():
        seen_by_owner(image, image.post)
    return [
        Row(
            each,
            highlight(each.title, wishes.query) if wishes and wishes.q else each.title,
            figures["turn_count"] or 0,
            figures["unfinished_id"] is not None,
            source := images.get(each.source_image_id),
            images.get(figures["latest_id"], source),
        )
        for each, figures in found
    ]


def _cards(images: Sequence[GeneratedImage]) -> Iterator[Card]:
    """Cards for these pictures of one person, those that made them first."""
    if not images:
        return
    of_owner = EditConversation.objects.filter(owner=images[0].owner_id, deleted_at__isnull=True)
    outputs = {image.turn_id: image for image in images if image.turn_id is not None}
    turns = list(EditTurn.objects.filter(pk__in=outputs)) if outputs else []
    made_by = {turn.conversation_id: turn for turn in turns}
    makers = list(_with_figures(of_owner.filter(pk__in=made_by))) if made_by else []
    begun = of_owner.filter(source_image__in=[image.pk for image in images])
    latest_first = _with_figures(begun.order_by("-updated_at", "-pk"))[:SHELVED]
    for at, row in enumerate(_rows([*makers, *latest_first])):
        if at < len(makers):
            turn = made_by[row.conversation.pk]
            image = outputs[turn.pk]
            yield Card(row, image.pk, output_label(turn.number, image.turn_slot or 0))
        else:
            yield Card(row, row.conversation.source_image_id, "")


def _shelf(cards: Sequence[Card]) -> Shelf:
    return Shelf(tuple(cards[:ON_SHELF]), len(cards))


def _moment(conversation: EditConversation) -> Moment:
    return Moment(conversation.updated_at, conversation.pk)
