"""Batch actions: what is sent, what comes back, with and without JavaScript."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.test import Client
from django.utils import timezone

from gallery.models import Post
from gallery.services import downloads
from pixelstream.accounts.models import User
from tests.factories import create_post, create_project

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
BATCH = "/gallery/batch/"


def toast(response: object) -> dict[str, str]:
    return json.loads(response["HX-Trigger"])["toast"]  # type: ignore[index,no-any-return]


def archive(response: object) -> zipfile.ZipFile:
    data = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return zipfile.ZipFile(io.BytesIO(data))


def test_a_plain_form_changes_the_posts_and_tells_of_each(as_alice: Client, alice: User) -> None:
    changed = create_post(alice)
    already = create_post(alice, visibility="public", caption="Already public")
    fields = {"action": "visibility", "visibility": "public", "posts": [changed.pk, already.pk, 77]}
    response = as_alice.post(BATCH, {**fields, "filters": "q=sea&view=3"})
    page = response.content.decode()
    assert response.status_code == 200
    assert "1 post is public now." in page
    assert "1 skipped: already so." in page
    assert "1 not found." in page
    assert "Already public" in page
    assert 'href="/gallery/?q=sea&amp;view=3"' in page
    changed.refresh_from_db()
    assert changed.visibility == "public"


def test_htmx_gets_the_changed_cards_and_a_toast(as_alice: Client, alice: User) -> None:
    posts = [create_post(alice), create_post(alice, visibility="public")]
    ids = ",".join(str(post.pk) for post in posts)
    response = as_alice.post(BATCH, {"visibility": "public", "posts": ids}, headers=HTMX)
    html = response.content.decode()
    assert html.count("<hx-partial") == 1
    assert f'hx-target="#post-{posts[0].pk}"' in html
    assert toast(response) == {
        "message": "1 post is public now. 1 skipped: already so.",
        "level": "success",
    }


def test_posts_move_to_a_project_and_leave_the_wall_of_another(
    as_alice: Client, alice: User
) -> None:
    old, new = create_project(alice, "Old"), create_project(alice, "New")
    post = create_post(alice, project=old)
    fields = {"project": new.pk, "posts": post.pk, "within": old.pk}
    response = as_alice.post(BATCH, fields, headers=HTMX)
    html = response.content.decode()
    assert f'<hx-partial hx-target="#post-{post.pk}" hx-swap="delete">' in html
    assert toast(response)["message"] == "1 post moved to “New”."
    post.refresh_from_db()
    assert post.project == new
    out = as_alice.post(BATCH, {"project": "none", "posts": post.pk, "within": new.pk})
    assert "1 post is in no project now." in out.content.decode()
    assert f'href="/projects/{new.pk}/"' in out.content.decode()


def test_all_projects_are_offered_when_none_is_named(
    as_alice: Client, alice: User, bob: User
) -> None:
    for number in range(9):
        create_project(alice, f"Number {number}")
    create_project(bob, "Secret")
    fields = {"action": "move", "posts": "1,2", "filters": "q=x", "scope": "chosen"}
    page = as_alice.post(BATCH, fields).content.decode()
    assert page.count('name="project"') == 10
    assert "Secret" not in page
    assert '<input type="hidden" name="posts" value="1,2">' in page
    assert '<input type="hidden" name="filters" value="q=x">' in page


def test_nobody_moves_posts_to_anothers_project_or_touches_anothers_posts(
    as_alice: Client, alice: User, bob: User
) -> None:
    mine, theirs = create_post(alice), create_post(bob)
    project = create_project(bob)
    response = as_alice.post(BATCH, {"project": project.pk, "posts": mine.pk}, headers=HTMX)
    assert response.status_code == 422
    assert toast(response) == {"message": "This project is not there.", "level": "error"}
    response = as_alice.post(BATCH, {"visibility": "public", "posts": theirs.pk}, headers=HTMX)
    assert toast(response)["message"] == "0 posts are public now. 1 not found."
    assert as_alice.post(BATCH, {"metadata": "full", "posts": theirs.pk}).status_code == 404
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert mine.project is None
    assert theirs.visibility == "unlisted"


def test_what_was_trashed_meanwhile_leaves_the_wall(as_alice: Client, alice: User) -> None:
    here, already = create_post(alice), create_post(alice, visibility="public")
    trashed = create_post(alice, deleted_at=timezone.now())
    ids = f"{here.pk},{trashed.pk},{already.pk}"
    response = as_alice.post(BATCH, {"visibility": "public", "posts": ids}, headers=HTMX)
    html = response.content.decode()
    assert html.count('hx-swap="delete"') == 1
    assert f'hx-target="#post-{trashed.pk}" hx-swap="delete"' in html
    assert f'hx-target="#post-{here.pk}" hx-swap="outerHTML"' in html


def test_a_download_is_one_archive_of_everything(as_alice: Client, alice: User) -> None:
    posts = [create_post(alice, images=2, prompt="a very long pier") for _ in range(2)]
    ids = [post.pk for post in posts]
    response = as_alice.post(BATCH, {"action": "download", "posts": ids})
    assert response["Content-Type"] == "application/zip"
    assert 'filename="pixelstream_20' in response["Content-Disposition"]
    with archive(response) as read:
        assert len(read.namelist()) == 4
        assert b"pier" not in read.read(read.namelist()[0])
    with archive(as_alice.post(BATCH, {"metadata": "full", "posts": ids})) as read:
        assert b"pier" in read.read(read.namelist()[0])
    with archive(as_alice.post(BATCH, {"action": "download", "posts": ids})) as read:
        assert b"pier" in read.read(read.namelist()[0]), "the choice is remembered"
    assert downloads.flush_counts() == 6


def test_all_that_match_the_filters_are_meant_when_that_is_said(
    as_alice: Client, alice: User
) -> None:
    project = create_project(alice)
    wide = [create_post(alice, images=0, aspect_ratio="16:9") for _ in range(3)]
    inside = create_post(alice, images=0, project=project)
    fields = {"scope": "matching", "visibility": "public", "posts": wide[0].pk}
    as_alice.post(BATCH, {**fields, "filters": "aspect=16:9"}, headers=HTMX)
    assert set(Post.objects.filter(visibility="public")) == set(wide)
    as_alice.post(BATCH, {**fields, "within": project.pk}, headers=HTMX)
    inside.refresh_from_db()
    assert inside.visibility == "public"


def test_all_that_match_are_at_most_five_hundred(as_alice: Client, alice: User) -> None:
    Post.objects.bulk_create(
        Post(owner=alice, prompt="x", status=Post.Status.GENERATED) for _ in range(510)
    )
    fields = {"scope": "matching", "visibility": "public"}
    response = as_alice.post(BATCH, fields, headers=HTMX)
    assert toast(response)["message"] == "500 posts are public now."
    assert Post.objects.filter(visibility="public").count() == 500


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Say what to do with the posts."),
        ({"action": "explode", "posts": "1"}, "Select a valid choice."),
        ({"action": "visibility", "posts": "1"}, "Say who finds the posts."),
        ({"visibility": "secret", "posts": "1"}, "Select a valid choice."),
        ({"visibility": "public"}, "Choose at least one post."),
        ({"visibility": "public", "posts": "x,-1,0,1e3,\x00," + "9" * 30}, "Choose at least one"),
        ({"project": "²", "posts": "1"}, "This project is not there."),
        ({"project": "9" * 19, "posts": "1"}, "This project is not there."),
        ({"metadata": "some", "posts": "1"}, "Select a valid choice."),
        ({"visibility": "public", "posts": ",".join(map(str, range(1, 502)))}, "at most 500"),
        ({"visibility": "public", "posts": "1", "within": "abc"}, "Enter a whole number."),
        ({"visibility": "public", "posts": "1", "filters": "x" * 5000}, "at most 4000"),
    ],
)
def test_rubbish_is_refused_in_words(
    as_alice: Client, alice: User, fields: dict[str, str], message: str
) -> None:
    response = as_alice.post(BATCH, fields)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert "Nothing was changed." in response.content.decode()
    hasty = as_alice.post(BATCH, fields, headers=HTMX)
    assert hasty.status_code == 422
    assert message in toast(hasty)["message"]


@pytest.mark.parametrize(
    "filters", ["%00", "q=%ED%A0%80", "from=x&to=2026-99-99", "&&==", "before=abc", "<script>"]
)
def test_filters_that_make_no_sense_are_no_filters(
    as_alice: Client, alice: User, filters: str
) -> None:
    create_post(alice)
    fields = {"scope": "matching", "visibility": "public", "filters": filters}
    response = as_alice.post(BATCH, fields)
    assert response.status_code == 200
    assert b"<script>" not in response.content


def test_the_wall_has_the_form_with_its_filters(as_alice: Client, alice: User) -> None:
    create_post(alice)
    page = as_alice.get("/gallery/?aspect=1:1").content.decode()
    assert 'id="batch"' in page
    assert '<input type="hidden" name="filters" value="aspect=1%3A1">' in page
    assert 'name="posts"' in page


def test_the_answer_needs_the_same_queries_for_one_post_and_for_thirty(
    as_alice: Client, alice: User, django_assert_max_num_queries: object
) -> None:
    ids = [create_post(alice).pk for _ in range(30)]
    for some, visibility in ((ids[:1], "public"), (ids, "unlisted"), (ids, "public")):
        fields = {"visibility": visibility, "posts": some}
        with django_assert_max_num_queries(9):  # type: ignore[operator]
            as_alice.post(BATCH, fields, headers=HTMX)
