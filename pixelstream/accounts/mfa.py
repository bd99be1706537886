"""The second step of signing in: a code of an app on the person's phone, or a recovery code.

The pages are allauth's, in our look. What is ours: secrets are sealed at rest, staff are asked for
it before the admin, and every change is written down.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.utils import get_next_redirect_url
from allauth.mfa import app_settings, signals
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_variables

from gallery.models import AuditEvent
from pixelstream import encryption
from pixelstream.accounts.models import User

logger = logging.getLogger(__name__)

CONTEXT = "mfa_authenticator.data"
"""Where the secrets lie, for `encryption`. allauth does not say whose they are."""

SECRETS = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}
"""What in a row's data is sealed."""

BATCH = 200


class SealingAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Keeps no secret in the clear."""

    @sensitive_variables()
    def encrypt(self, text: str) -> str:
        """Seal a secret. Raises ImproperlyConfigured without FIELD_ENCRYPTION_KEYS: the form that
        would store one asks for the keys before (`mfa_forms`).
        """
        return encryption.encrypt(text, CONTEXT)

    @sensitive_variables()
    def decrypt(self, encrypted_text: str) -> str:
        """Open one. Raises UndecryptableError and ImproperlyConfigured."""
        return encryption.decrypt(encrypted_text, CONTEXT)


# --- codes are good once


def use_up(user: User, code: str) -> bool:
    """Whether this code was not used before, for as long as it is good. allauth remembers it for
    one period only, and a code is good for the one before and after as well.
    """
    good_for = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    digits = "".join(letter for letter in code if letter.isdigit())
    return bool(cache.add(f"mfa-used:{user.pk}:{digits}", 1, timeout=good_for))


# --- the admin asks for it

HasPermission = Callable[[HttpRequest], bool]
View = Callable[..., HttpResponse]


def is_required(user: User) -> bool:
    """Whether this person has to have a second step."""
    return bool(settings.REQUIRE_STAFF_MFA and user.is_staff)


def missing_step(request: HttpRequest) -> str:
    """The name of the page where this person gets on with what is missing, empty when nothing is.

    That there is a second step is not enough: a session that began before it was switched on, with
    a stolen password for example, has never shown a code.
    """
    user = request.user
    if not isinstance(user, User) or not is_required(user):
        return ""
    if not is_mfa_enabled(user, [Authenticator.Type.TOTP]):
        return "mfa_activate_totp"
    shown = get_authentication_records(request, user)
    return "" if any(record.get("method") == "mfa" for record in shown) else "mfa_reauthenticate"


def with_second_step(has_permission: HasPermission) -> HasPermission:
    """`AdminSite.has_permission` that also asks for the second step."""

    def has_permission_and_step(request: HttpRequest) -> bool:
        return has_permission(request) and not missing_step(request)

    return has_permission_and_step


def second_step_first(login: View) -> View:
    """`AdminSite.login` for who is signed in already: sends them to the step that is missing."""

    def step_or_login(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        step = missing_step(request)
        if not step:
            return login(request, *args, **kwargs)
        back = get_next_redirect_url(request) or reverse("admin:index")
        return HttpResponseRedirect(f"{reverse(step)}?{urlencode({'next': back})}")

    return step_or_login


# --- the way back in


@transaction.atomic
def remove(user: User, *, by: User | None = None) -> bool:
    """Take the second step away from somebody who lost their phone and their recovery codes. They
    sign in with the password alone then. Says whether there was one.
    """
    removed, _rows = Authenticator.objects.filter(user=user).delete()
    if removed:
        AuditEvent.objects.record("person.mfa_off", actor=by, target=user)
    return bool(removed)


# --- what is sealed, under the newest key


@dataclass
class Rotation:
    """What renewing came to; `unreadable` are ids of rows."""

    renewed: int = 0
    current: int = 0
    unreadable: list[int] = field(default_factory=list)


def rotate(*, limit: int | None = None) -> Rotation:
    """Seal again what is under older keys, at most `limit` rows. Safe to repeat and to interrupt.

    Raises ImproperlyConfigured without a usable key.
    """
    done, last = Rotation(), 0
    encryption.newest_key_id()
    rows = Authenticator.objects.filter(type__in=SECRETS).order_by("pk")
    while ids := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        for pk in ids:
            if limit is not None and done.renewed >= limit:
                return done
            _renew(pk, done)
        last = ids[-1]
    return done


@transaction.atomic
def _renew(pk: int, done: Rotation) -> None:
    # Locked: using up a recovery code writes the same column.
    row = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        return
    name = SECRETS[row.type]
    try:
        if encryption.is_current(row.data[name]):
            done.current += 1
            return
        row.data[name] = encryption.encrypt(encryption.decrypt(row.data[name], CONTEXT), CONTEXT)
    except encryption.UndecryptableError:
        done.unreadable.append(pk)
        return
    row.save(update_fields=["data"])
    done.renewed += 1


# --- every change is written down


def _added(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type != Authenticator.Type.TOTP:
        return
    AuditEvent.objects.record("person.mfa_on", actor=user, target=user)
    # The code that switched it on was a code: nobody is asked for another right away.
    post_authentication(request, authenticator)


def _removed(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        AuditEvent.objects.record("person.mfa_off", actor=user, target=user)


def _reset(user: User, **kwargs: Any) -> None:
    AuditEvent.objects.record("person.recovery_codes", actor=user, target=user)


def listen() -> None:
    """Hear of what people change on allauth's pages."""
    signals.authenticator_added.connect(_added, dispatch_uid="accounts.mfa")
    signals.authenticator_removed.connect(_removed, dispatch_uid="accounts.mfa")
    signals.authenticator_reset.connect(_reset, dispatch_uid="accounts.mfa")
