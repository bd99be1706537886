"""What is left of an erased person: a row of `User` that says nothing about anybody, and what may
point to it (docs/decisions.md, "What is left of an erased person").
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.db import models
from django.utils import timezone

from gallery.models import AccountErasure, AuditEvent, StoredObject
from pixelstream.accounts.models import User

ERASED_DOMAIN = "invalid"
"""RFC 2606: no such address exists, and nobody can sign up with one."""

ABOUT_NOBODY: tuple[type[models.Model], ...] = (AuditEvent, AccountErasure, LogEntry, StoredObject)
"""What may point to the row of an erased person. Of stored objects only receipts."""


def remains_of(person: User) -> list[str]:
    """What still belongs to the person, in every table that there is, as sentences.

    By introspection: a table that is added tomorrow is looked at, and an erasure does not end while
    something is in it.
    """
    found = []
    for relation in User._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        model: Any = relation.related_model
        rows = model._base_manager.filter(**{relation.field.name: person})  # type: ignore[union-attr]
        if model is StoredObject:
            rows = rows.filter(state=StoredObject.State.LIVE)
        elif model in ABOUT_NOBODY:
            continue
        if count := rows.count():
            found.append(f"{count} of {model._meta.label}")
    return found


def is_erased(person: User) -> bool:
    """Whether the row says nothing about anybody any more."""
    return person.email.startswith("erased-") and person.email.endswith(f"@{ERASED_DOMAIN}")


def make_nobody(person: User) -> None:
    """Let the row say nothing about anybody. What points to it stays as it is."""
    User.objects.filter(pk=person.pk).update(
        email=f"erased-{secrets.token_hex(12)}@{ERASED_DOMAIN}",
        name="",
        handle=None,
        bio="",
        posts_begin_public=False,
        language="",
        password=make_password(None),
        is_active=False,
        is_staff=False,
        is_superuser=False,
        suspended_at=None,
        suspended_reason="",
        bytes_to_follow=False,
        last_login=None,
        date_joined=datetime(1970, 1, 1, tzinfo=timezone.get_default_timezone()),
    )
