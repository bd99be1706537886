"""An administrator deletes posts for good, whoever owns them: asked once, by the same service."""

from __future__ import annotations

import pytest
from django.test import Client

from gallery.models import AuditEvent, EditConversation, Post, StoredObject, Usage
from gallery.services import outbox, trash
from generation.models import GenerationJob
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import create_conversation, create_post, create_turn, start

pytestmark = pytest.mark.django_db

LIST = "/admin/gallery/post/"


def ask(client: Client, *posts: Post, **fields: str) -> str:
    """What the page says after the action was chosen for these posts."""
    chosen = {"action": "delete_for_good", "_selected_action": [post.pk for post in posts]}
    return client.post(LIST, {**chosen, **fields}, follow=True).content.decode()


def test_it_asks_and_deletes_nothing_yet(as_sam: Client, alice: User) -> None:
    post = create_post(alice, caption="a fox")
    page = ask(as_sam, post)
    assert "Delete image?" in page
    assert "remove this photo and every generated version for the user" in page
    assert "The user will lose access immediately." in page
    assert "a fox" in page
    assert alice.email in page
    assert list(Post.objects.all()) == [post]


def test_a_yes_takes_the_post_its_versions_and_their_bytes(as_sam: Client, alice: User) -> None:
    post = create_post(alice)
    create_post(alice, parent=create_post(alice, parent=post))
    other = create_post(alice)
    page = ask(as_sam, post, confirm="1", include_generated="1")
    assert "Image deleted. Removed 1 original and 2 generated versions." in page
    assert "The user can no longer access this photo." in page
    assert list(Post.objects.all()) == [other]
    outbox.run()
    live = StoredObject.objects.filter(state=StoredObject.State.LIVE)
    assert set(live) == {image.object for image in other.images.select_related("object")}
    assert broken() == []


def test_versions_stay_without_the_tick(as_sam: Client, alice: User) -> None:
    post = create_post(alice)
    version = create_post(alice, parent=post)
    page = ask(as_sam, post, confirm="1")
    assert "Removed 1 original and 0 generated versions." in page
    assert list(Post.objects.all()) == [version]


def test_it_is_written_down_who_did_it(as_sam: Client, alice: User, sam: User) -> None:
    post = create_post(alice)
    pk = post.pk
    ask(as_sam, post, confirm="1")
    event = AuditEvent.objects.get(action="post.delete")
    assert (event.actor, event.target_id) == (sam, pk)


def test_what_is_being_made_is_stopped(as_sam: Client, alice: User) -> None:
    post = start(alice)
    ask(as_sam, post, confirm="1")
    assert not GenerationJob.objects.exists()
    assert broken() == []


def test_posts_of_several_people_and_of_the_trash_go_together(
    as_sam: Client, alice: User, bob: User
) -> None:
    posts = [create_post(alice), create_post(bob)]
    trash.trash(owner=alice, ids=[posts[0].pk])
    assert "Delete 2 posts?" in ask(as_sam, *posts)
    page = ask(as_sam, *posts, confirm="1")
    assert "2 posts deleted for good. The users can no longer access these photos." in page
    assert not Post.objects.exists()
    assert [Usage.objects.of(person).bytes_used for person in (alice, bob)] == [0, 0]


def test_only_the_first_of_very_many_are_named(as_sam: Client, alice: User) -> None:
    posts = [create_post(alice, caption=f"number {n}.") for n in range(22)]
    page = ask(as_sam, *posts)
    assert "and 2 more" in page
    assert "number 19." in page
    assert "number 20." not in page


def test_who_may_only_look_is_not_offered_it(as_sam: Client, sam: User, alice: User) -> None:
    sam.is_superuser = False
    sam.save()
    post = create_post(alice)
    assert "delete_for_good" not in as_sam.get(LIST).content.decode()
    ask(as_sam, post, confirm="1")
    assert list(Post.objects.all()) == [post]


# --- conversations

CONVERSATIONS = "/admin/gallery/editconversation/"


def ask_about(client: Client, *talks: EditConversation, **fields: str) -> str:
    """What the page says after the action was chosen for these conversations."""
    chosen = {
        "action": "delete_conversations_for_good",
        "_selected_action": [talk.pk for talk in talks],
    }
    return client.post(CONVERSATIONS, {**chosen, **fields}, follow=True).content.decode()


@pytest.fixture
def talk(alice: User) -> EditConversation:
    """A live conversation with two pictures."""
    conversation = create_conversation(alice, title="Clear night")
    create_turn(conversation, outputs=2)
    return conversation


def test_conversations_are_found_by_title_and_owner(as_sam: Client, talk: EditConversation) -> None:
    for words in ("clear", talk.owner.email):
        page = as_sam.get(CONVERSATIONS, {"q": words}).content.decode()
        assert "Clear night" in page
        assert '<td class="field-turn_count">1</td>' in page
    page = as_sam.get(f"{CONVERSATIONS}{talk.pk}/change/").content.decode()
    assert "make the sky darker" in page
    assert 'name="_save"' not in page


def test_a_conversation_is_asked_about_before_it_goes(
    as_sam: Client, talk: EditConversation
) -> None:
    page = ask_about(as_sam, talk)
    assert "Delete conversation?" in page
    assert "What was made in it stays." in page
    assert "(2 posts)" in page
    assert "Clear night" in page
    assert talk.owner.email in page
    assert 'value="1" checked' not in page
    assert "Delete 2 conversations?" in ask_about(as_sam, talk, create_conversation(talk.owner))
    assert EditConversation.objects.count() == 2


def test_a_yes_takes_it_and_only_on_request_what_was_made_in_it(
    as_sam: Client, sam: User, talk: EditConversation
) -> None:
    kept = create_conversation(talk.owner)
    create_turn(kept, outputs=1)
    assert "1 conversation deleted for good." in ask_about(as_sam, kept, confirm="1")
    assert Post.objects.count() == 5
    page = ask_about(as_sam, talk, confirm="1", include_generated="1")
    assert "1 conversation deleted for good. 2 posts deleted for good." in page
    assert Post.objects.count() == 3
    assert not EditConversation.objects.exists()
    assert AuditEvent.objects.filter(action="conversation.delete", actor=sam).count() == 2
    outbox.run()
    assert broken() == []
