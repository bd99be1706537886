"""Who signed in and out, and who could not, as lines of the log: numbers, never addresses."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from pixelstream.accounts.models import User

logger = logging.getLogger("pixelstream.sign_ins")


def listen() -> None:
    """Write lines from now on. More than once changes nothing."""
    user_logged_in.connect(_signed_in, dispatch_uid="sign_ins.in")
    user_logged_out.connect(_signed_out, dispatch_uid="sign_ins.out")
    user_login_failed.connect(_failed, dispatch_uid="sign_ins.failed")


def _signed_in(*, request: Any, user: User, **_more: Any) -> None:
    logger.info("Person %s signed in (%s)", user.pk, _how(request) or "without a password")


def _signed_out(*, user: User | None, **_more: Any) -> None:
    if user is not None:
        logger.info("Person %s signed out", user.pk)


def _failed(*, credentials: dict[str, Any], **_more: Any) -> None:
    address = str(credentials.get("email") or credentials.get("username") or "")
    person = User.objects.filter(email=address.strip().lower()).values_list("pk", flat=True).first()
    logger.warning("Signing in failed: %s", f"person {person}" if person else "nobody's address")


def _how(request: Any) -> str:
    """With what they showed who they are, as allauth noted it."""
    records = request.session.get("account_authentication_methods", []) if request else []
    return ", ".join(str(record.get("type") or record.get("method")) for record in records)
