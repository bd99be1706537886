"""Where a person is signed in: allauth's list of sessions, read and ended.

A session itself is a row of Django's; a row of allauth's says whose it is, and from where and with
what it began. That is written when somebody signs in and never again: nothing is written for a
page that is looked at, so nobody knows when a session was used last.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.usersessions.internal.flows.sessions import end_other_sessions, end_sessions
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from pixelstream.accounts.devices import Device
from pixelstream.accounts.models import User
from pixelstream.accounts.requests import PersonRequest

SHOWN = 100
"""Sessions of a person that are listed, the newest; ending the others ends all."""

PURGED_AT_ONCE = 1000

IS_LISTED = "is_listed"
"""In a session: that there is a row for it in the list."""

MARK_LENGTH = 20


@dataclass(frozen=True)
class SignedIn:
    """A session as its owner sees it."""

    pk: int
    device: Device
    address: str
    """Of the network, empty when nobody knows it."""
    since: datetime
    is_current: bool


def of_person(request: PersonRequest) -> list[SignedIn]:
    """The sessions that are open for the person who asks: the one that asks first, then the newest.
    Two queries, and nothing is written.
    """
    rows = list(_listed(request.user).order_by("-created_at", "-pk")[:SHOWN])
    now = timezone.now()
    kept = Session.objects.filter(session_key__in=[row.session_key for row in rows])
    alive = {
        session.session_key
        for session in kept.filter(expire_date__gt=now)
        if _opens_for(session, request.user)
    }
    current = request.session.session_key
    found = [
        _shown(row, is_current=row.session_key == current)
        for row in rows
        if row.session_key in alive
    ]
    return sorted(found, key=lambda one: not one.is_current)


def others(request: PersonRequest) -> QuerySet[UserSession]:
    """What the person may end one by one: every row of theirs but the one that asks."""
    return _listed(request.user).exclude(session_key=request.session.session_key)


def end(request: PersonRequest, session: UserSession) -> None:
    """End one: its cookie opens nothing any more."""
    end_sessions(request, [session])


def end_others(request: PersonRequest) -> None:
    """End all but the one that asks."""
    end_other_sessions(request, request.user)


def mark_of(session: SessionBase) -> str:
    """What stands for a session where others may read it, as in the address of a stream: nobody
    can make the session's key of it. Empty for one that is not listed, and would not be found.
    """
    return _mark(session.session_key or "") if session.get(IS_LISTED) else ""


def still_open(marks: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
    """Of pairs of a person's id and the mark of a session of theirs those that open something.
    Two queries, however many there are; none for none.
    """
    if not marks:
        return set()
    rows = UserSession.objects.filter(user__in={person for person, _mark in marks})
    wanted = {
        row.session_key: row
        for row in rows.select_related("user")
        if (row.user_id, _mark(row.session_key)) in marks
    }
    kept = Session.objects.filter(session_key__in=wanted, expire_date__gt=timezone.now())
    return {
        (wanted[session.session_key].user_id, _mark(session.session_key))
        for session in kept
        if _opens_for(session, wanted[session.session_key].user)
    }


def purge(*, limit: int = PURGED_AT_ONCE) -> int:
    """Delete sessions that are over, at most `limit`, and so many rows of the list whose session is
    not there any more. Returns how many of both. Safe to repeat, and to run twice at once.
    """
    over = Session.objects.filter(expire_date__lte=timezone.now()).order_by("expire_date")
    keys = list(over.values_list("session_key", flat=True)[:limit])
    # Asked again: one that was used meanwhile goes on.
    deleted = Session.objects.filter(session_key__in=keys, expire_date__lte=timezone.now())
    ended = deleted.delete()[0]
    open_still = Session.objects.filter(session_key=OuterRef("session_key"))
    orphans = UserSession.objects.filter(~Exists(open_still)).order_by("pk")
    ids = list(orphans.values_list("pk", flat=True)[:limit])
    return int(ended + UserSession.objects.filter(pk__in=ids).delete()[0])


def listen() -> None:
    """List who signs in from now on, and forget who signs out. More than once changes nothing."""
    from allauth.account.signals import password_changed, password_set
    from allauth.usersessions.signals import on_password_changed
    from django.contrib.auth.signals import user_logged_in, user_logged_out

    user_logged_in.connect(_signed_in, dispatch_uid="sessions.in")
    user_logged_out.connect(_signed_out, dispatch_uid="sessions.out")
    # The session that goes on gets another key then.
    for signal in (password_changed, password_set):
        signal.connect(on_password_changed, dispatch_uid="sessions.password")


def _signed_in(*, request: HttpRequest, **_more: Any) -> None:
    """allauth's own answer also looks through all sessions of the person, which `purge` does here,
    and fails without an address. Every page of signing in needs one, for its limits: only code
    that signs somebody in without a browser has none, and that is not listed.
    """
    try:
        get_adapter().get_client_ip(request)
    except PermissionDenied:
        return
    UserSession.objects.create_from_request(request)
    request.session[IS_LISTED] = True


def _signed_out(*, request: HttpRequest, **_more: Any) -> None:
    session = getattr(request, "session", None)
    if session is not None and session.session_key:
        UserSession.objects.filter(session_key=session.session_key).delete()


def _mark(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()[:MARK_LENGTH]


def _listed(person: User) -> QuerySet[UserSession]:
    mine: QuerySet[UserSession] = UserSession.objects.filter(user=person)
    return mine


def _opens_for(session: Session, person: User) -> bool:
    """Whether the session would be the person's now: not with an older password."""
    content = session.get_decoded()
    if content.get(SESSION_KEY) != str(person.pk):
        return False
    noted = content.get(HASH_SESSION_KEY, "")
    good = (person.get_session_auth_hash(), *person.get_session_auth_fallback_hash())
    return any(constant_time_compare(noted, one) for one in good)


def _shown(row: UserSession, *, is_current: bool) -> SignedIn:
    return SignedIn(
        pk=row.pk,
        device=Device(row.user_agent),
        address="" if ipaddress.ip_address(row.ip).is_unspecified else row.ip,
        since=row.created_at,
        is_current=is_current,
    )
