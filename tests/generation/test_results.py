"""What a page shows of a post in the making."""

from __future__ import annotations

import pytest
from django.utils import translation

from generation.models.jobs import ErrorCode
from generation.providers.types import Kind, Pending
from generation.results import SlotState, reason_of, results_of
from generation.services import runner
from pixelstream.accounts.models import User
from tests.factories import animate, create_clip_post, create_post, job_of, start, work_off
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db


def test_a_clip_has_its_slot_from_the_first_moment(alice: User, scripted: ScriptedProvider) -> None:
    scripted.answers["test/clip"] = Pending("clip-1", poll_after=5)
    post = animate(alice, models="test/clip test/other-clip", first=create_post(alice).images.get())
    seen = results_of(post)
    assert (seen.is_clip, seen.total, seen.ready, seen.is_caption_written) == (True, 2, 0, True)
    assert [(slot.state, slot.is_clip) for slot in seen.slots] == [(SlotState.WAITING, True)] * 2
    runner.run(job_of(post, Kind.VIDEO).pk)
    runner.run(job_of(post, Kind.VIDEO, slot=1).pk)
    seen = results_of(post)
    assert [slot.state for slot in seen.slots] == [SlotState.DEVELOPING, SlotState.READY]
    assert [slot.is_clip for slot in seen.slots] == [True, True]
    assert seen.slots[0].typical_seconds == 1
    assert seen.progress == 0.5


def test_what_came_with_an_import_is_a_clip_by_its_file(alice: User) -> None:
    seen = results_of(create_clip_post(alice))
    assert (seen.is_clip, seen.ready) == (True, 1)


def test_pictures_are_no_clips(alice: User, scripted: ScriptedProvider) -> None:
    post = start(alice, models="test/a")
    assert not results_of(post).is_clip
    work_off(post)
    assert not results_of(post).is_clip
    assert not results_of(create_post(alice, images=0)).is_clip


def test_a_clip_asked_for_in_vain_is_no_picture() -> None:
    with translation.override("en"):
        assert reason_of(ErrorCode.NO_OUTPUT) == "The model gave no picture."
        assert reason_of(ErrorCode.NO_OUTPUT, is_clip=True) == "The model gave no clip."
        assert reason_of(ErrorCode.AUTH, is_clip=True) == "The provider refused the key."
        assert reason_of("of another time") == "Something went wrong"


def test_three_queries_whatever_is_made(
    alice: User, scripted: ScriptedProvider, django_assert_num_queries: object
) -> None:
    post = animate(alice, models="test/clip test/other-clip")
    work_off(post)
    results_of(post)
    with django_assert_num_queries(3):  # type: ignore[operator]
        results_of(post)
