"""Who finds what."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gallery.models import GeneratedImage, Post, Project
from gallery.search import parse, search
from pixelstream.accounts.models import User
from tests.factories import create_project, create_user
from tests.gallery.search.library import add_image, add_post
from tests.gallery.search.nasty import NASTY
from tests.planner import Count

pytestmark = pytest.mark.django_db

Find = Callable[..., list[str]]
SLOW = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None
)


@pytest.fixture
def find(alice: User) -> Find:
    """Search in alice's library; gives the prompts that are found."""

    def run(text: str = "", **filters: Any) -> list[str]:
        ids = search(alice.pk, parse(text), **{"limit": 50, **filters})
        prompts = dict(Post.objects.values_list("pk", "prompt"))
        return [prompts[pk] for pk in ids]

    return run


def test_all_words_must_be_there(alice: User, find: Find) -> None:
    add_post(alice, "a red fox")
    add_post(alice, "a red house")
    assert find("red fox ") == ["a red fox"]
    assert find("red ") == ["a red house", "a red fox"]
    assert find("fox house ") == []


def test_prompt_caption_and_model_are_searched_together(alice: User, find: Find) -> None:
    post = add_post(alice, "a fox", caption="Winter morning")
    add_image(post, model="google/nano", model_name="Nano Banana")
    assert find("fox winter banana ") == ["a fox"]
    assert find('"fox winter" ') == []
    assert find('"winter nano" ') == []


def test_the_last_word_is_a_prefix_until_a_space_follows(alice: User, find: Find) -> None:
    add_post(alice, "cinematic light")
    assert find("light cine") == ["cinematic light"]
    assert find("light cine ") == []
    assert find("cine light") == []


@pytest.mark.parametrize("text", ["ação", "acao", "AÇÃO", "Acão", "ac\u0327a\u0303o", '"ACAO de" '])
def test_accents_and_case_make_no_difference(alice: User, find: Find, text: str) -> None:
    add_post(alice, "Cena de AÇÃO de rua")
    add_post(alice, "cena de ac\u0327a\u0303o de filme")
    assert len(find(text)) == 2


def test_words_of_other_scripts_are_found(alice: User, find: Find) -> None:
    for text in ["лиса в ЛЕСУ", "ΑΛΕΠΟΎ στο δάσος", "狐 森", "ثعلب", "여우 숲", "शेर"]:
        add_post(alice, text)
    assert find("Лиса лесу") == ["лиса в ЛЕСУ"]
    assert find("δάσος ") == ["ΑΛΕΠΟΎ στο δάσος"]
    assert find("狐 ") == ["狐 森"]
    assert find("ثعلب ") == ["ثعلب"]
    assert find("여우 ") == ["여우 숲"]
    assert find("शेर ") == ["शेर"]


def test_a_phrase_is_words_in_their_order(alice: User, find: Find) -> None:
    add_post(alice, "the red fox runs")
    add_post(alice, "the fox is red")
    assert find('"red fox"') == ["the red fox runs"]
    assert find('"red fox" runs ') == ["the red fox runs"]
    assert find('"fox red"') == []
    assert find('"the red fo') == ["the red fox runs"]


@pytest.mark.parametrize(
    "text",
    ["fox.com", "http://fox.com/a?b=c", "fox/dog", "fox-dog", "fox_dog", "<b>fox</b>", "8fox,fox"],
)
def test_signs_part_words_in_every_database_alike(alice: User, find: Find, text: str) -> None:
    add_post(alice, text)
    assert find("fox ") == [text]
    assert find(f"{text} ") == [text]


def test_minus_leaves_out_words_and_phrases(alice: User, find: Find) -> None:
    add_post(alice, "red fox")
    add_post(alice, "red dog")
    add_post(alice, "blue dog")
    assert find("red -fox") == ["red dog"]
    assert find('-"red dog"') == ["blue dog", "red fox"]
    assert find("-red -blue") == []
    assert find("-zebra") == ["blue dog", "red dog", "red fox"]


def test_nobody_finds_anothers_posts(alice: User, bob: User) -> None:
    mine, theirs = add_post(alice, "a fox"), add_post(bob, "a fox")
    eleven = create_user("eleven@example.com", pk=int(f"{alice.pk}1"))
    add_post(eleven, "a fox")
    for text in ["", "fox", "-dog", "fo", '"a fox"', f"o{bob.pk}", f"scope:o{bob.pk} fox", "a"]:
        found = search(alice.pk, parse(text), limit=50)
        assert set(found) <= {mine.pk}, text
        assert theirs.pk not in found
    assert search(bob.pk, parse("fox"), limit=50) == [theirs.pk]


def test_nobody_brings_a_post_into_anothers_library(alice: User, bob: User) -> None:
    """Words of a text are never taken for the tokens that say whose it is."""
    owner = f"o{alice.pk}"
    text = f"fox {owner} ={owner} \ue000{owner} '={owner}' scope:{owner}"
    image = add_image(add_post(bob, text, caption=text), model_name=f"\ue000{owner} ={owner}")
    GeneratedImage.objects.filter(pk=image.pk).update(model=f"a \ue000{owner} '={owner}'")
    for query in ["fox", "", f"-dog {owner} ", "fo", "-dog", "model:o"]:
        assert search(alice.pk, parse(query), limit=5) == []


def test_filters_of_kind_shape_and_project(alice: User, find: Find) -> None:
    project = create_project(alice)
    add_post(alice, "fox one", aspect_ratio="16:9")
    add_post(alice, "fox two", status=Post.Status.EDITED, project=project)
    add_post(alice, "fox three", status=Post.Status.GENERATING_IMAGES)
    assert find("fox", kind="created") == ["fox three", "fox one"]
    assert find("fox", kind="edited") == ["fox two"]
    assert find("fox", kind="'video' & x") == []
    assert find("fox", aspect="16:9") == ["fox one"]
    assert find("fox aspect:16:9") == ["fox one"]
    assert find("fox -aspect:16:9") == ["fox three", "fox two"]
    assert find("aspect:1:1 aspect:16:9") == []
    assert find("fox", aspect="16") == []
    assert find("fox", project_id=project.pk) == ["fox two"]
    assert find(aspect="1:1") == ["fox three", "fox two"]


def test_a_post_belongs_to_each_of_its_models(alice: User, find: Find) -> None:
    fox, dog = add_post(alice, "fox"), add_post(alice, "dog")
    add_image(fox, model="builtin/lumen", model_name="Lumen")
    add_image(fox, model="google/nano-2", model_name="Nano Banana 2", position=1)
    add_image(dog, model="builtin/lumen-2", model_name="Lumen Two")
    assert find(model="builtin/lumen") == ["fox"]
    assert find(model="google/nano-2") == ["fox"]
    assert find(model="builtin/lumen-2") == ["dog"]
    assert find(model="lumen") == []
    assert find('model:"nano banana 2"') == ["fox"]
    assert find("model:lumen ") == ["dog", "fox"]
    assert find("model:lu") == ["dog", "fox"]
    assert find("model:two fox ") == []
    assert find('-model:"lumen two"') == ["fox"]
    assert find("model:fox") == []


def test_days_are_included_at_both_ends(alice: User, find: Find) -> None:
    noon = dt.datetime(2026, 3, 5, 12, tzinfo=dt.UTC)
    for days in (400, 31, 1, 0):
        add_post(alice, f"fox {days}", created_at=noon - dt.timedelta(days=days))
    day = noon.date()
    assert find("fox", since=day) == ["fox 0"]
    assert find("fox", until=day) == ["fox 0", "fox 1", "fox 31", "fox 400"]
    assert find("fox", since=day - dt.timedelta(days=1), until=day - dt.timedelta(days=1)) == [
        "fox 1"
    ]
    assert find("fox after:2026-03") == ["fox 0", "fox 1"]
    assert find("fox before:2026-03") == ["fox 31", "fox 400"]
    assert find("after:2026 before:2026-03") == ["fox 31"]
    assert find("after:2026", until=dt.date(2025, 12, 31)) == []
    assert find("before:1970") == []


def test_days_are_those_of_the_persons_time_zone(alice: User, find: Find) -> None:
    add_post(alice, "fox", created_at=dt.datetime(2026, 1, 1, 1, tzinfo=dt.UTC))
    with timezone.override("America/Sao_Paulo"):
        assert find("before:2026") == ["fox"]
        assert find("after:2026") == []
        assert find(since=dt.date(2025, 12, 31), until=dt.date(2025, 12, 31)) == ["fox"]


def test_an_old_picture_that_was_imported_late_is_found_by_its_day(alice: User, find: Find) -> None:
    add_post(alice, "new fox", created_at=dt.datetime(2026, 5, 1, tzinfo=dt.UTC))
    add_post(alice, "old fox", created_at=dt.datetime(2019, 5, 1, tzinfo=dt.UTC))
    add_post(alice, "oldest fox", created_at=dt.datetime(1990, 5, 1, tzinfo=dt.UTC))
    assert find("fox before:2020") == ["oldest fox", "old fox"]
    assert find("fox before:2019-06") == ["oldest fox", "old fox"]
    assert find("fox after:2019 before:2020") == ["old fox"]
    assert find("fox after:2019-05-02 before:2025") == []
    assert find("fox before:1991 after:1990-04") == ["oldest fox"]
    assert find("fox after:2026") == ["new fox"]


@pytest.mark.parametrize("text", ["fox", "-dog", "fo", "", '"a fox" after:2020'])
@pytest.mark.parametrize("newest", [True, False])
def test_walking_shows_each_of_five_hundred_posts_once(
    alice: User, bob: User, text: str, newest: bool
) -> None:
    Post.objects.bulk_create(
        Post(owner=owner, prompt=prompt, status=Post.Status.GENERATED)
        for _ in range(500)
        for owner, prompt in ((alice, "a fox"), (alice, "dog"), (bob, "a fox"))
    )
    wanted = Post.objects.filter(owner=alice)
    if text:
        wanted = wanted.filter(prompt="a fox")
    expected = list(wanted.order_by("-pk" if newest else "pk").values_list("pk", flat=True))
    walked: list[int] = []
    while page := search(
        alice.pk, parse(text), newest=newest, cursor=walked[-1] if walked else None, limit=97
    ):
        walked += page
    assert walked == expected


def test_posts_below_the_window_are_found_too(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL looks through the next posts first, and asks the index only then."""
    monkeypatch.setattr("gallery.search.postgresql.WINDOW", 3)
    ids = [add_post(alice, "fox" if n % 2 else "dog").pk for n in range(20)]
    foxes = ids[1::2]
    assert search(alice.pk, parse("fox"), limit=50) == foxes[::-1]
    assert search(alice.pk, parse("fox"), limit=3) == foxes[::-1][:3]
    assert search(alice.pk, parse("fox"), limit=50, newest=False) == foxes
    assert search(alice.pk, parse("fox"), limit=2, cursor=foxes[-3]) == foxes[::-1][3:5]
    assert search(alice.pk, parse("fox"), limit=2, cursor=foxes[2], newest=False) == foxes[3:5]


@pytest.mark.parametrize("newest", [True, False])
def test_a_page_is_limited(alice: User, newest: bool) -> None:
    for _ in range(3):
        add_post(alice, "fox")
    assert len(search(alice.pk, parse("fox"), newest=newest, limit=2)) == 2
    assert search(alice.pk, parse("fox"), newest=newest, limit=0) == []


def test_nothing_that_is_typed_makes_the_database_fail(alice: User) -> None:
    post = add_post(alice, "a fox")
    for text in NASTY:
        assert set(search(alice.pk, parse(text), limit=5)) <= {post.pk}, text


def test_whatever_stands_in_a_post_is_found_with_the_same_words(alice: User) -> None:
    for typed in NASTY:
        text = typed.encode("utf-8", "ignore").decode()
        text = re.sub("[\x00\ue000]", "", text)[:2000]
        words = re.sub('[-−:"“”„]', " ", text)
        post = add_post(alice, text)
        assert post.pk in search(alice.pk, parse(words + " "), limit=500), typed
        assert post.pk in search(alice.pk, parse(words), limit=500), typed


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None
)
@given(st.text(st.characters(), max_size=60))
def test_any_text_can_be_searched(alice: User, text: str) -> None:
    search(alice.pk, parse(text), limit=5)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None
)
@given(
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=60),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=60),
)
def test_any_text_can_be_saved(alice: User, prompt: str, caption: str) -> None:
    post = add_post(alice, prompt, caption=caption)
    assert post.pk in search(alice.pk, parse(""), limit=5)


def test_a_very_long_text_can_be_saved(alice: User, find: Find) -> None:
    post = add_post(
        alice, "fox " + " ".join(f"w{n}" for n in range(200_000)), caption="x" * 500_000
    )
    assert search(alice.pk, parse("fox "), limit=5) == [post.pk]


def _plan(alice: User, text: str, **filters: Any) -> str:
    seen: list[str] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "SELECT" not in sql:
            return execute(sql, params, many, context)
        word = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        execute(f"{word} {sql}", params, many, context)
        seen.extend(str(row) for row in context["cursor"].fetchall())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        search(alice.pk, parse(text), **{"limit": 31, **filters})
    return "\n".join(seen)


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("fox", {}),
        ("fox", {"newest": False, "cursor": 700}),
        ("-dog", {"cursor": 400}),
        ("", {"aspect": "1:1"}),
        ("", {"kind": "video"}),
        ('"a fox" dog model:x after:2026-01-05', {"model": "builtin/lumen", "kind": "edited"}),
    ],
)
def test_no_search_looks_at_all_posts(
    alice: User, bob: User, count_rows: Count, text: str, filters: dict[str, Any]
) -> None:
    Post.objects.bulk_create(
        Post(owner=(alice, bob)[n % 2], prompt=f"{'fox' if n % 50 else 'dog'} {n}")
        for n in range(3000)
    )
    if connection.vendor == "postgresql":
        count_rows("gallery_post")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # cheap for so few posts
    plan = _plan(alice, text, **filters)
    if connection.vendor == "sqlite":
        assert "VIRTUAL TABLE INDEX" in plan
        assert not re.search(r"SCAN gallery_post\b", plan)
        assert "TEMP B-TREE" not in plan
    else:
        assert "Seq Scan" not in plan
        assert "gallery_post_search" in plan


def test_one_statement_whatever_is_asked(alice: User, django_assert_num_queries: Any) -> None:
    query = parse('"red fox" -dog model:lumen aspect:16:9 after:2026 x')
    with django_assert_num_queries(1):
        search(alice.pk, query, kind="created", model="a/b", aspect="1:1", limit=31)


def test_a_project_that_goes_leaves_its_posts_findable(alice: User, find: Find) -> None:
    project = create_project(alice)
    add_post(alice, "fox", project=project)
    Project.objects.filter(pk=project.pk).delete()
    assert find("fox") == ["fox"]
    assert find("fox", project_id=project.pk) == []


def test_a_beginning_finds_all_its_words_however_many_there_are(alice: User, find: Find) -> None:
    few = ["lantern", "lanterns", "lantern-lit", "LANTERNA"]
    many = [f"word{number}x" for number in range(40)]
    for prompt in [*few, *many, "lan terns wor d1"]:
        add_post(alice, prompt)
    assert set(find("lantern")) == set(few)
    assert set(find("word")) == set(many)
    assert find("lanternz") == []
