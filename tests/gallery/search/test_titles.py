"""A post is found by the title of the conversation that made one of its pictures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gallery.models import EditConversation, EditTurn, GeneratedImage, Post
from gallery.search import forgetting, parse, schema, schema_2, schema_3, search
from gallery.services import conversations, deletion
from pixelstream.accounts.models import User
from tests.gallery.rows import add_conversation, add_picture, add_turn
from tests.gallery.search.library import add_image, add_post, index_writes, stale_posts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_is_stale(db: None) -> Iterator[None]:
    """After each test the whole index is what it would be if it were made now."""
    yield
    assert stale_posts() == []


@pytest.fixture
def talk(alice: User) -> EditConversation:
    """A conversation that has made two posts."""
    conversation = add_conversation(alice, "Foggy harbour for Ana")
    add_turn(conversation)
    add_turn(conversation)
    return conversation


def found(owner: User, text: str) -> list[int]:
    return search(owner.pk, parse(text), limit=50)


def made_in(conversation: EditConversation) -> list[int]:
    images = GeneratedImage.objects.filter(turn__conversation=conversation)
    return list(images.order_by("-post").values_list("post", flat=True))


def test_what_a_conversation_made_is_found_by_its_title(
    alice: User, bob: User, talk: EditConversation
) -> None:
    assert found(alice, "foggy ") == made_in(talk)
    assert len(made_in(talk)) == 2
    assert found(alice, '"harbour for ana"') == found(alice, "harb") == made_in(talk)
    assert found(alice, "foggy dark") == made_in(talk), "one word of the title, one of the prompt"
    assert found(bob, "foggy ") == []


def test_accents_and_case_make_no_difference(alice: User) -> None:
    talk = add_conversation(alice, "Árvore e CORAÇÃO")
    add_turn(talk)
    assert found(alice, "arvore coracao ") == found(alice, "ÁRVORE Coração ") == made_in(talk)


def test_what_it_began_with_is_not_found_by_the_title(alice: User, talk: EditConversation) -> None:
    assert talk.source_image.post_id not in found(alice, "foggy ")
    assert found(alice, "lighthouse ") == [talk.source_image.post_id]


def test_a_word_of_the_title_can_be_left_out(alice: User, talk: EditConversation) -> None:
    assert found(alice, "darker -harbour ") == []
    assert found(alice, "darker -lighthouse ") == made_in(talk)


def test_a_title_is_not_the_name_of_a_model(alice: User, talk: EditConversation) -> None:
    assert found(alice, "model:foggy ") == []
    conversations.rename(conversation=talk, title="With Lumen")
    assert found(alice, "model:lumen -with ") == [talk.source_image.post_id]


def test_a_phrase_does_not_reach_over_the_beginning_of_the_title(
    alice: User, talk: EditConversation
) -> None:
    Post.objects.filter(pk__in=made_in(talk)).update(caption="a quiet")
    for words in ("lumen foggy", "quiet foggy", "darker foggy", "ana darker"):
        assert found(alice, f'"{words}"') == [], words


def test_a_new_title_replaces_the_old_one(alice: User, talk: EditConversation) -> None:
    other = add_conversation(alice, "Foggy too")
    add_turn(other)
    with index_writes() as written:
        conversations.rename(conversation=talk, title="Clear sky")
        assert written() == 2
    assert found(alice, "foggy ") == made_in(other)
    assert found(alice, "clear sky ") == made_in(talk)


def test_a_picture_that_comes_later_has_the_title_of_that_moment(
    alice: User, talk: EditConversation
) -> None:
    conversations.rename(conversation=talk, title="Clear sky")
    add_turn(talk)
    assert len(made_in(talk)) == 3
    assert found(alice, "clear ") == made_in(talk)


def test_a_picture_made_in_a_turn_is_indexed_once(alice: User, talk: EditConversation) -> None:
    post = add_post(alice, "darker")
    with index_writes() as written:
        add_image(post, turn=talk.turns.all()[0], turn_slot=7)
        assert written() == 1
    assert post.pk in found(alice, "foggy ")


def test_the_title_of_a_trashed_conversation_is_not_searched(
    alice: User, talk: EditConversation
) -> None:
    posts = made_in(talk)
    conversations.trash(owner=alice, ids=[talk.pk])
    assert found(alice, "foggy ") == []
    assert found(alice, "darker ") == posts, "they stay where they are"
    add_turn(talk)
    EditConversation.objects.filter(pk=talk.pk).update(title="Changed in the trash")
    assert found(alice, "trash ") == []
    conversations.restore(owner=alice, ids=[talk.pk])
    assert found(alice, "changed trash ") == made_in(talk)


def test_a_post_out_of_the_trash_has_the_title_of_that_moment(
    alice: User, talk: EditConversation
) -> None:
    posts = made_in(talk)
    Post.objects.filter(pk=posts[0]).update(deleted_at=timezone.now())
    assert found(alice, "foggy ") == posts[1:]
    conversations.rename(conversation=talk, title="Clear sky")
    assert found(alice, "clear ") == posts[1:]
    Post.objects.filter(pk=posts[0]).update(deleted_at=None)
    assert found(alice, "clear ") == posts


def test_purging_a_conversation_takes_its_title_and_leaves_the_index_alone(
    alice: User, talk: EditConversation
) -> None:
    posts = made_in(talk)
    conversations.trash(owner=alice, ids=[talk.pk])
    with index_writes() as written:
        conversations.delete_conversations(EditConversation.objects.in_trash_of(alice), by=alice)
        assert written() == 0
    assert not EditConversation.objects.exists()
    assert found(alice, "foggy ") == []
    assert found(alice, "darker ") == posts


def test_deleting_a_live_conversation_takes_its_title(alice: User, talk: EditConversation) -> None:
    posts = made_in(talk)
    conversations.delete_conversations(EditConversation.objects.filter(pk=talk.pk), by=alice)
    assert found(alice, "foggy ") == []
    assert found(alice, "darker ") == posts


@pytest.mark.parametrize("turns_first", [False, True])
def test_a_picture_that_forgets_its_turn_forgets_the_title(
    alice: User, talk: EditConversation, turns_first: bool
) -> None:
    """Keys are checked at the end: in between, a turn may be gone before its picture knows."""
    posts, turn = made_in(talk), talk.turns.all()[0]
    forget = GeneratedImage.objects.filter(turn=turn.pk)
    with transaction.atomic():
        if turns_first:
            turn.bases.all().delete()
            deletion.delete_rows(turn.jobs.all())
            deletion.delete_rows(EditTurn.objects.filter(pk=turn.pk))
        forget.update(turn=None, turn_slot=None)
    assert found(alice, "foggy ") == posts[:1]


def test_a_picture_of_another_turn_takes_its_title_along(
    alice: User, talk: EditConversation
) -> None:
    other = add_conversation(alice, "Clear sky")
    turn = add_turn(other, outputs=0)
    posts = made_in(talk)
    GeneratedImage.objects.filter(post=posts[0]).update(turn=turn, turn_slot=0)
    assert found(alice, "foggy ") == posts[1:]
    assert found(alice, "clear ") == posts[:1]


def test_a_deleted_picture_takes_its_title_along(alice: User, talk: EditConversation) -> None:
    posts = made_in(talk)
    GeneratedImage.objects.filter(post=posts[0]).delete()
    assert found(alice, "foggy ") == posts[1:]
    deletion.delete_posts(Post.objects.filter(pk=posts[1]), by=alice)
    assert found(alice, "foggy ") == []


def test_a_post_has_the_titles_of_all_that_made_its_pictures(
    alice: User, talk: EditConversation
) -> None:
    other = add_conversation(alice, "Clear sky")
    add_turn(other)
    [post], [moved] = made_in(other), made_in(talk)[:1]
    GeneratedImage.objects.filter(post=moved).update(post=post, position=1)
    assert found(alice, "foggy clear ") == [post]
    conversations.trash(owner=alice, ids=[other.pk])
    assert found(alice, "clear ") == []
    assert post in found(alice, "foggy ")


def test_changes_of_a_conversation_that_nobody_searches_do_not_write_the_index(
    alice: User, talk: EditConversation
) -> None:
    with index_writes() as written:
        talk.save()
        EditConversation.objects.filter(pk=talk.pk).update(revision=7, updated_at=timezone.now())
        EditTurn.objects.filter(conversation=talk).update(status=EditTurn.Status.ERROR)
        conversations.set_selected(
            image=GeneratedImage.objects.filter(turn__isnull=False)[0], value=False
        )
        assert written() == 0


def test_a_title_that_is_rolled_back_was_never_found(alice: User, talk: EditConversation) -> None:
    with transaction.atomic():
        conversations.rename(conversation=talk, title="Clear sky")
        assert found(alice, "clear ") == made_in(talk)
        transaction.set_rollback(True)
    assert found(alice, "clear ") == []
    assert found(alice, "foggy ") == made_in(talk)


def test_renaming_looks_at_the_pictures_of_that_conversation_only(
    alice: User, talk: EditConversation
) -> None:
    """The posts are locked before the conversation, as everywhere (PostgreSQL locks rows)."""
    with CaptureQueriesContext(connection) as queries:
        conversations.rename(conversation=talk, title="Clear sky")
    said = [query["sql"] for query in queries if "gallery_" in query["sql"]]
    if connection.vendor == "postgresql":
        assert "FOR UPDATE" in said[0]
        assert 'FROM "gallery_post"' in said[0]
        said = said[1:]
    assert said[0].startswith('UPDATE "gallery_editconversation"')
    assert len(said) == 1


def test_the_words_of_a_deleted_title_leave_the_index(alice: User, talk: EditConversation) -> None:
    conversations.rename(conversation=talk, title="Quokka")
    found(alice, "quokka ")
    assert _rows_with("quokka") > 0
    conversations.delete_conversations(EditConversation.objects.filter(pk=talk.pk), by=alice)
    for _step in forgetting.merge_steps():
        pass
    assert _rows_with("quokka") == 0


def _rows_with(word: str) -> int:
    """Of everything that the index keeps."""
    statement = "SELECT count(*) FROM gallery_post WHERE strpos(search::text, %s) > 0"
    if connection.vendor == "sqlite":
        statement = (
            "SELECT count(*) FROM gallery_post_search_data WHERE instr(block, CAST(%s AS BLOB)) > 0"
        )
    with connection.cursor() as cursor:
        cursor.execute(statement, [word])
        return int(cursor.fetchone()[0])


def test_the_gallery_shows_it_with_as_many_queries_as_ever(
    alice: User, talk: EditConversation, client: Client
) -> None:
    client.force_login(alice)
    address = reverse("gallery:post-list")
    client.get(address)
    counts = {}
    for words in ("darker", "foggy"):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address, {"q": words})
        assert all(f"/posts/{pk}/" in page.content.decode() for pk in made_in(talk))
        counts[words] = len(queries)
    assert counts["darker"] == counts["foggy"]


@pytest.mark.django_db(transaction=True)
def test_the_migration_finds_titles_that_are_there_and_goes_back(
    alice: User, talk: EditConversation
) -> None:
    trashed = add_conversation(alice, "Foggy too", deleted_at=timezone.now())
    add_turn(trashed)
    try:
        call_command("migrate", "gallery", "0009", verbosity=0)
        assert found(alice, "foggy ") == []
        assert found(alice, "darker ") == [*made_in(trashed), *made_in(talk)]
        EditConversation.objects.filter(pk=talk.pk).update(title="Clear sky")
        assert found(alice, "clear ") == []
    finally:
        call_command("migrate", verbosity=0)
    assert found(alice, "clear sky ") == made_in(talk)
    assert found(alice, "foggy ") == []


@pytest.mark.django_db(transaction=True)
def test_the_migration_writes_only_posts_that_have_a_title(
    alice: User, talk: EditConversation
) -> None:
    add_picture(alice)
    with connection.schema_editor() as editor, index_writes() as written:
        schema_2.downgrade(None, editor)
        schema_2.upgrade(None, editor)
        assert written() == 2 * len(made_in(talk)) == 4
        schema_3.upgrade(None, editor)
        schema.upgrade(None, editor)
