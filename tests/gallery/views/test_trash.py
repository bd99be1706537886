"""The trash on pages: what is in it, what is asked before anything is gone, and what is told."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db.models.functions import Now
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gallery import trash_page
from gallery.models import Post, TrashEmptying
from gallery.services import emptying, outbox, trash
from pixelstream.accounts.models import User
from tests.factories import create_post, start, work_off

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
FROM_WALL = {**HTMX, "HX-Current-URL": "http://testserver/gallery/?sort=oldest"}
WALL_QUERIES = 15
NEWS_QUERIES = 9
BODY = "remove the original plus all generated versions. This cannot be undone."


def trashed(owner: User, count: int = 1, **fields: object) -> list[Post]:
    """Posts that were moved to the trash one after the other."""
    posts = [create_post(owner, **fields) for _ in range(count)]
    for post in posts:
        trash.trash(owner=owner, ids=[post.pk])
    return posts


def age(post: Post, **time: float) -> None:
    """Let it have gone into the trash so long ago."""
    Post.objects.filter(pk=post.pk).update(deleted_at=Now() - timedelta(**time))


def shown(answer: HttpResponse) -> list[int]:
    """The posts whose cards are in an answer, in their order."""
    return [int(pk) for pk in re.findall(r'id="post-(\d+)"', answer.content.decode())]


def told(answer: HttpResponse) -> dict[str, str]:
    """The message that the page shows when it gets this answer."""
    return json.loads(answer["HX-Trigger"])["toast"]  # type: ignore[no-any-return]


def text(answer: HttpResponse) -> str:
    """What is read on the page, on one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


# --- the page ---------------------------------------------------------------------------------


def test_it_shows_who_went_in_last_first_with_the_days_that_are_left(
    as_alice: Client, alice: User, bob: User
) -> None:
    create_post(alice)
    trashed(bob)
    first, late, last = trashed(alice, 3, images=2)
    age(first, days=10, hours=1)
    age(late, days=26, hours=1)
    answer = as_alice.get("/gallery/trash/")
    assert shown(answer) == [last.pk, first.pk, late.pk]
    page = text(answer)
    assert re.search(r"Trash 3 posts, \d+ KB", page)
    assert "Images stay here for 30 days, then they are deleted permanently." in page
    assert re.findall(r"(\d+) days? left", page) == ["30", "20", "4"]
    age(late, days=29, hours=1)
    html = as_alice.get("/gallery/trash/").content.decode()
    assert html.count("left--soon") == html.count("bar--full") == 1
    assert "1 day left" in html


def test_pictures_come_from_the_private_area(as_alice: Client, alice: User) -> None:
    (post,) = trashed(alice, visibility="public")
    outbox.run()
    html = as_alice.get("/gallery/trash/").content.decode()
    image = post.images.get()
    assert f'src="/pictures/{image.pk}/?w=320"' in html
    assert as_alice.get(image.url).status_code == 200


def test_a_picture_is_reached_by_its_owner_before_and_after_it_moved(
    as_alice: Client, as_bob: Client, alice: User
) -> None:
    (post,) = trashed(alice)
    image = post.images.get()
    address = f"/pictures/{image.pk}/?w=320"
    assert address in as_alice.get("/gallery/trash/").content.decode()
    assert as_alice.get(address)["Location"] == image.thumbnail_url
    assert as_alice.get(f"/pictures/{image.pk}/")["Location"] == image.url
    outbox.run()
    assert as_alice.get(address).status_code == 200
    trash.restore(owner=alice, ids=[post.pk])
    assert as_alice.get(address).status_code == 200
    outbox.run()
    answer = as_alice.get(address)
    assert (answer.status_code, answer["Cache-Control"]) == (302, "private, no-store")
    assert as_bob.get(address).status_code == 404


def test_what_was_still_being_made_says_that_it_was_canceled(as_alice: Client, alice: User) -> None:
    finished, unfinished = start(alice), start(alice)
    work_off(finished)
    trash.trash(owner=alice, ids=[finished.pk, unfinished.pk])
    answer = as_alice.get("/gallery/trash/").content.decode()
    cards = {int(pk): card for pk, card in re.findall(r'id="post-(\d+)"(.*?)</li>', answer, re.S)}
    assert "Canceled by user" in cards[unfinished.pk]
    assert "Canceled by user" not in cards[finished.pk]


def test_pages_follow_each_other_without_a_gap(
    as_alice: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash_page, "PAGE_SIZE", 2)
    posts = [create_post(alice, images=0) for _ in range(5)]
    trash.trash(owner=alice, ids=[post.pk for post in posts])  # all at the same moment
    seen, address = [], "/gallery/trash/"
    while True:
        answer = as_alice.get(address, headers=HTMX if seen else {})
        seen += shown(answer)
        following = re.search(r'href="(\?before=[\d-]+)"', answer.content.decode())
        if not following:
            break
        address = f"/gallery/trash/{following[1]}"
    assert seen == [post.pk for post in posts[::-1]]


def test_more_than_can_be_counted_is_said_so(
    as_alice: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash_page, "COUNTED", 2)
    trashed(alice, 3)
    assert "2+ posts, more than " in text(as_alice.get("/gallery/trash/"))


def test_an_empty_trash_offers_nothing_to_do(as_alice: Client) -> None:
    page = text(as_alice.get("/gallery/trash/"))
    assert "The trash is empty" in page
    assert "Restore all" not in page


@pytest.mark.parametrize("address", ["/gallery/trash/", "/gallery/trash/news/"])
def test_a_page_costs_the_same_for_one_post_and_for_many(
    as_alice: Client,
    alice: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    address: str,
) -> None:
    counts = []
    for more in (1, 12):
        trashed(alice, more)
        start(alice)
        Post.objects.filter(status__in=Post.UNFINISHED).update(deleted_at=timezone.now())
        with django_assert_max_num_queries(WALL_QUERIES) as queries:
            as_alice.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- into it ----------------------------------------------------------------------------------


def test_a_trashed_post_leaves_the_wall_with_a_way_back(as_alice: Client, alice: User) -> None:
    post, _other = create_post(alice), create_post(alice)
    answer = as_alice.post(f"/posts/{post.pk}/trash/", headers=FROM_WALL)
    html = answer.content.decode()
    assert "<span>Moved to trash.</span>" in html
    assert f'data-gone="{post.pk}"' in html
    assert f'name="posts" value="{post.pk}"' in html
    assert re.search(r'hx-target="#count"[^>]*>\s*1 post', html)
    assert not Post.objects.visible_to(alice).filter(pk=post.pk).exists()


def test_the_undoing_brings_the_card_as_it_is_now(as_alice: Client, alice: User) -> None:
    post = create_post(alice, visibility="public")
    trash.trash(owner=alice, ids=[post.pk])
    outbox.run()
    sent = {"posts": post.pk, "view": "undo"}
    answer = as_alice.post("/gallery/trash/restore/", sent, headers=FROM_WALL)
    html = answer.content.decode()
    assert shown(answer) == [post.pk]
    assert f"/pictures/{post.images.get().pk}/" in html
    assert re.search(r'hx-target="#count"[^>]*>\s*1 post', html)
    assert told(answer) == {"message": "1 post restored.", "level": "success"}


def test_without_scripts_the_message_has_the_way_back_and_the_trash(
    as_alice: Client, alice: User
) -> None:
    post = create_post(alice)
    wall = "http://testserver/gallery/?sort=oldest"
    answer = as_alice.post(f"/posts/{post.pk}/trash/", headers={"Referer": wall}, follow=True)
    assert answer.redirect_chain == [(wall, 302)]
    html = answer.content.decode()
    assert "Moved to trash." in html
    assert f'name="posts" value="{post.pk}"' in html
    assert re.search(r'<noscript><a class="[^"]*" href="/gallery/trash/">Trash</a>', html)
    sent = {"posts": post.pk, "view": "undo"}
    back = as_alice.post("/gallery/trash/restore/", sent, headers={"Referer": wall})
    assert back["Location"] == wall
    assert Post.objects.visible_to(alice).exists()


def test_from_its_own_page_it_leads_to_the_gallery(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    for referer in (f"http://testserver/posts/{post.pk}/", "https://elsewhere.example/", "\x00"):
        headers = {"Referer": referer}
        assert as_alice.post(f"/posts/{post.pk}/trash/", headers=headers)["Location"] == "/gallery/"


def test_many_go_together_and_very_many_only_after_a_question(
    as_alice: Client, alice: User
) -> None:
    ids = [create_post(alice, images=0).pk for _ in range(60)]
    few = {"action": "trash", "posts": ",".join(map(str, ids[:9]))}
    answer = as_alice.post("/gallery/batch/", few, headers=FROM_WALL)
    assert "9 posts moved to trash." in answer.content.decode()
    many = {"action": "trash", "posts": ",".join(map(str, ids[9:]))}
    for headers in ({}, HTMX):
        asked = as_alice.post("/gallery/batch/", many, headers=headers)
        assert "Move 51 posts to the trash?" in text(asked)
        assert Post.objects.visible_to(alice).count() == 51
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', asked.content.decode()))
    assert fields["posts"] == many["posts"]
    answer = as_alice.post("/gallery/batch/", fields, headers=HTMX)
    assert "51 posts moved to trash." in answer.content.decode()
    assert not Post.objects.visible_to(alice).exists()


def test_five_hundred_go_in_a_few_queries_and_come_back(
    as_alice: Client, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    Post.objects.bulk_create(
        Post(owner=alice, prompt="fox", status=Post.Status.FAILED, share_token=f"t{n}")
        for n in range(500)
    )
    sent = {"action": "trash", "scope": "matching", "confirm": "1"}
    with django_assert_max_num_queries(25):
        answer = as_alice.post("/gallery/batch/", sent, headers=FROM_WALL)
    assert "500 posts moved to trash." in answer.content.decode()
    posts = re.search(r'name="posts" value="([\d,]+)"', answer.content.decode())
    assert posts
    sent = {"posts": posts[1], "view": "undo"}
    answer = as_alice.post("/gallery/trash/restore/", sent, headers=FROM_WALL)
    assert told(answer)["message"] == "500 posts restored."
    assert Post.objects.visible_to(alice).count() == 500


def test_what_is_not_there_is_told_and_leaves_the_wall(
    as_alice: Client, alice: User, bob: User
) -> None:
    mine, foreign = create_post(alice), create_post(bob)
    sent = {"action": "trash", "posts": f"{mine.pk},{foreign.pk}"}
    html = as_alice.post("/gallery/batch/", sent, headers=HTMX).content.decode()
    assert "Moved to trash. 1 not found." in html
    assert f'data-gone="{mine.pk},{foreign.pk}"' in html
    assert f'name="posts" value="{mine.pk}"' in html
    again = as_alice.post("/gallery/batch/", sent, headers=HTMX)
    assert told(again) == {"message": "Nothing was changed. 2 not found.", "level": "info"}
    assert Post.objects.visible_to(bob).exists()


# --- out of it --------------------------------------------------------------------------------


def test_a_restored_post_leaves_the_page_and_the_figures_follow(
    as_alice: Client, alice: User
) -> None:
    first, second = trashed(alice, 2)
    answer = as_alice.post(f"/posts/{first.pk}/restore/", headers=HTMX)
    assert f'data-gone="{first.pk}"' in answer.content.decode()
    assert re.search(r'hx-target="#count"[^>]*>\s*1 post, ', answer.content.decode())
    assert told(answer)["message"] == "1 post restored."
    answer = as_alice.post("/gallery/trash/restore/", {"posts": second.pk}, headers=HTMX)
    assert "The trash is empty" in answer.content.decode()


def test_from_the_page_of_the_post_it_leads_there(as_alice: Client, alice: User) -> None:
    (post,) = trashed(alice)
    answer = as_alice.post(f"/posts/{post.pk}/restore/", {"view": "post"})
    assert answer["Location"] == f"/posts/{post.pk}/"


def test_everything_comes_back_at_once(as_alice: Client, alice: User) -> None:
    trashed(alice, 3)
    answer = as_alice.post("/gallery/trash/restore/", {"scope": "all"}, follow=True)
    assert "3 posts restored." in answer.content.decode()
    assert Post.objects.visible_to(alice).count() == 3


@pytest.mark.parametrize("verb", ["restore", "delete"])
def test_nothing_chosen_is_refused_in_a_sentence(as_alice: Client, verb: str) -> None:
    address = f"/gallery/trash/{verb}/"
    answer = as_alice.post(address, headers=HTMX)
    assert answer.status_code == 422
    message = "Choose at least one post or conversation."
    assert told(answer) == {"message": message, "level": "error"}
    assert message in as_alice.post(address, follow=True).content.decode()


# --- out of it for good -----------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_nothing_is_deleted_before_the_question_is_answered(
    as_alice: Client, alice: User, headers: dict[str, str]
) -> None:
    first, second, _third = trashed(alice, 3)
    asked = as_alice.post(f"/posts/{first.pk}/delete/", headers=headers)
    assert "Delete image?" in text(asked)
    assert BODY in text(asked)
    assert "include_generated" not in asked.content.decode()
    sent = {"posts": f"{first.pk},{second.pk}"}
    assert "Delete 2 posts?" in text(as_alice.post("/gallery/trash/delete/", sent, headers=headers))
    sent = {"posts": first.pk}
    assert "Delete image?" in text(as_alice.post("/gallery/trash/delete/", sent, headers=headers))
    asked = as_alice.post("/gallery/trash/empty/", headers=headers)
    assert "Empty trash? 3 posts are deleted for good" in text(asked)
    assert Post.objects.in_trash_of(alice).count() == 3
    assert not TrashEmptying.objects.exists()
    is_page = "<html" in asked.content.decode()
    assert is_page is not bool(headers)
    assert ("autofocus>Cancel" in asked.content.decode()) is bool(headers)


def test_versions_go_along_only_if_that_is_wanted(as_alice: Client, alice: User) -> None:
    (original,) = trashed(alice)
    version = create_post(alice, parent=original)
    create_post(alice, parent=version)
    address = f"/posts/{original.pk}/delete/"
    html = as_alice.post(address, headers=HTMX).content.decode()
    assert "What was made from it stays." in html
    assert "and all versions made from it" in html
    assert "(2 posts)" in html
    assert not re.search(r'name="include_generated"[^>]*checked', html)
    sent = {"confirm": "1", "include_generated": "1"}
    answer = as_alice.post(address, sent, headers=HTMX)
    assert told(answer) == {
        "message": "Image deleted. Removed 1 original and 2 generated versions.",
        "level": "success",
    }
    assert not Post.objects.exists()


def test_of_a_version_it_says_that_the_original_stays(as_alice: Client, alice: User) -> None:
    original = create_post(alice)
    (version,) = trashed(alice, parent=original)
    address = f"/posts/{version.pk}/delete/"
    sentence = "Deleting will remove this generated image. The original stays available."
    assert sentence in text(as_alice.post(address, headers=HTMX))
    trash.trash(owner=alice, ids=[original.pk])
    assert sentence not in text(as_alice.post(address, headers=HTMX))
    trash.restore(owner=alice, ids=[original.pk])
    answer = as_alice.post(address, {"confirm": "1"}, headers=HTMX)
    assert told(answer)["message"] == "Image deleted."


@pytest.mark.parametrize("verb", ["restore", "delete"])
def test_what_of_the_chosen_was_not_there_is_told(
    as_alice: Client, alice: User, bob: User, verb: str
) -> None:
    mine, (foreign,) = trashed(alice, 3), trashed(bob)
    trash.restore(owner=alice, ids=[mine[0].pk])
    ids = ",".join(str(post.pk) for post in [*mine, foreign])
    sent = {"posts": ids, "confirm": "1"}
    answer = as_alice.post(f"/gallery/trash/{verb}/", sent, headers=HTMX)
    done = "2 posts restored." if verb == "restore" else "2 posts deleted for good."
    assert told(answer) == {"message": f"{done} 2 not found.", "level": "success"}
    assert f'data-gone="{ids}"' in answer.content.decode()
    assert Post.objects.in_trash_of(bob).exists()
    again = as_alice.post(f"/gallery/trash/{verb}/", sent, headers=HTMX)
    nothing = "Nothing was changed. 4 not found." if verb == "restore" else "Already deleted."
    assert told(again) == {"message": nothing, "level": "info"}


def test_deleted_twice_is_told_calmly_and_what_is_anothers_is_not_there(
    as_alice: Client, as_bob: Client, alice: User
) -> None:
    (post,) = trashed(alice)
    address, sent = f"/posts/{post.pk}/delete/", {"confirm": "1"}
    assert as_bob.post(address, sent).status_code == 404
    answer = as_alice.post(address, sent, headers=HTMX)
    assert told(answer)["message"] == "Image deleted. Removed 1 original and 0 generated versions."
    for again in (sent, {}):
        answer = as_alice.post(address, again, headers=HTMX)
        assert told(answer) == {"message": "Already deleted.", "level": "info"}
    chosen = {"posts": post.pk, **sent}
    answer = as_alice.post("/gallery/trash/delete/", chosen, headers=HTMX)
    assert told(answer) == {"message": "Already deleted.", "level": "info"}
    assert as_bob.post(address, sent).status_code == 404


def test_a_live_post_cannot_be_deleted_for_good(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    for sent in ({}, {"confirm": "1"}):
        assert as_alice.post(f"/posts/{post.pk}/delete/", sent).status_code == 404
    as_alice.post("/gallery/trash/delete/", {"posts": post.pk, "confirm": "1"})
    assert Post.objects.visible_to(alice).exists()


def test_emptying_is_told_while_it_lasts_and_at_its_end(as_alice: Client, alice: User) -> None:
    kept, _gone = trashed(alice, 2)
    begun = as_alice.post("/gallery/trash/empty/", {"confirm": "1"}, headers=HTMX)
    asked = TrashEmptying.objects.get()
    address = f"/gallery/trash/emptying/{asked.pk}/"
    for answer in (begun, as_alice.get(address), as_alice.get("/gallery/trash/")):
        assert f'data-emptying="{address}"' in answer.content.decode()
        assert "Emptying the trash: 0 of 2 posts deleted" in text(answer)
    as_alice.post(f"/posts/{kept.pk}/restore/")
    emptying.carry_out(asked.pk)
    done = as_alice.get(address)
    assert "The trash is emptied: 1 post deleted for good, images: 1" in text(done)
    assert "data-emptying" not in done.content.decode()
    assert list(Post.objects.all()) == [kept]
    again = as_alice.post("/gallery/trash/empty/", {"confirm": "1"}, headers=HTMX)
    assert again["HX-Redirect"] == "/gallery/trash/"


# --- what happens elsewhere -------------------------------------------------------------------


def test_an_open_page_hears_who_left_and_who_came(
    as_alice: Client, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    first, second = trashed(alice, 2)
    html = as_alice.get("/gallery/trash/").content.decode()
    newest = re.findall(r'data-cursor="([\d-]+)"', html)[0]
    query = {"newest": newest, "shown": f"{second.pk},{first.pk}"}
    seen = as_alice.get("/gallery/trash/news/", query)
    assert "data-gone" not in seen.content.decode()
    headers = {**HTMX, "If-None-Match": seen["ETag"]}
    with django_assert_max_num_queries(NEWS_QUERIES):
        assert as_alice.get("/gallery/trash/news/", query, headers=headers).status_code == 304
    trash.restore(owner=alice, ids=[first.pk])
    (third,) = trashed(alice)
    answer = as_alice.get("/gallery/trash/news/", query, headers=headers)
    assert f'data-gone="{first.pk}"' in answer.content.decode()
    assert shown(answer) == [third.pk]
    assert 'hx-target="#cards" hx-swap="afterbegin"' in answer.content.decode()


def test_the_trash_of_somebody_else_is_none_of_the_pages_news(
    as_alice: Client, alice: User, bob: User
) -> None:
    (foreign,) = trashed(bob, caption="A secret of bob's")
    answer = as_alice.get("/gallery/trash/news/", {"shown": foreign.pk})
    assert f'data-gone="{foreign.pk}"' in answer.content.decode()
    assert "secret" not in answer.content.decode()


def test_a_page_of_a_post_hears_that_it_is_in_the_trash_and_that_it_is_gone(
    as_alice: Client, as_bob: Client, alice: User
) -> None:
    post = create_post(alice)
    query = {"here": post.pk, "shown": post.pk}
    assert "data-not-here" not in as_alice.get("/gallery/news/", query).content.decode()
    trash.trash(owner=alice, ids=[post.pk])
    page = as_alice.get("/gallery/news/", query)
    assert "This post is in the trash" in text(page)
    assert f'action="/posts/{post.pk}/restore/"' in page.content.decode()
    assert "trash" not in text(as_bob.get("/gallery/news/", query))
    age(post, days=settings.TRASH_RETENTION.days, seconds=1)
    assert "This post was deleted" in text(as_alice.get("/gallery/news/", query))


def test_of_at_most_three_hundred_posts_it_is_said_which_are_gone(as_alice: Client) -> None:
    many = ",".join(map(str, range(1, 1001)))
    for address in ("/gallery/news/", "/gallery/trash/news/"):
        html = as_alice.get(address, {"shown": many}).content.decode()
        gone = re.search(r'data-gone="([\d,]+)"', html)
        assert gone
        assert len(gone[1].split(",")) == 300


def test_an_emptying_that_ends_while_the_page_is_made_leaves_a_page_that_asks_again(
    as_alice: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is on such a page is gone; it says that the trash is being emptied, and looks again."""
    (post,) = trashed(alice)
    begun = emptying.begin(alice)
    assert begun is not None
    page_of = trash_page.page_of

    def page_before_the_end(*words: Any) -> trash_page.TrashPage:
        page = page_of(*words)
        emptying.carry_out(begun.pk)
        return page

    monkeypatch.setattr(trash_page, "page_of", page_before_the_end)
    answer = as_alice.get("/gallery/trash/").content.decode()
    assert f'id="post-{post.pk}"' in answer
    assert 'http-equiv="refresh"' in answer
    assert "data-emptying=" in answer
