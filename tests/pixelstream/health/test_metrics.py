"""Numbers for Prometheus: who may read them, and that they are true."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
import redis
from django.db import transaction
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from generation.models import GenerationJob
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import Artifact, Cost, Done
from generation.services import studio
from pixelstream.accounts.models import User
from pixelstream.health import beat, pages, tally
from tests.factories import create_post, job_of, picture_bytes, start, work_off
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "a-token-of-the-tests"
Numbers = dict[tuple[str, ...], float]


@pytest.fixture(autouse=True)
def _token(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


def scrape(client: Client) -> Numbers:
    """Every number, by its name and the values of its labels in the order of their names."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    return {
        (sample.name, *(value for _name, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def grown(before: Numbers, after: Numbers) -> Numbers:
    """What became more, by how much."""
    more = {name: value - before.get(name, 0) for name, value in after.items()}
    return {name: value for name, value in more.items() if value > 0}


@pytest.mark.parametrize("token", ["", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer é"])
def test_nobody_without_the_token_reads_them(anonymous: Client, token: str) -> None:
    answer = anonymous.get("/metrics", headers={"Authorization": token})
    assert answer.status_code == 401
    assert answer.content == b""


def test_without_a_token_there_is_nothing(anonymous: Client, as_sam: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    for client in (anonymous, as_sam):
        answer = client.get("/metrics", headers={"Authorization": "Bearer "})
        assert answer.status_code == 404


def test_pages_are_counted_by_route_method_and_class_of_status(
    anonymous: Client, as_alice: Client, alice: User
) -> None:
    post = create_post(alice)
    before = scrape(anonymous)
    as_alice.get(f"/posts/{post.pk}/")
    as_alice.get(f"/posts/{post.pk}/?x=1")
    as_alice.get("/posts/987654/")
    anonymous.get("/there/is/nothing/")
    anonymous.generic("BREW", "/")
    now = grown(before, scrape(anonymous))
    requests = {k[1:]: v for k, v in now.items() if k[0] == "pixelstream_http_requests_total"}
    assert requests == {
        ("GET", "post-detail", "2xx"): 2,
        ("GET", "post-detail", "4xx"): 1,
        ("GET", "none", "4xx"): 1,
        ("other", "home", "4xx"): 1,
        ("GET", "metrics", "2xx"): 1,
    }
    assert now[("pixelstream_http_request_seconds_count", "post-detail")] == 3


def test_no_route_has_in_it_what_stands_in_the_address(
    anonymous: Client, as_alice: Client, alice: User
) -> None:
    post = create_post(alice, visibility="public")
    for path in (f"/posts/{post.pk}/", post.public_address, "/x" * 50, "/static/a.css"):
        as_alice.get(path)
    known = {key[2] for key in scrape(anonymous) if key[0] == "pixelstream_http_requests_total"}
    assert {"post-detail", "gallery:share", pages.NOTHING, pages.FILES} <= known
    assert not any(re.search(r"\d{3}", route) for route in known)


def paid_picture() -> Done:
    """A picture with what it cost."""
    cost = Cost(Decimal("0.0421"), "reported")
    return Done(artifacts=(Artifact(picture_bytes(), "image/jpeg"),), cost=cost)


def test_ended_jobs_are_counted_by_kind_model_and_outcome_with_their_cost(
    anonymous: Client, alice: User, scripted: ScriptedProvider, settings: Any
) -> None:
    settings.CREDITS_ENABLED = True
    settings.CREDITS_SIGNUP_GRANT = 20
    settings.CREDITS_WITHOUT_COST = 5
    scripted.answers["test/a"] = paid_picture()
    scripted.answers["test/b"] = ProviderError(ErrorKind.MODERATION, "no")
    post = start(alice, models="test/a test/b")
    work_off(post)
    numbers = scrape(anonymous)
    assert numbers[("pixelstream_jobs_total", "image", "test/a", "completed")] == 1
    assert numbers[("pixelstream_jobs_total", "image", "test/b", "moderation")] == 1
    assert numbers[("pixelstream_jobs_total", "caption", "test/caption", "completed")] == 1
    assert numbers[("pixelstream_job_credits_total", "test/a")] == 5
    assert ("pixelstream_job_credits_total", "test/b") not in numbers
    assert numbers[("pixelstream_job_cost_usd_total", "operator", "test/a")] == 0.0421
    assert numbers[("pixelstream_job_seconds_bucket", "image", "+Inf")] == 1
    assert numbers[("pixelstream_job_seconds_count", "image")] == 1
    spent = job_of(post).duration_ms
    assert spent is not None
    assert numbers[("pixelstream_job_seconds_sum", "image")] == spent / 1000


def test_what_people_cancel_and_what_a_caption_takes_along_is_counted(
    anonymous: Client, alice: User, scripted: ScriptedProvider
) -> None:
    studio.cancel_post(post=start(alice, models="test/a test/b"), by=alice)
    scripted.caption = ProviderError(ErrorKind.INVALID, "no")
    work_off(start(alice, models="test/a"))
    numbers = scrape(anonymous)
    assert numbers[("pixelstream_jobs_total", "image", "test/a", "canceled")] == 1
    assert numbers[("pixelstream_jobs_total", "image", "test/b", "canceled")] == 1
    assert numbers[("pixelstream_jobs_total", "caption", "test/caption", "invalid")] == 1
    assert numbers[("pixelstream_jobs_total", "image", "test/a", "caption_failed")] == 1


def test_a_model_that_is_not_in_the_catalogue_gets_no_name_of_its_own(
    anonymous: Client, alice: User, scripted: ScriptedProvider
) -> None:
    post = start(alice, models="test/a")
    post.jobs.filter(kind="image").update(model="made/up")
    work_off(post)
    numbers = scrape(anonymous)
    assert numbers[("pixelstream_jobs_total", "image", "other", "retired")] == 1
    assert not any("made/up" in name for name in numbers)


@pytest.mark.usefixtures("stopped_broker", "scripted")
def test_without_a_broker_a_count_is_lost_and_no_job(anonymous: Client, alice: User) -> None:
    post = start(alice, models="test/a")
    work_off(post)
    assert job_of(post).status == GenerationJob.Status.COMPLETED
    numbers = scrape(anonymous)
    assert numbers[("pixelstream_check", "broker", "failing")] == 1
    assert not any(name[0] == "pixelstream_jobs_total" for name in numbers)


def test_a_job_whose_end_was_rolled_back_is_not_counted(
    broker: redis.Redis, alice: User, scripted: ScriptedProvider
) -> None:
    post = start(alice, models="test/a")
    with transaction.atomic():
        studio.cancel_post(post=post, by=alice)
        transaction.set_rollback(True)
    assert tally.read(broker) == {}


@pytest.mark.parametrize(
    ("milliseconds", "limit"), [(0, "0.5"), (500, "0.5"), (501, "1"), (640_001, "+Inf")]
)
def test_a_call_falls_into_the_bucket_of_its_seconds(
    broker: redis.Redis, milliseconds: int, limit: str
) -> None:
    tally.count_on_commit([tally.Ended("video", "x", "completed", duration_ms=milliseconds)])
    assert tally.read(broker)[("within", "video", limit)] == 1


def test_depths_and_ages_are_there(anonymous: Client, alice: User) -> None:
    beat.rung()
    beat.swept()
    start(alice)
    numbers = scrape(anonymous)
    assert numbers[("pixelstream_jobs_waiting",)] == 1
    assert numbers[("pixelstream_outbox_objects",)] == 0
    assert numbers[("pixelstream_live_streams",)] == 0
    for name in ("jobs_waiting_seconds", "outbox_seconds", "beat_seconds", "sweep_seconds"):
        assert 0 <= numbers[(f"pixelstream_{name}",)] < 60
    assert numbers[("pixelstream_check", "beat", "ok")] == 1
    assert numbers[("pixelstream_check", "beat", "failing")] == 0
