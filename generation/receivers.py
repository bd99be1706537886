"""What the workshop does when the library deletes (gallery.signals)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.dispatch import receiver

from gallery import signals
from gallery.models import (
    ChatMessage,
    EditTurn,
    GeneratedImage,
    Post,
    TurnBase,
)
from gallery.services import objects
from gallery.services.deletion import delete_rows
from generation.models import (
    CreditAccount,
    CreditEntry,
    GenerationJob,
    ProviderKey,
    WebhookEvent,
)
from generation.services import credits as credit_service
from generation.services import job_references, jobs, posts
from generation.services import keys as key_service
from generation.services import turns as turn_service
from pixelstream.accounts.models import User


@receiver(signals.posts_trashed)
@credit_service.refunding()
def stop_what_is_being_made(ids: list[int], **kwargs: Any) -> None:
    """Cancel it at once: a result that comes late is discarded with its bytes."""
    for post in Post.objects.filter(pk__in=ids, status__in=Post.UNFINISHED):
        if jobs.cancel_unfinished(post):
            posts.refresh_post(post)


@receiver(signals.conversations_trashed)
@credit_service.refunding()
def stop_what_is_being_edited(ids: list[int], **kwargs: Any) -> None:
    """Cancel it at once: a result that comes late is discarded with its bytes."""
    _cancel_turns(EditTurn.objects.filter(conversation__in=ids))


@receiver(signals.posts_deleting)
@credit_service.refunding()
def forget_jobs(ids: list[int], with_versions: bool, **kwargs: Any) -> None:
    """Take the jobs away, with what they were writing and what was uploaded only for them.

    An edit is known by its turn: its job stays, without the picture that goes.
    """
    if with_versions:
        begun = TurnBase.objects.filter(post__in=ids).order_by()
        _cancel_turns(EditTurn.objects.filter(pk__in=begun.values("turn")))
    shown = GeneratedImage.objects.filter(post__in=ids, turn__isnull=False).order_by()
    edits = GenerationJob.objects.filter(turn__isnull=False, output__in=shown.values("object"))
    edits.update(output=None)
    said = ChatMessage.attachments.through.objects.filter(chatmessage__post__in=ids)
    going = GenerationJob.objects.filter(post__in=ids).order_by()
    used = job_references.lock(said, job_references.uses_by(going))
    _delete_jobs(going)
    job_references.let_go(used, why="its posts were deleted")


@receiver(signals.conversations_deleting)
@credit_service.refunding()
def forget_edits(ids: list[int], **kwargs: Any) -> None:
    """Take the jobs of the turns away, with what they were writing and what was uploaded only for
    them. The pictures that are there stay.
    """
    uses = EditTurn.references.through.objects.filter(editturn__conversation__in=ids)
    going = GenerationJob.objects.filter(turn__conversation__in=ids).order_by()
    used = job_references.lock(uses, job_references.uses_by(going))
    _delete_jobs(going)
    job_references.let_go(used, why="its conversations were deleted")


def _delete_jobs(going: QuerySet[GenerationJob]) -> None:
    """Take these jobs away, and what they were writing. The references they used are locked."""
    unshown = going.exclude(output=None).exclude(status=GenerationJob.Status.COMPLETED)
    objects.discard(*unshown.values_list("output_id", flat=True))
    held = going.filter(status__in=GenerationJob.UNFINISHED, price_credits__gt=0)
    credit_service.refund(list(held.values_list("pk", flat=True)))
    delete_rows(job_references.uses_by(going))
    delete_rows(WebhookEvent.objects.filter(job__in=going.values("pk")).order_by())
    delete_rows(going)


def _cancel_turns(turns: QuerySet[EditTurn]) -> None:
    """Cancel what is unfinished of these turns, conversation after conversation."""
    unfinished = turns.filter(status=EditTurn.Status.GENERATING)
    for turn_id in unfinished.order_by("conversation", "pk").values_list("pk", flat=True):
        try:
            turn = turn_service.lock(turn_id)
        except EditTurn.DoesNotExist:  # its conversation was deleted for good at this moment
            continue
        if jobs.cancel_unfinished(turn):
            turn_service.refresh_turn(turn)


@receiver(signals.object_replaced)
def follow_the_object(old_id: int, new_id: int, **kwargs: Any) -> None:
    """A completed job points to the object that its picture has now."""
    GenerationJob.objects.filter(output=old_id).update(output=new_id)


@receiver(signals.person_suspended)
@credit_service.refunding()
def stop_what_is_being_made_for(person: User, **kwargs: Any) -> None:
    """Cancel it at once: a result that comes late is discarded with its bytes."""
    unfinished = Post.objects.filter(owner=person, status__in=Post.UNFINISHED)
    for post in unfinished.order_by("pk").select_for_update(of=("self",)):
        if jobs.cancel_unfinished(post):
            posts.refresh_post(post)
    _cancel_turns(EditTurn.objects.filter(conversation__owner=person))


@receiver(signals.account_described)
def describe_credits(person: User, record: dict[str, Any], **kwargs: Any) -> None:
    """The balance and every entry behind it, the oldest first; not who gave what."""
    account = CreditAccount.objects.filter(person=person).first()
    if account is None:
        return
    names = ("id", "kind", "amount", "job_id", "model", "reason", "created_at")
    entries = CreditEntry.objects.filter(account=account).order_by("pk").values(*names)
    record["credits"] = {"balance": account.balance, "entries": list(entries)}


@receiver(signals.person_leaving)
@credit_service.refunding()
def forget_the_person(person: User, **kwargs: Any) -> None:
    """Cancel what is being made for them, and forget their keys."""
    stop_what_is_being_made_for(person)
    ProviderKey.objects.owned_by(person).delete()
    key_service.forget_tests(person)
    # One after the other: asked as one question, all jobs of everybody would be read.
    left = (
        GenerationJob.objects.filter(post__owner=person).exists()
        or GenerationJob.objects.filter(turn__conversation__owner=person).exists()
    )
    if not left:  # the ledger speaks of what is left
        credit_service.forget(person)
