"""Credits: held when a job is made, spent or given back exactly once when it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from gallery.models import AuditEvent, EditTurn, Post
from gallery.services import conversations, deletion, erasure, quota, suspension, trash
from generation import catalogue
from generation.models import CreditAccount, CreditEntry, GenerationJob, ProviderKey
from generation.models.jobs import ErrorCode
from generation.providers.errors import ErrorKind, ProviderError
from generation.services import credits, editing, jobs, retrying, runner, studio, sweep
from generation.services.credits import NotEnoughCreditsError
from generation.services.keys import KeyState
from pixelstream.accounts.models import User
from tests.factories import (
    an_edit_wish,
    create_post,
    create_reference,
    job_of,
    start,
    start_editing,
    work_off,
)
from tests.invariants import broken_invariants
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db

Status = GenerationJob.Status


@pytest.fixture(autouse=True)
def _credits(settings: LazySettings, scripted: ScriptedProvider) -> Iterator[None]:
    """Everybody begins with 20, and a picture of the scripted vendor costs 5."""
    settings.CREDITS_ENABLED = True
    settings.CREDITS_SIGNUP_GRANT = 20
    settings.CREDITS_WITHOUT_COST = 5
    yield
    assert broken_invariants() == []


def ledger(person: User) -> list[tuple[str, int]]:
    """Kinds and amounts, the oldest first."""
    entries = CreditEntry.objects.owned_by(person).order_by("id")
    return list(entries.values_list("kind", "amount"))


def failing(kind: ErrorKind = ErrorKind.INVALID) -> ProviderError:
    return ProviderError(kind, "no")


# --- prices


def test_a_picture_costs_what_the_catalogue_says(settings: LazySettings) -> None:
    settings.CREDITS_PER_USD = 100
    catalogue.forget()
    price = {spec.key: credits.price_of(spec, on_own_key=False) for spec in catalogue.everything()}
    assert price["builtin/lumen"] == 1
    assert price["bytedance-seed/seedream-4.5"] == 6, "6 cents"
    assert price["pollinations/flux"] == 5, "nobody knows its cost"


@pytest.mark.parametrize(("cost", "price"), [("0", 1), ("0.0001", 1), ("0.06", 6), ("0.0601", 7)])
def test_a_cost_becomes_whole_credits_and_at_least_one(
    cost: str, price: int, settings: LazySettings
) -> None:
    settings.CREDITS_PER_USD = 100
    assert credits.in_credits(Decimal(cost)) == price


def test_switched_off_nothing_costs_and_no_ledger_is_begun(
    alice: User, settings: LazySettings
) -> None:
    settings.CREDITS_ENABLED = False
    work_off(start(alice, models="test/a"))
    assert not CreditAccount.objects.exists()


def test_what_was_held_ends_although_credits_were_switched_off(
    alice: User, settings: LazySettings
) -> None:
    post = start(alice, models="test/a")
    settings.CREDITS_ENABLED = False
    work_off(post)
    assert ledger(alice) == [("grant", 20), ("hold", -5), ("capture", 0)]


# --- holding


def test_pictures_are_held_when_they_are_asked_for_and_the_caption_is_free(alice: User) -> None:
    post = start(alice, models="test/a test/b")
    assert ledger(alice) == [("grant", 20), ("hold", -5), ("hold", -5)]
    assert credits.balance_of(alice) == 10
    assert job_of(post).price_credits == 5


def test_too_few_credits_and_nothing_is_started(alice: User) -> None:
    start(alice, models="test/a test/b test/c")
    with pytest.raises(NotEnoughCreditsError) as refused:
        start(alice, models="test/a test/b")
    assert credits.refusal_text(refused.value) == (
        "2 images cost 10 credits; you have 5. Nothing was started."
    )
    assert Post.objects.count() == 1
    assert credits.balance_of(alice) == 5


def test_the_ledger_itself_refuses_what_came_in_between(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two forms at the same moment: both were told that there is enough."""
    start(alice, models="test/a test/b test/c")
    monkeypatch.setattr(credits, "require", lambda *args: None)
    with pytest.raises(NotEnoughCreditsError):
        start(alice, models="test/a test/b")
    assert Post.objects.count() == 1
    assert GenerationJob.objects.count() == 4
    assert credits.balance_of(alice) == 5


def test_the_last_credit_can_be_spent(alice: User) -> None:
    start(alice, models="test/a test/b test/c")
    start(alice, models="test/a")
    assert credits.balance_of(alice) == 0


def test_the_same_form_twice_is_held_once(alice: User) -> None:
    from uuid import uuid4

    from tests.factories import a_wish

    key, wish = uuid4(), a_wish(models="test/a")
    first = studio.start_post(owner=alice, wish=wish, form_key=key)
    assert studio.start_post(owner=alice, wish=wish, form_key=key) == first
    assert credits.balance_of(alice) == 15


def test_a_full_storage_holds_nothing(alice: User, settings: LazySettings) -> None:
    create_post(alice)
    settings.QUOTA_BYTES = 1
    with pytest.raises(quota.QuotaExceededError):
        start(alice, models="test/a")
    assert not CreditAccount.objects.exists()


def test_a_picture_on_ones_own_key_costs_nothing(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio.keys, "states", lambda owner: {"scripted": KeyState.USABLE})
    post = start(alice, models="test/a")
    assert job_of(post).uses_own_key
    assert job_of(post).price_credits == 0
    assert not CreditAccount.objects.exists()
    assert not ProviderKey.objects.exists()
    studio.cancel_post(post=post, by=alice)


def test_what_is_for_free_costs_nothing(alice: User) -> None:
    work_off(start(alice, models="test/a", is_for_free=True))
    assert not CreditAccount.objects.exists()


def test_a_turn_is_held_like_a_post(alice: User) -> None:
    turn = start_editing(create_post(alice).images.get())
    assert credits.balance_of(alice) == 15
    wish = an_edit_wish(models="test/edit test/other-edit")
    editing.send_turn(conversation=turn.conversation, wish=wish)
    assert credits.balance_of(alice) == 5
    with pytest.raises(NotEnoughCreditsError):
        editing.send_turn(conversation=turn.conversation, wish=wish)
    assert turn.conversation.turns.count() == 2
    for each in turn.conversation.turns.all():
        work_off(each)
    assert credits.balance_of(alice) == 5


# --- every end


def test_a_picture_that_came_is_spent(alice: User) -> None:
    post = start(alice, models="test/a")
    work_off(post)
    assert ledger(alice) == [("grant", 20), ("hold", -5), ("capture", 0)]
    answer = post.messages.get(role="assistant")
    assert answer.credits_used == 5


@pytest.mark.parametrize(
    "kind", [ErrorKind.INVALID, ErrorKind.MODERATION, ErrorKind.AMBIGUOUS, ErrorKind.AUTH]
)
def test_a_picture_that_failed_is_given_back_whoever_bears_the_cost(
    alice: User, scripted: ScriptedProvider, kind: ErrorKind
) -> None:
    scripted.answers["test/a"] = failing(kind)
    work_off(start(alice, models="test/a test/b"))
    assert ledger(alice)[1:] == [("hold", -5), ("hold", -5), ("refund", 5), ("capture", 0)]
    assert credits.balance_of(alice) == 15


def test_a_caption_that_failed_gives_back_every_picture(
    alice: User, scripted: ScriptedProvider
) -> None:
    scripted.caption = failing()
    work_off(start(alice, models="test/a test/b"))
    assert credits.balance_of(alice) == 20


def _cancel(target: Any, alice: User, sam: User) -> None:
    if isinstance(target, EditTurn):
        editing.cancel_turn(turn=target, by=alice)
    else:
        studio.cancel_post(post=target, by=alice)


def _trash(target: Any, alice: User, sam: User) -> None:
    if isinstance(target, EditTurn):
        conversations.trash(owner=alice, ids=[target.conversation_id])
    else:
        trash.trash(owner=alice, ids=[target.pk])


def _delete(target: Any, alice: User, sam: User) -> None:
    if isinstance(target, EditTurn):
        chosen = type(target.conversation).objects.filter(pk=target.conversation_id)
        conversations.delete_conversations(chosen, by=alice)
    else:
        deletion.delete_posts(Post.objects.filter(pk=target.pk), by=alice)


def _suspend(target: Any, alice: User, sam: User) -> None:
    suspension.suspend(alice, reason="spam", by=sam)


@pytest.mark.parametrize("end", [_cancel, _trash, _delete, _suspend])
@pytest.mark.parametrize("is_edit", [False, True])
def test_what_is_stopped_is_given_back_once(
    alice: User, sam: User, end: Callable[[Any, User, User], None], is_edit: bool
) -> None:
    if is_edit:
        target: Any = start_editing(create_post(alice).images.get())
    else:
        target = start(alice, models="test/a")
    assert credits.balance_of(alice) == 15
    end(target, alice, sam)
    assert credits.balance_of(alice) == 20
    assert ledger(alice) == [("grant", 20), ("hold", -5), ("refund", 5)]
    end(target, alice, sam)
    assert credits.balance_of(alice) == 20


def test_a_source_that_is_deleted_with_its_versions_gives_back_what_is_being_made(
    alice: User,
) -> None:
    source = create_post(alice)
    start_editing(source.images.get())
    deletion.delete_posts(Post.objects.filter(pk=source.pk), by=alice, include_generated=True)
    assert credits.balance_of(alice) == 20


def test_a_job_that_went_silent_is_given_back(alice: User, settings: LazySettings) -> None:
    post = start(alice, models="test/a")
    runner.run(job_of(post, studio.Kind.CAPTION).pk)
    job = jobs.claim(job_of(post).pk)
    assert job is not None
    GenerationJob.objects.filter(pk=job.pk).update(
        attempts=settings.JOB_MAX_ATTEMPTS, lease_until=Now() - settings.JOB_LEASE
    )
    assert sweep.end_silent() == 1
    assert sweep.end_silent() == 0
    assert job_of(post).error_code == ErrorCode.GAVE_UP
    assert credits.balance_of(alice) == 20


def test_a_late_worker_neither_spends_nor_gives_back(
    alice: User, scripted: ScriptedProvider
) -> None:
    post = start(alice, models="test/a")
    runner.run(job_of(post, studio.Kind.CAPTION).pk)
    scripted.before_answer = lambda: studio.cancel_post(post=post, by=alice)
    runner.run(job_of(post).pk)
    assert ledger(alice) == [("grant", 20), ("hold", -5), ("refund", 5)]


def test_ends_repeated_change_nothing(alice: User) -> None:
    post = start(alice, models="test/a")
    work_off(post)
    job = job_of(post)
    credits.settle(job)
    credits.refund([job.pk])
    assert ledger(alice) == [("grant", 20), ("hold", -5), ("capture", 0)]


def test_a_deleted_post_leaves_its_ledger_as_it_was(alice: User) -> None:
    post = start(alice, models="test/a")
    work_off(post)
    number = job_of(post).pk
    deletion.delete_posts(Post.objects.filter(pk=post.pk), by=alice)
    assert ledger(alice) == [("grant", 20), ("hold", -5), ("capture", 0)]
    entry = credits.page_of(alice).entries[0]
    assert (entry.job_id, entry.job, entry.model) == (number, None, "test/a")


# --- again


def test_trying_again_is_a_new_hold(alice: User, scripted: ScriptedProvider) -> None:
    scripted.answers["test/a"] = [failing(), scripted.picture()]
    post = start(alice, models="test/a")
    work_off(post)
    studio.retry_slot(post=post, slot=0)
    work_off(post)
    holds = [("hold", -5), ("refund", 5), ("hold", -5), ("capture", 0)]
    assert ledger(alice) == [("grant", 20), *holds]
    assert sum(post.messages.values_list("credits_used", flat=True)) == 5


def test_trying_again_with_too_few_credits_changes_nothing(
    alice: User, sam: User, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/a"] = failing()
    post = start(alice, models="test/a")
    work_off(post)
    start(alice, models="test/b test/c")
    start(alice, models="test/b test/c")
    assert credits.balance_of(alice) == 0
    with pytest.raises(NotEnoughCreditsError):
        studio.retry_slot(post=post, slot=0)
    assert not retrying.try_again(job_of(post), by=sam)
    post.refresh_from_db()
    assert post.status == Post.Status.FAILED
    assert post.jobs.filter(kind="image").count() == 1


def test_a_post_that_starts_over_holds_all_of_its_pictures(
    alice: User, scripted: ScriptedProvider
) -> None:
    scripted.caption = [failing(), failing()]
    post = start(alice, models="test/a test/b")
    work_off(post)
    scripted.caption = None
    studio.retry_slot(post=post, slot=1)
    assert credits.balance_of(alice) == 10
    work_off(post)
    assert credits.balance_of(alice) == 10


def test_a_failed_turn_tried_again_is_a_new_hold(alice: User, scripted: ScriptedProvider) -> None:
    scripted.answers["test/edit"] = [failing(), scripted.picture()]
    turn = start_editing(create_post(alice).images.get())
    work_off(turn)
    assert credits.balance_of(alice) == 20
    editing.retry_output(turn=turn, slot=0)
    work_off(turn)
    assert credits.balance_of(alice) == 15


# --- giving


def test_an_administrator_gives_credits(alice: User, sam: User) -> None:
    assert credits.grant(alice, 30, by=sam, reason="Sorry for yesterday.") == 50
    newest = credits.page_of(alice).entries[0]
    assert (newest.amount, newest.reason, newest.by) == (30, "Sorry for yesterday.", sam)
    event = AuditEvent.objects.get(action="credits.grant")
    assert (event.actor, event.target_id, event.counts) == (sam, alice.pk, {"credits": 30})


@pytest.mark.parametrize("amount", [0, -5, credits.MOST_GRANTED + 1])
def test_what_is_no_gift_is_refused(alice: User, sam: User, amount: int) -> None:
    with pytest.raises(ValueError, match="cannot be granted"):
        credits.grant(alice, amount, by=sam, reason="no")
    assert not CreditAccount.objects.exists()


def test_nobody_needs_to_begin_with_anything(alice: User, settings: LazySettings) -> None:
    settings.CREDITS_SIGNUP_GRANT = 0
    with pytest.raises(NotEnoughCreditsError):
        start(alice, models="test/a")
    assert ledger(alice) == []


# --- reading


def test_entries_come_page_by_page(
    alice: User, sam: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(credits, "PAGE_SIZE", 2)
    for amount in (1, 2, 3):
        credits.grant(alice, amount, by=sam, reason="more")
    with django_assert_num_queries(1):
        first = credits.page_of(alice)
    assert [entry.amount for entry in first.entries] == [3, 2]
    second = credits.page_of(alice, before=first.next)
    assert [entry.amount for entry in second.entries] == [1, 20]
    assert second.next is None


def test_the_ledger_is_written_once(alice: User, sam: User) -> None:
    credits.grant(alice, 1, by=sam, reason="more")
    entry = CreditEntry.objects.latest("id")
    entry.amount = 9
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()
    with pytest.raises(TypeError):
        CreditEntry.objects.update(amount=9)
    with pytest.raises(TypeError):
        CreditEntry.objects.all().delete()


@pytest.mark.parametrize(
    ("kind", "amount"),
    [("hold", -5), ("refund", 5), ("capture", 0), ("grant", -1), ("hold", 5), ("capture", 1)],
)
def test_the_database_refuses_a_second_end_and_wrong_signs(
    alice: User, kind: str, amount: int
) -> None:
    post = start(alice, models="test/a")
    work_off(post)
    account = CreditAccount.objects.get(person=alice)
    job = None if kind == "grant" else job_of(post)
    with pytest.raises(IntegrityError), transaction.atomic():
        CreditEntry.objects.create(account=account, kind=kind, amount=amount, job=job)


def test_the_database_refuses_a_negative_balance(alice: User, sam: User) -> None:
    credits.grant(alice, 1, by=sam, reason="more")
    with pytest.raises(IntegrityError), transaction.atomic():
        CreditAccount.objects.update(balance=-1)
    assert create_reference(alice).pk


# --- leaving


def erase(person: User) -> None:
    """They asked for it, and every step is carried out."""
    assert erasure.carry_out(erasure.ask(person, at_once=True).pk)


def test_an_erased_person_leaves_no_ledger(alice: User, sam: User, bob: User) -> None:
    credits.grant(alice, 3, by=sam, reason="more")
    work_off(start(alice, models="test/a"))
    start(alice, models="test/b")
    erase(alice)
    assert not CreditEntry.objects.exists()
    assert not CreditAccount.objects.exists()


def test_what_an_erased_administrator_gave_stays(alice: User, bob: User, sam: User) -> None:
    bob.is_staff = True
    bob.save()
    credits.grant(alice, 3, by=bob, reason="more")
    erase(bob)
    assert credits.balance_of(alice) == 23
    assert CreditEntry.objects.get(amount=3).by is None
