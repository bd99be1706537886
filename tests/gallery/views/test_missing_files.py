"""A file that is gone from the storage, while its row is there, breaks no page and no archive."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.core.files.storage import storages
from django.test import Client

from gallery.models import Post, ReferenceImage, StoredObject
from gallery.services import downloads
from generation.models import GenerationJob
from pixelstream.accounts.models import User
from tests.factories import create_post, create_reference, start, work_off

pytestmark = pytest.mark.django_db


def lose(*objects: StoredObject) -> None:
    """Take everything of an object out of the storage, behind the database's back."""
    for obj in objects:
        for key in obj.all_keys:
            storages[obj.area].delete(key)


@pytest.fixture
def lost(alice: User) -> Post:
    """A post with two pictures, of which the first has no file."""
    post = create_post(alice, images=2, prompt="a very long pier", caption="Where the pier ends.")
    lose(post.images.get(position=0).object)
    return post


@pytest.fixture
def lost_reference(alice: User) -> ReferenceImage:
    """A reference of the library without its file."""
    reference = create_reference(alice, kept=True)
    lose(reference.object)
    return reference


@pytest.mark.parametrize(
    "page",
    [
        *("/", "/gallery/", "/gallery/?q=pier", "/posts/{}/", "/posts/{}/results/"),
        *("/posts/{}/lightbox/", "/posts/{}/lightbox/?img=1"),
        *("/posts/create/?post={}", "/posts/create/?post={}&similar=1"),
    ],
)
def test_pages_show_the_post_as_it_is(as_alice: Client, lost: Post, page: str) -> None:
    answer = as_alice.get(page.format(lost.pk))
    assert answer.status_code == 200
    assert "pier" in answer.content.decode()


def test_the_addresses_of_the_file_are_not_found(
    as_alice: Client, lost: Post, lost_reference: ReferenceImage
) -> None:
    image = lost.images.get(position=0)
    for address in (image.url, image.thumbnail_url, lost_reference.url):
        assert as_alice.get(address).status_code == 404


@pytest.mark.parametrize("metadata", ["full", "none"])
def test_the_download_says_so_and_is_not_counted(
    as_alice: Client, lost: Post, metadata: str
) -> None:
    answer = as_alice.get(f"/posts/{lost.pk}/download/?img=1&metadata={metadata}")
    assert answer.status_code == 404
    assert "This picture is not there any more." in answer.content.decode()
    assert downloads.flush_counts() == 0
    assert as_alice.get(f"/posts/{lost.pk}/download/?img=2").status_code == 200


@pytest.mark.parametrize("metadata", ["full", "none"])
@pytest.mark.parametrize("way", ["of the post", "of the wall"])
def test_an_archive_names_it_and_has_the_others_whole(
    as_alice: Client, lost: Post, metadata: str, way: str
) -> None:
    if way == "of the post":
        answer = as_alice.get(f"/posts/{lost.pk}/download/?metadata={metadata}")
    else:
        answer = as_alice.post("/gallery/batch/", {"metadata": metadata, "posts": lost.pk})
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as archive:
        assert archive.testzip() is None
        (kept, note) = archive.namelist()
        assert kept.endswith("_lumen-2.jpg")
        assert note == "MISSING.txt"
        told = archive.read("MISSING.txt").decode()
    assert "_lumen.jpg: the file is no longer there" in told


@pytest.mark.parametrize("metadata", ["full", "none"])
def test_a_storage_that_fails_is_not_said_to_have_lost_the_file(
    as_alice: Client, alice: User, monkeypatch: pytest.MonkeyPatch, metadata: str
) -> None:
    post = create_post(alice, images=2)
    monkeypatch.setattr(downloads.objects, "storage_of", lambda obj: FailingStorage())
    answer = as_alice.get(f"/posts/{post.pk}/download/?img=1&metadata={metadata}")
    assert answer.status_code == 503
    assert "This picture cannot be read now." in answer.content.decode()
    assert downloads.flush_counts() == 0
    stream = as_alice.get(f"/posts/{post.pk}/download/?metadata={metadata}")
    with pytest.raises(OSError, match="disk on fire"):
        list(stream)  # the server breaks the connection then: tests/pixelstream/test_departures.py


class FailingStorage:
    """Has the file, and cannot read it."""

    def open(self, key: str) -> Any:
        raise OSError(5, f"disk on fire: {key}")


def test_a_post_with_a_lost_picture_is_made_again_like_any_other(
    as_alice: Client, lost: Post
) -> None:
    answer = as_alice.post(f"/posts/{lost.pk}/regenerate/", follow=True)
    assert answer.status_code == 200
    again = Post.objects.exclude(pk=lost.pk).get()
    assert [job.model for job in again.jobs.filter(kind="image")] == ["builtin/lumen"]


def test_the_library_still_lists_renames_keeps_and_deletes_a_lost_reference(
    as_alice: Client, lost_reference: ReferenceImage
) -> None:
    pk = lost_reference.pk
    for page in ("/references/", "/references/library/", f"/posts/create/?reference={pk}"):
        answer = as_alice.get(page)
        assert answer.status_code == 200
        assert lost_reference.url in answer.content.decode()
    assert as_alice.post(f"/references/{pk}/rename/", {"name": "pier"}).status_code == 302
    assert as_alice.post(f"/references/{pk}/keep/").status_code == 200
    assert as_alice.post(f"/references/{pk}/delete/", {"confirm": "1"}).status_code == 302


def test_what_was_asked_for_with_a_lost_reference_is_not_made_without_it(
    as_alice: Client, alice: User, lost_reference: ReferenceImage
) -> None:
    post = start(alice, references=[lost_reference])
    work_off(post)
    assert post.status == Post.Status.FAILED
    assert not post.images.exists()
    assert GenerationJob.objects.get(kind="image").error_code == "invalid"
    assert "A reference is not there any more." in (
        as_alice.get(f"/posts/{post.pk}/").content.decode()
    )
