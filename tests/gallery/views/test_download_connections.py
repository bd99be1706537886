"""Archives over real connections: readers who stop, a storage that fails in the middle."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from http.client import IncompleteRead
from urllib.request import Request, urlopen

import pytest
from a2wsgi import WSGIMiddleware
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client

from gallery.models import Post, StoredObject
from gallery.services import downloads
from gallery.views import downloads as views
from pixelstream.accounts.models import User
from pixelstream.departures import with_patience
from tests.factories import create_post
from tests.pixelstream.serving import DEADLINE, asking, serving, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

LARGE = 10_000_000
"""Bytes of a picture: two of them are more than a connection holds unread."""


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The site on one thread, for readers who take each piece within half a second."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    pages = WSGIMiddleware(WSGIHandler(), workers=1)  # type: ignore[arg-type]
    with serving(with_patience(pages, seconds=0.5)) as port:  # type: ignore[arg-type]
        yield port


@pytest.fixture
def post(alice: User, monkeypatch: pytest.MonkeyPatch) -> Post:
    """A post with three large pictures."""
    monkeypatch.setattr(downloads, "picture_file", lambda image, metadata: bytes(LARGE))
    post = create_post(alice, images=3)
    StoredObject.objects.update(size=LARGE)
    return post


@pytest.fixture
def cookie(as_alice: Client) -> str:
    """What makes a request alice's."""
    return f"sessionid={as_alice.cookies['sessionid'].value}"


def download(port: int, post: Post, cookie: str) -> bytes:
    request = Request(f"http://127.0.0.1:{port}/posts/{post.pk}/download/")
    request.add_header("Cookie", cookie)
    with urlopen(request, timeout=DEADLINE) as answer:
        return answer.read()  # type: ignore[no-any-return]


def test_an_archive_comes_whole_to_who_reads_it(port: int, post: Post, cookie: str) -> None:
    with zipfile.ZipFile(io.BytesIO(download(port, post, cookie))) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 3


def test_who_does_not_read_gives_the_place_and_the_thread_back(
    port: int, post: Post, cookie: str
) -> None:
    path = f"/posts/{post.pk}/download/"
    with asking(port, path, f"Cookie: {cookie}\r\n"):
        wait_until(lambda: downloads.streams.running == 1)
        wait_until(lambda: downloads.streams.running == 0)
        assert len(download(port, post, cookie)) > 3 * LARGE


def test_an_archive_that_takes_for_ever_is_broken_off(
    port: int, post: Post, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "SLOWEST", 10**12)
    monkeypatch.setattr(views, "AT_LEAST", 0.0)
    with pytest.raises(IncompleteRead):
        download(port, post, cookie)
    wait_until(lambda: downloads.streams.running == 0)


def test_a_storage_that_fails_in_the_middle_gives_no_short_archive(
    port: int, post: Post, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(image: object, metadata: object) -> bytes:
        if image.position == 1:  # type: ignore[attr-defined]
            raise OSError(5, "disk on fire")
        return bytes(LARGE)

    monkeypatch.setattr(downloads, "picture_file", failing)
    with pytest.raises(IncompleteRead) as broken:
        download(port, post, cookie)
    assert not zipfile.is_zipfile(io.BytesIO(broken.value.partial))
    wait_until(lambda: downloads.streams.running == 0)
