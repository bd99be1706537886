"""Changing what a person says about themselves."""

from __future__ import annotations

from typing import Any

import pytest

from gallery.models import AuditEvent
from gallery.services import profiles
from gallery.services.profiles import HandleTakenError
from pixelstream.accounts.models import User

pytestmark = pytest.mark.django_db

WANTED: dict[str, Any] = {
    "name": "Marina Duarte",
    "handle": "marina",
    "bio": "Honey.",
    "posts_begin_public": False,
}


def test_it_is_changed_and_written_down_without_a_word_of_it(alice: User) -> None:
    assert profiles.change_profile(alice, **WANTED)
    alice.refresh_from_db()
    assert (alice.name, alice.handle, alice.bio) == ("Marina Duarte", "marina", "Honey.")
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.target_id) == ("person.profile", alice, alice.pk)
    assert event.counts == {"name": 1, "handle": 1, "bio": 1}


def test_the_same_again_is_no_change(alice: User) -> None:
    profiles.change_profile(alice, **WANTED)
    assert not profiles.change_profile(alice, **WANTED)
    assert AuditEvent.objects.count() == 1


def test_no_handle_is_nobodys_handle(alice: User, bob: User) -> None:
    for person in (alice, bob):
        profiles.change_profile(person, **WANTED | {"handle": ""})
        person.refresh_from_db()
        assert person.handle is None


def test_a_handle_that_somebody_else_was_quicker_with_changes_nothing(
    alice: User, bob: User
) -> None:
    profiles.change_profile(alice, **WANTED)
    with pytest.raises(HandleTakenError):
        profiles.change_profile(bob, **WANTED)
    bob.refresh_from_db()
    assert (bob.name, bob.handle) == ("Bob", None)
    assert not AuditEvent.objects.filter(actor=bob).exists()


def test_a_handle_that_was_given_up_is_free_at_once(alice: User, bob: User) -> None:
    profiles.change_profile(alice, **WANTED)
    profiles.change_profile(alice, **WANTED | {"handle": "marina2"})
    profiles.change_profile(bob, **WANTED)
    bob.refresh_from_db()
    assert bob.handle == "marina"
