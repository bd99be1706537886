"""Having clips made by a program."""

from __future__ import annotations

from typing import Any

import pytest

from gallery.models import Post
from pixelstream.accounts.models import User
from pixelstream.api.models import Scope
from tests.factories import (
    create_clip_post,
    create_post,
    create_project,
    create_reference,
    work_off,
)
from tests.generation.api.conftest import Program
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _vendor(scripted: ScriptedProvider) -> None:
    """Clips come at once."""


def wish(**changes: Any) -> dict[str, Any]:
    return {
        "prompt": "the light turns",
        "models": ["test/clip"],
        "seconds": 3,
        "resolution": "480p",
        **changes,
    }


def test_a_clip_from_words_arrives(script: Program) -> None:
    status, data = script.post("/animate", wish())
    post = Post.objects.get()
    assert (status, data["postId"]) == (202, post.pk)
    work_off(post)
    _status, made = script.get(f"/posts/{post.pk}")
    (clip,) = made["images"]
    assert (clip["kind"], clip["prompt"]) == ("video", "the light turns")


def test_uploads_are_its_frames_in_their_order(script: Program, alice: User) -> None:
    late, early = create_reference(alice), create_reference(alice)
    status, _data = script.post("/animate", wish(references=[early.pk, late.pk]))
    assert status == 202
    params = Post.objects.get().jobs.get(kind="video").params
    assert (params["first"]["reference"], params["last"]["reference"]) == (early.pk, late.pk)


def test_a_clip_of_a_picture_descends_from_its_post(script: Program, alice: User) -> None:
    source = create_post(alice, images=2, project=create_project(alice))
    first, last = source.images.order_by("position")
    asked = wish(imageId=first.pk, lastImageId=last.pk, aspectRatio="1:1")
    status, data = script.post("/animate", asked)
    assert status == 202, data
    post = Post.objects.get(pk=data["postId"])
    assert (post.parent, post.project) == (source, source.project)
    params = post.jobs.get(kind="video").params
    assert (params["first"]["image"], params["last"]["image"]) == (first.pk, last.pk)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"prompt": ""}, "prompt: Write what should move."),
        ({"seconds": 4}, "seconds: This length is not offered."),
        ({"models": ["test/a"]}, "models: “test/a” is not a model that can be used now."),
        ({"lastImageId": 1}, "lastImageId: only together with imageId"),
        ({"references": [1, 1]}, "references: A reference is not there any more."),
        ({"seconds": 10**30}, "seconds: Input should be less than or equal to 3600"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_fields_name(
    script: Program, changes: dict[str, Any], message: str
) -> None:
    status, error = script.post("/animate", wish(**changes))
    assert (status, error["code"]) == (422, "VALIDATION")
    assert error["message"].startswith(message)
    assert not Post.objects.exists()


def test_a_clip_is_nothing_to_begin_with(script: Program, alice: User) -> None:
    clip = create_clip_post(alice).images.get()
    status, error = script.post("/animate", wish(imageId=clip.pk))
    assert (status, error["message"]) == (422, "imageId: this is a clip, not a picture")


def test_the_last_frame_is_of_the_same_post(script: Program, alice: User) -> None:
    image, other = create_post(alice).images.get(), create_post(alice).images.get()
    asked = wish(imageId=image.pk, lastImageId=other.pk, aspectRatio="1:1")
    status, error = script.post("/animate", asked)
    assert status == 422
    assert error["message"] == "lastImageId: The last frame is not there any more."


def test_a_clip_of_a_picture_has_no_project_of_its_own(script: Program, alice: User) -> None:
    image = create_post(alice).images.get()
    status, error = script.post(
        "/animate", wish(imageId=image.pk, project=create_project(alice).pk)
    )
    assert (status, error["message"].split(":")[0]) == (422, "project")


def test_pictures_of_others_and_of_the_trash_are_not_there(
    script: Program, alice: User, bob: User
) -> None:
    from gallery.services import trash

    theirs, trashed = create_post(bob).images.get(), create_post(alice).images.get()
    trash.trash(owner=alice, ids=[trashed.post_id])
    for image in (theirs, trashed):
        status, error = script.post("/animate", wish(imageId=image.pk))
        assert (status, error["code"]) == (404, "NOT_FOUND")


def test_a_token_that_may_only_read_makes_nothing(program: type[Program], alice: User) -> None:
    status, error = program(alice, Scope.READ).post("/animate", wish())
    assert (status, error["code"]) == (403, "FORBIDDEN")


def test_sent_twice_with_one_key_it_is_made_once(script: Program) -> None:
    first = script.post("/animate", wish(), {"Idempotency-Key": "clip"})
    assert script.post("/animate", wish(), {"Idempotency-Key": "clip"}) == first
    assert Post.objects.count() == 1
