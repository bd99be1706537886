"""What failed is tried again by an administrator, where nobody is made to pay for it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from gallery.models import AuditEvent, EditTurn, Post
from generation.models import GenerationJob, ProviderKey
from generation.models.jobs import ErrorCode
from generation.providers.types import Kind
from generation.services import keys, retrying
from pixelstream.accounts.models import User
from tests.factories import create_post, start, start_editing, work_off

pytestmark = pytest.mark.django_db


def fail(target: Post | EditTurn, error: ErrorCode = ErrorCode.TRANSIENT) -> GenerationJob:
    """Let everything of it fail; gives the job of its first picture."""
    target.jobs.update(
        status=GenerationJob.Status.FAILED, error_code=error, finished_at=timezone.now()
    )
    return target.jobs.exclude(kind=Kind.CAPTION).order_by("pk")[0]


def test_a_picture_of_a_post_is_made_after_all(alice: User, sam: User) -> None:
    post = start(alice)
    work_off(post)
    post.images.all().delete()
    assert retrying.try_again(fail(post), by=sam)
    assert not retrying.try_again(post.jobs.exclude(kind=Kind.CAPTION)[0], by=sam)
    work_off(post)
    assert (post.status, post.images.count()) == (Post.Status.GENERATED, 1)
    event = AuditEvent.objects.get(action="generation.retry")
    assert (event.actor, event.target_id) == (sam, post.pk)


def test_a_failed_caption_starts_the_post_over(alice: User, sam: User) -> None:
    post = start(alice)
    fail(post, ErrorCode.CAPTION_FAILED)
    caption = post.jobs.get(kind=Kind.CAPTION)
    assert retrying.try_again(caption, by=sam)
    work_off(post)
    assert post.status == Post.Status.GENERATED


def test_a_picture_of_a_turn_is_tried_again(alice: User, sam: User) -> None:
    turn = start_editing(create_post(alice).images.get(), models="builtin/lumen")
    assert retrying.try_again(fail(turn), by=sam)
    assert turn.jobs.unfinished().exists()


def test_what_a_person_canceled_stays_canceled(alice: User, sam: User) -> None:
    assert not retrying.try_again(fail(start(alice), ErrorCode.CANCELED), by=sam)


def test_nobody_elses_key_is_spent(alice: User, sam: User) -> None:
    post = start(alice)
    work_off(post)
    post.images.all().delete()
    job = fail(post)
    keys.store(alice, "openrouter", "sk-or-of-alice")
    GenerationJob.objects.filter(pk=job.pk).update(model="google/gemini-3-pro-image")
    job.refresh_from_db()
    before = GenerationJob.objects.count()
    assert not retrying.try_again(job, by=sam)
    assert GenerationJob.objects.count() == before
    ProviderKey.objects.all().delete()
    assert retrying.try_again(job, by=sam)


def test_who_cannot_come_in_gets_nothing_made(alice: User, sam: User) -> None:
    job = fail(start(alice))
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert not retrying.try_again(GenerationJob.objects.get(pk=job.pk), by=sam)
