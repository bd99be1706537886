"""What strangers are told, whichever public address they ask: of a post that they may not see
nothing, and of the others nothing that was not shared. Every secret is a word or a number of its
own, so that one that stands somewhere is found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gallery import explore, sitemaps
from gallery.models import GeneratedImage, Post
from gallery.services import deletion, moderation, outbox, suspension, trash
from pixelstream.accounts.models import User
from tests.factories import (
    create_conversation,
    create_image,
    create_post,
    create_project,
    create_turn,
    create_user,
)

pytestmark = pytest.mark.django_db

PUBLIC = Post.Visibility.PUBLIC
FIRST_ID = 7_000_001
"""Ids from here on stand nowhere by chance, and belong to one part of the sitemap."""


def _set(**fields: Any) -> Callable[[Post, User], object]:
    return lambda post, _admin: Post.objects.filter(pk=post.pk).update(
        **fields, revision=post.revision + 1
    )


# How a post comes out of sight of everybody.
HIDDEN: dict[str, Callable[[Post, User], object]] = {
    "trashed": lambda post, _: trash.trash(owner=post.owner, ids=[post.pk]),
    "deleted": lambda post, _: deletion.delete_posts(
        Post.objects.filter(pk=post.pk), by=post.owner
    ),
    "disabled": lambda post, sam: moderation.disable([post.pk], reason="disabledreason", by=sam),
    "unshared": _set(sharing_enabled=False),
    "expired": _set(share_expires_at=timezone.now() - timedelta(seconds=1)),
    "suspended": lambda post, sam: suspension.suspend(post.owner, reason="suspendedreason", by=sam),
}
# Who has the link still sees these; they are listed nowhere.
LINKED = {
    "unlisted": _set(visibility=Post.Visibility.UNLISTED),
    "held": _set(review=Post.Review.HELD),
    "unfinished": _set(status=Post.Status.GENERATING_IMAGES),
}


SECRETS = (
    *("marinamail", "goneby@", "secretprompt", "secretnegative", "secretproject", "secrettitle"),
    *("secretfile", "secretmessage", "secretturn", "disabledreason", "suspendedreason"),
)
"""Told to nobody, whatever becomes of a post."""

NAMES = ("hiddenparent", "hiddenchild", "hiddenbeside", "goneby", "bygone")
"""Words of captions and of a person: told until they are hidden."""


class World:
    """A public post by Marina with a private prompt. One that it was made from, one that was made
    from it and one beside it are public as well, until they are hidden.
    """

    def __init__(self, state: str) -> None:
        self.hides = {**HIDDEN, **LINKED}[state]
        marina = create_user("marinamail@example.com", name="Marina", handle="marina")
        # Of a person who is suspended nothing is seen, so that is another one than Marina.
        owner = marina
        if state == "suspended":
            owner = create_user("goneby@example.com", name="Goneby", handle="goneby", bio="Bygone.")
        self._next_id = FIRST_ID
        parent = self._post(owner, "Hiddenparent")
        self.seen = self._post(marina, "Quiet", parent=parent)
        others = [self._post(owner, "Hiddenchild", parent=self.seen)]
        self.hidden = [parent, *others, self._post(owner, "Hiddenbeside")]
        self.keys = [post.images.get().object.key for post in self.hidden]
        self.ids = [str(post.pk) for post in (self.seen, *self.hidden)]

    def _post(self, owner: User, word: str, **fields: Any) -> Post:
        post = create_post(
            owner,
            pk=self._next_id,
            images=0,
            prompt="secretprompt of a lighthouse",
            negative_prompt="secretnegative",
            caption=f"{word} shore.\n\nMore. #{word}",
            project=create_project(owner, name=f"secretproject {self._next_id}"),
            visibility=PUBLIC,
            **fields,
        )
        self._next_id += 101
        conversation = create_conversation(owner, title="secrettitle")
        GeneratedImage.objects.filter(pk=create_image(post).pk).update(
            turn=create_turn(conversation, message="secretmessage"),
            prompt="secretturn",
            filename="secretfile.png",
        )
        return post

    def hide(self, admin: User) -> None:
        """Hide all of them, and let their bytes follow."""
        for post in self.hidden:
            self.hides(Post.objects.get(pk=post.pk), admin)
        outbox.run()


@pytest.fixture(autouse=True)
def _no_models_of_other_tests() -> Iterator[None]:
    explore.forget_models()
    yield
    explore.forget_models()


ASKED = (
    *("hiddenparent", "hiddenpar", '"hiddenchild shore"', "#hiddenbeside", "shore -hiddenparent"),
    *("shore", "goneby", "-quiet", "model:lumen", "aspect:1:1", "after:2020"),
    *("secretprompt", "secretproject", "secrettitle", "secretfile", "marinamail"),
)
"""What is searched for."""


def addresses_about(post: Post) -> list[str]:
    """What everybody may ask of a post."""
    link = f"http://testserver{post.public_address}"
    return [
        post.public_address,
        reverse("gallery:share-download", args=[post.share_token, 1]),
        reverse("gallery:report", args=[post.share_token]),
        reverse("gallery:oembed", query={"url": link}),
        reverse("studio", query={"shared": post.share_token}),
    ]


def addresses_of_all(world: World) -> list[str]:
    """Every public address that is about more than a post that will be hidden."""
    queries: list[dict[str, str]] = [{"q": words} for words in ASKED]
    queries += [{}, {"sort": "oldest"}, {"kind": "created"}, {"kind": "edited"}]
    explored = [reverse("gallery:explore", query=query) for query in queries]
    part = reverse("gallery:sitemap-part", args=[FIRST_ID // sitemaps.IDS])
    of_site = ["/", reverse("gallery:explore-rss"), "/sitemap.xml", part, "/robots.txt"]
    return [*explored, *of_site, "/@marina/", "/@marina/rss/", *addresses_about(world.seen)]


def told(client: Client, path: str, **headers: str) -> str:
    """All that the answer says in small letters, headers as well, but for what was asked."""
    answer = client.get(path, headers=headers)
    content = b"".join(answer) if answer.streaming else answer.content
    said = f"{dict(answer.headers)} {content.decode(errors='replace')}".lower()
    if "?q=" in path:
        said = re.sub(r'value="[^"]*"|next=[^"]*|="[^"]*[?&;]q=[^"]*"', "", said)
    return said


def found(secrets: Iterable[str], said: str, path: str) -> list[tuple[str, str, str]]:
    """Which of them are said, with the words around; what was asked for is no secret."""
    return [
        (path, secret, said[max(0, said.index(secret) - 80) :][:160])
        for secret in secrets
        if secret in said and secret not in path.lower()
    ]


@pytest.mark.parametrize("state", [*HIDDEN, *LINKED])
@pytest.mark.parametrize("is_signed_in", [False, True], ids=["stranger", "signed in"])
def test_of_what_is_hidden_nothing_is_told_anywhere(
    state: str, is_signed_in: bool, bob: User, sam: User, settings: Any
) -> None:
    settings.SITE_URL = "http://testserver"
    world = World(state)
    client = Client()
    if is_signed_in:
        client.force_login(bob)
    paths = addresses_of_all(world)
    # Asked once before, so that something is kept: here, and in the browser.
    known = {path: client.get(path).headers.get("ETag", "") for path in paths}
    before = [told(client, path) for path in paths]
    assert sum("hidden" in said for said in before) > len(ASKED) / 2
    assert not [hit for said in before for hit in found([*SECRETS, *world.ids], said, "")]

    world.hide(sam)
    tokens = [post.share_token.lower() for post in world.hidden]
    hidden = [*SECRETS, *NAMES, *tokens, *world.ids, *world.keys]
    for path in paths:
        for headers in ({}, {"HX-Request": "true"}, {"If-None-Match": known[path]}):
            assert found(hidden, told(client, path, **headers), path) == []
    shown = ",".join(post.share_token for post in world.hidden)
    withdrawn = told(client, reverse("gallery:withdrawn", query={"shown": shown}))
    assert all(token in withdrawn for token in tokens)


@pytest.mark.parametrize("state", HIDDEN)
@pytest.mark.parametrize("is_signed_in", [False, True], ids=["stranger", "signed in"])
def test_its_own_addresses_tell_nothing_of_it_either(
    state: str, is_signed_in: bool, bob: User, sam: User, settings: Any
) -> None:
    settings.SITE_URL = "http://testserver"
    world = World(state)
    client = Client()
    if is_signed_in:
        client.force_login(bob)
    paths = [path for post in world.hidden for path in addresses_about(post)]
    paths += [f"/media/{key}" for key in world.keys]
    known = {path: client.get(path).headers.get("ETag", "") for path in paths}
    world.hide(sam)
    paths += ["/@goneby/", "/@goneby/rss/"] if state == "suspended" else []
    for path in paths:
        for headers in ({}, {"If-None-Match": known.get(path, "")}):
            said = told(client, path, **headers)
            assert found([*SECRETS, *NAMES, *world.ids], said, path) == []
