"""Secrets at rest: bound to their place, readable under every key that is configured."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from pixelstream import encryption
from pixelstream.encryption import UndecryptableError

ROOT = Path(__file__).resolve().parents[2]
PLACE = "table:column:7:openai:https://api.openai.com/v1"
SECRET = "sk-canary-5f1d0c9e"


def configured(name: str, filling: bytes = b"a") -> str:
    return f"{name}:{base64.b64encode(filling * 32).decode()}"


OLD, NEW = configured("old", b"o"), configured("new", b"n")


@pytest.fixture(autouse=True)
def keys(settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = OLD


@pytest.mark.parametrize("text", [SECRET, "", "açaí ☃", "x" * 4000, "with:colons:in:it"])
def test_what_was_encrypted_is_decrypted_for_the_same_place(text: str) -> None:
    stored = encryption.encrypt(text, PLACE)
    assert encryption.decrypt(stored, PLACE) == text
    assert stored.startswith("v1:old:")
    assert stored.isascii()


def test_the_text_is_not_in_what_is_stored_and_no_two_are_alike() -> None:
    first, second = (encryption.encrypt(SECRET, PLACE) for _ in range(2))
    assert first != second
    for stored in (first, second):
        sealed = base64.b64decode(stored.split(":")[2])
        assert SECRET.encode() not in sealed
        assert len(sealed) == 12 + len(SECRET) + 16


@pytest.mark.parametrize(
    "elsewhere",
    [
        PLACE.replace(":7:", ":8:"),
        PLACE.replace("api.openai.com", "evil.example"),
        PLACE.replace("openai:", "openrouter:"),
        PLACE.replace("table", "other"),
        PLACE.replace("column", "other"),
        "",
    ],
    ids=["another owner", "another host", "another provider", "a table", "a column", "nothing"],
)
def test_moved_to_another_place_it_cannot_be_decrypted(elsewhere: str) -> None:
    stored = encryption.encrypt(SECRET, PLACE)
    with pytest.raises(UndecryptableError) as caught:
        encryption.decrypt(stored, elsewhere)
    assert SECRET not in str(caught.value)


def test_no_bit_of_it_can_be_flipped() -> None:
    head, _, encoded = encryption.encrypt(SECRET, PLACE).rpartition(":")
    sealed = base64.b64decode(encoded)
    for place in range(len(sealed)):
        for bit in (0, 7):
            damaged = bytearray(sealed)
            damaged[place] ^= 1 << bit
            with pytest.raises(UndecryptableError):
                encryption.decrypt(f"{head}:{base64.b64encode(damaged).decode()}", PLACE)


def test_the_id_of_the_key_cannot_be_exchanged(settings: Any) -> None:
    """Even when both ids stand for the same bytes."""
    twin = OLD.replace("old:", "twin:")
    settings.FIELD_ENCRYPTION_KEYS = f"{OLD},{twin}"
    stored = encryption.encrypt(SECRET, PLACE)
    with pytest.raises(UndecryptableError):
        encryption.decrypt(stored.replace("v1:old:", "v1:twin:"), PLACE)


@pytest.mark.parametrize(
    "stored",
    ["", SECRET, "v1", "v1:old", "v1:old:", "v1:old:%%%", "v1:old:é", "v1:old:AAAA", "v2:old:AAAA"],
)
def test_what_is_no_stored_secret_is_undecryptable(stored: str) -> None:
    with pytest.raises(UndecryptableError) as caught:
        encryption.decrypt(stored, PLACE)
    assert SECRET not in str(caught.value)


def test_the_newest_key_encrypts_and_the_older_ones_still_decrypt(settings: Any) -> None:
    before = encryption.encrypt(SECRET, PLACE)
    settings.FIELD_ENCRYPTION_KEYS = f" {NEW} , {OLD} "
    after = encryption.encrypt(SECRET, PLACE)
    assert (encryption.key_id(before), encryption.key_id(after)) == ("old", "new")
    assert not encryption.is_current(before)
    assert encryption.is_current(after)
    assert encryption.decrypt(before, PLACE) == encryption.decrypt(after, PLACE) == SECRET


def test_a_key_that_was_taken_away_is_named_and_no_other_is_tried(settings: Any) -> None:
    stored = encryption.encrypt(SECRET, PLACE)
    settings.FIELD_ENCRYPTION_KEYS = NEW
    with pytest.raises(UndecryptableError, match="old"):
        encryption.decrypt(stored, PLACE)


def test_an_id_that_got_other_bytes_does_not_open_it(settings: Any) -> None:
    stored = encryption.encrypt(SECRET, PLACE)
    settings.FIELD_ENCRYPTION_KEYS = configured("old", b"z")
    with pytest.raises(UndecryptableError):
        encryption.decrypt(stored, PLACE)


def test_nothing_is_derived_from_the_secret_key(settings: Any) -> None:
    stored = encryption.encrypt(SECRET, PLACE)
    settings.SECRET_KEY = "quite another one"
    assert encryption.decrypt(stored, PLACE) == SECRET


@pytest.mark.parametrize("value", ["", "  "])
def test_a_missing_setting_is_named_when_it_is_needed(settings: Any, value: str) -> None:
    stored = encryption.encrypt(SECRET, PLACE)
    settings.FIELD_ENCRYPTION_KEYS = value
    message = "Missing required environment variable: FIELD_ENCRYPTION_KEYS"
    for use in (
        lambda: encryption.encrypt(SECRET, PLACE),
        lambda: encryption.decrypt(stored, PLACE),
        encryption.newest_key_id,
    ):
        with pytest.raises(ImproperlyConfigured) as caught:
            use()
        assert str(caught.value) == message
    assert encryption.find_problem() == message


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("c2VjcmV0LXNlY3JldA==", 1),
        (f"{OLD},2:c2VjcmV0LXNlY3JldA==", 2),
        (f"{OLD},2:not/base64!secret", 2),
        (f"{OLD},2:sécret", 2),
        (f"{OLD},2:", 2),
        (f"{OLD},", 2),
        (f"bad id:{OLD.partition(':')[2]}", 1),
        (f"{OLD},{OLD}", 2),
        (configured("1", b"secret"), 1),
    ],
)
def test_a_malformed_entry_is_named_by_its_place_and_never_printed(
    settings: Any, value: str, place: int
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = value
    with pytest.raises(ImproperlyConfigured) as caught:
        encryption.encrypt(SECRET, PLACE)
    message = str(caught.value)
    assert message.startswith(f"FIELD_ENCRYPTION_KEYS: entry {place} ")
    for entry in value.split(","):
        encoded = entry.partition(":")[2] or entry
        assert not encoded or encoded not in message
    assert encryption.find_problem() == message


def test_a_sound_setting_has_no_problem() -> None:
    assert encryption.find_problem() == ""


def test_starting_up_does_not_load_the_cryptography(tmp_path: Path) -> None:
    code = (
        "import sys, django; django.setup(); import pixelstream.urls, generation.views.keys;"
        "print([name for name in sys.modules if name.endswith('.aead')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "pixelstream.settings_test",
            "TMPDIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
