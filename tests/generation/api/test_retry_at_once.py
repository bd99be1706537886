"""Trying again, asked for twice at the same moment: real threads, a real database and commits.

Neither the page nor the API needs a key for it: under the lock on its post or turn only a failed
slot is tried again, and the database has one job a slot that is not a failure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.conf import LazySettings
from django.test import Client

from gallery.models import EditTurn, Post
from generation.models import CreditEntry, GenerationJob
from generation.providers.errors import ErrorKind, ProviderError
from pixelstream.accounts.models import User
from tests.factories import create_post, job_of, start, start_editing, work_off
from tests.generation.api.conftest import Program
from tests.generation.services.test_credits_at_once import at_once
from tests.invariants import broken_invariants
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 4
Ask = Callable[[], int]


@pytest.fixture(autouse=True)
def _credits(settings: LazySettings, scripted: ScriptedProvider) -> Iterator[None]:
    """There is enough for all of it, and the vendor refuses what it is asked for first."""
    settings.CREDITS_ENABLED = True
    settings.CREDITS_SIGNUP_GRANT = 1000
    settings.CREDITS_WITHOUT_COST = 5
    for model in ("test/a", "test/edit"):
        scripted.answers[model] = ProviderError(ErrorKind.INVALID, "no")
    yield
    assert broken_invariants() == []


@pytest.fixture
def failed_post(alice: User) -> Post:
    """Alice's, without its picture."""
    post = start(alice, models="test/a")
    work_off(post)
    return post


@pytest.fixture
def failed_turn(alice: User) -> EditTurn:
    """Alice's, without what it should have given."""
    turn = start_editing(create_post(alice).images.get())
    work_off(turn)
    return turn


def by_api(alice: User, address: str, body: dict[str, int]) -> list[Ask]:
    """Requests of as many programs, all without an `Idempotency-Key`."""
    programs = [Program(alice) for _ in range(TIMES)]
    return [partial(lambda one: one.post(address, body)[0], one) for one in programs]


def by_page(alice: User, address: str, form: dict[str, int]) -> list[Ask]:
    """As many clicks."""
    windows = [Client() for _ in range(TIMES)]
    for window in windows:
        window.force_login(alice)
    return [partial(lambda one: one.post(address, form).status_code, one) for one in windows]


@pytest.mark.parametrize("way", ["api", "page"])
def test_a_picture_is_tried_again_and_paid_once(alice: User, failed_post: Post, way: str) -> None:
    if way == "api":
        asked = by_api(alice, f"/posts/{failed_post.pk}/retry", {"slot": 0})
    else:
        asked = by_page(alice, f"/posts/{failed_post.pk}/retry/", {"slot": 0})
    _once(failed_post, at_once(*asked), way)


@pytest.mark.parametrize("way", ["api", "page"])
def test_an_edit_is_tried_again_and_paid_once(alice: User, failed_turn: EditTurn, way: str) -> None:
    talk, number = failed_turn.conversation_id, failed_turn.number
    if way == "api":
        asked = by_api(alice, f"/conversations/{talk}/turns/{number}/retry", {"slot": 0})
    else:
        form = {"turn": number, "slot": 0}
        asked = by_page(alice, f"/posts/edit/{talk}/retry/", form)
    _once(failed_turn, at_once(*asked), way)


def _once(target: Post | EditTurn, answers: list[int], way: str) -> None:
    """One of the requests made a job; the others were told so, or shown the page as it is."""
    if way == "api":
        assert Counter(answers) == {202: 1, 409: TIMES - 1}
    else:
        assert set(answers) == {302}
    job = job_of(target)
    tried = target.jobs.filter(kind=job.kind, slot=0)
    assert tried.count() == 2
    assert tried.filter(status=GenerationJob.Status.PENDING).get() == job
    assert CreditEntry.objects.filter(job=job, kind="hold").count() == 1
    assert CreditEntry.objects.filter(kind="hold").count() == 2
