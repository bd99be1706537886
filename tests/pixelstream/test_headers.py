"""Headers of safety, on every answer that there is."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client, override_settings
from django.urls import reverse

from gallery.services import outbox, trash
from generation import live, live_token
from generation.live_token import Fragment, Reader
from pixelstream.accounts.models import User
from pixelstream.safety_headers import ALWAYS, CLOSED, NOT_A_PAGE
from tests.factories import create_post, create_reference
from tests.pixelstream.test_error_pages import breaking  # noqa: F401 (a fixture)
from tests.pixelstream.test_every_view import address, routes

pytestmark = pytest.mark.django_db

EVERYWHERE = sorted(set(routes()))
HOST = {"SERVER_NAME": "testserver"}


def policy(answer: Any) -> dict[str, list[str]]:
    """The content security policy by directive."""
    found: dict[str, list[str]] = {}
    for part in answer.headers["Content-Security-Policy"].split(";"):
        name, *values = part.split()
        found[name] = values
    return found


def require_safe(answer: Any, what: str) -> None:
    """Everything that has to stand on an answer, whatever it is."""
    for name in ALWAYS:
        assert name in answer.headers, f"{what}: {name}"
    assert answer["X-Content-Type-Options"] == "nosniff", what
    assert answer["X-Frame-Options"] == "DENY", what
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin", what
    assert answer["Permissions-Policy"] == ALWAYS["Permissions-Policy"], what
    rules = policy(answer)
    for directive in ("script-src", "style-src", "object-src", "base-uri"):
        allowed = rules.get(directive, rules.get("default-src", []))
        assert "'unsafe-inline'" not in allowed, f"{what}: {directive}"
        assert "'unsafe-eval'" not in allowed, f"{what}: {directive}"
        assert not {"*", "https:", "http:", "data:"} & set(allowed), f"{what}: {directive}"
    assert rules.get("default-src") in (["'self'"], ["'none'"]), what


@pytest.mark.parametrize("route", EVERYWHERE)
def test_every_route_answers_with_them_to_strangers_and_to_staff(
    anonymous: Client, sam: User, route: str
) -> None:
    client = Client()
    client.force_login(sam)
    for who in (anonymous, client):
        for method in ("GET", "POST", "OPTIONS"):
            answer = who.generic(method, address(route))
            b"".join(answer)
            require_safe(answer, f"{method} {route}")


@pytest.mark.usefixtures("breaking")
@pytest.mark.parametrize("code", ["400", "403", "500", "503"])
def test_an_error_page_has_them(code: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue("breaking")
    answer = client.get(f"/broken/?as={code}")
    assert answer.status_code == int(code)
    require_safe(answer, code)
    assert policy(answer)["frame-ancestors"] == ["'none'"]


def test_refusals_from_before_the_pages_have_them(as_alice: Client, alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    refused = strict.post("/posts/create/")
    assert refused.status_code == 403
    require_safe(refused, "without a token")
    elsewhere = as_alice.get("/", HTTP_HOST="evil.example")
    assert elsewhere.status_code == 400
    require_safe(elsewhere, "another host")
    require_safe(as_alice.get("/there/is/nothing/"), "404")
    fragment = as_alice.get("/gallery/", headers={"HX-Request": "true"})
    require_safe(fragment, "a fragment")


def test_static_files_have_them_and_nothing_in_them_runs(data_dir: Path) -> None:
    file = configured.STATIC_ROOT / "plain.txt"
    file.write_text("hello")
    try:
        answer = Client().get("/static/plain.txt")
        assert b"".join(answer) == b"hello"
        require_safe(answer, "static")
        assert answer["Content-Security-Policy"] == NOT_A_PAGE
    finally:
        file.unlink()


def test_what_people_uploaded_has_our_own_type_and_runs_nothing(
    as_alice: Client, alice: User
) -> None:
    post = create_post(alice)
    reference = create_reference(alice, kept=True)
    trashed = create_post(alice)
    trash.trash(owner=alice, ids=[trashed.pk])
    outbox.run()
    public = post.images.get().object.key
    files = {
        f"/media/{public}": "image/jpeg",
        reverse("gallery:reference-image", args=[reference.pk]): "image/",
        reverse("gallery:picture-file", args=[trashed.images.get().pk]): "image/",
        f"{reverse('gallery:post-download', args=[post.pk])}": "",
    }
    for path, media_type in files.items():
        answer = as_alice.get(path)
        b"".join(answer)
        assert answer.status_code == 200, path
        require_safe(answer, path)
        assert answer["Content-Type"].startswith(media_type), path
        assert "text/html" not in answer["Content-Type"], path
        assert {"sandbox", "default-src"} <= set(policy(answer)), path
        assert answer["Content-Disposition"].startswith(("inline", "attachment")), path


def test_on_https_browsers_are_told_to_stay_there() -> None:
    secure = {"SECURE_HSTS_SECONDS": 31536000, "SECURE_SSL_REDIRECT": True}
    with override_settings(**secure, SECURE_HSTS_INCLUDE_SUBDOMAINS=True, SECURE_HSTS_PRELOAD=True):
        client = Client()
        sent_on = client.get("/accounts/login/")
        assert sent_on["Location"] == "https://testserver/accounts/login/"
        require_safe(sent_on, "the way to https")
        answer = client.get("/accounts/login/", secure=True)
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


@pytest.mark.parametrize(
    ("token", "method", "status"),
    [("", "GET", 403), ("rubbish", "GET", 403), ("", "POST", 405), ("good", "GET", 200)],
)
def test_the_live_stream_has_them(
    alice: User, settings: Any, token: str, method: str, status: int
) -> None:
    settings.SECURE_HSTS_SECONDS = 60
    if token == "good":
        token = live_token.make(
            user_id=alice.pk, fragment=Fragment.STUDIO, target_id=1, reader=Reader("en")
        )
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "scheme": "https",
        "path": "/live/",
        "query_string": f"t={token}".encode(),
        "headers": [(b"host", b"testserver")],
    }
    asyncio.run(live.live(scope, receive, send))
    live._hubs.clear()
    assert sent[0]["status"] == status
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    assert {name.lower(): value for name, value in ALWAYS.items()}.items() <= headers.items()
    assert headers["content-security-policy"] == NOT_A_PAGE
    assert headers["strict-transport-security"].startswith("max-age=60;")


def test_the_powers_of_the_browser_are_closed_or_our_own() -> None:
    stated = dict(part.split("=") for part in ALWAYS["Permissions-Policy"].split(", "))
    assert {stated[power] for power in CLOSED} == {"()"}
    assert stated["clipboard-write"] == stated["fullscreen"] == "(self)"
