"""People's own keys: stored, tested, handed out for one address, renewed. Never leaked."""

from __future__ import annotations

import base64
import logging
import threading
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection as database
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.models import AuditEvent
from generation.models import ProviderKey
from generation.providers import registry
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import Connection, KeyStatus
from generation.services import keys
from generation.services.keys import KeyState, KeyTest, KeyUnavailableError, Outcome, Why
from pixelstream.accounts.models import User
from tests.factories import create_user

pytestmark = pytest.mark.django_db

KEY = "sk-canary-0123456789-7c2e"


def key_setting(*names: str) -> str:
    return ",".join(
        f"{name}:{base64.b64encode(name.encode().ljust(32, b'.')).decode()}" for name in names
    )


class Vendor:
    """Says of every key what the test wants."""

    def __init__(self) -> None:
        self.answer: KeyStatus | Exception | Callable[[], KeyStatus] = KeyStatus()
        self.asked: list[Connection] = []

    def check_key(self, connection: Connection) -> KeyStatus:
        self.asked.append(connection)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer if isinstance(self.answer, KeyStatus) else self.answer()


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Vendor:
    vendor = Vendor()
    monkeypatch.setattr(registry, "get", lambda slug: vendor)
    return vendor


def row_of(owner: User, provider: str = "openai") -> ProviderKey:
    return ProviderKey.objects.get(owner=owner, provider=provider)


# --- storing and deleting


def test_a_stored_key_comes_back_in_a_connection_of_ones_own(alice: User) -> None:
    keys.store(alice, "openai", KEY)
    own = keys.connection(alice, "openai")
    assert own.key == KEY
    assert own.is_own
    assert own.base_url == registry.base_url("openai")
    assert own.options == registry.options("openai")
    assert KEY not in repr(own)


def test_what_is_stored_is_not_the_key(alice: User) -> None:
    row = keys.store(alice, "openai", KEY)
    assert row.last_four == "7c2e"
    for field in ProviderKey._meta.concrete_fields:
        assert KEY not in str(getattr(row, field.attname))


@pytest.mark.parametrize(("key", "shown"), [("12345678", "78"), ("1234567890abcdef", "cdef")])
def test_of_a_short_key_less_is_shown(alice: User, key: str, shown: str) -> None:
    assert keys.store(alice, "openai", key).last_four == shown


def test_a_new_key_takes_the_place_of_the_old_one(alice: User) -> None:
    before = keys.store(alice, "openai", KEY)
    keys.mark_refused(alice, "openai", used_since=None)
    keys.store(alice, "openai", "sk-another-key-1111")
    row = row_of(alice)
    assert (row.pk, row.last_four, row.status) == (before.pk, "1111", "untested")
    assert row.tested_at is None
    assert row.created_at > before.created_at
    assert keys.connection(alice, "openai").key == "sk-another-key-1111"


def test_storing_replacing_and_deleting_are_written_down_without_the_key(alice: User) -> None:
    row = keys.store(alice, "openai", KEY)
    keys.store(alice, "openai", KEY)
    assert keys.delete(alice, "openai")
    events = AuditEvent.objects.order_by("pk").values_list(
        "action", "actor", "target_type", "target_id", "counts"
    )
    target = (alice.pk, "generation.providerkey", row.pk, {})
    actions = ["key.store", "key.replace", "key.delete"]
    assert list(events) == [(action, *target) for action in actions]


def test_deleting_what_is_not_there_does_nothing(alice: User, bob: User) -> None:
    keys.store(bob, "openai", KEY)
    assert not keys.delete(alice, "openai")
    assert not AuditEvent.objects.filter(action="key.delete").exists()
    assert keys.connection(bob, "openai").key == KEY


def test_without_a_setting_nothing_is_stored_and_the_setting_is_named(
    alice: User, settings: Any
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = ""
    with pytest.raises(ImproperlyConfigured, match="FIELD_ENCRYPTION_KEYS"):
        keys.store(alice, "openai", KEY)
    assert not ProviderKey.objects.exists()
    assert not AuditEvent.objects.exists()


# --- handing out


def refusal_of(owner: User, provider: str = "openai") -> KeyUnavailableError:
    with pytest.raises(KeyUnavailableError) as caught:
        keys.connection(owner, provider)
    assert caught.value.kind is ErrorKind.AUTH
    assert KEY not in str(caught.value)
    return caught.value


def test_without_a_key_there_is_no_connection(alice: User, bob: User) -> None:
    keys.store(bob, "openai", KEY)
    keys.store(alice, "gemini", KEY)
    assert refusal_of(alice).why is Why.MISSING


def test_after_the_operator_changed_the_address_the_key_is_not_sent_there(
    alice: User, settings: Any
) -> None:
    keys.store(alice, "openai", KEY)
    settings.PROVIDER_BASE_URLS = {"openai": "https://elsewhere.example/v1"}
    assert refusal_of(alice).why is Why.OTHER_HOST
    settings.PROVIDER_BASE_URLS = {}
    assert keys.connection(alice, "openai").key == KEY


@pytest.mark.parametrize(
    "change",
    [
        {"owner": "bob"},
        {"provider": "openrouter"},
        {"base_url": "https://evil.example/v1"},
    ],
    ids=["another person", "another provider", "another host"],
)
def test_a_ciphertext_that_was_moved_cannot_be_decrypted(
    alice: User, bob: User, settings: Any, change: dict[str, str]
) -> None:
    """By somebody who can write the database, and even one who can set the address as well."""
    keys.store(alice, "openai", KEY)
    values: dict[str, Any] = {**change}
    owner, provider = alice, change.get("provider", "openai")
    if "owner" in change:
        values["owner"] = owner = bob
    if provider == "openrouter":
        values["base_url"] = registry.base_url(provider)
    if "base_url" in change:
        settings.PROVIDER_BASE_URLS = {"openai": change["base_url"]}
    ProviderKey.objects.update(**values)
    assert refusal_of(owner, provider).why is Why.UNREADABLE


@pytest.mark.parametrize("value", ["", key_setting("other")])
def test_an_unreadable_key_is_an_error_with_its_id_in_the_log(
    alice: User, settings: Any, caplog: pytest.LogCaptureFixture, value: str
) -> None:
    row = keys.store(alice, "openai", KEY)
    settings.FIELD_ENCRYPTION_KEYS = value
    assert refusal_of(alice).why is Why.UNREADABLE
    assert f"openai key {row.pk} cannot be decrypted" in caplog.text


# --- states


def test_the_states_of_all_keys_take_one_query_and_no_decryption(
    alice: User, bob: User, settings: Any
) -> None:
    for provider in ("openrouter", "openai", "gemini"):
        keys.store(alice, provider, KEY)
    keys.store(bob, "kie", KEY)
    keys.mark_refused(alice, "gemini", used_since=None)
    settings.PROVIDER_BASE_URLS = {"openai": "http://localhost:8080"}
    settings.FIELD_ENCRYPTION_KEYS = ""
    with CaptureQueriesContext(database) as queries:
        assert keys.states(alice) == {
            "openrouter": KeyState.USABLE,
            "openai": KeyState.OTHER_HOST,
            "gemini": KeyState.REFUSED,
        }
    assert len(queries) == 1
    assert '"ciphertext"' not in queries[0]["sql"]


def test_a_key_for_a_provider_that_is_gone_is_not_counted(alice: User) -> None:
    ProviderKey.objects.create(owner=alice, provider="gone", base_url="https://x.example")
    assert keys.states(alice) == {}


def test_a_refused_key_is_marked_and_nobody_elses(alice: User, bob: User) -> None:
    keys.store(alice, "openai", KEY)
    keys.store(bob, "openai", KEY)
    keys.mark_refused(alice, "openai", used_since=None)
    assert row_of(alice).status == ProviderKey.Status.REFUSED
    assert row_of(alice).tested_at is not None
    assert row_of(bob).status == ProviderKey.Status.UNTESTED


# --- testing


def test_an_accepted_key_is_noted_with_what_is_left(alice: User, vendor: Vendor) -> None:
    keys.store(alice, "openai", KEY)
    vendor.answer = KeyStatus(remaining=Decimal("4.20"))
    assert keys.test(alice, "openai") == KeyTest(Outcome.ACCEPTED, Decimal("4.20"))
    row = row_of(alice)
    assert row.status == ProviderKey.Status.ACCEPTED
    assert row.tested_at is not None
    assert [(own.key, own.base_url) for own in vendor.asked] == [(KEY, row.base_url)]


@pytest.mark.parametrize(
    ("kind", "outcome", "status"),
    [
        (ErrorKind.AUTH, Outcome.REFUSED, "refused"),
        (ErrorKind.QUOTA, Outcome.NO_CREDIT, "accepted"),
        (ErrorKind.RATE, Outcome.BUSY, "untested"),
        (ErrorKind.TRANSIENT, Outcome.UNREACHABLE, "untested"),
        (ErrorKind.AMBIGUOUS, Outcome.UNCLEAR, "untested"),
        (ErrorKind.NO_OUTPUT, Outcome.UNCLEAR, "untested"),
        (ErrorKind.INVALID, Outcome.UNCLEAR, "untested"),
        (ErrorKind.MODERATION, Outcome.UNCLEAR, "untested"),
        (ErrorKind.RETIRED, Outcome.UNCLEAR, "untested"),
    ],
)
def test_only_what_says_something_about_the_key_changes_its_status(
    alice: User, vendor: Vendor, kind: ErrorKind, outcome: Outcome, status: str
) -> None:
    keys.store(alice, "openai", KEY)
    vendor.answer = ProviderError(kind, "no")
    assert keys.test(alice, "openai").outcome is outcome
    row = row_of(alice)
    assert row.status == status
    assert (row.tested_at is None) == (status == "untested")


def test_a_key_that_cannot_be_sent_is_not_sent(alice: User, vendor: Vendor, settings: Any) -> None:
    assert keys.test(alice, "openai").outcome is Outcome.MISSING
    keys.store(alice, "openai", KEY)
    settings.PROVIDER_BASE_URLS = {"openai": "https://elsewhere.example"}
    assert keys.test(alice, "openai").outcome is Outcome.OTHER_HOST
    settings.PROVIDER_BASE_URLS = {}
    settings.FIELD_ENCRYPTION_KEYS = key_setting("other")
    assert keys.test(alice, "openai").outcome is Outcome.UNREADABLE
    assert vendor.asked == []
    assert row_of(alice).status == ProviderKey.Status.UNTESTED


def test_the_verdict_on_an_old_key_does_not_stick_to_its_successor(
    alice: User, vendor: Vendor
) -> None:
    keys.store(alice, "openai", KEY)

    def replaced_meanwhile() -> KeyStatus:
        keys.store(alice, "openai", "sk-another-key-1111")
        return KeyStatus()

    vendor.answer = replaced_meanwhile
    assert keys.test(alice, "openai").outcome is Outcome.ACCEPTED
    assert row_of(alice).status == ProviderKey.Status.UNTESTED


def test_a_vendor_that_repeats_the_key_does_not_bring_it_into_the_log(
    alice: User, vendor: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    odd = "no-known-prefix-canary-1234"
    keys.store(alice, "openai", odd)
    caplog.set_level(logging.DEBUG)
    vendor.answer = ProviderError(ErrorKind.INVALID, f"we do not like {odd} at all")
    keys.test(alice, "openai")
    assert "we do not like [hidden] at all" in caplog.text
    assert odd not in caplog.text


# --- renewing


def store_three(settings: Any) -> list[ProviderKey]:
    settings.FIELD_ENCRYPTION_KEYS = key_setting("old")
    people = [create_user(f"p{number}@example.com") for number in range(3)]
    return [keys.store(person, "openai", f"{KEY}-{person.pk}") for person in people]


def rotate(*arguments: str) -> str:
    output = StringIO()
    call_command("rotate_keys", *arguments, stdout=output)
    return output.getvalue()


def test_everything_is_renewed_and_the_old_key_can_be_taken_away(settings: Any) -> None:
    rows = store_three(settings)
    settings.FIELD_ENCRYPTION_KEYS = key_setting("new", "old")
    assert "Renewed under key new: 3." in rotate()
    settings.FIELD_ENCRYPTION_KEYS = key_setting("new")
    for row in rows:
        assert keys.connection(row.owner, "openai").key == f"{KEY}-{row.owner_id}"
    assert "Renewed under key new: 0. Current already: 3." in rotate()


def test_a_limit_is_kept_and_the_next_run_goes_on_from_there(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "BATCH", 2)
    store_three(settings)
    settings.FIELD_ENCRYPTION_KEYS = key_setting("new", "old")
    assert "Stopped at the limit" in rotate("--limit", "1")
    assert ProviderKey.objects.filter(ciphertext__contains=":new:").count() == 1
    assert "Renewed under key new: 2. Current already: 1." in rotate("--limit", "5")


def test_a_key_that_was_entered_for_another_address_is_renewed_as_well(
    alice: User, settings: Any
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = key_setting("old")
    keys.store(alice, "openai", KEY)
    settings.PROVIDER_BASE_URLS = {"openai": "https://elsewhere.example"}
    settings.FIELD_ENCRYPTION_KEYS = key_setting("new", "old")
    rotate()
    settings.PROVIDER_BASE_URLS = {}
    settings.FIELD_ENCRYPTION_KEYS = key_setting("new")
    assert keys.connection(alice, "openai").key == KEY


def test_what_cannot_be_decrypted_is_named_and_left_and_the_rest_is_renewed(settings: Any) -> None:
    rows = store_three(settings)
    settings.FIELD_ENCRYPTION_KEYS = key_setting("lost")
    lost = keys.store(rows[1].owner, "openai", KEY)
    ProviderKey.objects.filter(pk=rows[0].pk).update(ciphertext="rubbish")
    settings.FIELD_ENCRYPTION_KEYS = key_setting("new", "old")
    with pytest.raises(CommandError, match=f"left as they are: {rows[0].pk}, {lost.pk}$"):
        rotate()
    stored = list(ProviderKey.objects.order_by("pk").values_list("ciphertext", flat=True))
    assert stored[:2] == ["rubbish", lost.ciphertext]
    assert stored[2].startswith("v1:new:")


def test_a_key_that_is_replaced_meanwhile_is_not_overwritten(
    alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = key_setting("old")
    keys.store(alice, "openai", KEY)
    settings.FIELD_ENCRYPTION_KEYS = key_setting("new", "old")
    real = keys.encryption.decrypt

    def slow(stored: str, context: str) -> str:
        text = real(stored, context)
        keys.store(alice, "openai", "sk-another-key-1111")
        return text

    with monkeypatch.context() as patched:
        patched.setattr(keys.encryption, "decrypt", slow)
        assert "Changed by others meanwhile: 1." in rotate()
    assert keys.connection(alice, "openai").key == "sk-another-key-1111"


@pytest.mark.django_db(transaction=True)
def test_two_that_renew_at_once_renew_each_key_once(settings: Any) -> None:
    rows = store_three(settings)
    settings.FIELD_ENCRYPTION_KEYS = key_setting("new", "old")
    start = threading.Barrier(2)
    done: list[keys.Rotation] = []

    def renew() -> None:
        start.wait(timeout=10)
        try:
            done.append(keys.rotate())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=renew) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one.renewed for one in done) == 3
    assert sum(one.renewed + one.current + one.overtaken for one in done) == 6
    settings.FIELD_ENCRYPTION_KEYS = key_setting("new")
    for row in rows:
        assert keys.connection(row.owner, "openai").key == f"{KEY}-{row.owner_id}"


def test_renewing_without_a_setting_says_which_one_is_missing(settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = ""
    with pytest.raises(CommandError, match="environment variable: FIELD_ENCRYPTION_KEYS"):
        rotate()


def test_a_limit_below_one_is_refused() -> None:
    with pytest.raises(CommandError, match="limit"):
        rotate("--limit", "0")


def test_a_refusal_says_nothing_of_a_key_that_was_stored_afterwards(alice: User) -> None:
    before = timezone.now()
    keys.store(alice, "openai", KEY)
    keys.mark_refused(alice, "openai", used_since=before)
    assert keys.states(alice) == {"openai": KeyState.USABLE}
    keys.mark_refused(alice, "openai", used_since=timezone.now())
    assert keys.states(alice) == {"openai": KeyState.REFUSED}
