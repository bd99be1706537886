"""What the workshop does when the library deletes (gallery.signals)."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from gallery import signals
from gallery.models import AuditEvent, Post, ReferenceImage
from gallery.services import objects
from gallery.services.deletion import delete_rows
from generation.models import GenerationJob, ProviderKey
from generation.services import jobs, posts
from generation.services import keys as key_service
from pixelstream.accounts.models import User


@receiver(signals.posts_trashed)
def stop_what_is_being_made(ids: list[int], **kwargs: Any) -> None:
    """Cancel it at once: a result that comes late is discarded with its bytes."""
    for post in Post.objects.filter(pk__in=ids, status__in=Post.UNFINISHED):
        if jobs.cancel_unfinished(post):
            posts.refresh_post(post)


@receiver(signals.posts_deleting)
def forget_jobs(ids: list[int], **kwargs: Any) -> None:
    """Take the jobs away, with what they were writing and what was uploaded only for them."""
    of_posts = GenerationJob.objects.filter(post__in=ids)
    unshown = of_posts.exclude(output=None).exclude(status=GenerationJob.Status.COMPLETED)
    objects.discard(*unshown.values_list("output_id", flat=True))
    uses = GenerationJob.references.through.objects.filter(generationjob__post__in=ids)
    used = set(uses.values_list("referenceimage_id", flat=True))
    delete_rows(uses)
    delete_rows(of_posts)
    if used:
        transient = ReferenceImage.objects.filter(pk__in=used, kept=False, jobs__isnull=True)
        rows = list(transient.values_list("pk", "object_id", "object__size"))
        sizes = {pk: {"bytes": size} for pk, _object_id, size in rows}
        AuditEvent.objects.record_many("reference.delete", ReferenceImage, sizes, counts=sizes)
        transient.delete()
        objects.release(*(object_id for _pk, object_id, _size in rows))


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
    ProviderKey.objects.owned_by(person).delete()
    key_service.forget_tests(person)
