"""Two releases at once: a worker gets messages that another release of the application wrote."""

from __future__ import annotations

from typing import Any

import pytest

from generation.models import GenerationJob
from generation.services import jobs
from pixelstream.accounts.models import User
from pixelstream.celery import app
from tests.factories import job_of, start
from tests.faults.harness import Stack, calls_of, pictures
from tests.faults.vendor.provider import PAID

pytestmark = pytest.mark.faults


def of_a_newer_release(job_id: int) -> bool:
    """The bell has another name there; an old worker throws the message away."""
    app.send_task("generation.tasks.work_on_job", args=[job_id])
    return True


def with_more_arguments(job_id: int) -> bool:
    """The bell says more there than this worker understands."""
    app.send_task("generation.tasks.run_job", args=[job_id], kwargs={"lane": "quick"})
    return True


def with_fewer_arguments(job_id: int) -> bool:
    """The bell said less in the release before."""
    app.send_task("generation.tasks.run_job")
    return True


@pytest.mark.parametrize("ring", [of_a_newer_release, with_more_arguments, with_fewer_arguments])
def test_a_job_whose_message_the_worker_does_not_understand_is_made(
    stack: Stack, alice: User, monkeypatch: pytest.MonkeyPatch, ring: Any
) -> None:
    """The row is the job, the message only a bell: the sweep rings in the worker's own words."""
    monkeypatch.setattr(jobs, "ring", ring)
    posts = [start(alice, f"a lighthouse {number}", PAID) for number in range(3)]
    stack.faults += len(posts)

    assert stack.finish().findings == []
    assert [pictures(post) for post in posts] == [1, 1, 1]
    assert {calls_of(job_of(post)) for post in posts} == {1}
    assert set(GenerationJob.objects.values_list("status", flat=True)) == {"completed"}
    assert stack.workers[0].is_alive
