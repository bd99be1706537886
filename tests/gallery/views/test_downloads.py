"""Downloads: who may, what the headers say, what is counted."""

from __future__ import annotations

import io
import re
import zipfile
from urllib.parse import unquote

import pytest
from django.core.files.storage import storages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.imaging.marking import read_mark
from gallery.models import Post
from gallery.services import downloads
from pixelstream.accounts.models import User
from tests.conftest import BrokerServer
from tests.factories import create_post

pytestmark = pytest.mark.django_db


def body(response: object) -> bytes:
    if response.streaming:  # type: ignore[attr-defined]
        return b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return response.content  # type: ignore[attr-defined,no-any-return]


def end(response: object) -> None:
    """What the server does at the end; not the signal, which closes the test's connection."""
    for close in response._resource_closers:  # type: ignore[attr-defined]
        close()


def names(response: object) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(body(response))) as read:
        assert read.testzip() is None
        return read.namelist()


def test_one_picture_comes_as_a_file_in_which_nothing_can_run(
    as_alice: Client, alice: User
) -> None:
    post = create_post(alice)
    for address in (f"/posts/{post.pk}/download/", f"/posts/{post.pk}/download/?img=1"):
        response = as_alice.get(address)
        assert response.status_code == 200
        day = post.images.get().created_at.date().isoformat()
        assert response["Content-Disposition"] == (
            f'attachment; filename="{day}_last-light_lumen.jpg"'
        )
        assert response["Content-Type"] == "image/jpeg"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cross-Origin-Resource-Policy"] == "same-origin"
        assert response["Cache-Control"] == "private, no-store"
        assert int(response["Content-Length"]) == len(body(response))
        assert read_mark(response.content) == "algorithmicMedia"


def test_a_name_that_is_not_latin_is_told_in_utf8(as_alice: Client, alice: User) -> None:
    post = create_post(alice, caption="Ação 海\r\nSet-Cookie: a=b")
    header = as_alice.get(f"/posts/{post.pk}/download/")["Content-Disposition"]
    assert header.startswith("attachment; filename*=utf-8''")
    assert header.isascii()
    assert unquote(header.partition("''")[2]).endswith("_ação-海_lumen.jpg")


def test_many_pictures_come_as_an_archive_of_known_length(as_alice: Client, alice: User) -> None:
    post = create_post(alice, images=3)
    response = as_alice.get(f"/posts/{post.pk}/download/")
    data = body(response)
    assert response["Content-Type"] == "application/zip"
    assert re.search(r'filename="\d{4}-\d\d-\d\d_last-light.zip"', response["Content-Disposition"])
    assert int(response["Content-Length"]) == len(data)
    with zipfile.ZipFile(io.BytesIO(data)) as read:
        assert len(read.namelist()) == 3
        assert all(read_mark(read.read(name)) for name in read.namelist())


def test_img_counts_the_pictures_from_one(as_alice: Client, alice: User) -> None:
    post = create_post(alice, images=3)
    post.images.filter(position=1).update(model_name="Second")
    response = as_alice.get(f"/posts/{post.pk}/download/?img=2")
    assert "_second.jpg" in response["Content-Disposition"]


@pytest.mark.parametrize("img", ["0", "3", "-1", "abc", "9" * 30, "%00", "1.5"])
def test_a_picture_that_the_post_does_not_have_is_not_there(
    as_alice: Client, alice: User, img: str
) -> None:
    post = create_post(alice, images=2)
    assert as_alice.get(f"/posts/{post.pk}/download/?img={img}").status_code == 404


@pytest.mark.parametrize("query", ["", "?img=1", "?metadata=full"])
def test_only_the_owner_gets_it(
    as_alice: Client, as_bob: Client, anonymous: Client, alice: User, sam: User, query: str
) -> None:
    post = create_post(alice, visibility=Post.Visibility.PUBLIC)
    trashed = create_post(alice, deleted_at=timezone.now())
    as_sam = Client()
    as_sam.force_login(sam)
    address = f"/posts/{post.pk}/download/{query}"
    assert as_alice.get(address).status_code == 200
    assert as_bob.get(address).status_code == 404
    assert as_sam.get(address).status_code == 404
    answer = anonymous.get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    assert as_alice.get(f"/posts/{trashed.pk}/download/{query}").status_code == 404
    assert as_alice.get(f"/posts/999999999/download/{query}").status_code == 404
    assert as_alice.post(address).status_code == 405


def test_a_post_without_pictures_says_so(as_alice: Client, alice: User) -> None:
    post = create_post(alice, images=0, status=Post.Status.FAILED)
    response = as_alice.get(f"/posts/{post.pk}/download/")
    assert response.status_code == 404
    assert "nothing to download" in response.content.decode()


def test_a_picture_whose_bytes_are_gone_is_told_as_gone(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    storages["public"].delete(post.images.get().object.key)
    response = as_alice.get(f"/posts/{post.pk}/download/")
    assert response.status_code == 404
    assert "not there any more" in response.content.decode()
    assert "Content-Disposition" not in response


def test_a_picture_that_is_no_picture_any_more_is_no_500(as_alice: Client, alice: User) -> None:
    post = create_post(alice)
    key = post.images.get().object.key
    storages["public"].delete(key)
    storages["public"].save(key, io.BytesIO(b"rubbish"))
    for metadata in ("full", "none"):
        address = f"/posts/{post.pk}/download/?metadata={metadata}"
        assert as_alice.get(address).status_code == 404


def test_the_choice_of_what_a_file_tells_is_remembered(as_alice: Client, alice: User) -> None:
    post = create_post(alice, prompt="a very long pier")
    address = f"/posts/{post.pk}/download/"
    assert b"pier" not in as_alice.get(address).content
    told = as_alice.get(f"{address}?metadata=full")
    assert b"a very long pier" in told.content
    assert read_mark(told.content) == "algorithmicMedia"
    cookie = told.cookies["download_metadata"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("full", True, "Lax")
    assert b"pier" in as_alice.get(address).content
    assert b"pier" in as_alice.get(f"{address}?metadata=rubbish").content
    assert b"pier" not in as_alice.get(f"{address}?metadata=none").content
    assert b"pier" not in as_alice.get(address).content
    as_alice.cookies["download_metadata"] = "<script>"
    assert as_alice.get(address).status_code == 200


@pytest.mark.parametrize("images", [1, 3])
def test_a_download_writes_nothing_and_is_counted(
    as_alice: Client, alice: User, images: int
) -> None:
    post = create_post(alice, images=images)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        body(as_alice.get(f"/posts/{post.pk}/download/"))
    reads = ("SELECT", "DECLARE")  # PostgreSQL reads many rows through a cursor
    written = [q["sql"] for q in queries if not q["sql"].startswith(reads)]
    assert written == []
    assert downloads.flush_counts() == 1
    post.refresh_from_db()
    assert post.download_count == 1


@pytest.mark.parametrize("images", [1, 3])
def test_asking_for_the_headers_alone_is_no_download(
    as_alice: Client, alice: User, images: int
) -> None:
    post = create_post(alice, images=images)
    response = as_alice.head(f"/posts/{post.pk}/download/")
    assert response.status_code == 200
    assert int(response["Content-Length"]) > 500
    assert downloads.flush_counts() == 0
    assert downloads.streams.running == 0


def test_downloads_work_while_the_broker_is_away(
    as_alice: Client, alice: User, broker_server: BrokerServer
) -> None:
    post = create_post(alice)
    broker_server.stop()
    try:
        assert as_alice.get(f"/posts/{post.pk}/download/").status_code == 200
    finally:
        broker_server.start()


def test_a_third_archive_at_a_time_has_to_wait(
    as_alice: Client, as_bob: Client, alice: User, bob: User
) -> None:
    mine, theirs = create_post(alice, images=2), create_post(bob, images=2)
    address = f"/posts/{mine.pk}/download/"
    running = [as_alice.get(address) for _ in range(2)]
    for response in running:
        next(iter(response.streaming_content))
    refused = as_alice.get(address)
    assert refused.status_code == 429
    assert refused["Retry-After"] == "30"
    assert "still running" in refused.content.decode()
    assert as_alice.get(f"{address}?img=1").status_code == 200, "one picture needs no place"
    assert len(names(as_bob.get(f"/posts/{theirs.pk}/download/"))) == 2
    end(running[0])
    assert len(names(as_alice.get(address))) == 2
    end(running[1])


def test_a_stream_gives_its_place_back_however_it_ends(as_alice: Client, alice: User) -> None:
    post = create_post(alice, images=2)
    address = f"/posts/{post.pk}/download/"
    for _ in range(3):
        end(as_alice.get(address))  # nobody read it
    for _ in range(3):
        response = as_alice.get(address)
        next(iter(response.streaming_content))
        end(response)
    for _ in range(3):
        response = as_alice.get(address)
        body(response)
        end(response)
        end(response)
    assert downloads.streams.running == 0
