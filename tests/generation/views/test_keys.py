"""The page of people's own provider keys, and that no key ever leaves through it."""

from __future__ import annotations

import base64
import json
import logging
import re
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import connection as database
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.debug import ExceptionReporter

from generation.models import ProviderKey
from generation.providers import registry
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import Connection, KeyStatus
from generation.services import keys
from generation.views import keys as views
from pixelstream.accounts import reauthentication
from pixelstream.accounts.models import User
from tests.factories import PASSWORD, start

pytestmark = pytest.mark.django_db

PAGE = "/settings/keys/"
KEY = "sk-canary-8c1f2a90b7d3-7c2e"
HTMX = {"HX-Request": "true"}
REMOTE = [slug for slug, info in registry.PROVIDERS.items() if info and info.is_remote]


def store_at(slug: str = "openai") -> str:
    return f"{PAGE}{slug}/"


def verb_at(verb: str, slug: str = "openai") -> str:
    return f"{PAGE}{slug}/{verb}/"


class Vendor:
    """Says of every key what the test wants."""

    def __init__(self) -> None:
        self.answer: KeyStatus | Exception = KeyStatus()
        self.asked: list[Connection] = []

    def check_key(self, connection: Connection) -> KeyStatus:
        self.asked.append(connection)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Vendor:
    vendor = Vendor()
    monkeypatch.setattr(registry, "get", lambda slug: vendor)
    return vendor


class Clock:
    """The time as the views see it."""

    def __init__(self) -> None:
        self.now = time.time()

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(views, "time", clock)
    monkeypatch.setattr(reauthentication, "time", clock)
    return clock


def confirm(client: Client) -> None:
    """Give the password once more."""
    answer = client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert answer.status_code == 302


@pytest.fixture
def fresh(as_alice: Client) -> Client:
    """Alice's browser a moment after she gave her password."""
    confirm(as_alice)
    return as_alice


def panel_of(client: Client, slug: str = "openai") -> str:
    page = client.get(PAGE).content.decode()
    found = re.search(rf'<section class="panel box key" id="key-{slug}".*?</section>', page, re.S)
    assert found, f"no panel for {slug}"
    return found[0]


def toasts(client: Client) -> list[str]:
    page = client.get(PAGE).content.decode()
    return re.findall(r'class="toast" data-level="(\w+)"><span>(.*?)</span>', page)


# --- the page


def test_the_settings_begin_with_the_profile_and_lead_to_the_keys(as_alice: Client) -> None:
    profile = as_alice.get("/settings/", follow=True)
    assert profile.redirect_chain == [("/settings/profile/", 302)]
    assert f'href="{PAGE}"' in profile.content.decode()


def test_every_remote_provider_has_a_panel_with_its_host_and_its_page(as_alice: Client) -> None:
    page = as_alice.get(PAGE).content.decode()
    assert len(REMOTE) == 5
    assert page.count('<section class="panel box key"') == len(REMOTE)
    for slug in REMOTE:
        info = registry.PROVIDERS[slug]
        panel = panel_of(as_alice, slug)
        assert info.title in panel
        assert registry.host(slug) in panel
        assert f'href="{info.key_url}" target="_blank" rel="noopener"' in panel
        assert "ends with" not in panel


def test_the_account_menu_leads_there(as_alice: Client) -> None:
    page = as_alice.get("/gallery/").content.decode()
    assert re.search(r'<a class="menu__i" href="/settings/">.*?Settings</a>', page)


def test_the_page_is_kept_by_no_cache(as_alice: Client) -> None:
    assert "no-store" in as_alice.get(PAGE)["Cache-Control"]


def test_it_says_where_the_installation_has_a_key_of_its_own(
    as_alice: Client, settings: Any
) -> None:
    settings.PROVIDER_KEYS = {"openai": "sk-of-the-house-1234"}
    assert "work here without a key of yours" in panel_of(as_alice, "openai")
    assert "work here without a key of yours" not in panel_of(as_alice, "gemini")
    assert "sk-of-the-house" not in as_alice.get(PAGE).content.decode()
    assert "1234" not in panel_of(as_alice, "openai")


def test_the_number_of_queries_does_not_depend_on_the_number_of_keys(
    as_alice: Client, alice: User, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(
        4
    ):  # session, person with the bar of the storage, keys, projects
        as_alice.get(PAGE)
    for slug in REMOTE:
        keys.store(alice, slug, KEY)
    with django_assert_num_queries(4):
        as_alice.get(PAGE)


@pytest.mark.parametrize(
    ("status", "word"),
    [("untested", "not tested yet"), ("accepted", "accepted"), ("refused", "refused")],
)
def test_a_stored_key_is_shown_by_its_end_and_its_state(
    as_alice: Client, alice: User, status: str, word: str
) -> None:
    keys.store(alice, "openai", KEY)
    ProviderKey.objects.update(status=status)
    panel = panel_of(as_alice)
    assert "••••</span>7c2e" in panel
    assert word in panel


def test_a_key_for_another_address_says_so_and_is_not_offered_for_a_test(
    as_alice: Client, alice: User, settings: Any
) -> None:
    keys.store(alice, "openai", KEY)
    settings.PROVIDER_BASE_URLS = {"openai": "https://elsewhere.example/v1"}
    panel = panel_of(as_alice)
    assert "for another address" in panel
    assert "https://api.openai.com/v1" in panel
    assert "elsewhere.example" in panel
    assert "Test key" not in panel


@pytest.mark.parametrize("is_staff", [True, False])
def test_without_encryption_keys_the_page_says_so_and_names_the_variable_to_staff_only(
    as_alice: Client, alice: User, settings: Any, is_staff: bool
) -> None:
    alice.is_staff = is_staff
    alice.save()
    settings.FIELD_ENCRYPTION_KEYS = ""
    confirm(as_alice)
    page = as_alice.get(PAGE).content.decode()
    assert "Keys cannot be stored here yet." in page
    assert ("FIELD_ENCRYPTION_KEYS" in page) is is_staff
    assert 'name="key"' not in page
    as_alice.post(store_at(), {"key": KEY})
    assert not ProviderKey.objects.exists()
    assert toasts(as_alice) == [("error", "Keys cannot be stored here yet.")]


# --- storing


def test_a_key_is_saved_by_a_plain_form(fresh: Client, alice: User) -> None:
    assert 'type="password"' in panel_of(fresh)
    answer = fresh.post(store_at(), {"key": f"  {KEY}\n"})
    assert answer.status_code == 302
    assert answer["Location"] == f"{PAGE}#key-openai"
    assert keys.connection(alice, "openai").key == KEY
    assert toasts(fresh) == [("success", "The key is saved. Test it to be sure that it works.")]


def test_htmx_gets_the_panel_alone_with_a_toast(fresh: Client) -> None:
    answer = fresh.post(store_at(), {"key": KEY}, headers=HTMX)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "The key is saved" in answer["HX-Trigger"]
    assert html.strip().startswith('<section class="panel box key" id="key-openai"')
    assert "<html" not in html
    assert "7c2e" in html
    assert "data-focus" in html, "the button that had the focus is gone"


def test_saving_asks_nobody(fresh: Client, vendor: Vendor) -> None:
    fresh.post(store_at(), {"key": KEY})
    assert vendor.asked == []


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(
    ("entered", "complaint"),
    [
        ("", "Paste the key."),
        ("   ", "Paste the key."),
        ("canary", "too short"),
        ("canary-canary canary", "no spaces"),
        ("canary-canary-açaí", "no spaces"),
        ("canary-canary\tcanary", "no spaces"),
        ("canary" * 100, "too long"),
    ],
)
def test_what_is_no_key_is_refused_and_never_echoed(
    fresh: Client, entered: str, complaint: str, htmx: bool
) -> None:
    answer = fresh.post(store_at(), {"key": entered}, headers=HTMX if htmx else {})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert complaint in html
    assert 'aria-invalid="true"' in html
    assert "canary" not in html
    assert ("<html" in html) is not htmx
    assert htmx or "<title>Error: " in html
    assert not ProviderKey.objects.exists()


@pytest.mark.parametrize("length", [8, 400])
def test_keys_of_the_allowed_lengths_are_taken(fresh: Client, length: int) -> None:
    assert fresh.post(store_at(), {"key": "k" * length}).status_code == 302


def test_whoever_comes_to_the_address_of_the_form_gets_the_page(as_alice: Client) -> None:
    assert as_alice.get(store_at())["Location"] == f"{PAGE}#key-openai"


# --- confirming that it is you


def test_without_a_recent_password_no_field_is_shown_but_the_way_to_it(as_alice: Client) -> None:
    panel = panel_of(as_alice)
    assert 'name="key"' not in panel
    assert 'href="/accounts/reauthenticate/?next=%2Fsettings%2Fkeys%2F%23key-openai"' in panel


def test_after_the_password_one_is_back_at_the_panel_with_its_field(as_alice: Client) -> None:
    form = {"password": PASSWORD, "next": f"{PAGE}#key-openai"}
    answer = as_alice.post("/accounts/reauthenticate/", form)
    assert answer["Location"] == f"{PAGE}#key-openai"
    assert 'name="key"' in panel_of(as_alice)


def test_signing_in_counts_as_giving_the_password(anonymous: Client, alice: User) -> None:
    anonymous.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    assert 'name="key"' in panel_of(anonymous)


def test_who_has_no_password_is_not_asked_for_one(as_alice: Client, alice: User) -> None:
    alice.set_unusable_password()
    alice.save()
    as_alice.force_login(alice)
    assert 'name="key"' in panel_of(as_alice)


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize("verb", ["", "delete/"])
def test_later_nothing_is_changed_before_the_password_is_given_again(
    fresh: Client, alice: User, clock: Clock, verb: str, htmx: bool
) -> None:
    keys.store(alice, "openai", KEY)
    assert 'name="key"' in panel_of(fresh)
    clock.now += 301
    assert 'name="key"' not in panel_of(fresh)
    answer = fresh.post(
        f"{store_at()}{verb}", {"key": "sk-canary-new"}, headers=HTMX if htmx else {}
    )
    assert answer.status_code == (204 if htmx else 302)
    target = answer["HX-Redirect" if htmx else "Location"]
    assert target == "/accounts/reauthenticate/?next=%2Fsettings%2Fkeys%2F%23key-openai"
    assert keys.connection(alice, "openai").key == KEY
    assert "Nothing was changed." in fresh.get(target).content.decode()


def test_a_key_that_was_sent_too_late_is_not_kept_anywhere(as_alice: Client) -> None:
    """allauth's own decorator would write it into the session, in plain text."""
    as_alice.post(store_at(), {"key": KEY})
    assert KEY not in dump()
    assert KEY not in str(dict(as_alice.session))


def test_a_test_needs_no_password(as_alice: Client, alice: User, vendor: Vendor) -> None:
    keys.store(alice, "openai", KEY)
    as_alice.post(verb_at("test"))
    assert len(vendor.asked) == 1


# --- testing


@pytest.mark.parametrize(
    ("answer", "words", "level"),
    [
        (KeyStatus(), "The key works.", "success"),
        (KeyStatus(Decimal("4.2")), "The key works. $4.20 left.", "success"),
        (KeyStatus(Decimal("1234.5")), "The key works. $1,234.50 left.", "success"),
        (ErrorKind.AUTH, "OpenAI refused the key.", "error"),
        (ErrorKind.QUOTA, "OpenAI knows the key, but its account has no credit left.", "error"),
        (ErrorKind.RATE, "OpenAI is too busy to say; the key was not changed.", "error"),
        (
            ErrorKind.TRANSIENT,
            "OpenAI could not be reached; the key was not changed.",
            "error",
        ),
        (ErrorKind.NO_OUTPUT, "OpenAI gave no clear answer; the key was not changed.", "error"),
    ],
)
def test_what_the_provider_says_is_told(
    as_alice: Client, alice: User, vendor: Vendor, answer: Any, words: str, level: str
) -> None:
    keys.store(alice, "openai", KEY)
    vendor.answer = answer if isinstance(answer, KeyStatus) else ProviderError(answer, "x")
    assert as_alice.post(verb_at("test")).status_code == 302
    assert toasts(as_alice) == [(level, words)]
    reply = as_alice.post(verb_at("test"), headers=HTMX)
    assert words in reply["HX-Trigger"]
    assert 'id="key-openai-test"' in reply.content.decode()
    assert "data-focus" not in reply.content.decode(), "the focus stays on the button"


def test_the_amount_is_written_as_the_language_does(
    as_alice: Client, alice: User, vendor: Vendor
) -> None:
    keys.store(alice, "openai", KEY)
    vendor.answer = KeyStatus(Decimal("1234.5"))
    headers = {**HTMX, "Accept-Language": "pt-br"}
    assert "$1.234,50" in as_alice.post(verb_at("test"), headers=headers)["HX-Trigger"]


def test_testing_without_a_key_says_so(as_alice: Client, vendor: Vendor) -> None:
    as_alice.post(verb_at("test"))
    assert toasts(as_alice) == [("error", "There is no key to test.")]
    assert vendor.asked == []


def test_an_unreadable_key_asks_to_be_entered_again(
    as_alice: Client, alice: User, vendor: Vendor
) -> None:
    keys.store(alice, "openai", KEY)
    ProviderKey.objects.update(ciphertext="v1:1:AAAA")
    as_alice.post(verb_at("test"))
    assert toasts(as_alice) == [("error", "The key can no longer be read here. Enter it again.")]


def test_ten_tests_a_minute_are_enough(
    as_alice: Client, as_bob: Client, alice: User, bob: User, vendor: Vendor, clock: Clock
) -> None:
    for person in (alice, bob):
        keys.store(person, "openai", KEY)
    for _ in range(11):
        last = as_alice.post(verb_at("test"), headers=HTMX)
    assert len(vendor.asked) == 10
    assert "You tested many keys" in last["HX-Trigger"]
    as_bob.post(verb_at("test"))
    assert len(vendor.asked) == 11, "one person's limit is not another's"
    clock.now += 60
    as_alice.post(verb_at("test"))
    assert len(vendor.asked) == 12


# --- deleting


@pytest.mark.parametrize("htmx", [True, False])
def test_a_key_is_deleted(fresh: Client, alice: User, htmx: bool) -> None:
    keys.store(alice, "openai", KEY)
    answer = fresh.post(verb_at("delete"), headers=HTMX if htmx else {})
    assert not ProviderKey.objects.exists()
    if htmx:
        assert "The key is deleted." in answer["HX-Trigger"]
        assert "7c2e" not in answer.content.decode()
    else:
        assert answer["Location"] == f"{PAGE}#key-openai"
        assert toasts(fresh) == [("success", "The key is deleted.")]


def test_deleting_twice_is_no_fault(fresh: Client) -> None:
    fresh.post(verb_at("delete"))
    assert toasts(fresh) == [("info", "There is no key to delete.")]


# --- who may what


ADDRESSES = [PAGE, store_at(), verb_at("test"), verb_at("delete")]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_the_door(anonymous: Client, address: str, method: str) -> None:
    answer = getattr(anonymous, method)(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=")


def test_bob_neither_sees_nor_tests_nor_replaces_nor_deletes_alices_key(
    as_bob: Client, alice: User, bob: User, vendor: Vendor
) -> None:
    row = keys.store(alice, "openai", KEY)
    confirm(as_bob)
    assert "7c2e" not in as_bob.get(PAGE).content.decode()
    as_bob.post(verb_at("test"))
    as_bob.post(verb_at("delete"))
    as_bob.post(store_at(), {"key": "sk-of-bob-0123456789"})
    assert vendor.asked == []
    assert ProviderKey.objects.get(pk=row.pk).ciphertext == row.ciphertext
    assert keys.connection(alice, "openai").key == KEY
    assert keys.connection(bob, "openai").key == "sk-of-bob-0123456789"


@pytest.mark.parametrize("slug", ["nothing", "builtin", "local"])
def test_a_provider_that_takes_no_key_is_not_there(fresh: Client, slug: str) -> None:
    assert fresh.get(store_at(slug)).status_code == 404
    for address in (store_at(slug), verb_at("test", slug), verb_at("delete", slug)):
        assert fresh.post(address, {"key": KEY}).status_code == 404
    assert not ProviderKey.objects.exists()


@pytest.mark.parametrize("verb", ["test", "delete"])
def test_the_verbs_are_posts(fresh: Client, alice: User, vendor: Vendor, verb: str) -> None:
    keys.store(alice, "openai", KEY)
    assert fresh.get(verb_at(verb)).status_code == 405
    assert ProviderKey.objects.exists()
    assert vendor.asked == []


@pytest.mark.parametrize("address", [store_at(), verb_at("test"), verb_at("delete")])
def test_a_form_without_its_token_is_refused(alice: User, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(address, {"key": KEY}).status_code == 403


def test_looking_writes_nothing(fresh: Client, alice: User) -> None:
    keys.store(alice, "openai", KEY)
    fresh.get(PAGE)
    before = dump(but="django_session")
    for address in ("/settings/", PAGE, store_at()):
        fresh.get(f"{address}?key={KEY}&provider=openai")
    assert dump(but="django_session") == before


# --- the admin


def test_the_admin_shows_that_there_is_a_key_and_never_what_it_is(
    as_sam: Client, alice: User
) -> None:
    row = keys.store(alice, "openai", KEY)
    for address in (
        reverse("admin:generation_providerkey_changelist"),
        reverse("admin:generation_providerkey_change", args=[row.pk]),
    ):
        page = as_sam.get(address).content.decode()
        assert "alice@example.com" in page
        assert "7c2e" in page
        assert row.ciphertext not in page
        assert row.ciphertext.rpartition(":")[2][:20] not in page
        assert KEY not in page


def test_the_admin_takes_a_key_away_and_writes_it_down(as_sam: Client, alice: User) -> None:
    from gallery.models import AuditEvent

    first, second = (keys.store(alice, slug, KEY) for slug in ("openai", "gemini"))
    address = reverse("admin:generation_providerkey_delete", args=[first.pk])
    assert as_sam.post(address, {"post": "yes"}).status_code == 302
    form = {"action": "delete_selected", "_selected_action": [second.pk], "post": "yes"}
    as_sam.post(reverse("admin:generation_providerkey_changelist"), form)
    assert not ProviderKey.objects.exists()
    events = AuditEvent.objects.filter(action="key.delete").order_by("pk")
    assert [event.target_id for event in events] == [first.pk, second.pk]
    assert {event.actor.email for event in events if event.actor} == {"sam@example.com"}


def test_the_admin_changes_nothing(as_sam: Client, alice: User) -> None:
    row = keys.store(alice, "openai", KEY)
    address = reverse("admin:generation_providerkey_change", args=[row.pk])
    assert (
        as_sam.post(address, {"ciphertext": "x", "base_url": "https://x.example"}).status_code
        == 403
    )


# --- no key leaks


def dump(but: str = "") -> str:
    """Everything that is in the database, as text."""
    lines = []
    with database.cursor() as cursor:
        for table in database.introspection.table_names(cursor):
            if table != but:
                cursor.execute(f'SELECT * FROM "{table}"')
                lines += [f"{table} {row!r}" for row in cursor.fetchall()]
    return "\n".join(lines)


def task_messages(broker: redis.Redis) -> list[str]:
    """What waits in the queues: headers, and arguments in plain text."""
    lists = [name for name in broker.keys("*") if broker.type(name) == b"list"]
    raw = [json.loads(entry) for name in lists for entry in broker.lrange(name, 0, -1)]
    return [f"{entry['headers']} {base64.b64decode(entry['body'])!r}" for entry in raw]


def pages_of(client: Client) -> list[str]:
    addresses = ["/", "/gallery/", "/posts/create/", PAGE, "/accounts/email/", "/nothing/"]
    return [client.get(address).content.decode() for address in addresses]


def test_the_canary_is_in_no_page_log_row_or_message(
    fresh: Client,
    as_sam: Client,
    alice: User,
    vendor: Vendor,
    broker: redis.Redis,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []
    for headers in ({}, HTMX):
        seen.append(fresh.post(store_at(), {"key": KEY}, headers=headers).content.decode())
        seen.append(fresh.post(store_at(), {"key": f"{KEY} x"}, headers=headers).content.decode())
        for kind in ErrorKind:
            vendor.answer = ProviderError(kind, f"Incorrect API key provided: {KEY}")
            reply = fresh.post(verb_at("test"), headers=headers)
            seen.append(reply.content.decode() + str(reply.headers))
            fresh.get(PAGE)
            broker.delete(*broker.keys("*key-tests*"))
    assert vendor.asked[0].key == KEY, "the canary was really used"
    with django_capture_on_commit_callbacks(execute=True):
        start(alice)
    seen += pages_of(fresh) + pages_of(as_sam)
    held = [str(broker.dump(name)) + str(name) for name in broker.keys("*")]
    messages = task_messages(broker)
    assert any("generation.tasks.run_job" in message for message in messages)
    for text in (*seen, *held, *messages, caplog.text, dump(), str(vendor.asked)):
        assert "canary" not in text
    for record in caplog.records:
        assert "canary" not in str(record.__dict__)


@pytest.mark.parametrize("debug_off_report", ["html", "text"])
def test_the_canary_is_in_no_error_page_and_no_error_report(
    fresh: Client,
    alice: User,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    debug_off_report: str,
) -> None:
    """Something breaks while the key is in the hands of each function that holds it."""
    fresh.raise_request_exception = False
    reports: list[str] = []

    def breaks(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("broken")

    def note(sender: Any, request: Any, **kwargs: Any) -> None:
        reporter = ExceptionReporter(request, *sys.exc_info())
        make = (
            reporter.get_traceback_html
            if debug_off_report == "html"
            else (reporter.get_traceback_text)
        )
        reports.append(make())

    from django.core.signals import got_request_exception

    got_request_exception.connect(note)
    try:
        with monkeypatch.context() as patched:
            patched.setattr("gallery.models.audit.AuditEventQuerySet.record", breaks)
            stored = fresh.post(store_at(), {"key": KEY})
        with monkeypatch.context() as patched:
            patched.setattr("pixelstream.encryption._bound_to", breaks)
            sealed = fresh.post(store_at(), {"key": KEY})
        keys.store(alice, "openai", KEY)
        with monkeypatch.context() as patched:
            patched.setattr(registry, "get", breaks)
            tested = fresh.post(verb_at("test"))
    finally:
        got_request_exception.disconnect(note)
    for answer in (stored, sealed, tested):
        assert answer.status_code == 500
        assert "canary" not in answer.content.decode()
    assert len(reports) == 3
    for report in reports:
        assert "broken" in report
        assert "canary" not in report
    assert "Traceback" in caplog.text
    assert "canary" not in caplog.text


def test_the_reporter_would_have_shown_it_without_our_care() -> None:
    """That the test above can fail."""
    key = KEY
    try:
        raise RuntimeError("broken")
    except RuntimeError:
        request = RequestFactory().get("/")
        report = ExceptionReporter(request, *sys.exc_info()).get_traceback_html()
    assert key in report


@pytest.mark.django_db(transaction=True)
def test_the_canary_is_not_in_the_database_file(fresh: Client, vendor: Vendor) -> None:
    """Not even in what was deleted or rolled back: pages of a file are not wiped."""
    if database.vendor != "sqlite":
        pytest.skip("the database is no file")
    fresh.post(store_at(), {"key": KEY})
    fresh.post(verb_at("test"))
    fresh.cookies.clear()
    fresh.force_login(User.objects.get(email="alice@example.com"))
    fresh.post(store_at(), {"key": KEY})  # without a recent password
    name = Path(str(database.settings_dict["NAME"]))
    files = [name, name.with_name(f"{name.name}-wal")]
    held = b"".join(file.read_bytes() for file in files if file.exists())
    assert b"alice@example.com" in held, "this is the file"
    assert b"canary" not in held
