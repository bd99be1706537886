"""B2: bytes that arrive when the outbox already went through. Step by step, in one process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.storage import storages

from gallery.models import StoredObject
from gallery.services import objects, outbox
from generation.models import GenerationJob
from generation.models.jobs import ErrorCode
from generation.providers.types import Kind
from generation.services import runner, studio
from pixelstream import invariants
from pixelstream.accounts.models import User
from tests.factories import job_of, start
from tests.providers import ScriptedProvider

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

State = StoredObject.State


@pytest.fixture
def job(alice: User, scripted: ScriptedProvider) -> GenerationJob:
    """A picture that a worker is about to make."""
    post = start(alice, models="test/a")
    runner.run(job_of(post, Kind.CAPTION).pk)
    return job_of(post)


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    yield
    outbox.drain()
    assert invariants.broken() == []
    assert list(invariants._keys(storages["public"])) == []


def cancel_and_clean_up(job: GenerationJob) -> None:
    studio.cancel_post(post=job.post, by=job.post.owner)
    outbox.drain()
    assert StoredObject.objects.get().state == State.GONE


def test_bytes_written_after_the_outbox_was_through_are_deleted_after_all(
    job: GenerationJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = objects.put

    def late(obj: StoredObject, *data: Any) -> None:
        cancel_and_clean_up(job)
        put(obj, *data)

    monkeypatch.setattr(objects, "put", late)
    runner.run(job.pk)

    job.refresh_from_db()
    assert job.error_code == ErrorCode.CANCELED
    assert StoredObject.objects.get().state == State.DELETING


def test_bytes_written_while_the_outbox_deletes_are_deleted_after_all(
    job: GenerationJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer comes between the last delete and the row's end."""
    put = objects.put

    def late(obj: StoredObject, *data: Any) -> None:
        def write_now(point: str, entity: int) -> None:
            if point != "outbox.after_delete":
                return
            monkeypatch.setattr(outbox, "faultpoint", lambda *_: None)
            put(obj, *data)
            objects.retract(obj.pk)

        monkeypatch.setattr(outbox, "faultpoint", write_now)
        studio.cancel_post(post=job.post, by=job.post.owner)
        outbox.drain()
        assert StoredObject.objects.get().state == State.DELETING

    monkeypatch.setattr(objects, "put", late)
    runner.run(job.pk)
