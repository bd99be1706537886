"""The index follows the posts, in the same transaction, whoever changes them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from gallery.models import EditConversation, EditTurn, GeneratedImage, Post
from gallery.search import parse, schema, search
from pixelstream.accounts.models import User
from tests.factories import create_post, create_project
from tests.gallery.search.library import add_image, add_post, has_token, index_writes, stale_posts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_is_stale(db: None) -> Iterator[None]:
    """After each test the whole index is what it would be if it were made now."""
    yield
    assert stale_posts() == []


def found(owner: User, text: str) -> list[int]:
    return search(owner.pk, parse(text), limit=50)


def test_a_post_is_found_once_it_is_made(alice: User) -> None:
    post = create_post(alice)
    assert found(alice, "lighthouse ") == [post.pk]
    assert found(alice, "diary ") == [post.pk]
    assert found(alice, "lumen ") == [post.pk]


def test_a_new_caption_replaces_the_old_one(alice: User) -> None:
    post = add_post(alice, "fox", caption="old words")
    post.caption = "new words"
    post.save(update_fields=["caption"])
    assert found(alice, "old ") == []
    assert found(alice, "new ") == [post.pk]
    Post.objects.filter(pk=post.pk).update(caption="newest")
    assert found(alice, "words ") == []
    assert found(alice, "newest ") == [post.pk]


def test_the_trash_is_not_searched(alice: User) -> None:
    post = create_post(alice)
    Post.objects.filter(pk=post.pk).update(deleted_at=timezone.now())
    assert found(alice, "lighthouse") == found(alice, "") == []
    Post.objects.filter(pk=post.pk).update(caption="changed in the trash")
    add_image(post, position=5, model="x/y", model_name="Late")
    GeneratedImage.objects.filter(post=post, position=0).update(model_name="Renamed")
    assert found(alice, "lighthouse") == found(alice, "changed") == found(alice, "late") == []
    Post.objects.filter(pk=post.pk).update(deleted_at=None)
    assert found(alice, "changed") == found(alice, "late") == found(alice, "renamed") == [post.pk]


def test_what_is_deleted_is_gone(alice: User) -> None:
    post = add_post(alice, "fox")
    kept = add_post(alice, "fox")
    post.delete()
    assert found(alice, "fox") == [kept.pk]


def test_pictures_bring_and_take_their_models(alice: User) -> None:
    post = add_post(alice, "fox")
    assert found(alice, "nano ") == []
    first = add_image(post, model="google/nano", model_name="Nano")
    second = add_image(post, model="google/nano", model_name="Nano", position=1)
    other = add_image(post, model="builtin/lumen", model_name="Lumen", position=2)
    assert found(alice, "nano lumen ") == [post.pk]
    first.delete()
    assert found(alice, "nano ") == [post.pk]
    second.delete()
    assert found(alice, "nano ") == []
    other.model, other.model_name = "builtin/sketch", "Sketch"
    other.save()
    assert found(alice, "lumen ") == []
    assert search(alice.pk, parse(""), model="builtin/sketch", limit=5) == [post.pk]
    assert search(alice.pk, parse(""), model="builtin/lumen", limit=5) == []


def test_a_picture_that_moves_changes_both_posts(alice: User) -> None:
    one, two = add_post(alice, "one"), add_post(alice, "two")
    image = add_image(one, model_name="Nano")
    GeneratedImage.objects.filter(pk=image.pk).update(post=two)
    assert found(alice, "nano ") == [two.pk]


def test_tokens_follow_visibility_kind_shape_owner_and_project(alice: User, bob: User) -> None:
    post = add_post(alice, "fox")
    assert has_token(post, "vunlisted")
    Post.objects.filter(pk=post.pk).update(
        visibility=Post.Visibility.PUBLIC,
        status=Post.Status.EDITED,
        aspect_ratio="16:9",
        project=create_project(alice),
    )
    assert has_token(post, "vpublic")
    assert not has_token(post, "vunlisted")
    assert search(alice.pk, parse("fox"), kind="edited", aspect="16:9", limit=5) == [post.pk]
    Post.objects.filter(pk=post.pk).update(owner=bob, project=None)
    assert found(alice, "fox") == []
    assert found(bob, "fox") == [post.pk]


def test_what_is_rolled_back_was_never_found(alice: User) -> None:
    post = add_post(alice, "fox")
    with transaction.atomic():
        Post.objects.filter(pk=post.pk).update(prompt="dog")
        add_post(alice, "dog")
        assert len(found(alice, "dog")) == 2
        transaction.set_rollback(True)
    assert found(alice, "dog") == []
    assert found(alice, "fox") == [post.pk]


def test_many_at_once_are_indexed_too(alice: User) -> None:
    posts = Post.objects.bulk_create(Post(owner=alice, prompt=f"fox {n}") for n in range(50))
    for post in posts:
        post.prompt = "dog"
    Post.objects.bulk_update(posts, ["prompt"])
    assert len(found(alice, "dog")) == 50
    Post.objects.filter(pk__in=[post.pk for post in posts[:20]]).delete()
    assert len(found(alice, "dog")) == 30


def test_changes_that_nobody_searches_do_not_write_the_index(alice: User) -> None:
    post = create_post(alice, images=2)
    with index_writes() as written:
        post.save()
        Post.objects.filter(pk=post.pk).update(revision=7, download_count=3, cover_position=1)
        Post.objects.filter(pk=post.pk).update(status=Post.Status.GENERATING_IMAGES)
        add_image(post, position=2)
        assert written() == 0
        add_image(post, position=3, model="x/y")
        assert written() == 1


@pytest.mark.django_db(transaction=True)
def test_emptying_the_database_empties_the_index(alice: User) -> None:
    create_post(alice)
    key = f"fox{secrets.token_hex(4)}"
    add_post(alice, key)
    assert len(found(alice, "")) == 2
    call_command("flush", interactive=False, verbosity=0)
    new = User.objects.create_user("new@example.com", "password", pk=alice.pk)
    assert found(new, "") == found(new, key) == []


@pytest.mark.django_db(transaction=True)
def test_the_migration_goes_back_and_forth_and_fills_the_index(alice: User) -> None:
    post, trashed = create_post(alice), add_post(alice, "lighthouse", deleted_at=timezone.now())
    try:
        call_command("migrate", "gallery", "0003", verbosity=0)
        names = connection.introspection.table_names()
        assert not [name for name in names if "search" in name]
        Post.objects.filter(pk=post.pk).update(prompt="a lighthouse that moved")
    finally:
        call_command("migrate", verbosity=0)
    assert found(alice, "moved lumen ") == [post.pk]
    assert trashed.pk not in found(alice, "lighthouse")


def test_posts_pictures_and_conversations_have_their_triggers() -> None:
    """A migration that lets SQLite rebuild a table must bring them back (gallery/search/schema)."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")
            assert cursor.fetchone() == (7,)
        else:
            cursor.execute("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal")
            assert cursor.fetchone() == (5,)


@pytest.mark.django_db(transaction=True)
def test_a_table_that_sqlite_builds_anew_keeps_its_triggers(alice: User) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite builds tables anew")
    post = create_post(alice)
    for model in (Post, GeneratedImage, EditTurn, EditConversation):
        with connection.schema_editor() as editor:
            schema.triggers_off(None, editor)
            editor._remake_table(model)
            schema.triggers_on(None, editor)
    Post.objects.filter(pk=post.pk).update(caption="rebuilt")
    assert found(alice, "rebuilt lumen") == [post.pk]


@pytest.mark.parametrize(
    "text", ["كان، هنا؟", "ثم؛ نفس", "ano˜novo", "שלום־עולם", "नमस्ते।", "a°b", "x² m³", "①②", "ⅷ ½"]
)
def test_a_sign_of_any_script_ends_a_word(alice: User, text: str) -> None:
    post = add_post(alice, text)
    for term in parse(f"{text} ").terms:
        for word in term.words:
            assert search(alice.pk, parse(f"{word} "), limit=5) == [post.pk], word
