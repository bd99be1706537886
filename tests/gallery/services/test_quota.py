"""What people use is always the size of what is kept for them, and never more than they may."""

from __future__ import annotations

import io
import smtplib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Sum
from django.db.models.functions import Now
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from gallery import tasks
from gallery.models import Post, ReferenceImage, StoredObject, Usage
from gallery.models.usage import Level
from gallery.services import (
    deletion,
    emptying,
    objects,
    outbox,
    purge,
    quota,
    recount,
    references,
    room,
    trash,
)
from gallery.services.quota import QuotaExceededError
from gallery.services.room import Cleaned
from generation.services import regenerate, studio
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import (
    a_wish,
    create_object,
    create_post,
    create_reference,
    picture_bytes,
    start,
    work_off,
)
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db

MB = 1024**2


@pytest.fixture(autouse=True)
def _nothing_broken() -> Iterator[None]:
    """Q1 and all the others."""
    yield
    assert broken() == []


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """For whom a warning was asked."""
    ids: list[int] = []
    monkeypatch.setattr(tasks, "ring_to_warn", ids.append)
    return ids


def used(person: User) -> int:
    return Usage.objects.of(person).bytes_used


def kept_for(person: User) -> int:
    live = StoredObject.objects.filter(owner=person, state=StoredObject.State.LIVE)
    return live.aggregate(size=Sum("size", default=0))["size"]


def upload(person: User, **fields: Any) -> ReferenceImage:
    file = SimpleUploadedFile("cat.jpg", picture_bytes(), "image/jpeg")
    return references.add_reference(owner=person, upload=file, **fields)


def set_limit(person: User, *, left: int) -> None:
    """Let the person keep so many bytes more."""
    quota.set_limit(person, max(1, used(person) + left))


def age_trash(person: User, days: int = 2) -> None:
    Post.objects.filter(owner=person, deleted_at__isnull=False).update(
        deleted_at=Now() - timedelta(days=days)
    )


# --- counting


def test_nobody_has_a_row_before_their_first_object(alice: User) -> None:
    assert not Usage.objects.exists()
    assert used(alice) == 0
    size = upload(alice).object.size
    assert used(alice) == size > 0


def test_it_is_counted_from_upload_and_generation_to_the_last_deletion(alice: User) -> None:
    upload(alice, kept=True)
    post = start(alice, models="builtin/sketch builtin/poster")
    assert used(alice) == kept_for(alice), "nothing is made yet"
    work_off(post)
    everything = used(alice)
    assert everything == kept_for(alice) > ReferenceImage.objects.get().object.size

    trash.trash(owner=alice, ids=[post.pk])
    assert used(alice) == everything, "what is in the trash counts"
    outbox.run()
    assert used(alice) == everything == kept_for(alice), "it lies elsewhere now"
    trash.restore(owner=alice, ids=[post.pk])
    outbox.run()
    assert used(alice) == everything == kept_for(alice)

    trash.trash(owner=alice, ids=[post.pk])
    deletion.delete_chosen(Post.objects.in_trash_of(alice), [post.pk], by=alice)
    assert used(alice) == ReferenceImage.objects.get().object.size
    outbox.run()
    deletion.delete_reference(
        reference=ReferenceImage.objects.get(), by=alice, include_generated=True
    )
    assert used(alice) == 0


@pytest.mark.parametrize("way", ["purge", "empty", "clean", "references"])
def test_every_way_of_deleting_gives_back_what_it_deletes(alice: User, bob: User, way: str) -> None:
    create_post(bob, images=2)
    theirs = used(bob)
    trashed = create_post(alice, images=3)
    reference = create_reference(alice)
    trash.trash(owner=alice, ids=[trashed.pk])
    before = used(alice)
    if way == "purge":
        age_trash(alice, days=31)
        purge.purge_trash()
    elif way == "empty":
        begun = emptying.begin(alice)
        assert begun
        emptying.carry_out(begun.pk)
    elif way == "clean":
        ReferenceImage.objects.update(created_at=Now() - timedelta(days=2))
        purge.clean_references()
    else:
        deletion.delete_reference(reference=reference, by=alice, include_generated=False)
    assert 0 < used(alice) == kept_for(alice) < before
    assert used(bob) == theirs


def test_one_transaction_counts_each_person_once_and_last(alice: User, bob: User) -> None:
    for person in (bob, alice):
        post = create_post(person, images=3)
        trash.trash(owner=person, ids=[post.pk])
        age_trash(person, days=31)
    create_reference(alice)
    with CaptureQueriesContext(connection) as queries:
        purge.purge_trash()
    statements = [query["sql"] for query in queries.captured_queries]
    writes = [sql for sql in statements if sql.startswith(("UPDATE", "INSERT", "DELETE"))]
    counted = [sql for sql in writes if sql.startswith('UPDATE "gallery_usage"')]
    assert len(counted) == 2
    assert writes[-2:] == counted
    ids = [int(sql.split('"owner_id" = ')[1].split()[0].rstrip(")")) for sql in counted]
    assert ids == sorted([alice.pk, bob.pk])


def test_what_is_taken_back_is_not_counted(alice: User) -> None:
    obj = create_object(alice)
    before = used(alice)

    def fail() -> None:
        with quota.counting():
            objects.release(obj.pk)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with quota.counting(), pytest.raises(ZeroDivisionError):
        fail()
    assert used(alice) == before == kept_for(alice)
    with quota.counting():
        objects.release(obj.pk)


def test_an_upload_that_fails_counts_nothing(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*_words: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(objects, "put", full_disk)
    with pytest.raises(references.NotStoredError):
        upload(alice)
    assert used(alice) == 0


def test_a_canceled_job_counts_nothing(alice: User, scripted: ScriptedProvider) -> None:
    post = start(alice, models="test/a")

    def cancel() -> None:
        studio.cancel_post(post=post, by=alice)

    scripted.before_answer = cancel
    work_off(post)
    assert used(alice) == 0
    outbox.run()


def test_what_is_kept_although_it_was_to_be_deleted_counts_again(alice: User) -> None:
    image = create_post(alice).images.get()
    before = used(alice)
    with transaction.atomic():
        objects.release(image.object_id)
    assert used(alice) == 0
    outbox.drain()
    assert used(alice) == before == kept_for(alice)


def test_a_count_that_is_too_low_keeps_nothing_from_being_deleted(alice: User) -> None:
    post = create_post(alice)
    Usage.objects.update(bytes_used=1)
    trash.trash(owner=alice, ids=[post.pk])
    deletion.delete_chosen(Post.objects.in_trash_of(alice), [post.pk], by=alice)
    assert Usage.objects.of(alice).used == 0
    assert used(alice) < 0
    recount.recount(fix=True)


def test_objects_of_nobody_count_for_nobody(alice: User) -> None:
    obj = create_post(alice).images.get().object
    StoredObject.objects.update(owner=None)
    Usage.objects.update(bytes_used=0)
    with transaction.atomic():
        objects.release(obj.pk)
    assert used(alice) == 0
    outbox.drain()


def test_the_migration_counts_what_is_there(alice: User, bob: User) -> None:
    create_post(alice, images=2)
    create_post(bob)
    before = set(Usage.objects.values_list("owner", "bytes_used"))
    objects.discard(create_object(alice).pk)
    StoredObject.objects.exclude(image__isnull=False).update(state=StoredObject.State.DELETING)
    Usage.objects.all().delete()
    fill = import_module("gallery.migrations.0006_quota").FILL
    with connection.cursor() as cursor:
        cursor.execute(fill)
    assert set(Usage.objects.values_list("owner", "bytes_used")) == before
    outbox.drain()


# --- limits


def test_an_upload_beyond_the_limit_is_refused_and_leaves_nothing(alice: User) -> None:
    create_post(alice)
    set_limit(alice, left=10)
    before = used(alice)
    with pytest.raises(QuotaExceededError) as refused:
        upload(alice)
    assert refused.value.needed > 10
    assert used(alice) == before
    assert not ReferenceImage.objects.exists()
    outbox.run()
    assert StoredObject.objects.filter(state="gone").count() == 1


def test_an_upload_that_just_fits_is_taken(alice: User) -> None:
    size = upload(alice).object.size
    set_limit(alice, left=size)
    upload(alice)
    assert Usage.objects.of(alice).level is Level.FULL
    with pytest.raises(QuotaExceededError) as refused:
        upload(alice)
    assert refused.value.needed == 0, "refused before anything was decoded"


def test_a_row_that_appears_at_that_moment_is_no_refusal(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL another upload's row may be committed after ours was not found."""
    update, tries = quota._update, []

    def too_early(*words: Any, **more: Any) -> bool:
        tries.append(words)
        if len(tries) == 1:
            Usage.objects.create(owner=alice)
            return False
        return update(*words, **more)

    monkeypatch.setattr(quota, "_update", too_early)
    reference = upload(alice)
    assert used(alice) == reference.object.size


def test_nothing_is_begun_while_the_storage_is_full(alice: User) -> None:
    post = create_post(alice)
    set_limit(alice, left=0)
    with pytest.raises(QuotaExceededError):
        start(alice)
    with pytest.raises(QuotaExceededError):
        regenerate.regenerate(post=post)
    with pytest.raises(QuotaExceededError):
        studio.retry_slot(post=post, slot=0)
    assert Post.objects.count() == 1


def test_the_same_form_sent_twice_gives_its_post_also_when_it_filled_the_storage(
    alice: User,
) -> None:
    key = uuid4()
    first = studio.start_post(owner=alice, wish=a_wish(), form_key=key)
    work_off(first)
    set_limit(alice, left=0)
    assert studio.start_post(owner=alice, wish=a_wish(), form_key=key) == first


def test_a_picture_that_was_paid_for_is_kept_beyond_the_limit(alice: User) -> None:
    quota.set_limit(alice, 1)
    post = start(alice)
    work_off(post)
    assert post.status == Post.Status.GENERATED
    assert used(alice) == kept_for(alice) > 1


def test_restoring_is_always_allowed(alice: User) -> None:
    post = create_post(alice)
    trash.trash(owner=alice, ids=[post.pk])
    quota.set_limit(alice, 1)
    assert trash.restore(owner=alice, ids=[post.pk]).ids == [post.pk]


@pytest.mark.parametrize(
    ("everybody", "theirs", "allowed"),
    [(0, None, 0), (7, None, 7), (7, 0, 0), (0, 7, 7), (7, 9, 9)],
)
def test_the_limit_is_everybodys_unless_a_person_has_their_own(
    alice: User, everybody: int, theirs: int | None, allowed: int
) -> None:
    with override_settings(QUOTA_BYTES=everybody):
        quota.set_limit(alice, theirs)
        assert Usage.objects.of(alice).limit == allowed
        assert Usage.objects.with_limit().values_list("allowed", flat=True).get() == allowed
        if allowed:
            with pytest.raises(QuotaExceededError):
                upload(alice)
        else:
            upload(alice)


@pytest.mark.parametrize(
    ("percent", "level"), [(0, "fine"), (79, "fine"), (80, "nearly_full"), (100, "full")]
)
def test_how_full_it_is(alice: User, percent: int, level: str) -> None:
    usage = Usage(owner=alice, bytes_used=percent * MB, limit_bytes=100 * MB)
    assert (usage.percent, usage.level) == (percent, level)


# --- being told


def test_a_person_is_warned_at_80_percent_once_until_it_was_below_75(
    alice: User, rung: list[int]
) -> None:
    def use(percent: int) -> None:
        quota.count(Counter({alice.pk: percent - used(alice)}))

    quota.set_limit(alice, 100)
    use(79)
    assert rung == []
    use(80)
    assert rung == [alice.pk]
    assert [quota.warn(alice.pk), quota.warn(alice.pk)] == [True, False]
    use(90)
    use(76)
    use(85)
    assert rung == [alice.pk], "it was never below 75"
    use(74)
    use(81)
    assert rung == [alice.pk] * 2
    assert quota.warn(alice.pk)
    assert len(mail.outbox) == 2
    use(0)


def test_the_mail_says_how_much_and_where_to_look_in_the_persons_language(alice: User) -> None:
    alice.language = "pt-br"
    alice.save()
    Usage.objects.create(owner=alice, bytes_used=4.5 * 1024 * MB, limit_bytes=5 * 1024 * MB)
    assert quota.warn(alice.pk)
    (message,) = mail.outbox
    assert message.to == [alice.email]
    assert "4,5 GB" in message.body
    assert "5 GB" in message.body
    assert "/settings/storage/" in message.body
    Usage.objects.all().delete()


def test_a_mail_that_fails_is_tried_again_at_night(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Usage.objects.create(owner=alice, bytes_used=90, limit_bytes=100)

    def away(*_words: object) -> None:
        raise smtplib.SMTPServerDisconnected

    with monkeypatch.context() as broken_mail:
        broken_mail.setattr(quota, "send_mail", away)
        assert not quota.warn(alice.pk)
    assert quota.warn_who_was_not() == 1
    assert quota.warn_who_was_not() == 0
    Usage.objects.all().delete()


def test_who_is_suspended_is_not_written_to(alice: User) -> None:
    Usage.objects.create(owner=alice, bytes_used=90, limit_bytes=100)
    User.objects.update(is_active=False)
    assert quota.warn_who_was_not() == 0
    Usage.objects.all().delete()


def test_a_notice_that_was_put_away_is_shown_again_when_something_changed(alice: User) -> None:
    def notice() -> str:
        return Usage.objects.of(alice).notice

    def use(percent: int) -> None:
        quota.count(Counter({alice.pk: percent - used(alice)}))

    quota.set_limit(alice, 100)
    use(80)
    assert notice() == "nearly_full"
    quota.hide_notice(alice)
    use(95)
    assert notice() == ""
    use(100)
    assert notice() == "full"
    use(95)
    assert notice() == "nearly_full", "it was full in between"
    quota.hide_notice(alice)
    use(70)
    use(80)
    assert notice() == "nearly_full"
    use(0)


# --- recount


def test_a_recount_finds_what_is_wrong_and_mends_it_only_when_told(
    alice: User, bob: User, caplog: pytest.LogCaptureFixture
) -> None:
    create_post(alice)
    create_post(bob)
    right = used(alice)
    call_command("recount_quota", stdout=io.StringIO())
    Usage.objects.filter(owner=alice).update(bytes_used=right + 5)
    Usage.objects.filter(owner=bob).delete()

    said = io.StringIO()
    with pytest.raises(CommandError, match="2 wrong, left"):
        call_command("recount_quota", stdout=said)
    assert f"person {alice.pk} uses {right} bytes, counted are {right + 5}" in said.getvalue()
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    assert used(alice) == right + 5

    with pytest.raises(CommandError, match="1 wrong, corrected"):
        call_command("recount_quota", "--fix", "--limit=1", stdout=said)
    assert (used(alice), used(bob)) == (right, 0)
    with pytest.raises(CommandError, match="1 wrong, corrected"):
        call_command("recount_quota", "--fix", stdout=said)
    assert used(bob) == kept_for(bob)
    call_command("recount_quota", stdout=said)
    assert said.getvalue().endswith("All counts are right.\n")


def test_a_correction_waits_for_what_came_in_between(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_post(alice)
    Usage.objects.update(bytes_used=5)
    (drift,) = recount.drifts()
    create_post(alice)
    assert recount._mend(drift)
    assert used(alice) == kept_for(alice)


def test_the_nightly_task_mends_and_warns(alice: User) -> None:
    create_post(alice)
    Usage.objects.update(bytes_used=0, limit_bytes=1)
    tasks.recount_quota()
    assert used(alice) == kept_for(alice)
    assert len(mail.outbox) == 1


def test_a_recount_looks_at_everybody(
    alice: User, bob: User, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recount, "AT_ONCE", 2)
    for person in (alice, bob, sam):
        create_post(person)
    Usage.objects.update(bytes_used=0)
    assert len(recount.recount(fix=True)) == 3


# --- room


def refused_text(person: User, action: Callable[[], object]) -> str:
    with pytest.raises(QuotaExceededError) as refused:
        room.with_room_made(person, action)
    return room.refusal_text(refused.value)


def test_a_refusal_says_how_much_is_used_and_what_helps(alice: User) -> None:
    quota.count(Counter({alice.pk: 5 * MB}))
    quota.set_limit(alice, 5 * MB)
    text = refused_text(alice, lambda: start(alice))
    assert text == (
        "Your storage is full: 5 MB of 5 MB are used. Delete posts or references to free space."
    )
    quota.count(Counter({alice.pk: -5 * MB}))
    post = create_post(alice)
    trash.trash(owner=alice, ids=[post.pk])
    set_limit(alice, left=10)
    text = refused_text(alice, lambda: upload(alice))
    assert text.startswith("There is no room for ")
    assert "Empty the trash to free " in text


def test_nothing_is_deleted_for_who_did_not_ask_for_it(alice: User) -> None:
    post = create_post(alice)
    trash.trash(owner=alice, ids=[post.pk])
    age_trash(alice)
    set_limit(alice, left=0)
    refused_text(alice, lambda: start(alice))
    assert Post.objects.count() == 1


def test_room_is_made_from_uploads_and_then_from_the_oldest_of_the_trash(alice: User) -> None:
    young, middle, old, live = (create_post(alice) for _ in range(4))
    for days, post in ((3, young), (10, middle), (20, old)):
        trash.trash(owner=alice, ids=[post.pk])
        Post.objects.filter(pk=post.pk).update(deleted_at=Now() - timedelta(days=days))
    kept, used_once, fresh = (
        create_reference(alice, kept=True),
        *(create_reference(alice) for _ in range(2)),
    )
    ReferenceImage.objects.exclude(pk=fresh.pk).update(created_at=Now() - timedelta(hours=2))
    quota.set_auto_cleaned(alice, wanted=True)
    size = used_once.object.size
    set_limit(alice, left=-size)  # the upload alone is not enough: it must be less than the limit

    post, cleaned = room.with_room_made(alice, lambda: start(alice))
    assert (cleaned.posts, cleaned.references) == (1, 1)
    assert set(Post.objects.all()) == {young, middle, live, post}
    assert set(ReferenceImage.objects.all()) == {kept, fresh}
    assert str(cleaned).startswith(
        "Deleted for good to make room: 1 post from the trash, 1 old reference ("
    )
    assert used(alice) == kept_for(alice)


def test_nothing_is_deleted_where_it_would_not_be_enough(alice: User) -> None:
    live, trashed = create_post(alice, images=3), create_post(alice)
    trash.trash(owner=alice, ids=[trashed.pk])
    age_trash(alice)
    quota.set_auto_cleaned(alice, wanted=True)
    quota.set_limit(alice, 1)
    refused_text(alice, lambda: upload(alice))
    assert set(Post.objects.all()) == {live, trashed}


@pytest.mark.parametrize("what", ["trashed today", "in use", "needed now"])
def test_what_is_spared(alice: User, what: str) -> None:
    reference = create_reference(alice)
    ReferenceImage.objects.update(created_at=Now() - timedelta(days=2))
    sparing = []
    if what == "in use":
        start(alice, references=[reference])
    elif what == "needed now":
        sparing = [reference.pk]
    else:
        reference.kept = True
        reference.save()
        post = create_post(alice)
        trash.trash(owner=alice, ids=[post.pk])
    quota.set_auto_cleaned(alice, wanted=True)
    set_limit(alice, left=0)
    before = used(alice)
    with pytest.raises(QuotaExceededError):
        room.with_room_made(alice, lambda: start(alice), sparing=sparing)
    assert used(alice) == before


def test_who_has_room_loses_nothing(alice: User) -> None:
    post = create_post(alice)
    trash.trash(owner=alice, ids=[post.pk])
    age_trash(alice)
    quota.set_auto_cleaned(alice, wanted=True)
    _reference, cleaned = room.with_room_made(alice, lambda: upload(alice))
    assert (cleaned, str(cleaned)) == (Cleaned(), "")
