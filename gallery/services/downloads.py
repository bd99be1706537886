"""Pictures as files to keep: their names, what they say about themselves, archives, counting.

A download reads. What it counts goes to the broker and from there, by a task, to the database; a
broker that is away costs the count and nothing else.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache, partial

import redis
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from gallery import archive
from gallery.archive import Archive, Member, MemberMissingError
from gallery.imaging import marking
from gallery.imaging.formats import EXTENSIONS, ImageRefused
from gallery.models import GeneratedImage, Post, StoredObject
from gallery.models.posts import PostQuerySet
from gallery.services import objects
from pixelstream.accounts.models import User

logger = logging.getLogger(__name__)

MAX_POSTS = 500
MAX_BYTES = 2 * 1024**3
"""Of the pictures of one archive."""

MAX_STREAMS_PER_PERSON = 2

SLUG_BYTES = 120  # with date, model and number a name stays below the 255 bytes of file systems
MODEL_BYTES = 60
MARK_ROOM = 4096
"""Bytes that a mark and what holds it may add to a file."""

COUNTS = "pixelstream:downloads"
TAKEN = f"{COUNTS}:taken:"
BATCH = 500

#: Settings that mean something only here: ids of what a picture was made from.
NAMES_OF_ROWS = frozenset({"bases", "parent", "root", "first", "last"})

#: For a stored picture without a mark, which should not be: it never leaves without one.
UNKNOWN_SOURCE = "trainedAlgorithmicMedia"


class Metadata(StrEnum):
    """What a downloaded file says about itself beside the AI mark, which it always carries."""

    FULL = "full"
    NONE = "none"


class PictureGoneError(Exception):
    """The row is there, the bytes are not."""


class NothingToDownloadError(Exception):
    """None of the posts has a picture."""


class TooLargeError(Exception):
    """More than one archive may hold."""


class TooManyStreamsError(Exception):
    """This person, or everybody together, has as many archives under way as there may be."""


# --- one picture -----------------------------------------------------------------------------


def pictures_of(post: Post) -> models.QuerySet[GeneratedImage]:
    """The post's pictures in their order, with their objects."""
    return post.images.select_related("object", "post").order_by("position")


def file_name(image: GeneratedImage) -> str:
    """`2026-03-01_last-light_lumen.jpg`: safe on every system, whatever the caption says."""
    made = image.created_at.date().isoformat()
    model = archive.slug(image.model_name, limit=MODEL_BYTES) or "model"
    return f"{made}_{_caption_slug(image.post)}_{model}.{_extension(image.object)}"


def public_file_name(image: GeneratedImage) -> str:
    """`file_name` for others, who are told no id."""
    if archive.slug(_caption_line(image.post), limit=SLUG_BYTES):
        return file_name(image)
    made = image.created_at.date().isoformat()
    return f"{made}_picture-{image.position + 1}.{_extension(image.object)}"


def archive_name(post: Post) -> str:
    """The name of an archive of one post's pictures."""
    return f"{post.created_at.date().isoformat()}_{_caption_slug(post)}.zip"


def picture_file(image: GeneratedImage, metadata: Metadata) -> bytes:
    """The original with its AI mark, and with how it was made if that is wanted.

    Only metadata is written anew, no pixel is. Raises PictureGoneError, and OSError when the
    storage does not answer.
    """
    data = _stored_bytes(image.object)
    media_type = image.object.content_type
    try:
        if metadata is Metadata.FULL:
            making = _making(image)
            return marking.with_making_told(data, media_type, UNKNOWN_SOURCE, making)
        return marking.only_marked(data, media_type, UNKNOWN_SOURCE)
    except ImageRefused as error:
        raise PictureGoneError(f"{image.object.key}: {error}") from error


def _stored_bytes(obj: StoredObject) -> bytes:
    if obj.state != StoredObject.State.LIVE:
        raise PictureGoneError(obj.key)
    try:
        with objects.storage_of(obj).open(obj.key) as stored:
            data: bytes = stored.read()
    except (FileNotFoundError, ValueError, SuspiciousOperation) as error:
        logger.warning("The picture %s cannot be read: %s", obj.key, error)
        raise PictureGoneError(obj.key) from error
    return data


def _making(image: GeneratedImage) -> marking.Making:
    told = {"prompt", "negative_prompt", "seed"}
    others = {
        name: value for name, value in image.params.items() if name not in told | NAMES_OF_ROWS
    }
    return marking.Making(
        prompt=image.prompt,
        negative_prompt=image.negative_prompt,
        model=f"{image.model_name} ({image.model})",
        seed=image.seed,
        settings="; ".join(f"{name}: {value}" for name, value in sorted(others.items()) if value),
    )


def _caption_slug(post: Post) -> str:
    # Not the prompt: a person may have chosen that the file does not tell it.
    return archive.slug(_caption_line(post), limit=SLUG_BYTES) or f"post-{post.pk}"


def _caption_line(post: Post) -> str:
    return post.caption.strip().partition("\n")[0]


def _extension(obj: StoredObject) -> str:
    return EXTENSIONS.get(obj.content_type, "bin")


# --- many pictures ---------------------------------------------------------------------------


def archive_of(*, user: User, posts: PostQuerySet, metadata: Metadata) -> Archive:
    """An archive of all pictures of these posts, which are at most MAX_POSTS of this person's.

    Whether the person may have a picture is asked again when its turn comes.
    Raises NothingToDownloadError and TooLargeError.
    """
    ids = list(posts.visible_to(user).order_by("-pk").values_list("pk", flat=True)[: MAX_POSTS + 1])
    if len(ids) > MAX_POSTS:
        raise TooLargeError
    images = (
        GeneratedImage.objects.filter(post__in=ids)
        .select_related("object", "post")
        .order_by("-post_id", "position")
        .only(*_planned_fields(metadata))
    )
    # One by one: only what a member needs is kept of each.
    plan = [
        (image.pk, file_name(image), _size_at_most(image, metadata), image.created_at)
        for image in images.iterator(chunk_size=BATCH)
    ]
    if not plan:
        raise NothingToDownloadError
    if sum(size for _pk, _name, size, _made in plan) > MAX_BYTES:
        raise TooLargeError
    names = archive.numbered([name for _pk, name, _size, _made in plan])
    counted: set[int] = set()
    members = [
        _member(user, pk, name, size, made, metadata, counted)
        for (pk, _name, size, made), name in zip(plan, names, strict=True)
    ]
    return Archive(members)


def _planned_fields(metadata: Metadata) -> tuple[str, ...]:
    always = (
        *("created_at", "model_name", "post__caption", "post__created_at"),
        *("object__size", "object__content_type", "object__key"),
    )
    if metadata is Metadata.NONE:
        return always
    return (*always, "prompt", "negative_prompt", "seed", "params", "model")


def _size_at_most(image: GeneratedImage, metadata: Metadata) -> int:
    told = len(_making(image).as_xmp()) if metadata is Metadata.FULL else 0
    return image.object.size + MARK_ROOM + told


def _member(
    user: User,
    pk: int,
    name: str,
    size: int,
    made: datetime,
    metadata: Metadata,
    counted: set[int],
) -> Member:
    return Member(name, size, made, partial(_read_member, user.pk, pk, metadata, counted))


def _read_member(user_id: int, pk: int, metadata: Metadata, counted: set[int]) -> bytes:
    """The file, if the person still may have it. Counts each post once.

    A storage that fails ends the whole archive: it must not pass for one that lacks a picture.
    """
    image = (
        GeneratedImage.objects.filter(
            pk=pk, post__owner=user_id, post__deleted_at=None, post__owner__is_active=True
        )
        .select_related("object", "post")
        .first()
    )
    if image is None:
        raise MemberMissingError(_("it is no longer in your gallery"))
    try:
        data = picture_file(image, metadata)
    except PictureGoneError as error:
        raise MemberMissingError(_("the file is no longer there")) from error
    if image.post_id not in counted:
        counted.add(image.post_id)
        count_download(image.post_id)
    return data


class Streams:
    """How many archives are under way in this process.

    An archive holds one of the threads that pages are made in for as long as the browser takes to
    load it, so a person may have two at once, and all together half of the threads.
    """

    def __init__(self, *, in_all: int) -> None:
        self.in_all = max(1, in_all)
        self._lock = threading.Lock()
        self._running: Counter[int] = Counter()

    def begin(self, user_id: int) -> None:
        """Take a place. Raises TooManyStreamsError."""
        with self._lock:
            is_full = self._running.total() >= self.in_all
            if is_full or self._running[user_id] >= MAX_STREAMS_PER_PERSON:
                raise TooManyStreamsError
            self._running[user_id] += 1

    def end(self, user_id: int) -> None:
        """Give the place back."""
        with self._lock:
            self._running[user_id] -= 1
            self._running += Counter()  # forgets those who have none

    @property
    def running(self) -> int:
        """How many there are."""
        return self._running.total()


streams = Streams(in_all=settings.WEB_THREADS // 2)


# --- counting --------------------------------------------------------------------------------


@cache
def _broker() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)


def count_download(post_id: int) -> None:
    """Count one. Never raises, and never touches the database."""
    try:
        _broker().hincrby(COUNTS, str(post_id), 1)
    except redis.RedisError as error:
        logger.warning("A download of post %s was not counted: %s", post_id, error)


def forget_counts(post_ids: Iterable[int]) -> None:
    """Forget what was counted of posts that are deleted. Never raises."""
    names = [str(post_id) for post_id in post_ids]
    try:
        if names:
            _broker().hdel(COUNTS, *names)
    except redis.RedisError as error:
        logger.warning("Counts of deleted posts stay for a minute: %s", error)


def flush_counts() -> int:
    """Bring what was counted to the posts. Returns how many downloads that were.

    Safe to run twice, at once, and after a run that died: the counts are taken by giving them a
    name of one's own, which works for one taker only, and they are deleted within the
    transaction. Who finds them already taken by somebody else takes the addition back. Only a
    process that dies between that deletion and the commit loses the counts of a minute.
    """
    broker = _broker()
    left_behind = [key.decode() for key in broker.scan_iter(match=f"{TAKEN}*")]
    return sum(_flush(broker, key) for key in [*left_behind, COUNTS])


class _TakenByAnotherError(Exception):
    """Somebody else brings these counts."""


def _flush(broker: redis.Redis, source: str) -> int:
    mine = f"{TAKEN}{uuid.uuid4().hex}"
    try:
        broker.rename(source, mine)
    except redis.ResponseError:  # there is nothing to take
        return 0
    counts = {int(post): int(number) for post, number in broker.hgetall(mine).items()}
    try:
        with transaction.atomic():
            _add(counts)
            if not broker.delete(mine):
                raise _TakenByAnotherError
    except _TakenByAnotherError:
        return 0
    return sum(counts.values())


def _add(counts: Mapping[int, int]) -> None:
    """One UPDATE for all posts that were downloaded equally often."""
    for number, ids in _by_number(counts).items():
        for chunk in _chunks(ids):
            Post.objects.filter(pk__in=chunk).update(download_count=F("download_count") + number)


def _by_number(counts: Mapping[int, int]) -> dict[int, list[int]]:
    posts: defaultdict[int, list[int]] = defaultdict(list)
    for post, number in sorted(counts.items()):
        posts[number].append(post)
    return posts


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[at : at + BATCH] for at in range(0, len(ids), BATCH))
