"""What must always be true. Each check returns what breaks it, as sentences.

Run after every test of the job machine, after every injected fault, and by `manage.py doctor`
on a running installation. The names (J1, B2 ...) are those of docs/architecture.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Now

from gallery.models import (
    AccountErasure,
    EditTurn,
    ExportPart,
    GeneratedImage,
    Post,
    ReferenceImage,
    StoredObject,
)
from gallery.services import recount
from gallery.services.remains import is_erased, remains_of
from generation.models import GenerationJob
from generation.services import turns
from generation.services.posts import status_of

Status = GenerationJob.Status
State = StoredObject.State
Check = Callable[[], Iterator[str]]


def broken() -> list[str]:
    """Everything that is not as it must be; empty when all is well."""
    return [f"{name}: {finding}" for name, check in CHECKS.items() for finding in check()]


def one_picture_for_each_completed_job() -> Iterator[str]:
    """J1: a completed picture job has its picture, made from its own object.

    An edit whose picture was deleted stays, with its turn, and has no object any more.
    """
    completed = GenerationJob.objects.filter(status=Status.COMPLETED)
    picture = GeneratedImage.objects.filter(post=OuterRef("post"), position=OuterRef("slot"))
    edited = GeneratedImage.objects.filter(turn=OuterRef("turn"), turn_slot=OuterRef("slot"))
    jobs = {
        GenerationJob.Kind.IMAGE: (picture, completed),
        GenerationJob.Kind.EDIT: (edited, completed.exclude(output=None)),
    }
    for kind, (made, ended) in jobs.items():
        shown = ended.filter(kind=kind).annotate(shown=Subquery(made.values("object")[:1]))
        for job in shown.exclude(shown__isnull=False, shown=F("output")):
            yield f"job {job.pk} is completed without its picture"


def no_stuck_job() -> Iterator[str]:
    """J2: no job is held under a lease that ran out long ago."""
    long_ago = Now() - 3 * settings.JOB_LEASE
    for job in GenerationJob.objects.filter(status=Status.PROCESSING, lease_until__lt=long_ago):
        yield f"job {job.pk} is stuck in work"
    minute_ago = Now() - timedelta(seconds=60)
    for job in GenerationJob.objects.filter(status=Status.PENDING, run_after__lt=minute_ago):
        yield f"job {job.pk} waits unheard"


def status_follows_from_jobs() -> Iterator[str]:
    """J5: the stored status of a post or a turn is the one that its jobs and pictures give."""
    for post in Post.objects.filter(jobs__isnull=False).distinct().iterator():
        derived = status_of(post)
        if derived != post.status:
            yield f"post {post.pk} is {post.status}, its jobs say {derived}"
    # One that came with an import has no jobs.
    for turn in EditTurn.objects.filter(jobs__isnull=False).distinct().iterator():
        says = turns.status_of(turn)
        if says != turn.status:
            yield f"turn {turn.pk} is {turn.status}, its jobs say {says}"


def every_line_has_its_root() -> Iterator[str]:
    """L1: a post is its parent's owner's, and the first of its line is that of its parent. What
    was deleted for good can say nothing any more. What came of a turn has a parent.
    """
    for post in Post.objects.filter(parent__isnull=True, images__turn__isnull=False):
        yield f"post {post.pk} came of an edit and comes from nothing"
    parent = Post.objects.filter(pk=OuterRef("parent"))
    kin = (
        Post.objects.annotate(
            parents_owner=Subquery(parent.values("owner")),
            first=Subquery(parent.values(first=Coalesce("root", "pk"))),
        )
        .exclude(parents_owner=None)
        .values_list("pk", "owner", "parents_owner", "root", "first")
    )
    for pk, owner, parents_owner, root, first in kin.iterator():
        if owner != parents_owner:
            yield f"post {pk} comes from another person's"
        if root != first:
            yield f"post {pk} names {root} the first of its line, not {first}"


def live_objects_have_their_bytes() -> Iterator[str]:
    """B1: every live object is in storage, whole, with its renditions."""
    for obj in StoredObject.objects.filter(state=State.LIVE).iterator():
        storage = storages[obj.area]
        for key in obj.all_keys:
            if not storage.exists(key):
                yield f"object {obj.pk} misses {key}"
        if storage.exists(obj.key) and storage.size(obj.key) != obj.size:
            yield f"object {obj.pk} has another size in storage"


def stored_bytes_have_their_row() -> Iterator[str]:
    """B2: nothing lies in storage that no row knows."""
    known = {
        key
        for obj in StoredObject.objects.exclude(state=State.GONE).iterator()
        for key in obj.all_keys
    }
    for area in StoredObject.Area.values:
        for key in _keys(storages[area]):
            if key not in known:
                yield f"{key} in the {area} area belongs to no row"


def what_is_shown_is_live() -> Iterator[str]:
    """B3: pictures and references point to live objects, and live objects are pointed to."""
    for model in (GeneratedImage, ReferenceImage, ExportPart):
        for row in model._default_manager.exclude(object__state=State.LIVE):
            yield f"{model.__name__} {row.pk} points to an object that is not live"
    for obj in StoredObject.objects.filter(
        state=State.LIVE,
        image__isnull=True,
        reference_image__isnull=True,
        export_part__isnull=True,
    ):
        yield f"object {obj.pk} is live and belongs to nothing"


def the_trash_is_private() -> Iterator[str]:
    """V2: pictures of trashed posts lie in the private area, or are on their way there."""
    exposed = StoredObject.objects.filter(
        state=State.LIVE,
        area=StoredObject.Area.PUBLIC,
        moving_to="",
        image__post__deleted_at__isnull=False,
    )
    for obj in exposed:
        yield f"object {obj.pk} of a trashed post stays public"


def people_use_what_is_kept_for_them() -> Iterator[str]:
    """Q1: what each person uses is the size of their live objects."""
    yield from map(str, recount.drifts())


def of_erased_people_nothing_is_left() -> Iterator[str]:
    """P5: nothing belongs to a person whose erasure has ended."""
    ended = AccountErasure.objects.filter(finished_at__isnull=False).select_related("person")
    for one in ended.iterator():
        for left in remains_of(one.person):
            yield f"person {one.person_id} was erased, and there is {left}"
        if not is_erased(one.person):
            yield f"person {one.person_id} was erased and has an address"


def _keys(storage: Storage, folder: str = "") -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{folder}/{name}" if folder else name
    for name in folders:
        yield from _keys(storage, f"{folder}/{name}" if folder else name)


CHECKS: dict[str, Check] = {
    "J1": one_picture_for_each_completed_job,
    "J2": no_stuck_job,
    "J5": status_follows_from_jobs,
    "L1": every_line_has_its_root,
    "B1": live_objects_have_their_bytes,
    "B2": stored_bytes_have_their_row,
    "B3": what_is_shown_is_live,
    "V2": the_trash_is_private,
    "Q1": people_use_what_is_kept_for_them,
    "P5": of_erased_people_nothing_is_left,
}
