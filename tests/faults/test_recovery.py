"""How long a recovery takes with the times of production. `make prove` judges the figures."""

from __future__ import annotations

import pytest

from pixelstream.accounts.models import User
from tests.factories import job_of, start
from tests.faults.harness import POINTS, Stack, before_any_worker_hears, pictures
from tests.faults.vendor.provider import PAID, SAFE

pytestmark = pytest.mark.faults


def test_jobs_killed_under_the_real_lease_are_made_again(real_times: Stack, alice: User) -> None:
    with before_any_worker_hears():
        for point in POINTS[:-1]:
            for model in (SAFE, PAID):
                post = start(alice, models=model)
                real_times.plan_more(point, job_of(post), "kill9")
        calm = start(alice, models=PAID)

    verdict = real_times.finish()
    assert verdict.findings == []
    assert pictures(calm) == 1
    assert len(verdict.recoveries) == 2 * (len(POINTS) - 1)
