"""Addresses that need no proof."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction

from pixelstream.accounts.models import User


@transaction.atomic
def trust_address(user: User) -> None:
    """Make the person's address their only one, as if it were confirmed: an administrator said so.

    Signing in looks at these rows too, so an address that was replaced must not stay here.
    """
    addresses = EmailAddress.objects.filter(user=user)
    addresses.exclude(email=user.email).delete()
    addresses.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
