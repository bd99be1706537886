"""The settings page of tokens."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.models import AuditEvent
from pixelstream.accounts.models import User
from pixelstream.api import tokens
from pixelstream.api.models import ApiToken, Scope
from tests.factories import PASSWORD
from tests.pixelstream.api.sample import Watched

pytestmark = pytest.mark.django_db

PAGE = "/settings/tokens/"
FORM = {"name": "backup", "scopes": ["read", "write"], "ends": "90"}


@pytest.fixture
def fresh(alice: User) -> Client:
    """Alice's browser, in which she gave her password a moment ago."""
    client = Client()
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    return client


def text_in(answer: Any) -> str:
    [text] = re.findall(r'value="(pxs_[\w-]+)"', answer.content.decode())
    return str(text)


def test_a_token_is_made_shown_once_and_opens(fresh: Client, alice: User, watched: Watched) -> None:
    answer = fresh.post(f"{PAGE}make/", FORM)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    text = text_in(answer)
    token = ApiToken.objects.get()
    assert (token.owner, token.name, token.scopes) == (alice, "backup", ["read", "write"])
    assert token.expires_at is not None
    assert timedelta(days=89) < token.expires_at - timezone.now() <= timedelta(days=90)
    assert AuditEvent.objects.filter(action="token.make", target_id=token.pk).exists()
    page = fresh.get(PAGE).content.decode()
    assert text not in page
    assert "backup" in page
    assert text not in str(dict(fresh.session))
    program = Client(headers={"Authorization": f"Bearer {text}"})
    assert program.get("/api/things").status_code == 200


def test_a_token_may_have_no_end(fresh: Client) -> None:
    fresh.post(f"{PAGE}make/", {**FORM, "ends": "never"})
    assert ApiToken.objects.get().expires_at is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": " "}, "Give the token a name"),
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"name": "a\x00b"}, "Null characters are not allowed"),
        ({"scopes": []}, "Choose at least one thing"),
        ({"scopes": ["read", "everything"]}, "everything is not one of the available choices"),
        ({"ends": "1"}, "1 is not one of the available choices"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_made(
    change: dict[str, Any], said: str, fresh: Client
) -> None:
    answer = fresh.post(f"{PAGE}make/", {**FORM, **change})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_a_page_that_is_sent_twice_makes_one_token(fresh: Client, bob: User) -> None:
    tokens.make(bob, name="backup", scopes=[])
    assert fresh.post(f"{PAGE}make/", FORM).status_code == 200
    again = fresh.post(f"{PAGE}make/", FORM)
    assert again.status_code == 422
    assert "You have a token of this name" in again.content.decode()
    assert ApiToken.objects.exclude(owner=bob).count() == 1


def test_more_than_fifty_are_refused_in_words(fresh: Client, alice: User) -> None:
    for number in range(tokens.MOST):
        tokens.make(alice, name=f"t{number}", scopes=[])
    answer = fresh.post(f"{PAGE}make/", FORM)
    assert answer.status_code == 422
    assert "Revoke one first." in answer.content.decode()


def test_who_did_not_sign_in_lately_is_asked_for_the_password(
    as_alice: Client, alice: User
) -> None:
    token = tokens.make(alice, name="old", scopes=[])[0]
    page = as_alice.get(PAGE).content.decode()
    assert "asks for your password first" in page
    assert f"{PAGE}make/" not in page
    for path, form in ((f"{PAGE}make/", FORM), (f"{PAGE}{token.pk}/revoke/", {})):
        answer = as_alice.post(path, form)
        assert answer.status_code == 302
        assert answer["Location"] == "/accounts/reauthenticate/?next=%2Fsettings%2Ftokens%2F"
    assert list(ApiToken.objects.all()) == [token]


def test_a_token_is_revoked(fresh: Client, alice: User) -> None:
    text = tokens.make(alice, name="old", scopes=[Scope.READ])[1]
    token = ApiToken.objects.get()
    answer = fresh.post(f"{PAGE}{token.pk}/revoke/", follow=True)
    assert "The token “old” is revoked." in answer.content.decode()
    assert tokens.find(text) is None
    assert fresh.post(f"{PAGE}{token.pk}/revoke/").status_code == 404


def test_nobody_sees_or_revokes_anothers(fresh: Client, bob: User) -> None:
    token = tokens.make(bob, name="bob's own", scopes=[])[0]
    assert "bob" not in fresh.get(PAGE).content.decode()
    assert fresh.post(f"{PAGE}{token.pk}/revoke/").status_code == 404
    assert ApiToken.objects.filter(pk=token.pk).exists()


def test_the_list_says_what_each_may_and_when_it_was_used(fresh: Client, alice: User) -> None:
    over = timezone.now() - timedelta(days=1)
    tokens.make(alice, name="over", scopes=[Scope.DELETE], expires_at=over)
    used = tokens.make(alice, name="used", scopes=[Scope.READ])[0]
    tokens.note_use(used)
    page = " ".join(fresh.get(PAGE).content.decode().split())
    assert page.index("<b>used</b>") < page.index("<b>over</b>")
    for words in ("Delete for good", "never used", "ended", "last used", "does not end"):
        assert words in page


def test_the_page_asks_the_same_of_the_database_however_many_there_are(
    fresh: Client, alice: User
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            fresh.get(PAGE)
        return len(captured)

    tokens.make(alice, name="one", scopes=[Scope.READ])
    few = queries()
    for number in range(10):
        tokens.make(alice, name=f"t{number}", scopes=[Scope.READ])
    assert queries() == few


def test_staff_revoke_a_token_and_it_is_written_down(
    as_sam: Client, sam: User, alice: User
) -> None:
    token, text = tokens.make(alice, name="leaked", scopes=[Scope.READ])
    page = as_sam.get(f"/admin/api/apitoken/{token.pk}/change/").content.decode()
    assert "leaked" in page
    assert token.digest not in page
    as_sam.post(f"/admin/api/apitoken/{token.pk}/delete/", {"post": "yes"})
    assert tokens.find(text) is None
    event = AuditEvent.objects.get(action="token.revoke")
    assert (event.actor, event.target_id) == (sam, token.pk)


def test_the_page_is_in_portuguese_for_who_reads_it(fresh: Client) -> None:
    page = fresh.get(PAGE, headers={"Accept-Language": "pt-BR"}).content.decode()
    assert '<html lang="pt-br">' in page
