"""`manage.py ensure_admin`: make the first administrator, once."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from gallery.models import AuditEvent
from pixelstream.accounts.addresses import trust_address
from pixelstream.accounts.models import User

DEFAULT_EMAIL = "admin@localhost.localdomain"


class Command(BaseCommand):
    """Made at the first start from ADMIN_EMAIL / ADMIN_PASSWORD, else with a random password."""

    help = "Make the first administrator, unless there is one."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the random password once; never print one that was given."""
        if User.objects.filter(is_superuser=True).exists():
            return
        email = settings.ADMIN_EMAIL or DEFAULT_EMAIL
        password = settings.ADMIN_PASSWORD or secrets.token_urlsafe(12)
        with transaction.atomic():
            admin = User.objects.filter(email=email.lower()).first()
            if admin is None:
                admin = User.objects.create_superuser(email, password)
                trust_address(admin)  # else a first sign-in would wait for a link by mail
            else:
                # The person signed up before: the role is added, the password stays theirs.
                admin.is_staff = admin.is_superuser = True
                admin.save(update_fields=["is_staff", "is_superuser"])
            AuditEvent.objects.record("admin.create", target=admin)
        self.stdout.write(f"Administrator: {admin.email}")
        if not settings.ADMIN_PASSWORD and admin.check_password(password):
            self.stdout.write(f"Password (shown only now): {password}")
