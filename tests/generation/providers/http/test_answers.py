"""Bodies and headers that nobody should send, and what a status means."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from generation.providers.errors import Billed, ErrorKind, ProviderError
from generation.providers.http import Answer, parse_retry_after, refusal


def answer(body: bytes, status: int = 200, **headers: str) -> Answer:
    return Answer(status, headers, body)


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (b"{}", {}),
        (b' {"a": [1, 2.5, null]}\n', {"a": [1, 2.5, None]}),
        ('{"a": "é"}'.encode("utf-8-sig"), {"a": "é"}),
        ('{"a": "é"}'.encode("utf-16"), {"a": "é"}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'{"a": ' + b"9" * 4000 + b"}", {"a": int("9" * 4000)}),
        (b'{"a": "' + b"[" * 400_000 + b'"}', {"a": "[" * 400_000}),
    ],
)
def test_an_object_is_read(body: bytes, content: object) -> None:
    assert answer(body).json() == content
    assert answer(body).json_or_empty() == content


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"1",
        b'"text"',
        b"[]",
        b"[{}]",
        b"<html>502 Bad Gateway</html>",
        b"{} {}",
        b'{"a": 1',
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": "\xff\xfe"}',
        b"\xff\xfe{",
        b"\x00" * 100,
        b"\xed\xa0\x80",
        b"[" * 100_000,
        b"{" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a": [' + b"[]," * 1_000_000 + b"[]]}",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    ],
    ids=lambda body: repr(body[:20]),
)
def test_anything_else_is_no_output(body: bytes) -> None:
    with pytest.raises(ProviderError) as caught:
        answer(body).json()
    assert caught.value.kind is ErrorKind.NO_OUTPUT
    assert caught.value.billed is Billed.UNKNOWN
    assert caught.value.status == 200
    assert len(caught.value.detail) < 500
    assert answer(body).json_or_empty() == {}


def test_an_excerpt_is_short_and_never_fails() -> None:
    assert answer(b"x y " * 10_000).excerpt == "x y " * 75
    assert answer(b"\xff\xfe\x00a").excerpt == "\ufffd\ufffd\x00a"


def test_the_key_that_was_sent_is_not_in_an_excerpt_even_where_that_is_cut() -> None:
    secret = "plain-secret-of-somebody"
    for before in range(280, 310):
        body = b"." * before + secret.encode() + b"." * 100
        told = Answer(401, {}, body, (secret,))
        assert "plain" not in told.excerpt.replace("[hidden]", "")
        assert secret not in repr(told)
        assert "plain" not in refusal(told, body.decode(), paid=True).detail
        assert "plain" not in str(refusal(told, paid=True))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("30", 30),
        (" 7 ", 7),
        ("1.5", 1.5),
        ("-5", 0),
        ("86400000", 86_400_000),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Wednesday, 21-Oct-15 07:28:00 GMT", 0),
    ],
)
def test_a_sound_wait_is_read(value: str, seconds: float) -> None:
    assert parse_retry_after({"retry-after": value}) == seconds


def test_a_wait_until_a_date_is_read() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    waited = parse_retry_after({"retry-after": date})
    assert waited is not None
    assert 60 < waited <= 90


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "soon",
        "nan",
        "inf",
        "-inf",
        "1e999",
        "5, 10",
        "5 seconds",
        "0x10",
        "\x00",
        "9" * 5000,
        ":" * 5000,
        "Wed, 99 Foo 2015 07:28:00 GMT",
        "Wed, 21 Oct 99999999 07:28:00 GMT",
        "Wed, 21 Oct 2015 07:28:00 +999999999999",
        "Wed, 21 Oct 2015 25:61:61 GMT",
        "Mon, 01 Jan 0001 00:00:00 +2359 +",
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "1 2 3 4 5 6 7",
        ", , , :",
        "é" * 100,
    ],
)
def test_a_wait_that_is_rubbish_is_none_or_a_number(value: str) -> None:
    waited = parse_retry_after({"retry-after": value})
    assert waited is None or 0 <= waited < float("inf")


@pytest.mark.parametrize("value", ["", "soon", "nan", "inf", "1e999", "5, 10", "0x10", "9" * 5000])
def test_a_wait_without_a_meaning_is_none(value: str) -> None:
    assert parse_retry_after({"retry-after": value}) is None


def test_no_header_is_no_wait() -> None:
    assert parse_retry_after({}) is None


K = ErrorKind
STATUSES = [
    (200, K.AMBIGUOUS, K.TRANSIENT),
    (300, K.INVALID, K.INVALID),
    (301, K.INVALID, K.INVALID),
    (304, K.INVALID, K.INVALID),
    (400, K.INVALID, K.INVALID),
    (401, K.AUTH, K.AUTH),
    (402, K.QUOTA, K.QUOTA),
    (403, K.AUTH, K.AUTH),
    (404, K.INVALID, K.INVALID),
    (405, K.INVALID, K.INVALID),
    (408, K.AMBIGUOUS, K.TRANSIENT),
    (409, K.INVALID, K.INVALID),
    (410, K.RETIRED, K.RETIRED),
    (413, K.INVALID, K.INVALID),
    (418, K.INVALID, K.INVALID),
    (422, K.INVALID, K.INVALID),
    (425, K.RATE, K.RATE),
    (429, K.RATE, K.RATE),
    (451, K.INVALID, K.INVALID),
    (500, K.AMBIGUOUS, K.TRANSIENT),
    (502, K.AMBIGUOUS, K.TRANSIENT),
    (503, K.RATE, K.RATE),
    (504, K.AMBIGUOUS, K.TRANSIENT),
    (520, K.AMBIGUOUS, K.TRANSIENT),
    (524, K.AMBIGUOUS, K.TRANSIENT),
    (529, K.RATE, K.RATE),
    (599, K.AMBIGUOUS, K.TRANSIENT),
    (999, K.AMBIGUOUS, K.TRANSIENT),
]


@pytest.mark.parametrize(("status", "paid_kind", "free_kind"), STATUSES)
def test_a_status_means_something_by_itself(
    status: int, paid_kind: ErrorKind, free_kind: ErrorKind
) -> None:
    said = Answer(status, {"retry-after": "7"}, b'{"error": "no"}')
    for paid, kind in ((True, paid_kind), (False, free_kind)):
        error = refusal(said, paid=paid)
        assert error.kind is kind
        assert error.status == status
        assert error.retry_after == 7
        assert error.detail == f'{status}: {{"error": "no"}}'
        assert error.billed is (Billed.UNKNOWN if kind is K.AMBIGUOUS else Billed.NO)


def test_the_words_of_an_adapter_win_over_the_body() -> None:
    said = Answer(400, {}, json.dumps({"error": {"message": "size"}}).encode())
    assert refusal(said, "size is not supported", paid=True).detail == "400: size is not supported"
    assert len(refusal(said, "no " * 1000, paid=True).detail) < 400
