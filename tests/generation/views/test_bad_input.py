"""Rubbish in the studio's form and in the verbs on a post: answered, and never part of a page."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from gallery.models import Post
from generation.forms import (
    RegenerateForm,
    ResultsQuery,
    RetryForm,
    StudioForm,
    StudioQuery,
)
from pixelstream.accounts.models import User
from tests.factories import create_post, create_project, create_reference
from tests.gallery.views.markup import content, parts_of
from tests.gallery.views.rubbish import TYPED, thinned

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
STUDIO = "/posts/create/"
WISH = {"prompt": "a boat", "models": "builtin/sketch", "aspect_ratio": "1:1", "resolution": "1K"}
VALUES = ("", "1", "a boat", "\x00", "x" * 9000)


@pytest.mark.parametrize("name", StudioQuery.base_fields)
def test_whatever_stands_in_the_studios_address_is_answered(
    as_alice: Client, alice: User, name: str
) -> None:
    post, reference = create_post(alice), create_reference(alice, kept=True)
    create_project(alice)
    known = set().union(*(parts_of(content(as_alice.get(STUDIO, {name: v}))) for v in VALUES))
    own = {"reference": reference.pk, "post": post.pk}.get(name, "")
    known |= parts_of(content(as_alice.get(STUDIO, {name: own})))
    for text in TYPED[:: thinned(10 if name == "prompt" else 30)]:
        answer = as_alice.get(STUDIO, {name: text})
        assert answer.status_code in {200, 404}, text
        assert parts_of(content(answer)) <= known, text


@pytest.mark.parametrize("name", StudioForm.base_fields)
def test_whatever_is_sent_to_the_studio_is_answered(
    as_alice: Client, alice: User, name: str
) -> None:
    def send(text: str) -> set[str]:
        sent = {**WISH, "form_key": str(uuid4()), "seed": "many", name: text}
        answer = as_alice.post(STUDIO, sent, headers=HTMX)
        assert answer.status_code in {200, 422}, text
        return parts_of(content(answer))

    create_reference(alice)
    known = set().union(*map(send, VALUES))
    step = thinned(25)
    for text in TYPED[list(StudioForm.base_fields).index(name) % step :: step]:
        assert send(text) <= known, text


@pytest.mark.parametrize(
    ("verb", "form"), [("regenerate", RegenerateForm), ("retry", RetryForm), ("cancel", None)]
)
def test_whatever_is_sent_to_a_verb_is_answered(
    as_alice: Client, alice: User, verb: str, form: type[RegenerateForm] | type[RetryForm] | None
) -> None:
    post = create_post(alice)
    address = f"/posts/{post.pk}/{verb}/"
    for text in TYPED[:: thinned(20)]:
        sent = dict.fromkeys([*(form.base_fields if form else ()), "view"], text)
        for headers in ({}, HTMX):
            answer = as_alice.post(address, sent, headers=headers)
            assert answer.status_code in {200, 302}, text
            assert "<script>alert" not in content(answer)
    assert Post.objects.count() == 1 or verb == "regenerate"


def test_whatever_fragment_is_asked_for_is_answered(as_alice: Client, alice: User) -> None:
    address = f"/posts/{create_post(alice).pk}/results/"
    known = parts_of(content(as_alice.get(address)))
    known |= parts_of(content(as_alice.get(address, {"view": "studio"})))
    for text in TYPED[:: thinned(20)]:
        answer = as_alice.get(address, dict.fromkeys(ResultsQuery.base_fields, text))
        assert answer.status_code == 200, text
        assert parts_of(content(answer)) <= known, text
