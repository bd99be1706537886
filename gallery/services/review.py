"""The optional gate before the public: new pictures are looked at by a program, doubtful ones by an
administrator, before everybody can find them (docs/moderation.md). Of a clip only the poster is
looked at.

A post waits as `HELD` without a score. Its score lets it pass, or leaves it held until an
administrator decides (`moderation`). Whoever has the link sees it all the same: the gate is before
the lists, not before the page. Without the classifier everything that is public waits.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import F
from PIL import Image

from gallery import tasks
from gallery.imaging import doubtful
from gallery.imaging.renditions import rendition_key
from gallery.models import GeneratedImage, Post, StoredObject
from gallery.models.posts import PostQuerySet
from gallery.services import objects

logger = logging.getLogger(__name__)

UNREADABLE = 1.0
"""The score of a picture that cannot be looked at: somebody should."""

HELD, PASSED, NONE = Post.Review.HELD, Post.Review.PASSED, Post.Review.NONE


def became_public(post_ids: Iterable[int]) -> None:
    """Hold back those of these posts that are public and were not looked at yet. Call it in the
    transaction that made them public.
    """
    if settings.MODERATION_GATE:
        _hold(Post.objects.filter(pk__in=list(post_ids), review=NONE))


def pictures_changed(post_ids: Iterable[int]) -> None:
    """Forget what was said of the pictures of these posts, and hold back those that are public.
    Call it in the transaction that added a picture.
    """
    if not settings.MODERATION_GATE:
        return
    changed = Post.objects.filter(pk__in=list(post_ids))
    looked_at = changed.exclude(visibility=Post.Visibility.PUBLIC).exclude(review=NONE)
    looked_at.update(review=NONE, review_score=None, revision=F("revision") + 1)
    _hold(changed)


def waiting() -> PostQuerySet:
    """Finished posts whose pictures are to be looked at, the oldest first."""
    held = Post.objects.live().filter(review=HELD, review_score__isnull=True)
    return held.exclude(status__in=Post.UNFINISHED).order_by("pk")


def look_at(post_id: int) -> bool:
    """Score the pictures of a post that waits. Says whether that is done; what cannot be read just
    now is tried again by `sweep`. Safe to run twice and at once.
    """
    post = waiting().filter(pk=post_id).first()
    if post is None or not settings.MODERATION_GATE:
        return False
    if not doubtful.is_installed():
        logger.error("Post %s waits: requirements-local.txt is not installed", post_id)
        return False
    images = post.images.filter(object__state=StoredObject.State.LIVE).select_related("object")
    try:
        score = max((_score(image) for image in images), default=0.0)
    except OSError as error:
        logger.warning("The pictures of post %s are looked at later: %s", post_id, error)
        return False
    # Whatever changed meanwhile, a picture for one, is looked at anew.
    unchanged = waiting().order_by().filter(pk=post_id, revision=post.revision)
    passes = score < settings.MODERATION_GATE_THRESHOLD
    return bool(
        unchanged.update(
            review=PASSED if passes else HELD, review_score=score, revision=F("revision") + 1
        )
    )


def sweep(*, limit: int) -> int:
    """Look at what waits, at most `limit` posts. Returns how many were looked at.

    Once the gate is switched off, what was not looked at yet is let go. What the classifier doubts
    stays: an administrator's word is still wanted.
    """
    ids = list(waiting().values_list("pk", flat=True)[:limit])
    if settings.MODERATION_GATE:
        return sum(look_at(pk) for pk in ids)
    if ids:
        _let_go(ids)
    return 0


@transaction.atomic
def _let_go(ids: list[int]) -> None:
    # Locked in the order in which everybody locks posts: an UPDATE of many has none.
    rows = waiting().filter(pk__in=ids).select_for_update(of=("self",))
    Post.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(
        review=NONE, revision=F("revision") + 1
    )


def _hold(posts: PostQuerySet) -> None:
    public = posts.filter(visibility=Post.Visibility.PUBLIC)
    held = list(public.values_list("pk", flat=True))
    if not held:
        return
    Post.objects.filter(pk__in=held).update(
        review=HELD, review_score=None, revision=F("revision") + 1
    )
    for pk in held:
        tasks.ring_to_review(pk)


def _score(image: GeneratedImage) -> float:
    """Raises OSError while the storage is away."""
    obj = image.object
    widths = sorted(obj.rendition_widths)
    key = rendition_key(obj.key, widths[0]) if widths else obj.key
    try:
        with objects.storage_of(obj).open(key) as file:
            data = file.read()
    except FileNotFoundError:
        logger.error("Picture %s cannot be looked at: it is not in storage", image.pk)
        return UNREADABLE
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return doubtful.score(picture)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        logger.error("Picture %s cannot be looked at: %s", image.pk, error)
        return UNREADABLE
