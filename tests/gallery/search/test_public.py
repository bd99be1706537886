"""What strangers find: captions and models of public posts, and nothing that is private."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from gallery.models import GeneratedImage, Post
from gallery.search import PUBLIC, parse, schema, schema_3, search
from pixelstream.accounts.models import User
from tests.factories import create_conversation, create_post, create_project, create_turn
from tests.gallery.search.library import add_image, add_post, index_writes, stale_posts
from tests.planner import Count

pytestmark = pytest.mark.django_db

SHARED = {"visibility": Post.Visibility.PUBLIC}


def found(text: str, **filters: Any) -> list[int]:
    """What a stranger's search gives."""
    return search(PUBLIC, parse(text), **{"limit": 50, **filters})


@pytest.fixture
def post(alice: User) -> Post:
    """A public post with a secret in every text that is not for strangers."""
    project = create_project(alice, name="Skunkworks")
    post = create_post(
        alice,
        prompt="zebra recipe of Wintermute",
        negative_prompt="blurred",
        caption="Quiet sea, last light.\n#Dusk",
        project=project,
        prompt_is_shared=True,
        **SHARED,
    )
    conversation = create_conversation(alice, title="Operation Mincemeat")
    turn = create_turn(conversation, outputs=0)
    GeneratedImage.objects.filter(post=post).update(turn=turn)
    return post


SECRET = [
    *("zebra", "recipe", "wintermute", "blurred", "skunkworks", "operation", "mincemeat", "alice"),
    *("zebr", "recip", "wint", "wi", "skunk", "oper", "minc"),
    *('"zebra recipe"', '"recipe of wintermute"', '"operation mincemeat"', '"wintermute quiet"'),
    *("model:zebra", "model:mincemeat", "ZEBRA", "zébra", "zebra-recipe", "(zebra)", '"zebra'),
    *("zebra*", "zebra:D", "{prompt}:zebra", "titles:mincemeat"),
]


@pytest.mark.parametrize("text", SECRET)
def test_no_word_of_a_private_text_finds_the_post(post: Post, text: str) -> None:
    for typed in (text, f"{text} ", f"sea {text}", f"{text} sea "):
        assert found(typed) == [], typed


@pytest.mark.parametrize("text", SECRET)
def test_no_word_of_a_private_text_leaves_the_post_out(post: Post, text: str) -> None:
    for typed in (f"-{text}", f"sea -{text}", f"-{text} sea", f"sea -{text} "):
        assert found(typed) == [post.pk], typed


@pytest.mark.parametrize(
    "text",
    [
        *("sea", "se", "quiet sea", '"last light"', "dusk ", "-storm", "lumen", "lum", "LIGHT "),
        *("model:lumen", "sea model:lum", "sea -model:poster", "aspect:1:1", "", "sea aspect:1:1"),
    ],
)
def test_captions_and_models_are_found(post: Post, text: str) -> None:
    assert found(text) == [post.pk]


@pytest.mark.parametrize(
    "text", ["-sea", "quiet -light", "-lumen", "sea -model:lumen", "-aspect:1:1"]
)
def test_captions_and_models_are_left_out(post: Post, text: str) -> None:
    assert found(text) == []


def test_a_word_of_caption_and_prompt_is_one_of_the_caption(alice: User) -> None:
    post = add_post(alice, "a fox in the fox den", caption="The fox.", **SHARED)
    assert found("fox") == found("fox ") == [post.pk]
    assert found("-fox") == []
    assert found('"fox den"') == found('"den the"') == found("den") == []
    assert found('-"fox den"') == [post.pk]


def test_a_long_prompt_lends_its_words_no_weight(alice: User) -> None:
    """PostgreSQL counts places up to 16,383: all later words are at the last one."""
    prompt = " ".join(f"w{n}" for n in range(17_000)) + " zebra"
    post = add_post(alice, prompt, caption="a quiet sea", **SHARED)
    assert found("quiet sea ") == [post.pk]
    assert found("zebra ") == found("zebr") == found('"zebra a"') == []
    assert found("-zebra") == [post.pk]


def test_the_owner_still_finds_every_text(alice: User, post: Post) -> None:
    for text in ("zebra", "wint", "mincemeat", "sea", "lumen", '"operation mincemeat"'):
        assert post.pk in search(alice.pk, parse(text), limit=5), text
    assert post.pk not in search(alice.pk, parse("-zebra"), limit=5)


def test_only_public_posts_are_found_whoever_made_them(alice: User, bob: User) -> None:
    hers, his = (add_post(who, "", caption="the sea", **SHARED) for who in (alice, bob))
    unlisted = add_post(alice, "", caption="the sea")
    add_post(alice, "", caption="the sea", deleted_at=timezone.now(), **SHARED)
    assert found("sea") == found("") == [his.pk, hers.pk]
    assert found("sea", newest=False) == [hers.pk, his.pk]
    assert found("sea", cursor=his.pk) == [hers.pk]
    Post.objects.filter(pk=unlisted.pk).update(**SHARED)
    Post.objects.filter(pk=hers.pk).update(visibility=Post.Visibility.UNLISTED)
    assert found("sea") == [unlisted.pk, his.pk]


def test_filters_are_those_of_the_gallery(alice: User) -> None:
    wide = add_post(alice, "", caption="the sea", aspect_ratio="16:9", **SHARED)
    edited = add_post(alice, "", caption="the sea", status=Post.Status.EDITED, **SHARED)
    add_image(edited, model="x/poster", model_name="Poster")
    assert found("", aspect="16:9") == [wide.pk]
    assert found("sea", kind="edited") == found("", model="x/poster") == [edited.pk]
    assert found("sea after:2020 before:9000") == [edited.pk, wide.pk]
    assert found("", since=timezone.localdate(), limit=1) == [edited.pk]


@pytest.mark.django_db(transaction=True)
def test_the_migration_goes_back_and_forth(alice: User) -> None:
    post = add_post(alice, "zebra", caption="a quiet sea", **SHARED)
    bare = add_post(alice, "zebra", **SHARED)
    try:
        call_command("migrate", "gallery", "0011", verbosity=0)
        assert search(alice.pk, parse("zebra sea "), limit=5) == [post.pk]
        Post.objects.filter(pk=post.pk).update(caption="a loud sea")
        between = add_post(alice, "zebra", caption="the sea", **SHARED)
    finally:
        call_command("migrate", verbosity=0)
    assert found("sea ") == [between.pk, post.pk]
    assert found("loud") == [post.pk]
    assert found("zebra") == []
    assert search(alice.pk, parse("zebra "), limit=5) == [between.pk, bare.pk, post.pk]
    assert stale_posts() == []


@pytest.mark.django_db(transaction=True)
def test_the_migration_writes_only_posts_that_have_a_caption(alice: User) -> None:
    add_post(alice, "zebra", caption="a quiet sea")
    add_post(alice, "zebra")
    with connection.schema_editor() as editor, index_writes() as written:
        schema_3.downgrade(None, editor)
        schema_3.upgrade(None, editor)
        assert written() == (2 if connection.vendor == "postgresql" else 0)
        schema.upgrade(None, editor)


def _plan(text: str, **filters: Any) -> str:
    seen: list[str] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "gallery_post" in sql and "gallery_post_words" not in sql:
            word = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
            execute(f"{word} {sql}", params, many, context)
            seen.extend(str(row) for row in context["cursor"].fetchall())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        found(text, **filters)
    return "\n".join(seen)


@pytest.mark.parametrize("text", ["sea", "-storm", "", '"the sea" storm after:2026-01-05'])
def test_no_search_looks_at_all_posts(alice: User, count_rows: Count, text: str) -> None:
    Post.objects.bulk_create(
        Post(
            owner=alice,
            caption=f"{'sea' if n % 50 else 'storm'} {n}",
            visibility="public" if n % 3 else "unlisted",
        )
        for n in range(3000)
    )
    if connection.vendor == "postgresql":
        count_rows("gallery_post")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # cheap for so few posts
    plan = _plan(text)
    if connection.vendor == "sqlite":
        assert "VIRTUAL TABLE INDEX" in plan
        assert not re.search(r"SCAN gallery_post\b", plan)
    else:
        assert "post_public" in plan
        assert "Bitmap Index Scan on gallery_post_search" in plan
        assert "Seq Scan on gallery_post" not in plan
