"""A site on https, called by http: programs are refused, people are sent on."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from pixelstream.accounts.models import User
from tests.pixelstream.api.conftest import Program

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _https(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/api/posts", "/api/generate", "/api/openapi.json", "/api/none"])
def test_a_program_is_told_that_its_token_was_sent_in_clear(
    alice: User, program: Program, method: str, path: str
) -> None:
    client = program(alice)
    answer = client.generic(method, path, "{}", content_type="application/json")
    assert answer.status_code == 403
    assert "Location" not in answer
    error = answer.json()["error"]
    assert answer.json() == {"success": False, "error": error}
    assert error["code"] == "HTTPS_REQUIRED"
    assert "revoke" in error["message"]
    assert client.text not in answer.text  # type: ignore[attr-defined]
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    client.token.refresh_from_db()  # type: ignore[attr-defined]
    assert client.token.last_used_at is None, "nobody looked at it"  # type: ignore[attr-defined]


def test_who_asks_for_the_head_gets_no_body(alice: User, program: Program) -> None:
    answer = program(alice).head("/api/posts")
    assert (answer.status_code, answer.content) == (403, b"")
    assert int(answer["Content-Length"]) > 0


def test_by_https_it_is_answered(alice: User, program: Program) -> None:
    assert program(alice).get("/api/posts", secure=True).status_code == 200


@pytest.mark.parametrize("path", ["/api/docs", "/api/inputs/x/", "/api/video-callback/kie/", "/"])
def test_what_is_no_program_is_sent_on(anonymous: Client, path: str) -> None:
    answer = anonymous.get(path)
    assert (answer.status_code, answer["Location"]) == (301, f"https://testserver{path}")


def test_a_site_on_http_answers(alice: User, program: Program, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = False
    assert program(alice).get("/api/posts").status_code == 200
