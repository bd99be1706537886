"""Where somebody is signed in: the list, ending what is in it, and what is kept of it."""

from __future__ import annotations

import importlib
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from gallery.services import erasure
from pixelstream.accounts import sessions
from pixelstream.accounts.devices import Device
from pixelstream.accounts.models import User
from pixelstream.accounts.tasks import purge_sessions
from tests.factories import PASSWORD
from tests.pixelstream.test_mfa import long_after, switch_on

pytestmark = pytest.mark.django_db

ADDRESS = "/settings/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/138.0.0.0 Safari/537.36"
)


def browser_of(person: User, agent: str = FIREFOX, address: str = "203.0.113.7") -> Client:
    """A browser in which the person signed in by the form."""
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/gallery/").status_code == 200


def page_of(client: Client) -> str:
    return client.get(ADDRESS).content.decode()


def row_of(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


# --- the list


def test_the_page_names_each_browser_in_words_with_its_address_and_marks_this_one(
    alice: User, bob: User
) -> None:
    here = browser_of(alice)
    browser_of(alice, IPHONE, "198.51.100.20")
    browser_of(bob, CHROME, "192.0.2.99")
    page = page_of(here)
    assert page.index("Firefox on Linux") < page.index("Safari on iPhone"), "this one comes first"
    assert page.count("this browser") == 1
    assert page.index("this browser") < page.index("Safari on iPhone")
    assert "from 203.0.113.7" in page
    assert "from 198.51.100.20" in page
    assert "Mozilla" not in page
    assert "Chrome on Windows" not in page
    assert "192.0.2.99" not in page


def test_the_settings_lead_to_the_page(as_alice: Client) -> None:
    assert f'href="{ADDRESS}"' in as_alice.get("/settings/account/").content.decode()


def test_looking_at_pages_writes_nothing_and_asks_no_more_for_more_browsers(alice: User) -> None:
    here = browser_of(alice)
    page_of(here)
    before = list(UserSession.objects.values())
    with CaptureQueriesContext(connection) as few:
        page_of(here)
    Session.objects.exclude(session_key=here.session.session_key).delete()
    gone = browser_of(alice, IPHONE)
    Session.objects.filter(session_key=gone.session.session_key).delete()
    for _time in range(3):
        browser_of(alice, CHROME)
    with CaptureQueriesContext(connection) as many:
        page = page_of(here)
        here.get("/gallery/")
    assert page.count("Chrome on Windows") >= 3
    assert "Safari on iPhone" not in page, "that session is not there any more"
    reads = ("SELECT", "WITH", "SAVEPOINT", "RELEASE")
    assert not [query for query in many if not query["sql"].lstrip().startswith(reads)]
    assert UserSession.objects.filter(pk=before[0]["id"]).values().get() == before[0]
    with CaptureQueriesContext(connection) as again:
        page_of(here)
    assert len(again) == len(few)


def test_the_second_step_leads_into_the_list_as_well(alice: User) -> None:
    from tests.pixelstream.test_mfa import code_for, later

    first = browser_of(alice)
    secret = switch_on(first)
    later()
    second = browser_of(alice, IPHONE)
    assert not UserSession.objects.filter(user_agent=IPHONE).exists(), "not signed in yet"
    second.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})
    assert is_in(second)
    assert "Safari on iPhone" in page_of(second)


def test_another_password_takes_the_other_browsers_out_and_keeps_this_one(alice: User) -> None:
    here = browser_of(alice)
    browser_of(alice, IPHONE)
    new = "another battery of staples"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/accounts/password/change/", form).status_code == 302
    page = page_of(here)
    assert "Firefox on Linux" in page
    assert page.count("this browser") == 1
    assert "Safari on iPhone" not in page


def test_an_address_is_the_one_that_limits_go_by(alice: User) -> None:
    client = Client(REMOTE_ADDR="203.0.113.7", headers={"X-Forwarded-For": "192.0.2.1"})
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    assert row_of(client).ip == "203.0.113.7", (
        "what a stranger writes into a header is not believed"
    )


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (IPHONE, "Safari on iPhone"),
        (CHROME, "Chrome on Windows"),
        (f"{CHROME} Edg/138.0.0.0", "Edge on Windows"),
        (f"{CHROME} OPR/120.0.0.0", "Opera on Windows"),
        (IPHONE.replace("Version/18.5", "CriOS/138.0"), "Chrome on iPhone"),
        (IPHONE.replace("Version/18.5", "FxiOS/140.0"), "Firefox on iPhone"),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) "
            "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
            "Samsung Internet on Android",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/18.5 Safari/605.1.15",
            "Safari on macOS",
        ),
        ("curl/8.5.0", "curl"),
        ("<script>alert(1)</script>", "An unknown browser"),
        ("", "An unknown browser"),
    ],
)
def test_a_browser_has_words(user_agent: str, words: str) -> None:
    with translation.override("en"):
        assert str(Device(user_agent)) == words


# --- ending


def test_signing_out_everywhere_else_ends_the_others_and_nobody_elses(
    alice: User, bob: User
) -> None:
    here, there, elsewhere = browser_of(alice), browser_of(alice, IPHONE), browser_of(alice, CHROME)
    neighbour = browser_of(bob)
    answer = here.post(f"{ADDRESS}end-others/", follow=True)
    assert "You are signed out everywhere else." in answer.content.decode()
    assert "end-others" not in answer.content.decode(), "there is nothing left to end"
    assert is_in(here)
    assert not is_in(there)
    assert not is_in(elsewhere)
    assert is_in(neighbour)
    assert list(UserSession.objects.filter(user=alice)) == [row_of(here)]


def test_one_browser_is_signed_out_alone(alice: User) -> None:
    here, there, elsewhere = browser_of(alice), browser_of(alice, IPHONE), browser_of(alice, CHROME)
    assert here.post(f"{ADDRESS}{row_of(there).pk}/end/").status_code == 302
    assert not is_in(there)
    assert is_in(elsewhere)
    assert is_in(here)


def test_nobody_ends_another_persons_session_or_their_own_by_this_page(
    alice: User, bob: User
) -> None:
    here, neighbour = browser_of(alice), browser_of(bob)
    for row in (row_of(neighbour), row_of(here)):
        assert here.post(f"{ADDRESS}{row.pk}/end/").status_code == 404
    assert is_in(neighbour)
    assert is_in(here)


def test_who_did_not_sign_in_lately_is_asked_for_the_password_first(alice: User) -> None:
    here, there = browser_of(alice), browser_of(alice, IPHONE)
    long_after(here)
    for address in (f"{ADDRESS}end-others/", f"{ADDRESS}{row_of(there).pk}/end/"):
        answer = here.post(address)
        assert answer["Location"].startswith("/accounts/reauthenticate/")
        assert is_in(there)
    page = page_of(here)
    assert "end-others" not in page
    assert "(asks for your password first)" in page
    confirm = f"/accounts/reauthenticate/?next={ADDRESS}"
    assert here.post(confirm, {"password": PASSWORD})["Location"] == ADDRESS
    here.post(f"{ADDRESS}end-others/")
    assert not is_in(there)


def test_ending_takes_a_post(alice: User) -> None:
    here, there = browser_of(alice), browser_of(alice, IPHONE)
    assert here.get(f"{ADDRESS}end-others/").status_code == 405
    assert here.get(f"{ADDRESS}{row_of(there).pk}/end/").status_code == 405
    assert is_in(there)


# --- what is kept


def test_signing_out_leaves_no_row(alice: User) -> None:
    client = browser_of(alice)
    assert UserSession.objects.count() == 1
    client.post("/accounts/logout/")
    assert not UserSession.objects.exists()


def test_what_is_over_is_forgotten_and_what_is_open_is_not(alice: User, bob: User) -> None:
    going_on, over, flushed = browser_of(alice), browser_of(alice, IPHONE), browser_of(bob)
    key = over.session.session_key
    Session.objects.filter(session_key=key).update(expire_date=timezone.now() - timedelta(hours=1))
    Session.objects.filter(session_key=flushed.session.session_key).delete()
    purge_sessions()
    assert not Session.objects.filter(session_key=key).exists()
    assert list(UserSession.objects.all()) == [row_of(going_on)]
    assert is_in(going_on)


def test_forgetting_takes_no_more_than_it_may_and_goes_on(alice: User) -> None:
    for _time in range(3):
        browser_of(alice)
    Session.objects.update(expire_date=timezone.now() - timedelta(hours=1))
    assert sessions.purge(limit=2) == 4, "two sessions and their rows"
    assert sessions.purge(limit=2) == 2
    assert sessions.purge(limit=2) == 0


def test_the_command_says_how_many(alice: User, capsys: pytest.CaptureFixture[str]) -> None:
    browser_of(alice)
    Session.objects.update(expire_date=timezone.now() - timedelta(hours=1))
    call_command("purge_sessions")
    assert capsys.readouterr().out.strip() == "2 rows of sessions forgotten."


def test_of_an_erased_person_no_session_is_left(alice: User, bob: User) -> None:
    browser_of(alice)
    neighbour = browser_of(bob)
    erasure.ask(alice)
    call_command("erase_accounts", now=alice.email)
    assert list(UserSession.objects.all()) == [row_of(neighbour)]


def test_no_admin_page_shows_from_where_somebody_signs_in(as_sam: Client) -> None:
    assert as_sam.get("/admin/usersessions/usersession/").status_code == 404


def mark_of(client: Client) -> tuple[int, str]:
    return row_of(client).user_id, sessions.mark_of(client.session)


def test_a_mark_names_a_session_until_it_is_over_and_does_not_tell_its_key(
    alice: User, bob: User
) -> None:
    out, expired, stays = (browser_of(alice) for _ in range(3))
    marks = {mark_of(client) for client in (out, expired, stays, browser_of(bob))}
    assert len(marks) == 4
    assert sessions.still_open(marks) == marks
    assert not any(mark in str(stays.session.session_key) for _person, mark in marks)

    gone = {mark_of(out), mark_of(expired)}
    out.post("/accounts/logout/")
    key = expired.session.session_key
    Session.objects.filter(session_key=key).update(expire_date=timezone.now())
    assert sessions.still_open(marks) == marks - gone


def test_a_mark_is_nobody_elses(alice: User, bob: User) -> None:
    _alice, mark = mark_of(browser_of(alice))
    assert sessions.still_open({(bob.pk, mark)}) == set()


def test_with_another_password_the_marks_of_before_open_nothing(alice: User) -> None:
    marks = {mark_of(browser_of(alice))}
    alice.set_password("something else entirely")
    alice.save()
    assert sessions.still_open(marks) == set()


def test_a_session_that_is_in_no_list_has_no_mark(as_alice: Client) -> None:
    assert sessions.mark_of(as_alice.session) == ""


def test_marks_cost_two_queries_however_many_there_are(
    alice: User, bob: User, django_assert_num_queries: Any
) -> None:
    marks = {mark_of(browser_of(person)) for person in (alice, alice, bob)}
    with django_assert_num_queries(2):
        assert sessions.still_open(marks) == marks
    with django_assert_num_queries(0):
        sessions.still_open(set())


def test_sessions_from_before_the_list_are_brought_into_it(alice: User) -> None:
    old, here = browser_of(alice, IPHONE), browser_of(alice)
    Client().get("/accounts/login/")
    row_of(old).delete()
    migration: Any = importlib.import_module(
        "pixelstream.accounts.migrations.0003_list_open_sessions"
    )
    migration.list_them(apps, None)
    migration.list_them(apps, None)
    assert UserSession.objects.filter(user=alice).count() == 2
    page = page_of(here)
    assert "An unknown browser" in page
    assert "nobody noted from where" in page
    here.post(f"{ADDRESS}end-others/")
    assert not is_in(old)
