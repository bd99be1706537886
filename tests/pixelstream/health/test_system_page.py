"""The page "System": in words what is wrong, and what to do."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from gallery.models import StoredObject
from generation.models.jobs import ErrorCode
from pixelstream.accounts.models import User
from pixelstream.health import beat, board, checks, report, words
from pixelstream.health.checks import Finding, State
from tests.factories import create_object, create_user, start

pytestmark = pytest.mark.django_db(transaction=True)

DOCUMENTS = Path(settings.BASE_DIR)


def page(client: Client) -> str:
    """The page as it is now, in one line."""
    report.forget()
    answer = client.get("/admin/system/")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture(autouse=True)
def _ticking(broker: redis.Redis) -> None:
    beat.rung()
    beat.swept()


def test_all_is_well(as_sam: Client) -> None:
    html = page(as_sam)
    assert "Everything runs." in html
    assert html.count("check check--ok") == len(words.NAMES)
    assert "Pixelstream</dt><dd>" in html
    assert "Python</dt><dd>" in html
    assert re.search(r"(SQLite|PostgreSQL)</dt><dd>\d", html)
    assert re.search(r"(Valkey|Redis)</dt><dd>\d", html)


def test_the_admins_first_page_leads_to_it(as_sam: Client) -> None:
    assert 'href="/admin/system/"' in as_sam.get("/admin/").content.decode()


def test_it_is_for_staff_who_may_look_at_jobs(as_alice: Client, alice: User) -> None:
    assert as_alice.get("/admin/system/").status_code == 302
    bea = create_user("bea@example.com", is_staff=True)
    client = Client()
    client.force_login(bea)
    assert client.get("/admin/system/").status_code == 403
    assert "/admin/system/" not in client.get("/admin/").content.decode()
    bea.user_permissions.set(Permission.objects.filter(codename="view_generationjob"))
    assert client.get("/admin/system/").status_code == 200


@pytest.mark.usefixtures("stopped_broker")
def test_without_a_broker_it_says_so_first_and_what_to_do(as_sam: Client) -> None:
    html = page(as_sam)
    assert "Pages are served, but something does not work as it should." in html
    assert html.index("The broker does not answer") < html.index("The database answers.")
    assert "REDIS_URL" in html
    assert "The broker knows, and does not answer." in html


def test_an_old_outbox_has_its_command(as_sam: Client, alice: User) -> None:
    create_object(alice)
    long_ago = Now() - timedelta(hours=2)
    StoredObject.objects.update(state="deleting", attempts=1, next_attempt_at=long_ago)
    html = page(as_sam)
    assert "Objects wait too long" in html
    assert "<code>python manage.py drain_outbox</code>" in html
    since = report.current().since["outbox"]
    assert timedelta(hours=1.9) < timezone.now() - since < timedelta(hours=2.1)


def test_it_speaks_the_language_of_whoever_looks() -> None:
    finding = Finding("storage", State.DEGRADED, "disk-full", {"free": 1536 * 1024**2})
    with translation.override("en"):
        assert words.sentence(finding) == "The disk is nearly full: 1.5 GB are free."
    with translation.override("pt-br"):
        assert "1,5 GB" in words.sentence(finding)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "0 seconds ago"),
        (1, "1 second ago"),
        (59, "59 seconds ago"),
        (60, "1 minute ago"),
        (7200, "2 hours ago"),
        (86_400 * 3, "3 days ago"),
    ],
)
def test_an_age_is_said_in_its_largest_unit(seconds: float, said: str) -> None:
    with translation.override("en"):
        assert words.ago(seconds) == said


def test_every_cause_has_words_and_documents_that_there_are() -> None:
    source = Path(checks.__file__).read_text("utf-8")
    things = "database|migrations|broker|beat|storage|disk|outbox|queue"
    used = set(re.findall(rf'"((?:{things})-\w+)"', source))
    assert used | {"unknown-without-database", "unknown-without-broker"} == set(words.CAUSES)
    for cause in words.CAUSES.values():
        assert (DOCUMENTS / cause.document).is_file(), cause.document
        assert str(cause.advice).endswith(".")


def test_commands_that_it_names_are_there() -> None:
    from django.core.management import get_commands

    named = {cause.command for cause in words.CAUSES.values()}
    ours = {c.split()[2] for c in named if c.startswith("python manage.py ")}
    assert ours <= set(get_commands())
    assert len(ours) > 3


def test_workers_are_shown_until_they_are_silent_for_an_hour(
    as_sam: Client, broker: redis.Redis
) -> None:
    board.note_worker("celery@one", {"active": 2})
    html = page(as_sam)
    assert "celery@one" in html
    assert "2 tasks at work" in html
    broker.hset(board.WORKERS, "celery@old", f'{{"active": 0, "seen": {board.now() - 3700}}}')
    assert "celery@old" not in page(as_sam)
    board.note_worker("celery@one", {"active": 2})
    assert broker.hkeys(board.WORKERS) == [b"celery@one"]


def test_failures_of_the_last_hour_are_shown_by_model(as_sam: Client, alice: User) -> None:
    for number, (error, ago) in enumerate(
        [(ErrorCode.QUOTA, 5), (ErrorCode.CANCELED, 5), (ErrorCode.RATE, 70)]
    ):
        start(alice, f"picture {number}").jobs.update(
            status="failed", error_code=error, finished_at=timezone.now() - timedelta(minutes=ago)
        )
    html = page(as_sam)
    section = html[html.index("Jobs that failed") : html.index("Invariants")]
    assert section.count("the provider&#x27;s quota is used up</dt><dd>1</dd>") == 2
    assert section.count("<dd>") == 2


def test_what_the_doctor_found_is_shown(as_sam: Client, broker: redis.Redis) -> None:
    assert "It was not run lately." in page(as_sam)
    board.note_findings([])
    assert "All was as it must be." in page(as_sam)
    board.note_findings([f"J1: job {n} is completed without its picture" for n in range(30)])
    html = page(as_sam)
    assert "It found 30 things" in html
    assert "job 19 is" in html
    assert "job 20 is" not in html
    assert "… +10" in html


def test_it_takes_as_many_queries_whatever_there_is(as_sam: Client, alice: User) -> None:
    def queries() -> int:
        report.forget()
        with CaptureQueriesContext(connection) as captured:
            as_sam.get("/admin/system/")
        return len(captured)

    queries()
    few = queries()
    for _ in range(3):
        start(alice).jobs.update(
            status="failed", error_code=ErrorCode.RATE, finished_at=timezone.now()
        )
    assert queries() == few
