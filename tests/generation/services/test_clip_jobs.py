"""Clips in the making: called back about, fetched, checked, and whatever may happen meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.conf import LazySettings
from django.core.files.storage import storages
from django.db.models.functions import Now

from gallery.imaging import gate
from gallery.imaging.marking import read_mark
from gallery.models import GeneratedImage, Post
from gallery.services import deletion, trash
from generation import catalogue
from generation.models import CreditEntry, GenerationJob, WebhookEvent
from generation.models.jobs import ErrorCode
from generation.providers import shelf
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import Artifact, Cost, Done, Kind, Pending
from generation.results import SlotState, results_of
from generation.services import calls, credits, images, runner, studio
from pixelstream.accounts.models import User
from tests.callbacks import Callbacks
from tests.factories import (
    animate,
    create_post,
    film_bytes,
    job_of,
    picture_bytes,
    work_off,
)
from tests.gallery.imaging.films import frames_of
from tests.invariants import broken_invariants
from tests.providers import ScriptedProvider

Status = GenerationJob.Status
FAULT = "builtin/fault-clip-"
QUIET, SLOW, FAILING = f"{FAULT}silent", f"{FAULT}slow", f"{FAULT}fail"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ground(settings: LazySettings, scripted: ScriptedProvider) -> Iterator[None]:
    """Everybody begins with 100 credits, a second of the engine's clips costs one, and whatever a
    test did, rows, bytes and credits are in step afterwards.
    """
    settings.BUILTIN_ENGINE_FAULTS = True
    settings.CREDITS_ENABLED = True
    settings.CREDITS_SIGNUP_GRANT = 100
    settings.CREDITS_WITHOUT_COST = 5
    yield
    assert broken_invariants() == []


@pytest.fixture
def picture(alice: User) -> GeneratedImage:
    """What the clips begin with, so that no caption is waited for."""
    return create_post(alice).images.get()


def begun(picture: GeneratedImage, models: str = "builtin/drift", **fields: Any) -> GenerationJob:
    """A job whose call was not sent yet."""
    return job_of(animate(picture.owner, models=models, first=picture, **fields), Kind.VIDEO)


def work(job: GenerationJob) -> GenerationJob:
    """What a worker does as often as it is rung: nothing, where the job is not due."""
    runner.run(job.pk)
    job.refresh_from_db()
    return job


def is_due(job: GenerationJob) -> bool:
    return GenerationJob.objects.claimable().filter(pk=job.pk).exists()


def make_due(job: GenerationJob) -> None:
    GenerationJob.objects.filter(pk=job.pk).update(run_after=Now())


def timers() -> list[threading.Timer]:
    """What will be called back about."""
    return [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]


def ledger(person: User) -> list[tuple[str, int]]:
    """Kinds and amounts, the oldest first."""
    entries = CreditEntry.objects.owned_by(person).order_by("id")
    return list(entries.values_list("kind", "amount"))


# --- through the endpoint


def test_the_engine_calls_back_before_its_answer_and_is_asked_once(
    picture: GeneratedImage, callbacks: Callbacks
) -> None:
    job = work(begun(picture))
    assert callbacks.statuses == [200]
    assert (job.status, job.attempts) == (Status.PENDING, 0)
    assert is_due(job), "it does not wait for the three seconds"
    event = WebhookEvent.objects.get()
    assert (event.status, event.handled_at) == ("completed", None)
    work(job)
    event.refresh_from_db()
    assert event.handled_at is not None
    clip = job.own_post.images.select_related("object").get()
    assert (clip.clip_ms, clip.has_sound) == (3000, False)
    assert (clip.width, clip.height, clip.aspect_ratio) == (854, 480, "16:9")
    assert (clip.object.content_type, clip.filename[-10:]) == ("video/mp4", "_drift.mp4")
    assert (clip.resolution, clip.cost, clip.cost_basis) == ("480p", 0, "reported")
    with storages["public"].open(clip.object.key) as stored:
        assert read_mark(stored.read()) == "algorithmicMedia"
    assert clip.srcset.endswith(" 854w")
    assert ledger(picture.owner) == [("grant", 100), ("hold", -3), ("capture", 0)]
    job.own_post.refresh_from_db()
    answer = job.own_post.messages.order_by("id").last()
    assert answer is not None
    assert (answer.credits_used, answer.error) == (3, "")


def test_the_same_seed_gives_the_same_clip_and_another_one_another(
    picture: GeneratedImage,
) -> None:
    films = []
    for seed in (7, 7, 8):
        job = work(work(begun(picture, prompt="snow", seed=seed)))
        assert job.params["seed"] == seed
        with storages["public"].open(job.own_post.images.get().object.key) as stored:
            films.append(np.asarray(frames_of(stored.read())[40], float))
    same, other = (np.abs(film - films[0]).mean() for film in films[1:])
    assert same < 1 < other, "but for the rounding of the encoder"


def test_two_models_make_two_clips_from_words(alice: User) -> None:
    post = animate(alice, models="builtin/drift builtin/parallax")
    work_off(post)
    assert [image.model_name for image in post.images.order_by("position")] == ["Drift", "Parallax"]
    assert post.status == Post.Status.GENERATED


def test_who_was_not_called_back_asks_after_a_while(
    picture: GeneratedImage, callbacks: Callbacks, caplog: pytest.LogCaptureFixture
) -> None:
    callbacks.is_open = False
    job = work(begun(picture))
    assert (job.status, is_due(job)) == (Status.PENDING, False)
    assert not WebhookEvent.objects.exists()
    assert sum("could not be called back" in line for line in caplog.messages) == 1
    make_due(job)
    assert work(job).status == Status.COMPLETED
    callbacks.deliver_kept()
    assert callbacks.statuses == [200], "late, and it changes nothing"
    assert work(job).status == Status.COMPLETED


def test_a_model_that_is_not_heard_of_is_asked(picture: GeneratedImage) -> None:
    job = work(begun(picture, models=QUIET))
    assert not WebhookEvent.objects.exists()
    make_due(job)
    assert work(job).status == Status.COMPLETED


@pytest.mark.django_db(transaction=True)
def test_a_slow_clip_is_called_back_about_after_the_answer(
    picture: GeneratedImage, callbacks: Callbacks
) -> None:
    job = work(begun(picture, models=SLOW, prompt="slow=0.2"))
    assert (job.status, is_due(job)) == (Status.PENDING, False)
    for timer in timers():
        timer.join(10)
    assert callbacks.statuses == [200]
    assert is_due(job)
    assert work(job).status == Status.COMPLETED


def test_a_clip_that_is_asked_for_too_early_is_asked_for_again(picture: GeneratedImage) -> None:
    job = work(begun(picture, models=SLOW, prompt="slow=30"))
    make_due(job)
    assert (work(job).status, is_due(job)) == (Status.PENDING, False)
    for timer in timers():
        timer.cancel()


# --- it fails


def test_a_clip_that_fails_is_given_back_once(picture: GeneratedImage) -> None:
    job = work(begun(picture, models=FAILING))
    assert WebhookEvent.objects.get().status == "failed"
    assert (work(job).status, job.error_code) == (Status.FAILED, ErrorCode.NO_OUTPUT)
    work(job)
    assert ledger(picture.owner) == [("grant", 100), ("hold", -3), ("refund", 3)]
    [slot] = results_of(job.own_post).slots
    assert (slot.state, slot.is_clip) == (SlotState.FAILED, True)
    assert (slot.reason, slot.charge) == ("The model gave no clip.", "not charged")


def test_a_clip_that_is_gone_before_it_was_fetched_is_not_charged(picture: GeneratedImage) -> None:
    job = work(begun(picture))
    shelf.cache.clear()
    assert (work(job).error_code, job.billed) == (ErrorCode.NO_OUTPUT, "no")


@pytest.mark.parametrize("data", [b"<html>", picture_bytes(), film_bytes()[:2000]])
def test_what_is_no_clip_is_refused(
    data: bytes, picture: GeneratedImage, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/clip"] = Done(
        artifacts=(Artifact(data, "video/mp4"),), cost=Cost(basis="unknown")
    )
    job = work(begun(picture, models="test/clip"))
    assert (job.status, job.error_code) == (Status.FAILED, ErrorCode.NO_OUTPUT)
    assert job.billed == "unknown"


def test_a_lost_answer_is_never_asked_for_again_and_given_back(
    picture: GeneratedImage, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/clip"] = ProviderError(ErrorKind.AMBIGUOUS, "lost")
    job = work(begun(picture, models="test/clip"))
    assert (work(job).error_code, len(scripted.clip_calls)) == (ErrorCode.AMBIGUOUS, 1)
    assert credits.balance_of(picture.owner) == 100


def test_an_accepted_clip_is_asked_for_as_long_as_an_hour(
    picture: GeneratedImage, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/clip"] = scripted.results = Pending("clip-1", poll_after=5)
    job = work(begun(picture, models="test/clip"))
    for minutes, status in ((40, Status.PENDING), (61, Status.FAILED)):
        long_ago = Now() - timedelta(minutes=minutes)
        GenerationJob.objects.filter(pk=job.pk).update(run_after=Now(), call_started_at=long_ago)
        assert work(job).status == status
    assert (job.error_code, len(scripted.clip_calls)) == (ErrorCode.AMBIGUOUS, 1)


def test_a_model_without_what_was_asked_for_is_not_asked(
    alice: User, picture: GeneratedImage, scripted: ScriptedProvider
) -> None:
    """No form offers it; a successor of a retired model may be like that."""
    for models, resolution, reason in (
        ("test/long-clip", "720p", "This length is not offered."),
        ("test/words-clip", "720p", "It cannot be given these frames."),
        ("test/clip", "9K", "This size is not offered."),
    ):
        job = work(begun(picture, models=models, resolution=resolution))
        assert (job.error_code, job.error_reason) == (ErrorCode.INVALID, reason)
    assert scripted.clip_calls == []


def test_a_clip_whose_picture_was_deleted_meanwhile_says_so(
    picture: GeneratedImage, scripted: ScriptedProvider
) -> None:
    job = begun(picture, models="test/clip")
    deletion.delete_posts(Post.objects.filter(pk=picture.post_id), by=picture.owner)
    assert work(job).error_reason == "The picture it starts from is not there any more."
    assert scripted.clip_calls == []
    job.own_post.refresh_from_db()
    assert job.own_post.root_id == picture.post_id, "a gap in the tree"


def test_a_clip_goes_on_when_its_picture_went_to_the_trash(picture: GeneratedImage) -> None:
    job = begun(picture, models="test/clip")
    trash.trash(owner=picture.owner, ids=[picture.post_id])
    assert work(job).status == Status.COMPLETED


# --- something happens meanwhile


def test_while_no_clip_can_be_looked_at_the_work_is_only_asked_for_again(
    picture: GeneratedImage, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted.answers["test/clip"] = Pending("clip-1", poll_after=5)
    job = work(begun(picture, models="test/clip"))
    with monkeypatch.context() as full:

        def closed(*args: Any, **kwargs: Any) -> None:
            raise gate.GateClosedError(28, "no space left")

        full.setattr(images, "develop_clip", closed)
        for _ in range(6):
            make_due(job)
            assert (work(job).status, job.attempts) == (Status.PENDING, 0)
    make_due(job)
    assert work(job).status == Status.COMPLETED
    assert len(scripted.clip_calls) == 1


def test_a_clip_that_can_never_be_looked_at_is_given_up(
    picture: GeneratedImage, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*args: Any, **kwargs: Any) -> None:
        raise gate.GateClosedError(28, "no space left")

    monkeypatch.setattr(images, "develop_clip", closed)
    scripted.answers["test/clip"] = Pending("clip-1", poll_after=5)
    job = work(begun(picture, models="test/clip"))
    GenerationJob.objects.update(call_started_at=Now() - calls.CLIP_DEADLINE - timedelta(seconds=5))
    for _ in range(4):
        make_due(job)
        work(job)
    assert (job.status, job.error_code) == (Status.FAILED, ErrorCode.INTERNAL)


@pytest.mark.parametrize("is_accepted", [True, False])
def test_a_clip_that_was_stored_before_the_crash_is_adopted(
    *,
    is_accepted: bool,
    picture: GeneratedImage,
    scripted: ScriptedProvider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class CrashError(BaseException):
        """As if the process was killed."""

    def crash(*args: object) -> None:
        raise CrashError

    if is_accepted:
        scripted.answers["test/clip"] = Pending("clip-1", poll_after=0)
    job = begun(picture, models="test/clip")
    with monkeypatch.context() as crashing:
        crashing.setattr(images, "_commit", crash)
        with pytest.raises(CrashError):
            runner.run(job.pk)
    GenerationJob.objects.update(lease_until=job.created_at)
    assert work(job).status == Status.COMPLETED
    assert (len(scripted.clip_calls), len(scripted.polls)) == (1, int(is_accepted))
    clip = job.own_post.images.get()
    assert (clip.clip_ms, clip.object) == (2000, job.output)


@pytest.mark.parametrize("is_accepted", [False, True])
def test_a_canceled_clip_is_given_back_and_a_late_call_changes_nothing(
    *, is_accepted: bool, picture: GeneratedImage, callbacks: Callbacks
) -> None:
    callbacks.is_open = False
    job = begun(picture)
    if is_accepted:
        work(job)
    assert studio.cancel_post(post=job.own_post, by=picture.owner) == 1
    callbacks.deliver_kept()
    assert callbacks.statuses == [200] * is_accepted
    make_due(job)
    assert (work(job).status, job.error_code) == (Status.FAILED, ErrorCode.CANCELED)
    assert ledger(picture.owner) == [("grant", 100), ("hold", -3), ("refund", 3)]
    assert not job.own_post.images.exists()


def test_a_trashed_clip_is_canceled_and_can_be_tried_again_once_it_is_back(
    picture: GeneratedImage, callbacks: Callbacks
) -> None:
    callbacks.is_open = False
    job, owner = work(begun(picture)), picture.owner
    trash.trash(owner=owner, ids=[job.own_post.pk])
    callbacks.deliver_kept()
    assert (work(job).status, job.error_code) == (Status.FAILED, ErrorCode.CANCELED)
    trash.restore(owner=owner, ids=[job.own_post.pk])
    [slot] = results_of(job.own_post).slots
    assert (slot.state, slot.reason) == (SlotState.FAILED, "Canceled by user")
    callbacks.is_open = True
    studio.retry_slot(post=job.own_post, slot=0)
    work_off(job.own_post)
    assert job.own_post.status == Post.Status.GENERATED
    assert job.own_post.images.get().is_clip
    assert [amount for _kind, amount in ledger(owner)] == [100, -3, 3, -3, 0]


def test_a_clip_that_was_deleted_for_good_hears_nothing_any_more(
    picture: GeneratedImage, callbacks: Callbacks
) -> None:
    callbacks.is_open = False
    job = work(begun(picture))
    deletion.delete_posts(Post.objects.filter(pk=job.own_post.pk), by=picture.owner)
    callbacks.deliver_kept()
    assert callbacks.statuses == [200]
    runner.run(job.pk)
    assert not GenerationJob.objects.exists()
    assert not WebhookEvent.objects.exists()
    assert credits.balance_of(picture.owner) == 100


# --- once more


def test_a_clip_of_a_picture_without_a_caption_is_tried_again_without_one(
    picture: GeneratedImage,
) -> None:
    Post.objects.filter(pk=picture.post_id).update(caption="")
    picture.refresh_from_db()
    job = work(work(begun(picture, models=FAILING)))
    retried = studio.retry_slot(post=job.own_post, slot=0).job
    assert (retried.kind, retried.params) == (Kind.VIDEO, job.params)
    assert is_due(retried)
    assert not job.own_post.jobs.filter(kind=Kind.CAPTION).exists()
    studio.cancel_post(post=job.own_post, by=picture.owner)


def test_a_clip_from_words_starts_over_when_its_caption_had_failed(
    alice: User, scripted: ScriptedProvider
) -> None:
    scripted.caption = ProviderError(ErrorKind.INVALID, "no")
    post = animate(alice, models="test/clip test/other-clip")
    work_off(post)
    assert post.status == Post.Status.FAILED
    scripted.caption = None
    studio.retry_slot(post=post, slot=1)
    work_off(post)
    assert post.images.count() == 2


def test_a_clip_whose_picture_is_in_the_trash_is_not_tried_again(
    picture: GeneratedImage,
) -> None:
    job = work(work(begun(picture, models=FAILING)))
    trash.trash(owner=picture.owner, ids=[picture.post_id])
    with pytest.raises(studio.FrameGoneError):
        studio.retry_slot(post=job.own_post, slot=0)
    assert job.own_post.jobs.count() == 1
    assert credits.balance_of(picture.owner) == 100


# --- what it costs


def test_a_clip_costs_its_seconds(alice: User) -> None:
    post = animate(alice, models="builtin/drift test/clip", seconds=8)
    prices = [job_of(post, Kind.VIDEO, slot).price_credits for slot in (0, 1)]
    assert prices == [8, 40]
    assert credits.balance_of(alice) == 52


def test_too_few_credits_say_what_the_clips_cost(alice: User, settings: LazySettings) -> None:
    settings.CREDITS_SIGNUP_GRANT = 15
    for models, text in (
        ("test/clip", "1 clip costs 25 credits; you have 15. Nothing was started."),
        ("test/clip builtin/drift", "2 clips cost 30 credits; you have 15. Nothing was started."),
    ):
        with pytest.raises(credits.NotEnoughCreditsError) as refused:
            animate(alice, models=models, seconds=5)
        assert credits.refusal_text(refused.value) == text
    assert not GenerationJob.objects.exists()


def test_what_a_second_cost_last_is_told(picture: GeneratedImage) -> None:
    job = work(work(begun(picture, models="builtin/drift", seconds=5)))
    GenerationJob.objects.filter(pk=job.pk).update(cost=Decimal("0.25"), duration_ms=4000)
    catalogue.forget()
    spec = catalogue.find("builtin/drift")
    assert spec is not None
    assert (spec.typical_cost, spec.typical_seconds) == (Decimal("0.05"), 4)
