"""Making, finding and revoking personal tokens."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from gallery.models import AuditEvent
from pixelstream.accounts.models import User
from pixelstream.api.models import ApiToken, Scope
from pixelstream.prepared import PreparedQuery

logger = logging.getLogger(__name__)

PREFIX = "pxs_"
LONGEST = 200
"""Characters; ours have 47. Nothing longer is looked for."""

MOST = 50
"""Tokens of one person."""

NOTED_AFTER = timedelta(minutes=1)
"""How exact `last_used_at` is."""


class TooManyTokensError(Exception):
    """The person has as many tokens as one may have."""


def make(
    owner: User, *, name: str, scopes: Iterable[Scope], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new token with its text, which is nowhere kept. Raises TooManyTokensError."""
    text = PREFIX + secrets.token_urlsafe(32)
    with one_form_at_a_time(owner):
        if owner.api_tokens.count() >= MOST:
            raise TooManyTokensError
        token = ApiToken.objects.create(
            owner=owner,
            name=name,
            hint=text[:8],
            digest=digest_of(text),
            scopes=sorted(scopes),
            expires_at=expires_at,
        )
        AuditEvent.objects.record("token.make", actor=owner, target=token)
    return token, text


@contextmanager
def one_form_at_a_time(owner: User) -> Iterator[None]:
    """No other token of this person is made meanwhile: what was looked up stays true."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=owner.pk)
        yield


def revoke(token: ApiToken, *, by: User) -> bool:
    """Forget a token: the next request with it is refused. False when it was gone already."""
    with transaction.atomic():
        if not ApiToken.objects.filter(pk=token.pk).delete()[0]:
            return False
        AuditEvent.objects.record("token.revoke", actor=by, target=token)
    return True


def digest_of(text: str) -> str:
    """What is kept of a token. It is random and long, so one round without salt is enough."""
    return hashlib.sha256(text.encode()).hexdigest()


_TOKEN_FIELDS = [field.attname for field in ApiToken._meta.concrete_fields]
# All but the password's hash, which is read when somebody asks for it.
_OWNER_FIELDS = [field.attname for field in User._meta.concrete_fields if field.name != "password"]


def _good_ones(digest: str) -> QuerySet[Any, Any]:
    """Not over, and of a person who may sign in: who is suspended or being erased may not."""
    unended = Q(expires_at=None) | Q(expires_at__gt=Now())
    names = [*_TOKEN_FIELDS, *(f"owner__{name}" for name in _OWNER_FIELDS)]
    good = ApiToken.objects.filter(unended, digest=digest, owner__is_active=True)
    return good.order_by().values_list(*names)


_find = PreparedQuery(_good_ones, "a digest")


def find(text: str) -> ApiToken | None:
    """The token with this text and its owner, by one query; None for one that is not good."""
    if not text.startswith(PREFIX) or len(text) > LONGEST:
        return None
    for row in _find.rows(digest_of(text)):
        here = len(_TOKEN_FIELDS)
        token = ApiToken.from_db("default", _TOKEN_FIELDS, row[:here])
        token.owner = User.from_db("default", _OWNER_FIELDS, row[here:])
        return token
    return None


def is_to_be_noted(token: ApiToken) -> bool:
    """Whether nobody wrote down within the last minute that it was used."""
    return token.last_used_at is None or token.last_used_at < timezone.now() - NOTED_AFTER


def note_use(token: ApiToken) -> None:
    """Write down that the token was used, unless somebody did a moment ago. Never raises."""
    old = Q(last_used_at=None) | Q(last_used_at__lt=Now() - NOTED_AFTER)
    try:
        ApiToken.objects.filter(old, pk=token.pk).update(last_used_at=Now())
    except DatabaseError:
        logger.warning("That token %s was used was not written down", token.pk, exc_info=True)
