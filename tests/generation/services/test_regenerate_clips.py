"""The same clip once more: from the same pictures, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.utils import timezone

from gallery.models import Post
from gallery.services import deletion, trash
from generation import catalogue
from generation.models import CatalogueEntry
from generation.providers.types import Kind
from generation.services.regenerate import NothingToRegenerateError, regenerate
from generation.services.studio import RANDOM_SEED, ReferenceGoneError
from pixelstream.accounts.models import User
from tests.factories import (
    animate,
    create_clip_post,
    create_post,
    create_project,
    create_reference,
    job_of,
    work_off,
)
from tests.invariants import broken_invariants
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db

SAME = ("prompt", "negative_prompt", "aspect_ratio", "resolution", "project", "owner", "parent_id")


@pytest.fixture(autouse=True)
def _nothing_broken(scripted: ScriptedProvider) -> Iterator[None]:
    """Whatever a test did, rows and bytes are in step afterwards."""
    yield
    assert broken_invariants() == []


def again(post: Post) -> Post:
    """The post that pressing the button makes."""
    made = regenerate(post=post).made
    assert isinstance(made, Post)
    assert made != post
    return made


def test_a_clip_from_words_is_made_once_more_from_words(alice: User) -> None:
    post = animate(
        alice,
        models="test/clip test/words-clip",
        negative_prompt="people",
        aspect_ratio="1:1",
        seed=7,
        project=create_project(alice),
    )
    new = again(post)
    assert [getattr(new, name) for name in SAME] == [getattr(post, name) for name in SAME]
    made = new.jobs.filter(kind=Kind.VIDEO).order_by("slot")
    assert [(job.model, job.seconds) for job in made] == [("test/clip", 3), ("test/words-clip", 3)]
    assert new.seed == RANDOM_SEED
    assert job_of(new, Kind.VIDEO).params["seed"] != 7
    assert new.jobs.filter(kind=Kind.CAPTION).exists()


def test_a_clip_between_two_pictures_is_made_once_more_between_them(alice: User) -> None:
    source = create_post(alice, images=2)
    first, last = source.images.order_by("position")
    post = animate(alice, models="test/clip", first=first, last=last)
    work_off(post)
    new = again(post)
    assert [getattr(new, name) for name in SAME] == [getattr(post, name) for name in SAME]
    params, before = job_of(new, Kind.VIDEO).params, job_of(post, Kind.VIDEO).params
    assert {**params, "seed": 0} == {**before, "seed": 0}
    assert new.status == Post.Status.GENERATING_IMAGES


def test_a_clip_of_an_upload_is_made_once_more_from_it(alice: User) -> None:
    upload = create_reference(alice, kept=True)
    post = animate(alice, models="test/clip", first=upload)
    work_off(post)
    job = job_of(again(post), Kind.VIDEO)
    assert (job.params["first"], list(job.references.all())) == (
        {"reference": upload.pk},
        [upload],
    )


def test_a_double_click_makes_one_clip(alice: User) -> None:
    post, key = animate(alice, models="test/clip"), uuid4()
    made = {regenerate(post=post, form_key=key).made.pk for _ in range(2)}
    assert len(made) == 1


@pytest.mark.parametrize("is_deleted", [True, False])
def test_without_its_picture_it_is_not_made(*, is_deleted: bool, alice: User) -> None:
    first, last = create_post(alice), create_post(alice)
    post = animate(alice, models="test/clip", first=first.images.get(), last=last.images.get())
    for gone, text in ((last, "ends with"), (first, "starts from")):
        if is_deleted:
            deletion.delete_posts(Post.objects.filter(pk=gone.pk), by=alice)
        else:
            trash.trash(owner=alice, ids=[gone.pk])
        with pytest.raises(NothingToRegenerateError) as refused:
            regenerate(post=post)
        assert str(refused.value) == f"The picture it {text} is not there any more."
    assert alice.posts.filter(jobs__kind=Kind.VIDEO).count() == 1


def test_without_its_upload_it_is_not_made(alice: User) -> None:
    upload = create_reference(alice, kept=True)
    post = animate(alice, models="test/clip", first=upload)
    work_off(post)
    type(upload).objects.filter(pk=upload.pk).update(kept=False)
    job_of(post, Kind.VIDEO).references.clear()
    with pytest.raises(ReferenceGoneError):
        regenerate(post=post)


def test_models_that_cannot_make_it_any_more_are_left_out_and_named(alice: User) -> None:
    """As after a change of the catalogue: of lengths, shapes, sizes and frames."""
    image = create_post(alice).images.get()
    post = animate(
        alice,
        models="test/clip test/words-clip test/long-clip builtin/drift builtin/lumen",
        first=image,
        aspect_ratio="1:1",
    )
    done = regenerate(post=post)
    assert done.notices == (
        "Words-Clip was left out. It cannot be given these frames.",
        "Long-Clip cannot make a clip of 3 seconds.",
        "Lumen was left out. It is no longer offered.",
    )
    assert [job.model for job in done.made.jobs.order_by("slot")] == ["test/clip", "builtin/drift"]
    Post.objects.filter(pk=post.pk).update(resolution="1080p")
    post.refresh_from_db()
    with pytest.raises(NothingToRegenerateError, match="Clip cannot make 1080p clips"):
        regenerate(post=post)


def test_a_successor_takes_the_place_of_a_retired_model(alice: User) -> None:
    post = animate(alice, models="builtin/drift")
    entry = CatalogueEntry.objects.filter(key="builtin/drift")
    entry.update(retired_on=timezone.localdate(), replaced_by="builtin/parallax")
    catalogue.forget()
    done = regenerate(post=post)
    assert "Parallax takes its place." in done.notices[0]
    assert job_of(done.made, Kind.VIDEO).model == "builtin/parallax"


def test_an_imported_clip_is_made_once_more_where_nothing_is_missing(alice: User) -> None:
    post = create_clip_post(alice)
    Post.objects.filter(pk=post.pk).update(aspect_ratio="16:9")
    post.refresh_from_db()
    post.images.update(params={"seconds": 2, "first": {"image": 1}}, model="test/clip")
    with pytest.raises(NothingToRegenerateError, match="starts from"):
        regenerate(post=post)
    post.images.update(params={}, clip_ms=2960)
    assert job_of(again(post), Kind.VIDEO).seconds == 3
