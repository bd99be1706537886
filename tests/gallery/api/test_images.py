"""Pictures by the API."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gallery.api.schemas import ImageOut
from gallery.services import trash
from pixelstream.accounts.models import User
from tests.factories import create_clip_post, create_post
from tests.gallery.api.answers import data_of, error_of, ids, refused, walk

pytestmark = pytest.mark.django_db


def test_pictures_are_listed_newest_first_page_after_page(
    alices: Client, alice: User, bob: User
) -> None:
    first, second = create_post(alice, images=2), create_clip_post(alice)
    trash.trash(owner=alice, ids=[create_post(alice).pk])
    create_post(bob)
    newest = [image.pk for post in (second, first) for image in post.images.order_by("-pk")]
    pages = walk(alices, "/api/images", limit=2)
    assert [ids(page) for page in pages] == [newest[:2], newest[2:]]
    for item in (item for page in pages for item in page):
        ImageOut.model_validate(item)


def test_a_picture_alone_is_written_as_in_its_post(alices: Client, alice: User) -> None:
    post = create_post(alice)
    image = post.images.get()
    data = data_of(alices.get(f"/api/images/{image.pk}"))
    assert [data] == data_of(alices.get(f"/api/posts/{post.pk}"))["images"]
    assert data["name"].startswith("img_")
    assert data["timestamp"] == int(image.created_at.timestamp() * 1000)


def test_pictures_of_others_and_of_the_trash_are_not_there(
    alices: Client, bobs: Client, alice: User
) -> None:
    post = create_post(alice)
    path = f"/api/images/{post.images.get().pk}"
    expected = (404, "NOT_FOUND", "Image not found")
    assert error_of(bobs.get(path)) == expected
    assert error_of(bobs.get(f"{path}/file")) == expected
    trash.trash(owner=alice, ids=[post.pk])
    assert error_of(alices.get(path)) == expected


def test_a_public_file_is_where_its_address_says(alices: Client, alice: User) -> None:
    image = create_post(alice).images.get()
    whole = alices.get(f"/api/images/{image.pk}/file")
    assert (whole.status_code, whole["Location"]) == (302, image.url)
    small = alices.get(f"/api/images/{image.pk}/file?width=320")
    assert small["Location"] == image.renditions[0][0]
    none_so_wide = alices.get(f"/api/images/{image.pk}/file?width=1280")
    assert none_so_wide["Location"] == image.url


def test_a_width_that_no_rendition_has_is_refused(alices: Client, alice: User) -> None:
    image = create_post(alice).images.get()
    for width in ("0", "321", "-320", "wide", "9" * 30):
        answer = refused(alices.get(f"/api/images/{image.pk}/file", {"width": width}))
        assert answer == (422, "VALIDATION"), width


def test_more_pictures_take_no_more_queries(alices: Client, alice: User) -> None:
    create_post(alice)
    with CaptureQueriesContext(connection) as one:
        data_of(alices.get("/api/images"))
    for _ in range(15):
        create_post(alice, images=2)
    with CaptureQueriesContext(connection) as thirty:
        assert len(data_of(alices.get("/api/images?limit=30"))["items"]) == 30
    assert len(thirty) == len(one) <= 2
