"""What holds for every address: who may come in, and what the browser is allowed to run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLResolver, get_resolver

pytestmark = pytest.mark.django_db

# Whoever adds to this list says that strangers may see it.
PUBLIC = {
    "",
    "healthz",
    "readyz",
    "metrics",
    "language/",
    "_/components",
    "media/<path:key>",
    "public/withdrawn/",
    "p/<str:token>/",
    "p/<str:token>/download/<int:img>/",
    "oembed/",
    "explore/",
    "explore/rss/",
    "@<str:handle>/",
    "@<str:handle>/rss/",
    "sitemap.xml",
    "sitemap-<int:number>.xml",
    "robots.txt",
    "api/video-callback/<slug:provider>/",
    "api/inputs/<str:token>/",
    "api/openapi.json",
    "api/docs",
    "accounts/2fa/authenticate/",
    "accounts/login/",
    "accounts/logout/",
    "accounts/inactive/",
    "accounts/signup/",
    "accounts/confirm-email/",
    "accounts/login/code/confirm/",
    "accounts/^confirm-email/(?P<key>[-:\\w]+)/$",
    "accounts/password/reset/",
    "accounts/password/reset/done/",
    "accounts/password/reset/key/done/",
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
    "admin/login/",
}

# What stands for a parameter in an address; anything else is a 1.
SAMPLES = {"app_label": "gallery", "key": "x", "url": "x"}


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Every route of the site, as written in the urls modules."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        else:
            yield route


def address(route: str) -> str:
    """An address of the route."""
    route = re.sub(r"\(\?P(<\w+>).*?\)", r"\1", route)
    route = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: SAMPLES.get(match[1], "1"), route)
    return "/" + re.sub(r"[$^]", "", route)


API = sorted({route for route in routes() if route.startswith("api/")} - PUBLIC)
"""For programs: who has no token is told so, and sent nowhere (tests/pixelstream/api)."""

PROTECTED = sorted(set(routes()) - PUBLIC - set(API))


def test_there_are_addresses_to_ask_for() -> None:
    assert len(PROTECTED) > 30
    assert set(routes()) >= PUBLIC


@pytest.mark.parametrize("route", PROTECTED)
def test_a_stranger_is_sent_to_the_door(anonymous: Client, route: str) -> None:
    answer = anonymous.get(address(route))
    assert answer.status_code == 302, route
    assert answer["Location"].startswith(("/accounts/login/?next=", "/admin/login/?next=")), route


@pytest.mark.parametrize("route", API)
def test_who_calls_the_api_without_a_token_is_told_so(as_alice: Client, route: str) -> None:
    seen = set()
    for method in ("GET", "POST", "PATCH", "DELETE"):
        answer = as_alice.generic(method, address(route))
        assert answer["Content-Type"] == "application/json"
        seen.add(answer.status_code)
    # The root of the API is no address.
    assert seen == {404} if route == "api/" else 401 in seen <= {401, 405}, seen


def test_a_stranger_gets_no_page_behind_the_door_by_post_either(anonymous: Client) -> None:
    for route in PROTECTED:
        assert anonymous.post(address(route)).status_code in {302, 405}, route


@pytest.mark.parametrize(
    "page", ["/", "/accounts/login/", "/gallery/", "/posts/create/", "/admin/", "/nothing/"]
)
def test_every_page_forbids_inline_code(page: str, sam: Any) -> None:
    client = Client()
    client.force_login(sam)
    for who in (client, Client()):
        answer = who.get(page, follow=True)
        policy = dict(
            part.strip().split(" ", 1)
            for part in answer.headers["Content-Security-Policy"].split(";")
        )
        for directive in ("script-src", "style-src"):
            assert "'self'" in policy[directive]
            assert "unsafe-inline" not in policy[directive]
            assert "unsafe-eval" not in policy[directive]
        assert policy["frame-ancestors"] == "'none'"
        html = answer.content.decode()
        assert "<style" not in html
        assert " onclick=" not in html
        assert "<script>" not in html


def test_pages_carry_the_other_headers_of_safety(anonymous: Client) -> None:
    answer = anonymous.get("/accounts/login/")
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    assert settings.SESSION_COOKIE_HTTPONLY
