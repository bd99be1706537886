"""Personal tokens: what opens with them, and when no more."""

from __future__ import annotations

import logging
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.models import AuditEvent
from gallery.services import erasure, suspension
from gallery.services.remains import remains_of
from pixelstream.accounts.models import User
from pixelstream.api import tokens
from pixelstream.api.models import ApiToken, IdempotentRequest, Scope
from tests.gallery.services.archives import export_of, save_parts
from tests.pixelstream.api.conftest import Program
from tests.pixelstream.api.sample import Watched
from tests.pixelstream.api.test_entry import error_of

pytestmark = pytest.mark.django_db

NOBODY = {"success": False, "error": {"code": "UNAUTHORIZED", "message": "Not authenticated"}}


@pytest.fixture
def token(alice: User) -> ApiToken:
    """One of Alice's."""
    return tokens.make(alice, name="backup", scopes=[Scope.READ])[0]


def test_a_token_is_kept_as_its_digest_only(alice: User) -> None:
    token, text = tokens.make(alice, name="backup", scopes=[Scope.WRITE, Scope.READ])
    assert text.startswith("pxs_")
    assert len(text) > 40
    row = ApiToken.objects.values().get()
    assert text not in str(row)
    assert text.startswith(row["hint"])
    assert len(row["hint"]) == 8
    assert row["scopes"] == ["read", "write"]
    assert tokens.find(text) == token


def test_two_tokens_are_never_the_same(alice: User) -> None:
    texts = {tokens.make(alice, name="x", scopes=[])[1] for _ in range(20)}
    assert len(texts) == 20


def test_a_person_has_no_more_than_fifty(alice: User, bob: User) -> None:
    for _ in range(tokens.MOST):
        tokens.make(alice, name="x", scopes=[])
    with pytest.raises(tokens.TooManyTokensError):
        tokens.make(alice, name="x", scopes=[])
    tokens.make(bob, name="x", scopes=[])


def test_what_is_found_brings_its_owner_by_one_query(alice: User) -> None:
    _token, text = tokens.make(alice, name="x", scopes=[Scope.READ])
    with CaptureQueriesContext(connection) as queries:
        found = tokens.find(text)
        assert found is not None
        assert found.owner == alice
        assert (found.owner.email, found.owner.is_active) == (alice.email, True)
        assert found.scopes == ["read"]
    assert len(queries) == 1
    assert "password" not in queries[0]["sql"]
    assert found.owner.has_usable_password()


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer pxs_",
        "Bearer pxs_" + "a" * 43,
        "Bearer " + "x" * 10_000,
        "Basic YWxpY2U6eA==",
        "pxs_aaa",
        "Bearer \xff\xfe",
    ],
)
def test_nobody_is_told_so_exactly_so(header: str | None, watched: Watched) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = Client().get("/api/things", headers=headers)
    assert (answer.status_code, answer.json()) == (401, NOBODY)
    assert answer["WWW-Authenticate"] == "Bearer"
    assert watched.runs == []


def test_a_session_is_no_token(as_alice: Client, watched: Watched) -> None:
    assert as_alice.get("/api/things").json() == NOBODY


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_word_bearer_may_be_written_anyhow(scheme: str, alice: User, watched: Watched) -> None:
    _token, text = tokens.make(alice, name="x", scopes=[Scope.READ])
    answer = Client().get("/api/things", headers={"Authorization": f"{scheme} {text}"})
    assert answer.status_code == 200


def test_a_token_does_only_what_it_may(alice: User, program: Program, watched: Watched) -> None:
    reader = program(alice, Scope.READ)
    assert reader.get("/api/things").status_code == 200
    answer = reader.post("/api/things", {"words": "x"}, "application/json")
    code, message = error_of(answer, 403)
    assert code == "FORBIDDEN"
    assert "'write'" in message
    assert answer["WWW-Authenticate"] == 'Bearer error="insufficient_scope"'
    assert program(alice, Scope.WRITE).get("/api/things").status_code == 403


def test_a_token_ends(alice: User, program: Program, watched: Watched) -> None:
    soon, over = timezone.now() + timedelta(minutes=1), timezone.now() - timedelta(seconds=1)
    assert program(alice, expires_at=soon).get("/api/things").status_code == 200
    assert program(alice, expires_at=over).get("/api/things").json() == NOBODY


def test_a_revoked_token_opens_nothing(alice: User, program: Program, watched: Watched) -> None:
    mine, other = program(alice), program(alice)
    assert mine.get("/api/things").status_code == 200
    assert tokens.revoke(mine.token, by=alice)  # type: ignore[attr-defined]
    assert mine.get("/api/things").json() == NOBODY
    assert other.get("/api/things").status_code == 200
    assert not tokens.revoke(mine.token, by=alice)  # type: ignore[attr-defined]


def test_who_is_suspended_has_no_tokens_until_they_are_let_in_again(
    alice: User, sam: User, program: Program, watched: Watched
) -> None:
    mine = program(alice)
    suspension.suspend(alice, by=sam, reason="spam")
    assert mine.get("/api/things").json() == NOBODY
    suspension.let_in(alice, by=sam)
    assert mine.get("/api/things").status_code == 200


def test_who_leaves_keeps_their_tokens_while_they_may_still_stay(
    alice: User, program: Program, watched: Watched
) -> None:
    mine = program(alice)
    erasure.ask(alice)
    assert mine.get("/api/things").status_code == 200


def test_who_is_erased_leaves_no_token_and_no_answer(
    alice: User, program: Program, watched: Watched
) -> None:
    mine = program(alice)
    headers = {"Idempotency-Key": "k-1"}
    mine.post("/api/things", {"words": "x"}, "application/json", headers=headers)
    assert IdempotentRequest.objects.count() == 1
    assert any("ApiToken" in left for left in remains_of(alice))
    assert any("IdempotentRequest" in left for left in remains_of(alice))
    assert erasure.carry_out(erasure.ask(alice, at_once=True).pk)
    assert not ApiToken.objects.exists()
    assert not IdempotentRequest.objects.exists()
    assert remains_of(alice) == []
    assert mine.get("/api/things").json() == NOBODY


def test_an_export_says_nothing_of_tokens(alice: User, tmp_path: Any) -> None:
    token, text = tokens.make(alice, name="the nightly copy", scopes=[Scope.READ])
    paths = save_parts(export_of(alice), tmp_path)
    assert paths
    for path in paths:
        with zipfile.ZipFile(path) as archive:
            said = b"".join(archive.read(name) for name in archive.namelist())
        assert alice.email.encode() in said
        for secret in (text, token.digest, token.name):
            assert secret.encode() not in said


def test_that_it_was_used_is_noted_once_a_minute_after_the_answer(
    alice: User, program: Program, watched: Watched
) -> None:
    mine = program(alice)
    watched.does = lambda: seen.append(ApiToken.objects.get().last_used_at)
    seen: list[Any] = []
    before = timezone.now()
    mine.get("/api/things")
    assert seen == [None]
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    assert before - timedelta(seconds=1) < first < timezone.now() + timedelta(seconds=1)
    mine.get("/api/things")
    assert ApiToken.objects.get().last_used_at == first
    long_ago = timezone.now() - tokens.NOTED_AFTER - timedelta(seconds=1)
    ApiToken.objects.update(last_used_at=long_ago)
    mine.get("/api/things")
    assert ApiToken.objects.get().last_used_at > long_ago


def test_that_the_use_is_not_noted_fails_nothing(
    alice: User, program: Program, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = program(alice)

    def locked(*args: object, **kwargs: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("django.db.models.QuerySet.update", locked)
    assert mine.get("/api/things").status_code == 200


def test_a_known_token_costs_one_query(alice: User, program: Program, watched: Watched) -> None:
    mine = program(alice)
    mine.get("/api/things")  # notes that it was used
    with CaptureQueriesContext(connection) as queries:
        assert mine.get("/api/things").status_code == 200
    assert [query["sql"].split()[0] for query in queries] == ["SELECT"]


def test_no_log_ever_says_a_token(
    alice: User,
    program: Program,
    watched: Watched,
    caplog: pytest.LogCaptureFixture,
    settings: Any,
) -> None:
    settings.DEBUG = True
    caplog.set_level(logging.DEBUG)
    mine = program(alice)
    text = mine.text  # type: ignore[attr-defined]

    def fail() -> None:
        raise ZeroDivisionError

    for header in (f"Bearer {text}", f"Token {text}", text, f"Bearer x{text}"):
        Client().get("/api/things", headers={"Authorization": header})
    watched.does = fail
    assert mine.get("/api/things").status_code == 500
    assert "ZeroDivisionError" in caplog.text
    assert text not in caplog.text
    # Nor its digest but as a parameter of the database's own log.
    ours = [line.getMessage() for line in caplog.records if line.name != "django.db.backends"]
    assert tokens.digest_of(text) not in "\n".join(ours)


def test_making_and_revoking_are_written_down(alice: User, token: ApiToken, sam: User) -> None:
    tokens.revoke(token, by=sam)
    events = AuditEvent.objects.filter(action__startswith="token.").order_by("pk")
    said = [(event.action, event.actor, event.target_type, event.target_id) for event in events]
    assert said == [
        ("token.make", alice, "api.apitoken", token.pk),
        ("token.revoke", sam, "api.apitoken", token.pk),
    ]
