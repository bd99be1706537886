"""The room of a person by the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from gallery.api.schemas import QuotaOut
from gallery.models import Usage
from gallery.services import quota
from pixelstream.accounts.models import User
from tests.factories import create_post
from tests.gallery.api.answers import data_of

pytestmark = pytest.mark.django_db


def test_who_kept_nothing_uses_nothing(alices: Client, settings: Any) -> None:
    data = data_of(alices.get("/api/quota"))
    assert data == {
        "usedBytes": 0,
        "limitBytes": settings.QUOTA_BYTES,
        "percent": 0,
        "level": "fine",
    }
    assert not Usage.objects.exists(), "looking writes nothing"


def test_what_is_used_is_what_is_kept(alices: Client, alice: User, bob: User) -> None:
    post = create_post(alice)
    create_post(bob)
    size = post.images.get().object.size
    quota.set_limit(alice, size)
    data = data_of(alices.get("/api/quota"))
    QuotaOut.model_validate(data)
    assert data == {"usedBytes": size, "limitBytes": size, "percent": 100, "level": "full"}
