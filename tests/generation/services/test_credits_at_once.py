"""Credits spent and given back at the same moment: real threads, a real database and commits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import connection

from gallery.models import Post
from gallery.services import deletion, quota, suspension
from generation.models import CreditAccount, CreditEntry
from generation.services import animating, credits, editing, studio
from generation.services.credits import NotEnoughCreditsError
from generation.services.studio import ReferenceGoneError
from pixelstream.accounts.models import User
from tests.factories import (
    a_clip_wish,
    a_wish,
    an_edit_wish,
    create_post,
    create_reference,
    start,
    start_editing,
)
from tests.invariants import broken_invariants
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 4


@pytest.fixture(autouse=True)
def _credits(settings: LazySettings, scripted: ScriptedProvider) -> Iterator[None]:
    """Everybody begins with 20, and a picture costs 5."""
    settings.CREDITS_ENABLED = True
    settings.CREDITS_SIGNUP_GRANT = 20
    settings.CREDITS_WITHOUT_COST = 5
    yield
    assert broken_invariants() == []


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Do all of it in one moment; gives what came back, or what was raised."""
    begin = threading.Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        try:
            begin.wait(10)
            return action()
        except Exception as error:  # noqa: BLE001 (the test judges what came)
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def test_what_is_asked_for_at_once_is_never_more_than_there_is(alice: User) -> None:
    came = at_once(*[partial(start, alice, models="test/a test/b")] * 5)
    refused = [answer for answer in came if isinstance(answer, NotEnoughCreditsError)]
    assert (len(refused), Post.objects.count()) == (3, 2), came
    assert credits.balance_of(alice) == 0
    assert CreditAccount.objects.count() == 1
    assert CreditEntry.objects.filter(kind="grant").count() == 1


@pytest.mark.parametrize("what", ["clip", "post", "conversation", "turn"])
def test_a_form_sent_twice_at_once_is_paid_once_and_never_refused(
    alice: User, settings: LazySettings, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Also where the first one leaves too little for a second one."""
    source, key = create_post(alice).images.get(), uuid4()
    settings.CREDITS_ENABLED = False
    begun = start_editing(source).conversation
    edit = an_edit_wish(bases=[source])
    senders: dict[str, Callable[..., Any]] = {
        "clip": partial(animating.start_clip, owner=alice, wish=a_clip_wish(models="test/clip")),
        "post": partial(studio.start_post, owner=alice, wish=a_wish(models="test/a")),
        "conversation": partial(editing.start_conversation, owner=alice, source=source, wish=edit),
        "turn": partial(editing.send_turn, conversation=begun, wish=edit),
    }
    send = senders[what]
    settings.CREDITS_ENABLED = True
    settings.CREDITS_SIGNUP_GRANT = 15 if what == "clip" else 5
    # A turn asks for its price when nobody else can send one: the first one comes before that.
    module, name = (quota, "require_room") if what == "turn" else (credits, "require")
    require, firsts = getattr(module, name), list[Any]()

    def beaten(*args: Any, **options: Any) -> None:
        monkeypatch.setattr(module, name, require)
        firsts.append(send(form_key=key))
        require(*args, **options)

    monkeypatch.setattr(module, name, beaten)
    assert send(form_key=key) == firsts[0]
    assert credits.balance_of(alice) == 0


def test_canceled_twice_at_once_is_given_back_once(alice: User) -> None:
    for _ in range(ROUNDS):
        post = start(alice, models="test/a test/b")
        at_once(*[partial(studio.cancel_post, post=post, by=alice)] * 3)
        assert credits.balance_of(alice) == 20


def test_nobody_waits_for_ever_when_all_of_it_ends_at_once(alice: User, sam: User) -> None:
    """Whoever ends several things locks one after the other, and the account only then."""
    credits.grant(alice, 200, by=sam, reason="for the test")
    source = create_post(alice).images.get()
    for _ in range(ROUNDS):
        reference = create_reference(alice)
        User.objects.filter(pk=alice.pk).update(is_active=True, suspended_at=None)
        alice.refresh_from_db()
        posts = [start(alice, models="test/a", references=[reference]) for _ in range(2)]
        turns = [start_editing(source) for _ in range(3)]
        came = at_once(
            partial(suspension.suspend, alice, reason="all", by=sam),
            *[partial(studio.cancel_post, post=post, by=alice) for post in posts],
            *[partial(editing.cancel_turn, turn=turn, by=alice) for turn in reversed(turns)],
            partial(deletion.delete_posts, Post.objects.filter(pk=posts[0].pk), by=None),
            partial(start, alice, models="test/a", references=[reference]),
        )
        errors = [answer for answer in came if isinstance(answer, Exception)]
        # What comes last may find the upload gone with the others.
        assert [error for error in errors if not isinstance(error, ReferenceGoneError)] == []
        suspension.suspend(alice, reason="the last one, too", by=sam)
        for post in Post.objects.filter(status__in=Post.UNFINISHED):
            studio.cancel_post(post=post, by=sam)
    assert credits.balance_of(alice) == 220
