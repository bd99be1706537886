"""Kill -9 at every named step. Every victim has a bystander in the same post or turn.

Credits are switched on: what people are charged follows what they got, to the last credit.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from gallery.models import EditTurn, Post
from generation.models import GenerationJob
from generation.providers.types import Kind
from pixelstream.accounts.models import User
from tests.factories import job_of, start
from tests.faults.harness import (
    CAPTION_POINTS,
    CLIP_POINTS,
    POINTS,
    TARGETS,
    THOROUGH,
    Stack,
    Verdict,
    before_any_worker_hears,
    begin,
    calls_of,
    charged,
    is_honest_failure,
    pictures,
    use_caption_model,
)
from tests.faults.vendor.provider import (
    CLIP,
    LATER,
    PAID,
    PAID_CAPTION,
    PRICE,
    SAFE,
    SAFE_CAPTION,
)

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("credits_on")]

Status = GenerationJob.Status

SECONDS = 3

UNCERTAIN = {"before_call", "after_call", "before_put"}
"""Between the intent and the stored picture nobody can know whether a call was paid."""


def plan_kills(stack: Stack, owner: User, target: str, model: str) -> dict[str, Post | EditTurn]:
    """A post or a turn for each point, whose first picture's worker dies there."""
    posts = {}
    with before_any_worker_hears():
        for point in POINTS:
            posts[point] = begin(target, owner, f"{model} {SAFE}")
            stack.plan_more(point, job_of(posts[point], slot=0), "kill9")
    return posts


def finish_after_kills(stack: Stack, kills: Iterable[tuple[str, GenerationJob]]) -> Verdict:
    """Wait for all of it. The last kill comes when its job is already done."""
    for point, job in kills:
        stack.wait_for_fault(point, job)
    return stack.finish()


def bystander_is_untouched(post: Post | EditTurn) -> bool:
    """The other picture was made at the first attempt, with one call."""
    job = job_of(post, slot=1)
    return job.status == Status.COMPLETED and job.attempts == 1 and calls_of(job) == 1


@pytest.mark.parametrize("target", TARGETS)
def test_a_paid_job_killed_anywhere_gives_one_picture_or_says_that_its_answer_was_lost(
    stack: Stack, alice: User, target: str
) -> None:
    posts = plan_kills(stack, alice, target, PAID)
    kills = ((point, job_of(post)) for point, post in posts.items())
    verdict = finish_after_kills(stack, kills)

    assert verdict.findings == []
    assert verdict.faults == len(POINTS)
    for point, post in posts.items():
        job = job_of(post)
        if point in UNCERTAIN:
            assert is_honest_failure(job), f"{point}: {job} {job.error_code}"
            assert pictures(post) == 1, point
            assert calls_of(job) == (0 if point == "before_call" else 1), point
        else:
            assert job.status == Status.COMPLETED, f"{point}: {job} {job.error_code}"
            assert pictures(post) == 2, point
            assert calls_of(job) == 1, point
        assert bystander_is_untouched(post), point
    lost = len(UNCERTAIN)
    assert charged(alice) == PRICE * (2 * len(POINTS) - lost)


@pytest.mark.parametrize("target", TARGETS)
def test_a_job_that_may_be_repeated_gives_one_picture_wherever_its_worker_is_killed(
    stack: Stack, alice: User, target: str
) -> None:
    posts = plan_kills(stack, alice, target, SAFE)
    kills = ((point, job_of(post)) for point, post in posts.items())
    verdict = finish_after_kills(stack, kills)

    assert verdict.findings == []
    assert verdict.faults == len(POINTS)
    for point, post in posts.items():
        job = job_of(post)
        assert job.status == Status.COMPLETED, f"{point}: {job} {job.error_code}"
        assert job.attempts == (1 if point == "after_commit" else 2), point
        assert calls_of(job) == (2 if point in {"after_call", "before_put"} else 1), point
        assert pictures(post) == 2, point
        assert bystander_is_untouched(post), point
    assert charged(alice) == PRICE * 2 * len(POINTS)


@pytest.mark.parametrize("target", TARGETS)
def test_a_call_that_the_vendor_accepted_is_paid_once_wherever_its_worker_is_killed(
    stack: Stack, alice: User, target: str
) -> None:
    points = ("before_call", "after_call", "after_accept", "before_put", "before_commit")
    posts = {}
    with before_any_worker_hears():
        for point in points:
            posts[point] = begin(target, alice, f"{LATER} {SAFE}")
            stack.plan_more(point, job_of(posts[point], slot=0), "kill9")
    kills = ((point, job_of(post)) for point, post in posts.items())
    verdict = finish_after_kills(stack, kills)

    assert verdict.findings == []
    assert verdict.faults == len(points)
    for point, post in posts.items():
        job = job_of(post)
        if point in {"before_call", "after_call"}:
            assert is_honest_failure(job), f"{point}: {job} {job.error_code}"
        else:
            assert job.status == Status.COMPLETED, f"{point}: {job} {job.error_code}"
        assert calls_of(job) == (0 if point == "before_call" else 1), point
        assert bystander_is_untouched(post), point
    assert charged(alice) == PRICE * (2 * len(points) - 2)


def test_a_clip_whose_worker_is_killed_anywhere_is_paid_once_and_charged_only_if_it_is_there(
    stack: Stack, alice: User
) -> None:
    """Once the vendor has taken the work, nothing that dies here loses it any more."""
    points = CLIP_POINTS if THOROUGH else ("after_call", "after_accept", "after_put")
    lost = {"before_call", "after_call"}
    stack.start_calling_back()
    posts = {}
    with before_any_worker_hears():
        for point in points:
            posts[point] = begin("clip", alice, f"{CLIP} {CLIP}", "soon")
            stack.plan_more(point, job_of(posts[point], slot=0), "kill9")
    kills = ((point, job_of(post)) for point, post in posts.items())
    verdict = finish_after_kills(stack, kills)

    assert verdict.findings == []
    assert verdict.faults == len(points)
    for point, post in posts.items():
        job = job_of(post)
        assert job.price_credits == PRICE * SECONDS
        if point in lost:
            assert is_honest_failure(job), f"{point}: {job} {job.error_code}"
        else:
            assert job.status == Status.COMPLETED, f"{point}: {job} {job.error_code}"
        assert calls_of(job) == (0 if point == "before_call" else 1), point
        assert bystander_is_untouched(post), point
    assert charged(alice) == PRICE * SECONDS * (2 * len(points) - len(lost & set(points)))


@pytest.mark.parametrize("model", [PAID_CAPTION, SAFE_CAPTION])
def test_a_caption_killed_anywhere_is_paid_once_and_starts_its_pictures_once(
    stack: Stack, alice: User, model: str
) -> None:
    posts = {}
    with before_any_worker_hears():
        for point in CAPTION_POINTS:
            posts[point] = start(alice, models=f"{PAID} {SAFE}")
            stack.plan_more(point, use_caption_model(posts[point], model), "kill9")
    kills = ((point, job_of(post, Kind.CAPTION)) for point, post in posts.items())
    verdict = finish_after_kills(stack, kills)

    assert verdict.findings == []
    assert verdict.faults == len(CAPTION_POINTS)
    for point, post in posts.items():
        post.refresh_from_db()
        lost = {"before_call", "after_call", "before_commit"} if model == PAID_CAPTION else set()
        if point in lost:
            assert is_honest_failure(job_of(post, Kind.CAPTION)), point
            assert post.status == Post.Status.FAILED, point
            assert calls_of(job_of(post)) == 0, point
        else:
            assert post.caption == "Counted.\n\n#Once", point
            assert post.status == Post.Status.GENERATED, point
            assert pictures(post) == 2, point
            assert calls_of(job_of(post)) == 1, point
    made = sum(pictures(post) for post in posts.values())
    assert charged(alice) == PRICE * made
