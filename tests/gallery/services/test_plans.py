"""What deletes, moves and counts asks the database for the work at hand, not for whole tables.

SQLite plans by the statement alone, so a few rows show what it does with millions. PostgreSQL would
rightly read a small table from end to end; with that forbidden, what is left is where it has to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from gallery import trash_page
from gallery.models import (
    AccountExport,
    EditConversation,
    Post,
    ReferenceImage,
    StoredObject,
)
from gallery.services import (
    conversations,
    deletion,
    emptying,
    erasure,
    exporting,
    outbox,
    purge,
    recount,
    remains,
    sharing,
    storage_audit,
    suspension,
    trash,
)
from generation.models import GenerationJob
from generation.services import sweep
from pixelstream.accounts.models import User
from tests.factories import (
    create_conversation,
    create_image,
    create_object,
    create_post,
    create_reference,
    create_turn,
    start,
)

pytestmark = pytest.mark.django_db

PLANNED = re.compile(r"\s*(SELECT|WITH|UPDATE|DELETE)\b", re.IGNORECASE)
READS_ALL = re.compile(r"\bSCAN (?!CONSTANT ROW|subquery)|Seq Scan on")
SMALL = re.compile(
    # A row a person at most, or what is under way; sessions and the like. People are looked through
    # when one of them leaves: whether an administrator stays.
    r"\b(gallery_(accountexport|accounterasure|trashemptying|exportpart|installation)"
    r"|accounts_user|django_\w+|account_\w+)\b"
)
DUE = re.compile(
    # Indexes of nothing but the work at hand: to walk one of them is to do that work.
    r"USING (COVERING )?INDEX (object_(deleting|moving|writing|claim)|post_(purge|share_expires)"
    r"|conversation_purge"
    r"|post_in_progress|job_(pending|processing)|reference_transient)\b"
)


@contextmanager
def plans() -> Iterator[list[str]]:
    """The steps that read a growing table from end to end, with their statements."""
    found: list[str] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if PLANNED.match(sql) and not many:
            word = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
            execute(f"{word} {sql}", params, many, context)
            steps = [str(row[-1]) for row in context["cursor"].fetchall()]
            found.extend(
                f"{step.strip()} <- {sql}"
                for step in steps
                if READS_ALL.search(step) and not SMALL.search(step) and not DUE.search(step)
            )
        return execute(sql, params, many, context)

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    with connection.execute_wrapper(explain):
        yield found


@pytest.fixture
def library(alice: User, bob: User) -> list[Post]:
    """Posts with everything that hangs on one, of two people: the first two are in the trash."""
    posts = []
    for person in (alice, alice, alice, bob):
        reference = create_reference(person)
        post = start(person, models="builtin/sketch", references=[reference])
        create_image(post)
        message = post.messages.create(role="user", text="darker")
        message.attachments.set([create_reference(person, kept=True)])
        posts.append(post)
    create_post(alice, parent=posts[0])
    for person in (alice, alice, alice, bob):
        turn = create_turn(create_conversation(person, posts[0].images.all()[0]), outputs=1)
        turn.references.set([create_reference(person)])
    create_reference(bob)
    old = Now() - timedelta(days=31)
    ReferenceImage.objects.update(created_at=old)
    GenerationJob.objects.update(run_after=old)
    talks = EditConversation.objects.order_by("pk").values_list("pk", flat=True)
    EditConversation.objects.filter(pk=talks[0]).update(deleted_at=old)
    EditConversation.objects.filter(pk=talks[1]).update(deleted_at=Now())
    Post.objects.filter(pk=posts[0].pk).update(deleted_at=old)
    Post.objects.filter(pk=posts[1].pk).update(deleted_at=Now())
    Post.objects.filter(pk=posts[3].pk).update(share_expires_at=old)
    left_over, receipt = create_object(bob), create_object(bob)
    writing, gone = StoredObject.State.WRITING, StoredObject.State.GONE
    StoredObject.objects.filter(pk=left_over.pk).update(state=writing, lease_until=old)
    long_ago = Now() - timedelta(days=100)
    StoredObject.objects.filter(pk=receipt.pk).update(state=gone, gone_at=long_ago)
    return posts


def _export(alice: User) -> None:
    export = exporting.begin(alice)
    exporting.carry_out(export.pk)
    AccountExport.objects.update(finished_at=Now() - timedelta(days=8))
    exporting.delete_expired()


def _empty(alice: User) -> None:
    begun = emptying.begin(alice)
    assert begun is not None
    emptying.carry_out(begun.pk)


def _see_trash(alice: User) -> None:
    page = trash_page.page_of(alice, None)
    assert page.items
    trash_page.page_of(alice, page.items[0].cursor)
    trash_page.news_of(alice, shown=[page.items[0].post.pk], newest=page.items[0].cursor)


def _erase(alice: User) -> None:
    erasure.ask(alice, at_once=True)
    erasure.run_due()
    alice.refresh_from_db()
    assert remains.is_erased(alice)


def _trash_and_back(alice: User) -> None:
    ids = list(Post.objects.visible_to(alice).values_list("pk", flat=True))
    assert trash.trash(owner=alice, ids=ids).ids
    assert trash.restore(owner=alice, ids=ids).ids
    talks = list(EditConversation.objects.visible_to(alice).values_list("pk", flat=True))
    assert conversations.trash(owner=alice, ids=talks).ids
    assert conversations.restore_all(owner=alice)


def _delete_conversations(alice: User) -> None:
    mine = EditConversation.objects.in_trash_of(alice)
    deleted = conversations.delete_conversations(mine, by=alice, include_generated=True)
    assert (deleted.conversations, deleted.total) == (1, 1)


def _delete_reference(alice: User) -> None:
    reference = ReferenceImage.objects.owned_by(alice)[0]
    deletion.delete_reference(reference=reference, by=alice, include_generated=True)


def _move_and_delete(alice: User) -> None:
    ids = list(Post.objects.visible_to(alice).values_list("pk", flat=True))
    trash.trash(owner=alice, ids=ids)
    moved, gone = outbox.run()
    assert moved
    assert gone


def _audit(alice: User) -> None:
    """Of all folders it reads all rows, once; of each only its own."""
    _done(storage_audit.audit(limit=1).checked)
    assert not storage_audit._is_known("generated/1/1-a.w320.webp")


def _suspend(alice: User) -> None:
    sam = User.objects.create_superuser("sam@example.com")
    assert suspension.suspend(alice, reason="Spam.", by=sam)
    _done(suspension.carry_out(limit=100))
    assert suspension.let_in(alice, by=sam)
    _done(suspension.carry_out(limit=100))


def _done(number: int) -> None:
    assert number, "nothing was done"


WORK: dict[str, Callable[[User], Any]] = {
    "purging the trash": lambda alice: _done(purge.purge_trash().conversations),
    "moving and deleting objects": _move_and_delete,
    "sweeping what was never committed": lambda alice: _done(outbox.sweep_abandoned()),
    "forgetting receipts": lambda alice: _done(purge.forget_receipts()),
    "trashing and restoring": _trash_and_back,
    "showing the trash": _see_trash,
    "emptying the trash": _empty,
    "deleting conversations with what was made in them": _delete_conversations,
    "deleting a reference with what was made with it": _delete_reference,
    "following a suspension": _suspend,
    "ending sharing": lambda alice: _done(sharing.expire(limit=100)),
    "cleaning references": lambda alice: _done(purge.clean_references()),
    "counting quota anew": lambda alice: recount.recount(fix=True),
    "sweeping jobs": lambda alice: sweep.sweep(),
    "auditing a folder": _audit,
    "exporting an account": _export,
    "erasing a person": _erase,
}


@pytest.mark.parametrize("work", WORK)
def test_nothing_reads_a_table_that_grows(work: str, alice: User, library: list[Post]) -> None:
    with plans() as found:
        WORK[work](alice)
    assert found == []


def test_a_plan_that_reads_a_table_is_seen(alice: User, library: list[Post]) -> None:
    """Or the test above would prove nothing."""
    with plans() as found:
        list(Post.objects.filter(caption="nothing"))
        list(StoredObject.objects.filter(sha256="0"))
    assert len(found) == 2
