"""Uploads vanish with the last job that used them: for real, with commits, rows and bytes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cache, partial
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.db.models.functions import Now
from django.shortcuts import get_object_or_404
from django.test import Client
from django.urls import reverse

from gallery.imaging.clips import DevelopedClip, develop_clip
from gallery.models import AuditEvent, Post, ReferenceImage, StoredObject
from gallery.services import deletion, erasure, outbox, references, suspension, trash
from gallery.views import references as views
from generation.models import CreditEntry, GenerationJob
from generation.models.jobs import ErrorCode
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import Kind, Pending
from generation.services import (
    credits,
    editing,
    images,
    job_references,
    jobs,
    regenerate,
    retrying,
    runner,
    studio,
    sweep,
)
from pixelstream import invariants
from pixelstream.accounts.models import User
from pixelstream.invariants import references_end_with_their_jobs
from pixelstream.storages import LocalStorage
from tests.factories import (
    an_edit_wish,
    animate,
    create_post,
    create_reference,
    job_of,
    picture_bytes,
    start,
    work_off,
)
from tests.invariants import broken_invariants
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db(transaction=True)

Status = GenerationJob.Status
CLIP = "test/clip"
REFUSED = ProviderError(ErrorKind.INVALID, "no")


@pytest.fixture(autouse=True)
def _nothing_is_broken(
    scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """All clips are the same: it is looked at once."""
    monkeypatch.setattr(images, "develop_clip", _looked_at)
    yield
    assert broken_invariants() == []


@cache
def _looked_at(data: bytes, *, mark: str) -> DevelopedClip:
    return develop_clip(data, mark=mark)


def private_files() -> set[str]:
    """What lies where references do."""
    return set(invariants._keys(storages["private"]))


def clip_of(owner: User, *uploads: ReferenceImage, models: str = CLIP) -> Post:
    """A clip that begins with an upload, and ends with another, just asked for."""
    return animate(owner, models=models, **dict(zip(("first", "last"), uploads, strict=False)))


def caption_done(post: Post) -> Post:
    """What is shown may begin now."""
    runner.run(job_of(post, Kind.CAPTION).pk)
    return post


def end(post: Post) -> None:
    """The clip is made, or refused."""
    runner.run(job_of(post, Kind.VIDEO).pk)


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Do all of it in one moment; gives what came back, or what was raised."""
    begin = threading.Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        try:
            begin.wait(10)
            return action()
        except Exception as error:  # noqa: BLE001 (the test judges what came)
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


# --- every end -----------------------------------------------------------------------------


def test_an_upload_is_gone_when_its_clip_is_ready_and_the_clip_stays(alice: User) -> None:
    upload = create_reference(alice)
    post = clip_of(alice, upload)
    assert job_of(post, Kind.VIDEO).references.get() == upload
    work_off(post)

    assert not ReferenceImage.objects.exists()
    receipt = AuditEvent.objects.get(action="reference.delete")
    assert (receipt.target_id, receipt.actor, receipt.counts["bytes"]) == (
        upload.pk,
        None,
        upload.object.size,
    )
    assert private_files(), "the bytes are the outbox's"
    outbox.run()
    assert private_files() == set()
    clip = post.images.get()
    assert (clip.is_clip, clip.object.state) == (True, StoredObject.State.LIVE)
    assert storages["public"].exists(clip.object.key)


@pytest.mark.parametrize("error", [REFUSED, RuntimeError("ours")], ids=["refused", "broken"])
def test_an_upload_is_gone_when_its_clip_failed_and_the_credits_came_back(
    alice: User, scripted: ScriptedProvider, settings: Any, error: Exception
) -> None:
    settings.CREDITS_ENABLED = True
    scripted.answers[CLIP] = error
    before = credits.balance_of(alice)
    post = clip_of(alice, create_reference(alice))
    work_off(post)
    job = job_of(post, Kind.VIDEO)
    assert (job.status, credits.balance_of(alice)) == (Status.FAILED, before)
    assert CreditEntry.objects.filter(job=job, kind="refund").count() == 1
    assert not ReferenceImage.objects.exists()


def test_an_upload_stays_while_its_clip_is_tried_again_by_itself(
    alice: User, scripted: ScriptedProvider
) -> None:
    scripted.answers[CLIP] = ProviderError(ErrorKind.RATE, "later")
    post = caption_done(clip_of(alice, create_reference(alice)))
    for attempt in range(1, 5):
        assert ReferenceImage.objects.exists(), attempt
        GenerationJob.objects.filter(status=Status.PENDING).update(run_after=Now())
        end(post)
    assert job_of(post, Kind.VIDEO).status == Status.FAILED
    assert not ReferenceImage.objects.exists()


def test_an_upload_stays_while_the_vendor_works(alice: User, scripted: ScriptedProvider) -> None:
    scripted.answers[CLIP] = Pending("task-7", poll_after=3600)
    post = caption_done(clip_of(alice, create_reference(alice)))
    end(post)
    assert jobs.poll_now(job_of(post, Kind.VIDEO).pk)
    sweep.sweep()
    assert ReferenceImage.objects.exists()
    scripted.results = scripted.clip()
    end(post)
    assert post.images.exists()
    assert not ReferenceImage.objects.exists()


def test_an_upload_is_gone_when_the_caption_failed(alice: User, scripted: ScriptedProvider) -> None:
    scripted.caption = REFUSED
    post = caption_done(clip_of(alice, create_reference(alice)))
    assert job_of(post, Kind.VIDEO).error_code == ErrorCode.CAPTION_FAILED
    assert not ReferenceImage.objects.exists()


def test_an_upload_is_gone_when_its_worker_went_silent(alice: User) -> None:
    post = caption_done(clip_of(alice, create_reference(alice)))
    job = jobs.claim(job_of(post, Kind.VIDEO).pk)
    assert job is not None
    GenerationJob.objects.filter(pk=job.pk).update(
        attempts=4, lease_until=Now() - timedelta(seconds=1)
    )
    assert sweep.end_silent() == 1
    assert not ReferenceImage.objects.exists()


@pytest.mark.parametrize("way", ["canceled", "trashed", "suspended", "deleted", "erased"])
def test_an_upload_is_gone_when_its_clip_was_stopped(alice: User, sam: User, way: str) -> None:
    post = caption_done(clip_of(alice, create_reference(alice)))
    {
        "canceled": partial(studio.cancel_post, post=post, by=alice),
        "trashed": partial(trash.trash, owner=alice, ids=[post.pk]),
        "suspended": partial(suspension.suspend, alice, reason="all", by=sam),
        "deleted": partial(deletion.delete_posts, Post.objects.filter(pk=post.pk), by=alice),
        "erased": partial(_erase, alice),
    }[way]()
    assert not ReferenceImage.objects.exists()
    outbox.run()
    assert private_files() == set()


def _erase(person: User) -> None:
    erasure.carry_out(erasure.ask(person, at_once=True).pk)


def test_a_result_that_comes_after_the_clip_was_deleted_brings_nothing_back(
    alice: User, scripted: ScriptedProvider
) -> None:
    post = caption_done(clip_of(alice, create_reference(alice)))

    def delete() -> None:
        trash.trash(owner=alice, ids=[post.pk])
        outbox.run()

    scripted.before_answer = delete
    end(post)
    assert (post.images.count(), ReferenceImage.objects.count()) == (0, 0)
    outbox.run()
    assert private_files() == set()


def test_a_clip_from_words_has_nothing_to_let_go(
    alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        post = clip_of(alice)
        work_off(post)
    assert post.images.get().is_clip
    assert not [line for line in caplog.messages if "Reference" in line]


def test_a_picture_and_an_edit_let_go_of_their_uploads_as_well(alice: User) -> None:
    work_off(start(alice, models="test/a test/b", references=[create_reference(alice)]))
    assert not ReferenceImage.objects.exists()
    source = Post.objects.get().images.first()
    assert source is not None
    wish = an_edit_wish(references=[create_reference(alice), create_reference(alice)])
    turn = editing.start_conversation(owner=alice, source=source, wish=wish).turns.get()
    work_off(turn)
    assert turn.images.exists()
    assert not ReferenceImage.objects.exists()


def test_who_signs_out_finds_the_clip_and_no_upload(as_alice: Client, alice: User) -> None:
    post = caption_done(clip_of(alice, create_reference(alice)))
    as_alice.post("/accounts/logout/")
    assert as_alice.get(post.get_absolute_url()).status_code == 302
    end(post)
    assert not ReferenceImage.objects.exists()
    as_alice.force_login(alice)
    assert as_alice.get(post.get_absolute_url()).status_code == 200
    assert post.images.get().is_clip


# --- what stays ----------------------------------------------------------------------------


def test_what_is_kept_stays_however_its_clip_ends(alice: User, scripted: ScriptedProvider) -> None:
    kept = create_reference(alice, kept=True)
    work_off(clip_of(alice, kept))
    scripted.answers[CLIP] = REFUSED
    work_off(clip_of(alice, kept))
    studio.cancel_post(post=clip_of(alice, kept), by=alice)
    sweep.sweep()
    assert list(ReferenceImage.objects.all()) == [kept]


def test_the_same_upload_in_two_clips_goes_with_the_second(alice: User) -> None:
    upload = create_reference(alice)
    first, second = (caption_done(clip_of(alice, upload)) for _ in range(2))
    end(first)
    assert ReferenceImage.objects.exists()
    assert job_of(second, Kind.VIDEO).references.get() == upload
    end(second)
    assert second.images.exists()
    assert not ReferenceImage.objects.exists()


def test_of_two_models_the_slower_one_still_has_it(alice: User, scripted: ScriptedProvider) -> None:
    post = caption_done(clip_of(alice, create_reference(alice), models=f"{CLIP} test/other-clip"))
    scripted.answers[CLIP] = REFUSED
    runner.run(job_of(post, Kind.VIDEO, slot=0).pk)
    assert ReferenceImage.objects.exists()
    studio.retry_slot(post=post, slot=0)  # while it is there, what failed can be tried again
    work_off(post)
    assert not ReferenceImage.objects.exists()


def test_what_leaves_the_library_stays_until_it_was_used_again(alice: User) -> None:
    kept = create_reference(alice, kept=True)
    work_off(clip_of(alice, kept))
    references.set_kept(reference=kept, kept=False)
    sweep.sweep()
    assert ReferenceImage.objects.exists(), "a star that was pressed by mistake deletes nothing"
    work_off(clip_of(alice, kept))
    assert not ReferenceImage.objects.exists()


def test_a_star_pressed_while_the_clip_is_made_keeps_it(as_alice: Client, alice: User) -> None:
    upload = create_reference(alice)
    post = caption_done(clip_of(alice, upload))
    assert as_alice.post(f"/references/{upload.pk}/keep/").status_code == 200
    end(post)
    assert list(ReferenceImage.objects.all()) == [upload]


def test_a_star_or_a_name_for_what_went_at_this_moment_is_not_found(
    as_alice: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = create_reference(alice)
    found = get_object_or_404

    def gone_since(*args: Any, **kwargs: Any) -> Any:
        reference = found(*args, **kwargs)
        job_references.let_go([reference.pk], why="the test")
        return reference

    monkeypatch.setattr(views, "get_object_or_404", gone_since)
    assert as_alice.post(f"/references/{upload.pk}/keep/").status_code == 404
    another = create_reference(alice)
    answer = as_alice.post(f"/references/{another.pk}/rename/", {"name": "x"})
    assert answer.status_code == 404
    outbox.run()


# --- faults --------------------------------------------------------------------------------


def test_storage_that_fails_delays_the_bytes_and_nothing_else(
    alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    upload = create_reference(alice)
    key = upload.object.key

    def failing(storage: LocalStorage, name: str) -> None:
        raise OSError("the disk is away")

    post = clip_of(alice, upload)
    with monkeypatch.context() as away, caplog.at_level(logging.INFO):
        away.setattr(LocalStorage, "delete", failing)
        work_off(post)
        outbox.run()
    assert post.status == Post.Status.GENERATED
    assert not ReferenceImage.objects.exists()
    assert key in private_files()
    job = job_of(post, Kind.VIDEO)
    assert f"Reference {upload.pk} is deleted (job {job.pk} ended), {key} follows" in caplog.text
    assert f"Storage failed for {key}, again in 10 s: the disk is away" in caplog.text
    assert "Storage confirms" not in caplog.text
    StoredObject.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=Now())
    with caplog.at_level(logging.INFO):
        outbox.run()
    assert f"Storage confirms that {key} is gone" in caplog.text
    assert private_files() == set()


def test_a_database_error_leaves_it_to_the_sweep_and_the_clip_is_there(
    alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    post = clip_of(alice, create_reference(alice))
    job = job_of(post, Kind.VIDEO)

    def failing(*_args: Any, **_kwargs: Any) -> int:
        raise DatabaseError("deadlock detected")

    with monkeypatch.context() as broken, caplog.at_level(logging.INFO):
        broken.setattr(job_references, "let_go", failing)
        work_off(post)
    assert post.images.exists()
    assert ReferenceImage.objects.exists()
    assert f"References were not deleted after job {job.pk} ended" in caplog.text
    GenerationJob.objects.update(finished_at=Now() - timedelta(minutes=2))
    ReferenceImage.objects.update(created_at=Now() - timedelta(minutes=3))
    assert len(list(references_end_with_their_jobs())) == 1
    sweep.sweep()
    assert not ReferenceImage.objects.exists()


def test_a_job_whose_upload_went_before_it_was_sent_fails_in_words(
    alice: User, bob: User, scripted: ScriptedProvider
) -> None:
    """By hand, or by a row that names what never was: nothing crashes, nothing foreign is sent."""
    foreign = create_reference(bob)
    post = caption_done(clip_of(alice, create_reference(alice)))
    job = job_of(post, Kind.VIDEO)
    job.params["first"] = {"reference": 2**60}
    job.references.clear()
    job.save()
    end(post)
    job.refresh_from_db()
    assert (job.status, job.error_code) == (Status.FAILED, ErrorCode.INVALID)
    assert not [call for call in scripted.calls if call.kind is Kind.VIDEO]
    assert ReferenceImage.objects.filter(pk=foreign.pk).exists()


def test_a_key_that_leads_nowhere_fails_the_job_and_is_let_go(alice: User) -> None:
    upload = create_reference(alice)
    for key in upload.object.all_keys:
        storages["private"].delete(key)
    post = clip_of(alice, upload)
    work_off(post)
    assert job_of(post, Kind.VIDEO).error_code == ErrorCode.INVALID
    assert not ReferenceImage.objects.exists()
    assert outbox.run()[1] == 1, "what is missing counts as deleted"


# --- what cannot be made again -------------------------------------------------------------


def test_what_failed_is_not_tried_again_without_what_was_uploaded_for_it(
    alice: User, sam: User, scripted: ScriptedProvider, settings: Any
) -> None:
    settings.CREDITS_ENABLED = True
    before = credits.balance_of(alice)
    scripted.answers = {CLIP: REFUSED, "test/a": REFUSED, "test/edit": REFUSED}
    clip = clip_of(alice, create_reference(alice))
    picture = start(alice, models="test/a", references=[create_reference(alice)])
    source = create_post(alice).images.get()
    wish = an_edit_wish(references=[create_reference(alice)])
    turn = editing.start_conversation(owner=alice, source=source, wish=wish).turns.get()
    for target in (clip, picture, turn):
        work_off(target)
    made, calls = GenerationJob.objects.count(), len(scripted.calls)
    for post in (clip, picture):
        with pytest.raises(studio.ReferenceGoneError):
            studio.retry_slot(post=post, slot=0)
    with pytest.raises(studio.ReferenceGoneError):
        editing.retry_output(turn=turn, slot=0)
    with pytest.raises(studio.ReferenceGoneError):
        regenerate.regenerate(post=picture)
    for job in GenerationJob.objects.filter(status=Status.FAILED):
        assert not retrying.try_again(job, by=sam)
    assert (GenerationJob.objects.count(), len(scripted.calls)) == (made, calls)
    assert credits.balance_of(alice) == before


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_who_tries_again_is_led_to_the_form_and_told_what_is_missing(
    as_alice: Client, alice: User, scripted: ScriptedProvider, headers: dict[str, str]
) -> None:
    scripted.answers = {CLIP: REFUSED, "test/a": REFUSED}
    picture = start(alice, "a red door", models="test/a", references=[create_reference(alice)])
    clip = clip_of(alice, create_reference(alice))
    work_off(picture)
    work_off(clip)
    for post, address in (
        (picture, f"/posts/create/?post={picture.pk}&similar=1"),
        (clip, f"/posts/animate/?like={clip.pk}"),
    ):
        page = as_alice.get(post.get_absolute_url()).content.decode()
        assert "A picture that you uploaded for it is deleted." in page
        assert "Upload it again" in page
        assert "1 picture that was uploaded for it is deleted." in page
        answer = as_alice.post(f"/posts/{post.pk}/retry/", {"slot": 0}, headers=headers)
        assert answer.headers.get("HX-Redirect", answer.headers.get("Location")) == address
        form = as_alice.get(address).content.decode()
        assert post.prompt in form
        assert "A picture that you uploaded for it is deleted" in form
    assert "a red door" in as_alice.get(f"/posts/create/?post={picture.pk}").content.decode()


def test_who_makes_it_again_is_led_to_the_form_as_well(as_alice: Client, alice: User) -> None:
    post = start(alice, models="test/a", references=[create_reference(alice)])
    work_off(post)
    answer = as_alice.post(f"/posts/{post.pk}/regenerate/")
    assert answer.headers["Location"] == f"/posts/create/?post={post.pk}&similar=1"
    assert Post.objects.count() == 1


def test_a_turn_says_that_its_upload_is_deleted_and_offers_no_second_try(
    as_alice: Client, alice: User, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/edit"] = REFUSED
    source = create_post(alice).images.get()
    wish = an_edit_wish(references=[create_reference(alice)])
    conversation = editing.start_conversation(owner=alice, source=source, wish=wish)
    work_off(conversation.turns.get())
    page = as_alice.get(conversation.get_absolute_url()).content.decode()
    assert "1 picture that was uploaded for it is deleted." in page
    address = reverse("conversation-retry", args=[conversation.pk])
    assert address not in page
    answer = as_alice.post(address, {"turn": 1, "slot": 0}, follow=True)
    assert "Upload it again." in answer.content.decode()


# --- at the same moment --------------------------------------------------------------------


def test_the_last_two_jobs_of_one_upload_end_at_once_and_it_is_released_once(
    alice: User, settings: Any
) -> None:
    settings.CREDITS_ENABLED = True
    for number in range(1, 5):
        upload = create_reference(alice)
        ends: list[Callable[[], Any]] = []
        for way in range(3):
            post = caption_done(clip_of(alice, upload))
            job = jobs.claim(job_of(post, Kind.VIDEO).pk)
            assert job is not None
            if way == 2:
                ends.append(partial(studio.cancel_post, post=post, by=alice))
            else:
                ends.append(partial(jobs.fail, job, ErrorCode.INTERNAL, "test"))
        came = at_once(*ends, sweep.sweep, outbox.run)
        assert [error for error in came if isinstance(error, Exception)] == []
        assert not ReferenceImage.objects.exists()
        assert AuditEvent.objects.filter(action="reference.delete").count() == number
    outbox.run()
    assert private_files() == set()


def test_an_upload_is_used_again_or_deleted_and_never_both(alice: User) -> None:
    for _ in range(4):
        upload = create_reference(alice)
        ending = caption_done(clip_of(alice, upload))
        job = jobs.claim(job_of(ending, Kind.VIDEO).pk)
        assert job is not None
        came = at_once(
            partial(jobs.fail, job, ErrorCode.INTERNAL, "test"),
            partial(clip_of, alice, upload),
            partial(deletion.delete_posts, Post.objects.filter(pk=ending.pk), by=alice),
        )
        started = came[1]
        if isinstance(started, Post):
            assert job_of(started, Kind.VIDEO).references.get() == upload
            studio.cancel_post(post=started, by=alice)
        else:
            assert isinstance(started, studio.ReferenceGoneError), started
        assert not ReferenceImage.objects.exists()


@pytest.mark.parametrize("kept", [False, True])
def test_an_upload_is_let_go_while_another_of_its_posts_is_deleted(
    alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, kept: bool
) -> None:
    """Neither waits for the other for ever."""
    upload = create_reference(alice)
    going, ending = caption_done(clip_of(alice, upload)), caption_done(clip_of(alice, upload))
    studio.cancel_post(post=going, by=alice)
    job = jobs.claim(job_of(ending, Kind.VIDEO).pk)
    assert job is not None
    if kept:
        jobs.fail(job, ErrorCode.INTERNAL, "test")
        upload = create_reference(alice, kept=True)
        GenerationJob.references.through.objects.create(
            generationjob=job_of(going, Kind.VIDEO), referenceimage=upload
        )
    are_gone = threading.Event()
    let_go = job_references.let_go

    def let_go_late(ids: set[int], *, why: str, **options: Any) -> int:
        if why == "its posts were deleted":
            are_gone.set()
            time.sleep(0.5)  # meanwhile the other one takes the reference
        return let_go(ids, why=why, **options)

    monkeypatch.setattr(job_references, "let_go", let_go_late)

    def end_meanwhile() -> None:
        are_gone.wait(10)
        if kept:
            deletion.delete_reference(reference=upload, by=alice, include_generated=False)
        else:
            jobs.fail(job, ErrorCode.INTERNAL, "test")

    posts = Post.objects.filter(pk=going.pk)
    came = at_once(partial(deletion.delete_posts, posts, by=alice), end_meanwhile)
    assert [error for error in came if isinstance(error, Exception)] == []
    assert "References were not deleted" not in caplog.text
    assert not ReferenceImage.objects.exists()


def test_another_persons_upload_is_not_let_go_by_a_job(alice: User, bob: User) -> None:
    foreign = create_reference(bob)
    work_off(clip_of(alice, create_reference(alice)))
    sweep.sweep()
    assert list(ReferenceImage.objects.all()) == [foreign]


def test_uploads_that_nothing_used_wait_for_their_day(alice: User) -> None:
    file = SimpleUploadedFile("me.jpg", picture_bytes(), "image/jpeg")
    upload = references.add_reference(owner=alice, upload=file)
    sweep.sweep()
    assert list(ReferenceImage.objects.all()) == [upload]
