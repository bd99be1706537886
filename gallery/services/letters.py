"""E-mails to a person, in their language."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from pixelstream.accounts.models import User

logger = logging.getLogger(__name__)


def send(person: User, name: str, *, same_as: str = "", **context: Any) -> bool:
    """Send `gallery/mail/{name}_*.txt`. Says whether the mail server took it.

    `same_as` becomes the Message-ID: of two letters with the same one, mailboxes mostly show one.
    """
    context["SITE_URL"] = settings.SITE_URL
    with translation.override(person.language or settings.LANGUAGE_CODE):
        subject = render_to_string(f"gallery/mail/{name}_subject.txt", context).strip()
        text = render_to_string(f"gallery/mail/{name}_message.txt", context)
    host = urlsplit(settings.SITE_URL).hostname
    headers = {"Message-ID": f"<{same_as}@{host}>"} if same_as else {}
    try:
        EmailMessage(subject, text, None, [person.email], headers=headers).send()
    except OSError as error:  # what smtplib raises is one
        logger.warning("Person %s could not be sent %s: %s", person.pk, name, error)
        return False
    return True
