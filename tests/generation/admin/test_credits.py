"""Giving credits in the admin, and reading the ledger there."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from gallery.models import AuditEvent
from generation.models import CreditEntry
from generation.services import credits
from pixelstream.accounts.models import User
from tests.factories import create_user

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/accounts/user/"


@pytest.fixture(autouse=True)
def _credits(settings: LazySettings) -> None:
    settings.CREDITS_ENABLED = True
    settings.CREDITS_SIGNUP_GRANT = 20


@pytest.fixture
def as_sam(sam: User) -> Client:
    client = Client()
    client.force_login(sam)
    return client


def choose(client: Client, *people: User, **fields: str) -> str:
    """What the page says after the action was chosen for these people."""
    chosen = {"action": "grant_credits", "_selected_action": [person.pk for person in people]}
    address = reverse("admin:accounts_user_changelist")
    return client.post(address, {**chosen, **fields}, follow=True).content.decode()


def test_people_are_given_credits_with_a_reason(
    as_sam: Client, alice: User, bob: User, sam: User
) -> None:
    page = choose(as_sam, alice, bob)
    assert "Give credits to 2 people?" in page
    assert alice.email in page
    given = choose(as_sam, alice, bob, confirm="1", amount="5", reason="Sorry.")
    assert "5 credits given to 2 people each." in given
    assert credits.balance_of(alice) == credits.balance_of(bob) == 25
    assert set(CreditEntry.objects.filter(reason="Sorry.").values_list("by", flat=True)) == {sam.pk}
    assert AuditEvent.objects.filter(action="credits.grant", actor=sam).count() == 2
    history = as_sam.get(f"/admin/accounts/user/{alice.pk}/history/").content.decode()
    assert "Credits given: 5. Sorry." in history


@pytest.mark.parametrize(
    ("amount", "reason"),
    [("0", "x"), ("-5", "x"), ("", "x"), ("1.5", "x"), ("9" * 30, "x"), ("5", " "), ("5", "x\0")],
)
def test_what_is_no_gift_is_asked_back(
    as_sam: Client, alice: User, amount: str, reason: str
) -> None:
    page = choose(as_sam, alice, confirm="1", amount=amount, reason=reason)
    assert "errorlist" in page
    assert not CreditEntry.objects.exists()


def test_who_may_not_add_to_the_ledger_gives_nothing(alice: User) -> None:
    bea = create_user("bea@example.com", is_staff=True)
    bea.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    client = Client()
    client.force_login(bea)
    choose(client, alice, confirm="1", amount="5", reason="Mine.")
    assert not CreditEntry.objects.exists()


def test_where_nothing_costs_credits_none_are_given(
    as_sam: Client, alice: User, settings: LazySettings
) -> None:
    settings.CREDITS_ENABLED = False
    choose(as_sam, alice, confirm="1", amount="5", reason="Sorry.")
    assert not CreditEntry.objects.exists()
