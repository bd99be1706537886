"""What a person sees first, and that it costs the same however much of it there is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gallery.lineage import made_from
from gallery.models import Post
from gallery.services.projects import SHEET_PICTURES, contact_sheets
from generation.fragments import IN_PROGRESS_SHOWN
from pixelstream.accounts.models import User
from tests.factories import create_post, create_project, start
from tests.planner import Count

pytestmark = pytest.mark.django_db


def queries_of_home(client: Client) -> int:
    client.get("/")  # what is read once is there
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/").status_code == 200
    return len(asked)


def test_home_asks_as_often_for_much_as_for_little(as_alice: Client, alice: User) -> None:
    create_post(alice, project=create_project(alice))
    start(alice)
    few = queries_of_home(as_alice)

    for number in range(3):
        project = create_project(alice, f"Project {number}")
        for _ in range(SHEET_PICTURES + 1):
            create_post(alice, project=project, images=2)
    for _ in range(IN_PROGRESS_SHOWN):
        start(alice)
    assert queries_of_home(as_alice) == few


def test_a_project_is_shown_by_its_newest_posts_that_have_a_picture(alice: User, bob: User) -> None:
    first, second = create_project(alice, "First"), create_project(alice, "Second")
    posts = [create_post(alice, project=first) for _ in range(SHEET_PICTURES + 2)]
    create_post(alice, project=first, images=0, status=Post.Status.FAILED)
    Post.objects.filter(pk=posts.pop().pk).update(deleted_at="2026-01-01T00:00Z")
    create_post(bob, project=create_project(bob))

    sheets = contact_sheets(alice)
    assert [sheet.project for sheet in sheets] == [second, first]
    assert sheets[0].posts == []
    assert sheets[1].posts == posts[: -SHEET_PICTURES - 1 : -1]
    assert all(post.cover for post in sheets[1].posts)


# --- with many posts


@pytest.fixture
def library(alice: User, count_rows: Count) -> Post:
    """Many posts of one person, all in one project, of which one is in the making and one was made
    from another one: that one.
    """
    project = create_project(alice)
    Post.objects.bulk_create(
        Post(owner=alice, project=project, prompt="a fox", status=Post.Status.GENERATED)
        for _ in range(3000)
    )
    post = create_post(alice, project=project)
    create_post(alice, parent=post, root=post)
    start(alice)
    if connection.vendor == "postgresql":  # SQLite plans by the statement alone
        count_rows("gallery_post")
    return post


def walks(sql: str, params: Any) -> list[str]:
    """The steps of a statement's plan that look at posts."""
    word = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        cursor.execute(f"{word} {sql}", params)
        steps = [str(row[-1]) for row in cursor.fetchall()]
    return [step for step in steps if re.search(r"gallery_post\b|post_\w+ ", step)]


def test_posts_in_the_making_are_found_in_their_index(alice: User, library: Post) -> None:
    wanted = Post.objects.visible_to(alice).in_progress().order_by("-pk")[:IN_PROGRESS_SHOWN]
    steps = walks(*wanted.query.sql_with_params())
    assert steps
    assert all("post_in_progress" in step for step in steps), steps


def test_what_was_made_from_a_post_is_found_by_the_post(alice: User, library: Post) -> None:
    asked: list[list[str]] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "parent_id" in sql and not asked:
            asked.append([])
            asked[0] = walks(sql, params)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        children, has_more = made_from(library)
    assert (len(children), has_more) == (1, False)
    [steps] = asked
    assert steps
    assert all("parent_id" in step for step in steps), steps
