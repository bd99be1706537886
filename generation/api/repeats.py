"""What makes a request the same as one that was sent before."""

from __future__ import annotations

import hashlib
import uuid
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from pixelstream.api.security import owner_of

Row = TypeVar("Row", bound=Model)

NAMESPACE = uuid.UUID("6f0d5a0e-6a0a-4d0b-9a51-3f2c0f1c7e52")


def form_key_of(request: HttpRequest) -> uuid.UUID | None:
    """What makes this request the same as another one; None without an `Idempotency-Key`.

    Services start nothing twice for one form key. So a request that was cut off after its commit,
    when no answer could be kept, finds what it started. The body is part of it: after the key is
    forgotten, another body is another wish.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return None
    body = hashlib.sha256(request.body).hexdigest()
    said = f"{owner_of(request).pk} {request.method} {request.path} {body} {key}"
    return uuid.uuid5(NAMESPACE, said)


def begun_before(rows: QuerySet[Row], form_key: uuid.UUID | None) -> Row | None:
    """What the same request made of these rows, the person's own, when it was cut off. Its uploads
    may be gone since, so the form would refuse it.
    """
    return None if form_key is None else rows.filter(form_key=form_key).first()
