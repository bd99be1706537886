"""What becomes of edits when conversations, posts or people go."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gallery import signals
from gallery.models import (
    EditConversation,
    EditTurn,
    GeneratedImage,
    Post,
    ReferenceImage,
    StoredObject,
)
from gallery.services import conversations, deletion
from generation.models import GenerationJob
from generation.models.jobs import ErrorCode
from generation.services import jobs, runner
from generation.services.editing import send_turn, start_conversation
from pixelstream.accounts.models import User
from tests.factories import (
    an_edit_wish,
    create_post,
    create_reference,
    job_of,
    start_editing,
    work_off,
)
from tests.invariants import broken_invariants
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db

Status = GenerationJob.Status


@pytest.fixture
def source(alice: User, scripted: ScriptedProvider) -> GeneratedImage:
    return create_post(alice).images.get()


@pytest.fixture(autouse=True)
def _nothing_is_broken() -> Iterator[None]:
    yield
    assert broken_invariants() == []


def delete(conversation: EditConversation, by: User, *, include_generated: bool = False) -> None:
    chosen = EditConversation.objects.filter(pk=conversation.pk)
    conversations.delete_conversations(chosen, by=by, include_generated=include_generated)


def delete_post(post_id: int) -> None:
    deletion.delete_posts(Post.objects.filter(pk=post_id), by=None)


def test_what_is_being_made_stops_when_the_conversation_is_trashed(
    alice: User, source: GeneratedImage
) -> None:
    done = start_editing(source)
    work_off(done)
    turn = send_turn(conversation=done.conversation, wish=an_edit_wish())

    conversations.trash(owner=alice, ids=[turn.conversation_id])

    assert job_of(turn).error_code == ErrorCode.CANCELED
    turn.refresh_from_db()
    done.refresh_from_db()
    assert turn.status == EditTurn.Status.ERROR
    assert done.status == EditTurn.Status.COMPLETED
    assert Post.objects.live().count() == 2


def test_a_picture_that_comes_after_the_trash_is_dropped(
    alice: User, source: GeneratedImage, scripted: ScriptedProvider
) -> None:
    turn = start_editing(source)
    scripted.before_answer = lambda: conversations.trash(owner=alice, ids=[turn.conversation_id])
    work_off(turn)

    assert Post.objects.count() == 1
    assert not StoredObject.objects.filter(state=StoredObject.State.WRITING).exists()


def test_the_pictures_of_a_deleted_conversation_stay(alice: User, source: GeneratedImage) -> None:
    turn = start_editing(source)
    work_off(turn)
    image = turn.images.get()
    delete(turn.conversation, alice)

    assert not GenerationJob.objects.exists()
    image.refresh_from_db()
    assert (image.turn_id, image.turn_slot) == (None, None)
    assert image.object.state == StoredObject.State.LIVE


def test_with_all_versions_the_pictures_go_too(alice: User, source: GeneratedImage) -> None:
    turn = start_editing(source)
    work_off(turn)
    delete(turn.conversation, alice, include_generated=True)

    assert list(Post.objects.all()) == [source.post]


@pytest.mark.parametrize("with_versions", [True, False])
def test_what_is_being_made_from_a_deleted_post_stops_where_versions_go_as_well(
    source: GeneratedImage, with_versions: bool
) -> None:
    turn = start_editing(source)
    elsewhere = start_editing(create_post(source.owner).images.get())

    chosen = Post.objects.filter(pk=source.post_id)
    deletion.delete_posts(chosen, by=None, include_generated=with_versions)

    assert job_of(turn).error_code == (ErrorCode.CANCELED if with_versions else "")
    turn.refresh_from_db()
    assert turn.is_unfinished is not with_versions
    assert job_of(elsewhere).status == Status.PENDING


def test_what_a_deleted_conversation_was_writing_is_discarded(
    alice: User, source: GeneratedImage, scripted: ScriptedProvider
) -> None:
    turn = start_editing(source)
    scripted.before_answer = lambda: delete(turn.conversation, alice)
    with pytest.raises(EditTurn.DoesNotExist):
        work_off(turn)

    assert len(scripted.picture_calls) == 1
    assert Post.objects.count() == 1
    assert not StoredObject.objects.filter(state=StoredObject.State.WRITING).exists()


def position_of(queries: Sequence[dict[str, str]], verb: str, table: str) -> int:
    """Which of the queries is the first that does this to the table."""
    found = (
        at for at, query in enumerate(queries) if re.match(rf'{verb}\b.*"{table}"', query["sql"])
    )
    return next(found)


def test_who_deletes_a_post_takes_its_conversation_before_the_jobs(source: GeneratedImage) -> None:
    turn = start_editing(source)
    work_off(turn)
    with CaptureQueriesContext(connection) as captured:
        delete_post(turn.images.get().post_id)

    conversation = position_of(captured.captured_queries, "UPDATE", "gallery_editconversation")
    job = position_of(captured.captured_queries, "UPDATE", "generation_generationjob")
    assert conversation < job, "else it waits for who deletes the conversation, who waits for it"


def test_who_deletes_a_conversation_takes_its_pictures_before_the_jobs(
    alice: User, source: GeneratedImage
) -> None:
    turn = start_editing(source)
    work_off(turn)
    with CaptureQueriesContext(connection) as captured:
        delete(turn.conversation, alice)

    image = position_of(captured.captured_queries, "UPDATE", "gallery_generatedimage")
    job = position_of(captured.captured_queries, "DELETE", "generation_generationjob")
    assert image < job, "else it waits for who moves a picture, who waits for it"


def test_an_edit_whose_picture_was_deleted_stays_known(source: GeneratedImage) -> None:
    turn = start_editing(source, models="test/edit test/other-edit")
    work_off(turn)
    delete_post(turn.images.get(turn_slot=0).post_id)

    job = job_of(turn, slot=0)
    assert (job.status, job.output) == (Status.COMPLETED, None)
    assert job_of(turn, slot=1).output is not None
    turn.refresh_from_db()
    assert turn.status == EditTurn.Status.COMPLETED


def test_an_upload_goes_with_the_jobs_that_needed_it_and_what_is_kept_stays(
    alice: User, source: GeneratedImage
) -> None:
    upload, kept = create_reference(alice), create_reference(alice, kept=True)
    conversation = start_conversation(
        owner=alice, source=source, wish=an_edit_wish(references=[upload, kept])
    )
    turn = conversation.turns.get()
    work_off(turn)

    delete(conversation, alice)
    assert list(ReferenceImage.objects.all()) == [kept]
    [post] = Post.objects.filter(status=Post.Status.EDITED)
    assert list(post.messages.earliest("id").attachments.all()) == [kept]


def test_an_upload_goes_with_a_conversation_that_made_nothing(
    alice: User, source: GeneratedImage
) -> None:
    upload = create_reference(alice)
    wish = an_edit_wish(references=[upload])
    first = start_conversation(owner=alice, source=source, wish=wish)
    second = start_conversation(owner=alice, source=source, wish=wish)

    delete(first, alice)
    assert ReferenceImage.objects.filter(pk=upload.pk).exists()
    delete(second, alice)
    assert not ReferenceImage.objects.filter(pk=upload.pk).exists()


def test_an_upload_that_something_unfinished_needs_survives_a_post_that_was_made_with_it(
    alice: User, source: GeneratedImage
) -> None:
    upload = create_reference(alice)
    wish = an_edit_wish(models="test/edit test/other-edit", references=[upload])
    turn = start_conversation(owner=alice, source=source, wish=wish).turns.get()
    runner.run(job_of(turn, slot=0).pk)

    delete_post(turn.images.get().post_id)
    assert ReferenceImage.objects.filter(pk=upload.pk).exists()
    runner.run(job_of(turn, slot=1).pk)
    delete_post(turn.images.get().post_id)
    assert not ReferenceImage.objects.exists()


def test_what_was_made_with_a_reference_is_known_without_the_conversation(
    alice: User, source: GeneratedImage
) -> None:
    reference = create_reference(alice, kept=True)
    wish = an_edit_wish(references=[reference])
    conversation = start_conversation(owner=alice, source=source, wish=wish)
    work_off(conversation.turns.get())
    [post] = Post.objects.filter(status=Post.Status.EDITED)

    assert list(deletion.made_with(reference)) == [post]
    delete(conversation, alice)
    assert list(deletion.made_with(reference)) == [post]


def test_what_is_being_made_stops_when_its_person_leaves(
    alice: User, source: GeneratedImage
) -> None:
    turn = start_editing(source, models="test/edit test/other-edit")
    claimed = jobs.claim(job_of(turn).pk)
    signals.person_leaving.send(User, person=alice)

    assert claimed is not None
    assert not jobs.renew(claimed)
    assert {job.error_code for job in turn.jobs.all()} == {ErrorCode.CANCELED}
