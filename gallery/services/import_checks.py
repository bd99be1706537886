"""Everything in an archive that could not be a row here, before the first row is made.

A text that is no resolution here is no reason to refuse: `row_of` replaces it, and the tally says
so. Models are not checked: what is not in the catalogue is shown by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from gallery.models import (
    ChatMessage,
    EditConversation,
    EditTurn,
    GeneratedImage,
    Project,
    ReferenceImage,
)
from gallery.services import import_conversations, import_posts, import_references
from gallery.services.import_files import BrokenArchiveError, ExportArchive
from gallery.services.import_records import (
    RATIO,
    list_of,
    moment,
    require_id,
    require_text,
    row_of,
)

MOST_PICTURES = 50
"""Of one post."""

MOST_TURNS = 10_000
"""Of one conversation."""

MOST_NAMED = 50
"""Pictures or references that one turn names."""

LARGEST_SEED = 2**31 - 1
LARGEST_PLACE = 2**15 - 1
LARGEST_NUMBER = 1_000_000
"""Of a turn: the turns that follow it still fit into the column."""

Record = Mapping[str, Any]


def check_records(archive: ExportArchive) -> None:
    """Raise BrokenArchiveError for the first record that could be none here. Writes nothing."""
    account, references, posts = archive.texts()
    _check_each(archive, "account", [account], _check_account)
    _check_each(archive, "reference", references, _check_reference)
    _check_each(archive, "post", posts, _check_post)
    _check_each(archive, "conversation", archive.conversations(), _check_conversation)


def _check_each(
    archive: ExportArchive, what: str, records: Iterable[Record], check: Callable[[Record], None]
) -> None:
    for number, record in enumerate(records, start=1):
        where = f"{archive.path.name}: {what} number {number}"
        try:
            check(record)
        except ValidationError as error:
            fields = error.message_dict.items()
            why = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in fields)
            raise BrokenArchiveError(f"{where}: {why[:500]}") from error
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise BrokenArchiveError(f"{where} is broken: {error}") from error


def _check_account(record: Record) -> None:
    for project in list_of(record.get("projects", [])):
        require_id(project["id"])
        row_of(Project, project, import_posts.PROJECT_FIELDS)
        moment(project, "created_at")


def _check_reference(record: Record) -> None:
    require_id(record["id"])
    require_text(record["file"])
    row_of(ReferenceImage, record, import_references.FIELDS)
    moment(record, "created_at")


def _check_post(record: Record) -> None:
    require_id(record["id"])
    if record["project_id"] is not None:
        require_id(record["project_id"])
    if record["parent_id"] is not None:
        # Below zero where it was imported without its parent (`import_lineage`).
        require_id(abs(record["parent_id"]))
    post = import_posts.post_of(record)
    _require_ratio(post.aspect_ratio)
    _require_seed(post.seed)
    _check_times(record)
    images = list_of(record["images"])
    if len(images) > MOST_PICTURES:
        raise ValueError(f"{len(images)} pictures of one post")
    _require_different(image["position"] for image in images)
    for image_record in images:
        _check_image(image_record)
    for message_record in list_of(record["messages"]):
        _check_message(message_record)


def _check_image(record: Record) -> None:
    require_text(record["file"])
    image = row_of(GeneratedImage, record, import_posts.IMAGE_FIELDS)
    _require_ratio(image.aspect_ratio)
    if image.seed is not None:
        _require_seed(image.seed)
    _require_texts(image.params.get("ignored", []))
    moment(record, "created_at")


def _check_message(record: Record) -> None:
    message = row_of(ChatMessage, record, import_posts.MESSAGE_FIELDS)
    _require_texts(message.snapshot.get("models", []))
    moment(record, "created_at")
    for pk in list_of(record["attachments"]):
        require_id(pk)


def _check_conversation(record: Record) -> None:
    require_id(record["id"])
    conversation = row_of(EditConversation, record, import_conversations.FIELDS)
    _require_ratio(conversation.aspect_ratio)
    if not conversation.title.split():
        raise ValueError("a conversation without a title")
    _check_times(record)
    if record["source"] is not None:
        _check_place(record["source"])
    turns = list_of(record["turns"])
    if len(turns) > MOST_TURNS:
        raise ValueError(f"{len(turns)} turns of one conversation")
    rows = [row_of(EditTurn, turn, import_conversations.TURN_FIELDS) for turn in turns]
    _require_different(row.number for row in rows)
    for turn in turns:
        _check_turn(turn)


def _check_turn(record: Record) -> None:
    moment(record, "created_at")
    references, bases = list_of(record["references"]), list_of(record["bases"])
    outputs = list_of(record["outputs"])
    if not 1 <= record["number"] <= LARGEST_NUMBER:
        raise ValueError("a turn has no number")
    if max(map(len, (references, bases, outputs))) > MOST_NAMED:
        raise ValueError("a turn names too much")
    for pk in references:
        require_id(pk)
    _require_different(base["position"] for base in bases)
    _require_different(output["slot"] for output in outputs)
    for base in bases:
        _require_place(base["position"])
        if base["place"] is not None:
            _check_place(base)
    for output in outputs:
        _require_place(output["slot"])
        _check_place(output)


def _check_times(record: Record) -> None:
    for name in ("created_at", "updated_at"):
        moment(record, name)
    if record["deleted_at"] is not None:
        moment(record, "deleted_at")


def _check_place(record: Record) -> None:
    require_id(record["post_id"])
    _require_place(record["place"])


def _require_place(value: Any) -> None:
    if not (type(value) is int and 0 <= value <= LARGEST_PLACE):
        raise ValueError("a place is broken")


def _require_ratio(text: str) -> None:
    if not RATIO.fullmatch(text):
        raise ValueError(f"{text!r} is no aspect ratio")


def _require_seed(seed: int) -> None:
    """-1 is one that was left to chance."""
    if not -1 <= seed <= LARGEST_SEED:
        raise ValueError(f"{seed} is no seed")


def _require_texts(values: Any) -> None:
    for value in list_of(values):
        require_text(value)


def _require_different(values: Iterable[Any]) -> None:
    found = list(values)
    if len(set(found)) < len(found):
        raise ValueError("two in one place")
