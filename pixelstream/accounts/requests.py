"""The request that every view behind the sign-in gets."""

from __future__ import annotations

from django.http import HttpRequest

from pixelstream.accounts.models import User


class PersonRequest(HttpRequest):
    """A request of a signed-in person: LoginRequiredMiddleware let nobody else through."""

    user: User
