"""Clips in the admin: a poster, a length, and a filter that has an index."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from gallery.models import GeneratedImage, Post, StoredObject
from gallery.services import moderation, outbox
from pixelstream.accounts.models import User
from tests.factories import create_clip_post, create_post
from tests.gallery.services.test_plans import plans

pytestmark = pytest.mark.django_db

LIST = "/admin/gallery/generatedimage/"


@pytest.fixture
def clip(alice: User) -> GeneratedImage:
    return create_clip_post(alice).images.select_related("object", "post").get()


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def thumbnails(page: str) -> list[str]:
    return re.findall(r'<img class="thumbnail" src="([^"]+)"', page)


def test_a_clip_is_shown_by_its_poster_and_in_words(as_sam: Client, clip: GeneratedImage) -> None:
    for address in (LIST, f"/admin/gallery/post/{clip.post_id}/change/", "/admin/gallery/post/"):
        assert thumbnails(page_of(as_sam, address)) == [clip.thumbnail_url]
    assert clip.thumbnail_url.endswith(".webp")
    for address in (LIST, f"/admin/gallery/post/{clip.post_id}/change/"):
        assert "Clip, 2 seconds, no sound" in page_of(as_sam, address)
    assert page_of(as_sam, f"{LIST}{clip.pk}/change/").count("2000")


def test_a_clip_without_a_poster_is_no_picture(as_sam: Client, clip: GeneratedImage) -> None:
    StoredObject.objects.filter(pk=clip.object_id).update(rendition_widths=[])
    for address in (LIST, "/admin/gallery/post/"):
        assert thumbnails(page_of(as_sam, address)) == []


def test_of_a_clip_that_was_taken_away_administrators_see_the_poster(
    as_sam: Client, sam: User, clip: GeneratedImage
) -> None:
    moderation.disable([clip.post_id], reason="Because.", by=sam)
    outbox.run()
    [address] = thumbnails(page_of(as_sam, LIST))
    answer = as_sam.get(address)
    assert answer.headers["Content-Type"] == "image/webp"


def test_the_filter_shows_clips_or_pictures(
    as_sam: Client, alice: User, clip: GeneratedImage
) -> None:
    picture = create_post(alice).images.get()
    for kind, found in (
        ("clip", [clip.pk]),
        ("picture", [picture.pk]),
        ("", [picture.pk, clip.pk]),
        ("rubbish", [picture.pk, clip.pk]),
    ):
        with plans() as read_all:
            answer = as_sam.get(LIST, {"kind": kind} if kind else {})
        assert [row.pk for row in answer.context["cl"].result_list] == found, kind
        if kind == "clip":  # all of an index in which there is nothing else
            assert [step for step in read_all if "image_clips" not in step] == []


def test_the_detail_of_a_picture_says_nothing_of_clips(as_sam: Client, alice: User) -> None:
    post: Post = create_post(alice)
    assert "Clip," not in page_of(as_sam, f"/admin/gallery/post/{post.pk}/change/")
