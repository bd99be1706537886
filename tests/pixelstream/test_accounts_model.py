"""The person: one address in any case, a name for others, letters for the avatar."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from pixelstream.accounts.models import User
from tests.factories import PASSWORD, create_user

pytestmark = pytest.mark.django_db


def test_an_address_is_stored_in_lower_case_without_spaces() -> None:
    assert create_user("  Alice@Example.COM ").email == "alice@example.com"


def test_a_person_needs_an_address() -> None:
    with pytest.raises(ValueError, match="e-mail address"):
        User.objects.create_user("")


def test_the_database_knows_no_two_people_with_one_address_in_any_case(alice: User) -> None:
    twin = User(email="ALICE@example.com")
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_the_password_is_hashed(alice: User) -> None:
    assert PASSWORD not in alice.password
    assert alice.check_password(PASSWORD)


def test_a_person_without_a_password_cannot_sign_in_with_one() -> None:
    assert not User.objects.create_user("nobody@example.com").has_usable_password()


def test_an_administrator_has_all_powers() -> None:
    admin = User.objects.create_superuser("root@example.com", PASSWORD)
    assert admin.is_staff
    assert admin.is_superuser


@pytest.mark.parametrize(
    ("name", "email", "shown", "initials"),
    [
        ("Alice", "a@example.com", "Alice", "A"),
        ("Alice Maria Almeida", "a@example.com", "Alice Maria Almeida", "AA"),
        ("", "alice.almeida@example.com", "alice.almeida", "AA"),
        ("", "bob_b@example.com", "bob_b", "BB"),
        ("Érica", "e@example.com", "Érica", "É"),
        ("★ ★", "s@example.com", "★ ★", "?"),
    ],
)
def test_what_others_see_of_a_person(name: str, email: str, shown: str, initials: str) -> None:
    person = User(name=name, email=email)
    assert person.display_name == shown
    assert person.initials == initials
