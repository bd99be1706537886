"""F22 to F24: a vendor that calls back too often, too early, too late, never, or is somebody else.

Everything is real but the vendor's clips: its process takes the order from a worker, over HTTP in
OpenRouter's dialect; the web server takes what is sent to the address that the vendor was given.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db.models import F

from gallery.models import Post
from gallery.services import deletion, erasure, quota, trash
from generation.models import GenerationJob, WebhookEvent
from generation.models.jobs import ErrorCode
from generation.services import studio
from pixelstream.accounts.models import User
from tests.factories import animate, job_of
from tests.faults.harness import (
    SECRETS,
    Stack,
    answers,
    calls_of,
    charged,
    pictures,
)
from tests.faults.vendor import videos
from tests.faults.vendor.provider import CLIP, PRICE, calls

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("credits_on")]

Status = GenerationJob.Status

NEW, OLD = SECRETS
BOUND_SECONDS = 120
"""Within which a clip is here after it was ready, without any message."""

HOUR = timedelta(hours=1)
SECONDS = 3


@pytest.fixture
def stack(stack: Stack) -> Iterator[Stack]:
    """With a web server and a vendor that calls back."""
    stack.start_calling_back()
    return stack


class Vendor:
    """The test as the vendor: what it was told about one work, and what it says of it."""

    def __init__(self, stack: Stack, job: GenerationJob) -> None:
        self.stack = stack
        self.job = job
        stack.wait_until(lambda: calls_of(job), f"the order of job {job.pk}")
        order = next(call for call in calls() if call["request"] == f"job-{job.pk}")
        self.work: str = order["work"]
        self.address: str = order["address"]

    def finish(self, status: str = "completed") -> None:
        """The clip is ready, or will never be."""
        videos.finish(self.stack.data_dir, self.work, status)

    def message(self, status: str = "completed", *, work: str = "") -> bytes:
        """What OpenRouter sends."""
        content = {
            "type": f"video.generation.{status}",
            "created_at": int(time.time()),
            "data": {"id": work or self.work, "status": status},
        }
        return json.dumps(content).encode()

    def say(self, status: str = "completed") -> int:
        """Call back with this, signed. Returns what it was answered."""
        body = self.message(status)
        return self.send(body, signed(body))

    def is_heard(self) -> bool:
        """Whether there is somebody to call."""
        return answers(self.stack.web_port)

    def send(self, body: bytes, headers: dict[str, str], *, address: str = "") -> int:
        """Call back with just this. Returns the status."""
        parts = urlsplit(address or self.address)
        connection = http.client.HTTPConnection("127.0.0.1", self.stack.web_port, timeout=30)
        try:
            connection.request("POST", f"{parts.path}?{parts.query}", body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()


def signed(body: bytes, secret: str = NEW, *, at: float | None = None) -> dict[str, str]:
    """The header that OpenRouter adds."""
    seconds = int(time.time() if at is None else at)
    proof = hmac.new(secret.encode(), f"{seconds},".encode() + body, hashlib.sha256)
    return {"x-openrouter-signature": f"t={seconds},v1={proof.hexdigest()}"}


def order(stack: Stack, owner: User, prompt: str = "the light turns") -> tuple[Post, Vendor]:
    """A clip that the vendor took and works on. It is not asked for before the test allows it."""
    post = animate(owner, prompt, CLIP)
    vendor = Vendor(stack, job_of(post))
    taken = GenerationJob.objects.filter(pk=vendor.job.pk, status=Status.PENDING).exclude(
        remote_id=""
    )
    stack.wait_until(taken.exists, "the vendor's answer")
    taken.update(run_after=F("run_after") + HOUR)
    return post, vendor


def digest() -> str:
    """All rows of everything: what may not change does not."""
    models = [*apps.get_app_config("gallery").get_models()]
    models += [*apps.get_app_config("generation").get_models()]
    rows = [
        repr(sorted(map(repr, model._base_manager.values_list())))
        for model in models
        if model._meta.managed
    ]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def is_one_clip(post: Post) -> bool:
    """The clip is there, once, was paid for once, and charged once."""
    job = job_of(post)
    made = (job.status, pictures(post), calls_of(job)) == (Status.COMPLETED, 1, 1)
    return made and charged(post.owner) == job.price_credits == PRICE * SECONDS


# --- F22: how often, in what order, and when


@pytest.mark.parametrize(
    "order_of_events",
    [
        ("completed",),
        ("completed", "completed", "completed"),
        ("completed", "in_progress", "pending"),
        ("failed", "completed", "pending", "in_progress", "completed"),
    ],
    ids="-".join,
)
def test_whatever_is_said_how_often_and_in_what_order_one_clip_comes_of_it(
    stack: Stack, alice: User, order_of_events: tuple[str, ...]
) -> None:
    post, vendor = order(stack, alice)
    vendor.finish()
    assert {vendor.say(status) for status in order_of_events} == {200}

    assert stack.finish().findings == []
    assert is_one_clip(post)
    assert {vendor.say(status) for status in order_of_events * 2} == {200}
    stack.faults += 3 * len(order_of_events)
    assert stack.finish().findings == []
    assert is_one_clip(post)
    assert WebhookEvent.objects.count() == len(set(order_of_events))


def test_what_is_said_before_the_vendor_answered_is_not_lost(stack: Stack, alice: User) -> None:
    """The clip is ready before the worker knows that there is any work."""
    post = animate(alice, "late=3", CLIP)
    vendor = Vendor(stack, job_of(post))
    vendor.finish()
    assert vendor.say() == 200
    assert job_of(post).remote_id == ""
    stack.faults += 1

    assert stack.finish().findings == []
    assert is_one_clip(post)


def test_a_web_server_that_dies_while_it_is_told_is_told_again(stack: Stack, alice: User) -> None:
    post, vendor = order(stack, alice)
    vendor.finish()
    (dying,) = stack.webs
    stack.plan_more("after_webhook", vendor.job, "kill9")
    with pytest.raises((OSError, http.client.HTTPException)):
        vendor.say()
    assert WebhookEvent.objects.count() == 1
    stack.wait_until(lambda: not dying.is_alive, "its end")
    stack.wait_until(vendor.is_heard, "another web server")
    assert vendor.say() == 200

    assert stack.finish().findings == []
    assert is_one_clip(post)


def cancel(post: Post, owner: User) -> None:
    studio.cancel_post(post=post, by=owner)


def put_in_the_trash(post: Post, owner: User) -> None:
    trash.trash(owner=owner, ids=[post.pk])


def delete_for_good(post: Post, owner: User) -> None:
    put_in_the_trash(post, owner)
    with quota.counting():
        deletion.delete_some(Post.objects.filter(pk=post.pk), by=owner, limit=1)


def erase(post: Post, owner: User) -> None:
    erasure.carry_out(erasure.ask(owner, at_once=True).pk)


def end_days_ago(post: Post, owner: User) -> None:
    cancel(post, owner)
    ago = timedelta(days=8)
    for name in ("created_at", "started_at", "call_started_at", "finished_at"):
        GenerationJob.objects.filter(post=post).update(**{name: F(name) - ago})


@pytest.mark.parametrize("end", [cancel, put_in_the_trash, delete_for_good, erase, end_days_ago])
def test_after_the_end_nothing_comes_back(
    stack: Stack, alice: User, end: Callable[[Post, User], None]
) -> None:
    post, vendor = order(stack, alice)
    end(post, alice)
    stack.finish()
    before = [*GenerationJob.objects.order_by("pk").values_list()]
    vendor.finish()
    assert {vendor.say(status) for status in ("completed", "failed", "completed")} == {200}
    stack.faults += 3

    assert stack.finish().findings == []
    assert [*GenerationJob.objects.order_by("pk").values_list()] == before
    assert pictures(post) == 0
    assert charged(alice) == 0
    if before:
        assert job_of(post).error_code == ErrorCode.CANCELED
    else:
        assert not WebhookEvent.objects.exists()


# --- F23: who is not the vendor

Forged = tuple[bytes, dict[str, str]]


def _other_signature(vendor: Vendor, change: Callable[[str], str]) -> Forged:
    body = vendor.message()
    ((name, value),) = signed(body).items()
    return body, {name: change(value)}


FORGERIES: dict[str, tuple[int, Callable[[Vendor], Forged]]] = {
    "no signature": (401, lambda v: (v.message(), {})),
    "a forged signature": (401, lambda v: _other_signature(v, lambda s: s[:-64] + "0" * 64)),
    "a truncated signature": (401, lambda v: _other_signature(v, lambda s: s[:-1])),
    "a wrong secret": (401, lambda v: (v.message(), signed(v.message(), "another"))),
    "no secret": (401, lambda v: (v.message(), signed(v.message(), ""))),
    "stale": (401, lambda v: (v.message(), signed(v.message(), at=time.time() - 302))),
    "of the future": (401, lambda v: (v.message(), signed(v.message(), at=time.time() + 302))),
    "another body": (401, lambda v: (v.message("failed"), signed(v.message()))),
    "another work": (401, lambda v: _signed(v.message(work="vid-of-another"))),
    "10 MB": (413, lambda v: _signed(b" " * 10 * 1024 * 1024)),
    "no UTF-8": (400, lambda v: _signed(b"\xff\xfe\x80")),
    "no UTF-8, unsigned": (401, lambda v: (b"\xff\xfe\x80", {})),
    "deep JSON": (400, lambda v: _signed(b'{"data":' * 100_000)),
    "deep JSON, unsigned": (401, lambda v: (b"[" * 100_000, {})),
    "nothing": (400, lambda v: _signed(b"")),
    "NUL": (400, lambda v: _signed(v.message(work="a\x00b"))),
    "a signature that is no ASCII": (401, lambda v: _other_signature(v, lambda s: s + "é")),
}


def _signed(body: bytes) -> Forged:
    return body, signed(body)


def test_what_proves_nothing_changes_nothing(stack: Stack, alice: User, bob: User) -> None:
    """Every answer is the right one, and the database stays as it was, byte for byte."""
    post, vendor = order(stack, alice)
    _post, other = order(stack, bob)
    stack.stop_workers()
    stack.stop_beats()
    before = digest()

    for name, (expected, forge) in FORGERIES.items():
        assert vendor.send(*forge(vendor)) == expected, name
        assert digest() == before, name
    for address in (
        other.address,  # of another job
        other.address.replace("openrouter", "kie"),
        vendor.address[:-1],
        vendor.address.partition("?")[0],
    ):
        body = vendor.message()
        assert vendor.send(body, signed(body), address=address) == 401, address
        assert digest() == before, address
    stack.faults += len(FORGERIES) + 4

    vendor.finish()
    other.finish()
    assert (vendor.say(), other.say()) == (200, 200)
    stack.ensure_running()
    assert stack.finish().findings == []
    assert is_one_clip(post)


def test_a_replay_changes_nothing_and_both_secrets_count(stack: Stack, alice: User) -> None:
    post, vendor = order(stack, alice)
    stack.stop_workers()
    stack.stop_beats()
    body = vendor.message("in_progress")
    assert vendor.send(body, signed(body, OLD)) == 200
    before = digest()
    for _time in range(3):
        assert vendor.send(body, signed(body, OLD)) == 200
        assert digest() == before
    vendor.finish()
    assert vendor.say() == 200
    stack.faults += 3
    stack.ensure_running()

    assert stack.finish().findings == []
    assert is_one_clip(post)


# --- F24: nobody calls


def test_without_any_message_a_clip_is_here_soon_after_it_is_ready(
    stack: Stack, alice: User
) -> None:
    post = animate(alice, models=CLIP)
    vendor = Vendor(stack, job_of(post))
    vendor.finish()
    ready = time.time()
    stack.faults += 1

    assert stack.finish().findings == []
    assert is_one_clip(post)
    finished = job_of(post).finished_at
    assert finished is not None
    assert finished.timestamp() - ready <= BOUND_SECONDS
    assert not WebhookEvent.objects.exists()
