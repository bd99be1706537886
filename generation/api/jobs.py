"""What the workers are asked for, what became of it, and stopping it or trying again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from gallery.api.schemas import Id, answers
from gallery.models import EditConversation, Post
from gallery.models.posts import PostQuerySet
from generation import catalogue
from generation.api.inputs import RetryIn, RowId
from generation.api.outputs import CanceledOut, JobOut, RetriedOut
from generation.api.refusals import MAKING, done
from generation.api.written import job_as_dict, started_as_dict
from generation.models import GenerationJob
from generation.models.jobs import GenerationJobQuerySet
from generation.services import studio
from generation.services.studio import Retry
from pixelstream.accounts.models import User
from pixelstream.api.envelopes import CamelSchema, Failure, Success, accepted, answer
from pixelstream.api.errors import ApiError, not_found
from pixelstream.api.idempotency import idempotent
from pixelstream.api.lists import PageIn, PageOut, encode
from pixelstream.api.models import Scope
from pixelstream.api.security import Token, owner_of

router = Router(tags=["jobs"])


class JobsIn(CamelSchema):
    """Which jobs; at most one of the ids."""

    post_id: RowId | None = Field(None, description="Those of this post")
    conversation_id: RowId | None = Field(None, description="The edits of this conversation")
    unfinished: bool = Field(False, description="Only what is waiting or in work")


@router.get("/jobs", auth=Token(Scope.READ), response=answers(PageOut[JobOut]), summary="List jobs")
def list_jobs(request: HttpRequest, asked: Query[JobsIn], page: Query[PageIn]) -> HttpResponse:
    """The jobs of your posts: the newest post first, and within it the newest job. Those of edits
    are asked for by their conversation.
    """
    owner = owner_of(request)
    jobs, order = _asked_for(owner, asked)
    after = None if page.after is None else _place_of(owner, page.after, order)
    if after is not None:
        jobs = jobs.filter(after.rest)
    if asked.post_id is None and asked.conversation_id is None:
        jobs = _of_newest_posts(owner, asked, jobs, after, count=page.limit + 1)
    in_order = jobs.select_related("turn", "output__image").order_by(order, "-pk")
    found = list(in_order[: page.limit + 1])
    shown = found[: page.limit]
    end = encode(shown[-1].pk) if len(found) > page.limit else None
    return answer({"items": [job_as_dict(job) for job in shown], "nextCursor": end})


@router.get("/jobs/{job_id}", auth=Token(Scope.READ), response=answers(JobOut), summary="One job")
def get_job(request: HttpRequest, job_id: Id) -> HttpResponse:
    """A job of a post or of an edit."""
    jobs = GenerationJob.objects.visible_to(owner_of(request))
    job = jobs.select_related("turn", "output__image").filter(pk=job_id).first()
    if job is None:
        raise not_found()
    return answer(job_as_dict(job))


@router.post(
    "/posts/{post_id}/cancel",
    auth=Token(Scope.GENERATE),
    response=answers(CanceledOut, 409),
    summary="Stop what is unfinished",
)
@idempotent
def cancel(request: HttpRequest, post_id: Id) -> HttpResponse:
    """Stop what is unfinished of a post. What is ready stays."""
    owner = owner_of(request)
    post = _own_post(owner, post_id)
    canceled = studio.cancel_post(post=post, by=owner)
    now = _own_post(owner, post_id)
    return answer({"postId": now.pk, "status": now.status, "canceled": canceled})


@router.post(
    "/posts/{post_id}/retry",
    auth=Token(Scope.GENERATE),
    response={202: Success[RetriedOut], MAKING: Failure},
    summary="Try a failed picture again",
)
@idempotent
def retry(request: HttpRequest, post_id: Id, body: RetryIn) -> HttpResponse:
    """Try a failed picture or clip of a post again, as a new job that is paid again. Where the
    caption failed all of it is tried again.
    """
    owner = owner_of(request)
    post = _own_post(owner, post_id)
    again = partial(studio.retry_slot, post=post, slot=body.slot)
    sparing = [reference.pk for reference in studio.references_of(post)]
    retried, cleaned = done(owner, again, sparing=sparing)
    notices = [*succession(retried), *filter(None, [cleaned])]
    # The job is paid by now: nothing is looked up that might say that nothing was begun.
    making, waiting = Post.Status.GENERATING_IMAGES, Post.Status.GENERATING_CAPTION
    post.status = waiting if retried.job.run_after is None else making
    return accepted({**started_as_dict(post, notices), "jobId": retried.job.pk})


def succession(retried: Retry) -> list[str]:
    """What is to be said of the model that a job is tried again with."""
    following = catalogue.find(retried.job.model)
    if retried.instead_of is None or following is None:
        return []
    return [catalogue.succession_notice(retried.instead_of, following)]


def _own_post(owner: User, pk: int) -> Post:
    post = Post.objects.visible_to(owner).filter(pk=pk).first()
    if post is None:
        raise not_found()
    return post


def _asked_for(owner: User, asked: JobsIn) -> tuple[GenerationJobQuerySet, str]:
    """The jobs, and what they are sorted by before their id."""
    if asked.post_id is not None and asked.conversation_id is not None:
        raise ApiError(422, "VALIDATION", "conversationId: not together with postId")
    jobs, order = GenerationJob.objects.all(), "-post_id"
    if asked.conversation_id is not None:
        conversations = EditConversation.objects.visible_to(owner)
        if not conversations.filter(pk=asked.conversation_id).exists():
            raise not_found()
        jobs, order = jobs.filter(turn__conversation=asked.conversation_id), "-turn_id"
    if asked.post_id is not None:
        jobs = jobs.filter(post=_own_post(owner, asked.post_id))
    return (jobs.unfinished() if asked.unfinished else jobs), order


@dataclass(frozen=True)
class _Place:
    """Where a page begins."""

    of: int
    """The id of the post, or of the turn, whose job was the last one."""
    rest: Q
    """The jobs after that one."""


def _place_of(owner: User, job_id: int, order: str) -> _Place:
    """The place of a job in this order. Of one that is gone nobody knows where it stood."""
    name = order.lstrip("-")
    jobs = GenerationJob.objects.visible_to(owner).filter(pk=job_id)
    of = jobs.values_list(name, flat=True).first()
    if of is None:
        raise ApiError(400, "INVALID_CURSOR", "This cursor is not one of ours, or its job is gone")
    return _Place(of, Q(**{f"{name}__lt": of}) | Q(**{name: of}, pk__lt=job_id))


def _of_newest_posts(
    owner: User, asked: JobsIn, jobs: GenerationJobQuerySet, after: _Place | None, *, count: int
) -> GenerationJobQuerySet:
    """Those of the jobs that are the person's and may be among the first `count` of theirs.

    Jobs know no owner, so it is the posts that are walked, newest first, and no more of them than
    jobs are wanted: each that counts has one at least. Without this all jobs that the person ever
    had would be sorted for each page.
    """
    posts: PostQuerySet = Post.objects.visible_to(owner)
    if asked.unfinished:
        posts = posts.in_progress()
    if after is not None:
        posts = posts.filter(pk__lte=after.of)
    with_jobs = posts.filter(Exists(jobs.filter(post=OuterRef("pk"))))
    return jobs.filter(post__in=with_jobs.order_by("-pk").values("pk")[:count])
