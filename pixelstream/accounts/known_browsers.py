"""Browsers in which somebody signed in before: who guesses at an account holds those up no more.

After the device cookies of OWASP: a signed cookie says for whom a browser is known, and failures
of such a browser are counted for it alone. It opens nothing, and has a limit as everybody has.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

COOKIE = "known_browser"
SALT = "pixelstream.known-browser"
MAX_AGE_SECONDS = 365 * 24 * 60 * 60
PEOPLE = 5
"""For how many people one browser is known: those who signed in last."""


def name_of(request: HttpRequest, email: str) -> str:
    """What a browser that is known for this address is called; empty for any other."""
    name, people = _read(request)
    mark = _mark(email)
    return name if any(constant_time_compare(mark, one) for one in people) else ""


def remember(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Let the browser that is answered be known for this address."""
    name, people = _read(request)
    mark = _mark(email)
    kept = [mark, *(one for one in people if one != mark)][:PEOPLE]
    response.set_signed_cookie(
        COOKIE,
        ".".join([name or secrets.token_urlsafe(12), *kept]),
        salt=SALT,
        max_age=MAX_AGE_SECONDS,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    text = request.get_signed_cookie(COOKIE, "", salt=SALT, max_age=MAX_AGE_SECONDS)
    name, *people = (text or "").split(".")
    return name, people


def _mark(email: str) -> str:
    """Stands for an address in the cookie; nobody can try addresses on it without our key."""
    return salted_hmac(SALT, email.lower()).hexdigest()[:20]
