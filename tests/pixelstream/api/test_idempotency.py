"""POSTs that are sent again: done once, and answered as the first time."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connection, connections
from django.test import Client
from django.test.client import encode_multipart
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pixelstream.accounts.models import User
from pixelstream.api import idempotency, tasks, tokens
from pixelstream.api.errors import ApiError
from pixelstream.api.models import IdempotentRequest, Scope
from tests.factories import create_post, picture_bytes
from tests.pixelstream.api.conftest import Program
from tests.pixelstream.api.sample import Watched
from tests.pixelstream.api.test_entry import error_of

pytestmark = pytest.mark.django_db

JSON = "application/json"


@pytest.fixture
def mine(alice: User, program: Program) -> Client:
    """A program of Alice's, whose use has been noted."""
    client = program(alice)
    tokens.note_use(client.token)  # type: ignore[attr-defined]
    return client


def send(
    client: Client, key: str | None = "k-1", words: str = "a lighthouse", path: str = "/api/things"
) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(path, json.dumps({"words": words}), JSON, headers=headers)


def fail_once(watched: Watched, error: Exception) -> None:
    def fail() -> None:
        watched.does = lambda: None
        raise error

    watched.does = fail


def test_the_same_sent_again_is_done_once_and_answered_alike(
    mine: Client, watched: Watched
) -> None:
    first = send(mine)
    assert (first.status_code, first.json()["data"]) == (201, {"number": 1})
    assert "Idempotent-Replayed" not in first
    for _ in range(3):
        again = send(mine)
        assert (again.status_code, again.content) == (201, first.content)
        assert (again["Content-Type"], again["Idempotent-Replayed"]) == (JSON, "true")
    assert watched.runs == ["a lighthouse"]


def test_without_a_key_everything_is_done_each_time(mine: Client, watched: Watched) -> None:
    assert [send(mine, None).json()["data"]["number"] for _ in range(2)] == [1, 2]
    assert not IdempotentRequest.objects.exists()


def test_another_key_is_another_request(mine: Client, watched: Watched) -> None:
    assert [send(mine, key).json()["data"]["number"] for key in ("a", "b", "a")] == [1, 2, 1]


def test_a_key_belongs_to_a_person_and_to_all_their_tokens(
    mine: Client, alice: User, bob: User, program: Program, watched: Watched
) -> None:
    send(mine)
    assert send(program(bob)).json()["data"]["number"] == 2
    assert send(program(alice)).json()["data"]["number"] == 1


@pytest.mark.parametrize("what", ["words", "address", "method", "query"])
def test_a_key_is_for_one_request_only(what: str, mine: Client, watched: Watched) -> None:
    send(mine)
    match what:
        case "words":
            answer = send(mine, words="a harbour")
        case "address":
            file = SimpleUploadedFile("a.jpg", b"x")
            answer = mine.post("/api/files", {"file": file}, headers={"Idempotency-Key": "k-1"})
        case "method":
            headers = {"Idempotency-Key": "k-1"}
            answer = mine.put("/api/things", {"words": "a lighthouse"}, JSON, headers=headers)
        case _:
            answer = send(mine, path="/api/things?tag=1")
    assert error_of(answer, 422)[0] == "IDEMPOTENCY_KEY_REUSED"
    assert len(watched.runs) == 1


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_that_is_none_is_422(key: str, mine: Client, watched: Watched) -> None:
    code, message = error_of(send(mine, key), 422)
    assert (code, message.split(":")[0]) == ("VALIDATION", "Idempotency-Key")
    assert watched.runs == []


@pytest.mark.parametrize("key", ["k" * 255, "x", " ?&=%00\\", "chave-ação"])
def test_a_key_may_be_any_text(key: str, mine: Client, watched: Watched) -> None:
    assert [send(mine, key).status_code for _ in range(2)] == [201, 201]
    assert len(watched.runs) == 1


def test_a_fault_of_ours_is_kept_as_well(mine: Client, watched: Watched) -> None:
    fail_once(watched, ZeroDivisionError())
    first = send(mine)
    assert error_of(first, 500)[0] == "INTERNAL"
    again = send(mine)
    assert (again.status_code, again.content) == (500, first.content)
    assert again["Idempotent-Replayed"] == "true"
    assert len(watched.runs) == 1


def test_what_an_operation_decided_is_kept(mine: Client, watched: Watched) -> None:
    fail_once(watched, ApiError(402, "NOT_ENOUGH_CREDITS", "no"))
    assert [send(mine).status_code for _ in range(2)] == [402, 402]
    assert len(watched.runs) == 1


@pytest.mark.parametrize("status", [400, 404, 413, 422, 429, 503])
def test_what_did_not_begin_is_not_kept(status: int, mine: Client, watched: Watched) -> None:
    fail_once(watched, ApiError(status, "NO", "no"))
    assert [send(mine).status_code for _ in range(3)] == [status, 201, 201]
    assert len(watched.runs) == 2


def test_what_was_taken_back_is_not_kept(mine: Client, watched: Watched) -> None:
    fail_once(watched, ApiError(500, "UPLOAD_FAILED", "no", is_undone=True))
    assert [send(mine).status_code for _ in range(2)] == [500, 201]


def test_an_outage_is_not_kept(mine: Client, watched: Watched) -> None:
    fail_once(watched, OperationalError("database is locked"))
    assert [send(mine).status_code for _ in range(2)] == [503, 201]


def test_who_is_refused_at_the_door_uses_no_key_up(
    mine: Client, alice: User, program: Program, watched: Watched, settings: Any
) -> None:
    assert send(Client()).status_code == 401
    assert send(program(alice, Scope.READ)).status_code == 403
    bad = mine.post("/api/things", "{}", JSON, headers={"Idempotency-Key": "k-1"})
    assert bad.status_code == 422
    settings.API_WRITES_PER_MINUTE = 1
    assert send(mine).status_code == 429
    settings.API_WRITES_PER_MINUTE = 0
    assert not IdempotentRequest.objects.exists()
    assert send(mine).status_code == 201


def test_while_the_first_is_worked_on_the_second_is_told_to_wait(
    mine: Client, watched: Watched
) -> None:
    told: list[Any] = []
    watched.does = lambda: told.append(send(mine))
    assert send(mine).status_code == 201
    assert error_of(told[0], 409)[0] == "IDEMPOTENCY_IN_PROGRESS"
    assert int(told[0]["Retry-After"]) > 0
    assert len(watched.runs) == 1


def test_what_was_cut_off_may_be_sent_again_after_its_lease(mine: Client, watched: Watched) -> None:
    class Died(BaseException):
        """The process ended here."""

    def die() -> None:
        raise Died

    watched.does = die
    with pytest.raises(Died):
        send(mine)
    watched.does = lambda: None
    assert send(mine).status_code == 409
    over = timezone.now() - timedelta(seconds=1)
    IdempotentRequest.objects.update(lease_until=over)
    assert [send(mine).json()["data"]["number"] for _ in range(2)] == [2, 2]


def test_the_lease_outlasts_the_longest_request(mine: Client, watched: Watched) -> None:
    watched.does = lambda: left.append(IdempotentRequest.objects.get().lease_until)
    left: list[Any] = []
    send(mine)
    assert timedelta(seconds=100) < left[0] - timezone.now() < timedelta(seconds=130)


def test_who_took_so_long_that_another_took_over_keeps_nothing(
    mine: Client, watched: Watched
) -> None:
    def be_overtaken() -> None:
        watched.does = lambda: None
        over = timezone.now() - timedelta(seconds=1)
        IdempotentRequest.objects.update(lease_until=over)
        assert send(mine).json()["data"]["number"] == 2

    watched.does = be_overtaken
    assert send(mine).json()["data"]["number"] == 1
    assert send(mine).json()["data"]["number"] == 2
    assert IdempotentRequest.objects.get().status == 201


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_an_answer_that_cannot_be_kept_is_given_nevertheless(
    error: type[Exception], mine: Client, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise error("the database is away")

    watched.does = lambda: monkeypatch.setattr("django.db.models.QuerySet.update", fail)
    assert send(mine).json()["data"]["number"] == 1
    monkeypatch.undo()
    assert IdempotentRequest.objects.get().status is None


# --- files


def upload(client: Client, boundary: str, **fields: Any) -> Any:
    content = encode_multipart(boundary, fields)
    return client.post(
        "/api/files",
        content,
        f"multipart/form-data; boundary={boundary}",
        headers={"Idempotency-Key": "k-1"},
    )


def a_file(data: bytes = b"", name: str = "a.jpg", kind: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or picture_bytes(), kind)


def test_a_form_is_known_by_its_parts_and_not_by_the_line_between_them(
    mine: Client, watched: Watched
) -> None:
    first = upload(mine, "one", file=a_file(), name="x")
    assert first.status_code == 200
    again = upload(mine, "another", file=a_file(), name="x")
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    assert watched.runs == [picture_bytes()]


@pytest.mark.parametrize(
    "other",
    [
        {"file": b"other bytes"},
        {"filename": "b.jpg"},
        {"kind": "image/png"},
        {"name": "y"},
        {"more": "z"},
    ],
    ids=str,
)
def test_a_form_with_another_part_is_another_request(
    other: dict[str, Any], mine: Client, watched: Watched
) -> None:
    upload(mine, "one", file=a_file(), name="x")
    file = a_file(
        other.get("file", b""), other.get("filename", "a.jpg"), other.get("kind", "image/jpeg")
    )
    fields = {"name": other.get("name", "x"), **({"more": "z"} if "more" in other else {})}
    answer = upload(mine, "one", file=file, **fields)
    assert error_of(answer, 422)[0] == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "text/plain", ""])
def test_a_body_counts_whatever_type_it_claims(kind: str, mine: Client, watched: Watched) -> None:
    answers = [
        mine.post(
            "/api/things", json.dumps({"words": words}), kind, headers={"Idempotency-Key": "k-1"}
        )
        for words in ("a lighthouse", "a harbour", "a lighthouse")
    ]
    assert [answer.status_code for answer in answers] == [201, 422, 201]
    assert watched.runs == ["a lighthouse"]


def test_no_form_is_read_for_a_key_where_none_is_wanted(
    mine: Client, alice: User, settings: Any
) -> None:
    post = create_post(alice)
    file = SimpleUploadedFile("a.bin", b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    key = {"Idempotency-Key": "k-1"}
    answer = mine.post(f"/api/posts/{post.pk}/trash", {"file": file}, headers=key)
    assert error_of(answer, 413)[0] == "TOO_LARGE"
    post.refresh_from_db()
    assert post.deleted_at is None


# --- what it costs, and its end


def test_a_key_costs_two_statements_and_an_answer_given_again_none_more(
    mine: Client, watched: Watched
) -> None:
    with CaptureQueriesContext(connection) as queries:
        send(mine)
    verbs = [query["sql"].split()[0] for query in queries]
    assert Counter(verbs) - Counter(SAVEPOINT=1, RELEASE=1) == Counter(SELECT=1, INSERT=1, UPDATE=1)
    with CaptureQueriesContext(connection) as queries:
        send(mine)
    assert "UPDATE" not in [query["sql"].split()[0] for query in queries]


def test_answers_are_kept_for_a_day_and_no_longer(
    mine: Client, watched: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    for key in ("old", "new", "worked on"):
        send(mine, key)
    age = timedelta(hours=24, seconds=5)
    IdempotentRequest.objects.exclude(key="new").update(created_at=timezone.now() - age)
    soon = timezone.now() + timedelta(seconds=60)
    IdempotentRequest.objects.filter(key="worked on").update(status=None, lease_until=soon)
    IdempotentRequest.objects.filter(key="new").update(
        created_at=timezone.now() - timedelta(hours=23, minutes=59)
    )
    call_command("purge_api_requests")
    assert "1 answers" in capsys.readouterr().out
    assert set(IdempotentRequest.objects.values_list("key", flat=True)) == {"new", "worked on"}


def test_no_more_are_purged_at_once_than_asked_for(mine: Client, watched: Watched) -> None:
    for key in "abc":
        send(mine, key)
    IdempotentRequest.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert [idempotency.purge(limit=2), idempotency.purge(limit=2)] == [2, 1]


def test_the_hourly_task_purges_all_in_rounds_that_have_an_end(
    mine: Client, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "PURGED_AT_ONCE", 2)
    for key in "abcde":
        send(mine, key)
    IdempotentRequest.objects.update(created_at=timezone.now() - timedelta(days=2))
    monkeypatch.setattr(tasks, "MOST_ROUNDS", 1)
    tasks.purge_api_requests()
    assert IdempotentRequest.objects.count() == 3
    monkeypatch.undo()
    monkeypatch.setattr(idempotency, "PURGED_AT_ONCE", 2)
    tasks.purge_api_requests()
    assert not IdempotentRequest.objects.exists()


# --- at the same moment


@pytest.fixture
def crowd() -> Iterator[int]:
    """How many send at once; their connections are closed at the end."""
    yield 8
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_of_many_at_the_same_moment_exactly_one_is_done(
    mine: Client, crowd: int, watched: Watched
) -> None:
    at_once = threading.Barrier(crowd)
    released = threading.Event()
    watched.does = lambda: _wait(released)
    answers: list[Any] = []

    def go() -> None:
        client = Client(headers=mine.defaults_headers)  # type: ignore[attr-defined]
        at_once.wait()
        try:
            answers.append(send(client))
        finally:
            connections.close_all()
            if len(answers) >= crowd - 1:
                released.set()

    mine.defaults_headers = {"Authorization": f"Bearer {mine.text}"}  # type: ignore[attr-defined]
    threads = [threading.Thread(target=go) for _ in range(crowd)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert watched.runs == ["a lighthouse"]
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: crowd - 1}
    assert send(mine).json()["data"]["number"] == 1


def _wait(event: threading.Event) -> None:
    assert event.wait(60)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_send_what_was_cut_off_exactly_one_takes_over(
    mine: Client, crowd: int, watched: Watched
) -> None:
    send(mine)
    over = timezone.now() - timedelta(seconds=1)
    IdempotentRequest.objects.update(status=None, body="", lease_until=over)
    at_once = threading.Barrier(crowd)
    answers: list[int] = []

    def go() -> None:
        client = Client(headers={"Authorization": f"Bearer {mine.text}"})  # type: ignore[attr-defined]
        at_once.wait()
        try:
            answers.append(send(client).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go) for _ in range(crowd)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(watched.runs) == 2
    assert set(answers) <= {201, 409}
    assert 201 in answers
