"""A thousand clips from uploads, ended in every way, and not one upload is left."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from random import Random

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now

from gallery.imaging.clips import develop_clip
from gallery.imaging.gate import admit
from gallery.models import AuditEvent, GeneratedImage, Post, ReferenceImage, StoredObject
from gallery.services import deletion, outbox, references, trash
from generation.models import GenerationJob
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import Kind
from generation.services import images, job_references, jobs, runner, studio, sweep
from pixelstream import invariants
from pixelstream.accounts.models import User
from tests.factories import animate, job_of, picture_bytes
from tests.invariants import broken_invariants
from tests.providers import ScriptedProvider

RUNS = 1000
IN_WORK = 10
"""Clips that are in work together. Two of them share an upload."""
PLAN_SEED = 8

ENDS = [
    *["completed"] * 6,
    *["failed", "caption failed", "canceled", "trashed", "deleted", "silent", "cut off"],
]
"""Ways for a run to end, the usual one most often."""

REFUSED = ProviderError(ErrorKind.INVALID, "no")

# About 45 s of one core.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


@pytest.fixture(autouse=True)
def _cheap(scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same file is looked at once, and nothing waits for the disk or the broker."""
    monkeypatch.setattr(references, "admit", cache(admit))
    monkeypatch.setattr(images, "develop_clip", cache(develop_clip))
    monkeypatch.setattr(os, "fsync", lambda _file: None)
    monkeypatch.setattr(jobs, "ring", lambda _job_id: True)
    logging.disable()  # every end is told there
    yield
    logging.disable(logging.NOTSET)


def upload_one(owner: User) -> ReferenceImage:
    """As the form takes it."""
    file = SimpleUploadedFile("me.jpg", picture_bytes(), "image/jpeg")
    return references.add_reference(owner=owner, upload=file)


def begin_some(owner: User) -> list[Post]:
    """IN_WORK clips, each from an upload; the first two from the same."""
    posts: list[Post] = []
    for number in range(IN_WORK):
        if number != 1:
            upload = upload_one(owner)
        posts.append(animate(owner, models="test/clip", first=upload))
    return posts


def has_caption(post: Post) -> None:
    """As if it had been written: how that goes is not what this is about, and takes its time."""
    Post.objects.filter(pk=post.pk).update(caption="Written.")
    ended = {"status": "completed", "finished_at": Now(), "run_after": Now()}
    post.jobs.filter(kind=Kind.CAPTION).update(**ended)
    post.jobs.filter(kind=Kind.VIDEO).update(run_after=Now())


def end(post: Post, way: str, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bring a clip to its end in this way, as far as it does not need the sweep."""
    if way == "caption failed":
        scripted.caption = REFUSED
        runner.run(job_of(post, Kind.CAPTION).pk)
        return
    scripted.answers["test/clip"] = REFUSED if way == "failed" else scripted.clip()
    has_caption(post)
    job = job_of(post, Kind.VIDEO)
    if way in {"completed", "failed"}:
        runner.run(job.pk)
    elif way == "canceled":
        studio.cancel_post(post=post, by=post.owner)
    elif way == "trashed":
        trash.trash(owner=post.owner, ids=[post.pk])
    elif way == "deleted":
        deletion.delete_posts(Post.objects.filter(pk=post.pk), by=post.owner)
    elif way == "silent":
        assert jobs.claim(job.pk)
        past = Now() - timedelta(seconds=1)
        GenerationJob.objects.filter(pk=job.pk).update(attempts=4, lease_until=past)
    elif way == "cut off":  # its worker dies between the commit and what follows it
        with monkeypatch.context() as dying:
            dying.setattr(job_references, "let_go", lambda *_args, **_words: 0)
            runner.run(job.pk)


def objects_there() -> int:
    """Rows of uploads that storage has not confirmed gone."""
    there = StoredObject.objects.exclude(state=StoredObject.State.GONE)
    return there.filter(key__startswith="reference/").count()


def files_there() -> set[str]:
    """What of uploads lies in storage."""
    return set(invariants._keys(storages["private"], "reference"))


def test_a_thousand_clips_leave_no_upload_behind(
    alice: User, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(PLAN_SEED)
    ended: Counter[str] = Counter()
    most: Counter[str] = Counter()
    for _ in range(RUNS // IN_WORK):
        posts = begin_some(alice)
        most |= Counter(rows=ReferenceImage.objects.count(), objects=objects_there())
        most |= Counter(files=len(files_there()))
        for post in random.sample(posts, len(posts)):
            way = random.choice(ENDS)
            end(post, way, scripted, monkeypatch)
            ended[way] += 1
        sweep.sweep()
        outbox.run()

    assert ended.total() == RUNS
    assert set(ended) == set(ENDS)
    assert ReferenceImage.objects.count() == 0
    assert objects_there() == 0
    assert files_there() == set()
    # However many there were, no more were there at a time than were in work.
    assert most["rows"] == most["objects"] == IN_WORK - 1
    assert most["files"] <= (IN_WORK - 1) * 4, "with their renditions"
    uploads = RUNS // IN_WORK * (IN_WORK - 1)
    assert AuditEvent.objects.filter(action="reference.delete").count() == uploads
    assert GeneratedImage.objects.count() == ended["completed"] + ended["cut off"]
    assert broken_invariants() == []
