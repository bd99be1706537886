"""allauth's forms of the second step with our words; a code is good once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils.translation import gettext_lazy as _

from pixelstream import encryption
from pixelstream.accounts import mfa
from pixelstream.accounts.forms import Worded

logger = logging.getLogger(__name__)

if TYPE_CHECKING:
    from django import forms

    from pixelstream.accounts.models import User

    class Base(forms.Form):
        """What allauth's forms of codes have in common."""

        user: User
        authenticator: Any

        def clean_code(self) -> str:
            """allauth's own check."""
else:
    Base = object


class Digits(Base):
    """A form with a code: phones show their keys for digits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class CodeOnce(Digits):
    """A form that takes a code of the app, or a recovery code."""

    def clean_code(self) -> str:
        """The code, if it is right and was not used before."""
        try:
            code = super().clean_code()
        except (encryption.UndecryptableError, ImproperlyConfigured) as error:
            logger.error("Codes of person %s cannot be checked: %s", self.user.pk, error)
            raise ValidationError(
                _("Codes cannot be checked here at the moment. Ask whoever runs this installation.")
            ) from error
        is_of_the_app = self.authenticator.type == Authenticator.Type.TOTP
        if is_of_the_app and not mfa.use_up(self.user, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(CodeOnce, Worded, base.AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class ReauthenticateForm(CodeOnce, Worded, base.ReauthenticateForm):  # type: ignore[misc]
    """A code once more."""


class ActivateForm(Digits, Worded, totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app."""

    def clean_code(self) -> str:
        """The code, if it is right and what it proves can be stored. It is used up by that."""
        if self.cannot_store:
            raise ValidationError(
                _("This cannot be switched on here yet. Ask whoever runs this installation.")
            )
        code: str = super().clean_code()
        mfa.use_up(self.user, code)
        return code

    @property
    def cannot_store(self) -> bool:
        """Whether this installation lacks the key under which secrets are stored."""
        return bool(encryption.find_problem())

    @property
    def is_required(self) -> bool:
        """Whether the person needs it, to enter the admin."""
        return mfa.is_required(self.user)
