"""P5: forgetting a person, whole: in every table, in storage, in the broker, in the index."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import redis
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from gallery.models import (
    AccountErasure,
    AuditEvent,
    Imported,
    Post,
    ReferenceImage,
    Report,
    StoredObject,
    TrashEmptying,
    Usage,
)
from gallery.search.lookup import search
from gallery.search.query import parse
from gallery.services import (
    administrators,
    downloads,
    erasing,
    erasure,
    exporting,
    objects,
    outbox,
    remains,
    trash,
)
from generation.models import GenerationJob, WebhookEvent
from generation.services import credits, keys
from pixelstream import invariants
from pixelstream.accounts.models import User
from pixelstream.api import tokens
from pixelstream.api.models import IdempotentRequest, Scope
from pixelstream.faultpoints import InjectedFaultError
from tests.factories import (
    create_conversation,
    create_post,
    create_project,
    create_reference,
    create_turn,
    create_user,
    picture_bytes,
    start,
    work_off,
)

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL = "zelda.quux@canary.example"
NAME = "Zelda Quuxworth"
HANDLE = "zelda_quixote_77"
WORD = "xylophonecanary"
CANARIES = (EMAIL, NAME, HANDLE, WORD)

STEPS = (
    *("begin", "sign_out", "hide", "conversations", "posts", "references", "exports"),
    *("belongings", "traces", "emptied", "receipt"),
)
PLACES = (
    *(f"erasure.after_{step}" for step in STEPS),
    *("erasure.between_chunks", "erasure.before_commit"),
    *("purge.after_lock", "purge.after_images", "purge.before_commit"),
)

#: What may still point to the row of an erased person (docs/decisions.md).
ABOUT_NOBODY = {"gallery.AuditEvent", "gallery.AccountErasure", "admin.LogEntry"}


@pytest.fixture
def zelda(db: None) -> User:
    """Whom this is about: a name, a handle and an address that stand nowhere else."""
    profile = {"handle": HANDLE, "bio": f"{WORD} and other slow things", "posts_begin_public": True}
    return create_user(EMAIL, name=NAME, language="en", **profile)


def fill(person: User, broker: redis.Redis) -> None:
    """Something of the person's in every table, and in everything that is no table."""
    project = create_project(person, name=f"{WORD} project")
    reference = create_reference(person, kept=True)
    ReferenceImage.objects.filter(pk=reference.pk).update(filename=f"{WORD}.jpg")
    made = start(person, prompt=f"a {WORD}", references=[reference], project=project)
    work_off(made)
    WebhookEvent.objects.create(
        provider="kie", event_id="7-success", job=made.jobs.latest("pk"), body=WORD.encode()
    )
    made.messages.create(role="user", text=f"more {WORD}").attachments.set([reference])
    public = create_post(person, caption=f"{WORD} in public.", visibility="public")
    talk = create_conversation(person, public.images.get(), title=f"{WORD} at night")
    create_turn(talk, outputs=1, message=f"a darker {WORD}").references.set([reference])
    trashed = create_post(person, caption=f"{WORD} in the trash.")
    trash.trash(owner=person, ids=[trashed.pk])
    outbox.run()
    start(person, prompt=f"unfinished {WORD}")
    export = exporting.begin(person)
    exporting.carry_out(export.pk)
    TrashEmptying.objects.create(owner=person, found=1)
    Imported.objects.create(
        owner=person, source=uuid4(), kind="post", source_id=1, local_id=made.pk
    )
    keys.store(person, "openrouter", f"sk-or-v1-{WORD}")
    tokens.make(person, name=WORD, scopes=[Scope.READ])
    IdempotentRequest.objects.create(owner=person, key=WORD, status=200, body=WORD)
    credits.grant(person, 3, by=person, reason=f"for {WORD}")
    objects.begin(
        kind="reference",
        owner_id=person.pk,
        area=StoredObject.Area.PRIVATE,
        data=b"x",
        content_type="image/jpeg",
        extension="jpg",
        rendition_widths=[],
    )
    elsewhere = create_post(create_user(f"neighbour-of-{person.pk}@example.com"), images=0)
    Report.objects.create(post=elsewhere, reporter=person, reason="other", details=WORD)
    Report.objects.create(post=public, reporter=person, reason="other", details=WORD)
    address = EmailAddress.objects.create(user=person, email=EMAIL, verified=True, primary=True)
    EmailConfirmation.objects.create(email_address=address, key=f"{WORD}-key", sent=timezone.now())
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)
    group = Group.objects.create(name="editors")
    person.groups.add(group)
    person.user_permissions.add(Permission.objects.order_by("pk")[0])
    for row in (person, public, project, talk):
        LogEntry.objects.create(
            user=person,
            content_type=ContentType.objects.get_for_model(row),
            object_id=str(row.pk),
            object_repr=str(row),
            action_flag=CHANGE,
            change_message="[]",
        )
    Client().force_login(person)
    UserSession.objects.create(user=person, session_key=WORD, ip="203.0.113.7", user_agent=WORD)
    other = Client()
    other.get("/accounts/login/")
    session = other.session
    session["somebody"] = {"typed": EMAIL}
    session.save()
    downloads.count_download(public.pk)
    now = int(timezone.now().timestamp() // 60)
    cache.set(keys.tests_counter(person, now), 3, 120)
    # Guesses are counted by host and address.
    host = urlsplit(settings.SITE_URL).netloc
    Client(HTTP_HOST=host).post("/accounts/login/", {"login": EMAIL, "password": "wrong"})
    cache.set(f"allauth:rl:account:reauthenticate:10/m/user:user:{person.pk}", [1.0], 60)


def tables_of_people() -> set[type[models.Model]]:
    """Every table from which a chain of keys leads to a person."""
    found: set[type[models.Model]] = {User}
    while True:
        more = {
            model
            for model in apps.get_models(include_auto_created=True)
            if model not in found and any(field.related_model in found for field in _keys_of(model))
        }
        if not more:
            return found
        found |= more


def _keys_of(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.get_fields() if field.concrete and field.is_relation]


def ways_to(person: User) -> Iterator[tuple[str, Any]]:
    """The rows of every table that belong to the person, by every chain of keys."""
    known = tables_of_people()
    for model in known - {User}:
        for path in _paths(model, known, ()):
            yield f"{model._meta.label} by {path}", model._base_manager.filter(**{path: person})


def _paths(
    model: type[models.Model], known: set[type[models.Model]], seen: tuple[Any, ...]
) -> Iterator[str]:
    for field in _keys_of(model):
        if field.many_to_many:
            continue  # its own table is among the models
        target = field.related_model
        if target is User:
            yield field.name
        elif target in known and target not in seen and target is not model:
            for rest in _paths(target, known, (*seen, model)):
                yield f"{field.name}__{rest}"


def words_anywhere(broker: redis.Redis) -> list[str]:
    """Where a canary is still written: in any column of any table, in any key of the broker."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    text = _text(value)
                    found += [f"{table}.{column}: {w}" for w in CANARIES if w.lower() in text]
    for session in Session.objects.all():
        text = json.dumps(session.get_decoded(), default=str).lower()
        found += [f"session: {word}" for word in CANARIES if word.lower() in text]
    for key in broker.keys("*"):
        text = _text(key) + _value(broker, key)
        found += [f"broker {key!r}: {word}" for word in CANARIES if word.lower() in text]
    return found


def _text(value: Any) -> str:
    raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
    return raw.decode("utf-8", "replace").lower()


def _value(broker: redis.Redis, key: bytes) -> str:
    reads: dict[bytes, Callable[[bytes], Any]] = {
        b"string": broker.get,
        b"hash": broker.hgetall,
        b"list": lambda name: broker.lrange(name, 0, -1),
        b"set": broker.smembers,
        b"zset": lambda name: broker.zrange(name, 0, -1),
    }
    return str(reads[broker.type(key)](key)).lower()


def is_about(name: str, person_id: int) -> bool:
    """Whether a key of the cache names the person: by the id, or by a digest of the address."""
    parts = name.removeprefix("pixelstream:1:").split(":")
    return str(person_id) in parts or any(part.endswith("/key") for part in parts)


def storage_keys() -> set[str]:
    return {key for area in ("public", "private") for key in invariants._keys(storages[area])}


def time_passes() -> None:
    """Leases and claims of a process that died run out."""
    past = Now() - timedelta(seconds=1)
    AccountErasure.objects.filter(lease_until__isnull=False).update(lease_until=past)
    StoredObject.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=past)
    StoredObject.objects.filter(lease_until__isnull=False).update(lease_until=past)


def erase(person: User) -> AccountErasure:
    """Asked for, and done at once."""
    asked = erasure.ask(person, at_once=True)
    assert erasure.carry_out(asked.pk)
    asked.refresh_from_db()
    return asked


def require_forgotten(person_id: int, posts: list[int], broker: redis.Redis) -> None:
    """Nothing of the person is anywhere, except for what says nothing about anybody."""
    outbox.run()
    nobody = User.objects.get(pk=person_id)
    for what, rows in ways_to(nobody):
        label = what.partition(" ")[0]
        if label in ABOUT_NOBODY:
            continue
        if label == "gallery.StoredObject":
            rows = rows.exclude(state=StoredObject.State.GONE)
        assert not rows.exists(), what
    assert words_anywhere(broker) == []
    assert not [key for key in storage_keys() if key.split("/")[1] == str(person_id)]
    assert not StoredObject.objects.exclude(state=StoredObject.State.GONE).exists()
    assert search(person_id, parse(WORD), limit=10) == []
    assert not [name for name in broker.keys("*") if is_about(name.decode(), person_id)]
    assert not set(map(int, broker.hkeys(downloads.COUNTS))) & set(posts)
    assert not any([nobody.is_active, nobody.is_staff, nobody.is_superuser])
    assert nobody.email.endswith("@invalid")
    assert not nobody.has_usable_password()
    assert (nobody.name, nobody.language, nobody.last_login) == ("", "", None)
    assert (nobody.handle, nobody.bio, nobody.posts_begin_public) == (None, "", False)
    assert AuditEvent.objects.filter(action="person.erase", actor=nobody).count() == 1
    assert invariants.broken() == []


# --- everything


def test_the_library_of_these_tests_has_something_in_every_table(
    zelda: User, sam: User, broker: redis.Redis
) -> None:
    """A new table that leads to a person belongs into `fill`, and into the erasure."""
    fill(zelda, broker)
    erasure.ask(zelda)
    ways = dict(ways_to(zelda))
    reached = {what.partition(" ")[0] for what, rows in ways.items() if rows.exists()}
    assert {model._meta.label for model in tables_of_people() - {User}} == reached


def test_nothing_is_left_of_an_erased_person(zelda: User, sam: User, broker: redis.Redis) -> None:
    fill(zelda, broker)
    posts = list(Post.objects.owned_by(zelda).values_list("pk", flat=True))
    assert len({where.partition(":")[0] for where in words_anywhere(broker)}) > 10
    done = erase(zelda)
    require_forgotten(zelda.pk, posts, broker)
    assert (done.posts, done.references) == (5, 1)
    assert done.images == 4
    assert done.freed_bytes > 0


@pytest.mark.parametrize("place", PLACES)
def test_an_erasure_stopped_anywhere_ends_as_one_that_was_not(
    place: str,
    zelda: User,
    sam: User,
    broker: redis.Redis,
    stopped_at: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(erasing, "CHUNK", 2)
    fill(zelda, broker)
    posts = list(Post.objects.owned_by(zelda).values_list("pk", flat=True))
    asked = erasure.ask(zelda, at_once=True)
    stopped_at(place)
    with pytest.raises(InjectedFaultError):
        erasure.carry_out(asked.pk)
    assert erasure.unfinished() == [], "it waits a moment before the next try"
    stopped_at("")
    time_passes()
    assert erasure.run_due() == 1
    require_forgotten(zelda.pk, posts, broker)
    asked.refresh_from_db()
    assert (asked.posts, asked.images, asked.references) == (5, 4, 1)
    receipts = [message for message in mail.outbox if "is deleted" in message.subject]
    assert len(receipts) == 1


def test_others_keep_everything(zelda: User, bob: User, sam: User, broker: redis.Redis) -> None:
    kept = create_post(bob, caption="Bob's own.", visibility="public")
    reference = create_reference(bob, kept=True)
    browser = Client()
    browser.force_login(bob)
    fill(zelda, broker)
    erase(zelda)
    outbox.run()
    assert browser.get(f"/posts/{kept.pk}/").status_code == 200
    assert kept.images.get().object.state == "live"
    assert ReferenceImage.objects.get() == reference
    assert Usage.objects.of(bob).bytes_used > 0
    assert invariants.broken() == []


# --- the time to think it over


def test_until_it_is_due_everything_works(zelda: User, sam: User) -> None:
    browser = Client()
    browser.force_login(zelda)
    post = create_post(zelda)
    asked = erasure.ask(zelda)
    assert asked.due_at - timezone.now() > timedelta(days=6, hours=23)
    assert erasure.run_due() == 0
    assert not erasure.carry_out(asked.pk)
    assert browser.get(f"/posts/{post.pk}/").status_code == 200
    assert start(zelda)
    AccountErasure.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert erasure.run_due() == 1
    assert browser.get(f"/posts/{post.pk}/").status_code == 302


def test_a_wish_can_be_taken_back(zelda: User) -> None:
    erasure.ask(zelda)
    assert erasure.keep(zelda)
    assert not erasure.keep(zelda)
    assert erasure.run_due() == 0
    actions = AuditEvent.objects.filter(actor=zelda).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["person.leave", "person.stay"]
    erasure.ask(zelda)
    assert AccountErasure.objects.count() == 1


def test_what_has_begun_cannot_be_taken_back(
    zelda: User, stopped_at: Callable[[str], None]
) -> None:
    asked = erasure.ask(zelda, at_once=True)
    stopped_at("erasure.after_begin")
    with pytest.raises(InjectedFaultError):
        erasure.carry_out(asked.pk)
    assert not erasure.keep(zelda)


def test_asked_for_twice_it_is_one_wish(zelda: User) -> None:
    first = erasure.ask(zelda)
    again = erasure.ask(zelda)
    assert (again.pk, again.due_at) == (first.pk, first.due_at)
    assert AuditEvent.objects.filter(action="person.leave").count() == 1


# --- mails


def test_the_mails_say_what_happens(zelda: User, settings: Any) -> None:
    asked = erasure.ask(zelda)
    assert erasure.confirm(asked.pk)
    assert not erasure.confirm(asked.pk)
    erasure.keep(zelda)
    assert erasure.tell_kept(zelda.pk)
    erase(zelda)
    assert [message.subject for message in mail.outbox] == [
        "Your Pixelstream account will be deleted",
        "Your Pixelstream account stays",
        "Your Pixelstream account is deleted",
    ]
    assert {tuple(message.to) for message in mail.outbox} == {(EMAIL,)}
    assert "/settings/account/" in mail.outbox[0].body


def test_a_receipt_that_cannot_be_sent_is_tried_for_a_day(zelda: User, settings: Any) -> None:
    create_post(zelda, images=2)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    asked = erasure.ask(zelda, at_once=True)
    assert not erasure.carry_out(asked.pk)
    asked.refresh_from_db()
    assert asked.emptied_at is not None
    assert not Post.objects.exists(), "a mail server does not keep anything from being deleted"
    assert User.objects.get(pk=zelda.pk).email == EMAIL
    assert asked.lease_until is not None
    assert asked.lease_until > timezone.now() + timedelta(minutes=10)

    time_passes()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert erasure.run_due() == 1
    (receipt,) = mail.outbox
    assert "Images: 2" in receipt.body
    assert User.objects.get(pk=zelda.pk).email != EMAIL


def test_a_receipt_is_never_lost_and_after_a_crash_it_is_the_same_letter_again(
    zelda: User, stopped_at: Callable[[str], None]
) -> None:
    asked = erasure.ask(zelda, at_once=True)
    stopped_at("erasure.after_mail")
    with pytest.raises(InjectedFaultError):
        erasure.carry_out(asked.pk)
    stopped_at("")
    time_passes()
    assert erasure.run_due() == 1
    first, second = [str(message.message()["Message-ID"]) for message in mail.outbox]
    assert first == second
    assert first.startswith(f"<erasure-{asked.pk}-")
    assert [message.to for message in mail.outbox] == [[EMAIL], [EMAIL]]


def test_a_receipt_that_can_never_be_sent_does_not_keep_the_address(
    zelda: User, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    asked = erasure.ask(zelda, at_once=True)
    assert not erasure.carry_out(asked.pk)
    AccountErasure.objects.update(emptied_at=timezone.now() - timedelta(hours=24, seconds=1))
    time_passes()
    assert erasure.run_due() == 1
    assert User.objects.get(pk=zelda.pk).email.endswith("@invalid")


# --- at the same moment


def test_running_jobs_are_canceled_and_late_results_are_discarded(zelda: User) -> None:
    post = start(zelda)
    job = post.jobs.get(kind="caption")
    GenerationJob.objects.filter(pk=job.pk).update(
        status="processing", lease_token=uuid4(), lease_until=Now() + timedelta(seconds=15)
    )
    output = objects.begin(
        kind="generated",
        owner_id=zelda.pk,
        area=StoredObject.Area.PUBLIC,
        data=picture_bytes(),
        content_type="image/jpeg",
        extension="jpg",
        rendition_widths=[],
    )
    erase(zelda)
    assert not GenerationJob.objects.exists()
    objects.put(output, picture_bytes(), {})
    with pytest.raises(objects.ObjectLostError):
        objects.make_live(output)
    objects.retract(output.pk)
    outbox.run()
    assert storage_keys() == set()
    assert invariants.broken() == []


def test_public_posts_are_nobodys_to_see_from_the_first_moment(
    zelda: User, stopped_at: Callable[[str], None]
) -> None:
    post = create_post(zelda, visibility="public")
    asked = erasure.ask(zelda, at_once=True)
    stopped_at("erasure.after_hide")
    with pytest.raises(InjectedFaultError):
        erasure.carry_out(asked.pk)
    assert not Post.objects.viewable_by_others().filter(pk=post.pk).exists()
    outbox.run()
    assert post.images.get().object.area == "private"


def test_what_a_request_under_way_wrote_after_the_end_is_deleted_too(zelda: User) -> None:
    erase(zelda)
    nobody = User.objects.get(pk=zelda.pk)
    create_reference(nobody)
    create_post(nobody)
    assert erasure.run_due() == 1
    outbox.run()
    assert remains.remains_of(nobody) == []
    assert storage_keys() == set()
    assert invariants.broken() == []
    assert len([one for one in mail.outbox if "is deleted" in one.subject]) == 1


def test_an_archive_that_is_being_loaded_lacks_what_comes_after(zelda: User) -> None:
    create_post(zelda, images=2)
    archive = downloads.archive_of(
        user=zelda, posts=Post.objects.owned_by(zelda), metadata=downloads.Metadata.NONE
    )
    stream = archive.stream()
    first = next(stream)
    erase(zelda)
    rest = b"".join(stream)
    assert first
    assert b"MISSING.txt" in rest


def test_two_workers_are_never_at_one_erasure(zelda: User) -> None:
    create_post(zelda)
    asked = erasure.ask(zelda, at_once=True)
    AccountErasure.objects.update(
        lease_token=uuid4(), lease_until=Now() + timedelta(seconds=60), started_at=Now()
    )
    assert not erasure.carry_out(asked.pk)
    assert erasure.unfinished() == []
    assert Post.objects.exists()


def test_an_erasure_that_takes_long_goes_on_with_the_next_worker(
    zelda: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "CHUNK", 1)
    for _ in range(3):
        create_post(zelda)
    asked = erasure.ask(zelda, at_once=True)
    with monkeypatch.context() as patched:
        patched.setattr(erasing, "AT_A_TIME", -1.0)
        for _ in range(3):
            assert not erasure.carry_out(asked.pk)
    assert erasure.unfinished() == [asked.pk]
    assert erasure.carry_out(asked.pk)
    assert not Post.objects.exists()


def test_an_erasure_does_not_say_that_it_ended_while_something_is_left(
    zelda: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_project(zelda)
    monkeypatch.setattr(erasing.Erasing, "_delete_belongings", lambda self: None)
    asked = erasure.ask(zelda, at_once=True)
    assert not erasure.carry_out(asked.pk)
    asked.refresh_from_db()
    assert (asked.emptied_at, asked.finished_at) == (None, None)
    assert User.objects.get(pk=zelda.pk).email == EMAIL


# --- administrators


def test_the_last_administrator_names_another_one(sam: User, bob: User) -> None:
    assert administrators.is_last(sam)
    with pytest.raises(administrators.LastAdministratorError):
        erasure.ask(sam)
    with pytest.raises(administrators.LastAdministratorError):
        erasure.ask(sam, successor=sam)
    assert not AccountErasure.objects.exists()
    erasure.ask(sam, successor=bob, at_once=True)
    bob.refresh_from_db()
    assert (bob.is_staff, bob.is_superuser) == (True, True)
    assert erasure.run_due() == 1


def test_who_asked_to_be_forgotten_is_no_other_administrator(sam: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_superuser=True, is_staff=True)
    bob.refresh_from_db()
    erasure.ask(sam)
    with pytest.raises(administrators.LastAdministratorError):
        erasure.ask(bob)


def test_the_last_administrator_is_not_erased_although_it_is_due(sam: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_superuser=True)
    erasure.ask(sam, at_once=True)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert erasure.run_due() == 0
    sam.refresh_from_db()
    assert sam.is_active


# --- the command


def test_the_command_erases_who_is_due(
    zelda: User, alice: User, capsys: pytest.CaptureFixture[str]
) -> None:
    erasure.ask(alice)
    erasure.ask(zelda, at_once=True)
    call_command("erase_accounts")
    assert "1 people erased." in capsys.readouterr().out
    assert User.objects.filter(is_active=True).get() == alice
    call_command("erase_accounts", limit=1)
    assert "0 people erased." in capsys.readouterr().out


def test_the_command_erases_somebody_at_once(
    zelda: User, sam: User, capsys: pytest.CaptureFixture[str]
) -> None:
    create_post(zelda)
    call_command("erase_accounts", now=EMAIL.upper())
    assert "1 posts with 1 images" in capsys.readouterr().out
    assert not Post.objects.exists()
    with pytest.raises(CommandError, match="Nobody"):
        call_command("erase_accounts", now=EMAIL)
    with pytest.raises(CommandError, match="last administrator"):
        call_command("erase_accounts", now=sam.email)
