"""Who calls, and whether their token may do this."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from pixelstream.accounts.models import User
from pixelstream.api import limits, tokens
from pixelstream.api.errors import ApiError, unauthorized
from pixelstream.api.models import ApiToken, Scope


class Token(HttpBearer):
    """`Authorization: Bearer pxs_…` with this scope; `request.auth` is the ApiToken with its owner.

    Use it as `auth=Token(Scope.READ)`. The scope also says which rate limit counts.
    """

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Any:
        """The token. Raises ApiError 401 UNAUTHORIZED, 429 RATE_LIMITED, and 403 FORBIDDEN where
        it lacks the scope.
        """
        # Not ninja's own reading: with DEBUG it writes the header into the log.
        kind, _space, text = request.headers.get("Authorization", "").partition(" ")
        token = self.authenticate(request, text.strip()) if kind.lower() == "bearer" else None
        if token is None:
            limits.count_failure(request)
            raise unauthorized()
        limits.count(token, self.scope)
        if self.scope not in token.scopes:
            headers = {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}
            message = f"This token may not do this: it lacks '{self.scope.value}'"
            raise ApiError(403, "FORBIDDEN", message, headers=headers)
        return token

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Look the token up by its digest."""
        return tokens.find(token)


def owner_of(request: HttpRequest) -> User:
    """The person whose token came with a request that `Token` let in."""
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    return token.owner
