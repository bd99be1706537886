"""What must always be true. Each check returns what breaks it, as sentences.

Run after every test of the job machine, after every injected fault, and by `manage.py doctor`
on a running installation. The names (J1, B2 ...) are those of docs/architecture.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
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
from generation.models import CreditAccount, CreditEntry, GenerationJob
from generation.services import job_references, turns
from generation.services.posts import status_of

Status = GenerationJob.Status
State = StoredObject.State
Check = Callable[[], Iterator[str]]


def broken() -> list[str]:
    """Everything that is not as it must be; empty when all is well."""
    return [f"{name}: {finding}" for name, check in CHECKS.items() for finding in check()]


def one_picture_for_each_completed_job() -> Iterator[str]:
    """J1: a completed picture job has its picture or clip, made from its own object.

    An edit whose picture was deleted stays, with its turn, and has no object any more.
    """
    completed = GenerationJob.objects.filter(status=Status.COMPLETED)
    picture = GeneratedImage.objects.filter(post=OuterRef("post"), position=OuterRef("slot"))
    edited = GeneratedImage.objects.filter(turn=OuterRef("turn"), turn_slot=OuterRef("slot"))
    jobs = {
        GenerationJob.Kind.IMAGE: (picture, completed),
        GenerationJob.Kind.VIDEO: (picture, completed),
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


def references_end_with_their_jobs() -> Iterator[str]:
    """R1: what was uploaded for a job is gone when the last one that uses it has ended. Not yet of
    one that ended a moment ago: the sweep comes by.
    """
    minute_ago = Now() - timedelta(seconds=60)
    recent = GenerationJob.objects.filter(references=OuterRef("pk"), finished_at__gt=minute_ago)
    for reference in job_references.outlived().filter(~Exists(recent)):
        yield f"reference {reference.pk} outlived the last job that used it"


def balance_is_the_sum_of_the_ledger() -> Iterator[str]:
    """M1: a balance is the sum of its entries, and is not below nothing."""
    accounts = CreditAccount.objects.annotate(sum=Coalesce(Sum("entries__amount"), 0))
    for account in accounts.exclude(balance=F("sum"), balance__gte=0).iterator():
        yield f"account {account.pk} says {account.balance} credits, its entries {account.sum}"


def a_job_is_held_and_ended_once() -> Iterator[str]:
    """M2: a job has one hold at the most, and one end of it: spent, or given back."""
    ends = Count("pk", filter=Q(kind__in=CreditEntry.ENDS))
    holds = Count("pk", filter=Q(kind=CreditEntry.Kind.HOLD))
    numbers = CreditEntry.objects.exclude(job=None).order_by().values("job")
    counted = numbers.annotate(holds=holds, ends=ends)
    for row in counted.exclude(holds=1, ends__lte=1).iterator():
        yield f"job {row['job']} was held {row['holds']} times and ended {row['ends']} times"


def credits_follow_the_job() -> Iterator[str]:
    """M3: what was held for a job is spent exactly if it is completed, and was given back exactly
    if it failed. Of a job that is deleted nothing is held any more.
    """
    entry = CreditEntry.objects.filter(job=OuterRef("pk"))
    held = entry.filter(kind=CreditEntry.Kind.HOLD, amount=-OuterRef("price_credits"))
    jobs = GenerationJob.objects.filter(price_credits__gt=0).annotate(
        held=Exists(held),
        spent=Exists(entry.filter(kind=CreditEntry.Kind.CAPTURE)),
        back=Exists(entry.filter(kind=CreditEntry.Kind.REFUND)),
    )
    right = (
        Q(status__in=GenerationJob.UNFINISHED, held=True, spent=False, back=False)
        | Q(status=Status.COMPLETED, held=True, spent=True, back=False)
        | Q(status=Status.FAILED, held=True, spent=False, back=True)
    )
    for job in jobs.exclude(right).iterator():
        yield f"job {job.pk} is {job.status}, which the ledger does not say"
    there = GenerationJob.objects.filter(pk=OuterRef("job"), price_credits__gt=0)
    ended = CreditEntry.objects.filter(job=OuterRef("job"), kind__in=CreditEntry.ENDS)
    holds = CreditEntry.objects.filter(~Exists(there), ~Exists(ended), kind=CreditEntry.Kind.HOLD)
    for hold in holds.iterator():
        yield f"credits are held for job {hold.job_id}, which is not there"


def what_is_given_back_was_held() -> Iterator[str]:
    """M5: a refund is what was held, to the same account."""
    hold = CreditEntry.objects.filter(job=OuterRef("job"), kind=CreditEntry.Kind.HOLD)
    refunds = CreditEntry.objects.filter(kind=CreditEntry.Kind.REFUND).annotate(
        held=Subquery(hold.values("amount")[:1]), holder=Subquery(hold.values("account")[:1])
    )
    for refund in refunds.exclude(held=-F("amount"), holder=F("account")).iterator():
        yield f"job {refund.job_id} gave back {refund.amount} credits, which is not what was held"


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


def what_nobody_else_sees_is_private() -> Iterator[str]:
    """V2: pictures of posts that nobody else may see (trashed, disabled, not shared or no longer,
    their owner suspended) lie in the private area, or are on their way there.

    Not yet of a sharing that ended a moment ago, and of people whose pictures are still to follow,
    or who are being erased.
    """
    moment_ago = Now() - timedelta(minutes=10)
    hidden = (
        Q(deleted_at__isnull=False)
        | Q(sharing_enabled=False)
        | Q(is_disabled_by_admin=True)
        | Q(share_expires_at__lt=moment_ago)
        | Q(owner__is_active=False, owner__bytes_to_follow=False, owner__erasure__isnull=True)
    )
    public = StoredObject.objects.filter(state=State.LIVE, area=StoredObject.Area.PUBLIC)
    staying = public.exclude(moving_to=StoredObject.Area.PRIVATE)
    for obj in staying.filter(image__post__in=Post.objects.filter(hidden)):
        yield f"object {obj.pk} of a post that nobody else may see stays public"


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
        if one.person.name or one.person.handle or one.person.bio:
            yield f"person {one.person_id} was erased and has a profile"


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
    "R1": references_end_with_their_jobs,
    "M1": balance_is_the_sum_of_the_ledger,
    "M2": a_job_is_held_and_ended_once,
    "M3": credits_follow_the_job,
    "M5": what_is_given_back_was_held,
    "B1": live_objects_have_their_bytes,
    "B2": stored_bytes_have_their_row,
    "B3": what_is_shown_is_live,
    "V2": what_nobody_else_sees_is_private,
    "Q1": people_use_what_is_kept_for_them,
    "P5": of_erased_people_nothing_is_left,
}
