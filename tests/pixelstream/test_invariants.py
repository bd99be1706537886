"""The checks of what must always be true find what is not."""

from __future__ import annotations

import pytest

from gallery.models import EditTurn, Post
from pixelstream.accounts.models import User
from tests.factories import create_conversation, create_post, create_turn
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
