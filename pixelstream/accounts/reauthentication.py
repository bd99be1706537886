"""Asking for the password once more, before something that a stranger at the desk must not do."""

from __future__ import annotations

import time
from urllib.parse import urlencode

from allauth.account import app_settings as account_settings
from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.urls import reverse

from pixelstream.accounts.requests import PersonRequest


def is_fresh(request: PersonRequest) -> bool:
    """Whether the person gave their password or a code of the second step a moment ago, to sign in
    or to confirm that it is them. Who has neither cannot be asked for one.

    allauth's `reauthentication_required` is not used: it would keep the whole request, with
    whatever secret it has, in the session until the password is given.
    """
    if not request.user.has_usable_password() and not is_mfa_enabled(request.user):
        return True
    records = get_authentication_records(request, request.user)
    moments = [record["at"] for record in records if record.get("method") in {"password", "mfa"}]
    age = time.time() - max(moments, default=0)
    return bool(age < account_settings.REAUTHENTICATION_TIMEOUT)


def confirm_address(back_to: str) -> str:
    """Where the person gives their password or a code, and goes on to `back_to`."""
    return f"{reverse('account_reauthenticate')}?{urlencode({'next': back_to})}"
