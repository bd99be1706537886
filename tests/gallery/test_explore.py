"""Which posts the public wall shows, in which order, and what that costs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery import explore
from gallery.browse import Filters
from gallery.explore import Wall, matches_of, models_to_choose, wall
from gallery.models import Post, StoredObject
from gallery.public_cursors import next_href
from gallery.public_forms import ExploreQuery
from pixelstream.accounts.models import User
from tests.factories import create_user
from tests.gallery.search.library import add_image, add_post
from tests.planner import Count

pytestmark = pytest.mark.django_db

NOW = timezone.now()
PUBLIC = Post.Visibility.PUBLIC


@pytest.fixture(autouse=True)
def _no_models_of_other_tests() -> Iterator[None]:
    explore.forget_models()
    yield
    explore.forget_models()


def show(owner: User, caption: str = "the sea", *, picture: bool = True, **fields: Any) -> Post:
    """A public post with a picture."""
    post = add_post(owner, "a secret", caption=caption, **{"visibility": PUBLIC, **fields})
    if picture:
        add_image(post)
    return post


def featured(owner: User, minutes_ago: int, **fields: Any) -> Post:
    """A post of the shelf."""
    since = NOW - dt.timedelta(minutes=minutes_ago)
    return show(owner, is_featured=True, featured_at=since, **fields)


def captions(posts: list[Post]) -> list[str]:
    return [post.caption for post in posts]


def all_pages(filters: Filters) -> tuple[list[Post], list[Wall]]:
    """What one sees who pages on to the end."""
    walls = [wall(filters)]
    while walls[-1].page.has_more:
        page = walls[-1].page
        walls.append(wall(filters, before=page.before, after=page.after))
    return [post for one in walls for post in one.page.items], walls


# --- what is shown


def hidden_posts(alice: User, bob: User) -> list[Post]:
    """One for each reason not to be listed. Bob is suspended."""
    hidden = [
        show(alice, visibility=Post.Visibility.UNLISTED),
        show(alice, deleted_at=NOW),
        show(alice, is_disabled_by_admin=True),
        show(alice, sharing_enabled=False),
        show(alice, share_expires_at=NOW - dt.timedelta(seconds=1)),
        show(alice, review=Post.Review.HELD),
        show(alice, status=Post.Status.GENERATING_IMAGES),
        show(alice, status=Post.Status.FAILED),
        show(bob),
        show(alice, picture=False),
    ]
    User.objects.filter(pk=bob.pk).update(is_active=False)
    private = show(alice)
    StoredObject.objects.filter(image__post=private).update(area="private")
    return [*hidden, private]


@pytest.mark.parametrize(
    "filters",
    [Filters(), Filters(newest=False), Filters(q="sea"), Filters(kind="created", newest=False)],
)
def test_only_what_everybody_may_see_listed(alice: User, bob: User, filters: Filters) -> None:
    shown = [
        show(alice),
        show(alice, share_expires_at=NOW + dt.timedelta(hours=1)),
        show(alice, review=Post.Review.PASSED),
    ]
    hidden_posts(alice, bob)
    expected = shown[::-1] if filters.newest else shown
    assert wall(filters).page.items == expected


def test_the_shelf_shows_the_latest_featured_and_nothing_that_may_not_be_seen(
    alice: User, bob: User
) -> None:
    for post in hidden_posts(alice, bob):
        Post.objects.filter(pk=post.pk).update(is_featured=True, featured_at=NOW)
    posts = [featured(alice, minutes) for minutes in (5, 1, 3)]
    shown = wall(Filters())
    assert shown.featured == [posts[1], posts[2], posts[0]]
    assert shown.page.items == []


def test_the_shelf_has_so_many_and_none_of_them_is_in_the_list(alice: User) -> None:
    plain = [show(alice, f"{n}") for n in range(30)]
    chosen = [featured(alice, n, caption=f"chosen {n}") for n in range(explore.FEATURED + 2)]
    posts, walls = all_pages(Filters())
    assert walls[0].featured == chosen[: explore.FEATURED]
    assert [one.featured for one in walls[1:]] == [[]] * (len(walls) - 1)
    assert posts == [*chosen[explore.FEATURED :][::-1], *plain[::-1]]


@pytest.mark.parametrize("filters", [Filters(q="sea"), Filters(newest=False)])
def test_the_shelf_stands_on_the_newest_first_without_filters_only(
    alice: User, filters: Filters
) -> None:
    chosen, plain = featured(alice, 1), show(alice)
    shown = wall(filters)
    assert shown.featured == []
    assert set(shown.page.items) == {chosen, plain}


@pytest.mark.parametrize("newest", [True, False])
@pytest.mark.parametrize("q", ["", "sea"])
def test_pages_follow_each_other_without_a_gap(alice: User, q: str, newest: bool) -> None:
    made = [show(alice, f"the sea {n}") for n in range(2 * explore.SIZE + 3)]
    posts, walls = all_pages(Filters(q=q, newest=newest))
    assert posts == (made[::-1] if newest else made)
    assert [len(one.page.items) for one in walls] == [explore.SIZE, explore.SIZE, 3]


@pytest.mark.parametrize("newest", [True, False])
@pytest.mark.parametrize(
    ("rounds", "pages"), [((10,), [1, 0, 1]), ((5, 8), [1, 0, 1]), ((30,), [2])]
)
def test_a_search_goes_on_past_what_may_not_be_seen(
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
    newest: bool,
    rounds: tuple[int, ...],
    pages: list[int],
) -> None:
    """The index does not know who is suspended."""
    monkeypatch.setitem(explore.LOOKED_AT, connection.vendor, rounds)
    first = show(alice, "the sea first")
    for _ in range(25):
        show(alice, is_disabled_by_admin=True)
    last = show(alice, "the sea last")
    posts, walls = all_pages(Filters(q="sea", newest=newest))
    assert posts == ([last, first] if newest else [first, last])
    assert [len(one.page.items) for one in walls] == pages


@pytest.mark.parametrize("rounds", [(explore.SIZE,), (5, 200), (explore.SIZE + 1,), (5, 10)])
def test_a_search_loses_none_and_comes_to_an_end(
    alice: User, monkeypatch: pytest.MonkeyPatch, rounds: tuple[int, ...]
) -> None:
    monkeypatch.setitem(explore.LOOKED_AT, connection.vendor, rounds)
    made = [show(alice) for _ in range(explore.SIZE + 3)]
    posts, walls = all_pages(Filters(q="sea"))
    assert posts == made[::-1]
    assert len(walls) <= 3


def test_filters_choose_as_in_the_gallery(alice: User) -> None:
    wide = show(alice, aspect_ratio="16:9")
    edited = show(alice, status=Post.Status.EDITED)
    other = show(alice, picture=False)
    add_image(other, model="x/poster", model_name="Poster")
    assert wall(Filters(aspect="16:9")).page.items == [wide]
    assert wall(Filters(kind="edited")).page.items == [edited]
    assert wall(Filters(model="x/poster")).page.items == [other]
    assert wall(Filters(q="poster")).page.items == [other]
    assert wall(Filters(since=timezone.localdate())).page.items == [other, edited, wide]
    assert wall(Filters(until=timezone.localdate() - dt.timedelta(days=2))).page.items == []


def test_a_project_is_no_filter_of_strangers(alice: User) -> None:
    query = ExploreQuery({"project": "1", "q": "sea"})
    assert query.filters() == Filters(q="sea")


# --- the way on says no id


def test_the_way_on_says_no_id_and_keeps_the_filters(alice: User) -> None:
    for n in range(explore.SIZE + 1):
        show(alice, f"the sea {n}")
    for filters, name in ((Filters(q="sea"), "before"), (Filters(q="sea", newest=False), "after")):
        page = wall(filters).page
        href = next_href(page, filters.parameters())
        assert not re.search(r"=\d+(&|$)", href)
        query = ExploreQuery(
            dict(part.split("=") for part in href[1:].replace("%3D", "~").split("&"))
        )
        assert query.filters() == filters
        sealed = re.search(rf"{name}=([^&]+)", href)
        assert sealed
        assert ExploreQuery({name: sealed[1].replace("%3D", "=")}).value(name) == (
            page.before or page.after
        )


@pytest.mark.parametrize("text", ["1", "12345", "", "x" * 40, "é", "\x00", "=" * 32, "9" * 5000])
def test_what_is_no_cursor_is_the_first_page(text: str) -> None:
    query = ExploreQuery({"before": text, "after": text})
    assert query.value("before") is None
    assert query.value("after") is None


# --- what is set apart of a search


def test_only_words_of_captions_are_set_apart() -> None:
    matches = matches_of(Filters(q="fox"))
    assert matches
    assert matches.words(Post(caption="A <fox>", prompt="")) == "A &lt;<mark>fox</mark>&gt;"
    assert matches.words(Post(caption="Quiet.", prompt="a secret fox")) == "Quiet."
    assert matches.words(Post(caption="", prompt="a secret fox")) == ""
    assert matches_of(Filters()) is None


# --- the models that can be chosen


def test_the_models_of_recent_public_posts_can_be_chosen(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explore, "RECENT_POSTS", 2)
    add_image(show(alice, picture=False), model="x/older", model_name="Older")
    add_image(show(alice, picture=False), model="z/alpha", model_name="alpha")
    add_image(show(bob, picture=False), model="a/zeta", model_name="Zeta")
    *not_listed, bare, moving = hidden_posts(alice, create_user("c@example.com"))
    Post.objects.filter(pk__in=[bare.pk, moving.pk]).update(visibility="unlisted")
    for post in not_listed:
        add_image(post, position=1, model="x/hidden", model_name="Hidden")
    assert models_to_choose() == [("z/alpha", "alpha"), ("a/zeta", "Zeta")]
    assert models_to_choose("a/zeta") == models_to_choose()
    assert ("x/other", "x/other") in models_to_choose("x/other")
    assert ("x/other", "x/other") not in models_to_choose()


def test_the_models_are_kept_for_a_while(
    alice: User, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(alice)
    with django_assert_num_queries(1):
        models_to_choose()
        models_to_choose()
    monkeypatch.setattr(explore, "MAX_AGE", -1)
    with django_assert_num_queries(1):
        models_to_choose()


# --- what it costs


@pytest.mark.parametrize(
    ("filters", "most"),
    [
        (Filters(), 3),
        (Filters(newest=False), 2),
        (Filters(q="sea "), 3),
        (Filters(q="the se"), 4 if connection.vendor == "sqlite" else 3),
        (Filters(q="-fox", model="builtin/lumen", kind="created"), 3),
    ],
)
def test_a_page_costs_the_same_however_many_there_are(
    alice: User, bob: User, filters: Filters, most: int
) -> None:
    counts = []
    for _ in range(2):
        for n in range(explore.SIZE + 5):
            show((alice, bob)[n % 2])
            featured(alice, n)
        with CaptureQueriesContext(connection) as queries:
            shown = wall(filters)
            for post in [*shown.featured, *shown.page.items]:
                assert post.owner.public_name
                assert post.public_address
                assert post.cover
        counts.append(len(queries))
    assert counts[0] == counts[1] <= most


def _plans(filters: Filters, **cursors: int) -> list[str]:
    """The plan of each statement about posts."""
    plans: list[str] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if re.search(r"FROM \"?gallery_post\"? ", sql):
            word = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
            execute(f"{word} {sql}", params, many, context)
            plans.append("\n".join(str(row) for row in context["cursor"].fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        wall(filters, **cursors)
    return plans


@pytest.fixture
def library(alice: User, bob: User, count_rows: Count) -> None:
    """Rows enough for a plan to mean something: one in four is public, one in a hundred of them
    featured.
    """
    Post.objects.bulk_create(
        Post(
            owner=(alice, bob)[n % 2],
            caption=f"the sea {n}",
            status="generated",
            visibility="unlisted" if n % 4 else "public",
            is_featured=n % 400 == 0,
            featured_at=NOW if n % 400 == 0 else None,
        )
        for n in range(6000)
    )
    count_rows("gallery_post", "accounts_user")


SORTS = re.compile(r"USE TEMP B-TREE FOR (RIGHT PART OF )?ORDER BY|Sort Key")
READS_ALL = re.compile(r"(SCAN|Seq Scan on) gallery_post\b(?! USING INDEX)")


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("cursors", [{}, {"before": 3000}])
def test_the_list_walks_the_index_of_the_feed_and_the_shelf_its_own(
    cursors: dict[str, int],
) -> None:
    shelf, posts = _plans(Filters(), **cursors)
    assert "post_featured" in shelf, shelf
    assert "post_public" in posts, posts
    for plan in (shelf, posts):
        assert not SORTS.search(plan), plan
        assert not READS_ALL.search(plan), plan


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("cursors", [{}, {"after": 3000}])
def test_the_oldest_first_walk_the_same_index(cursors: dict[str, int]) -> None:
    (posts,) = _plans(Filters(newest=False), **cursors)
    assert "post_public" in posts, posts
    assert not SORTS.search(posts), posts


@pytest.mark.usefixtures("library")
def test_what_a_search_found_is_looked_up_by_id() -> None:
    *_search, posts = _plans(Filters(q="sea"))
    assert not READS_ALL.search(posts), posts
