"""The jobs in the admin: those of posts and those of turns."""

from __future__ import annotations

import pytest
from django.test import Client

from pixelstream.accounts.models import User
from tests.factories import (
    create_conversation,
    create_turn,
    job_of,
    start,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/generation/generationjob/"


def test_jobs_of_posts_and_of_turns_are_listed_with_whose_they_are(
    as_sam: Client, alice: User, bob: User
) -> None:
    start(alice)
    create_turn(create_conversation(bob), outputs=1)

    page = as_sam.get(LIST, {"o": "1"}).content.decode()  # sorted by person
    assert page.index("alice@example.com") < page.index("bob@example.com")


def test_an_edit_is_found_by_its_person(as_sam: Client, alice: User, bob: User) -> None:
    create_turn(create_conversation(bob), outputs=1)
    start(alice)

    page = as_sam.get(LIST, {"q": "bob@"}).content.decode()
    assert "1 generation job" in page
    assert "bob@example.com" in page


def test_the_page_of_an_edit_says_what_it_is(as_sam: Client, alice: User) -> None:
    turn = create_turn(create_conversation(alice), outputs=1)
    page = as_sam.get(f"{LIST}{job_of(turn).pk}/change/").content.decode()

    assert f"edit 0 of turn {turn.pk}" in page
