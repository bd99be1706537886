"""J1, J4: what the database refuses whatever the code does, and clicks at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from gallery.models import Post
from generation.models import GenerationJob
from generation.models.jobs import ErrorCode
from generation.providers.types import Kind
from generation.services import editing, studio
from pixelstream.accounts.models import User
from tests.factories import (
    a_wish,
    an_edit_wish,
    create_conversation,
    create_image,
    create_post,
    create_turn,
    job_of,
    start,
)
from tests.faults.harness import (
    TARGETS,
    Stack,
    before_any_worker_hears,
    begin,
    calls_of,
    pictures,
    retry,
)
from tests.faults.vendor.provider import PAID

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

CLICKS = 8


def test_the_database_refuses_a_second_picture_in_a_slot(alice: User) -> None:
    post = create_post(alice, images=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        create_image(post, position=0)


def test_the_database_refuses_a_second_standing_job_for_a_slot(alice: User) -> None:
    post = start(alice, models="builtin/sketch")
    for kind in (Kind.IMAGE, Kind.CAPTION):
        with pytest.raises(IntegrityError), transaction.atomic():
            post.jobs.create(kind=kind, slot=0, model="builtin/sketch")


@pytest.mark.parametrize("target", TARGETS)
def test_many_clicks_on_try_again_at_once_pay_once(stack: Stack, alice: User, target: str) -> None:
    with before_any_worker_hears():
        post = begin(target, alice, PAID)
        stack.plan_more("before_call", job_of(post), "kill9")
    stack.finish()
    assert job_of(post).error_code == ErrorCode.AMBIGUOUS

    answers = at_once(lambda: retry(post))

    assert sum(isinstance(answer, studio.Retry) for answer in answers) == 1
    assert sum(isinstance(answer, studio.NothingToRetryError) for answer in answers) == CLICKS - 1
    stack.faults += CLICKS
    assert stack.finish().findings == []
    assert pictures(post) == 1
    assert calls_of(job_of(post)) == 1


def test_the_database_refuses_a_second_picture_or_job_of_a_turns_slot(alice: User) -> None:
    turn = create_turn(create_conversation(alice), outputs=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        create_image(create_post(alice, images=0), turn=turn, turn_slot=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        turn.jobs.create(kind=Kind.EDIT, slot=0, model="builtin/sketch")


def test_messages_sent_at_once_are_turns_with_numbers_of_their_own(
    stack: Stack, alice: User
) -> None:
    conversation = create_conversation(alice)
    wish = an_edit_wish(models=PAID)
    turns = at_once(lambda: editing.send_turn(conversation=conversation, wish=wish))

    assert sorted(turn.number for turn in turns) == list(range(1, CLICKS + 1))
    stack.faults += CLICKS
    assert stack.finish().findings == []
    assert [pictures(turn) for turn in turns] == [1] * CLICKS


def test_one_message_sent_many_times_at_once_is_paid_once(stack: Stack, alice: User) -> None:
    conversation, key = create_conversation(alice), uuid4()
    wish = an_edit_wish(models=PAID)
    turns = at_once(lambda: editing.send_turn(conversation=conversation, wish=wish, form_key=key))

    assert len({turn.pk for turn in turns}) == 1
    stack.faults += CLICKS
    assert stack.finish().findings == []
    assert [calls_of(job) for job in GenerationJob.objects.all()] == [1]


def test_one_form_sent_many_times_at_once_makes_and_pays_one_post(
    stack: Stack, alice: User
) -> None:
    key = uuid4()
    wish = a_wish(models=PAID)
    posts = at_once(lambda: studio.start_post(owner=alice, wish=wish, form_key=key))

    assert {post.pk for post in posts} == set(Post.objects.values_list("pk", flat=True))
    assert Post.objects.count() == 1
    stack.faults += CLICKS
    assert stack.finish().findings == []
    assert [calls_of(job) for job in GenerationJob.objects.filter(kind=Kind.IMAGE)] == [1]


def at_once(click: Callable[[], Any]) -> list[Any]:
    """Do it CLICKS times at the same moment. Returns the answers, refusals among them."""
    barrier = Barrier(CLICKS)

    def one(_: int) -> Any:
        barrier.wait(timeout=30)
        try:
            return click()
        except studio.NothingToRetryError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(CLICKS) as pool:
        return list(pool.map(one, range(CLICKS)))
