"""What people see of their storage: the bar, the notices, the page, the refusals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gallery import storage_page
from gallery.models import AuditEvent, Post, ReferenceImage, Usage
from gallery.services import quota, trash
from pixelstream.accounts.models import User
from tests.factories import create_post, create_reference, picture_bytes, start, work_off

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
MB = 1024**2
GB = 1024**3
PAGES = ["/", "/gallery/", "/posts/create/"]
WISH = {"prompt": "a boat", "models": "builtin/sketch", "aspect_ratio": "1:1", "resolution": "1K"}


def use(person: User, size: int, limit: int | None = 100 * MB) -> None:
    """Let so many bytes be counted, and set the limit."""
    used = Usage.objects.of(person).bytes_used
    quota.count(Counter({person.pk: size - used}))
    quota.set_limit(person, limit)


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("cat.jpg", picture_bytes(), "image/jpeg")


def page(client: Client, address: str, **more: Any) -> str:
    answer = client.get(address, **more)
    assert answer.status_code == 200
    return answer.content.decode()


# --- the bar and the notices


@pytest.mark.parametrize(
    ("size", "limit", "language", "shown"),
    [
        (0, None, "en", "0 B / 5 GB"),
        (int(3.1 * GB), None, "en", "3.1 / 5 GB"),
        (int(3.1 * GB), None, "pt-br", "3,1 / 5 GB"),
        (int(31.4 * MB), 5 * GB, "en", "31.4 MB / 5 GB"),
        (int(31.4 * MB), 0, "en", "31.4 MB<"),
    ],
)
def test_the_bar_says_how_much_is_used(
    as_alice: Client, alice: User, size: int, limit: int | None, language: str, shown: str
) -> None:
    use(alice, size, limit)
    html = page(as_alice, "/references/", headers={"Accept-Language": language})
    bar = html.partition('class="quota"')[2].partition("</a>")[0]
    assert shown in bar
    assert ('class="bar' in bar) == (limit != 0)


def test_the_bar_is_there_before_anything_was_ever_kept(as_alice: Client) -> None:
    assert "Storage: 0 B of 5 GB used" in page(as_alice, "/gallery/")
    assert not Usage.objects.exists(), "looking writes nothing"


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize(
    ("percent", "words"), [(79, ""), (80, "Almost full."), (100, "Your storage is full.")]
)
def test_pages_where_things_are_made_say_that_it_is_nearly_full_or_full(
    as_alice: Client, alice: User, address: str, percent: int, words: str
) -> None:
    use(alice, percent * MB)
    html = page(as_alice, address)
    assert ('id="quota-notice"' in html) == bool(words)
    assert words in html
    if words:
        assert f"{percent} MB of 100 MB are used." in " ".join(html.split())


def test_the_notice_says_what_the_trash_would_free(as_alice: Client, alice: User) -> None:
    assert "Delete posts or references" not in page(as_alice, "/gallery/")
    post = create_post(alice)
    use(alice, 90 * MB)
    assert "Delete posts or references to free space." in page(as_alice, "/gallery/")
    trash.trash(owner=alice, ids=[post.pk])
    size = post.images.get().object.size
    assert f"Empty the trash to free {size} B." in page(as_alice, "/gallery/") or size > 1023
    assert "Empty the trash to free " in page(as_alice, "/gallery/")


def test_other_pages_have_no_notice(as_alice: Client, alice: User) -> None:
    use(alice, 90 * MB)
    assert 'id="quota-notice"' not in page(as_alice, "/references/")


def test_the_bar_costs_one_query_and_a_notice_two_more(as_alice: Client, alice: User) -> None:
    create_post(alice)
    trash.trash(owner=alice, ids=[create_post(alice).pk])

    def queries(percent: int) -> list[str]:
        use(alice, percent * MB)
        with CaptureQueriesContext(connection) as captured:
            page(as_alice, "/gallery/")
        return [query["sql"] for query in captured.captured_queries]

    queries(10)
    few = queries(10)
    assert len([sql for sql in few if "gallery_usage" in sql]) == 1
    assert len(few) <= 8
    assert len(queries(90)) == len(queries(100)) == len(few) + 2


def test_a_notice_is_put_away_until_something_changes(as_alice: Client, alice: User) -> None:
    use(alice, 85 * MB)
    address = reverse("gallery:storage-notice-hide")
    assert as_alice.get(address).status_code == 405
    answer = as_alice.post(address, {"next": "/gallery/?q=boat"})
    assert answer["Location"] == "/gallery/?q=boat"
    assert 'id="quota-notice"' not in page(as_alice, "/gallery/")
    use(alice, 100 * MB)
    html = page(as_alice, "/gallery/")
    assert "Your storage is full." in html
    assert address not in html, "that one stays"
    use(alice, 85 * MB)
    assert "Almost full." in page(as_alice, "/gallery/")
    assert as_alice.post(address, headers=HTMX).content == b""


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example", "x" * 3000, ""])
def test_putting_it_away_leads_nowhere_else(as_alice: Client, alice: User, there: str) -> None:
    answer = as_alice.post(reverse("gallery:storage-notice-hide"), {"next": there})
    assert answer["Location"] == "/"


# --- refusals


@pytest.mark.parametrize("address", ["/references/upload/", "/references/add/"])
def test_a_refused_upload_is_answered_with_a_sentence(
    as_alice: Client, alice: User, address: str
) -> None:
    use(alice, 100 * MB)
    answer = as_alice.post(address, {"file": upload()}, headers=HTMX)
    assert answer.status_code == 422
    assert "cat.jpg: Your storage is full: 100 MB of 100 MB are used." in answer.content.decode()
    assert not ReferenceImage.objects.exists()


def test_a_refused_upload_of_a_plain_form_is_answered_as_well(
    as_alice: Client, alice: User
) -> None:
    use(alice, 100 * MB - 10)
    html = as_alice.post("/references/add/", {"file": upload()}, follow=True).content.decode()
    assert "cat.jpg: There is no room for " in html


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_the_studio_starts_nothing_and_keeps_what_was_typed(
    as_alice: Client, alice: User, headers: dict[str, str]
) -> None:
    use(alice, 100 * MB)
    answer = as_alice.post("/posts/create/", WISH, headers=headers)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Your storage is full: 100 MB of 100 MB are used." in html
    assert "a boat</textarea>" in html
    assert not Post.objects.exists()


def test_files_that_come_with_the_studios_form_are_refused_with_their_names(
    as_alice: Client, alice: User
) -> None:
    use(alice, 100 * MB - 10)
    answer = as_alice.post("/posts/create/", {**WISH, "uploads": upload()})
    assert answer.status_code == 422
    assert "cat.jpg: There is no room for " in answer.content.decode()


@pytest.mark.parametrize("verb", ["regenerate", "retry"])
def test_making_it_again_is_refused_with_the_same_words(
    as_alice: Client, alice: User, verb: str
) -> None:
    post = create_post(alice)
    use(alice, 100 * MB)
    answer = as_alice.post(f"/posts/{post.pk}/{verb}/", {"slot": 0}, follow=True)
    assert "Your storage is full: 100 MB of 100 MB are used." in answer.content.decode()
    assert Post.objects.count() == 1


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_who_chose_it_gets_room_made_and_is_told(
    as_alice: Client, alice: User, headers: dict[str, str]
) -> None:
    post = create_post(alice)
    trash.trash(owner=alice, ids=[post.pk])
    Post.objects.update(deleted_at=Now() - timedelta(days=2))
    quota.set_auto_cleaned(alice, wanted=True)
    quota.set_limit(alice, Usage.objects.get().bytes_used)
    answer = as_alice.post("/posts/create/", WISH, headers=headers, follow=True)
    assert answer.status_code == 200
    said = answer.headers.get("HX-Trigger", "") + answer.content.decode()
    assert "Deleted for good to make room: 1 post from the trash (" in said
    assert not Post.objects.filter(pk=post.pk).exists()


def test_room_is_made_for_an_upload_as_well(as_alice: Client, alice: User) -> None:
    post = create_post(alice, images=2)
    trash.trash(owner=alice, ids=[post.pk])
    Post.objects.update(deleted_at=Now() - timedelta(days=2))
    quota.set_auto_cleaned(alice, wanted=True)
    quota.set_limit(alice, Usage.objects.get().bytes_used)
    answer = as_alice.post("/references/upload/", {"file": upload()}, headers=HTMX)
    assert answer.status_code == 201
    assert "Deleted for good to make room" in answer["HX-Trigger"]


# --- the page


def test_the_page_tells_posts_trash_and_references_apart(as_alice: Client, alice: User) -> None:
    live, trashed = create_post(alice, images=3), create_post(alice, images=2)
    trash.trash(owner=alice, ids=[trashed.pk])
    create_reference(alice)
    found = storage_page.breakdown(alice)
    one = live.images.first().object.size  # type: ignore[union-attr]
    assert (found.posts.size, found.posts.count, found.posts.images) == (3 * one, 1, 3)
    assert (found.trash.size, found.trash.count, found.trash.images) == (2 * one, 1, 2)
    assert (found.references.size, found.references.count) == (one, 1)
    assert found.usage.used == 6 * one
    html = " ".join(page(as_alice, "/settings/storage/").split())
    assert "1 post, 3 images" in html
    assert "1 reference" in html
    assert "Empty the trash to free " in html


def test_the_page_of_somebody_who_keeps_nothing(as_alice: Client) -> None:
    html = page(as_alice, "/settings/storage/")
    assert "0 B of 5 GB used." in html
    assert "Largest posts" not in html
    assert 'href="/settings/storage/"' in page(as_alice, "/settings/keys/")


def test_a_person_without_a_limit_reads_that(as_alice: Client, alice: User) -> None:
    use(alice, MB, 0)
    html = page(as_alice, "/settings/storage/")
    assert "1 MB used; there is no limit." in html
    assert "When there is no room" not in html


def test_the_largest_posts_come_first_and_the_trash_is_not_among_them(
    as_alice: Client, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = create_post(alice), create_post(alice, images=3)
    trashed = create_post(alice, images=4)
    trash.trash(owner=alice, ids=[trashed.pk])
    create_post(bob, images=5)
    found = storage_page.largest_posts(alice)
    assert [(row.post, row.images) for row in found] == [(large, 3), (small, 1)]
    assert f'href="/posts/{large.pk}/"' in page(as_alice, "/settings/storage/")

    monkeypatch.setattr(storage_page, "WEIGHED_AT_ONCE", 3)
    html = page(as_alice, "/settings/storage/")
    assert f'href="/posts/{large.pk}/"' not in html
    assert "?largest=on#largest" in html
    assert f'href="/posts/{large.pk}/"' in page(as_alice, "/settings/storage/?largest=on")
    assert f'href="/posts/{large.pk}/"' in page(as_alice, "/settings/storage/?largest=%00")


def test_the_page_costs_the_same_for_little_and_for_much(
    as_alice: Client, alice: User, django_assert_num_queries: Callable[..., Any]
) -> None:
    create_post(alice)
    page(as_alice, "/settings/storage/")
    for _ in range(3):
        with django_assert_num_queries(11):
            page(as_alice, "/settings/storage/")
        create_post(alice, images=3)
        create_reference(alice)


def test_making_room_is_chosen_and_taken_back(as_alice: Client, alice: User) -> None:
    address = reverse("gallery:storage-cleaning")
    assert as_alice.get(address).status_code == 405
    assert as_alice.post(address, {"wanted": "on"})["Location"] == "/settings/storage/"
    assert Usage.objects.of(alice).is_auto_cleaned
    assert "checked" in page(as_alice, "/settings/storage/")
    as_alice.post(address)
    assert not Usage.objects.of(alice).is_auto_cleaned


def test_names_of_posts_are_text(as_alice: Client, alice: User) -> None:
    create_post(alice, caption="<script>alert(1)</script>")
    html = page(as_alice, "/settings/storage/")
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


# --- the admin


def test_an_administrator_sets_a_persons_limit_and_it_is_written_down(
    sam: User, alice: User, bob: User
) -> None:
    client = Client()
    client.force_login(sam)
    create_post(alice)
    used = Usage.objects.of(alice).bytes_used
    change = reverse("admin:gallery_usage_change", args=[alice.pk])
    assert 'name="limit_bytes"' in page(client, change)
    assert client.post(change, {"limit_bytes": "12345", "bytes_used": "0"}).status_code == 302
    usage = Usage.objects.of(alice)
    assert (usage.limit, usage.bytes_used) == (12345, used)
    event = AuditEvent.objects.get(action="quota.limit")
    assert (event.actor, event.target_id) == (sam, alice.pk)
    assert client.post(change, {"limit_bytes": "-1"}).status_code == 200

    add = reverse("admin:gallery_usage_add")
    assert client.post(add, {"owner": bob.pk, "limit_bytes": "0"}).status_code == 302
    assert Usage.objects.of(bob).limit == 0
    assert client.post(add, {"owner": bob.pk, "limit_bytes": "7"}).status_code == 200, "it has one"


def test_a_generation_that_fills_the_storage_is_shown(as_alice: Client, alice: User) -> None:
    quota.set_limit(alice, 1)
    post = start(alice)
    work_off(post)
    assert post.status == Post.Status.GENERATED
    assert "Your storage is full." in page(as_alice, "/posts/create/")
