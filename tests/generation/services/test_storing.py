"""A picture that was perhaps paid for outlives a short fault of the storage."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import OperationalError
from django.db.models.functions import Now

from gallery.models import Post, StoredObject
from generation.models import GenerationJob
from generation.services import images, runner, studio
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import start, work_off
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db


class Failing:
    """A storage that fails for the first few keys that it is given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
        self.left = times
        self.real = storages["public"].save
        monkeypatch.setattr(storages["public"], "save", self.save)
        monkeypatch.setattr(images, "PUT_AGAIN_AFTER", (0.0, 0.0, 0.0))

    def save(self, name: str, *args: Any, **kwargs: Any) -> str:
        if self.left:
            self.left -= 1
            raise OSError("no such luck")
        return self.real(name, *args, **kwargs)


@pytest.mark.parametrize("times", [1, 3])
def test_storing_is_tried_again_and_the_vendor_is_asked_once(
    times: int, alice: User, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = start(alice, models="test/a")
    Failing(monkeypatch, times)
    work_off(post)
    assert post.images.count() == 1
    job = GenerationJob.objects.get(post=post, kind="image")
    assert (job.status, job.attempts) == ("completed", 1)
    assert broken() == []


def test_what_was_stored_before_the_fault_is_not_written_twice(
    alice: User, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = start(alice, models="test/a")
    failing = Failing(monkeypatch, 0)
    saved: list[str] = []

    def third_fails(name: str, *args: Any, **kwargs: Any) -> str:
        saved.append(name)
        if len(saved) == 2:
            raise OSError("no such luck")
        return failing.real(name, *args, **kwargs)

    monkeypatch.setattr(storages["public"], "save", third_fails)
    work_off(post)
    assert post.images.count() == 1
    assert broken() == []


def test_a_storage_that_stays_away_ends_the_job_with_a_word(
    alice: User, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = start(alice, models="test/a")
    Failing(monkeypatch, 99)
    work_off(post)
    job = GenerationJob.objects.get(post=post, kind="image")
    assert (job.status, job.error_code) == ("failed", "internal")


def test_bytes_of_a_canceled_job_are_deleted_once_more_when_the_late_worker_loses_the_database(
    alice: User, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = start(alice, models="test/a")

    def cut_off(*_arguments: Any) -> None:
        studio.cancel_post(post=Post.objects.get(pk=post.pk), by=alice)
        # The outbox was through already, before these bytes were there.
        StoredObject.objects.filter(state=StoredObject.State.DELETING).update(
            state=StoredObject.State.GONE, gone_at=Now()
        )
        raise OperationalError("the connection is away")

    monkeypatch.setattr(images, "_commit", cut_off)
    work_off(post)
    job = GenerationJob.objects.get(post=post, kind="image")
    assert job.output is not None
    assert job.output.state == StoredObject.State.DELETING


def test_a_worker_that_loses_the_database_leaves_its_picture_to_the_next_one(
    alice: User, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = start(alice, models="test/a")

    def cut_off(*_arguments: Any) -> None:
        raise OperationalError("the connection is away")

    with monkeypatch.context() as patched:
        patched.setattr(images, "_commit", cut_off)
        work_off(post)
    job = GenerationJob.objects.get(post=post, kind="image")
    GenerationJob.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))
    runner.run(job.pk)
    assert post.images.count() == 1
    assert len(scripted.picture_calls) == 1
