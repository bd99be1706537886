"""Texts that got into the database are shown as texts, wherever they are shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from gallery.models import Project, ReferenceImage, StoredObject
from gallery.views import references
from pixelstream.accounts.models import User
from tests.factories import create_post, create_project, create_reference
from tests.gallery.search.library import add_image
from tests.gallery.views.markup import content, parts_of
from tests.gallery.views.rubbish import TYPED

pytestmark = pytest.mark.django_db


def stored(text: str) -> str:
    """The text as a form would let it through."""
    return text.replace("\x00", "")


def add_reference(owner: User, filename: str) -> None:
    """A kept reference without bytes."""
    obj = StoredObject.objects.create(
        key=f"reference/{filename}", area="private", owner=owner, size=1
    )
    ReferenceImage.objects.create(
        owner=owner,
        object=obj,
        filename=filename,
        width=1,
        height=1,
        dominant_colour="#b04a2f",
        kept=True,
    )


def test_no_text_of_a_post_is_markup_anywhere(as_alice: Client, alice: User, settings: Any) -> None:
    """All texts on one wall, in one lightbox after the other and on one page after the other."""
    settings.GALLERY_PAGE_SIZE = 12
    captions = ["Light.\nOne line more. #Dusk", "Light", ""] * 5
    plain = [create_post(alice, images=1, caption=caption) for caption in captions]
    plain[1].images.update(model="vendor/unknown")
    pages = ["/gallery/", "/gallery/?q=a", "/gallery/?sort=oldest"]
    own = ["/posts/{}/", "/posts/{}/lightbox/", "/posts/create/?post={}"]
    known = {page: parts_of(content(as_alice.get(page))) for page in pages}
    for page in own:
        pages_of = [content(as_alice.get(page.format(post.pk))) for post in plain[:3]]
        known[page] = parts_of("".join(pages_of))
    posts = [
        create_post(alice, images=0, caption=stored(text), prompt=stored(text) or "x")
        for text in TYPED
    ]
    for number, post in enumerate(posts):
        add_image(
            post,
            model=f"m{number}",
            model_name=stored(TYPED[number])[:120],
            dominant_colour="#b04a2f",
        )
    for page in pages:
        assert parts_of(content(as_alice.get(page))) <= known[page] | {"mark"}, page
    for post in posts[::12]:
        for page in own:
            html = content(as_alice.get(page.format(post.pk)))
            assert parts_of(html) <= known[page], post.caption


def test_no_name_of_a_reference_or_project_is_markup_anywhere(
    as_alice: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "LIBRARY_SIZE", len(TYPED))
    post = create_post(alice, images=2)
    create_reference(alice, kept=True)
    create_project(alice, "Light")
    pages = ["/references/", "/references/library/", f"/posts/{post.pk}/", "/gallery/", "/"]
    chosen = {"action": "move", "posts": post.pk}
    known = {page: parts_of(content(as_alice.get(page))) for page in pages}
    menu = parts_of(content(as_alice.post("/gallery/batch/", chosen)))
    names = dict.fromkeys(stored(text).strip()[:80] for text in TYPED)
    for name in {name.lower(): name for name in names if name}.values():
        Project.objects.create(owner=alice, name=name)
        add_reference(alice, name)
    for page in pages:
        assert parts_of(content(as_alice.get(page))) <= known[page], page
    assert parts_of(content(as_alice.post("/gallery/batch/", chosen))) <= menu
