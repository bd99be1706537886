"""Ids beyond 999 are written as they are: a thousands separator would break every address."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from gallery.models import Project
from pixelstream.accounts.models import User
from tests.factories import create_post, create_reference

pytestmark = pytest.mark.django_db

ID = 1_234_567


@pytest.mark.parametrize("language", ["en", "pt-br"])
@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/gallery/",
        f"/posts/{ID}/",
        f"/posts/create/?post={ID}",
        f"/projects/{ID}/",
        "/references/library/",
    ],
)
def test_no_page_groups_the_digits_of_an_id(
    as_alice: Client, alice: User, address: str, language: str
) -> None:
    project = Project.objects.create(pk=ID, owner=alice, name="Far away")
    create_post(alice, pk=ID, project=project)
    create_reference(alice, pk=ID, kept=True)
    page = as_alice.get(address, headers={"Accept-Language": language})
    assert page.status_code == 200
    html = page.content.decode()
    assert str(ID) in html
    assert not re.search(r"1[.,]234[.,]567", html)
