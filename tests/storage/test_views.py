"""How a browser reaches objects that lie in buckets."""

from __future__ import annotations

import urllib.request
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from gallery.models import ReferenceImage, StoredObject
from pixelstream.accounts.models import User
from pixelstream.middleware import ServiceUnavailableMiddleware
from pixelstream.storages import StorageUnavailableError
from tests.factories import create_post, create_reference, picture_bytes
from tests.storage.proxy import Proxy
from tests.storage.servers import Place

pytestmark = pytest.mark.django_db


def test_pages_show_pictures_by_their_public_address(
    s3: Place, as_alice: Client, alice: User
) -> None:
    image = create_post(alice).images.get()
    assert image.url == f"{s3.variables['R2_PUBLIC_URL']}/{image.object.key}"
    page = as_alice.get(reverse("gallery:post-list")).content.decode()
    assert image.thumbnail_url in page
    with urllib.request.urlopen(image.url, timeout=10) as answer:
        assert len(answer.read()) == image.object.size


def test_a_private_picture_is_reached_by_a_short_signed_address_by_its_owner_only(
    s3: Place, as_alice: Client, as_bob: Client, anonymous: Client, alice: User
) -> None:
    reference = create_reference(alice)
    response = as_alice.get(reference.url)
    assert response.status_code == 302
    assert response.headers["Cache-Control"] == "private, no-store"
    signed = response.headers["Location"]
    assert signed.startswith(
        f"{s3.server.endpoint}/{s3.private_bucket}/{reference.object.key[:10]}"
    )
    assert "X-Amz-Expires=60&" in signed
    with urllib.request.urlopen(signed, timeout=10) as answer:
        assert answer.headers["Content-Type"] in {"image/jpeg", "image/webp"}
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert as_bob.get(reference.url).status_code == 404
    assert "X-Amz" not in anonymous.get(reference.url).headers["Location"]


def test_an_old_address_of_a_public_picture_leads_on(
    s3: Place, anonymous: Client, alice: User, django_assert_num_queries: Any
) -> None:
    """What people shared before the pictures moved from the disk goes on to work."""
    image = create_post(alice).images.get()
    address = f"/media/{image.object.key}"
    with django_assert_num_queries(0):
        response = anonymous.get(address)
    assert response.status_code == 302
    assert response.headers["Location"] == image.url
    assert response.headers["Cache-Control"] == "public, max-age=3600"


@pytest.mark.parametrize(
    "key",
    [
        "../private/x.jpg",
        "private/reference/1/x.jpg",
        "generated/../private/x.jpg",
        "//evil.example/x.jpg",
        "%0d%0aSet-Cookie:x.jpg",
        "%00.jpg",
        "generated/1/x.svg",
        "generated/1/x.html",
        "generated",
        "x" * 300 + ".jpg",
    ],
)
def test_and_nothing_else_does(moto: Any, settings: Any, anonymous: Client, key: str) -> None:
    place = moto.new_place(buckets=1)
    place.use(settings)
    assert anonymous.get(f"/media/{key}").status_code == 404


def test_a_storage_that_is_away_is_told_and_leaves_no_row_behind(
    behind_proxy: Place, proxy: Proxy, as_alice: Client
) -> None:
    proxy.unavailable_every = 1
    upload = SimpleUploadedFile("a.jpg", picture_bytes(), "image/jpeg")
    response = as_alice.post(reverse("gallery:reference-add"), {"file": upload})
    assert response.status_code == 302  # to the library, which says that it failed
    page = as_alice.get(response.headers["Location"]).content.decode()
    assert "Failed to upload image" in page
    assert not ReferenceImage.objects.exists()
    assert not StoredObject.objects.filter(state=StoredObject.State.LIVE).exists()


def test_a_storage_that_is_away_under_a_page_is_a_503() -> None:
    """The last net; services know what to say in most places."""
    middleware = ServiceUnavailableMiddleware(lambda request: HttpResponse())
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    response = middleware.process_exception(request, StorageUnavailableError("away"))
    assert response is not None
    assert response.status_code == 503
    assert middleware.process_exception(request, OSError("disk full")) is None


def test_pages_need_no_storage(
    behind_proxy: Place, proxy: Proxy, as_alice: Client, alice: User
) -> None:
    create_post(alice)
    reference = create_reference(alice)
    proxy.requests, proxy.blackhole = 0, True
    assert as_alice.get(reverse("gallery:post-list")).status_code == 200
    assert as_alice.get(reference.url).status_code == 302
    assert proxy.requests == 0
