"""Posts by the API: lists, search, one, and what can be changed about it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.api.schemas import PostOut
from gallery.imaging.renditions import rendition_key
from gallery.models import AuditEvent, GeneratedImage, Post
from gallery.services import captions, trash
from pixelstream.accounts.models import User
from tests.factories import create_clip_post, create_image, create_post, create_project
from tests.gallery.api.answers import data_of, error_of, ids, refused, walk

pytestmark = pytest.mark.django_db


def patch(client: Client, post: Post, **changes: Any) -> Any:
    """Change a post."""
    return client.patch(f"/api/posts/{post.pk}", changes, content_type="application/json")


# --- one


def test_a_post_comes_with_its_pictures(alices: Client, alice: User) -> None:
    project = create_project(alice)
    post = create_post(alice, images=0, project=project, negative_prompt="rain", seed=7)
    image = create_image(post, params={"seed": 7}, seed=7, negative_prompt="rain")
    data = data_of(alices.get(f"/api/posts/{post.pk}"))
    PostOut.model_validate(data)
    assert data["prompt"] == "a lighthouse at dusk"
    assert data["negativePrompt"] == "rain"
    assert data["caption"].startswith("Last light.")
    assert (data["status"], data["visibility"]) == ("generated", "unlisted")
    assert (data["project"], data["parentId"], data["seed"]) == (project.pk, None, 7)
    assert data["shareUrl"].endswith(f"/p/{post.share_token}/")
    assert dt.datetime.fromisoformat(data["createdAt"]) == post.created_at
    assert data["deletedAt"] is None
    (shown,) = data["images"]
    assert (shown["id"], shown["postId"], shown["kind"]) == (image.pk, post.pk, "image")
    assert (shown["params"], shown["seed"], shown["model"]) == ({"seed": 7}, 7, "builtin/lumen")
    assert shown["url"].endswith(f"/media/{image.object.key}")
    assert shown["renditions"] == [
        {
            "url": shown["url"].replace(image.object.key, rendition_key(image.object.key, 320)),
            "width": 64,
            "height": 64,
        }
    ]


def test_its_addresses_are_those_that_pages_show(
    alices: Client, alice: User, settings: Any
) -> None:
    post = create_post(alice)
    image = post.images.get()
    (shown,) = data_of(alices.get(f"/api/posts/{post.pk}"))["images"]
    assert shown["url"] == settings.SITE_URL + image.url
    assert [(one["url"], one["width"]) for one in shown["renditions"]] == [
        (settings.SITE_URL + url, width) for url, width in image.renditions
    ]


def test_a_clip_says_how_long_it_is(alices: Client, alice: User) -> None:
    post = create_clip_post(alice)
    (clip,) = data_of(alices.get(f"/api/posts/{post.pk}"))["images"]
    assert (clip["kind"], clip["clipMs"], clip["contentType"]) == ("video", 2000, "video/mp4")
    assert clip["url"].endswith(".mp4")
    assert all(rendition["url"].endswith(".webp") for rendition in clip["renditions"])


def test_a_post_of_somebody_else_is_not_there(bobs: Client, alice: User) -> None:
    post = create_post(alice)
    expected = (404, "NOT_FOUND", "Not found")
    assert error_of(bobs.get(f"/api/posts/{post.pk}")) == expected
    assert error_of(bobs.get("/api/posts/999999")) == expected
    assert error_of(patch(bobs, post, caption="mine")) == expected
    post.refresh_from_db()
    assert post.caption.startswith("Last light.")


def test_a_post_of_the_trash_is_not_there(alices: Client, alice: User) -> None:
    post = create_post(alice)
    trash.trash(owner=alice, ids=[post.pk])
    assert refused(alices.get(f"/api/posts/{post.pk}")) == (404, "NOT_FOUND")
    assert refused(patch(alices, post, caption="x")) == (404, "NOT_FOUND")
    assert data_of(alices.get("/api/posts"))["items"] == []


# --- lists


def test_the_list_is_newest_first_page_after_page(alices: Client, alice: User, bob: User) -> None:
    posts = [create_post(alice, images=0) for _ in range(5)]
    create_post(bob, images=0)
    newest = [post.pk for post in reversed(posts)]
    assert [ids(page) for page in walk(alices, "/api/posts", limit=2)] == [
        newest[:2],
        newest[2:4],
        newest[4:],
    ]
    oldest = [ids(page) for page in walk(alices, "/api/posts", limit=3, sort="oldest")]
    assert oldest == [newest[:1:-1], newest[1::-1]]


def test_a_list_that_fits_has_no_next_page(alices: Client, alice: User) -> None:
    for _ in range(2):
        create_post(alice, images=0)
    assert data_of(alices.get("/api/posts?limit=2"))["nextCursor"] is None
    assert data_of(alices.get("/api/posts?limit=1"))["nextCursor"] is not None


def test_a_list_has_twenty_posts_unless_more_are_asked_for(alices: Client, alice: User) -> None:
    for _ in range(22):
        create_post(alice, images=0)
    assert len(data_of(alices.get("/api/posts"))["items"]) == 20
    assert len(data_of(alices.get("/api/posts?limit=100"))["items"]) == 22
    for limit in ("0", "101", "-1", "ten", "1e1"):
        assert refused(alices.get("/api/posts", {"limit": limit})) == (422, "VALIDATION")


def test_a_post_in_a_list_is_written_as_it_is_alone(alices: Client, alice: User) -> None:
    post = create_post(alice, images=2)
    create_clip_post(alice)
    listed = {item["id"]: item for item in data_of(alices.get("/api/posts"))["items"]}
    assert listed[post.pk] == data_of(alices.get(f"/api/posts/{post.pk}"))


@pytest.mark.parametrize(
    "filters",
    [
        {"q": "gato"},
        {"kind": "video"},
        {"model": "builtin/drift"},
        {"aspect": "5:3"},
        {"from": "2020-01-02", "to": "2020-01-01"},
    ],
)
def test_the_filters_are_those_of_the_gallery(
    alices: Client, alice: User, filters: dict[str, str]
) -> None:
    create_post(alice)
    wanted = create_clip_post(alice, prompt="um gato na janela")
    Post.objects.filter(pk=wanted.pk).update(created_at=dt.datetime(2020, 1, 2, 12, tzinfo=dt.UTC))
    assert ids(data_of(alices.get("/api/posts", filters))["items"]) == [wanted.pk]


def test_filtered_lists_go_on_page_after_page(alices: Client, alice: User) -> None:
    cats = [create_post(alice, images=0, prompt="um gato") for _ in range(5)]
    create_post(alice, images=0)
    newest = [post.pk for post in reversed(cats)]
    pages = walk(alices, "/api/search", q="gato", limit=2)
    assert [ids(page) for page in pages] == [newest[:2], newest[2:4], newest[4:]]


def test_a_project_narrows_the_list(alices: Client, alice: User, bob: User) -> None:
    project = create_project(alice)
    inside = create_post(alice, images=0, project=project)
    create_post(alice, images=0)
    found = data_of(alices.get("/api/posts", {"project": project.pk}))["items"]
    assert ids(found) == [inside.pk]
    foreign = create_project(bob)
    assert refused(alices.get("/api/posts", {"project": foreign.pk})) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "sketch"),
        ("aspect", "wide"),
        ("from", "yesterday"),
        ("to", "2026-02-30"),
        ("sort", "random"),
        ("model", "x" * 121),
        ("project", "first"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_by_its_name(
    alices: Client, alice: User, name: str, value: str
) -> None:
    status, code, message = error_of(alices.get("/api/posts", {name: value}))
    assert (status, code) == (422, "VALIDATION")
    assert message.startswith(f"{name}: ")


def test_a_cursor_that_is_none_of_ours_is_refused(alices: Client) -> None:
    for cursor in ("x", "MA", "LTE", "0", "////", "MTA=" * 9):
        for path in ("/api/posts", "/api/images", "/api/references", "/api/trash"):
            answer = refused(alices.get(path, {"cursor": cursor}))
            assert answer == (400, "INVALID_CURSOR"), (path, cursor)


def test_searching_needs_words(alices: Client, alice: User) -> None:
    post = create_post(alice, images=0, prompt="um gato na janela")
    assert ids(data_of(alices.get("/api/search?q=gato"))["items"]) == [post.pk]
    assert data_of(alices.get("/api/search?q=dog"))["items"] == []
    for query in ("", "?q=", "?q=+", "?q=%0a"):
        assert refused(alices.get(f"/api/search{query}")) == (422, "VALIDATION"), query


@pytest.mark.parametrize("path", ["/api/posts", "/api/search?q=lighthouse", "/api/posts/{pk}"])
def test_more_posts_and_pictures_take_no_more_queries(
    alices: Client, alice: User, path: str
) -> None:
    post = create_post(alice)
    path = path.format(pk=post.pk)
    alices.get(path)
    with CaptureQueriesContext(connection) as one:
        data_of(alices.get(path))
    for _ in range(29):
        create_post(alice, images=2)
    create_image(post, position=1)
    with CaptureQueriesContext(connection) as thirty:
        data_of(alices.get(path, {"limit": 30} if path == "/api/posts" else {}))
    assert len(thirty) == len(one) <= 5


# --- changes


def test_a_caption_is_changed_as_on_the_page(alices: Client, alice: User) -> None:
    post = create_post(alice)
    data = data_of(patch(alices, post, caption="Two\r\nlines  "))
    assert data["caption"] == "Two\nlines"
    post.refresh_from_db()
    assert (post.caption, post.revision) == ("Two\nlines", 2)
    assert AuditEvent.objects.filter(action="post.caption", actor=alice).count() == 1


def test_visibility_is_changed_as_on_the_page(alices: Client, alice: User) -> None:
    post = create_post(alice)
    data = data_of(patch(alices, post, visibility="public"))
    assert (data["visibility"], data["caption"]) == ("public", post.caption)
    assert AuditEvent.objects.filter(action="post.public", actor=alice).count() == 1
    data_of(patch(alices, post, visibility="public"))
    assert AuditEvent.objects.filter(action="post.public").count() == 1


@pytest.mark.parametrize("misspelt", ["include_generated=false", "includegenerated=0", "dry=1"])
def test_a_misspelt_wish_deletes_nothing(misspelt: str, alices: Client, alice: User) -> None:
    post = create_post(alice, deleted_at=timezone.now())
    answer = alices.delete(f"/api/posts/{post.pk}?{misspelt}")
    assert refused(answer) == (422, "VALIDATION")
    assert Post.objects.filter(pk=post.pk).exists()


@pytest.mark.parametrize("changes", [{}, {"caption": None, "visibility": None}])
def test_a_change_that_says_nothing_is_refused(
    changes: dict[str, Any], alices: Client, alice: User
) -> None:
    answer = error_of(patch(alices, create_post(alice), **changes))
    assert answer == (422, "VALIDATION", "Say what is to change: caption or visibility")


def test_both_changes_happen_or_neither(alices: Client, alice: User) -> None:
    post = create_post(alice, is_disabled_by_admin=True, disabled_by_admin_reason="x")
    status, code, message = error_of(patch(alices, post, caption="new", visibility="public"))
    assert (status, code) == (403, "POST_DISABLED")
    assert "administrator" in message
    post.refresh_from_db()
    assert post.caption.startswith("Last light.")


def test_a_caption_that_is_being_written_is_left_alone(alices: Client, alice: User) -> None:
    post = create_post(alice, images=0, caption="", status=Post.Status.GENERATING_CAPTION)
    assert refused(patch(alices, post, caption="mine")) == (409, "CAPTION_BEING_WRITTEN")


def test_a_caption_that_changed_meanwhile_is_a_conflict(
    alices: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    post, edit = create_post(alice), captions.edit_caption

    def too_late(**given: Any) -> bool:
        Post.objects.filter(pk=post.pk).update(caption="somebody was quicker")
        return edit(**given)

    monkeypatch.setattr(captions, "edit_caption", too_late)
    assert refused(patch(alices, post, caption="mine")) == (409, "CAPTION_CHANGED")


@pytest.mark.parametrize(
    "changes",
    [
        {"caption": "x" * 5001},
        {"caption": 7},
        {"caption": ["x"]},
        {"caption": "\x00"},
        {"caption": "\ud800"},
        {"visibility": "everybody"},
        {"visibility": ["public"]},
        {"Caption": "x"},
        {"prompt": "another one"},
    ],
)
def test_changes_that_no_page_allows_are_refused(
    alices: Client, alice: User, changes: dict[str, Any]
) -> None:
    post = create_post(alice)
    assert refused(patch(alices, post, **changes)) == (422, "VALIDATION")
    post.refresh_from_db()
    assert post.revision == 1


@pytest.mark.parametrize("body", ["", "{", "[]", "7", "null", '"x"', "{'a': 1}"])
def test_a_body_that_is_no_object_is_refused(alices: Client, alice: User, body: str) -> None:
    post = create_post(alice)
    response = alices.patch(f"/api/posts/{post.pk}", body, content_type="application/json")
    assert refused(response)[0] in {400, 422}


def test_what_went_while_it_was_changed_is_not_there(
    alices: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    post, edit = create_post(alice), captions.edit_caption

    def too_late(**given: Any) -> bool:
        trash.trash(owner=alice, ids=[post.pk])
        return edit(**given)

    monkeypatch.setattr(captions, "edit_caption", too_late)
    assert refused(patch(alices, post, caption="mine")) == (404, "NOT_FOUND")


def test_names_of_pictures_outside_stay_when_they_move(alices: Client, alice: User) -> None:
    post = create_post(alice)
    (before,) = data_of(alices.get(f"/api/posts/{post.pk}"))["images"]
    GeneratedImage.objects.get().object.__class__.objects.update(key="generated/1/2-x-y.jpg")
    (after,) = data_of(alices.get(f"/api/posts/{post.pk}"))["images"]
    assert before["name"] == after["name"]
    assert before["name"].startswith(f"img_{before['timestamp']}_")
    assert before["url"] != after["url"]
