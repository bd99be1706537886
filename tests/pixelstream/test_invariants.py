"""The checks of what must always be true find what is not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db.models import QuerySet
from django.utils import timezone

from gallery.models import EditTurn, Post, ReferenceImage
from generation.models import CreditAccount, CreditEntry, GenerationJob
from generation.services import studio
from pixelstream.accounts.models import User
from tests.factories import (
    create_conversation,
    create_post,
    create_reference,
    create_turn,
    job_of,
    start,
    work_off,
)
from tests.invariants import broken_invariants

pytestmark = pytest.mark.django_db


def test_a_line_with_a_purged_parent_is_in_order(alice: User) -> None:
    root = create_post(alice)
    create_post(alice, parent=root, root=root)
    create_post(alice, parent_id=root.pk, root_id=root.pk)
    turn = create_turn(create_conversation(alice), outputs=1)
    create_turn(turn.conversation, outputs=2, bases=list(turn.images.all()))

    assert broken_invariants() == []


def test_a_post_that_comes_from_another_persons_is_found(alice: User, bob: User) -> None:
    root = create_post(alice)
    child = create_post(bob, parent=root, root=root)

    assert broken_invariants() == [f"L1: post {child.pk} comes from another person's"]


def test_a_post_that_names_another_root_than_its_parent_is_found(alice: User) -> None:
    root, other = create_post(alice), create_post(alice)
    child = create_post(alice, parent=other, root=root)

    assert broken_invariants() == [
        f"L1: post {child.pk} names {root.pk} the first of its line, not {other.pk}"
    ]


def test_what_came_of_an_edit_and_has_no_parent_is_found(alice: User) -> None:
    image = create_turn(create_conversation(alice), outputs=1).images.get()
    Post.objects.filter(pk=image.post_id).update(parent=None, root=None)

    assert broken_invariants() == [
        f"L1: post {image.post_id} came of an edit and comes from nothing"
    ]


def test_a_turn_whose_status_does_not_follow_from_its_jobs_is_found(alice: User) -> None:
    turn = create_turn(create_conversation(alice), outputs=1)
    EditTurn.objects.update(status=EditTurn.Status.ERROR)

    assert broken_invariants() == [f"J5: turn {turn.pk} is error, its jobs say completed"]


def test_an_edit_that_is_completed_without_its_picture_is_found(alice: User) -> None:
    turn = create_turn(create_conversation(alice), outputs=1)
    job = turn.jobs.get()
    turn.images.update(turn=None, turn_slot=None)

    assert broken_invariants() == [f"J1: job {job.pk} is completed without its picture"]


@pytest.mark.parametrize(
    "hidden",
    [
        {"deleted_at": timezone.now()},
        {"sharing_enabled": False},
        {"is_disabled_by_admin": True},
        {"share_expires_at": timezone.now() - timedelta(hours=1)},
    ],
    ids=lambda hidden: next(iter(hidden)),
)
def test_a_picture_that_stays_public_while_nobody_else_may_see_its_post_is_found(
    alice: User, hidden: dict[str, object]
) -> None:
    post = create_post(alice)
    assert broken_invariants() == []
    Post.objects.update(**hidden)

    pk = post.images.get().object_id
    assert broken_invariants() == [
        f"V2: object {pk} of a post that nobody else may see stays public"
    ]


def test_the_pictures_of_who_was_suspended_may_take_a_while_and_no_longer(alice: User) -> None:
    post = create_post(alice)
    User.objects.update(is_active=False, bytes_to_follow=True)
    assert broken_invariants() == []
    User.objects.update(bytes_to_follow=False)

    pk = post.images.get().object_id
    assert broken_invariants() == [
        f"V2: object {pk} of a post that nobody else may see stays public"
    ]


@pytest.fixture
def held(alice: User, settings: LazySettings) -> GenerationJob:
    """A job that a credit is held for."""
    settings.CREDITS_ENABLED = True
    return job_of(start(alice))


def entries(kind: str) -> QuerySet[CreditEntry]:
    """Of the ledger, as nobody else gets them: they can be changed."""
    return QuerySet(CreditEntry).filter(kind=kind)


def test_a_balance_that_is_not_the_sum_of_its_entries_is_found(held: GenerationJob) -> None:
    assert broken_invariants() == []
    account = CreditAccount.objects.get()
    CreditAccount.objects.update(balance=3)
    assert broken_invariants() == [f"M1: account {account.pk} says 3 credits, its entries 99"]


def test_a_job_that_nothing_is_held_for_is_found(held: GenerationJob) -> None:
    entries("hold").delete()
    CreditAccount.objects.update(balance=100)
    said = f"M3: job {held.pk} is pending, which the ledger does not say"
    assert broken_invariants() == [said]


def test_a_job_that_is_ready_and_not_spent_is_found(held: GenerationJob) -> None:
    work_off(held.own_post)
    assert broken_invariants() == []
    entries("capture").delete()
    said = f"M3: job {held.pk} is completed, which the ledger does not say"
    assert broken_invariants() == [said]


def test_credits_that_are_held_for_nothing_are_found(held: GenerationJob) -> None:
    GenerationJob.objects.filter(pk=held.pk).update(price_credits=0)
    said = f"M3: credits are held for job {held.pk}, which is not there"
    assert broken_invariants() == [said]


def test_an_end_without_a_hold_is_found(held: GenerationJob) -> None:
    work_off(held.own_post)
    entries("hold").delete()
    found = broken_invariants()
    assert f"M2: job {held.pk} was held 0 times and ended 1 times" in found


def test_more_given_back_than_was_held_is_found(held: GenerationJob, alice: User) -> None:
    studio.cancel_post(post=held.own_post, by=alice)
    assert broken_invariants() == []
    entries("refund").update(amount=2)
    CreditAccount.objects.update(balance=101)
    said = f"M5: job {held.pk} gave back 2 credits, which is not what was held"
    assert broken_invariants() == [said]


def test_an_upload_that_outlived_its_jobs_is_found(alice: User) -> None:
    upload, kept = create_reference(alice), create_reference(alice, kept=True)
    post = start(alice, references=[upload, kept])
    assert broken_invariants() == []
    studio.cancel_post(post=post, by=alice)
    assert broken_invariants() == [], "the sweep comes by"
    ReferenceImage.objects.update(created_at=timezone.now() - timedelta(hours=2))
    GenerationJob.objects.update(finished_at=timezone.now() - timedelta(hours=1))

    assert broken_invariants() == [f"R1: reference {upload.pk} outlived the last job that used it"]
