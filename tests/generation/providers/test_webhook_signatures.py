"""Messages of providers: every signature here was made by somebody else's code.

Standard Webhooks: the reference vector of the specification's own libraries. The others come from
`crypto.createHmac` of Node, written as the vendors' documents do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from generation.providers.webhooks import (
    CALLERS,
    Event,
    Message,
    RefusedError,
    UnreadableError,
    builtin,
    standard,
)

# --- Standard Webhooks

SECRET = standard.secret_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
REFERENCE = Message(
    {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    },
    b'{"test": 2432232314}',
    1614265330.0,
)

NOW = 1763805600
OLD_SECRET, OTHER_SECRET = b"an older secret", b"somebody else's"

# --- one genuine message of each sender: (slug, secret, message, what it says)

BUILTIN = Message(
    {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(NOW),
        # createHmac('sha256', key).update(`evt_1.${t}.${body}`).digest('base64')
        "webhook-signature": "v1,uDLIeo9ImOJM8YwK0rKDMpYkiDa62UXf6ErnOznNyGk=",
    },
    b'{"type":"video.completed","timestamp":"2026-11-22T10:00:00Z",'
    b'"data":{"id":"clip-7","status":"completed"}}',
    NOW,
)
OPENROUTER = Message(
    {
        # createHmac('sha256', secret).update(`${t},${body}`).digest('hex')
        "x-openrouter-signature": f"t={NOW},v1="
        "a72f3e1a8f455d55b96dbd06dfdb0acc377a5e33102ad9e82816ee77bec3127f",
        "x-openrouter-idempotency-key": "vid-abc123-completed",
    },
    b'{"type":"video.generation.completed","created_at":1763805600,"data":{"id":"vid-abc123",'
    b'"status":"completed","model":"google/veo-3.1","unsigned_urls":'
    b'["https://openrouter.ai/api/v1/videos/vid-abc123/content?index=0"],'
    b'"usage":{"cost":0.5,"is_byok":false}}}',
    NOW,
)
KIE = Message(
    {
        "x-webhook-timestamp": str(NOW),
        # createHmac('sha256', key).update(`${taskId}.${t}`).digest('base64')
        "x-webhook-signature": "3quKzBaiYUFgKJPlBM2L5q5k439e/6TWSE1NwWH/7IU=",
    },
    b'{"code":200,"msg":"Playground task completed successfully.","data":{'
    b'"taskId":"ee9c2715375b7837f8bc51d641ff5863","model":"wan/3-0-video","state":"success",'
    b'"resultJson":"{\\"resultUrls\\":[\\"https://example.com/x.mp4\\"]}","costTime":98}}',
    NOW,
)
SENDERS = {
    "builtin": (SECRET, BUILTIN, Event("evt_1", "clip-7", "video.completed", "completed")),
    "openrouter": (
        b"or-whsec-0123456789",
        OPENROUTER,
        Event("vid-abc123-completed", "vid-abc123", "video.generation.completed", "completed"),
    ),
    "kie": (
        b"kie-hmac-key-0123",
        KIE,
        Event(
            "ee9c2715375b7837f8bc51d641ff5863-success",
            "ee9c2715375b7837f8bc51d641ff5863",
            "task",
            "success",
        ),
    ),
}
SIGNATURES = {
    "builtin": "webhook-signature",
    "openrouter": "x-openrouter-signature",
    "kie": "x-webhook-signature",
}
everybody = pytest.mark.parametrize("slug", sorted(SENDERS))


def with_header(message: Message, name: str, change: Callable[[str], str]) -> Message:
    return replace(message, headers={**message.headers, name: change(message.headers[name])})


def test_the_reference_vector_of_standard_webhooks_is_accepted() -> None:
    assert standard.verify(REFERENCE, [SECRET]) == "msg_p5jXN8AQM9LWM0D4loKWxJek"


def test_what_we_sign_is_what_the_reference_signs() -> None:
    headers = standard.headers(
        SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", REFERENCE.body, at=1614265330.7
    )
    assert headers == REFERENCE.headers


def test_there_is_a_genuine_message_of_every_caller() -> None:
    assert set(SENDERS) == set(CALLERS)


@everybody
def test_a_genuine_message_is_read(slug: str) -> None:
    secret, message, event = SENDERS[slug]
    assert CALLERS[slug].read(message, [secret]) == event


@everybody
def test_every_secret_counts_while_one_is_replaced(slug: str) -> None:
    secret, message, event = SENDERS[slug]
    for secrets in ([secret, OLD_SECRET], [OTHER_SECRET, OLD_SECRET, secret]):
        assert CALLERS[slug].read(message, secrets) == event


@everybody
def test_a_wrong_secret_is_refused(slug: str) -> None:
    _secret, message, _event = SENDERS[slug]
    for secrets in ([OTHER_SECRET], [OTHER_SECRET, OLD_SECRET], [b""]):
        with pytest.raises(RefusedError):
            CALLERS[slug].read(message, secrets)


@everybody
@pytest.mark.parametrize(
    "forge",
    [
        lambda text: text[:-1],
        lambda text: text[:-2],
        lambda text: text[: len(text) // 2],
        lambda text: text + "A",
        lambda text: "",
        lambda text: " ",
        lambda text: "é",
        lambda text: "\x00",
        lambda text: text.swapcase(),
        lambda text: text[::-1],
        lambda text: "v1," * 10_000,
        lambda text: "," * 100_000,
        lambda text: "t=1,t=2,v1=",
    ],
)
def test_a_forged_or_truncated_signature_is_refused(slug: str, forge: Callable[[str], str]) -> None:
    secret, message, _event = SENDERS[slug]
    with pytest.raises(RefusedError):
        CALLERS[slug].read(with_header(message, SIGNATURES[slug], forge), [secret])


@everybody
def test_a_missing_header_is_refused(slug: str) -> None:
    secret, message, _event = SENDERS[slug]
    for name in message.headers:
        if name == "x-openrouter-idempotency-key":  # not signed, so not read
            continue
        rest = {key: value for key, value in message.headers.items() if key != name}
        with pytest.raises(RefusedError):
            CALLERS[slug].read(replace(message, headers=rest), [secret])


@everybody
def test_five_minutes_are_tolerated_and_no_second_more(slug: str) -> None:
    secret, message, event = SENDERS[slug]
    for seconds in (-300, -299, 0, 299, 300):
        assert CALLERS[slug].read(replace(message, received=NOW + seconds), [secret]) == event
    for seconds in (-86400, -301, 301, 86400, 8 * 86400):
        with pytest.raises(RefusedError):
            CALLERS[slug].read(replace(message, received=NOW + seconds), [secret])


@everybody
@pytest.mark.parametrize(
    "seconds", ["", "now", "1e9", "-1", "+1763805600", "1763805600.0", "١٧٦٣٨٠٥٦٠٠", "9" * 5000]
)
def test_a_time_that_is_none_is_refused(slug: str, seconds: str) -> None:
    secret, message, _event = SENDERS[slug]
    headers = {name: value.replace(str(NOW), seconds) for name, value in message.headers.items()}
    with pytest.raises(RefusedError):
        CALLERS[slug].read(replace(message, headers=headers), [secret])


def test_another_body_is_refused_where_the_body_is_signed() -> None:
    for slug in ("builtin", "openrouter"):
        secret, message, _event = SENDERS[slug]
        for body in (message.body + b" ", message.body[:-1], b"", b"\x00" + message.body):
            with pytest.raises(RefusedError):
                CALLERS[slug].read(replace(message, body=body), [secret])


def test_of_kie_the_task_is_what_is_signed() -> None:
    secret, message, _event = SENDERS["kie"]
    other = message.body.replace(b"ee9c2715", b"00000000")
    with pytest.raises(RefusedError):
        CALLERS["kie"].read(replace(message, body=other), [secret])
    # Its body is not signed; all it could do is to name another of five states.
    for state in (b"fail", b"waiting", b"x" * 1000):
        event = CALLERS["kie"].read(
            replace(message, body=message.body.replace(b"success", state)), [secret]
        )
        assert event.status in {"fail", "waiting", "other"}


def test_older_models_of_kie_name_their_task_in_another_way() -> None:
    secret, message, event = SENDERS["kie"]
    older = replace(message, body=message.body.replace(b"taskId", b"task_id"))
    assert CALLERS["kie"].read(older, [secret]) == event


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"7",
        b'"x"',
        b"{}",
        b'{"data":null}',
        b'{"data":{"id":7,"taskId":7}}',
        b'{"data":{"id":"","taskId":""}}',
        b'{"data":{"id":"a b","taskId":"a b"}}',
        b'{"data":{"id":"a\\u0000b","taskId":"a\\u0000b"}}',
        b'{"data":{"id":"\\ud800","taskId":"\\ud800"}}',
        b'{"data":{"id":"' + b"x" * 201 + b'","taskId":"' + b"x" * 201 + b'"}}',
        b"\xff\xfe\x00",
        b"\x80abc",
        b"\x00" * 100,
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b"9" * 100_000,
    ],
    ids=lambda body: repr(body[:24]),
)
@pytest.mark.parametrize("slug", ["openrouter", "kie"])
def test_what_is_no_message_is_told_apart_from_a_forged_one(slug: str, body: bytes) -> None:
    with pytest.raises(UnreadableError):
        CALLERS[slug].read(Message({}, body, NOW), [])


def test_the_engine_signs_what_it_reads() -> None:
    headers, body = builtin.write(SECRET, "clip-9", "completed", at=NOW)
    event = CALLERS["builtin"].read(Message(headers, body, NOW), [SECRET])
    assert event == Event("clip-9-completed", "clip-9", "video.completed", "completed")


def test_without_any_secret_the_engine_is_not_believed() -> None:
    with pytest.raises(RefusedError):
        CALLERS["builtin"].read(BUILTIN, [])
