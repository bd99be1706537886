"""Whatever a vendor answers: the right end, the right word about money, and one paid call a try.

The adapters talk to a real socket whose journal is the witness.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db.models.functions import Now

from gallery.models import Post
from generation import catalogue
from generation.models import GenerationJob
from generation.models.jobs import Billing, ErrorCode
from generation.providers import http
from generation.providers.types import Kind
from generation.services import runner, studio
from pixelstream.accounts.models import User
from tests.factories import job_of, picture_bytes, start, work_off
from tests.generation.providers.http.server import VendorServer, vendor_server
from tests.invariants import broken_invariants

pytestmark = pytest.mark.django_db(transaction=True)

Status = GenerationJob.Status
CANARY = "sk-canary-0123456789abcdef"
PICTURE = base64.b64encode(picture_bytes()).decode()


@dataclass(frozen=True)
class Vendor:
    """A provider, one of its models, and what it says when all is well."""

    slug: str
    model: str
    answer: dict[str, Any]


VENDORS = [
    Vendor(
        "openrouter",
        "black-forest-labs/flux.2-flex",
        {"data": [{"b64_json": PICTURE, "media_type": "image/jpeg"}], "usage": {"cost": 0.05}},
    ),
    Vendor(
        "openai",
        "openai-api/gpt-image-1.5",
        {
            "data": [{"b64_json": PICTURE}],
            "usage": {"input_tokens": 20, "output_tokens": 4160, "total_tokens": 4180},
        },
    ),
    Vendor(
        "gemini",
        "gemini/gemini-3.1-flash-image",
        {
            "candidates": [
                {
                    "content": {
                        "parts": [{"inlineData": {"mimeType": "image/jpeg", "data": PICTURE}}]
                    },
                    "finishReason": "STOP",
                }
            ],
            "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 1120},
        },
    ),
]


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with vendor_server() as running:
        yield running


@pytest.fixture(params=VENDORS, ids=lambda vendor: vendor.slug)
def vendor(
    request: pytest.FixtureRequest, server: VendorServer, monkeypatch: pytest.MonkeyPatch
) -> Vendor:
    """A provider whose server is ours, with the operator's key."""
    chosen: Vendor = request.param
    monkeypatch.setitem(settings.PROVIDER_KEYS, chosen.slug, CANARY)
    monkeypatch.setitem(settings.PROVIDER_BASE_URLS, chosen.slug, f"{server.url}/v1")
    return chosen


@pytest.fixture
def post(alice: User, vendor: Vendor) -> Post:
    """A post whose caption is written; its picture is due."""
    copywriter = catalogue.find("builtin/copywriter")
    post = start(alice, models=vendor.model, caption_model=copywriter)
    runner.run(job_of(post, Kind.CAPTION).pk)
    return post


@pytest.fixture(autouse=True)
def _nothing_broken() -> object:
    """Whatever a vendor did, rows and bytes are in step afterwards."""
    yield
    assert broken_invariants() == []


def run_to_its_end(post: Post) -> GenerationJob:
    """Work on the picture until it ends, without waiting for the time between tries."""
    while (job := job_of(post, Kind.IMAGE)).status == Status.PENDING:
        GenerationJob.objects.filter(pk=job.pk).update(run_after=Now())
        runner.run(job.pk)
    return job


def posts_sent(server: VendorServer) -> int:
    """How many calls arrived that may cost something."""
    return sum(request.method == "POST" for request in server.requests)


def test_a_good_answer_is_a_picture_for_one_paid_call(
    post: Post, vendor: Vendor, server: VendorServer
) -> None:
    server.answer_json(vendor.answer)
    job = run_to_its_end(post)
    assert (job.status, posts_sent(server)) == (Status.COMPLETED, 1)
    assert job.cost_basis in {"reported", "estimated", "unknown"}
    assert post.images.count() == 1


@pytest.mark.parametrize(
    ("status", "code", "tries", "billed"),
    [
        (400, ErrorCode.INVALID, 1, Billing.NO),
        (401, ErrorCode.AUTH, 1, Billing.NO),
        (402, ErrorCode.QUOTA, 1, Billing.NO),
        (413, ErrorCode.INVALID, 1, Billing.NO),
        (422, ErrorCode.INVALID, 1, Billing.NO),
        (429, ErrorCode.RATE, 4, Billing.NO),
        (500, ErrorCode.AMBIGUOUS, 1, Billing.UNKNOWN),
        (502, ErrorCode.AMBIGUOUS, 1, Billing.UNKNOWN),
        (503, ErrorCode.RATE, 4, Billing.NO),
        (504, ErrorCode.AMBIGUOUS, 1, Billing.UNKNOWN),
        (524, ErrorCode.AMBIGUOUS, 1, Billing.UNKNOWN),
        (529, ErrorCode.RATE, 4, Billing.NO),
    ],
)
def test_each_status_ends_as_it_must(
    post: Post,
    vendor: Vendor,
    server: VendorServer,
    status: int,
    code: ErrorCode,
    tries: int,
    billed: Billing,
) -> None:
    server.answer_json({"error": {"code": status, "message": "no"}}, status=status)
    job = run_to_its_end(post)
    assert (job.status, job.error_code) == (Status.FAILED, code)
    assert posts_sent(server) == tries, "one paid call a try"
    assert job.billed == billed


Fault = Callable[[VendorServer], None]


def hang(server: VendorServer) -> None:
    server.raw(b"", then="hang")


def reset(server: VendorServer) -> None:
    server.raw(b"HTTP/1.1 200 OK\r\n", then="reset")


def drip(server: VendorServer) -> None:
    server.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + b" " * 9999, then="drip")


def cut_off(server: VendorServer) -> None:
    server.raw(b'HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{"data": [')


@pytest.mark.parametrize("fault", [hang, reset, drip, cut_off])
def test_a_lost_answer_is_never_asked_for_again(
    post: Post, server: VendorServer, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = http.send
    monkeypatch.setattr(http, "send", lambda *a, **k: impatient(*a, **{**k, "timeout": 0.5}))
    fault(server)
    job = run_to_its_end(post)
    assert (job.status, job.error_code) == (Status.FAILED, ErrorCode.AMBIGUOUS)
    assert posts_sent(server) == 1
    assert job.billed == Billing.UNKNOWN


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Type": "text/html"}, b"<html>Service busy</html>"),
        ({"Content-Type": "application/json"}, b"{}"),
        ({"Content-Type": "application/json"}, b"[]"),
        ({"Content-Type": "application/json"}, b'{"data": []}'),
        ({"Content-Type": "application/json"}, b'{"data": [{"b64_json": "PHN2Zz4="}]}'),
        ({"Content-Type": "application/json"}, b'{"data": [{"b64_json": "%%%"}]}'),
        ({"Content-Type": "image/png"}, b"\x89PNG\r\n\x1a\n and then nothing"),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, b"\x1f\x8b rubbish"),
    ],
)
def test_a_200_without_a_picture_is_no_picture(
    post: Post, server: VendorServer, headers: dict[str, str], body: bytes
) -> None:
    server.answer(200, headers, body)
    job = run_to_its_end(post)
    assert (job.status, job.error_code) == (Status.FAILED, ErrorCode.NO_OUTPUT)
    assert posts_sent(server) == 1
    assert job.billed == Billing.UNKNOWN
    assert not post.images.exists()


def test_what_was_refused_before_it_started_is_tried_again_and_succeeds(
    post: Post, vendor: Vendor, server: VendorServer
) -> None:
    busy = {"error": {"code": 429, "message": "slow down"}}
    server.answer_json(busy, status=429, headers={"Retry-After": "7"})
    server.answer_json(vendor.answer)
    picture = job_of(post, Kind.IMAGE)
    runner.run(picture.pk)
    waiting = job_of(post, Kind.IMAGE)
    assert waiting.status == Status.PENDING
    assert waiting.run_after is not None
    assert waiting.call_started_at is None, "the call counts as not sent"
    wait = (waiting.run_after - Post.objects.get(pk=post.pk).updated_at).total_seconds()
    assert 6 < wait < 10, "as long as the vendor asked for"
    job = run_to_its_end(post)
    assert (job.status, posts_sent(server)) == (Status.COMPLETED, 2)


def test_a_flaky_vendor_is_not_paid_twice_by_itself_but_by_a_click(
    post: Post, vendor: Vendor, server: VendorServer
) -> None:
    server.answer_json({"error": {"message": "boom"}}, status=500)
    server.answer_json(vendor.answer)
    assert run_to_its_end(post).error_code == ErrorCode.AMBIGUOUS
    assert posts_sent(server) == 1
    studio.retry_slot(post=post, slot=0)
    work_off(post)
    assert posts_sent(server) == 2
    assert post.images.count() == 1


def test_nobody_there_costs_nothing_and_is_tried_again(
    post: Post, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings.PROVIDER_BASE_URLS, vendor.slug, "http://127.0.0.1:9/v1")
    job = run_to_its_end(post)
    assert (job.error_code, job.attempts) == (ErrorCode.TRANSIENT, 4)
    assert job.billed == Billing.NO


@pytest.mark.parametrize("status", [200, 400, 401, 500])
def test_the_key_appears_in_no_log_and_no_row(
    post: Post, server: VendorServer, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = f"Incorrect API key provided: {CANARY}. Authorization: Bearer {CANARY}"
    server.answer_json({"error": {"message": echo, "code": echo, "type": echo}}, status=status)
    job = run_to_its_end(post)
    assert any(CANARY in str(request.headers) for request in server.requests), "it was sent"
    assert CANARY not in caplog.text
    row = GenerationJob.objects.filter(pk=job.pk).values().get()
    assert CANARY not in str(row)
