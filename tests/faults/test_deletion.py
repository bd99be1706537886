"""P1-P4: deleting that is stopped, doubled or late ends where it would have ended.

Most of it stops in this process, by an exception; one test kills real ones.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections, transaction
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from gallery import tasks
from gallery.models import (
    AuditEvent,
    EditConversation,
    GeneratedImage,
    Post,
    StoredObject,
    TrashEmptying,
)
from gallery.services import (
    conversations,
    deletion,
    emptying,
    moves,
    objects,
    outbox,
    purge,
    references,
    trash,
)
from gallery.services.deletion import Deleted
from generation.models import GenerationJob
from generation.providers.types import Kind
from generation.services import images, runner, studio
from pixelstream import invariants
from pixelstream.accounts.models import User
from pixelstream.faultpoints import InjectedFaultError
from tests.factories import (
    create_conversation,
    create_post,
    create_reference,
    create_turn,
    picture_bytes,
    start,
    work_off,
)
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db

on_real_commits = pytest.mark.django_db(transaction=True)

State = StoredObject.State

DELETING = ("purge.after_lock", "purge.after_images", "purge.before_commit", "purge.between_chunks")
MOVING = ("outbox.before_copy", "outbox.after_copy", "outbox.before_replace")
DRAINING = ("outbox.before_delete", "outbox.after_delete")


@pytest.fixture
def stopped_at(settings: Any) -> Iterator[Callable[[str], None]]:
    """Let the process fail once at a place; `""` lets it run."""
    marks = settings.DATA_DIR / "faultpoints"

    def plan(place: str) -> None:
        shutil.rmtree(marks, ignore_errors=True)
        settings.FAULTPOINTS = f"{place}=raise" if place else ""

    yield plan
    shutil.rmtree(marks, ignore_errors=True)


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deletion, "CHUNK", 2)
    monkeypatch.setattr(emptying, "CHUNK", 2)


@pytest.fixture
def posts(alice: User, scripted: ScriptedProvider) -> list[Post]:
    """Five posts, one of them by the workshop, with a reference that was uploaded for it."""
    made = start(alice, models="test/a", references=[create_reference(alice)])
    work_off(made)
    return [made, *(create_post(alice, images=2) for _ in range(4))]


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Do all of it in one moment; gives what came back."""
    start = threading.Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        try:
            start.wait(30)
            return action()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def time_passes() -> None:
    """Claims and leases of a process that died run out."""
    past = Now() - timedelta(seconds=1)
    StoredObject.objects.filter(claim__isnull=False).update(next_attempt_at=past)
    StoredObject.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=past)
    StoredObject.objects.filter(lease_until__isnull=False).update(lease_until=past)
    TrashEmptying.objects.filter(lease_until__isnull=False).update(lease_until=past)


def storage_keys() -> set[str]:
    return {key for area in ("public", "private") for key in invariants._keys(storages[area])}


def row_keys() -> set[str]:
    live = StoredObject.objects.filter(state=State.LIVE)
    return {key for obj in live for key in obj.all_keys}


def everything_is_quiet() -> None:
    """What was begun is finished, and rows and bytes are the same."""
    for _ in range(2):
        time_passes()
        outbox.run()
    assert storage_keys() == row_keys()
    assert invariants.broken() == []


def put_in_trash(owner: User, posts: list[Post]) -> None:
    trash.trash(owner=owner, ids=[post.pk for post in posts])


@pytest.mark.parametrize("place", DELETING)
def test_a_purge_stopped_anywhere_is_finished_by_the_next(
    place: str, alice: User, posts: list[Post], stopped_at: Callable[[str], None]
) -> None:
    put_in_trash(alice, posts[:3])
    Post.objects.in_trash_of(alice).update(deleted_at=Now() - timedelta(days=31))
    stopped_at(place)
    if place == "purge.between_chunks":
        with pytest.raises(InjectedFaultError):
            deletion.delete_posts(Post.objects.expired(), by=None)
    else:
        with pytest.raises(InjectedFaultError):
            purge.purge_trash()
    assert list(invariants.live_objects_have_their_bytes()) == []
    stopped_at("")
    purge.purge_trash()
    time_passes()
    outbox.run()
    assert set(Post.objects.values_list("pk", flat=True)) == {post.pk for post in posts[3:]}
    assert GeneratedImage.objects.count() == 4
    assert storage_keys() == row_keys()
    assert invariants.broken() == []


@pytest.mark.parametrize("place", DELETING[:3])
def test_an_emptying_stopped_anywhere_counts_what_is_really_gone(
    place: str, alice: User, posts: list[Post], stopped_at: Callable[[str], None]
) -> None:
    put_in_trash(alice, posts)
    asked = emptying.begin(alice)
    assert asked is not None
    stopped_at(place)
    with pytest.raises(InjectedFaultError):
        emptying.carry_out(asked.pk)
    assert list(invariants.live_objects_have_their_bytes()) == []
    stopped_at("")
    time_passes()
    for emptying_id in emptying.unfinished():
        emptying.carry_out(emptying_id)
    outbox.run()
    asked.refresh_from_db()
    assert (asked.deleted_posts, asked.deleted_images) == (5, 9)
    assert asked.finished_at is not None
    assert not Post.objects.exists()
    assert storage_keys() == row_keys() == set()
    assert invariants.broken() == []


@pytest.mark.parametrize("place", ["purge.after_lock", "purge.before_commit"])
@pytest.mark.parametrize("at", [0, 2])
def test_an_emptying_stopped_in_the_middle_of_conversations_counts_what_is_really_gone(
    place: str,
    at: int,
    alice: User,
    stopped_at: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(conversations, "CHUNK", 1)
    talks = [create_conversation(alice, create_post(alice).images.get()) for _ in range(4)]
    create_turn(talks[at], outputs=2)
    put_in_trash(alice, [create_post(alice, images=2)])
    conversations.trash(owner=alice, ids=[talk.pk for talk in talks])
    asked = emptying.begin(alice)
    assert asked is not None
    assert (asked.found, asked.found_conversations) == (1, 4)
    stopped_at(f"{place}/{talks[at].pk}")
    with pytest.raises(InjectedFaultError):
        emptying.carry_out(asked.pk)
    asked.refresh_from_db()
    assert (asked.deleted_posts, asked.deleted_images) == (1, 2)
    assert asked.deleted_conversations == 4 - EditConversation.objects.count() == at
    assert asked.finished_at is None
    stopped_at("")
    time_passes()
    for emptying_id in emptying.unfinished():
        emptying.carry_out(emptying_id)
    asked.refresh_from_db()
    assert (asked.deleted_posts, asked.deleted_conversations) == (1, 4)
    assert asked.finished_at is not None
    assert not EditConversation.objects.exists()
    assert Post.objects.count() == 6
    assert invariants.broken() == []


@pytest.mark.parametrize("place", [*MOVING, *DRAINING])
def test_the_outbox_stopped_anywhere_is_finished_by_the_next_run(
    place: str, alice: User, posts: list[Post], stopped_at: Callable[[str], None]
) -> None:
    put_in_trash(alice, posts[:2])
    stopped_at(place)
    with pytest.raises(InjectedFaultError):
        outbox.run()
    assert list(invariants.live_objects_have_their_bytes()) == []
    stopped_at("")
    for _ in range(3):
        time_passes()
        outbox.run()
    areas = dict(GeneratedImage.objects.values_list("pk", "object__area"))
    trashed = set(GeneratedImage.objects.filter(post__in=posts[:2]).values_list("pk", flat=True))
    assert {pk for pk, area in areas.items() if area == "private"} == trashed
    assert storage_keys() == row_keys()
    assert invariants.broken() == []


@pytest.mark.parametrize("place", MOVING)
def test_a_restore_while_the_pictures_are_on_their_way_wins(
    place: str, alice: User, posts: list[Post], stopped_at: Callable[[str], None]
) -> None:
    put_in_trash(alice, posts[:1])
    stopped_at(place)
    with pytest.raises(InjectedFaultError):
        outbox.run()
    stopped_at("")
    trash.restore(owner=alice, ids=[posts[0].pk])
    for _ in range(2):
        time_passes()
        outbox.run()
    assert not StoredObject.objects.filter(state=State.LIVE, image__isnull=False).exclude(
        area="public"
    )
    assert storage_keys() == row_keys()
    assert invariants.broken() == []


@pytest.mark.parametrize("place", MOVING)
def test_deleting_while_the_pictures_are_on_their_way_leaves_nothing(
    place: str, alice: User, posts: list[Post], stopped_at: Callable[[str], None]
) -> None:
    put_in_trash(alice, posts)
    stopped_at(place)
    with pytest.raises(InjectedFaultError):
        outbox.run()
    stopped_at("")
    deletion.delete_posts(Post.objects.in_trash_of(alice), by=alice)
    for _ in range(2):
        time_passes()
        outbox.run()
    assert storage_keys() == row_keys() == set()
    assert invariants.broken() == []


def test_a_restore_between_the_copy_and_its_commit_wins(
    alice: User, posts: list[Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_trash(alice, posts[1:2])
    settle = moves._settle

    def after_a_restore(*args: Any) -> bool:
        trash.restore(owner=alice, ids=[posts[1].pk])
        return settle(*args)

    with monkeypatch.context() as racing:
        racing.setattr(moves, "_settle", after_a_restore)
        assert outbox.run()[0] == 0
    outbox.run()
    assert set(posts[1].images.values_list("object__area", flat=True)) == {"public"}
    assert storage_keys() == row_keys()
    assert invariants.broken() == []


# --- real processes


@pytest.mark.faults
@on_real_commits
def test_a_purge_killed_at_each_of_its_steps_in_turn_loses_and_leaves_nothing(
    alice: User, posts: list[Post], settings: Any
) -> None:
    put_in_trash(alice, posts[:4])
    Post.objects.in_trash_of(alice).update(deleted_at=Now() - timedelta(days=31))
    killed = [*DELETING[:3], *MOVING, *DRAINING]
    for place in killed:
        shutil.rmtree(settings.DATA_DIR / "faultpoints", ignore_errors=True)
        settings.FAULTPOINTS = f"{place}=kill9"
        # What is to be moved or deleted is there at each step: the killed ones undid nothing.
        work = outbox.run if place.startswith("outbox") else purge.purge_trash
        if place == DRAINING[0]:
            settings.FAULTPOINTS = ""
            purge.purge_trash()
            settings.FAULTPOINTS = f"{place}=kill9"
        assert ended_by(work) == signal.SIGKILL, place
        settings.FAULTPOINTS = ""
        assert list(invariants.live_objects_have_their_bytes()) == [], place
        assert list(invariants.stored_bytes_have_their_row()) == [], place
        time_passes()
    everything_is_quiet()
    assert set(Post.objects.all()) == {posts[4]}
    assert AuditEvent.objects.filter(action="post.delete").count() == 4


def ended_by(work: Callable[[], Any]) -> int:
    """Do it in a process of its own. Returns the signal that ended it; 0 for none."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


# --- at the same moment


@on_real_commits
def test_two_purges_at_once_delete_each_post_once(alice: User) -> None:
    posts = [create_post(alice) for _ in range(6)]
    put_in_trash(alice, posts)
    Post.objects.in_trash_of(alice).update(deleted_at=Now() - timedelta(days=31))
    at_once(tasks.purge_trash, tasks.purge_trash, tasks.drain_outbox, tasks.drain_outbox)
    assert not Post.objects.exists()
    assert AuditEvent.objects.filter(action="post.delete").count() == 6
    everything_is_quiet()


@on_real_commits
def test_twenty_identical_deletions_at_once_delete_once(alice: User) -> None:
    post = create_post(alice)
    for _ in range(2):
        create_post(alice, parent=post)
    put_in_trash(alice, [post])

    def delete() -> Deleted:
        return deletion.delete_chosen(
            Post.objects.in_trash_of(alice), [post.pk], by=alice, include_generated=True
        )

    came = at_once(*[delete] * 20)
    assert sorted(came, key=lambda deleted: deleted.total)[:-1] == [Deleted()] * 19
    (done,) = [deleted for deleted in came if deleted.total]
    assert (done.total, done.generated, done.images) == (3, 2, 3)
    everything_is_quiet()


@on_real_commits
def test_the_first_of_several_clicks_on_delete_says_what_is_gone_the_others_that_it_was(
    alice: User, as_alice: Client
) -> None:
    post = create_post(alice)
    put_in_trash(alice, [post])

    def click() -> str:
        browser = Client()
        browser.cookies = as_alice.cookies
        answer = browser.post(
            f"/posts/{post.pk}/delete/", {"confirm": "1"}, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 200
        return f"{answer.headers} {answer.content.decode()}"

    came = at_once(*[click] * 6)
    assert sum("Already deleted." not in said for said in came) == 1
    assert sum("Already deleted." in said for said in came) == 5
    everything_is_quiet()


@on_real_commits
@pytest.mark.parametrize("way", ["chosen", "emptying"])
def test_a_post_that_somebody_holds_for_a_moment_is_deleted_all_the_same(
    way: str, alice: User
) -> None:
    """The outbox holds it while its pictures move, which is just after it went to the trash."""
    post = create_post(alice)
    put_in_trash(alice, [post])
    asked = emptying.begin(alice)
    assert asked is not None
    is_held = threading.Event()

    def hold() -> None:
        with transaction.atomic():
            list(Post.objects.select_for_update().filter(pk=post.pk))
            is_held.set()
            time.sleep(0.3)

    def delete() -> Deleted:
        assert is_held.wait(30)
        if way == "emptying":
            return emptying.carry_out(asked.pk)
        return deletion.delete_chosen(Post.objects.in_trash_of(alice), [post.pk], by=alice)

    _held, deleted = at_once(hold, delete)
    assert deleted.total == 1
    assert not Post.objects.exists()
    everything_is_quiet()


@on_real_commits
def test_a_post_and_the_upload_that_it_was_made_with_are_deleted_at_the_same_moment(
    alice: User, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for ever for what the other one holds."""
    reference = create_reference(alice)
    post = start(alice, models="test/a", references=[reference])
    work_off(post)
    put_in_trash(alice, [post])
    meeting = threading.Barrier(2)
    cascade = deletion._cascade

    def meet() -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            meeting.wait(0.5)  # on SQLite there is one writer: the other one does not come

    def cascade_later(*args: Any, **kwargs: Any) -> Deleted:
        meet()
        return cascade(*args, **kwargs)

    monkeypatch.setattr(deletion, "_cascade", cascade_later)
    monkeypatch.setattr(
        deletion, "faultpoint", lambda name, *_: meet() if name == "purge.after_lock" else None
    )
    of_post, of_upload = at_once(
        lambda: deletion.delete_posts(Post.objects.in_trash_of(alice), by=alice),
        lambda: deletion.delete_reference(reference=reference, by=alice, include_generated=True),
    )
    assert of_post.total + of_upload.total in {1, 2}
    assert not Post.objects.exists()
    everything_is_quiet()
    assert storage_keys() == set()


@on_real_commits
def test_a_post_is_restored_or_deleted_and_never_both(alice: User) -> None:
    for _ in range(4):
        post = create_post(alice, images=2)
        put_in_trash(alice, [post])
        restored, deleted, _moved = at_once(
            lambda: trash.restore(owner=alice, ids=[post.pk]),  # noqa: B023
            lambda: deletion.delete_chosen(
                Post.objects.in_trash_of(alice),
                [post.pk],  # noqa: B023
                by=alice,
            ),
            outbox.run,
        )
        assert (len(restored.ids), deleted.total) in {(1, 0), (0, 1)}
        assert Post.objects.visible_to(alice).filter(pk=post.pk).count() == len(restored.ids)
        assert post.images.count() == 2 * len(restored.ids)
    everything_is_quiet()


def test_what_is_restored_at_the_last_moment_is_not_deleted(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What may be deleted is asked again under the lock."""
    posts = [create_post(alice) for _ in range(2)]
    put_in_trash(alice, posts)
    delete_some = deletion.delete_some

    def after_a_restore(*args: Any, **kwargs: Any) -> Deleted | None:
        trash.restore(owner=alice, ids=[posts[0].pk])
        return delete_some(*args, **kwargs)

    monkeypatch.setattr(deletion, "delete_some", after_a_restore)
    ids = [post.pk for post in posts]
    in_trash = Post.objects.in_trash_of(alice)
    assert deletion.delete_chosen(in_trash, ids, by=alice).total == 1
    assert list(Post.objects.visible_to(alice)) == [posts[0]]
    everything_is_quiet()


@on_real_commits
def test_what_is_trashed_while_somebody_looks_is_gone_from_the_next_look(
    alice: User, anonymous: Client
) -> None:
    for _ in range(3):
        post = create_post(alice, visibility="public")
        key = post.images.get().object.key

        def look(key: str = key) -> int:
            return Client().get(f"/media/{key}").status_code

        _moved, _run, *seen = at_once(
            lambda: put_in_trash(alice, [post]),  # noqa: B023
            outbox.run,
            look,
            look,
        )
        assert set(seen) <= {200, 404}
        assert not Post.objects.in_feed().filter(pk=post.pk).exists()
        outbox.run()
        assert look() == 404
    assert anonymous.get("/").status_code == 200
    everything_is_quiet()


# --- late writers


@pytest.fixture
def deleting(
    alice: User, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, Callable[[], None]], None]:
    """Let something happen while a post is made: when its caption or picture is asked for, or when
    its picture is about to be stored.
    """

    def plan(moment: str, happen: Callable[[], None]) -> None:
        submit, put = scripted.submit, objects.put

        def submit_late(request: Any, connection: Any) -> Any:
            if moment == request.kind:
                happen()
            return submit(request, connection)

        def put_late(*args: Any) -> None:
            if moment == "put":
                happen()
            put(*args)

        monkeypatch.setattr(scripted, "submit", submit_late)
        monkeypatch.setattr(objects, "put", put_late)

    return plan


@pytest.mark.parametrize("moment", [Kind.CAPTION, Kind.IMAGE, "put"])
def test_a_post_deleted_for_good_while_it_is_made_leaves_nothing(
    moment: str, alice: User, deleting: Any
) -> None:
    post = start(alice, models="test/a")

    def delete() -> None:
        put_in_trash(alice, [post])
        assert deletion.delete_posts(Post.objects.in_trash_of(alice), by=alice).total == 1
        outbox.run()

    deleting(moment, delete)
    for job in post.jobs.order_by("kind"):
        runner.run(job.pk)
    assert not GenerationJob.objects.exists()
    everything_is_quiet()
    assert storage_keys() == set()


@pytest.mark.parametrize("moment", [Kind.CAPTION, Kind.IMAGE, "put"])
def test_a_picture_of_a_post_that_was_withdrawn_meanwhile_is_not_public(
    moment: str, alice: User, deleting: Any
) -> None:
    post = start(alice, models="test/a")
    deleting(moment, lambda: Post.objects.update(is_disabled_by_admin=True))
    work_off(post)
    everything_is_quiet()
    assert post.images.get().object.area == "private"


@pytest.mark.parametrize("fails", [False, True], ids=["late", "late and failing"])
def test_an_upload_that_outlives_its_lease_is_refused_and_leaves_nothing(
    fails: bool, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = objects.put

    def slow(*args: Any) -> None:
        time_passes()
        outbox.run()
        put(*args)
        if fails:
            raise OSError("the answer was lost")

    monkeypatch.setattr(objects, "put", slow)
    upload = SimpleUploadedFile("cat.jpg", picture_bytes(), "image/jpeg")
    with pytest.raises(references.NotStoredError):
        references.add_reference(owner=alice, upload=upload)
    everything_is_quiet()
    assert storage_keys() == set()


@pytest.mark.parametrize("model", ["test/a", "test/safe"])
def test_a_picture_whose_storing_outlives_its_lease_and_fails_leaves_nothing(
    model: str, alice: User, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = start(alice, models=model)
    monkeypatch.setattr(images, "PUT_AGAIN_AFTER", ())

    def slow(obj: StoredObject, *args: Any) -> None:
        time_passes()
        outbox.run()
        storages[obj.area].save(obj.all_keys[-1], ContentFile(b"half"))
        raise OSError("no such luck")

    with monkeypatch.context() as slowly:
        slowly.setattr(objects, "put", slow)
        work_off(post)
    assert storage_keys()
    GenerationJob.objects.filter(status="pending").update(run_after=Now())
    work_off(post)
    assert post.images.count() == (1 if model == "test/safe" else 0)
    everything_is_quiet()


@pytest.mark.parametrize("fails", [False, True], ids=["late", "late and failing"])
def test_a_copy_that_outlives_its_lease_leaves_nothing(
    fails: bool, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = create_post(alice)
    put_in_trash(alice, [post])
    copy = objects.copy

    class Pool:
        """Copies in this thread, which may talk to the database of the test."""

        def __init__(self, _size: int) -> None:
            self.map = map

        def __enter__(self) -> Pool:
            return self

        def __exit__(self, *_error: object) -> None:
            pass

    def slow(source: StoredObject, target: StoredObject) -> None:
        StoredObject.objects.filter(pk=target.pk).update(lease_until=Now() - timedelta(seconds=1))
        outbox.sweep_abandoned()
        outbox.drain()
        copy(source, target)
        if fails:
            raise OSError("the answer was lost")

    with monkeypatch.context() as slowly:
        slowly.setattr(moves, "ThreadPoolExecutor", Pool)
        slowly.setattr(objects, "copy", slow)
        assert outbox.run()[0] == 0
    everything_is_quiet()
    assert post.images.get().object.area == "private"


def test_a_post_trashed_since_it_was_looked_up_is_not_tried_again(
    alice: User, scripted: ScriptedProvider
) -> None:
    """Trying again costs money; what is in the trash is not made."""
    post = start(alice, models="test/a")
    put_in_trash(alice, [post])
    with pytest.raises(studio.NothingToRetryError):
        studio.retry_slot(post=post, slot=0)
    deletion.delete_posts(Post.objects.in_trash_of(alice), by=alice)
    with pytest.raises(studio.NothingToRetryError):
        studio.retry_slot(post=post, slot=0)
    assert studio.cancel_post(post=post, by=alice) == 0
    assert scripted.calls == []


# --- clocks


@pytest.mark.parametrize("days", [40, -40])
def test_a_process_whose_clock_is_wrong_purges_and_sweeps_nothing_early(
    days: int, alice: User, posts: list[Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_trash(alice, posts[:2])
    asked = emptying.begin(alice)
    assert asked is not None
    TrashEmptying.objects.update(lease_until=Now() + timedelta(seconds=60))  # a worker is at it
    writing = objects.begin(
        kind="generated",
        owner_id=alice.pk,
        area=StoredObject.Area.PUBLIC,
        data=b"bytes",
        content_type="image/jpeg",
        extension="jpg",
        rendition_widths=[],
    )
    create_reference(alice)
    now = timezone.now

    def wrong() -> datetime:
        return now() + timedelta(days=days)

    with monkeypatch.context() as clock:
        clock.setattr(timezone, "now", wrong)
        assert purge.purge_trash() == Deleted()
        assert purge.clean_references() == purge.forget_receipts() == 0
        assert outbox.sweep_abandoned() == 0
        assert emptying.unfinished() == []
        assert len(Post.objects.in_trash_of(alice)) == 2
        assert trash.restore(owner=alice, ids=[posts[0].pk]).ids == [posts[0].pk]
        put_in_trash(alice, [posts[0]])
        assert purge.purge_trash() == Deleted(), "going to the trash is dated by the database"
    writing.refresh_from_db()
    assert writing.state == State.WRITING
    Post.objects.in_trash_of(alice).update(deleted_at=Now() - timedelta(days=31))
    with monkeypatch.context() as clock:
        clock.setattr(timezone, "now", wrong)
        assert purge.purge_trash().total == 2, "and nothing late"
    everything_is_quiet()


# --- a database that goes


@on_real_commits
def test_a_database_that_hangs_up_before_the_commit_deletes_nothing_and_the_next_click_does(
    alice: User, as_alice: Client, posts: list[Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is in this process")
    put_in_trash(alice, posts[:1])
    mine = connection.connection.info.backend_pid

    def hang_up() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [mine])
        connection.close()

    def faultpoint(name: str, _entity: object = "") -> None:
        if name == "purge.before_commit":
            another = threading.Thread(target=hang_up)
            another.start()
            another.join()

    def click() -> int:
        return as_alice.post(f"/posts/{posts[0].pk}/delete/", {"confirm": "1"}).status_code

    with monkeypatch.context() as hanging:
        hanging.setattr(deletion, "faultpoint", faultpoint)
        assert click() == 503
    connection.close()  # as at the end of a request
    assert Post.objects.filter(pk=posts[0].pk).exists()
    assert list(invariants.live_objects_have_their_bytes()) == []
    assert click() == 302
    assert not Post.objects.filter(pk=posts[0].pk).exists()
    everything_is_quiet()
