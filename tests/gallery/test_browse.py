"""Which posts the gallery shows, and in which order."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.safestring import SafeString

from gallery.api.listing import posts_page
from gallery.browse import (
    Filters,
    better_spelled,
    browse,
    count_up_to,
    matches_of,
    matching,
    models_of,
)
from gallery.forms import GalleryQuery
from gallery.models import Post
from pixelstream.accounts.models import User
from pixelstream.api.lists import PageIn
from tests.factories import create_project
from tests.gallery.search.library import add_image, add_post
from tests.planner import Count

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 3, 14)


def noon(day: dt.date) -> dt.datetime:
    """The middle of a day."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


def ids(user: User, filters: Filters, **cursors: Any) -> list[int]:
    """The first page's posts."""
    return [post.pk for post in browse(user, filters, size=30, **cursors).items]


def walk(user: User, filters: Filters, size: int) -> list[int]:
    """All pages, one after the other."""
    seen: list[int] = []
    cursors: dict[str, int | None] = {}
    while True:
        page = browse(user, filters, size=size, **cursors)
        seen += [post.pk for post in page.items]
        if not page.has_more:
            return seen
        cursors = {"before": page.before, "after": page.after}


@pytest.fixture
def library(alice: User) -> dict[str, Post]:
    """One post for every filter."""
    posts = {
        "plain": add_post(alice, "a fox in the snow", created_at=noon(DAY)),
        "wide": add_post(
            alice, "a harbour", aspect_ratio="16:9", created_at=noon(DAY + dt.timedelta(days=1))
        ),
        "edited": add_post(
            alice, "a fox, refined", status="edited", created_at=noon(DAY + dt.timedelta(days=2))
        ),
        "gouache": add_post(alice, "a lake", created_at=noon(DAY + dt.timedelta(days=3))),
        "project": add_post(alice, "a fox with honey", project=create_project(alice)),
    }
    for name in ("plain", "wide", "edited", "project"):
        add_image(posts[name])
    add_image(posts["gouache"], model="builtin/gouache", model_name="Gouache")
    return posts


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (Filters(), ["project", "gouache", "edited", "wide", "plain"]),
        (Filters(newest=False), ["plain", "wide", "edited", "gouache", "project"]),
        (Filters(kind="edited"), ["edited"]),
        (Filters(kind="created"), ["project", "gouache", "wide", "plain"]),
        (Filters(model="builtin/gouache"), ["gouache"]),
        (Filters(model="nobody/knows"), []),
        (Filters(aspect="16:9"), ["wide"]),
        (Filters(since=DAY, until=DAY), ["plain"]),
        (Filters(until=DAY + dt.timedelta(days=1), newest=False), ["plain", "wide"]),
        (Filters(since=DAY + dt.timedelta(days=2), until=DAY + dt.timedelta(days=9)),
         ["gouache", "edited"]),
        (Filters(q="fox"), ["project", "edited", "plain"]),
        (Filters(q="fox", kind="created", newest=False), ["plain", "project"]),
        (Filters(q="fox", since=DAY, until=DAY, aspect="1:1"), ["plain"]),
        (Filters(q="fox", model="builtin/gouache"), []),
    ],
)  # fmt: skip
def test_each_filter_and_all_together(
    alice: User, library: dict[str, Post], filters: Filters, names: list[str]
) -> None:
    assert ids(alice, filters) == [library[name].pk for name in names]
    assert set(matching(alice, filters).values_list("pk", flat=True)) == set(ids(alice, filters))
    assert count_up_to(alice, filters, 100) == len(names)


def test_a_project_is_searched_and_filtered_like_everything_else(
    alice: User, library: dict[str, Post]
) -> None:
    project_id = library["project"].project_id
    assert ids(alice, Filters(project_id=project_id)) == [library["project"].pk]
    assert ids(alice, Filters(q="fox", project_id=project_id)) == [library["project"].pk]
    assert ids(alice, Filters(q="harbour", project_id=project_id)) == []


@pytest.mark.parametrize("query", ["", "fox"])
@pytest.mark.parametrize("newest", [True, False])
def test_walking_shows_every_post_once_in_both_orders(
    alice: User, query: str, *, newest: bool
) -> None:
    posts = [add_post(alice, f"a fox, number {n}").pk for n in range(23)]
    expected = posts[::-1] if newest else posts
    assert walk(alice, Filters(q=query, newest=newest), 5) == expected


@pytest.mark.parametrize("filters", [Filters(), Filters(q="fox"), Filters(kind="created")])
def test_others_and_the_trash_are_never_found(alice: User, bob: User, filters: Filters) -> None:
    mine = add_post(alice, "a fox")
    add_post(bob, "a fox")
    add_post(alice, "a fox", deleted_at=timezone.now())
    assert ids(alice, filters) == [mine.pk]
    assert list(matching(alice, filters)) == [mine]
    assert count_up_to(alice, filters, 100) == 1


@pytest.mark.parametrize("filters", [Filters(), Filters(q="fox"), Filters(newest=False)])
def test_cursors_of_what_is_gone_or_never_was_still_lead_somewhere(
    alice: User, filters: Filters
) -> None:
    posts = [add_post(alice, "a fox") for _ in range(3)]
    middle = posts[1].pk
    Post.objects.filter(pk=middle).update(deleted_at=timezone.now())
    expected = posts[0].pk if filters.newest else posts[2].pk
    assert ids(alice, filters, before=middle, after=middle) == [expected]
    assert ids(alice, filters, before=1, after=2**63 - 1) == []


def test_a_cursor_of_the_other_order_means_nothing(alice: User) -> None:
    post = add_post(alice, "a fox")
    assert ids(alice, Filters(), after=2**40) == [post.pk]
    assert ids(alice, Filters(newest=False), before=1) == [post.pk]


@pytest.mark.parametrize("filters", [Filters(), Filters(q="fox")])
def test_counting_and_matching_end_at_their_limit(alice: User, filters: Filters) -> None:
    posts = [add_post(alice, "a fox").pk for _ in range(5)]
    assert count_up_to(alice, filters, 3) == 3
    assert sorted(matching(alice, filters, limit=3).values_list("pk", flat=True)) == posts[2:]


def test_the_models_that_a_person_used_come_by_name_with_their_latest_one(
    alice: User, bob: User
) -> None:
    for name in ("Zeta", "Zeta 2"):
        add_image(add_post(alice, "a fox"), model="a/zeta", model_name=name)
    add_image(add_post(alice, "a fox"), model="z/alpha", model_name="alpha")
    add_image(add_post(bob, "a fox"), model="b/other", model_name="Other")
    assert models_of(alice) == [("z/alpha", "alpha"), ("a/zeta", "Zeta 2")]
    assert models_of(User()) == []


@pytest.mark.parametrize("where", ["gallery", "API"])
def test_a_first_page_passes_nothing_that_others_made_since(
    where: str, alice: User, bob: User, count_rows: Count
) -> None:
    """However much of everything is the person's."""
    old = [Post(owner=alice, prompt="a lighthouse") for _ in range(400)]
    Post.objects.bulk_create([*old, *(Post(owner=bob, prompt="a fox") for _ in range(2000))])
    count_rows()
    with CaptureQueriesContext(connection) as captured:
        if where == "API":
            found = [post["id"] for post in posts_page(alice, Filters(), PageIn(limit=30))["items"]]
        else:
            found = ids(alice, Filters())
    newest = Post.objects.filter(owner=alice).order_by("-pk").values_list("pk", flat=True)
    assert found == list(newest[:30])
    [asked] = [query["sql"] for query in captured if 'FROM "gallery_post"' in query["sql"]]
    with connection.cursor() as cursor:
        word = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        cursor.execute(f"{word} {asked}")
        plan = " ".join(str(row[-1]) for row in cursor.fetchall())
    assert "post_owner_live" in plan, plan
    assert "sort" not in plan.lower(), plan
    assert "TEMP B-TREE" not in plan, plan


def test_the_models_are_found_in_the_index_one_look_for_each(alice: User) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        models_of(alice)
    if connection.vendor != "sqlite":
        pytest.skip("the plan of a small table means nothing")
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + queries[-1]["sql"])
        plan = [row[3] for row in cursor.fetchall()]
    images = [line for line in plan if "gallery_generatedimage" in line]
    assert images
    assert all(line.startswith("SEARCH") and "image_owner_model" in line for line in images), plan


# --- what is shown of a match


def shown(caption: str, prompt: str, query: str) -> SafeString:
    """The words on a card."""
    matches = matches_of(Filters(q=query))
    assert matches
    return matches.words(Post(caption=caption, prompt=prompt))


def test_matches_are_set_apart_and_everything_else_is_escaped() -> None:
    assert shown("A <b>fox</b>", "", "fox") == "A &lt;b&gt;<mark>fox</mark>&lt;/b&gt;"


def test_when_only_the_prompt_matched_the_prompt_is_shown() -> None:
    assert shown("Quiet.", "a fox in the snow", "fox") == "a <mark>fox</mark> in the snow"
    assert shown("Quiet.", "a lake", "fox") == "Quiet."
    assert shown("", "a fox", "fox") == "a <mark>fox</mark>"


def test_a_late_match_is_moved_to_where_it_is_seen() -> None:
    words = shown("One & two. " * 30 + "Then the fox came.", "", "fox")
    assert words.startswith("… ")
    assert words.endswith("Then the <mark>fox</mark> came.")
    assert len(words) < 80
    assert words.replace("&amp;", "").count("&") == 0, "no entity is cut in two"


def test_without_a_search_nothing_is_set_apart(alice: User) -> None:
    assert matches_of(Filters()) is None
    assert better_spelled(alice, Filters()) is None


def test_a_better_spelling_keeps_the_filters_if_it_finds_something_with_them(
    alice: User,
) -> None:
    for _ in range(3):
        add_post(alice, "a lighthouse", aspect_ratio="16:9")
    wrong = Filters(q="lighthuose", newest=False)
    assert better_spelled(alice, wrong) == Filters(q="lighthouse", newest=False)
    wide, tall = (replace(wrong, aspect=aspect) for aspect in ("16:9", "9:16"))
    assert better_spelled(alice, wide) == replace(wide, q="lighthouse")
    assert better_spelled(alice, tall) == Filters(q="lighthouse", newest=False)
    assert better_spelled(alice, Filters(q="zzzzqqqq")) is None


# --- addresses


@pytest.mark.parametrize(
    ("address", "filters"),
    [
        ("", Filters()),
        ("q=+fox++&kind=edited", Filters(q="fox", kind="edited")),
        ("kind=video", Filters(kind="video")),
        ("model=builtin/lumen&aspect=16:9", Filters(model="builtin/lumen", aspect="16:9")),
        ("from=2026-03-01&to=2026-03-31",
         Filters(since=dt.date(2026, 3, 1), until=dt.date(2026, 3, 31))),
        ("from=2026-03-31&to=2026-03-01",
         Filters(since=dt.date(2026, 3, 1), until=dt.date(2026, 3, 31))),
        ("sort=oldest", Filters(newest=False)),
        ("sort=best&kind=film&aspect=wide&from=yesterday&to=2026-02-30&before=x", Filters()),
        ("from=0001-01-01&to=9999-12-31", Filters()),
        ("aspect=0:0", Filters()),
        ("aspect=16:9%0A", Filters(aspect="16:9")),
        ("q=a%00b", Filters(q="a b")),
        ("q=" + "x" * 10_000, Filters(q="x" * 500)),
    ],
)  # fmt: skip
def test_what_an_address_asks_for(address: str, filters: Filters) -> None:
    assert GalleryQuery(QueryDict(address)).filters() == filters


def test_filters_become_an_address_and_come_back() -> None:
    filters = Filters("fox & “dog”", "edited", "a/b", "16:9", DAY, DAY, newest=False)
    assert GalleryQuery(QueryDict(filters.query_string()[1:])).filters() == filters
    assert Filters().query_string() == "?"
    assert filters.without("q", "since", "until", "newest") == Filters(
        kind="edited", model="a/b", aspect="16:9"
    )
