"""B2: bytes that arrive when the outbox already went through. Step by step, in one process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.storage import storages

from gallery.models import Post, StoredObject
from gallery.services import deletion, objects, outbox
from generation.models import GenerationJob
from generation.models.jobs import ErrorCode
from generation.providers.types import Kind
from generation.services import runner, targets
from pixelstream import invariants
from pixelstream.accounts.models import User
from tests.factories import create_post, job_of, start, start_editing
from tests.faults.harness import TARGETS, cancel
from tests.providers import ScriptedProvider

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

State = StoredObject.State


@pytest.fixture(params=TARGETS)
def job(
    request: pytest.FixtureRequest, alice: User, scripted: ScriptedProvider
) -> Iterator[GenerationJob]:
    """A picture that a worker is about to make."""
    if request.param == "post":
        post = start(alice, models="test/a")
        runner.run(job_of(post, Kind.CAPTION).pk)
        yield job_of(post)
    else:
        turn = start_editing(create_post(alice).images.get())
        yield job_of(turn)
        deletion.delete_posts(Post.objects.all(), by=None)


def stored() -> list[str]:
    """The keys of what lies in the public area."""
    return sorted(invariants._keys(storages["public"]))


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    yield
    outbox.drain()
    assert invariants.broken() == []
    assert stored() == []


def cancel_and_clean_up(job: GenerationJob) -> None:
    cancel(targets.of(job), by=job.owner)
    outbox.drain()
    assert written().state == State.GONE


def written() -> StoredObject:
    """What the worker wrote; the picture that an edit starts from is live."""
    return StoredObject.objects.exclude(state=State.LIVE).get()


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
    assert written().state == State.DELETING


def test_bytes_written_while_the_outbox_deletes_are_deleted_after_all(
    job: GenerationJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer comes between the last delete and the row's end."""
    put, before, left = objects.put, stored(), []

    def late(obj: StoredObject, *data: Any) -> None:
        def write_now(point: str, entity: int) -> None:
            if point != "outbox.after_delete":
                return
            monkeypatch.setattr(outbox, "faultpoint", lambda *_: None)
            put(obj, *data)
            objects.retract(obj.pk)

        monkeypatch.setattr(outbox, "faultpoint", write_now)
        cancel(targets.of(job), by=job.owner)
        outbox.drain()
        # What fails in here would be taken for the job's fault.
        left.append(stored())

    monkeypatch.setattr(objects, "put", late)
    runner.run(job.pk)

    assert left == [before]
