"""What the API does when a person leaves (gallery.signals)."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from gallery import signals
from pixelstream.accounts.models import User
from pixelstream.api.models import ApiToken, IdempotentRequest


@receiver(signals.person_leaving)
def forget_the_person(person: User, **kwargs: Any) -> None:
    """Their tokens and the answers that were kept for them. Neither was in an export."""
    ApiToken.objects.filter(owner=person).delete()
    IdempotentRequest.objects.filter(owner=person).delete()
