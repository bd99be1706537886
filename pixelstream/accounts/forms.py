"""allauth's forms with our words: an empty field says what to enter, not that it "is required"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account import forms as allauth
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django import forms

    Base = forms.Form
else:
    Base = object

REQUIRED = {
    "code": _("Enter the code."),
    "login": _("Enter your email address."),
    "email": _("Enter an email address."),
    "password": _("Enter your password."),
    "oldpassword": _("Enter your current password."),
    "password1": _("Choose a password."),
    "password2": _("Enter the new password again."),
}


class Worded(Base):
    """Words for empty fields, by the name of the field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in REQUIRED.items():
            if name in self.fields:
                self.fields[name].error_messages["required"] = words


class SignInForm(Worded, allauth.LoginForm):  # type: ignore[misc]
    """Signing in."""


class SignUpForm(Worded, allauth.SignupForm):  # type: ignore[misc]
    """Making an account."""


class ChangeEmailForm(Worded, allauth.AddEmailForm):  # type: ignore[misc]
    """Another address."""

    def clean_email(self) -> str:
        """Refused where no mail is sent: an address counts only once it is confirmed.

        The page shows no form then; this answers whoever sends one all the same. (allauth would
        take the current, never confirmed address away before it adds the new one.)
        """
        if not settings.MAIL_IS_SENT:
            raise ValidationError(_("This installation does not send email."))
        email: str = super().clean_email()
        return email


class ChangePasswordForm(Worded, allauth.ChangePasswordForm):  # type: ignore[misc]
    """Another password, knowing the old one."""


class SetPasswordForm(Worded, allauth.SetPasswordForm):  # type: ignore[misc]
    """A first password."""


class ForgottenPasswordForm(Worded, allauth.ResetPasswordForm):  # type: ignore[misc]
    """Asking for the link."""


class NewPasswordForm(Worded, allauth.ResetPasswordKeyForm):  # type: ignore[misc]
    """Another password, knowing the link."""


class ReauthenticateForm(Worded, allauth.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""
