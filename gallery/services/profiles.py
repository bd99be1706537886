"""What people say about themselves."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from gallery.models import AuditEvent
from pixelstream.accounts.models import User


class HandleTakenError(Exception):
    """Somebody else has it, perhaps since a moment ago."""


def change_profile(
    person: User, *, name: str, handle: str, bio: str, posts_begin_public: bool
) -> bool:
    """Change it; an empty handle is none. Returns whether anything is different now.

    The handle that is given up is free for anybody at once. Raises HandleTakenError. The record
    says what was changed, not into what.
    """
    wanted = {
        "name": name,
        "handle": handle or None,
        "bio": bio,
        "posts_begin_public": posts_begin_public,
    }
    try:
        with transaction.atomic():
            locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
            changed = {field: new for field, new in wanted.items() if getattr(locked, field) != new}
            if changed:
                User.objects.filter(pk=locked.pk).update(**changed)
                AuditEvent.objects.record(
                    "person.profile", actor=person, target=locked, **dict.fromkeys(changed, 1)
                )
    except IntegrityError as error:
        raise HandleTakenError from error
    return bool(changed)
