"""Edit conversations: from a message to a turn with its jobs, and to the posts that come of it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.files.storage import storages

from gallery.imaging.sending import ready_to_send
from gallery.models import (
    AuditEvent,
    ChatMessage,
    EditConversation,
    EditTurn,
    GeneratedImage,
    Post,
    StoredObject,
)
from gallery.services import deletion, trash
from generation import catalogue
from generation.models import GenerationJob
from generation.models.jobs import ErrorCode
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import Kind
from generation.services import jobs, runner
from generation.services.editing import (
    ConversationGoneError,
    SourceGoneError,
    cancel_turn,
    default_bases,
    default_models,
    default_models_for,
    retry_output,
    send_turn,
    start_conversation,
)
from generation.services.studio import NothingToRetryError, ReferenceGoneError
from pixelstream.accounts.models import User
from tests.factories import (
    an_edit_wish,
    create_conversation,
    create_image,
    create_post,
    create_project,
    create_reference,
    create_turn,
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
    """A picture of Alice's, in a project."""
    post = create_post(alice, project=create_project(alice), aspect_ratio="3:2")
    return post.images.select_related("object").get()


# --- a turn --------------------------------------------------------------------------------------


def test_a_conversation_begins_with_a_turn_that_starts_from_its_source(
    source: GeneratedImage,
) -> None:
    turn = start_editing(
        source, "make the sky darker\nand the sea too", "test/edit test/other-edit"
    )

    conversation = turn.conversation
    assert conversation.owner == source.owner
    assert conversation.source_image == source
    assert conversation.title == "make the sky darker"
    assert (conversation.aspect_ratio, conversation.resolution) == ("1:1", "1K")
    assert (turn.number, turn.status) == (1, EditTurn.Status.GENERATING)
    assert [(base.image_id, base.post_id) for base in turn.bases.all()] == [
        (source.pk, source.post_id)
    ]
    made = list(turn.jobs.order_by("slot"))
    assert [(job.kind, job.slot, job.model) for job in made] == [
        (Kind.EDIT, 0, "test/edit"),
        (Kind.EDIT, 1, "test/other-edit"),
    ]
    assert made[0].params["seed"] == made[1].params["seed"]


def test_every_model_that_was_asked_gives_a_post_of_its_own(
    source: GeneratedImage, scripted: ScriptedProvider
) -> None:
    turn = start_editing(source, models="test/edit test/other-edit")
    work_off(turn)

    assert turn.status == EditTurn.Status.COMPLETED
    assert len(scripted.picture_calls) == 2
    outputs = list(turn.images.order_by("turn_slot").select_related("post"))
    assert [(image.turn_slot, image.position) for image in outputs] == [(0, 0), (1, 0)]
    for image in outputs:
        post = image.post
        assert post.status == Post.Status.EDITED
        assert post.owner == source.owner
        assert post.prompt == "make the sky darker"
        assert post.caption == source.post.caption
        assert post.project == source.post.project
        assert post.visibility == Post.Visibility.UNLISTED
        assert (post.parent_id, post.root_id) == (source.post_id, source.post_id)
        asked, said = post.messages.order_by("id")
        assert (asked.role, asked.text) == (ChatMessage.Role.USER, "make the sky darker")
        assert asked.snapshot["models"] == [image.model]
        assert said.text == post.caption
        assert said.duration_ms is not None
    assert broken_invariants() == []


def test_a_model_is_sent_the_picture_and_then_the_references(
    alice: User, source: GeneratedImage, scripted: ScriptedProvider
) -> None:
    reference = create_reference(alice)
    start_conversation(owner=alice, source=source, wish=an_edit_wish(references=[reference]))
    work_off(EditTurn.objects.get())

    [call] = scripted.picture_calls
    assert call.kind is Kind.EDIT
    assert call.prompt == "make the sky darker"
    sent = [picture.data for picture in call.references]
    assert sent == [_as_sent(source.object), _as_sent(reference.object)]
    [post] = Post.objects.filter(status=Post.Status.EDITED)
    assert list(post.messages.order_by("id")[0].attachments.all()) == [reference]


def test_each_model_goes_on_with_its_own_picture_and_sees_the_others(
    alice: User, source: GeneratedImage, scripted: ScriptedProvider
) -> None:
    first = start_editing(source, models="test/edit test/other-edit")
    work_off(first)
    conversation = first.conversation
    mine, theirs = first.images.order_by("turn_slot")
    second = send_turn(
        conversation=conversation, wish=an_edit_wish("warmer", "test/other-edit test/edit test/c")
    )
    assert [base.image_id for base in second.bases.all()] == [mine.pk, theirs.pk]
    assert job_of(second, slot=0).params["bases"] == [theirs.pk, mine.pk]
    assert job_of(second, slot=1).params["bases"] == [mine.pk, theirs.pk]
    assert job_of(second, slot=2).params["bases"] == [mine.pk, theirs.pk]
    work_off(second)

    posts = [image.post for image in second.images.order_by("turn_slot").select_related("post")]
    assert [post.parent_id for post in posts] == [theirs.post_id, mine.post_id, mine.post_id]
    assert {post.root_id for post in posts} == {source.post_id}
    assert broken_invariants() == []


def test_the_caption_comes_from_the_parent_as_it_is_when_the_picture_comes(
    source: GeneratedImage,
) -> None:
    turn = start_editing(source)
    Post.objects.filter(pk=source.post_id).update(caption="Another word.")
    work_off(turn)

    assert turn.images.get().post.caption == "Another word."


def test_without_the_parent_the_caption_comes_from_the_first_of_the_line(
    alice: User, source: GeneratedImage, scripted: ScriptedProvider
) -> None:
    first = start_editing(source)
    work_off(first)
    middle = first.images.get()
    Post.objects.filter(pk=middle.post_id).update(caption="The one between.")
    second = send_turn(conversation=first.conversation, wish=an_edit_wish())

    def purge_the_parent() -> None:
        deletion.delete_posts(Post.objects.filter(pk=middle.post_id), by=None)

    scripted.before_answer = purge_the_parent
    work_off(second)

    post = second.images.get().post
    assert post.caption == source.post.caption
    assert (post.parent_id, post.root_id) == (middle.post_id, source.post_id)
    assert broken_invariants() == []


def test_a_picture_of_another_shape_is_called_by_its_own_ratio(
    alice: User, scripted: ScriptedProvider
) -> None:
    source = create_image(create_post(alice, images=0), aspect_ratio="3:2")
    turn = start_editing(source)
    work_off(turn)  # the scripted vendor answers with a square

    [call] = scripted.picture_calls
    assert (call.aspect_ratio, call.width, call.height) == ("3:2", 1254, 836)
    image = turn.images.select_related("post").get()
    assert (image.aspect_ratio, image.post.aspect_ratio) == ("1:1", "1:1")


def test_a_model_that_cannot_make_the_shape_is_asked_for_the_nearest_one(
    alice: User, scripted: ScriptedProvider
) -> None:
    source = create_image(create_post(alice, images=0), aspect_ratio="16:9")
    work_off(start_editing(source))

    assert scripted.picture_calls[0].aspect_ratio == "3:2"


# --- sending -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("  warmer  ", "warmer"),
        ("\n\n warmer \n colder", "warmer"),
        ("x" * 120, "x" * 120),
        ("x" * 121, "x" * 119 + "…"),
        ("word " * 40, "word " * 22 + "word…"),
    ],
)
def test_the_title_is_the_first_line_of_the_message(
    source: GeneratedImage, message: str, title: str
) -> None:
    assert start_editing(source, message).conversation.title == title


def test_a_form_that_is_sent_twice_begins_one_conversation(
    alice: User, source: GeneratedImage
) -> None:
    key = uuid4()
    wish = an_edit_wish()
    first = start_conversation(owner=alice, source=source, wish=wish, form_key=key)
    again = start_conversation(owner=alice, source=source, wish=wish, form_key=key)

    assert first == again
    assert EditTurn.objects.count() == GenerationJob.objects.count() == 1


def test_a_turn_that_is_sent_twice_is_one_turn(source: GeneratedImage) -> None:
    conversation = start_editing(source).conversation
    key = uuid4()
    first = send_turn(conversation=conversation, wish=an_edit_wish(), form_key=key)
    again = send_turn(conversation=conversation, wish=an_edit_wish(), form_key=key)

    assert first == again
    assert [turn.number for turn in conversation.turns.all()] == [1, 2]


def test_sending_moves_the_conversation_up_and_counts_its_revision(source: GeneratedImage) -> None:
    conversation = start_editing(source).conversation
    before = EditConversation.objects.get()
    send_turn(conversation=conversation, wish=an_edit_wish())
    after = EditConversation.objects.get()

    assert after.updated_at > before.updated_at
    assert after.revision > before.revision


def test_what_is_in_the_trash_or_another_persons_is_no_base(
    alice: User, bob: User, source: GeneratedImage
) -> None:
    theirs = create_post(bob).images.get()
    with pytest.raises(SourceGoneError):
        start_conversation(owner=alice, source=theirs, wish=an_edit_wish())
    clip = create_image(create_post(alice), position=1, clip_ms=5000)
    with pytest.raises(SourceGoneError):
        start_conversation(owner=alice, source=clip, wish=an_edit_wish())
    with pytest.raises(SourceGoneError):
        start_conversation(owner=alice, source=source, wish=an_edit_wish(bases=[source, clip]))
    trash.trash(owner=alice, ids=[source.post_id])
    with pytest.raises(SourceGoneError):
        start_conversation(owner=alice, source=source, wish=an_edit_wish())
    assert not EditConversation.objects.exists()


def test_nothing_is_sent_to_a_conversation_in_the_trash(source: GeneratedImage) -> None:
    conversation = create_conversation(source.owner, source)
    EditConversation.objects.update(deleted_at=source.created_at)
    with pytest.raises(ConversationGoneError):
        send_turn(conversation=conversation, wish=an_edit_wish())


def test_a_reference_that_went_meanwhile_is_said(alice: User, source: GeneratedImage) -> None:
    reference = create_reference(alice)
    wish = an_edit_wish(references=[reference])
    deletion.delete_reference(reference=reference, by=alice, include_generated=True)
    with pytest.raises(ReferenceGoneError):
        start_conversation(owner=alice, source=source, wish=wish)
    assert not EditConversation.objects.exists()


# --- what is proposed ----------------------------------------------------------------------------


def test_the_next_turn_starts_from_the_last_outputs_that_are_selected(
    alice: User, source: GeneratedImage
) -> None:
    conversation = create_conversation(alice, source)
    create_turn(conversation, outputs=1)
    one, two, three = create_turn(conversation, outputs=3).images.order_by("turn_slot")
    create_turn(conversation)  # failed
    GeneratedImage.objects.filter(pk=two.pk).update(selected=False)

    assert default_bases(conversation) == [one, three]


def test_with_none_selected_it_starts_from_all(alice: User, source: GeneratedImage) -> None:
    conversation = create_conversation(alice, source)
    turn = create_turn(conversation, outputs=2)
    turn.images.update(selected=False)

    assert default_bases(conversation) == list(turn.images.order_by("turn_slot"))


def test_outputs_in_the_trash_are_no_bases(alice: User, source: GeneratedImage) -> None:
    conversation = create_conversation(alice, source)
    first = create_turn(conversation, outputs=1).images.get()
    second = create_turn(conversation, outputs=1).images.get()

    trash.trash(owner=alice, ids=[second.post_id])
    assert default_bases(conversation) == [first]
    trash.trash(owner=alice, ids=[first.post_id])
    assert default_bases(conversation) == [source]
    trash.trash(owner=alice, ids=[source.post_id])
    assert default_bases(conversation) == []
    with pytest.raises(SourceGoneError):
        send_turn(conversation=conversation, wish=an_edit_wish())


def test_no_more_is_proposed_than_the_models_take(alice: User, source: GeneratedImage) -> None:
    conversation = create_conversation(alice, source)
    turn = create_turn(conversation, outputs=6)

    assert len(default_bases(conversation)) == 4
    sent = send_turn(
        conversation=conversation, wish=an_edit_wish(references=[create_reference(alice)])
    )
    assert [base.image_id for base in sent.bases.all()] == [
        image.pk for image in turn.images.order_by("turn_slot")[:3]
    ]


def test_the_models_of_the_last_turn_are_proposed_again(source: GeneratedImage) -> None:
    conversation = start_editing(source).conversation
    send_turn(conversation=conversation, wish=an_edit_wish(models="test/other-edit test/edit"))

    keys = [spec.key for spec in default_models(conversation)]
    assert keys == ["test/other-edit", "test/edit"]


def test_a_model_that_cannot_edit_is_not_proposed_for_its_picture(
    alice: User, source: GeneratedImage
) -> None:
    can = create_image(source.post, position=1, model="test/edit")
    cannot = create_image(source.post, position=2, model="test/a")

    assert [spec.key for spec in default_models_for(can, alice)] == ["test/edit"]
    proposed = default_models_for(cannot, alice)
    assert proposed == catalogue.defaults(Kind.EDIT)
    assert all(spec.supports(Kind.EDIT) for spec in proposed)


# --- what goes wrong -----------------------------------------------------------------------------


def test_a_turn_whose_models_all_fail_has_failed_and_can_be_tried_again(
    source: GeneratedImage, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/edit"] = [
        ProviderError(ErrorKind.MODERATION, "no", reason="not this"),
        ScriptedProvider.picture(),
    ]
    turn = start_editing(source)
    work_off(turn)
    assert turn.status == EditTurn.Status.ERROR
    assert not turn.images.exists()

    retry = retry_output(turn=turn, slot=0)
    turn.refresh_from_db()
    assert turn.status == EditTurn.Status.GENERATING
    assert retry.job.params == job_of(turn).params
    work_off(turn)
    assert turn.status == EditTurn.Status.COMPLETED
    assert turn.images.count() == 1
    with pytest.raises(NothingToRetryError):
        retry_output(turn=turn, slot=0)
    assert broken_invariants() == []


def test_one_models_failure_leaves_the_others_alone(
    source: GeneratedImage, scripted: ScriptedProvider
) -> None:
    scripted.answers["test/other-edit"] = ProviderError(ErrorKind.INVALID, "no")
    turn = start_editing(source, models="test/edit test/other-edit")
    work_off(turn)

    assert turn.status == EditTurn.Status.COMPLETED
    assert [image.turn_slot for image in turn.images.all()] == [0]
    assert broken_invariants() == []


def test_a_canceled_turn_ends_at_once_and_its_late_picture_is_dropped(
    alice: User, source: GeneratedImage, scripted: ScriptedProvider
) -> None:
    turn = start_editing(source, models="test/edit test/other-edit")
    scripted.before_answer = lambda: cancel_turn(turn=turn, by=alice)
    work_off(turn)

    assert turn.status == EditTurn.Status.ERROR
    assert {job.error_code for job in turn.jobs.all()} == {ErrorCode.CANCELED}
    assert len(scripted.picture_calls) == 1
    assert not turn.images.exists()
    assert Post.objects.count() == 1
    assert AuditEvent.objects.filter(action="generation.cancel").count() == 1
    assert cancel_turn(turn=turn, by=alice) == 0


def test_an_edit_goes_on_while_its_picture_is_in_the_trash(
    alice: User, source: GeneratedImage
) -> None:
    turn = start_editing(source)
    trash.trash(owner=alice, ids=[source.post_id])
    work_off(turn)

    assert turn.status == EditTurn.Status.COMPLETED
    assert turn.images.get().post.deleted_at is None


def test_an_edit_whose_picture_was_deleted_for_good_says_so_and_asks_nobody(
    source: GeneratedImage, scripted: ScriptedProvider
) -> None:
    turn = start_editing(source)
    deletion.delete_posts(Post.objects.filter(pk=source.post_id), by=None)
    work_off(turn)

    job = job_of(turn)
    assert job.error_code == ErrorCode.INVALID
    assert job.error_reason == "The picture it starts from is not there any more."
    assert scripted.picture_calls == []


def test_a_picture_that_was_stored_before_the_crash_is_adopted_as_one_post(
    source: GeneratedImage, scripted: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = start_editing(source)
    job = job_of(turn)

    class CrashError(BaseException):
        """As if the process was killed."""

    def crash(*args: object) -> None:
        raise CrashError

    with monkeypatch.context() as crashing:
        crashing.setattr("generation.services.images._commit", crash)
        with pytest.raises(CrashError):
            runner.run(job.pk)
    GenerationJob.objects.update(lease_until=turn.created_at)
    runner.run(job.pk)

    assert len(scripted.picture_calls) == 1
    assert turn.images.count() == 1
    assert Post.objects.filter(status=Post.Status.EDITED).count() == 1


def test_an_edit_runs_for_nobody_whose_turn_was_deleted(source: GeneratedImage) -> None:
    turn = start_editing(source)
    claimed = jobs.claim(job_of(turn).pk)
    assert claimed is not None
    GenerationJob.objects.all().delete()
    turn.bases.all().delete()
    turn.delete()

    with pytest.raises(jobs.LeaseLostError):
        jobs.lock_target(claimed)


def _as_sent(obj: StoredObject) -> bytes:
    with storages[obj.area].open(obj.key) as stored:
        return ready_to_send(stored.read(), longest=2048, takes_webp=True)[0]
