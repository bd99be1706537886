"""How allauth signs people in here."""

from __future__ import annotations

import logging
from http import HTTPStatus
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from pixelstream.accounts import known_browsers
from pixelstream.accounts.devices import Device
from pixelstream.accounts.reauthentication import is_fresh

logger = logging.getLogger(__name__)

RETRY_SECONDS = 300
"""When to ask for a letter again: allauth's own limits of letters end within this time."""


class UnsentError(ImmediateHttpResponse):  # type: ignore[misc]
    """The mail server did not take a letter. Who asked for it gets a page that says so."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Our words, our answer to guessing, and the language that a person chose."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The email or the password is not right."),
        "incorrect_password": _("The password is not right."),
        "enter_current_password": _("This is not your current password."),
        "email_taken": _("There is an account with this address already."),
        "duplicate_email": _("This is your address already."),
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Answer 429 after too many failures; allauth alone would show the form again with 200."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as too_many:
            raise ImmediateHttpResponse(respond_429(request)) from too_many

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth has no public way to say under what it counts failures.
        login = credentials.get("email", credentials.get("username", ""))
        key: str = super()._get_login_attempts_cache_key(request, **credentials)
        name = known_browsers.name_of(request, login)
        return f"{key}:{name}" if name else key

    def is_safe_url(self, url: str) -> bool:
        """Whether a `next` leads to us. allauth's own check fails on what is no address at all."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:  # "http://[::1", say
            return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """As allauth, except that who signed in a moment ago is not asked again at once."""
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        return not is_fresh(context.request)

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Keep a new person with the language that they signed up in: letters are written in it."""
        user.language = get_language() or ""
        return super().save_user(request, user, form, commit)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write to a person in their language, whoever asked for the letter. Raises UnsentError."""
        language = getattr(context.get("user"), "language", "") or get_language()
        try:
            with override(language):
                super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as error:
            # Not its text: a server that refuses an address repeats it.
            reason = type(error).__name__
            logger.error("No mail was sent (%s): %s", template_prefix, reason)
            page = render(self.request, "mail_unsent.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
            page["Retry-After"] = str(RETRY_SECONDS)
            raise UnsentError(page) from error

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell a person what was changed, in their language. It is changed already: a mail server
        that is away is a line of the log, and no error page.
        """
        device = Device(self.get_http_user_agent(self.request))
        about = {"user": user, "device": device, **(context or {})}
        try:
            super().send_notification_mail(template_prefix, user, about, email or user.email)
        except UnsentError:
            logger.warning("Person %s was not told of %s", user.pk, template_prefix)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Remember the browser, and bring the saved language to one that has not chosen one."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        known_browsers.remember(request, response, user.email)
        if user.language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            set_language_cookie(response, user.language)
        return response


def set_language_cookie(response: HttpResponse, language: str) -> None:
    """Remember the language in the browser, as Django's LocaleMiddleware reads it."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )
