"""Conversations: named, chosen from, into the trash and out of it, and deleted for good."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from gallery.models import (
    AuditEvent,
    EditConversation,
    EditTurn,
    GeneratedImage,
    Post,
    ReferenceImage,
    StoredObject,
    TurnBase,
)
from gallery.services import conversations, deletion, emptying, outbox, purge, trash
from gallery.services.deletion import Deleted
from generation.models import GenerationJob
from generation.providers.types import Kind
from generation.services import runner
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import (
    create_conversation,
    create_image,
    create_output,
    create_post,
    create_reference,
    create_turn,
)

pytestmark = pytest.mark.django_db


def talk(owner: User, *outputs: int) -> EditConversation:
    """A conversation with a turn for each number, which made so many pictures; each turn starts
    from the first picture of the one before.
    """
    conversation = create_conversation(owner)
    base = conversation.source_image
    for count in outputs:
        turn = create_turn(conversation, outputs=count, bases=[base])
        base = turn.images.order_by("turn_slot").first() or base
    return conversation


def in_work(owner: User) -> EditConversation:
    """A conversation in which something is waiting to be made."""
    conversation = talk(owner, 1)
    turn = create_turn(conversation, status=EditTurn.Status.GENERATING)
    GenerationJob.objects.create(
        turn=turn, kind=Kind.EDIT, slot=0, model="builtin/sketch", run_after=Now(), params={}
    )
    return conversation


def age(conversation: EditConversation, by: timedelta) -> None:
    """Let it have been in the trash for that long, by the database's clock."""
    EditConversation.objects.filter(pk=conversation.pk).update(deleted_at=Now() - by)


def delete(owner: User, *talks: EditConversation, versions: bool = False) -> Deleted:
    return conversations.delete_chosen(
        EditConversation.objects.in_trash_of(owner),
        [one.pk for one in talks],
        by=owner,
        include_generated=versions,
    )


def delete_post(post: Post, *, versions: bool = False) -> Deleted:
    rows = Post.objects.filter(pk=post.pk)
    return deletion.delete_posts(rows, by=post.owner, include_generated=versions)


# --- title and choice


def test_a_title_is_one_line_and_counts_as_a_change(alice: User) -> None:
    conversation = create_conversation(alice)
    # SQLite's clock has milliseconds only: it may be a moment behind the one of the fixture.
    EditConversation.objects.update(updated_at=conversation.created_at - timedelta(hours=1))
    conversation.refresh_from_db()
    conversations.rename(conversation=conversation, title="  Clear\n night,\tlamp  lit ")
    stored = EditConversation.objects.get()
    assert (stored.title, conversation.title) == ("Clear night, lamp lit",) * 2
    assert stored.revision == conversation.revision + 1
    assert stored.updated_at > conversation.updated_at


@pytest.mark.parametrize("title", ["", " \n ", "x" * 121])
def test_no_other_title_is_taken(alice: User, title: str) -> None:
    with pytest.raises(ValueError, match="characters"):
        conversations.rename(conversation=create_conversation(alice), title=title)
    conversations.rename(conversation=EditConversation.objects.get(), title="x" * 120)


def test_what_went_to_the_trash_meanwhile_is_neither_named_nor_chosen_from(alice: User) -> None:
    conversation = talk(alice, 1)
    image = GeneratedImage.objects.get(turn__isnull=False)
    conversations.trash(owner=alice, ids=[conversation.pk])
    with pytest.raises(EditConversation.DoesNotExist):
        conversations.rename(conversation=conversation, title="Later")
    with pytest.raises(GeneratedImage.DoesNotExist):
        conversations.set_selected(image=image, value=False)
    image.refresh_from_db()
    assert image.selected


def test_an_output_is_chosen_or_left_out(alice: User) -> None:
    conversation = talk(alice, 2)
    image = GeneratedImage.objects.filter(turn__isnull=False)[0]
    conversations.set_selected(image=image, value=False)
    assert set(GeneratedImage.objects.filter(selected=False)) == {image}
    assert EditConversation.objects.get().revision == conversation.revision + 1
    conversations.set_selected(image=image, value=True)
    assert not GeneratedImage.objects.filter(selected=False).exists()
    with pytest.raises(GeneratedImage.DoesNotExist):
        conversations.set_selected(image=conversation.source_image, value=False)


# --- the trash


def test_a_trashed_conversation_is_in_the_trash_and_its_posts_stay(alice: User) -> None:
    conversation = talk(alice, 2, 1)
    moved = conversations.trash(owner=alice, ids=[conversation.pk, conversation.pk])
    assert (moved.ids, moved.missing) == ([conversation.pk], 0)
    assert not EditConversation.objects.visible_to(alice).exists()
    assert list(EditConversation.objects.in_trash_of(alice)) == [conversation]
    assert Post.objects.visible_to(alice).count() == 4
    assert conversations.trash(owner=alice, ids=[conversation.pk]).missing == 1
    event = AuditEvent.objects.get(action="conversation.trash")
    assert (event.actor, event.target_id) == (alice, conversation.pk)


def test_everything_comes_back(alice: User) -> None:
    conversation = talk(alice, 2, 1)
    fields = ("title", "source_image", "updated_at", "turns__message", "turns__images")
    before = list(EditConversation.objects.order_by("turns__images").values(*fields))
    conversations.trash(owner=alice, ids=[conversation.pk])
    assert conversations.restore(owner=alice, ids=[conversation.pk]).ids == [conversation.pk]
    assert list(EditConversation.objects.order_by("turns__images").values(*fields)) == before
    assert AuditEvent.objects.filter(action="conversation.restore").count() == 1
    assert broken() == []


def test_nobody_trashes_or_restores_what_is_not_theirs(alice: User, bob: User) -> None:
    live, trashed = talk(alice, 1), talk(alice, 1)
    conversations.trash(owner=alice, ids=[trashed.pk])
    assert conversations.trash(owner=bob, ids=[live.pk]).missing == 1
    assert conversations.restore(owner=bob, ids=[trashed.pk]).missing == 1
    assert conversations.restore_all(owner=bob) == 0
    assert list(EditConversation.objects.visible_to(alice)) == [live]


def test_after_thirty_days_nothing_is_restored_however_late_the_purge_is(alice: User) -> None:
    kept, late = talk(alice, 1), talk(alice, 1)
    conversations.trash(owner=alice, ids=[kept.pk, late.pk])
    age(kept, timedelta(days=30) - timedelta(minutes=1))
    age(late, timedelta(days=30, seconds=1))
    moved = conversations.restore(owner=alice, ids=[kept.pk, late.pk])
    assert (moved.ids, moved.missing) == ([kept.pk], 1)


def test_what_is_being_made_in_it_stops_at_once(alice: User) -> None:
    conversation, other = in_work(alice), in_work(alice)
    conversations.trash(owner=alice, ids=[conversation.pk])
    unfinished = GenerationJob.objects.unfinished().get()
    assert unfinished.turn is not None
    assert unfinished.turn.conversation == other
    canceled = GenerationJob.objects.get(error_code="canceled")
    assert canceled.turn.conversation == conversation  # type: ignore[union-attr]
    assert conversation.turns.get(number=2).status == EditTurn.Status.ERROR
    conversations.restore(owner=alice, ids=[conversation.pk])
    runner.run(canceled.pk)
    assert GeneratedImage.objects.filter(turn__conversation=conversation).count() == 1


def test_an_output_in_the_trash_is_shown_again_when_it_is_restored(alice: User) -> None:
    conversation = talk(alice, 1)
    post = conversations.outputs_of(EditConversation.objects.all()).get()
    revisions = []
    for act in (trash.trash, trash.restore):
        act(owner=alice, ids=[post.pk])
        conversation.refresh_from_db()
        revisions.append(conversation.revision)
    assert revisions == [2, 3], "an open page of the conversation is told"
    image = GeneratedImage.objects.get(turn__conversation=conversation, post__deleted_at=None)
    assert image.post == post


# --- for good


def test_a_deleted_conversation_leaves_its_pictures_and_a_receipt(alice: User) -> None:
    conversation, other = talk(alice, 2, 1), talk(alice, 1)
    reference = create_reference(alice, kept=True)
    conversation.turns.get(number=1).references.set([reference])
    conversations.trash(owner=alice, ids=[conversation.pk])
    before = StoredObject.objects.filter(state="live").count()
    assert delete(alice, conversation) == Deleted(conversations=1)
    assert list(EditConversation.objects.all()) == [other]
    assert set(EditTurn.objects.values_list("conversation", flat=True)) == {other.pk}
    assert TurnBase.objects.count() == GenerationJob.objects.count() == 1
    assert Post.objects.visible_to(alice).count() == 6
    made = GeneratedImage.objects.exclude(turn__conversation=other).filter(post__parent__gt=0)
    assert set(made.values_list("turn", "turn_slot")) == {(None, None)}
    assert made.count() == 3
    assert ReferenceImage.objects.filter(pk=reference.pk).exists()
    assert StoredObject.objects.filter(state="live").count() == before
    event = AuditEvent.objects.get(action="conversation.delete")
    assert (event.actor, event.target_id, event.counts) == (alice, conversation.pk, {"turns": 2})
    assert delete(alice, conversation) == Deleted(), "twice is once"
    assert deletion.was_theirs(alice, EditConversation, conversation.pk)
    assert broken() == []


def test_with_all_versions_what_was_made_in_it_and_from_that_goes_too(alice: User) -> None:
    conversation = talk(alice, 2, 1)
    output = conversations.outputs_of(EditConversation.objects.all()).order_by("pk")[0]
    create_post(alice, parent=output)
    source, stranger = conversation.source_image.post, create_post(alice)
    branch = create_conversation(alice, output.images.get())
    create_turn(branch, outputs=1)
    conversations.trash(owner=alice, ids=[conversation.pk])
    deleted = delete(alice, conversation, versions=True)
    assert (deleted.total, deleted.generated, deleted.conversations) == (5, 5, 1)
    assert set(Post.objects.all()) == {source, stranger}
    assert list(EditConversation.objects.all()) == [branch], "it opens without its pictures"
    outbox.run()
    assert StoredObject.objects.filter(state="live").count() == 2
    assert broken() == []


def test_only_what_is_in_the_trash_is_deleted_by_its_owner(alice: User, bob: User) -> None:
    live, foreign = talk(alice, 1), talk(bob, 1)
    conversations.trash(owner=bob, ids=[foreign.pk])
    assert delete(alice, live, foreign, versions=True) == Deleted()
    assert Post.objects.count() == 4


def test_a_live_one_is_stopped_before_its_pictures_go(alice: User, sam: User) -> None:
    conversation = in_work(alice)
    deleted = conversations.delete_conversations(
        EditConversation.objects.all(), by=sam, include_generated=True
    )
    assert (deleted.total, deleted.conversations) == (1, 1)
    assert not GenerationJob.objects.exists()
    assert list(Post.objects.all()) == [conversation.source_image.post]
    assert AuditEvent.objects.get(action="conversation.delete").actor == sam
    assert broken() == []


def test_what_was_uploaded_for_its_turns_alone_goes_along(alice: User) -> None:
    conversation = talk(alice, 1)
    alone, kept, shared = (create_reference(alice, kept=kept) for kept in (False, True, False))
    turn = conversation.turns.get()
    turn.references.set([alone, kept, shared])
    turn.jobs.get().references.set([alone, kept, shared])
    GenerationJob.objects.unfinished().get(turn__conversation=in_work(alice)).references.set(
        [shared]
    )
    conversations.trash(owner=alice, ids=[conversation.pk])
    delete(alice, conversation)
    assert set(ReferenceImage.objects.all()) == {kept, shared}
    outbox.run()
    assert broken() == []


def test_deleting_it_takes_as_many_queries_for_few_turns_as_for_many(alice: User) -> None:
    counts = []
    for turns in (1, 6):
        conversation = talk(alice, *[2] * turns)
        conversations.trash(owner=alice, ids=[conversation.pk])
        with CaptureQueriesContext(connection) as captured:
            delete(alice, conversation)
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- its pictures


def test_a_picture_deleted_for_good_leaves_a_conversation_that_opens(alice: User) -> None:
    conversation = talk(alice, 1, 1)
    for image in GeneratedImage.objects.order_by("pk"):
        post = Post.objects.get(images=image)
        trash.trash(owner=alice, ids=[post.pk])
        assert delete_post(post).total == 1
        outbox.run()
        assert broken() == []
    conversation.refresh_from_db()
    assert conversation.turns.count() == TurnBase.objects.count() == 2
    assert not GenerationJob.objects.exclude(output=None).exists()
    conversations.trash(owner=alice, ids=[conversation.pk])
    assert conversations.restore(owner=alice, ids=[conversation.pk]).ids
    conversations.trash(owner=alice, ids=[conversation.pk])
    assert delete(alice, conversation, versions=True) == Deleted(conversations=1)


def test_a_post_comes_back_though_what_it_was_made_from_is_gone(alice: User) -> None:
    conversation = talk(alice, 1)
    source = conversation.source_image.post
    output = Post.objects.exclude(pk=source.pk).get()
    trash.trash(owner=alice, ids=[source.pk, output.pk])
    delete_post(source)
    assert trash.restore(owner=alice, ids=[output.pk]).ids == [output.pk]
    output.refresh_from_db()
    assert output.parent_id == output.root_id == source.pk
    assert EditConversation.objects.visible_to(alice).get().source_image_id
    assert broken() == []


def test_all_versions_of_the_first_are_its_whole_line_whatever_is_gone(alice: User) -> None:
    first = create_post(alice)
    middle = create_post(alice, parent=first)
    last = create_post(alice, parent=middle)
    beside = create_post(alice, parent=first)
    delete_post(middle)
    assert deletion.descendants([first.pk]) == {last.pk, beside.pk}
    assert deletion.descendants([beside.pk]) == set()
    assert delete_post(first, versions=True).total == 3
    assert not Post.objects.exists()


def test_all_versions_of_a_middle_one_are_what_hangs_below_it(alice: User) -> None:
    first = create_post(alice)
    middle = create_post(alice, parent=first)
    below = create_post(alice, parent=middle)
    deepest = create_post(alice, parent=below)
    delete_post(first)
    assert deletion.descendants([middle.pk]) == {below.pk, deepest.pk}


def test_what_was_edited_with_a_reference_goes_with_it(alice: User) -> None:
    conversation = talk(alice, 1)
    reference = create_reference(alice, kept=True)
    conversation.turns.get().references.set([reference])
    output = conversations.outputs_of(EditConversation.objects.all()).get()
    output.messages.create(role="user", text="darker").attachments.set([reference])
    assert list(deletion.made_with(reference)) == [output]
    deleted = deletion.delete_reference(reference=reference, by=alice, include_generated=True)
    assert deleted.total == 2
    assert not Post.objects.filter(pk=output.pk).exists()
    outbox.run()
    assert broken() == []


# --- what runs by itself


def test_the_purge_takes_conversations_whose_time_is_over(alice: User) -> None:
    kept, late = talk(alice, 1), talk(alice, 1)
    conversations.trash(owner=alice, ids=[kept.pk, late.pk])
    age(kept, timedelta(days=29))
    age(late, timedelta(days=30, seconds=1))
    assert purge.purge_trash() == Deleted(conversations=1)
    assert list(EditConversation.objects.all()) == [kept]
    assert AuditEvent.objects.get(action="conversation.delete").actor is None
    assert Post.objects.count() == 4


def test_a_limited_purge_counts_posts_and_conversations(alice: User) -> None:
    talks = [talk(alice, 0) for _ in range(3)]
    posts = [one.source_image.post for one in talks]
    trash.trash(owner=alice, ids=[post.pk for post in posts])
    conversations.trash(owner=alice, ids=[one.pk for one in talks])
    for one in talks:
        age(one, timedelta(days=31))
    Post.objects.update(deleted_at=Now() - timedelta(days=31))
    assert purge.purge_trash(limit=4) == Deleted(
        total=3, images=3, freed_bytes=_sizes(posts), conversations=1
    )
    assert purge.purge_trash(limit=4).conversations == 2
    assert purge.purge_trash(limit=4) == Deleted()


def _sizes(posts: list[Post]) -> int:
    keys = AuditEvent.objects.filter(action="post.delete", target_id__in=[p.pk for p in posts])
    return sum(event.counts["bytes"] for event in keys)


def test_emptying_takes_conversations_that_were_in_the_trash_then(alice: User, bob: User) -> None:
    old, later, foreign = talk(alice, 1), talk(alice, 1), talk(bob, 1)
    conversations.trash(owner=alice, ids=[old.pk])
    conversations.trash(owner=bob, ids=[foreign.pk])
    asked = emptying.begin(alice)
    assert asked is not None
    assert (asked.found, asked.found_conversations) == (0, 1)
    conversations.trash(owner=alice, ids=[later.pk])
    EditConversation.objects.filter(pk=later.pk).update(deleted_at=Now() + timedelta(seconds=1))
    assert emptying.carry_out(asked.pk) == Deleted(conversations=1)
    asked.refresh_from_db()
    assert asked.finished_at is not None
    assert (asked.deleted_posts, asked.deleted_conversations) == (0, 1)
    assert set(EditConversation.objects.all()) == {later, foreign}
    assert emptying.begin(bob) is not None
    assert Post.objects.count() == 6


def test_a_picture_may_be_an_output_and_have_others_beside_it(alice: User) -> None:
    """A post that an archive made up: deleting a conversation takes each post once."""
    turn = create_turn(create_conversation(alice))
    first = create_output(turn)
    create_image(first.post, position=1, turn=turn, turn_slot=1)
    conversations.trash(owner=alice, ids=[turn.conversation_id])
    deleted = delete(alice, turn.conversation, versions=True)
    assert (deleted.total, deleted.images) == (1, 2)
