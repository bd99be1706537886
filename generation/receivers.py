"""What the workshop does when the library deletes (gallery.signals)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.dispatch import receiver

from gallery import signals
from gallery.models import (
    AuditEvent,
    ChatMessage,
    EditTurn,
    GeneratedImage,
    Post,
    ReferenceImage,
    TurnBase,
)
from gallery.services import objects
from gallery.services.deletion import delete_rows
from generation.models import GenerationJob, ProviderKey
from generation.services import jobs, posts
from generation.services import keys as key_service
from generation.services import turns as turn_service
from pixelstream.accounts.models import User


@receiver(signals.posts_trashed)
def stop_what_is_being_made(ids: list[int], **kwargs: Any) -> None:
    """Cancel it at once: a result that comes late is discarded with its bytes."""
    for post in Post.objects.filter(pk__in=ids, status__in=Post.UNFINISHED):
        if jobs.cancel_unfinished(post):
            posts.refresh_post(post)


@receiver(signals.conversations_trashed)
def stop_what_is_being_edited(ids: list[int], **kwargs: Any) -> None:
    """Cancel it at once: a result that comes late is discarded with its bytes."""
    _cancel_turns(EditTurn.objects.filter(conversation__in=ids))


@receiver(signals.posts_deleting)
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
    used = set(said.values_list("referenceimage", flat=True))
    used |= _delete_jobs(GenerationJob.objects.filter(post__in=ids))
    _forget_transient(used, post_ids=ids)


@receiver(signals.conversations_deleting)
def forget_edits(ids: list[int], **kwargs: Any) -> None:
    """Take the jobs of the turns away, with what they were writing and what was uploaded only for
    them. The pictures that are there stay.
    """
    uses = EditTurn.references.through.objects.filter(editturn__conversation__in=ids)
    used = set(uses.values_list("referenceimage", flat=True))
    used |= _delete_jobs(GenerationJob.objects.filter(turn__conversation__in=ids))
    _forget_transient(used, conversation_ids=ids)


def _delete_jobs(going: QuerySet[GenerationJob]) -> set[int]:
    """Take these jobs away, and what they were writing. Returns the references they used."""
    going = going.order_by()
    unshown = going.exclude(output=None).exclude(status=GenerationJob.Status.COMPLETED)
    objects.discard(*unshown.values_list("output_id", flat=True))
    uses = GenerationJob.references.through.objects.filter(generationjob__in=going.values("pk"))
    used = set(uses.values_list("referenceimage_id", flat=True))
    delete_rows(uses)
    delete_rows(going)
    return used


def _forget_transient(
    used: set[int], *, post_ids: Iterable[int] = (), conversation_ids: Iterable[int] = ()
) -> None:
    """Delete those of these references that were uploaded for nothing but what goes now."""
    uploads = ReferenceImage.objects.filter(pk__in=used, kept=False)
    # Locked before anybody looks who uses them: who is about to send one (`studio.hold`) is waited
    # for, and who comes later finds it gone.
    locked = list(uploads.order_by("pk").select_for_update().values_list("pk", flat=True))
    if not locked:
        return
    turns = EditTurn.references.through.objects.exclude(editturn__conversation__in=conversation_ids)
    said = ChatMessage.attachments.through.objects.exclude(chatmessage__post__in=post_ids)
    transient = ReferenceImage.objects.filter(
        ~Exists(turns.filter(referenceimage=OuterRef("pk"))),
        ~Exists(said.filter(referenceimage=OuterRef("pk"))),
        pk__in=locked,
        jobs__isnull=True,
    )
    rows = list(transient.values_list("pk", "object_id", "object__size"))
    sizes = {pk: {"bytes": size} for pk, _object_id, size in rows}
    AuditEvent.objects.record_many("reference.delete", ReferenceImage, sizes, counts=sizes)
    ReferenceImage.objects.filter(pk__in=sizes).delete()
    objects.release(*(object_id for _pk, object_id, _size in rows))


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


@receiver(signals.person_leaving)
def forget_the_person(person: User, **kwargs: Any) -> None:
    """Cancel what is being made for them, and forget their keys."""
    unfinished = Post.objects.filter(owner=person, status__in=Post.UNFINISHED)
    for post in unfinished.order_by("pk").select_for_update(of=("self",)):
        if jobs.cancel_unfinished(post):
            posts.refresh_post(post)
    _cancel_turns(EditTurn.objects.filter(conversation__owner=person))
    ProviderKey.objects.owned_by(person).delete()
    key_service.forget_tests(person)
