"""Log lines: for people, and for collectors with the ids that belong to them."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.conf import settings as configured
from django.test import Client, RequestFactory

from generation import tasks
from generation.services.heartbeat import Heartbeat
from pixelstream import logs
from pixelstream.accounts.models import User
from pixelstream.health import signals
from tests.factories import create_post, job_of, start
from tests.pixelstream.test_error_pages import breaking  # noqa: F401 (a fixture)

Lines = list[dict[str, Any]]


class Log:
    """What was written, as JSON objects or as it stands."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        """All of it."""
        return self._stream.getvalue()

    def lines(self, logger: str = "") -> Lines:
        """Every line, or those of one logger."""
        lines = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in lines if not logger or line["logger"] == logger]


@pytest.fixture
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    """The log in the form that is asked for, "json" by default, as the settings set it up."""
    stream = io.StringIO()
    changed = logs.configuration(getattr(request, "param", "json"))
    changed["handlers"]["console"]["stream"] = stream
    logging.config.dictConfig(changed)
    yield Log(stream)
    logging.config.dictConfig(configured.LOGGING)


def test_a_line_for_a_collector_is_one_object(log: Log) -> None:
    structlog.contextvars.clear_contextvars()
    logging.getLogger("gallery.tasks").warning("Two lines\nfor %s", "bob")
    (line,) = log.lines()
    time = line.pop("time")
    assert time.endswith("Z")
    assert line == {"level": "warning", "logger": "gallery.tasks", "event": "Two lines\nfor bob"}


def test_an_exception_is_part_of_its_line_and_masked(log: Log) -> None:
    try:
        raise RuntimeError("https://x.example/?key=abcdefghijk")
    except RuntimeError:
        logging.getLogger("gallery").exception("It broke")
    (line,) = log.lines()
    assert "Traceback" in line["exception"]
    assert "RuntimeError" in line["exception"]
    assert "abcdefghijk" not in log.text


@pytest.mark.parametrize("log", ["line"], indirect=True)
def test_a_line_for_people_is_as_ever_and_masked(log: Log) -> None:
    logging.getLogger("gallery.tasks").warning("See %s", "/live/?t=abcdef")
    assert log.text == "WARNING gallery.tasks: See /live/?t=***\n"


@pytest.mark.parametrize("name", ["django.request", "uvicorn.error", "celery.app.trace", "x"])
def test_everybodys_lines_take_the_same_way(log: Log, name: str) -> None:
    logging.getLogger(name).error("Trouble")
    assert [line["logger"] for line in log.lines()] == [name]


@pytest.mark.django_db
def test_a_request_has_its_line_with_the_number_of_the_person_and_no_query(
    log: Log, as_alice: Client, alice: User
) -> None:
    post = create_post(alice)
    answer = as_alice.get(f"/posts/{post.pk}/results/?t=secret")
    (line,) = log.lines("pixelstream.access")
    assert line["path"] == f"/posts/{post.pk}/results/"
    assert (line["method"], line["route"], line["status"]) == ("GET", "post-results", 200)
    assert line["user"] == alice.pk
    assert line["duration_ms"] >= 0
    assert line["request_id"] == answer["X-Request-ID"]
    assert "secret" not in log.text
    assert "alice@example.com" not in log.text


@pytest.mark.django_db
def test_probes_and_files_have_no_line(log: Log, anonymous: Client) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/static/css/app.css"):
        anonymous.get(path)
    assert log.lines("pixelstream.access") == []


@pytest.mark.django_db
@pytest.mark.parametrize("log", ["line"], indirect=True)
def test_people_at_a_terminal_get_no_line_a_request(log: Log, anonymous: Client) -> None:
    anonymous.get("/accounts/login/")
    assert "login" not in log.text


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["abc-DEF_123", "a", "x" * 64])
def test_the_id_that_a_proxy_gave_is_kept(anonymous: Client, said: str) -> None:
    assert anonymous.get("/healthz", headers={"X-Request-ID": said})["X-Request-ID"] == said


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["", "x" * 65, "a b", "a\nb", 'a"b', "é", "a;b"])
def test_an_odd_id_is_not_taken(anonymous: Client, said: str) -> None:
    given = anonymous.get("/healthz", headers={"X-Request-ID": said})["X-Request-ID"]
    assert given != said
    assert len(given) == 32


@pytest.mark.usefixtures("db")
def test_what_breaks_is_logged_with_the_id_that_its_answer_gives(
    log: Log,
    breaking: Client,  # noqa: F811
) -> None:
    answer = breaking.get("/broken/?as=500", headers={"X-Request-ID": "of-mine"})
    assert answer["X-Request-ID"] == "of-mine"
    line = next(line for line in log.lines("django.request"))
    assert line["request_id"] == "of-mine"
    assert line["status"] == 500
    assert "RuntimeError" in line["exception"]
    logging.getLogger("x").warning("afterwards")
    assert "request_id" not in log.lines("x")[0]


@pytest.mark.django_db
def test_the_token_of_a_share_stands_in_no_line(log: Log, anonymous: Client) -> None:
    token = "AbCdEfGhIjKlMnOpQrStUv"
    anonymous.get(f"/p/{token}/")
    assert {line["logger"] for line in log.lines()} >= {"pixelstream.access", "django.request"}
    assert token not in log.text
    assert "/p/AbCd***/" in log.text


@pytest.mark.django_db
def test_what_a_worker_logs_names_its_task_and_job(log: Log, alice: User) -> None:
    post = start(alice)
    job = job_of(post)
    post.jobs.update(model="made/up")
    post.jobs.filter(pk=job.pk).update(run_after=job.created_at)
    tasks.run_job.apply(args=[job.pk])
    line = next(line for line in log.lines() if "not in the catalogue" in line["event"])
    assert line["task"] == "generation.tasks.run_job"
    assert line["job_id"] == job.pk
    logging.getLogger("x").warning("afterwards")
    assert not {"task", "job_id"} & set(log.lines("x")[0])


def test_the_id_of_the_request_goes_along_to_the_worker() -> None:
    headers: dict[str, Any] = {}
    signals.pass_request_on(headers=headers)
    assert headers == {}
    with structlog.contextvars.bound_contextvars(request_id="of-mine"):
        signals.pass_request_on(headers=headers)
    assert headers == {"request_id": "of-mine"}
    seen: list[dict[str, Any]] = []

    class Task:
        name = "generation.tasks.run_job"
        request = type("Request", (), headers)

    signals.on_begun(task=Task(), args=[7])
    seen.append(structlog.contextvars.get_contextvars())
    signals.on_ended()
    assert seen == [{"task": Task.name, "job_id": 7, "request_id": "of-mine"}]
    assert structlog.contextvars.get_contextvars() == {}


@pytest.mark.django_db(transaction=True)
def test_the_thread_that_keeps_a_lease_logs_in_the_name_of_its_job(
    log: Log, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def beat(self: Heartbeat) -> None:
        logging.getLogger("x").warning("in %s", threading.current_thread().name)

    monkeypatch.setattr(Heartbeat, "_beat", beat)
    with structlog.contextvars.bound_contextvars(job_id=7):
        heartbeat = Heartbeat(job_of(start(alice)))
    with heartbeat:
        pass
    (line,) = log.lines("x")
    assert line["event"].startswith("in lease-")
    assert line["job_id"] == 7


@pytest.mark.parametrize("log", ["json", "line"], indirect=True)
def test_an_address_that_opens_something_is_cut_in_every_form(log: Log, rf: RequestFactory) -> None:
    path = "/accounts/password/reset/key/3-d1abc2-0123456789abcdef0123456789abcdef/"
    told = {"request": rf.get(path), "status_code": 500}
    logging.getLogger("django.request").error("Internal Server Error: %s", path, extra=told)
    assert "/accounts/password/reset/key/" in log.text
    assert "0123456789abcdef" not in log.text
