"""The address that providers call: who is let in, what is refused, and what it costs."""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import OperationalError
from django.db.models.functions import Now
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from generation.models import GenerationJob, WebhookEvent
from generation.providers.webhooks import builtin, openrouter, standard
from generation.services import webhooks
from generation.views.webhooks import MAX_BYTES, video_callback
from pixelstream.accounts.models import User
from tests.factories import create_post

pytestmark = pytest.mark.django_db

REMOTE_ID = "clip-7"


@pytest.fixture
def job(alice: User) -> GenerationJob:
    """One that the engine took, and that is asked for in an hour."""
    return GenerationJob.objects.create(
        post=create_post(alice, images=0),
        kind=GenerationJob.Kind.IMAGE,
        model="builtin/sketch",
        remote_id=REMOTE_ID,
        poll_state={},
        call_started_at=Now(),
        run_after=timezone.now() + timedelta(hours=1),
    )


def path(job_id: int, provider: str = "builtin", token: str | None = None) -> str:
    query = urlencode({"t": token or webhooks.make_token(job_id, provider)})
    return f"{reverse('video-callback', args=[provider])}?{query}"


def signed(status: str = "completed", remote_id: str = REMOTE_ID) -> tuple[dict[str, str], bytes]:
    """Headers and body of a genuine message."""
    return builtin.write(webhooks.builtin_secrets()[0], remote_id, status, at=time.time())


def post(client: Client, address: str, headers: dict[str, str], body: bytes) -> Any:
    return client.post(
        address, data=body, content_type=headers.get("content-type", "x/y"), headers=headers
    )


def everything() -> list[Any]:
    return [*GenerationJob.objects.values_list(), *WebhookEvent.objects.values_list()]


def is_due(job: GenerationJob) -> bool:
    return GenerationJob.objects.claimable().filter(pk=job.pk).exists()


def test_a_genuine_message_is_thanked_for_without_a_cookie(job: GenerationJob) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = post(client, path(job.pk), *signed())
    assert (answer.status_code, answer.json()) == (200, {})
    assert answer["Content-Type"] == "application/json"
    assert not answer.cookies
    assert not client.cookies
    assert is_due(job)


def test_the_same_message_again_is_thanked_for_again(job: GenerationJob, client: Client) -> None:
    sent = signed()
    assert post(client, path(job.pk), *sent).status_code == 200
    before = everything()
    for _time in range(3):
        assert post(client, path(job.pk), *sent).status_code == 200
    assert everything() == before


def test_the_type_of_the_content_is_not_asked_for(job: GenerationJob, client: Client) -> None:
    headers, body = signed()
    for kind in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "x/y"):
        assert (
            post(client, path(job.pk), {**headers, "content-type": kind}, body).status_code == 200
        )
    assert WebhookEvent.objects.count() == 1


def test_a_job_that_is_gone_is_no_fault_of_the_provider(
    job: GenerationJob, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert post(client, path(job.pk + 1000), *signed()).status_code == 200
    assert f"job {job.pk + 1000}, which is gone" in caplog.text
    assert not WebhookEvent.objects.exists()
    assert not is_due(job)


def test_each_provider_gets_the_answer_that_it_waits_for(
    job: GenerationJob, client: Client, settings: Any
) -> None:
    kie = post(client, path(job.pk, "kie"), {}, b'{"data":{"taskId":"clip-7","state":"success"}}')
    assert (kie.status_code, kie.json()) == (200, {"code": 200, "msg": "success"})
    other = post(client, path(job.pk, "openrouter"), {}, b'{"data":{"id":"clip-7"}}')
    assert (other.status_code, other.json()) == (200, {})


def test_where_the_operator_set_a_secret_it_has_to_be_signed(
    job: GenerationJob, client: Client, settings: Any
) -> None:
    settings.WEBHOOK_SECRETS = {"openrouter": ["one", "two"], "kie": ["three"]}
    before = everything()
    body = b'{"data":{"id":"clip-7","taskId":"clip-7","status":"completed","state":"success"}}'
    for provider in ("openrouter", "kie"):
        assert post(client, path(job.pk, provider), {}, body).status_code == 401
    assert everything() == before
    seconds = str(int(time.time()))
    proof = hmac.new(b"two", f"{seconds},".encode() + body, hashlib.sha256).hexdigest()
    headers = {openrouter.SIGNATURE: f"t={seconds},v1={proof}"}
    assert post(client, path(job.pk, "openrouter"), headers, body).status_code == 200
    assert is_due(job)


Change = Callable[[dict[str, str], bytes], tuple[dict[str, str], bytes]]

UNPROVEN: dict[str, Change] = {
    "no signature": lambda headers, body: ({}, body),
    "a truncated signature": lambda headers, body: (
        {**headers, "webhook-signature": headers["webhook-signature"][:-1]},
        body,
    ),
    "another signature": lambda headers, body: (
        {**headers, "webhook-signature": "v1," + "A" * 43 + "="},
        body,
    ),
    "a wrong secret": lambda headers, body: builtin.write(
        b"wrong", REMOTE_ID, "completed", at=time.time()
    ),
    "the secret key itself": lambda headers, body: builtin.write(
        settings.SECRET_KEY.encode(), REMOTE_ID, "completed", at=time.time()
    ),
    "stale": lambda headers, body: builtin.write(
        webhooks.builtin_secrets()[0], REMOTE_ID, "completed", at=time.time() - 302
    ),
    "of the future": lambda headers, body: builtin.write(
        webhooks.builtin_secrets()[0], REMOTE_ID, "completed", at=time.time() + 302
    ),
    "about another job": lambda headers, body: signed(remote_id="clip-8"),
    "another body": lambda headers, body: (headers, body + b" "),
    "no UTF-8": lambda headers, body: (headers, b"\xff\xfe\x80"),
    "NUL": lambda headers, body: (headers, b"\x00" * 1000),
    "deep JSON": lambda headers, body: (headers, b"[" * 100_000),
    "a megabyte": lambda headers, body: (headers, b"x" * MAX_BYTES),
}


@pytest.mark.parametrize("name", UNPROVEN)
def test_what_is_not_proven_is_refused_and_changes_nothing(
    name: str, job: GenerationJob, client: Client
) -> None:
    before = everything()
    answer = post(client, path(job.pk), *UNPROVEN[name](*signed()))
    assert (answer.status_code, answer.json()) == (401, {})
    assert everything() == before


def by_engine(body: bytes) -> tuple[dict[str, str], bytes]:
    """A body that the engine really signed."""
    secret = webhooks.builtin_secrets()[0]
    return standard.headers(secret, "evt", body, at=time.time()), body


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff\xfe\x80",
        b"\x00" * 1000,
        b'{"data":{"id":"a\\u0000b"}}',
        b"[" * 100_000,
        b'{"data":' * 100_000,
        b'{"data":{"id":"' + b"x" * 1000 + b'"}}',
        b" " * (MAX_BYTES - 10),
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_proven_and_still_no_message_is_refused_and_changes_nothing(
    body: bytes, job: GenerationJob, client: Client
) -> None:
    before = everything()
    answer = post(client, path(job.pk), *by_engine(body))
    assert answer.status_code == 400
    assert everything() == before


@pytest.mark.parametrize(
    "query", ["", "t=", "t=x", "t=%00", "t=%ff", "t=%ED%A0%80", "t=" + "x" * 5000, "t=1&t=2", "u=1"]
)
def test_without_the_token_nobody_gets_in(query: str, job: GenerationJob, client: Client) -> None:
    before = everything()
    address = f"{reverse('video-callback', args=['builtin'])}?{query}"
    assert post(client, address, *signed()).status_code == 401
    assert everything() == before


def test_a_token_opens_one_job_of_one_provider(job: GenerationJob, client: Client) -> None:
    before = everything()
    for token in (
        webhooks.make_token(job.pk, "kie"),
        webhooks.make_token(job.pk, "builtin")[:-1],
        f"{job.pk}",
    ):
        assert post(client, path(job.pk, token=token), *signed()).status_code == 401
    assert everything() == before


def test_where_the_database_is_away_it_says_so_and_is_told_again(
    job: GenerationJob, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: Any) -> None:
        raise OperationalError("away")

    with monkeypatch.context() as patch:
        patch.setattr(webhooks, "receive", away)
        answer = post(client, path(job.pk), *signed())
    assert (answer.status_code, answer["Retry-After"], answer.content) == (503, "5", b"")
    assert post(client, path(job.pk), *signed()).status_code == 200


def test_no_middleware_of_pages_is_around_it(job: GenerationJob, client: Client) -> None:
    answer = post(client, path(job.pk), *signed())
    assert answer.status_code == 200
    request = answer.wsgi_request
    assert not hasattr(request, "session")
    assert not hasattr(request, "user")
    assert "Set-Cookie" not in answer
    assert answer["Content-Length"] == "2"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_an_address_that_is_none_is_a_page_that_says_so(client: Client) -> None:
    for end in ("", "builtin/x/", "%00/"):
        answer = client.post(f"/api/video-callback/{end}")
        assert answer.status_code == 404, end
        assert b"</html>" in answer.content


def test_who_does_not_call_back_has_no_address(job: GenerationJob, client: Client) -> None:
    for provider in ("gemini", "local", "nobody"):
        assert post(client, path(job.pk, provider), *signed()).status_code == 404


def test_only_a_post_is_answered(job: GenerationJob, client: Client) -> None:
    for method in ("get", "head", "put", "delete", "options", "patch"):
        assert getattr(client, method)(path(job.pk)).status_code == 405


class Unread:
    """A body of which nobody may read a byte."""

    def read(self, *args: int) -> bytes:
        """Never called."""
        raise AssertionError("it was read")


@pytest.mark.parametrize("length", [MAX_BYTES + 1, 10 * 1024 * 1024, 10**30])
def test_too_long_a_message_is_not_read(length: int, job: GenerationJob) -> None:
    request = RequestFactory().post(path(job.pk), content_type="application/json")
    request.META["CONTENT_LENGTH"] = str(length)
    request._stream = cast("Any", Unread())
    assert video_callback(request, "builtin").status_code == 413


def test_ten_megabytes_are_refused(job: GenerationJob, client: Client) -> None:
    before = everything()
    answer = post(client, path(job.pk), signed()[0], b"x" * 10 * 1024 * 1024)
    assert answer.status_code == 413
    assert everything() == before


def test_a_body_that_breaks_off_is_refused(job: GenerationJob) -> None:
    class BreaksOff:
        def read(self, *args: int) -> bytes:
            raise OSError("gone")

        def close(self) -> None:
            """Django gives up on it."""

    request = RequestFactory().post(path(job.pk), content_type="application/json")
    request.META["CONTENT_LENGTH"] = "10"
    request._stream = cast("Any", BreaksOff())
    assert video_callback(request, "builtin").status_code == 400


def test_the_log_knows_no_secrets(
    job: GenerationJob, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    token = webhooks.make_token(job.pk, "builtin")
    headers, body = signed()
    with caplog.at_level(logging.DEBUG):
        post(client, path(job.pk), headers, body + b" ")
        post(client, path(job.pk), headers, body)
        post(client, path(job.pk, token=token[:-1]), headers, body)
        post(client, path(job.pk + 1000), headers, body)
    said = caplog.text
    assert "wrong signature" in said
    for secret in (token, token[:-1], headers["webhook-signature"][3:], body.decode()):
        assert secret not in said


def test_it_takes_three_statements_and_no_session(
    job: GenerationJob, client: Client, django_assert_num_queries: Any
) -> None:
    sent = signed()
    with django_assert_num_queries(3):  # the job, the event, the job's time
        assert post(client, path(job.pk), *sent).status_code == 200
    with django_assert_num_queries(4):  # nobody has asked since: the job's time once more
        assert post(client, path(job.pk), *sent).status_code == 200
    refused = {"webhook-signature": "v1,x"}
    with django_assert_num_queries(1):
        post(client, path(job.pk), {**signed()[0], **refused}, b"{}")
    with django_assert_num_queries(0):
        post(client, path(job.pk, token="x"), *signed())
