"""Doors that must not lead elsewhere, and forms of other sites that must not work."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client

from pixelstream.accounts.models import User
from tests.factories import PASSWORD, create_post
from tests.pixelstream.test_every_view import API, address, routes

pytestmark = pytest.mark.django_db

FOR_MACHINES = {"api/video-callback/<slug:provider>/", *API}
"""Know no browser's session: each message proves by itself who sent it (test_video_callback.py),
and a token is in no cookie.
"""

HOSTILE = [
    "//evil.example",
    "///evil.example",
    "////evil.example/x",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\x00//evil.example",
    "https://evil.example",
    "HTTPS://evil.example",
    "http://evil.example/accounts/",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "http:\\\\evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "ftp://testserver/",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "http://testserver:80@evil.example",
    "http://evil.example#@testserver/",
    "http://[::1",
    "%2F%2Fevil.example",
    "//evil%E3%80%82example",
    "/%09/evil.example/",
    "evil.example",
]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def require_ours(answer: Any, hostile: str) -> None:
    """That the answer leads nowhere else, as a browser reads it."""
    to = answer.headers.get("Location", "/")
    # Browsers drop tabs and line breaks, take \ for / and do not mind white space before.
    read = to.replace("\t", "").replace("\n", "").replace("\r", "").replace("\\", "/").strip()
    parts = urlsplit(read)
    assert parts.scheme in {"", "http"}, (hostile, to)
    assert parts.netloc in {"", "testserver"}, (hostile, to)
    assert not read.startswith("//"), (hostile, to)


def with_a_second_step(person: User) -> str:
    TOTP.activate(person, SECRET)
    cache.clear()
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


def every(values: list[str] = HOSTILE) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("hostile", values)


@every()
def test_signing_in_out_and_up_leads_nowhere_else(alice: User, hostile: str) -> None:
    form = {"login": alice.email, "password": PASSWORD, "next": hostile}
    client = Client()
    signed_in = client.post("/accounts/login/", form)
    assert signed_in.status_code == 302
    require_ours(signed_in, hostile)
    # Who is signed in already is sent on at once.
    require_ours(client.get("/accounts/login/", {"next": hostile}), hostile)
    require_ours(client.get("/accounts/signup/", {"next": hostile}), hostile)
    require_ours(client.post("/accounts/logout/", {"next": hostile}), hostile)
    new = {"email": "nina@example.com", "password1": PASSWORD, "next": hostile}
    require_ours(Client().post("/accounts/signup/", new), hostile)
    page = Client().get("/accounts/login/", {"next": hostile}).content.decode()
    assert 'href="javascript:' not in page.lower()
    assert 'href="//evil' not in page


@every()
def test_the_second_step_leads_nowhere_else(alice: User, hostile: str) -> None:
    code = with_a_second_step(alice)
    client = Client()
    form = {"login": alice.email, "password": PASSWORD, "next": hostile}
    client.post("/accounts/login/", form)
    answer = client.post(f"/accounts/2fa/authenticate/?next={quote(hostile)}", {"code": code})
    assert answer.status_code == 302
    require_ours(answer, hostile)
    cache.clear()
    again = client.post("/accounts/2fa/reauthenticate/", {"code": code, "next": hostile})
    assert again.status_code == 302
    require_ours(again, hostile)


@every()
def test_confirming_that_it_is_you_leads_nowhere_else(as_alice: Client, hostile: str) -> None:
    form = {"password": PASSWORD, "next": hostile}
    answer = as_alice.post("/accounts/reauthenticate/", form)
    assert answer.status_code == 302
    require_ours(answer, hostile)
    by_address = as_alice.post(
        f"/accounts/reauthenticate/?next={quote(hostile)}", {"password": PASSWORD}
    )
    require_ours(by_address, hostile)


@every()
def test_choosing_a_language_leads_nowhere_else(
    anonymous: Client, as_alice: Client, hostile: str
) -> None:
    for client in (anonymous, as_alice):
        answer = client.post("/language/", {"language": "pt-br", "next": hostile})
        assert answer.status_code == 302
        require_ours(answer, hostile)


@every()
def test_the_admins_door_leads_nowhere_else(sam: User, settings: Any, hostile: str) -> None:
    client = Client()
    require_ours(client.get("/admin/login/", {"next": hostile}), hostile)
    client.force_login(sam)
    require_ours(client.get("/admin/login/", {"next": hostile}), hostile)
    settings.REQUIRE_STAFF_MFA = True
    for _with_and_without in range(2):
        answer = client.get("/admin/login/", {"next": hostile})
        assert answer.status_code == 302
        require_ours(answer, hostile)
        Authenticator.objects.get_or_create(user=sam, type=Authenticator.Type.TOTP, data={})


@every()
def test_a_verb_goes_back_to_nowhere_else(as_alice: Client, alice: User, hostile: str) -> None:
    post = create_post(alice)
    referer = hostile.replace("\n", "").replace("\x00", "")
    changed = as_alice.post(
        f"/posts/{post.pk}/visibility/",
        {"visibility": "public", "next": hostile, "back": hostile},
        headers={"Referer": referer},
    )
    require_ours(changed, hostile)
    hidden = as_alice.post(
        "/settings/storage/notice/hide/",
        {"next": hostile, "back": hostile},
        headers={"Referer": referer},
    )
    require_ours(hidden, hostile)


# --- forms of other sites


@pytest.mark.parametrize("route", sorted(set(routes())))
def test_nothing_that_may_change_something_works_without_a_token(sam: User, route: str) -> None:
    """Signed in as somebody who may do everything. Refused, or not answered to this method at all:
    nothing else.
    """
    stranger, staff = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    staff.force_login(sam)
    refused = {403, 405}
    if route in FOR_MACHINES:
        refused |= {401, 404}
    for browser in (stranger, staff):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = browser.generic(method, address(route))
            b"".join(answer)
            assert answer.status_code in refused, (method, answer.status_code)
