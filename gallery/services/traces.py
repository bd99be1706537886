"""What is known of a person outside of the tables that are theirs: sessions, logs, the cache."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models

from pixelstream.accounts.models import User

logger = logging.getLogger(__name__)

SESSIONS_AT_ONCE = 1000


def end_sessions(person: User, *, meanwhile: Callable[[], None]) -> int:
    """Delete the sessions in which the person is signed in, or in which their address stands (that
    of a browser which asked for another password, say). Returns how many.

    What a session holds is only known once it is decoded, so all are looked at, a few at a time;
    `meanwhile` is called after each few.
    """
    ended, last = 0, ""
    while batch := list(
        Session.objects.filter(session_key__gt=last).order_by("session_key")[:SESSIONS_AT_ONCE]
    ):
        theirs = [session.session_key for session in batch if _is_of(session, person)]
        ended += Session.objects.filter(session_key__in=theirs).delete()[0]
        last = batch[-1].session_key
        meanwhile()
    return ended


def forget_in_admin_log(model: type[models.Model], ids: Collection[int]) -> None:
    """The admin's own log writes down what a row was called, such as the beginning of a caption."""
    kind = ContentType.objects.get_for_model(model)
    entries = LogEntry.objects.filter(content_type=kind, object_id__in=[str(pk) for pk in ids])
    entries.exclude(object_repr="").update(object_repr="", change_message="")


def forget_in_cache(person: User) -> None:
    """Delete the counters against guessing. Never raises: they end by themselves within hours."""
    client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=5)
    host = urlsplit(settings.SITE_URL).netloc
    named = (
        person.email.lower(),
        f"{host}:{person.email.lower()}",
        f"mfa-auth-user-{person.pk}",
    )
    hashed = [hashlib.sha256(name.encode()).hexdigest() for name in named]
    patterns = [f"*:allauth:rl:*:{what}" for what in (f"user:{person.pk}", *hashed)]
    try:
        for pattern in patterns:
            keys = list(client.scan_iter(match=pattern, count=1000))
            if keys:
                client.delete(*keys)
    except redis.RedisError as error:
        logger.warning("What the cache knows of person %s ends later: %s", person.pk, error)
    finally:
        client.close()


def _is_of(session: Session, person: User) -> bool:
    content = session.get_decoded()
    if content.get(SESSION_KEY) == str(person.pk):
        return True
    return json.dumps(person.email) in json.dumps(content, default=str)
