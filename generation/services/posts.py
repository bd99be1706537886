"""The post as the job machine sees it: its status follows from its jobs, here and nowhere else."""

from __future__ import annotations

from django.db.models import F, Q, Sum
from django.utils import timezone

from gallery.models import ChatMessage, Post
from generation.models import GenerationJob
from pixelstream.live_bus import announce_on_commit

Status = GenerationJob.Status
Kind = GenerationJob.Kind


def lock(post_id: int) -> Post:
    """The post's row, held until the transaction ends: jobs of one post end one by one."""
    return Post.objects.select_for_update().get(pk=post_id)


def announce(post: Post) -> None:
    """Tell open pages after the commit."""
    announce_on_commit(post_id=post.pk, owner_id=post.owner_id)


def touch(post: Post) -> None:
    """Count up the revision: something changed that a page may show."""
    Post.objects.filter(pk=post.pk).update(revision=F("revision") + 1, updated_at=timezone.now())
    announce(post)


def refresh_post(post: Post) -> None:
    """Derive the status from the jobs and the pictures; write down the end of the work.

    Call it in the transaction that changed a job, with the post locked.
    """
    was_unfinished = post.is_unfinished
    post.status = status_of(post)
    post.save(update_fields=["status", "caption", "caption_model", "updated_at"])
    if was_unfinished and not post.is_unfinished:
        _record_answer(post)
    touch(post)


def status_of(post: Post) -> Post.Status:
    """The status that the post's jobs and pictures give."""
    jobs = post.jobs.order_by()
    if jobs.unfinished().filter(kind=Kind.CAPTION).exists():
        return Post.Status.GENERATING_CAPTION
    if jobs.unfinished().exists():
        return Post.Status.GENERATING_IMAGES
    return Post.Status.GENERATED if post.images.exists() else Post.Status.FAILED


def _record_answer(post: Post) -> None:
    """The assistant's message: the caption that came, or the reason why nothing did."""
    failure = ""
    if post.status == Post.Status.FAILED:
        failed = post.jobs.filter(status=Status.FAILED)
        cause = failed.exclude(Q(error_code="caption_failed")).order_by("-id").first()
        failure = cause.error_code if cause else ""
    asked = post.messages.filter(role=ChatMessage.Role.USER).order_by("-id").first()
    duration = (timezone.now() - asked.created_at).total_seconds() if asked else None
    post.messages.create(
        role=ChatMessage.Role.ASSISTANT,
        text=post.caption,
        error=failure,
        credits_used=_credits_used(post),
        duration_ms=None if duration is None else max(0, round(duration * 1000)),
    )


def _credits_used(post: Post) -> int:
    """What was spent on the post since its last answer."""
    made = post.jobs.filter(status=Status.COMPLETED, price_credits__gt=0)
    spent: int = made.aggregate(spent=Sum("price_credits"))["spent"] or 0
    if not spent:
        return 0
    before: int = post.messages.aggregate(before=Sum("credits_used"))["before"] or 0
    return max(0, spent - before)
