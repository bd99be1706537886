"""The services do with buckets what they do with the disk: objects and rows stay in step."""

from __future__ import annotations

import io
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile

from gallery.models import Post, StoredObject
from gallery.services import deletion, downloads, objects, outbox, references, sharing, trash
from gallery.services.downloads import Metadata
from generation.models import GenerationJob
from generation.services import images
from pixelstream import invariants
from pixelstream.accounts.models import User
from pixelstream.object_storage.buckets import Bucket
from tests.factories import job_of, picture_bytes, start, work_off
from tests.storage.servers import Place, Server

pytestmark = pytest.mark.django_db

State = StoredObject.State


@pytest.fixture(params=["two buckets", "one bucket"])
def bucket(request: pytest.FixtureRequest, moto: Server, settings: Any) -> Iterator[Place]:
    """The application on object storage. At the end rows and objects are the same."""
    place = moto.new_place(buckets=2 if request.param == "two buckets" else 1)
    place.use(settings)
    yield place
    outbox.run()
    assert place.keys() == keys_in_rows(place)
    assert invariants.broken() == []


def keys_in_rows(place: Place) -> set[str]:
    """What the database says must be in the buckets."""
    private = place.private_bucket or f"{place.bucket}/private"
    return {
        f"{place.bucket if obj.area == StoredObject.Area.PUBLIC else private}/{key}"
        for obj in StoredObject.objects.exclude(state=State.GONE)
        for key in obj.all_keys
    }


def generate(alice: User, **fields: Any) -> Post:
    """A post of the built-in engine, with two pictures."""
    post = start(alice, models="builtin/sketch builtin/papercut", **fields)
    work_off(post)
    assert post.images.exists()
    return post


def upload(alice: User, **fields: Any) -> Any:
    """A reference, through the gate."""
    file = SimpleUploadedFile("me.jpg", picture_bytes(), "image/jpeg")
    return references.add_reference(owner=alice, upload=file, **fields)


def test_a_picture_is_generated_downloaded_and_deleted(bucket: Place, alice: User) -> None:
    post = generate(alice)
    image = post.images.select_related("object", "post")[0]
    with storages["public"].open(image.object.key) as stored:
        assert len(stored.read()) == image.object.size
    assert downloads.picture_file(image, Metadata.FULL)
    assert bucket.keys() == keys_in_rows(bucket)
    count = post.images.count()
    trash.trash(owner=alice, ids=[post.pk])
    deletion.delete_posts(Post.objects.filter(pk=post.pk), by=alice)
    assert outbox.drain() == count
    assert bucket.keys() == set()


def test_a_picture_goes_to_the_trash_and_comes_back(bucket: Place, alice: User) -> None:
    post = generate(alice)
    shown = {image.url for image in post.images.all()}
    assert all(fetched(url) for url in shown)
    trash.trash(owner=alice, ids=[post.pk])
    outbox.run()
    assert not any(fetched(url) for url in shown), "its public address is dead"
    assert bucket.keys() == keys_in_rows(bucket)
    public = storages["public"]
    assert isinstance(public, Bucket)
    assert list(public.walk()) == []
    trash.restore(owner=alice, ids=[post.pk])
    outbox.run()
    assert bucket.keys() == keys_in_rows(bucket)
    assert all(fetched(image.url) for image in post.images.all())
    assert shown.isdisjoint(image.url for image in post.images.all())


def fetched(address: str) -> bytes:
    """What anybody gets; nothing when it is not there."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError:
        return b""


def test_a_reference_is_uploaded_used_and_deleted(bucket: Place, alice: User) -> None:
    reference = upload(alice, kept=True)
    assert storages["private"].exists(reference.object.key)
    post = generate(alice, references=[reference])
    assert bucket.keys() == keys_in_rows(bucket)
    deletion.delete_reference(reference=reference, by=alice, include_generated=False)
    assert outbox.drain() == 1
    assert not storages["private"].exists(reference.object.key)
    assert post.images.exists()


def test_an_archive_holds_every_picture(bucket: Place, alice: User) -> None:
    first, second = generate(alice), generate(alice)
    lost = second.images.select_related("object")[0].object
    archive = downloads.archive_of(
        user=alice, posts=Post.objects.filter(owner=alice), metadata=Metadata.NONE
    )
    data = b"".join(archive.stream())
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.testzip() is None
        assert len(opened.namelist()) == first.images.count() + second.images.count()
    stored = storages["public"].open(lost.key)
    storages["public"].delete(lost.key)
    with pytest.raises(downloads.PictureGoneError):
        downloads.picture_file(lost.image, Metadata.NONE)
    storages["public"].save(lost.key, stored)


def test_a_picture_that_was_stored_and_not_committed_is_adopted(
    bucket: Place, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = start(alice)
    work_off(post, rounds=1)  # the caption

    def die(*args: Any) -> None:
        raise OSError("just before the commit")

    with monkeypatch.context() as dying:
        dying.setattr(images, "_commit", die)
        work_off(post, rounds=1)
    job = job_of(post)
    assert job.output is not None
    assert job.output.state == State.WRITING
    GenerationJob.objects.filter(pk=job.pk).update(run_after=job.created_at)
    work_off(post)
    assert post.images.get().object_id == job.output_id


def test_what_was_never_committed_is_swept(bucket: Place, alice: User) -> None:
    data = picture_bytes()
    obj = objects.begin(
        kind="generated",
        owner_id=alice.pk,
        area=StoredObject.Area.PUBLIC,
        data=data,
        content_type="image/jpeg",
        extension="jpg",
        rendition_widths=[320],
    )
    objects.put(obj, data, {320: b"small"})
    assert bucket.keys() == keys_in_rows(bucket)
    StoredObject.objects.update(lease_until=obj.created_at)
    outbox.run()
    assert bucket.keys() == set()


def test_a_new_link_gives_pictures_new_addresses_in_the_same_bucket(
    bucket: Place, alice: User
) -> None:
    post = generate(alice)
    before = bucket.keys()
    sharing.revoke(post=post, by=alice)
    assert bucket.keys() == before, "the page under the new link lacks nothing"
    outbox.run()
    assert len(bucket.keys()) == len(before)
    assert not bucket.keys() & before
    assert set(post.images.values_list("object__area", flat=True)) == {"public"}


def test_a_key_is_written_once(bucket: Place, alice: User) -> None:
    reference = upload(alice)
    with pytest.raises(FileExistsError):
        objects.put(reference.object, b"other", {})
    assert objects.read_if_complete(reference.object)
