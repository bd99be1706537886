"""Deletion under everything at once: random programs of what people, time and faults do.

After every step the database shows what `deletion_model` says, and no invariant is broken; at the
end of each program, when all is quiet, storage holds exactly what the rows name. Programs are the
same in every run. `make prove --profile nightly` runs other and longer ones: MACHINE_PROGRAMS and
MACHINE_STEPS say how many and how long, FAULTS_SEED which. MACHINE_SHRINK=1 makes a failing
program as short as it can be, which takes minutes.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import cache, partial
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from hypothesis import HealthCheck, Phase, seed
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gallery.imaging.gate import admit
from gallery.models import (
    EditConversation,
    GeneratedImage,
    Post,
    ReferenceImage,
    StoredObject,
    TrashEmptying,
    Usage,
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
    sharing,
    storage_audit,
    trash,
)
from gallery.services import posts as post_service
from gallery.services.deletion import Deleted
from generation import catalogue
from generation.models import GenerationJob
from generation.services import editing, images, job_references, runner, sweep
from pixelstream import invariants
from pixelstream.accounts.models import User
from pixelstream.faultpoints import InjectedFaultError, faultpoint
from pixelstream.storages import LocalStorage
from tests.factories import create_user, picture_bytes, start
from tests.gallery.deletion_model import Entry, Library, Talk, Upload
from tests.providers import ScriptedProvider

PROGRAMS = int(os.environ.get("MACHINE_PROGRAMS", "25"))
STEPS = int(os.environ.get("MACHINE_STEPS", "30"))
SHRINKS = bool(os.environ.get("MACHINE_SHRINK"))
SECONDS_A_STEP = 1
CHEAP = ("B1", "B2", "B3", "V2", "Q1")
"""What is asked after every step; the rest at the end of a program."""

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.timeout(600 + PROGRAMS * STEPS * SECONDS_A_STEP),
]

State = StoredObject.State

CHUNK = 2
MOST_POSTS = 9
MOST_TALKS = 3
EDITORS = ("test/edit", "test/other-edit")
WHERE_DELETING = ("purge.after_lock", "purge.after_images", "purge.before_commit")
WHERE_CHUNKS_END = "purge.between_chunks"
WHERE_STORING = (
    *("outbox.before_copy", "outbox.after_copy", "outbox.before_replace"),
    *("outbox.before_delete", "outbox.after_delete"),
)
FAULTS = ("writing", "answers to writing", "reading", "deleting", "every other deletion", "all")

WAYS_TO_SHARE = ("public", "public", "unlisted", "shared", "withdrawn", "ended", "revoked")

a_person = st.sampled_from([0, 0, 0, 1])
a_pick = st.integers(0, MOST_POSTS - 1)
picks = st.lists(a_pick, min_size=1, max_size=3, unique=True)
perhaps = st.none() | a_pick


def crashes(*places: str) -> st.SearchStrategy[str]:
    """Nothing, as often as a crash somewhere."""
    return st.one_of(st.just(""), st.sampled_from(places))


class Crashed(Deleted):
    """What came of something that a crash ended."""


class Weather:
    """Lets the storage fail, and things happen in the middle of others."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, provider: ScriptedProvider) -> None:
        self.fault = ""
        self.provider = provider
        self.before_put: Callable[[], None] | None = None
        self.after_put: Callable[[], None] | None = None
        self.after_copy: Callable[[], None] | None = None
        self._deletions = 0
        save, read = LocalStorage._save, LocalStorage._open
        delete, walk, put = LocalStorage.delete, LocalStorage.walk, objects.put

        def failing_save(storage: LocalStorage, name: str, content: Any) -> str:
            self._fail_if("writing")
            saved = save(storage, name, content)
            self._fail_if("answers to writing")
            return saved

        def failing_read(storage: LocalStorage, *args: Any) -> Any:
            self._fail_if("reading")
            return read(storage, *args)

        def failing_delete(storage: LocalStorage, name: str) -> None:
            self._fail_if("deleting")
            self._deletions += 1
            if self._deletions % 2:
                self._fail_if("every other deletion")
            delete(storage, name)

        def failing_walk(storage: LocalStorage, prefix: str = "") -> Any:
            self._fail_if("reading")
            return walk(storage, prefix)

        def late_put(*args: Any) -> None:
            before, self.before_put = self.before_put, None
            after, self.after_put = self.after_put, None
            if before is not None:
                before()
            put(*args)
            if after is not None:
                after()

        def meeting_faultpoint(name: str, *entity: Any) -> None:
            happening = self.after_copy
            if name == "outbox.after_copy" and happening is not None:
                self.after_copy = None
                happening()
            faultpoint(name, *entity)

        monkeypatch.setattr(moves, "faultpoint", meeting_faultpoint)
        monkeypatch.setattr(LocalStorage, "_save", failing_save)
        monkeypatch.setattr(LocalStorage, "_open", failing_read)
        monkeypatch.setattr(LocalStorage, "delete", failing_delete)
        monkeypatch.setattr(LocalStorage, "walk", failing_walk)
        monkeypatch.setattr(objects, "put", late_put)

    @property
    def is_writing_well(self) -> bool:
        return self.fault not in {"writing", "answers to writing", "all"}

    def happens(self, moment: str, what: Callable[[], None]) -> None:
        """Once, in the middle of making the next picture."""

        def once() -> None:
            self.calm()
            what()

        if moment == "called":
            self.provider.before_answer = once
        elif moment == "storing":
            self.before_put = once
        else:
            self.after_put = once

    def calm(self) -> None:
        """Nothing happens in the middle of anything."""
        self.provider.before_answer = None
        self.before_put = self.after_put = self.after_copy = None

    def _fail_if(self, fault: str) -> None:
        if self.fault in {fault, "all"}:
            raise OSError(f"{fault} fails")


@pytest.fixture
def weather(scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch) -> Iterator[Weather]:
    """Small chunks, no waits, pictures that are decoded once, and an audit without any grace."""
    monkeypatch.setattr(deletion, "CHUNK", CHUNK)
    monkeypatch.setattr(emptying, "CHUNK", CHUNK)
    monkeypatch.setattr(conversations, "CHUNK", 1)
    monkeypatch.setattr(moves, "COPIES_AT_ONCE", 1)
    monkeypatch.setattr(images, "PUT_AGAIN_AFTER", (0.0,))
    monkeypatch.setattr(images, "develop", cache(images.develop))
    monkeypatch.setattr(references, "admit", cache(admit))
    monkeypatch.setattr(storage_audit, "GRACE", timedelta(0))
    monkeypatch.setattr(os, "fsync", lambda _file: None)
    logging.disable()  # every fault is told there, a thousand times
    yield Weather(monkeypatch, scripted)
    logging.disable(logging.NOTSET)
    settings.FAULTPOINTS = ""
    _forget_crashes()


def test_whatever_happens_in_whatever_order_nothing_is_lost_and_nothing_stays(
    weather: Weather,
) -> None:
    chosen = os.environ.get("FAULTS_SEED")
    machine: Any = lambda: Deletion(weather)  # noqa: E731
    if chosen:
        machine = seed(int(chosen))(machine)
    phases = (Phase.explicit, Phase.generate, *([Phase.shrink] if SHRINKS else []))
    run_state_machine_as_test(
        machine,
        settings=hypothesis_settings(
            max_examples=PROGRAMS,
            stateful_step_count=STEPS,
            derandomize=not chosen,
            database=None,
            deadline=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )


class Deletion(RuleBasedStateMachine):
    """Two people with their libraries."""

    def __init__(self, weather: Weather) -> None:
        super().__init__()
        self.weather = weather
        weather.fault = ""
        weather.calm()
        self.library = Library()
        self.revoked: set[str] = set()
        """Keys that others knew when the link was taken away from them."""
        self._program = transaction.atomic()
        self._program.__enter__()
        names = ("zelda", "yuri")
        self.people = [create_user(f"{name}@example.com", name=name) for name in names]

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self.settle()
                self.everything_is_as_the_model_says()
                assert invariants.broken() == []
        finally:
            transaction.set_rollback(True)
            self._program.__exit__(None, None, None)
            shutil.rmtree(settings.DATA_DIR / "media", ignore_errors=True)

    # --- making ------------------------------------------------------------------------------

    @initialize(kept=st.booleans(), pictures=st.integers(1, 2))
    def begin_with_something(self, kept: bool, pictures: int) -> None:
        """An upload, a post that was made with it (in the trash), a version of that and a version
        of the version; two of them are still to be made. A conversation about the first, with an
        edit and one to be made.
        """
        self.upload(0, kept)
        for made_from, made_with in ((None, 0), (0, None), (1, None)):
            self.ask_for_a_post(0, pictures, made_from, made_with)
        self.make(0)
        self.edit(0, follow=False, made=True)
        self.put_in_trash(0, [0])

    @rule(who=a_person, kept=st.booleans())
    def upload(self, who: int, kept: bool) -> None:
        file = SimpleUploadedFile("me.jpg", picture_bytes(), "image/jpeg")
        owner = self.people[who]
        if not self.weather.is_writing_well:
            with pytest.raises(references.NotStoredError):
                references.add_reference(owner=owner, upload=file, kept=kept)
            return
        made = references.add_reference(owner=owner, upload=file, kept=kept)
        self.library.uploads[made.pk] = Upload(made.pk, owner.pk, kept, made.object.size)

    @precondition(lambda self: len(self.library.posts) < MOST_POSTS)
    @rule(who=a_person, pictures=st.integers(1, 2), made_from=perhaps, made_with=perhaps)
    def ask_for_a_post(
        self, who: int, pictures: int, made_from: int | None, made_with: int | None
    ) -> None:
        owner = self.people[who]
        own_uploads = [u.pk for u in self.library.uploads.values() if u.owner == owner.pk]
        uploads = _chosen(own_uploads, [] if made_with is None else [made_with])
        used = list(ReferenceImage.objects.filter(pk__in=uploads))
        post = start(owner, models=" ".join(["test/a", "test/b"][:pictures]), references=used)
        own_posts = [p.pk for p in self.library.posts.values() if p.owner == owner.pk]
        parent = next(iter(_chosen(own_posts, [] if made_from is None else [made_from])), None)
        root = self.library.line_of(parent)
        Post.objects.filter(pk=post.pk).update(parent=parent, root=root)
        self.library.posts[post.pk] = Entry(
            post.pk, owner.pk, parent, pictures, root, uploads=set(uploads)
        )

    @precondition(lambda self: self._unfinished())
    @rule(pick=a_pick)
    def make(self, pick: int) -> None:
        entry = self._unfinished()[pick % len(self._unfinished())]
        entry.was_disturbed |= bool(self.weather.fault)
        self._work_off(entry)

    @precondition(lambda self: self._unfinished())
    @rule(
        pick=a_pick,
        moment=st.sampled_from(["called", "storing", "stored"]),
        deed=st.sampled_from(["trash", "delete", "withdraw", "sweep"]),
    )
    def make_while_something_happens(self, pick: int, moment: str, deed: str) -> None:
        entry = self._unfinished()[pick % len(self._unfinished())]
        owner = next(person for person in self.people if person.pk == entry.owner)
        entry.was_disturbed = True

        def happen() -> None:
            if deed == "sweep":
                _minutes_pass()
            elif deed == "withdraw":
                self._share(entry, shared=False)
            else:
                trash.trash(owner=owner, ids=[entry.pk])
                self.library.trashed([entry.pk])
            if deed == "delete":
                in_trash = Post.objects.in_trash_of(owner)
                assert deletion.delete_chosen(in_trash, [entry.pk], by=owner).total == 1
                self.library.deleted([entry.pk])
            outbox.run()

        self.weather.happens(moment, happen)
        self._work_off(entry)
        self.weather.calm()

    # --- conversations -----------------------------------------------------------------------

    @precondition(lambda self: self._pictures())
    @rule(pick=a_pick, follow=st.booleans(), made=st.booleans())
    def edit(self, pick: int, follow: bool, made: bool) -> None:
        """Begin a conversation on a picture, or send one more turn of one that is there; perhaps
        the first of its two pictures is made at once.
        """
        open_talks = sorted(t.pk for t in self.library.talks.values() if not t.is_trashed)
        specs = [spec for key in EDITORS if (spec := catalogue.find(key)) is not None]
        wish = editing.EditWish("darker", specs)
        if follow and open_talks:
            (pk,) = _chosen(open_talks, [pick])
            talk = EditConversation.objects.select_related("owner").get(pk=pk)
            # Where nothing is left of it that is not in the trash, nobody can go on.
            with suppress(editing.SourceGoneError):
                editing.send_turn(conversation=talk, wish=wish)
        elif len(self.library.talks) < MOST_TALKS:
            (image_id,) = _chosen(self._pictures(), [pick])
            source = GeneratedImage.objects.select_related("owner", "post").get(pk=image_id)
            talk = editing.start_conversation(owner=source.owner, source=source, wish=wish)
            self.library.talks[talk.pk] = Talk(talk.pk, source.owner_id)
        if made and self.library.talks:
            self.make_an_edit(pick, "called", "")

    @precondition(lambda self: self.library.talks and len(self.library.posts) < MOST_POSTS)
    @rule(
        pick=a_pick,
        moment=st.sampled_from(["called", "storing", "stored"]),
        deed=st.sampled_from(["", "", "trash", "delete", "with versions", "source"]),
    )
    def make_an_edit(self, pick: int, moment: str, deed: str) -> None:
        """Meanwhile perhaps the conversation goes, or everything that its owner has."""
        (pk,) = _chosen(sorted(self.library.talks), [pick])
        talk = self.library.talks[pk]
        owner = next(person for person in self.people if person.pk == talk.owner)

        def happen() -> None:
            if deed == "source":
                self._change_mind(owner, "turned round")
                self._change_mind(owner, "deleted")
                return
            self.library.talks_trashed(conversations.trash(owner=owner, ids=[pk]).ids)
            if deed != "trash":
                self._delete_talks(owner, [pk], versions=deed == "with versions")
            outbox.run()

        if deed:
            self.weather.happens(moment, happen)
        jobs = GenerationJob.objects.filter(turn__conversation=pk).claimable().order_by("pk")
        due = jobs.filter(run_after__lte=Now())
        for job_id in due.values_list("pk", flat=True)[:1]:
            runner.run(job_id)
        self.weather.calm()
        self._see_edits(talk)

    @precondition(lambda self: self.library.talks)
    @rule(who=a_person, chosen=picks, deed=st.sampled_from(["trash", "restore", "restore all"]))
    def move_conversations(self, who: int, chosen: list[int], deed: str) -> None:
        owner, ids = self.people[who], _chosen(sorted(self.library.talks), chosen)
        if deed == "restore all":
            expected = self.library.trashed_talks(owner.pk)
            assert conversations.restore_all(owner=owner) == len(expected)
            self.library.talks_restored(expected)
        elif deed == "restore":
            moved = conversations.restore(owner=owner, ids=ids)
            assert set(moved.ids) == self.library.trashed_talks(owner.pk) & set(ids)
            self.library.talks_restored(moved.ids)
        else:
            moved = conversations.trash(owner=owner, ids=ids)
            assert set(moved.ids) == self.library.live_talks(owner.pk) & set(ids)
            self.library.talks_trashed(moved.ids)

    @precondition(lambda self: self.library.talks)
    @rule(
        who=a_person,
        chosen=picks,
        versions=st.booleans(),
        crash=crashes(*WHERE_DELETING, WHERE_CHUNKS_END),
    )
    def delete_conversations(self, who: int, chosen: list[int], versions: bool, crash: str) -> None:
        """From the trash, whereto the first of them goes just before."""
        owner, ids = self.people[who], _chosen(sorted(self.library.talks), chosen)
        self.library.talks_trashed(conversations.trash(owner=owner, ids=ids[:1]).ids)
        self._delete_talks(owner, ids, versions=versions, crash=crash)

    # --- who sees it -------------------------------------------------------------------------

    @precondition(lambda self: self.library.posts)
    @rule(who=a_person, chosen=picks)
    def put_in_trash(self, who: int, chosen: list[int]) -> None:
        owner, ids = self.people[who], self._posts(chosen)
        moved = trash.trash(owner=owner, ids=ids)
        expected = self.library.live(owner.pk) & set(ids)
        assert (set(moved.ids), moved.missing) == (expected, len(ids) - len(expected))
        self.library.trashed(moved.ids)

    @precondition(lambda self: self._trashed())
    @rule(who=a_person, chosen=picks, everything=st.booleans())
    def restore(self, who: int, chosen: list[int], everything: bool) -> None:
        owner, ids = self.people[who], self._posts(chosen)
        if everything:
            ids = sorted(self.library.trash(owner.pk))
            assert trash.restore_all(owner=owner) == len(ids)
            self.library.restored(ids)
            return
        moved = trash.restore(owner=owner, ids=ids)
        expected = self.library.trash(owner.pk) & set(ids)
        assert (set(moved.ids), moved.missing) == (expected, len(ids) - len(expected))
        self.library.restored(moved.ids)

    @precondition(lambda self: self.library.posts)
    @rule(pick=a_pick, how=st.sampled_from(WAYS_TO_SHARE))
    def change_who_sees_it(self, pick: int, how: str) -> None:
        entry = self.library.posts[self._posts([pick])[0]]
        if how in {"public", "unlisted"}:
            self._list(entry, public=how == "public")
        elif how in {"shared", "withdrawn"}:
            self._share(entry, shared=how == "shared")
        elif how == "revoked":
            self._revoke(entry)
        else:
            Post.objects.filter(pk=entry.pk).update(share_expires_at=Now() - timedelta(seconds=1))
            entry.share_ended = True

    # --- deleting ----------------------------------------------------------------------------

    @precondition(lambda self: self.library.posts)
    @rule(
        who=a_person,
        chosen=picks,
        versions=st.booleans(),
        crash=crashes(*WHERE_DELETING, WHERE_CHUNKS_END),
    )
    def delete_for_good(self, who: int, chosen: list[int], versions: bool, crash: str) -> None:
        """From the trash, whereto the first of them goes just before."""
        owner, ids = self.people[who], self._posts(chosen)
        self.library.trashed(trash.trash(owner=owner, ids=ids[:1]).ids)
        asked = self.library.trash(owner.pk) & set(ids)
        doomed = self.library.family(asked) if versions else asked
        expected = self._deleted(doomed, generated=len(doomed - asked))
        done = self._delete(
            doomed,
            crash,
            lambda: deletion.delete_chosen(
                Post.objects.in_trash_of(owner), ids, by=owner, include_generated=versions
            ),
        )
        if isinstance(done, Crashed):
            return
        if len(asked) <= CHUNK:
            assert done == expected
        else:  # a version that is asked for as well may be met as a version before
            assert (done.total, done.images) == (expected.total, expected.images)
        assert (
            deletion.delete_chosen(
                Post.objects.in_trash_of(owner), ids, by=owner, include_generated=versions
            )
            == Deleted()
        ), "twice is once"

    @precondition(lambda self: self.library.uploads)
    @rule(pick=a_pick, versions=st.booleans(), crash=crashes(*WHERE_DELETING))
    def delete_an_upload(self, pick: int, versions: bool, crash: str) -> None:
        upload = self._upload(pick)
        reference = ReferenceImage.objects.select_related("owner").get(pk=upload.pk)

        def delete() -> Deleted:
            return deletion.delete_reference(
                reference=reference, by=reference.owner, include_generated=versions
            )

        if not versions and self.library.is_in_use(upload.pk):
            with pytest.raises(deletion.InUseError):
                delete()
            return
        doomed = self.library.family(self.library.made_with(upload.pk)) if versions else set()
        expected = self._deleted(doomed, generated=len(doomed))
        expected += Deleted(total=1, freed_bytes=upload.size)
        done = self._delete(doomed, crash, delete)
        if isinstance(done, Crashed):
            return
        assert done == expected
        self.library.upload_deleted(upload.pk)
        assert delete() == Deleted(), "twice is once"

    @precondition(lambda self: self._trashed())
    @rule(who=a_person, is_begun=st.booleans(), crash=crashes(*WHERE_DELETING))
    def ask_to_empty_the_trash(self, who: int, is_begun: bool, crash: str) -> None:
        owner = self.people[who]
        in_trash = self.library.in_trash_at_all(owner.pk)
        talks = self.library.talks_in_trash_at_all(owner.pk)
        asked = emptying.begin(owner)
        if owner.pk in self.library.emptyings:
            assert asked is not None
        elif in_trash or talks:
            assert asked is not None
            assert asked.found == len(in_trash)
            self.library.emptyings[owner.pk] = in_trash
            self.library.emptied_talks[owner.pk] = talks
            self.library.emptied[owner.pk] = 0
        else:
            assert asked is None
        if is_begun:
            self.empty_trashes(crash)

    # --- what runs by itself -----------------------------------------------------------------

    @precondition(lambda self: self.library.emptyings)
    @rule(crash=crashes(*WHERE_DELETING))
    def empty_trashes(self, crash: str) -> None:
        for asked in TrashEmptying.objects.filter(pk__in=emptying.unfinished()):
            owner = asked.owner_id
            doomed = set(self.library.emptyings[owner])
            talks = set(self.library.emptied_talks[owner])
            before = len(self.library.posts)
            done = self._delete(doomed, crash, partial(emptying.carry_out, asked.pk), talks=talks)
            self.library.emptied[owner] += before - len(self.library.posts)
            asked.refresh_from_db()
            assert asked.deleted_posts == self.library.emptied[owner]
            assert bool(asked.finished_at) != isinstance(done, Crashed)
            if asked.finished_at:
                del self.library.emptyings[owner], self.library.emptied[owner]
                del self.library.emptied_talks[owner]

    @rule(crash=crashes(*WHERE_DELETING))
    def purge_trashes(self, crash: str) -> None:
        doomed, talks = self.library.over(), self.library.talks_over()
        expected = replace(self._deleted(doomed), conversations=len(talks))
        done = self._delete(doomed, crash, purge.purge_trash, talks=talks)
        assert isinstance(done, Crashed) or done == expected

    @rule(
        crash=crashes(*WHERE_STORING),
        meanwhile=st.sampled_from(["", "", "turned round", "revoked", "deleted"]),
    )
    def run_the_outbox(self, crash: str, meanwhile: str) -> None:
        """Meanwhile, when it has copied something, perhaps nobody wants the copies any more."""
        if meanwhile:
            self.weather.after_copy = partial(self._change_mind, self.people[0], meanwhile)
        with _crash(crash):
            outbox.run()
        self.weather.calm()

    @rule(mends=st.booleans())
    def run_the_rest(self, mends: bool) -> None:
        """What is harmless at any time."""
        self._sweep()
        sharing.expire(limit=100)
        self._clean_references()
        purge.forget_receipts()
        self._audit(mends=mends)

    @rule(pick=a_pick)
    def mark_for_deletion_what_is_shown(self, pick: int) -> None:
        """By a mistake of ours: the outbox looks again, and keeps it."""
        shown = StoredObject.objects.filter(image__isnull=False, moving_to="").order_by("pk")
        for object_id in _chosen(list(shown.values_list("pk", flat=True)), [pick]):
            objects.release(object_id)
            outbox.drain()

    # --- storage -----------------------------------------------------------------------------

    @rule(fault=st.sampled_from(("", *FAULTS)))
    def let_storage_fail(self, fault: str) -> None:
        self.weather.fault = fault

    # --- time --------------------------------------------------------------------------------

    @rule(days=st.sampled_from([0, 0, 1, 29, 31]), quiet=st.booleans())
    def time_passes(self, days: int, quiet: bool) -> None:
        """At least some minutes, in which nothing goes wrong if it is quiet."""
        if quiet:
            self.settle()
        _minutes_pass()
        by = timedelta(days=days)
        in_trash = Post.objects.filter(deleted_at__isnull=False)
        in_trash.update(deleted_at=F("deleted_at") - by)
        in_trash_too = EditConversation.objects.filter(deleted_at__isnull=False)
        in_trash_too.update(deleted_at=F("deleted_at") - by)
        TrashEmptying.objects.update(requested_at=F("requested_at") - by)
        ReferenceImage.objects.update(created_at=F("created_at") - by)
        gone = StoredObject.objects.filter(state=State.GONE)
        gone.update(gone_at=F("gone_at") - by)
        self.library.days_passed(days)

    def settle(self) -> None:
        """When all is quiet and everything was given its time, bytes and rows are the same."""
        self.weather.fault = ""
        sharing.expire(limit=100)
        self._sweep()
        assert not job_references.outlived().exists()
        for _ in range(3):
            _minutes_pass()
            outbox.run()
        on_the_way = StoredObject.objects.filter(state__in=[State.WRITING, State.DELETING])
        assert not on_the_way.exists()
        live = StoredObject.objects.filter(state=State.LIVE)
        assert _stored() == {(obj.area, key) for obj in live for key in obj.all_keys}
        assert not {key for _area, key in _stored()} & self.revoked
        for post_id, area in GeneratedImage.objects.values_list("post_id", "object__area"):
            assert (area == "public") == self.library.posts[post_id].is_seen, post_id

    # --- what holds after every step ---------------------------------------------------------

    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        library = self.library
        assert set(Post.objects.values_list("pk", flat=True)) == set(library.posts)
        assert set(ReferenceImage.objects.values_list("pk", flat=True)) == set(library.uploads)
        for person in self.people:
            assert _ids(Post.objects.visible_to(person)) == library.live(person.pk)
            assert _ids(Post.objects.in_trash_of(person)) == library.trash(person.pk)
            assert Usage.objects.of(person).bytes_used == library.bytes_of(person.pk)
            talks = EditConversation.objects
            assert _ids(talks.visible_to(person)) == library.live_talks(person.pk)
            assert _ids(talks.in_trash_of(person)) == library.trashed_talks(person.pk)
        assert _ids(EditConversation.objects.all()) == set(library.talks)
        made_in = GeneratedImage.objects.values_list("post", "turn__conversation")
        assert {pk: talk for pk, talk in made_in if talk} == {
            post.pk: post.talk for post in library.posts.values() if post.talk
        }
        lines = Post.objects.values_list("pk", "parent", "root")
        assert {pk: line for pk, *line in lines} == {
            post.pk: [post.parent, post.root] for post in library.posts.values()
        }
        assert _ids(Post.objects.expired()) == library.over()
        posts = library.posts.values()
        assert _ids(Post.objects.viewable_by_others()) == {p.pk for p in posts if p.is_seen}
        assert _ids(Post.objects.in_feed()) == {p.pk for p in posts if p.is_listed}
        sizes: dict[int, list[int]] = {pk: [] for pk in library.posts}
        shown = GeneratedImage.objects.select_related("object").order_by("position")
        for image in shown:
            sizes[image.post_id].append(image.object.size)
            entry = library.posts[image.post_id]
            if entry.is_trashed or not entry.share_ended:
                leads_to = image.object.moving_to or image.object.area
                assert (leads_to == "public") == entry.is_seen, f"post {entry.pk} is in {leads_to}"
        assert sizes == {post.pk: post.sizes for post in posts}
        assert [finding for name in CHEAP for finding in invariants.CHECKS[name]()] == []

    # --- helpers -----------------------------------------------------------------------------

    def _posts(self, chosen: Iterable[int]) -> list[int]:
        return _chosen(sorted(self.library.posts), chosen)

    def _pictures(self) -> list[int]:
        """Pictures that may be edited."""
        shown = GeneratedImage.objects.filter(post__deleted_at__isnull=True)
        return list(shown.order_by("pk").values_list("pk", flat=True))

    def _see_edits(self, talk: Talk) -> None:
        """Write down the posts that the conversation made since the last look."""
        made = Post.objects.filter(images__turn__conversation=talk.pk)
        for post in made.exclude(pk__in=self.library.posts):
            assert post.parent_id is not None
            parent, image = post.parent_id, post.images.get()
            entry = Entry(post.pk, talk.owner, parent, 1, post.root_id, talk.pk)
            if parent in self.library.posts:
                assert post.root_id == self.library.line_of(parent)
            entry.is_shared = self.library.is_shared_by_default(parent, post.root_id)
            entry.sizes, entry.is_unfinished = [image.object.size], False
            self.library.posts[post.pk] = entry

    def _delete_talks(
        self, owner: User, ids: list[int], *, versions: bool, crash: str = ""
    ) -> None:
        asked = self.library.trashed_talks(owner.pk) & set(ids)
        made = {pk for talk in asked for pk in self.library.made_in(talk)} if versions else set()
        doomed = self.library.family(made)
        expected = self._deleted(doomed, generated=len(doomed))
        action = partial(
            conversations.delete_chosen,
            EditConversation.objects.in_trash_of(owner),
            ids,
            by=owner,
            include_generated=versions,
        )
        done = self._delete(doomed, crash, action, talks=asked)
        if not isinstance(done, Crashed):
            assert done == replace(expected, conversations=len(asked))
            assert action() == Deleted(), "twice is once"

    def _upload(self, pick: int) -> Upload:
        (pk,) = _chosen(sorted(self.library.uploads), [pick])
        return self.library.uploads[pk]

    def _unfinished(self) -> list[Entry]:
        return [post for post in self.library.posts.values() if post.is_unfinished]

    def _change_mind(self, owner: User, how: str) -> None:
        live, in_trash = self.library.live(owner.pk), self.library.trash(owner.pk)
        if how == "deleted":
            deletion.delete_chosen(Post.objects.in_trash_of(owner), in_trash, by=owner)
            self.library.deleted(in_trash)
            return
        if how == "revoked":
            for pk in live:
                self._revoke(self.library.posts[pk])
            return
        trash.restore(owner=owner, ids=in_trash)
        self.library.restored(in_trash)
        trash.trash(owner=owner, ids=live)
        self.library.trashed(live)

    def _trashed(self) -> bool:
        return any(post.is_trashed for post in self.library.posts.values())

    def _list(self, entry: Entry, *, public: bool) -> None:
        post = Post.objects.select_related("owner").get(pk=entry.pk)
        wanted = Post.Visibility.PUBLIC if public else Post.Visibility.UNLISTED
        if entry.is_trashed:
            with pytest.raises(Post.DoesNotExist):
                post_service.set_visibility(post=post, visibility=wanted, by=post.owner)
            return
        changed = post_service.set_visibility(post=post, visibility=wanted, by=post.owner)
        assert changed == (entry.is_public != public)
        entry.is_public = public

    def _sweep(self) -> None:
        sweep.sweep()
        for pk in self.library.outlived():
            self.library.upload_deleted(pk)

    def _clean_references(self) -> None:
        old = {
            upload.pk
            for upload in self.library.uploads.values()
            if not upload.kept and upload.days >= 1 and not self.library.is_in_use(upload.pk)
        }
        assert purge.clean_references() == len(old)
        for pk in old:
            self.library.upload_deleted(pk)

    def _audit(self, *, mends: bool) -> None:
        try:
            report = storage_audit.audit(fix=mends)
        except OSError:
            assert self.weather.fault
            return
        assert (dict(report.counts), report.deleted) == ({}, 0)

    def _share(self, entry: Entry, *, shared: bool) -> None:
        with transaction.atomic():
            Post.objects.filter(pk=entry.pk).update(sharing_enabled=shared)
            moves.follow([entry.pk])
        entry.is_shared = shared

    def _revoke(self, entry: Entry) -> None:
        post = Post.objects.select_related("owner").get(pk=entry.pk)
        public = StoredObject.objects.filter(image__post=post, area="public")
        known = {key for obj in public for key in obj.all_keys}
        if entry.is_trashed:
            with pytest.raises(Post.DoesNotExist):
                sharing.revoke(post=post, by=post.owner)
            return
        sharing.revoke(post=post, by=post.owner)
        self.revoked |= known

    def _work_off(self, entry: Entry) -> None:
        """Let the workers make what is due, and see what they made."""
        for _ in range(3):
            due = GenerationJob.objects.filter(post=entry.pk).claimable()
            for job_id in due.filter(run_after__lte=Now()).values_list("pk", flat=True):
                runner.run(job_id)
        post = Post.objects.filter(pk=entry.pk).first()
        if post is None:
            return
        made = post.images.order_by("position").values_list("object__size", flat=True)
        entry.sizes, entry.is_unfinished = list(made), post.is_unfinished
        assert len(entry.sizes) <= entry.pictures_wanted
        if not entry.was_disturbed:
            assert (len(entry.sizes), entry.is_unfinished) == (entry.pictures_wanted, False)

    def _deleted(self, doomed: set[int], *, generated: int = 0) -> Deleted:
        return Deleted(
            total=len(doomed),
            generated=generated,
            images=self.library.pictures_of(doomed),
            freed_bytes=self.library.size_of(doomed),
        )

    def _delete(
        self,
        doomed: set[int],
        crash: str,
        action: Callable[[], Deleted],
        *,
        talks: set[int] = frozenset(),  # type: ignore[assignment]
    ) -> Deleted:
        """Do it. What is gone afterwards is what was to go; after a crash perhaps not all of it."""
        done: Deleted = Crashed()
        with _crash(crash):
            done = action()
        gone = set(self.library.posts) - set(Post.objects.values_list("pk", flat=True))
        assert gone <= doomed
        assert isinstance(done, Crashed) or gone == doomed
        self.library.deleted(gone)
        ended = set(self.library.talks) - _ids(EditConversation.objects.all())
        assert ended <= talks
        assert isinstance(done, Crashed) or ended == talks
        self.library.talks_deleted(ended)
        return done


def _chosen(ids: list[int], chosen: Iterable[int]) -> list[int]:
    """Those at these places, counting round and round."""
    return list(dict.fromkeys(ids[pick % len(ids)] for pick in chosen)) if ids else []


def _ids(rows: Any) -> set[int]:
    return set(rows.order_by().values_list("pk", flat=True))


def _stored() -> set[tuple[str, str]]:
    areas = StoredObject.Area.values
    return {(area, key) for area in areas for key in invariants._keys(storages[area])}


def _minutes_pass() -> None:
    """Claims, leases and waits run out."""
    past = Now() - timedelta(seconds=1)
    StoredObject.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=past)
    StoredObject.objects.filter(lease_until__isnull=False).update(lease_until=past)
    TrashEmptying.objects.filter(lease_until__isnull=False).update(lease_until=past)
    pending = GenerationJob.objects.filter(status=GenerationJob.Status.PENDING)
    pending.filter(run_after__isnull=False).update(run_after=Now())


@contextmanager
def _crash(place: str) -> Iterator[None]:
    """Let what is done here end at that place, if it comes there."""
    _forget_crashes()
    settings.FAULTPOINTS = f"{place}=raise" if place else ""
    try:
        yield
    except InjectedFaultError:
        pass
    finally:
        settings.FAULTPOINTS = ""


def _forget_crashes() -> None:
    shutil.rmtree(settings.DATA_DIR / "faultpoints", ignore_errors=True)
