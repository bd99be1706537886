"""Bytes of the public area."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from gallery.imaging.marking import read_mark
from pixelstream.accounts.models import User
from tests.factories import create_post, create_reference

pytestmark = pytest.mark.django_db


def body(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_a_picture_is_public_under_its_key_and_cached_for_ever(
    anonymous: Client, alice: User, django_assert_num_queries: object
) -> None:
    address = create_post(alice).images.get().url
    with django_assert_num_queries(0):  # type: ignore[operator]
        response = anonymous.get(address)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    # A pasted link shows it on other sites.
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert read_mark(body(response)) is not None


def test_every_rendition_is_there_and_marked(anonymous: Client, alice: User) -> None:
    image = create_post(alice).images.get()
    renditions = image.renditions
    assert renditions
    for url, _width in renditions:
        response = anonymous.get(url)
        assert response.headers["Content-Type"] == "image/webp"
        assert read_mark(body(response)) is not None


@pytest.mark.parametrize(
    "key",
    [
        "nothing.jpg",
        "../private/x.jpg",
        "..%2fprivate%2fx.jpg",
        "/etc/passwd",
        "%00.jpg",
        "generated/1/x.svg",
        "generated/1/x.html",
        "generated",
        "x" * 300 + ".jpg",
    ],
)
def test_anything_else_is_not_there(anonymous: Client, key: str) -> None:
    assert anonymous.get(f"/media/{key}").status_code == 404


def test_no_other_site_loads_what_is_private(as_alice: Client, alice: User) -> None:
    response = as_alice.get(create_reference(alice).url)
    assert response.status_code == 200
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_private_objects_are_not_reached_through_the_public_address(
    anonymous: Client, alice: User
) -> None:
    reference = create_reference(alice)
    assert (settings.DATA_DIR / "media" / "private" / reference.object.key).exists()
    assert anonymous.get(f"/media/{reference.object.key}").status_code == 404
    assert anonymous.get(f"/media/../private/{reference.object.key}").status_code == 404
