"""A new password for somebody else: the administrator starts it, the person chooses."""

from __future__ import annotations

import logging
import shlex
from typing import Any

from allauth.account.internal.flows.password_reset import request_password_reset
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext

from gallery.models import AuditEvent
from pixelstream.accounts.adapter import UnsentError
from pixelstream.accounts.models import User
from pixelstream.accounts.requests import PersonRequest
from pixelstream.admin import note

logger = logging.getLogger(__name__)


def offer_link(
    modeladmin: admin.ModelAdmin[Any], request: PersonRequest, person: User
) -> HttpResponse:
    """The page in place of Django's form for another password: it asks, then sends the person the
    link of a forgotten password. Where no mail is sent it says what the operator can do.
    """
    if person == request.user:
        return redirect("account_change_password")
    if request.method == "POST" and _may_have_link(person):
        _send(request, person)
        return redirect(reverse("admin:accounts_user_change", args=[person.pk]))
    context = {
        **modeladmin.admin_site.each_context(request),
        "opts": modeladmin.model._meta,
        "title": gettext("A new password"),
        "person": person,
        "command": f"python manage.py changepassword {shlex.quote(person.email)}",
        "may_have_link": _may_have_link(person),
    }
    return TemplateResponse(request, "admin/accounts/user/new_password.html", context)


def _may_have_link(person: User) -> bool:
    return settings.MAIL_IS_SENT and person.is_active


def _send(request: PersonRequest, person: User) -> None:
    try:
        request_password_reset(request, person.email, [person], None)
    except UnsentError:
        logger.warning("Person %s did not get the link for a new password", person.pk)
        said = gettext("The mail server did not take the letter. Try again later.")
        messages.error(request, said)
        return
    AuditEvent.objects.record("person.password_link", actor=request.user, target=person)
    note(request, User, [person.pk], gettext("Sent a link for a new password."))
    said = gettext("A link for a new password is on its way to %(address)s.")
    messages.success(request, said % {"address": person.email})
