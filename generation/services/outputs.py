"""What an edit starts from, and the post that its picture becomes."""

from __future__ import annotations

from django.utils import timezone

from gallery.models import ChatMessage, EditTurn, GeneratedImage, Post, StoredObject
from generation.models import GenerationJob
from generation.services.inheritance import inherited


def bases_of(job: GenerationJob) -> list[StoredObject | None]:
    """The pictures that the edit starts from, what is edited first; None for one that is gone."""
    wanted = job.params["bases"]
    there = GeneratedImage.objects.select_related("object").in_bulk(wanted)
    return [there[pk].object if pk in there else None for pk in wanted]


def create_post(job: GenerationJob, turn: EditTurn, aspect_ratio: str) -> Post:
    """The post of an edit's picture, in the transaction that makes the picture: a descendant of
    the post of what was edited, with its caption, in its project, and not shared further than it.
    """
    parent_id, root_id = job.params["parent"], job.params["root"]
    family = Post.objects.in_bulk([parent_id, root_id])
    nearest = family.get(parent_id) or family.get(root_id)
    post = Post.objects.create(
        owner=turn.conversation.owner,
        parent_id=parent_id,
        root_id=root_id,
        status=Post.Status.EDITED,
        prompt=turn.message,
        aspect_ratio=aspect_ratio,
        resolution=turn.conversation.resolution,
        **inherited(nearest, turn.conversation.owner),
    )
    _write_history(post, job, turn)
    return post


def _write_history(post: Post, job: GenerationJob, turn: EditTurn) -> None:
    """What the person asked for and what came of it, as in every post."""
    asked = post.messages.create(
        role=ChatMessage.Role.USER,
        text=turn.message,
        snapshot={**job.params, "models": [job.model]},
    )
    asked.attachments.set(job.references.all())
    # They asked when they sent the turn, not when its picture came.
    ChatMessage.objects.filter(pk=asked.pk).update(created_at=turn.created_at)
    waited = (timezone.now() - turn.created_at).total_seconds()
    post.messages.create(
        role=ChatMessage.Role.ASSISTANT,
        text=post.caption,
        duration_ms=max(0, round(waited * 1000)),
    )
