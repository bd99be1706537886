"""Parts of files, as players ask for them: RFC 9110, section 14."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.http import HttpResponseBase
from django.test import Client
from django.utils import timezone

from gallery.models import GeneratedImage, Post
from gallery.views import ranges
from pixelstream.accounts.models import User
from tests.factories import create_post

pytestmark = pytest.mark.django_db

KEY = "generated/1/film.mp4"
ADDRESS = f"/media/{KEY}"
BYTES = bytes(range(256)) * 4  # 1,024
SIZE = len(BYTES)

Ask = Callable[..., HttpResponseBase]


@pytest.fixture
def ask(anonymous: Client) -> Ask:
    """Asks for a file of 1,024 bytes with these headers."""
    storages["public"].save(KEY, ContentFile(BYTES))

    def ask(**headers: str) -> HttpResponseBase:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return anonymous.get(ADDRESS, headers=named)

    return ask


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_file_says_that_parts_can_be_asked_for(ask: Ask) -> None:
    response = ask()
    assert response.status_code == 200
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["Content-Length"] == str(SIZE)
    assert response.headers["Content-Type"] == "video/mp4"
    assert "Content-Range" not in response.headers
    assert body(response) == BYTES


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-1", 0, 1),  # Safari's first question
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=0-1023", 0, SIZE - 1),
        ("bytes=10-19", 10, 19),
        ("bytes=1023-", SIZE - 1, SIZE - 1),
        ("bytes=1000-999999", 1000, SIZE - 1),
        ("bytes=-1", SIZE - 1, SIZE - 1),
        ("bytes=-100", SIZE - 100, SIZE - 1),
        ("bytes=-5000", 0, SIZE - 1),
        ("BYTES=5-6", 5, 6),
        ("bytes= 5-6 ,", 5, 6),  # empty elements of a list mean nothing
    ],
)
def test_a_part_is_answered_with_just_that(ask: Ask, asked: str, first: int, last: int) -> None:
    response = ask(Range=asked)
    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert response.headers["Content-Length"] == str(last - first + 1)
    assert response.headers["Content-Type"] == "video/mp4"
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    # Opened by itself it plays, and nothing else happens.
    policy = "default-src 'none'; media-src 'self'; sandbox allow-same-origin"
    assert response.headers["Content-Security-Policy"] == policy
    assert body(response) == BYTES[first : last + 1]


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=1024-2000", "bytes=99999999-", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused_with_the_size(ask: Ask, asked: str) -> None:
    response = ask(Range=asked)
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{SIZE}"
    assert body(response) == b""


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=5-2",
        "bytes=-",
        "bytes=",
        "bytes",
        "5-6",
        "bytes=a-b",
        "bytes=+5-6",
        "bytes=5--6",
        "bytes=1_0-20",
        "bytes=\u0665-\u0666",
        "bytes=0-1,5-6",
        "bytes=0-1,1000000-",
        "items=0-1",
        "bytes=" + "9" * 5000 + "-",
        "bytes=0-" + "9" * 5000,
        "bytes=" + "," * 5000,
        "\x00",
    ],
)
def test_several_parts_and_nonsense_get_the_whole_file(ask: Ask, asked: str) -> None:
    response = ask(Range=asked)
    assert response.status_code == 200
    assert body(response) == BYTES


def test_a_part_without_an_end_is_of_a_size_that_holds_no_thread(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A player that has enough stops reading; then it asks again, until it has everything."""
    monkeypatch.setattr(ranges, "MOST_WITHOUT_END", 300)
    read = b""
    while len(read) < SIZE:
        response = ask(Range=f"bytes={len(read)}-")
        assert response.status_code == 206
        last = min(len(read) + 300, SIZE) - 1
        assert response.headers["Content-Range"] == f"bytes {len(read)}-{last}/{SIZE}"
        read += body(response)
    assert read == BYTES
    assert len(body(ask(Range="bytes=0-999"))) == 1000, "who names an end gets all of it"
    assert len(body(ask(Range="bytes=-999"))) == 999


def test_a_part_is_only_of_the_file_that_the_asker_has(ask: Ask) -> None:
    etag = ask().headers["ETag"]
    assert ask(Range="bytes=0-9", If_Range=etag).status_code == 206
    for other in (f"W/{etag}", '"else"', "Wed, 21 Oct 2026 07:28:00 GMT", "", "*"):
        response = ask(Range="bytes=0-9", If_Range=other)
        assert (response.status_code, body(response)) == (200, BYTES), other
    assert ask(Range="bytes=5000-", If_Range='"else"').status_code == 200


def test_who_has_the_file_does_not_get_it_again(ask: Ask) -> None:
    etag = ask().headers["ETag"]
    for known in (etag, f"W/{etag}", f'"else", {etag}', "*"):
        for asked in ({}, {"Range": "bytes=0-9"}, {"Range": "bytes=5000-"}):
            response = ask(If_None_Match=known, **asked)
            assert (response.status_code, body(response)) == (304, b"")
            assert response.headers["ETag"] == etag
            assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert ask(If_None_Match='"else"').status_code == 200
    assert ask(If_Match='"else"').status_code == 412
    assert ask(If_Match=etag, Range="bytes=0-9").status_code == 206


def test_asking_for_the_head_gives_no_part_and_reads_nothing(ask: Ask, anonymous: Client) -> None:
    for headers in ({}, {"Range": "bytes=0-9"}, {"Range": "bytes=5000-"}):
        response = anonymous.head(ADDRESS, headers=headers)
        assert response.status_code == 200
        assert response.headers["Content-Length"] == str(SIZE)
        assert response.headers["Accept-Ranges"] == "bytes"
        assert not response.streaming


def test_two_files_have_different_tags_that_do_not_tell_their_keys(ask: Ask) -> None:
    storages["public"].save("generated/1/other.mp4", ContentFile(BYTES))
    one = ask().headers["ETag"]
    other = Client().get("/media/generated/1/other.mp4").headers["ETag"]
    assert one != other
    assert one[0] == one[-1] == '"'
    assert "film" not in one


def test_the_file_is_read_in_pieces_and_closed(
    ask: Ask, anonymous: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []
    plain = storages["public"].open

    def watched(name: str, mode: str = "rb") -> Any:
        opened.append(plain(name, mode))
        return opened[-1]

    monkeypatch.setattr(storages["public"], "open", watched)
    monkeypatch.setattr(ranges, "PIECE", 100)
    response: Any = ask(Range="bytes=0-249")
    assert [len(piece) for piece in response.streaming_content] == [100, 100, 50]
    response.close()
    tag = response.headers["ETag"]
    for headers in ({"Range": "bytes=9999-"}, {"If-None-Match": tag}):
        anonymous.get(ADDRESS, headers=headers)
    anonymous.head(ADDRESS)
    assert len(opened) == 4
    assert all(file.closed for file in opened)


def test_an_empty_file_has_no_parts(anonymous: Client) -> None:
    storages["public"].save("generated/1/empty.mp4", ContentFile(b""))
    address = "/media/generated/1/empty.mp4"
    assert anonymous.get(address).status_code == 200
    for asked in ("bytes=0-", "bytes=-5"):
        response = anonymous.get(address, headers={"Range": asked})
        assert response.status_code == 416
        assert response.headers["Content-Range"] == "bytes */0"


def test_a_file_that_is_gone_is_gone_for_whoever_had_it(ask: Ask) -> None:
    etag = ask().headers["ETag"]
    storages["public"].delete(KEY)
    assert ask(If_None_Match=etag).status_code == 404
    assert ask(Range="bytes=0-9").status_code == 404


def test_the_owner_alone_gets_parts_of_what_is_private(
    as_alice: Client, as_bob: Client, anonymous: Client, alice: User
) -> None:
    post = create_post(alice)
    image = post.images.select_related("object").get()
    with storages["public"].open(image.object.key) as file:
        data = file.read()
    storages["private"].save(image.object.key, ContentFile(data))
    type(image.object).objects.filter(pk=image.object_id).update(area="private")
    Post.objects.filter(pk=post.pk).update(deleted_at=timezone.now())
    address = GeneratedImage.objects.get().url
    response = as_alice.get(address, headers={"Range": "bytes=3-9"})
    assert response.status_code == 206
    assert body(response) == data[3:10]
    assert response.headers["Cache-Control"] == "private, max-age=3600"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert as_bob.get(address, headers={"Range": "bytes=3-9"}).status_code == 404
    assert anonymous.get(address, headers={"Range": "bytes=3-9"}).status_code in {302, 404}
