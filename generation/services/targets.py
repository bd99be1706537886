"""What a job works for: a post, or a turn of a conversation."""

from __future__ import annotations

from django.core.exceptions import ObjectDoesNotExist

from gallery.models import EditTurn, Post
from generation.models import GenerationJob
from generation.services import posts, turns

Target = Post | EditTurn


def of(job: GenerationJob) -> Target:
    """What the job works for, as it was read with the job."""
    return job.edit_turn if job.post is None else job.post


def lock(job: GenerationJob) -> Target | None:
    """What the job works for, locked; None when it was deleted for good, jobs and all."""
    try:
        return turns.lock(job.edit_turn.pk) if job.post is None else posts.lock(job.post.pk)
    except ObjectDoesNotExist:
        return None


def touch(target: Target) -> None:
    """Count up its revision: something changed that a page may show."""
    if isinstance(target, Post):
        posts.touch(target)
    else:
        turns.touch(target)


def refresh(target: Target) -> None:
    """Derive its status from its jobs, in the transaction that changed one, with it locked."""
    if isinstance(target, Post):
        posts.refresh_post(target)
    else:
        turns.refresh_turn(target)
