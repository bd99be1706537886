"""Whatever is asked and whatever happens: JSON in one of two envelopes, in English."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext
from redis.exceptions import ConnectionError as RedisConnectionError

from pixelstream.accounts.models import User
from pixelstream.storages import StorageUnavailableError
from pixelstream.uploads import UploadNotKeptError
from tests.pixelstream.api.conftest import Program
from tests.pixelstream.api.sample import Watched

pytestmark = pytest.mark.django_db

JSON = "application/json"


@pytest.fixture
def mine(alice: User, program: Program) -> Client:
    """A program of Alice's."""
    return program(alice)


def error_of(answer: Any, status: int) -> tuple[str, str]:
    """Code and message, of what must be the envelope of failure."""
    assert (answer.status_code, answer["Content-Type"]) == (status, JSON), answer.content
    said = answer.json()
    assert said == {"success": False, "error": said["error"]}
    assert set(said["error"]) == {"code", "message"}
    return said["error"]["code"], said["error"]["message"]


def fail_with(watched: Watched, error: Exception) -> None:
    def fail() -> None:
        raise error

    watched.does = fail


def test_what_goes_well_is_in_the_envelope_of_success(mine: Client, watched: Watched) -> None:
    answer = mine.get("/api/things", {"limit": 3})
    assert (answer.status_code, answer["Content-Type"]) == (200, JSON)
    assert answer.json() == {"success": True, "data": {"number": 1, "limit": 3}}
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Length"] == str(len(answer.content))
    assert not answer.cookies
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")


def test_names_in_json_are_camel_case(mine: Client, watched: Watched) -> None:
    body = {"words": "two", "howMany": "x"}
    code, message = error_of(mine.post("/api/things", body, JSON), 422)
    assert (code, message.split(":")[0]) == ("VALIDATION", "howMany")


@pytest.mark.parametrize(
    "path", ["/api/", "/api/nothing", "/api/things/", "/api/docsx", "/api/thing%00s"]
)
def test_an_unknown_address_is_404_in_the_envelope(
    path: str, mine: Client, watched: Watched
) -> None:
    assert error_of(mine.get(path), 404) == ("NOT_FOUND", "Not found")
    assert error_of(Client().post(path), 404) == ("NOT_FOUND", "Not found")


def test_another_method_is_405_and_says_which_there_are(mine: Client, watched: Watched) -> None:
    for method in ("patch", "delete"):
        answer = getattr(mine, method)("/api/things")
        assert error_of(answer, 405)[0] == "METHOD_NOT_ALLOWED"
        assert answer["Allow"] == "GET, HEAD, POST, PUT"
    assert mine.get("/api/generate")["Allow"] == "POST"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{", id="cut off"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(b'{"words": "\xed\xa0\x80"}', id="half a character in bytes"),
        pytest.param('{"words": "x"}'.encode("utf-16"), id="UTF-16"),
        pytest.param('{"words": "x"}'.encode("utf-16-le"), id="UTF-16 without a mark"),
        pytest.param(b'\xef\xbb\xbf{"words": "x"}', id="with a mark"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b'{"words": NaN}', id="not a number"),
        pytest.param(b"words=x", id="a form"),
        pytest.param(b"1" * 5000, id="a long number"),
    ],
)
def test_what_is_no_json_is_400(body: bytes, mine: Client, watched: Watched) -> None:
    assert error_of(mine.post("/api/things", body, JSON), 400)[0] == "INVALID_JSON"
    assert watched.runs == []


@pytest.mark.parametrize("words", ["a\x00b", "\ud800", "\udfff and more"])
def test_text_that_no_database_keeps_is_refused(words: str, mine: Client, watched: Watched) -> None:
    body = json.dumps({"words": words})
    assert error_of(mine.post("/api/things", body, JSON), 422)[0] == "VALIDATION"
    nested = json.dumps({"words": "x", "more": [{words: 1}]})
    assert error_of(mine.post("/api/things", nested, JSON), 422)[0] == "VALIDATION"
    assert error_of(mine.get("/api/things?cursor=a%00b"), 422)[0] == "VALIDATION"
    assert watched.runs == []


@pytest.mark.parametrize("words", ["😀", "\\u0000", "Ação", "\u2028"])
def test_any_other_text_arrives_as_it_is(words: str, mine: Client, watched: Watched) -> None:
    assert mine.post("/api/things", json.dumps({"words": words}), JSON).status_code == 201
    assert watched.runs == [words]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        *((f"limit={limit}", "limit") for limit in ("0", "101", "x", "-1", "9" * 30)),
        (f"cursor={'a' * 61}", "cursor"),
    ],
)
def test_a_wrong_parameter_is_422_with_its_name(
    query: str, field: str, mine: Client, watched: Watched
) -> None:
    code, message = error_of(mine.get(f"/api/things?{query}"), 422)
    assert (code, message.split(":")[0]) == ("VALIDATION", field)


def test_head_is_answered_as_get_without_a_body(mine: Client, watched: Watched) -> None:
    get, head = mine.get("/api/things"), mine.head("/api/things")
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Length"] == get["Content-Length"]
    assert head["Content-Type"] == JSON
    assert mine.head("/api/things?limit=x").status_code == 422
    assert Client().head("/api/things").status_code == 401
    assert mine.head("/api/generate").status_code == 405
    assert len(watched.runs) == 2


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("Limit=3", "Limit"),
        ("tags=a&more=1", "tags"),
        ("more", "more"),
        ("how_many=2", "how_many"),
        (f"{'x' * 200}=1", "x" * 80),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_parameter_that_nobody_knows_is_refused_with_its_name(
    method: str, query: str, name: str, mine: Client, watched: Watched
) -> None:
    path = f"/api/things?{query}"
    answer = mine.get(path) if method == "get" else mine.post(path, {"words": "x"}, JSON)
    code, message = error_of(answer, 422)
    assert (code, message.split(":")[0]) == ("VALIDATION", name)
    assert watched.runs == []
    assert error_of(Client().get(path), 401)[0] == "UNAUTHORIZED"


def test_a_body_that_is_missing_is_422(mine: Client, watched: Watched) -> None:
    code, message = error_of(mine.post("/api/things", b"", JSON), 422)
    assert (code, message) == ("VALIDATION", "body: Field required")
    assert error_of(mine.post("/api/things", {}, JSON), 422)[1].startswith("words: ")


def test_a_body_over_the_limit_is_413(mine: Client, watched: Watched, settings: Any) -> None:
    body = json.dumps({"words": "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE})
    assert error_of(mine.post("/api/things", body, JSON), 413)[0] == "TOO_LARGE"
    assert watched.runs == []


def test_scripts_of_other_sites_are_not_let_in(mine: Client, watched: Watched) -> None:
    origin = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    asked = mine.options("/api/things", headers=origin)
    assert error_of(asked, 405)[0] == "METHOD_NOT_ALLOWED"
    for answer in (asked, mine.get("/api/things", headers=origin)):
        assert not [name for name in answer.headers if name.startswith("Access-Control-")]


def test_a_body_in_chunks_is_not_taken_for_none(mine: Client, watched: Watched) -> None:
    answer = mine.post("/api/things", b"", JSON, headers={"Transfer-Encoding": "chunked"})
    assert error_of(answer, 411)[0] == "LENGTH_REQUIRED"


def test_a_form_that_cannot_be_read_is_400(mine: Client, watched: Watched) -> None:
    answer = mine.post("/api/files", b"x", "multipart/form-data; boundary=")
    assert error_of(answer, 400)[0] == "BAD_REQUEST"


def test_a_host_that_is_not_ours_is_400(mine: Client, watched: Watched) -> None:
    answer = mine.get("/api/things", headers={"Host": "evil.example"})
    assert error_of(answer, 400)[0] == "BAD_REQUEST"
    assert watched.runs == []


def test_what_an_operation_refuses_is_told_in_its_words(mine: Client, watched: Watched) -> None:
    answer = mine.get("/api/refused")
    assert error_of(answer, 402) == ("NOT_ENOUGH_CREDITS", "2 credits are needed")
    assert answer["X-Left"] == "1"


def test_what_is_forbidden_below_is_403(mine: Client, watched: Watched) -> None:
    fail_with(watched, PermissionDenied())
    assert error_of(mine.get("/api/things"), 403)[0] == "FORBIDDEN"


@pytest.mark.parametrize(
    "outage",
    [
        OperationalError("database is locked"),
        RedisConnectionError("refused"),
        StorageUnavailableError("bucket 7 refuses"),
        UploadNotKeptError("No space left on device"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_outage_is_503_and_says_when_to_come_back(
    outage: Exception, mine: Client, watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    fail_with(watched, outage)
    answer = mine.get("/api/things")
    code, message = error_of(answer, 503)
    assert (code, answer["Retry-After"]) == ("UNAVAILABLE", "5")
    assert str(outage) not in message
    assert str(outage) in caplog.text


def test_a_database_that_is_away_before_the_token_is_known_is_503(
    mine: Client, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(text: str) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("pixelstream.api.tokens.find", fail)
    assert error_of(mine.get("/api/things"), 503)[0] == "UNAVAILABLE"


def test_our_own_fault_is_500_and_written_down_with_where_it_was(
    mine: Client, watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    fail_with(watched, ZeroDivisionError("the secret of the house"))
    code, message = error_of(mine.get("/api/things"), 500)
    assert code == "INTERNAL"
    assert "secret" not in message
    lines = [line for line in caplog.records if line.name == "pixelstream.api.refusals"]
    assert [(line.levelno, bool(line.exc_info)) for line in lines] == [(logging.ERROR, True)]
    assert "sample.py" in caplog.text


def test_everything_is_in_english_whatever_the_browser_asks_for(
    mine: Client, watched: Watched
) -> None:
    said: list[str] = []
    watched.does = lambda: said.append(gettext("Password"))
    with translation.override("pt-br"):
        assert gettext("Password") == "Senha"
        mine.get("/api/things", headers={"Accept-Language": "pt-BR"})
        assert gettext("Password") == "Senha"
    assert said == ["Password"]


def test_what_vendors_and_inputs_call_stays_what_it_is(anonymous: Client) -> None:
    assert anonymous.post("/api/video-callback/openrouter/").json() == {}
    answer = anonymous.get("/api/inputs/nothing/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")
