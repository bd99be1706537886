"""Jobs as programs see them: what is asked for, what became of it, stopping and trying again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.models import Post
from gallery.services import conversations, trash
from generation.models import CreditEntry, GenerationJob
from generation.providers.errors import ErrorKind, ProviderError
from generation.services import job_references, studio
from pixelstream.accounts.models import User
from pixelstream.api.models import Scope
from tests.factories import (
    create_conversation,
    create_post,
    create_reference,
    create_turn,
    job_of,
    start,
    work_off,
)
from tests.generation.api.conftest import Program
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _vendor(scripted: ScriptedProvider) -> None:
    """Pictures come at once."""


@pytest.fixture
def failed(alice: User, scripted: ScriptedProvider) -> Post:
    """Alice's, with a picture by test/a, and none by test/b."""
    scripted.answers["test/b"] = ProviderError(ErrorKind.INVALID, "no")
    post = start(alice, models="test/a test/b")
    work_off(post)
    return post


def ids(data: Any) -> list[int]:
    return [item["id"] for item in data["items"]]


def test_a_job_says_what_it_made(script: Program, alice: User) -> None:
    post = start(alice, models="test/a")
    work_off(post)
    job = job_of(post)
    status, data = script.get(f"/jobs/{job.pk}")
    assert status == 200
    assert (data["kind"], data["status"], data["postId"]) == ("image", "completed", post.pk)
    assert data["imageId"] == post.images.get().pk
    assert (data["model"], data["modelName"]) == ("test/a", "A")
    assert (data["error"], data["conversationId"], data["turn"]) == (None, None, None)
    assert data["params"]["prompt"] == "a lighthouse at dusk"


def test_a_failed_job_says_why_and_what_it_cost(script: Program, failed: Post) -> None:
    _status, data = script.get(f"/jobs/{job_of(failed, slot=1).pk}")
    assert data["error"] == {
        "code": "invalid",
        "message": "The model refused these settings.",
        "providerReason": "",
        "charge": "not charged",
    }


def test_an_edit_is_told_with_its_turn(script: Program, alice: User) -> None:
    turn = create_turn(create_conversation(alice), outputs=1)
    _status, data = script.get(f"/jobs/{turn.jobs.get().pk}")
    assert (data["kind"], data["postId"]) == ("edit", None)
    assert (data["conversationId"], data["turn"]) == (turn.conversation_id, 1)


def test_jobs_of_others_and_of_the_trash_are_not_there(
    script: Program, alice: User, bob: User
) -> None:
    theirs, trashed = start(bob, models="test/a"), start(alice, models="test/a")
    trash.trash(owner=alice, ids=[trashed.pk])
    for post in (theirs, trashed):
        job = job_of(post)
        assert script.get(f"/jobs/{job.pk}")[0] == 404
        assert script.get("/jobs", postId=post.pk)[0] == 404
        assert script.post(f"/posts/{post.pk}/cancel")[0] == 404
        assert script.post(f"/posts/{post.pk}/retry", {"slot": 0})[0] == 404
    assert script.get("/jobs")[1]["items"] == []
    edited = create_turn(create_conversation(bob), outputs=1)
    assert script.get(f"/jobs/{edited.jobs.get().pk}")[0] == 404
    assert script.get("/jobs", conversationId=edited.conversation_id)[0] == 404


def test_edits_of_a_trashed_conversation_are_not_there(script: Program, alice: User) -> None:
    turn = create_turn(create_conversation(alice), outputs=1)
    conversations.trash(owner=alice, ids=[turn.conversation_id])
    assert script.get(f"/jobs/{turn.jobs.get().pk}")[0] == 404
    assert script.get("/jobs", conversationId=turn.conversation_id)[0] == 404


def test_the_list_walks_all_posts_the_newest_first(script: Program, alice: User) -> None:
    posts = [start(alice, models="test/a test/b") for _ in range(3)]
    expected = [
        pk
        for post in reversed(posts)
        for pk in post.jobs.order_by("-id").values_list("pk", flat=True)
    ]
    found: list[int] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        _status, data = script.get("/jobs", **query)
        found += ids(data)
        if data["nextCursor"] is None:
            break
        query["cursor"] = data["nextCursor"]
    assert found == expected


def test_posts_without_jobs_leave_no_gap_and_cut_nothing_off(script: Program, alice: User) -> None:
    first = start(alice, models="test/a")
    for _ in range(3):
        create_post(alice)  # imported, say
    last = start(alice, models="test/a test/b")
    create_post(alice)
    expected = [
        *last.jobs.order_by("-id").values_list("pk", flat=True),
        *first.jobs.order_by("-id").values_list("pk", flat=True),
    ]
    for limit in (1, 2, 3, 4, 5):
        found: list[int] = []
        data = script.get("/jobs", limit=limit)[1]
        while found.extend(ids(data)) or data["nextCursor"] is not None:
            data = script.get("/jobs", limit=limit, cursor=data["nextCursor"])[1]
        assert found == expected, limit


def test_what_is_unfinished_is_walked_past_what_is_not(script: Program, alice: User) -> None:
    waiting = []
    for _ in range(2):
        waiting.append(start(alice, models="test/a"))
        work_off(start(alice, models="test/a test/b"))
    expected = [
        pk
        for post in reversed(waiting)
        for pk in post.jobs.order_by("-id").values_list("pk", flat=True)
    ]
    first = script.get("/jobs", unfinished="true", limit=3)[1]
    second = script.get("/jobs", unfinished="true", limit=3, cursor=first["nextCursor"])[1]
    assert (ids(first) + ids(second), second["nextCursor"]) == (expected, None)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="counts the steps of SQLite's machine")
def test_a_page_is_as_much_work_after_a_thousand_jobs_as_after_a_hundred(
    script: Program, alice: User
) -> None:
    middle = _many_jobs(alice, posts=25)[12]
    pages: list[dict[str, Any]] = [{}, {"cursor": middle}, {"unfinished": "true"}]

    def steps() -> list[int]:
        return [_steps_of(partial(script.get, "/jobs", limit=10, **page)) for page in pages]

    steps()  # and what is asked once only
    before = steps()
    _many_jobs(alice, posts=250)
    after = steps()
    assert all(now < 2 * then + 10 for now, then in zip(after, before, strict=True)), (
        before,
        after,
    )


def _many_jobs(owner: User, *, posts: int) -> list[str]:
    """So many posts of four jobs that have ended; for each the cursor after its last job."""
    from pixelstream.api.lists import encode

    made = Post.objects.bulk_create(
        Post(owner=owner, prompt="a lighthouse", status=Post.Status.GENERATED) for _ in range(posts)
    )
    ended = {"model": "test/a", "status": "completed", "finished_at": timezone.now()}
    jobs = GenerationJob.objects.bulk_create(
        GenerationJob(post=post, kind="image", slot=slot, **ended)
        for post in made
        for slot in range(4)
    )
    return [encode(job.pk) for job in jobs[3::4]]


def _steps_of(work: Callable[[], object]) -> int:
    """How many hundreds of steps SQLite takes for it."""
    hundreds = 0

    def count() -> int:
        nonlocal hundreds
        hundreds += 1
        return 0

    connection.connection.set_progress_handler(count, 100)
    try:
        work()
    finally:
        connection.connection.set_progress_handler(None, 0)
    return hundreds


def test_the_list_can_be_of_one_post_of_one_conversation_or_of_what_is_unfinished(
    script: Program, alice: User, failed: Post
) -> None:
    waiting = start(alice, models="test/a")
    turn = create_turn(create_conversation(alice), outputs=2)
    assert set(ids(script.get("/jobs", postId=failed.pk)[1])) == set(
        failed.jobs.values_list("pk", flat=True)
    )
    of_turn = ids(script.get("/jobs", conversationId=turn.conversation_id)[1])
    assert of_turn == list(turn.jobs.order_by("-id").values_list("pk", flat=True))
    assert set(ids(script.get("/jobs", unfinished="true")[1])) == set(
        waiting.jobs.values_list("pk", flat=True)
    )
    both = script.get("/jobs", postId=failed.pk, conversationId=turn.conversation_id)
    assert (both[0], both[1]["code"]) == (422, "VALIDATION")


def test_a_cursor_that_is_none_of_ours_is_refused(script: Program, alice: User, bob: User) -> None:
    from pixelstream.api.lists import encode

    for cursor in ("nonsense", encode(10**15), encode(job_of(start(bob, models="test/a")).pk)):
        status, error = script.get("/jobs", cursor=cursor)
        assert (status, error["code"]) == (400, "INVALID_CURSOR")


def test_the_list_takes_as_many_queries_for_one_job_as_for_many(
    script: Program, alice: User, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/b"] = ProviderError(ErrorKind.INVALID, "no")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert script.get("/jobs", limit=100)[0] == 200
        return len(captured)

    work_off(start(alice, models="test/a"))
    queries()
    one = queries()
    for _ in range(4):
        work_off(start(alice, models="test/a test/b test/c"))
    assert queries() == one


def test_canceling_stops_what_is_unfinished(script: Program, alice: User) -> None:
    post = start(alice, models="test/a test/b")
    status, data = script.post(f"/posts/{post.pk}/cancel")
    assert (status, data) == (200, {"postId": post.pk, "status": "failed", "canceled": 3})
    assert not post.jobs.unfinished().exists()
    assert script.post(f"/posts/{post.pk}/cancel")[1]["canceled"] == 0


def test_a_failed_picture_is_tried_again(script: Program, failed: Post) -> None:
    before = job_of(failed, slot=1)
    status, data = script.post(f"/posts/{failed.pk}/retry", {"slot": 1})
    again = job_of(failed, slot=1)
    assert (status, data["jobId"], data["notices"]) == (202, again.pk, [])
    assert again.pk > before.pk
    assert data["status"] == "generating_images"


def test_a_post_that_goes_right_after_it_was_tried_again_frees_no_key(
    script: Program, failed: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = studio.retry_slot

    def then_trash(*, post: Post, slot: int) -> studio.Retry:
        retried = again(post=post, slot=slot)
        trash.trash(owner=post.owner, ids=[post.pk])
        return retried

    monkeypatch.setattr(studio, "retry_slot", then_trash)
    key = {"Idempotency-Key": "again"}
    first = script.post(f"/posts/{failed.pk}/retry", {"slot": 1}, key)
    assert (first[0], first[1]["status"]) == (202, "generating_images")
    assert script.post(f"/posts/{failed.pk}/retry", {"slot": 1}, key) == first


def test_where_the_caption_failed_all_of_it_is_tried_again(script: Program, alice: User) -> None:
    post = start(alice, models="test/a")
    script.post(f"/posts/{post.pk}/cancel")
    status, data = script.post(f"/posts/{post.pk}/retry", {"slot": 0})
    post.refresh_from_db()
    assert (status, data["status"]) == (202, post.status) == (202, "generating_caption")


def test_what_did_not_fail_is_not_tried_again(script: Program, failed: Post) -> None:
    for slot in (0, 7):
        status, error = script.post(f"/posts/{failed.pk}/retry", {"slot": slot})
        assert (status, error["code"]) == (409, "NOTHING_TO_RETRY")
    assert script.post(f"/posts/{failed.pk}/retry", {"slot": -1})[0] == 422
    assert script.post(f"/posts/{failed.pk}/retry", {})[0] == 422


def test_a_retry_sent_twice_with_one_key_is_one_job_and_one_hold(
    script: Program, failed: Post, settings: LazySettings
) -> None:
    settings.CREDITS_ENABLED = True
    key = {"Idempotency-Key": "again"}
    first = script.post(f"/posts/{failed.pk}/retry", {"slot": 1}, key)
    assert script.post(f"/posts/{failed.pk}/retry", {"slot": 1}, key) == first
    assert GenerationJob.objects.filter(post=failed, slot=1, kind="image").count() == 2
    assert CreditEntry.objects.filter(kind="hold").count() == 1


def test_what_was_made_with_an_upload_that_is_gone_is_not_tried_without_it(
    script: Program, alice: User, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/a"] = ProviderError(ErrorKind.INVALID, "no")
    reference = create_reference(alice)
    post = start(alice, models="test/a", references=[reference])
    work_off(post)
    job_references.let_go([reference.pk], why="its job ended")
    status, error = script.post(f"/posts/{post.pk}/retry", {"slot": 0})
    assert (status, error["code"]) == (409, "REFERENCE_GONE")
    assert "Upload it again." in error["message"]


def test_without_credits_nothing_is_tried_again(
    script: Program, failed: Post, settings: LazySettings
) -> None:
    settings.CREDITS_ENABLED = True
    settings.CREDITS_SIGNUP_GRANT = 1
    settings.CREDITS_WITHOUT_COST = 5
    status, error = script.post(f"/posts/{failed.pk}/retry", {"slot": 1})
    assert (status, error["code"]) == (402, "NOT_ENOUGH_CREDITS")


def test_reading_and_making_are_different_scopes(program: type[Program], alice: User) -> None:
    post = create_post(alice)
    reader, maker = program(alice, Scope.READ), program(alice, Scope.GENERATE)
    assert reader.get("/jobs")[0] == 200
    assert reader.post(f"/posts/{post.pk}/cancel")[0] == 403
    assert reader.post(f"/posts/{post.pk}/retry", {"slot": 0})[0] == 403
    assert maker.get("/jobs")[0] == 403
