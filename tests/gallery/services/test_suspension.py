"""A suspended person is out at the next request, and so is what they shared; and back again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from gallery.models import AuditEvent, Post, StoredObject
from gallery.services import administrators, erasure, outbox, suspension, trash
from gallery.services.moderation import NoReasonError
from generation.fragments import render_for
from generation.live_token import Claims, Fragment, Reader
from generation.models import GenerationJob, ProviderKey
from generation.services import keys
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import (
    PASSWORD,
    create_conversation,
    create_post,
    create_turn,
    create_user,
    start,
    work_off,
)

pytestmark = pytest.mark.django_db

PUBLIC = Post.Visibility.PUBLIC
LIVE = StoredObject.State.LIVE


def suspend(person: User, by: User) -> None:
    """Long enough ago for everything that was under way to have ended."""
    assert suspension.suspend(person, reason="Spam.", by=by)
    long_ago = timezone.now() - timedelta(minutes=5)
    User.objects.filter(pk=person.pk).update(suspended_at=long_ago)
    person.refresh_from_db()


def areas(owner: User) -> list[str]:
    outbox.run()
    live = StoredObject.objects.filter(owner=owner, state=LIVE)
    return sorted(live.values_list("area", flat=True))


# --- the door ------------------------------------------------------------------------------------


def test_the_next_request_is_a_strangers(as_alice: Client, alice: User, sam: User) -> None:
    assert as_alice.get("/gallery/").status_code == 200
    suspend(alice, sam)
    assert as_alice.get("/gallery/")["Location"] == "/accounts/login/?next=/gallery/"
    alice.refresh_from_db()
    assert not alice.is_active
    assert (alice.suspended_reason, alice.bytes_to_follow) == ("Spam.", True)


def test_signing_in_says_that_the_account_is_suspended_and_not_why(
    anonymous: Client, alice: User, sam: User
) -> None:
    suspend(alice, sam)
    form = {"login": alice.email, "password": PASSWORD}
    answer = anonymous.post("/accounts/login/", form, follow=True)
    page = answer.content.decode()
    assert "This account is suspended" in page
    assert "Spam." not in page
    assert "_auth_user_id" not in anonymous.session
    wrong = anonymous.post("/accounts/login/", {**form, "password": "wrong"}, follow=True)
    assert "suspended" not in wrong.content.decode()


def test_open_pages_get_no_more_news(alice: User, sam: User) -> None:
    post = start(alice)
    claims = Claims(alice.pk, Fragment.POST, post.pk, Reader("en"))
    assert render_for(claims) is not None
    suspend(alice, sam)
    assert render_for(claims) is None


def test_what_is_being_made_stops_and_the_keys_stay(alice: User, sam: User) -> None:
    post = start(alice)
    turn = create_turn(create_conversation(alice), status="generating")
    GenerationJob.objects.create(turn=turn, kind="edit", model="test/edit")
    keys.store(alice, "openrouter", "sk-or-of-alice")
    suspend(alice, sam)
    assert not GenerationJob.objects.unfinished().exists()
    assert ProviderKey.objects.owned_by(alice).exists()
    post.refresh_from_db()
    assert post.status == Post.Status.FAILED
    work_off(post)
    assert not post.images.exists()
    assert broken() == []


# --- what they shared ----------------------------------------------------------------------------


def test_public_posts_are_gone_at_once_and_their_pictures_follow(
    anonymous: Client, alice: User, bob: User, sam: User
) -> None:
    post = create_post(alice, images=2, visibility=PUBLIC)
    create_post(alice)
    create_post(bob, visibility=PUBLIC)
    objects = StoredObject.objects.filter(owner=alice)
    addresses = [f"/media/{obj.key}" for obj in objects]
    assert {anonymous.get(path).status_code for path in addresses} == {200}
    suspend(alice, sam)
    assert not Post.objects.viewable_by_others().filter(owner=alice).exists()
    assert anonymous.get(post.public_address).status_code == 404
    assert suspension.carry_out(limit=10_000) == 2
    assert areas(alice) == ["private"] * 3
    assert areas(bob) == ["public"]
    assert {anonymous.get(path).status_code for path in addresses} == {404}
    alice.refresh_from_db()
    assert not alice.bytes_to_follow or suspension.carry_out(limit=10_000) == 0
    alice.refresh_from_db()
    assert not alice.bytes_to_follow
    assert broken() == []


def test_letting_in_brings_back_what_was_shared_and_only_that(alice: User, sam: User) -> None:
    shared = create_post(alice, visibility=PUBLIC)
    kept = create_post(alice, sharing_enabled=True)
    trashed = create_post(alice, visibility=PUBLIC)
    trash.trash(owner=alice, ids=[trashed.pk])
    suspend(alice, sam)
    suspension.carry_out(limit=100)
    assert areas(alice) == ["private"] * 3
    Post.objects.filter(pk=kept.pk).update(sharing_enabled=False)
    assert suspension.let_in(alice, by=sam)
    assert suspension.carry_out(limit=100) == 1
    assert areas(alice) == ["private", "private", "public"]
    assert Post.objects.in_feed().get() == shared
    alice.refresh_from_db()
    assert (alice.is_active, alice.suspended_at, alice.suspended_reason) == (True, None, "")
    assert suspension.carry_out(limit=100) == 0
    assert not User.objects.filter(bytes_to_follow=True).exists()
    assert broken() == []


def test_let_in_before_the_pictures_have_gone_they_turn_round(alice: User, sam: User) -> None:
    create_post(alice, images=3, visibility=PUBLIC)
    suspend(alice, sam)
    suspension.carry_out(limit=100)
    suspension.let_in(alice, by=sam)
    suspension.carry_out(limit=100)
    assert areas(alice) == ["public"] * 3
    assert not StoredObject.objects.filter(area=StoredObject.Area.PRIVATE).exists()


def test_it_may_be_stopped_anywhere_and_goes_on(
    alice: User, bob: User, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suspension, "CHUNK", 2)
    for owner in (alice, bob):
        for _ in range(5):
            create_post(owner, visibility=PUBLIC)
        suspend(owner, sam)
    assert suspension.carry_out(limit=3) == 3
    assert User.objects.filter(bytes_to_follow=True).count() == 2
    assert suspension.carry_out(limit=3) == 3
    assert suspension.carry_out(limit=100) == 4
    assert suspension.carry_out(limit=100) == 0
    assert not User.objects.filter(bytes_to_follow=True).exists()
    assert areas(alice) + areas(bob) == ["private"] * 10


def test_what_was_begun_a_moment_before_is_looked_for_once_more(alice: User, sam: User) -> None:
    suspension.suspend(alice, reason="Spam.", by=sam)
    assert suspension.carry_out(limit=100) == 0
    assert User.objects.get(pk=alice.pk).bytes_to_follow
    create_post(alice, visibility=PUBLIC)  # its transaction began before the suspension
    assert suspension.carry_out(limit=100) == 1
    assert areas(alice) == ["private"]


def test_a_picture_that_is_missing_in_storage_holds_nobody_up(alice: User, sam: User) -> None:
    lost = create_post(alice, visibility=PUBLIC).images.get().object
    create_post(alice, visibility=PUBLIC)
    storages[lost.area].delete(lost.key)
    suspend(alice, sam)
    suspension.carry_out(limit=100)
    assert areas(alice) == ["private", "public"]
    assert suspension.carry_out(limit=100) == 0
    assert not User.objects.filter(bytes_to_follow=True).exists()


def test_the_command_says_what_it_did(
    alice: User, sam: User, capsys: pytest.CaptureFixture[str]
) -> None:
    create_post(alice, visibility=PUBLIC)
    suspend(alice, sam)
    call_command("follow_suspensions")
    assert capsys.readouterr().out == "The pictures of 1 post are on their way.\n"


# --- who may -------------------------------------------------------------------------------------


def test_it_needs_a_reason_and_happens_once(alice: User, sam: User) -> None:
    with pytest.raises(NoReasonError):
        suspension.suspend(alice, reason="  ", by=sam)
    assert suspension.suspend(alice, reason="Spam.", by=sam)
    since = User.objects.get(pk=alice.pk).suspended_at
    assert not suspension.suspend(alice, reason="Worse.", by=sam)
    alice.refresh_from_db()
    assert (alice.suspended_at, alice.suspended_reason) == (since, "Worse.")
    assert suspension.let_in(alice, by=sam)
    assert not suspension.let_in(alice, by=sam)
    actions = AuditEvent.objects.order_by("pk").values_list("action", "actor", "target_id")
    assert list(actions) == [
        ("person.suspend", sam.pk, alice.pk),
        ("person.let_in", sam.pk, alice.pk),
    ]


def test_nobody_suspends_themselves_and_only_a_superuser_a_superuser(sam: User) -> None:
    bea = create_user("bea@example.com", is_staff=True)
    refused = suspension.NotTheirsToSuspendError
    for person, by in ((sam, sam), (sam, bea)):
        with pytest.raises(refused):
            suspension.suspend(person, reason="Spam.", by=by)
    ada = create_user("ada@example.com", is_staff=True, is_superuser=True)
    suspend(sam, ada)
    with pytest.raises(refused):
        suspension.let_in(sam, by=bea)
    assert suspension.let_in(sam, by=ada)


def test_an_administrator_stays(sam: User) -> None:
    ada = create_user("ada@example.com", is_staff=True, is_superuser=True)
    erasure.ask(ada)
    with pytest.raises(administrators.LastAdministratorError):
        suspension.suspend(sam, reason="Spam.", by=ada)


def test_who_is_being_erased_is_not_let_in(alice: User, sam: User) -> None:
    suspend(alice, sam)
    begun = erasure.ask(alice, at_once=True)
    type(begun).objects.update(started_at=timezone.now())
    with pytest.raises(suspension.LeavingError):
        suspension.let_in(alice, by=sam)


@pytest.mark.django_db(transaction=True)
def test_a_suspended_person_is_erased_with_all_that_was_said_of_them(
    alice: User, sam: User
) -> None:
    create_post(alice, visibility=PUBLIC)
    suspend(alice, sam)
    erasure.ask(alice, at_once=True)
    assert erasure.run_due() == 1
    alice.refresh_from_db()
    assert (alice.suspended_at, alice.suspended_reason, alice.bytes_to_follow) == (None, "", False)
    assert broken() == []
