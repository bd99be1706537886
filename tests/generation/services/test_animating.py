"""From a wish for a clip to its post and its jobs."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.conf import LazySettings

from gallery.models import ChatMessage, Post
from gallery.services import deletion, moves, quota, trash
from generation import catalogue
from generation.models import GenerationJob
from generation.providers.types import Kind
from generation.services import animating, studio
from generation.services.animating import start_clip
from generation.services.editing import SourceGoneError
from generation.services.studio import ReferenceGoneError
from pixelstream.accounts.models import User
from tests.factories import (
    a_clip_wish,
    animate,
    create_clip_post,
    create_image,
    create_post,
    create_project,
    create_reference,
    job_of,
    start,
    work_off,
)
from tests.invariants import broken_invariants
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db

Status = GenerationJob.Status


@pytest.fixture(autouse=True)
def _nothing_broken(scripted: ScriptedProvider) -> Iterator[None]:
    """Whatever a test did, rows and bytes are in step afterwards."""
    yield
    assert broken_invariants() == []


# --- a clip of a picture


def test_a_clip_of_a_picture_starts_at_once_and_belongs_to_its_post(alice: User) -> None:
    project = create_project(alice)
    root = create_post(alice)
    source = create_post(alice, parent=root, project=project)
    image = source.images.get()
    post = animate(alice, models="test/clip test/words-clip", first=image, aspect_ratio="1:1")
    assert (post.parent_id, post.root_id) == (source.pk, root.pk)
    assert (post.caption, post.project) == (source.caption, project)
    assert post.status == Post.Status.GENERATING_IMAGES
    assert [job.kind for job in post.jobs.all()] == [Kind.VIDEO, Kind.VIDEO]
    assert post.jobs.claimable().count() == 2
    job = job_of(post, Kind.VIDEO)
    assert job.params == {
        "seed": job.params["seed"],
        "prompt": "the light turns",
        "negative_prompt": "",
        "aspect_ratio": "1:1",
        "resolution": "480p",
        "seconds": 3,
        "first": {"image": image.pk},
        "parent": source.pk,
        "root": root.pk,
    }
    asked = post.messages.get()
    assert (asked.role, asked.text) == (ChatMessage.Role.USER, "the light turns")
    assert asked.snapshot == {**job.params, "models": ["test/clip", "test/words-clip"]}


def test_it_is_shared_no_further_than_the_picture(alice: User) -> None:
    alice.new_posts_are_public = True
    alice.save()
    hidden = create_post(
        alice,
        visibility=Post.Visibility.UNLISTED,
        sharing_enabled=False,
        prompt_is_shared=True,
        downloads_allowed=False,
    )
    moves.follow([hidden.pk])
    post = animate(alice, models="test/clip", first=hidden.images.get())
    assert post.visibility == Post.Visibility.UNLISTED
    assert (post.sharing_enabled, post.prompt_is_shared, post.downloads_allowed) == (
        *(False, True, False),
    )
    work_off(post)
    clip = post.images.select_related("object").get()
    assert clip.object.area == "private" or clip.object.moving_to == "private"


def test_a_clip_between_two_pictures_names_both(alice: User, scripted: ScriptedProvider) -> None:
    source = create_post(alice, images=2)
    first, last = source.images.order_by("position")
    post = animate(alice, models="test/clip", first=first, last=last)
    assert job_of(post, Kind.VIDEO).params["last"] == {"image": last.pk}
    work_off(post)
    [call] = scripted.clip_calls
    assert (len(call.references), call.bases) == (2, 0)
    assert (call.kind, call.seconds, call.width, call.height) == (Kind.VIDEO, 3, 854, 480)
    assert call.callback_url == "", "it is no vendor that calls back"


def test_a_clip_may_end_where_it_began(alice: User, scripted: ScriptedProvider) -> None:
    image, upload = create_post(alice).images.get(), create_reference(alice)
    work_off(animate(alice, models="test/clip", first=image, last=image))
    work_off(animate(alice, models="test/clip", first=upload, last=upload))
    assert [len(call.references) for call in scripted.clip_calls] == [2, 2]


def test_one_picture_begins_as_many_clips_as_one_likes(alice: User) -> None:
    image = create_post(alice).images.get()
    posts = [animate(alice, models="test/clip", first=image) for _ in range(2)]
    for post in posts:
        work_off(post)
    assert [post.images.get().clip_ms for post in posts] == [2000, 2000]


# --- a clip from words, or from an upload


def test_a_clip_from_words_waits_for_its_caption(alice: User) -> None:
    project = create_project(alice)
    post = animate(alice, models="test/clip", project=project)
    assert post.status == Post.Status.GENERATING_CAPTION
    assert (post.project, post.parent_id, post.root_id) == (project, None, None)
    assert [job.kind for job in post.jobs.claimable()] == [Kind.CAPTION]
    work_off(post)
    assert post.status == Post.Status.GENERATED
    assert post.caption == "Scripted.\n\n#Test"


def test_an_uploaded_frame_belongs_to_the_job_and_to_what_was_said(
    alice: User, scripted: ScriptedProvider
) -> None:
    upload, last = create_reference(alice), create_reference(alice)
    post = animate(alice, models="test/clip", first=upload, last=last)
    job = job_of(post, Kind.VIDEO)
    assert set(job.references.all()) == {upload, last}
    assert (job.params["first"], job.params["last"]) == (
        {"reference": upload.pk},
        {"reference": last.pk},
    )
    assert set(post.messages.get().attachments.all()) == {upload, last}
    assert "parent" not in job.params
    assert post.status == Post.Status.GENERATING_CAPTION
    work_off(post)
    assert len(scripted.clip_calls[0].references) == 2


# --- what cannot be had


def test_a_picture_that_is_not_there_begins_no_clip(alice: User, bob: User) -> None:
    trashed, gone = create_post(alice).images.get(), create_post(alice).images.get()
    trash.trash(owner=alice, ids=[trashed.post_id])
    deletion.delete_posts(Post.objects.filter(pk=gone.post_id), by=alice)
    foreign, clip = create_post(bob).images.get(), create_clip_post(alice).images.get()
    own = create_post(alice).images.get()
    for image in (trashed, gone, foreign, clip):
        with pytest.raises(SourceGoneError):
            animate(alice, models="test/clip", first=image)
        with pytest.raises(SourceGoneError):
            animate(alice, models="test/clip", first=own, last=image)
    assert not GenerationJob.objects.exists()


def test_an_upload_that_is_not_there_begins_no_clip(alice: User, bob: User) -> None:
    gone = create_reference(alice)
    type(gone).objects.filter(pk=gone.pk).update(owner=bob)
    with pytest.raises(ReferenceGoneError):
        animate(alice, models="test/clip", first=gone)
    assert not Post.objects.owned_by(alice).exists()


def test_only_what_begins_with_a_picture_can_end_with_one(alice: User) -> None:
    with pytest.raises(ValueError, match="begin"):
        animate(alice, models="test/clip", last=create_post(alice).images.get())


def test_the_same_form_is_one_post(alice: User, bob: User) -> None:
    key = uuid4()
    wish = a_clip_wish(models="test/clip", first=create_post(alice).images.get())
    first = start_clip(owner=alice, wish=wish, form_key=key)
    assert start_clip(owner=alice, wish=wish, form_key=key) == first
    other = start_clip(owner=bob, wish=a_clip_wish(models="test/clip"), form_key=key)
    assert other != first
    assert alice.posts.exclude(parent=None).count() == 1


def test_a_full_storage_begins_nothing(alice: User, settings: LazySettings) -> None:
    image = create_post(alice).images.get()
    settings.QUOTA_BYTES = 1
    with pytest.raises(quota.QuotaExceededError):
        animate(alice, models="test/clip", first=image)
    assert not GenerationJob.objects.exists()


# --- what is shown of it again


def test_the_forms_values_of_a_clip_are_those_that_made_it(alice: User) -> None:
    source = create_post(alice, images=2)
    first, last = source.images.order_by("position")
    post = animate(alice, models="test/clip", first=first, last=last, seconds=5, seed=7)
    values = animating.wish_of(post)
    assert (values["prompt"], values["seconds"], values["seed"]) == ("the light turns", 5, 7)
    assert (values["aspect_ratio"], values["resolution"]) == ("16:9", "480p")
    assert (values["models"], values["first"], values["last"]) == (["test/clip"], first, [last.pk])
    assert values["references"] == []
    deletion.delete_posts(Post.objects.filter(pk=source.pk), by=alice)
    assert (animating.wish_of(post)["first"], animating.wish_of(post)["last"]) == (None, [])
    assert animating.frames_of(post) == {"first": None, "last": None}


def test_uploaded_frames_are_shown_again_in_their_order(alice: User) -> None:
    last, first = create_reference(alice, kept=True), create_reference(alice, kept=True)
    post = animate(alice, models="test/clip", first=first, last=last)
    assert animating.wish_of(post)["references"] == [first.pk, last.pk]


@pytest.mark.parametrize("said", [{}, {"seconds": "long", "first": {"image": 1}}, {"first": 3}])
def test_an_import_says_what_it_knows_and_no_frame_of_ours(
    alice: User, said: dict[str, object]
) -> None:
    create_post(alice)
    post = create_clip_post(alice)
    post.images.update(params=said)
    assert animating.params_of(post) == {"seconds": 2}
    assert set(animating.frames_of(post).values()) <= {None}
    assert animating.wish_of(post)["first"] is None


def test_a_post_of_pictures_is_no_clip(alice: User) -> None:
    assert animating.params_of(create_post(alice)) == {}
    assert animating.params_of(start(alice, models="test/a")) == {}


def test_each_kind_of_work_remembers_its_own_models(alice: User) -> None:
    start(alice, models="test/b")
    animate(alice, models="test/words-clip")
    create_post(alice)
    assert [spec.key for spec in studio.last_models(alice)] == ["test/b"]
    assert [spec.key for spec in animating.last_models(alice)] == ["test/words-clip"]


def test_who_made_no_clip_yet_begins_with_the_engine(alice: User) -> None:
    start(alice, models="test/b")
    assert animating.last_models(alice) == catalogue.defaults(Kind.VIDEO)
    assert [spec.key for spec in animating.last_models(alice)] == ["builtin/drift"]


def test_a_picture_beside_others_keeps_its_place(alice: User) -> None:
    """Any picture of a post can begin a clip."""
    source = create_post(alice, images=1)
    second = create_image(source, position=1)
    post = animate(alice, models="test/clip", first=second)
    assert job_of(post, Kind.VIDEO).params["first"] == {"image": second.pk}
