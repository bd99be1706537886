"""A post with a clip is a video: neither created nor edited, whatever else is in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from gallery.models import GeneratedImage, Post
from gallery.search import PUBLIC, parse, schema, search
from pixelstream.accounts.models import User
from tests.gallery.search.library import add_image, add_post, has_token, index_writes, stale_posts

pytestmark = pytest.mark.django_db

KINDS = ("created", "edited", "video")


@pytest.fixture(autouse=True)
def _nothing_is_stale(db: None) -> Iterator[None]:
    """After each test the whole index is what it would be if it were made now."""
    yield
    assert stale_posts() == []


def kinds_of(post: Post) -> list[str]:
    return [
        kind for kind in KINDS if post.pk in search(post.owner_id, parse(""), kind=kind, limit=50)
    ]


def test_a_post_with_a_clip_is_a_video_as_soon_as_the_clip_is_there(alice: User) -> None:
    post = add_post(alice, "fox")
    assert kinds_of(post) == ["created"]
    add_image(post, clip_ms=5000)
    assert kinds_of(post) == ["video"]
    assert has_token(post, "kvideo")
    assert not has_token(post, "kcreated")


def test_a_clip_beside_a_picture_of_the_same_model_makes_a_video_of_the_post(alice: User) -> None:
    """The index leaves out what changes nothing: a second picture by a model, but no clip."""
    post = add_post(alice, "fox")
    add_image(post)
    clip = add_image(post, position=1, clip_ms=5000)
    assert kinds_of(post) == ["video"]
    with index_writes() as written:
        add_image(post, position=2, clip_ms=3000, has_sound=True)
        add_image(post, position=3)
        assert written() == 0
    GeneratedImage.objects.filter(post=post, position__gt=1).delete()
    assert kinds_of(post) == ["video"]
    clip.delete()
    assert kinds_of(post) == ["created"]


def test_a_clip_in_an_edited_post_is_a_video_until_it_goes(alice: User) -> None:
    post = add_post(alice, "fox", status=Post.Status.EDITED)
    clip = add_image(post, clip_ms=5000)
    assert kinds_of(post) == ["video"]
    Post.objects.filter(pk=post.pk).update(status=Post.Status.GENERATED)
    assert kinds_of(post) == ["video"]
    Post.objects.filter(pk=post.pk).update(status=Post.Status.EDITED)
    clip.delete()
    assert kinds_of(post) == ["edited"]


def test_a_clip_that_moves_or_turns_out_to_be_a_picture_is_followed(alice: User) -> None:
    one, two = add_post(alice, "one"), add_post(alice, "two")
    clip = add_image(one, clip_ms=5000)
    GeneratedImage.objects.filter(pk=clip.pk).update(post=two)
    assert (kinds_of(one), kinds_of(two)) == (["created"], ["video"])
    with index_writes() as written:
        GeneratedImage.objects.filter(pk=clip.pk).update(clip_ms=4000)
        assert written() == 0
    GeneratedImage.objects.filter(pk=clip.pk).update(clip_ms=None)
    assert kinds_of(two) == ["created"]


def test_a_video_in_the_trash_is_not_found_and_comes_back_as_one(alice: User) -> None:
    post = add_post(alice, "fox")
    Post.objects.filter(pk=post.pk).update(deleted_at=timezone.now())
    add_image(post, clip_ms=5000)
    assert kinds_of(post) == []
    Post.objects.filter(pk=post.pk).update(deleted_at=None)
    assert kinds_of(post) == ["video"]


def test_the_kind_goes_with_words_models_and_with_what_is_public(alice: User, bob: User) -> None:
    shown = add_post(alice, "fox", caption="red fox", visibility=Post.Visibility.PUBLIC)
    hidden = add_post(alice, "fox", caption="red fox")
    for post in (shown, hidden):
        add_image(post, clip_ms=5000, model="builtin/drift", model_name="Drift")
    assert search(alice.pk, parse("fox"), kind="video", model="builtin/drift", limit=5) == [
        hidden.pk,
        shown.pk,
    ]
    assert search(alice.pk, parse("drift"), kind="created", limit=5) == []
    assert search(bob.pk, parse("fox"), kind="video", limit=5) == []
    assert search(PUBLIC, parse("fox"), kind="video", limit=5) == [shown.pk]


def test_the_word_video_in_a_text_makes_no_video(alice: User) -> None:
    post = add_post(alice, "kvideo =kvideo \ue000kvideo")
    assert kinds_of(post) == ["created"]


@pytest.mark.django_db(transaction=True)
def test_the_migration_finds_clips_that_are_there_and_goes_back(alice: User) -> None:
    clip, picture = add_post(alice, "fox"), add_post(alice, "fox")
    trashed = add_post(alice, "fox", deleted_at=timezone.now())
    add_image(picture)
    for post in (clip, trashed):
        add_image(post, clip_ms=5000)
    try:
        call_command("migrate", "gallery", "0014", verbosity=0)
        assert kinds_of(clip) == ["created"]
        add_image(picture, position=1, clip_ms=5000, model="x/y")
        assert kinds_of(picture) == ["created"]
    finally:
        call_command("migrate", verbosity=0)
    assert kinds_of(clip) == kinds_of(picture) == ["video"]
    assert kinds_of(trashed) == []


@pytest.mark.django_db(transaction=True)
def test_the_migration_writes_only_posts_that_have_a_clip(alice: User) -> None:
    post, other = add_post(alice, "fox"), add_post(alice, "dog", caption="a dog")
    add_image(post, clip_ms=5000)
    add_image(other)
    with connection.schema_editor() as editor, index_writes() as written:
        schema.downgrade(None, editor)
        schema.upgrade(None, editor)
        assert written() == 2
