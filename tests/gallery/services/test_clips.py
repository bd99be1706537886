"""A clip is one object with a poster: kept, moved, deleted, exported and looked at whole."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from PIL import Image

from gallery.imaging import doubtful
from gallery.imaging.marking import mark, read_mark
from gallery.imaging.renditions import rendition_key
from gallery.models import GeneratedImage, Post, StoredObject, Usage
from gallery.services import (
    deletion,
    downloads,
    importing,
    outbox,
    posts,
    recount,
    review,
    storage_audit,
    trash,
)
from gallery.services.downloads import Metadata
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import create_clip_post, create_post, film_bytes, picture_bytes
from tests.gallery.imaging.films import create_film
from tests.gallery.services.archives import (
    as_elsewhere,
    export_of,
    first_picture,
    forged,
    read,
    save_parts,
    with_posts,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clip(alice: User) -> GeneratedImage:
    """A clip with sound, public, with its bytes."""
    post = create_clip_post(alice)
    return post.images.select_related("object", "post").get()


def stored(obj: StoredObject, key: str | None = None) -> bytes:
    with storages[obj.area].open(key or obj.key) as file:
        data: bytes = file.read()
    return data


def files_of(owner: User) -> list[str]:
    return [
        key
        for area in ("public", "private")
        for key, _size, _changed in storages[area].walk(f"generated/{owner.pk}/")  # type: ignore[attr-defined]
    ]


def posters_of(obj: StoredObject) -> list[str]:
    return [rendition_key(obj.key, width) for width in obj.rendition_widths]


# --- kept, moved, deleted ------------------------------------------------------------------------


def test_a_clip_counts_for_its_owner_with_all_its_bytes(alice: User, clip: GeneratedImage) -> None:
    assert clip.object.content_type == "video/mp4"
    assert Usage.objects.get(owner=alice).bytes_used == clip.object.size
    assert list(recount.drifts()) == []
    assert broken() == []


def test_the_trash_takes_film_and_poster_to_the_private_area_and_brings_them_back(
    alice: User, clip: GeneratedImage
) -> None:
    data, before = stored(clip.object), set(clip.object.all_keys)
    trash.trash(owner=alice, ids=[clip.post_id])
    outbox.run()
    moved = GeneratedImage.objects.select_related("object").get().object
    assert moved.area == "private"
    assert stored(moved) == data
    assert set(files_of(alice)) == set(moved.all_keys)
    assert not before & set(moved.all_keys)
    trash.restore(owner=alice, ids=[clip.post_id])
    outbox.run()
    image = GeneratedImage.objects.select_related("object").get()
    assert (image.object.area, image.object.content_type) == ("public", "video/mp4")
    assert (image.clip_ms, image.has_sound) == (clip.clip_ms, clip.has_sound)
    assert image.url.endswith(".mp4")
    assert image.preview_url.endswith(".webp")
    assert broken() == []


def test_a_clip_that_is_deleted_leaves_no_byte(alice: User, clip: GeneratedImage) -> None:
    assert set(files_of(alice)) == set(clip.object.all_keys)
    trash.trash(owner=alice, ids=[clip.post_id])
    outbox.run()
    deletion.delete_posts(Post.objects.filter(pk=clip.post_id), by=alice)
    outbox.run()
    assert files_of(alice) == []
    assert Usage.objects.get(owner=alice).bytes_used == 0
    assert broken() == []


# --- the audit -----------------------------------------------------------------------------------


def test_the_audit_makes_a_lost_poster_anew(clip: GeneratedImage) -> None:
    posters = {key: stored(clip.object, key) for key in posters_of(clip.object)}
    assert posters
    for key in posters:
        storages["public"].delete(key)
    report = storage_audit.audit()
    assert report.counts["rendition"] == len(posters)
    report = storage_audit.audit(fix=True)
    assert report.rebuilt == len(posters)
    assert {key: stored(clip.object, key) for key in posters} == posters
    assert all(read_mark(poster) for poster in posters.values())
    assert storage_audit.audit().is_clean


def test_the_audit_says_of_a_broken_film_that_it_cannot_be_mended(clip: GeneratedImage) -> None:
    [poster, *_] = posters_of(clip.object)
    path = Path(storages["public"].path(clip.object.key))
    path.write_bytes(path.read_bytes()[:40].ljust(clip.object.size, b"\0"))
    storages["public"].delete(poster)
    report = storage_audit.audit(fix=True)
    assert (report.rebuilt, report.is_clean) == (0, False)


def test_the_audit_finds_a_film_that_no_row_knows(alice: User, clip: GeneratedImage) -> None:
    key = f"generated/{alice.pk}/1-left-behind.mp4"
    storages["public"].save(key, ContentFile(film_bytes()))
    report = storage_audit.audit()
    assert report.counts["unknown"] == 0, "it may just be written"
    os.utime(storages["public"].path(key), (0, 0))
    assert storage_audit.audit().counts["unknown"] == 1
    assert clip.object.key not in " ".join(storage_audit.audit().samples)


# --- downloads -----------------------------------------------------------------------------------


def test_a_clip_is_named_as_one(clip: GeneratedImage) -> None:
    assert downloads.file_name(clip).endswith(".mp4")
    assert downloads.public_file_name(clip).endswith(".mp4")


def test_a_download_tells_only_the_mark_whatever_is_kept(clip: GeneratedImage) -> None:
    kept = mark(create_film(comment="a secret wish", title="Ada"), "video/mp4", "algorithmicMedia")
    assert b"a secret wish" in kept
    Path(storages["public"].path(clip.object.key)).write_bytes(kept)
    data = downloads.picture_file(clip, Metadata.NONE)
    assert read_mark(data) == "algorithmicMedia"
    assert b"secret" not in data
    assert b"Ada" not in data


def test_its_owner_may_have_it_tell_how_it_was_made_but_no_ids(clip: GeneratedImage) -> None:
    clip.params = {
        "seconds": 5,
        "first": {"image": 987654321},
        "last": {"reference": 987654322},
        "parent": 987654323,
        "root": 987654324,
    }
    data = downloads.picture_file(clip, Metadata.FULL)
    assert clip.prompt.encode() in data
    assert b"seconds: 5" in data
    assert b"98765432" not in data


def test_an_archive_holds_clips_as_they_are(alice: User, clip: GeneratedImage) -> None:
    picture = create_post(alice)
    chosen = Post.objects.filter(pk__in=[clip.post_id, picture.pk])
    for metadata in Metadata:
        archive = downloads.archive_of(user=alice, posts=chosen, metadata=metadata)
        data = b"".join(archive.stream())
        assert len(data) == archive.length
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            assert opened.testzip() is None
            names = opened.namelist()
            assert [name.rpartition(".")[2] for name in names] == ["jpg", "mp4"]
            info = opened.getinfo(names[1])
            assert info.compress_type == zipfile.ZIP_STORED
            assert opened.read(names[1]) == downloads.picture_file(clip, metadata)


# --- export and import ---------------------------------------------------------------------------


@pytest.fixture
def part(alice: User, clip: GeneratedImage, tmp_path: Path) -> Path:
    """The export of another installation, of a post with a clip."""
    [path] = save_parts(export_of(alice), tmp_path)
    as_elsewhere()
    return path


def test_an_export_has_the_film_and_says_what_it_is(part: Path, clip: GeneratedImage) -> None:
    [record] = [image for post in read(part, "posts.json") for image in post["images"]]
    assert record["media_type"] == "video/mp4"
    assert (record["clip_ms"], record["has_sound"]) == (clip.clip_ms, clip.has_sound)
    assert record["file"].endswith(".mp4")
    with zipfile.ZipFile(part) as archive:
        assert archive.getinfo(record["file"]).compress_type == zipfile.ZIP_STORED


def test_an_exported_clip_comes_back(part: Path, bob: User, clip: GeneratedImage) -> None:
    tally = importing.import_account([part], to=bob)
    assert (tally.posts, tally.pictures, tally.refused) == (1, 1, [])
    image = GeneratedImage.objects.select_related("object", "post").get(owner=bob)
    assert (image.clip_ms, image.has_sound) == (clip.clip_ms, clip.has_sound)
    assert (image.width, image.height) == (clip.width, clip.height)
    assert image.resolution == image.post.resolution == "480p"
    assert image.object.content_type == "video/mp4"
    assert image.object.rendition_widths == clip.object.rendition_widths
    assert downloads.picture_file(image, Metadata.FULL) == downloads.picture_file(
        clip, Metadata.FULL
    )
    assert downloads.picture_file(image, Metadata.NONE)
    assert posters_of(image.object)
    assert broken() == []
    # And once more, as often as somebody moves house.
    assert importing.import_account([part], to=bob).known == 1


@pytest.mark.parametrize(
    "lie",
    [
        {"clip_ms": 1, "has_sound": False},
        {"clip_ms": None, "media_type": "image/jpeg"},
        {"clip_ms": -5, "has_sound": "yes"},
        {"clip_ms": "long", "width": 9, "height": 9},
        {"resolution": "4K"},
    ],
)
def test_a_clip_whose_record_lies_is_taken_as_it_is_found(
    part: Path, bob: User, clip: GeneratedImage, tmp_path: Path, lie: dict[str, Any]
) -> None:
    change = with_posts(lambda posts: posts[0]["images"][0].update(lie))
    importing.import_account([forged(part, tmp_path / "forged.zip", change)], to=bob)
    image = GeneratedImage.objects.get(owner=bob)
    assert (image.clip_ms, image.has_sound) == (clip.clip_ms, clip.has_sound)
    assert (image.width, image.height) == (clip.width, clip.height)


def test_a_picture_that_is_called_a_clip_is_a_picture(
    part: Path, bob: User, tmp_path: Path
) -> None:
    def change(files: dict[str, bytes]) -> None:
        files[first_picture(files)] = picture_bytes()

    importing.import_account([forged(part, tmp_path / "forged.zip", change)], to=bob)
    image = GeneratedImage.objects.select_related("object").get(owner=bob)
    assert (image.clip_ms, image.has_sound) == (None, False)
    assert image.resolution == "1K", "no picture can be asked for in that of clips"
    assert image.object.content_type == "image/jpeg"
    assert image.object.key.endswith(".jpg")


@pytest.mark.parametrize("spoil", [lambda data: data[:-100], lambda data: b"\0\0\0\x18ftypisom"])
def test_a_film_that_is_none_is_refused_and_the_rest_comes(
    part: Path, bob: User, tmp_path: Path, spoil: Any
) -> None:
    def change(files: dict[str, bytes]) -> None:
        name = first_picture(files)
        files[name] = spoil(files[name])

    tally = importing.import_account([forged(part, tmp_path / "forged.zip", change)], to=bob)
    assert (tally.posts, tally.pictures, len(tally.refused)) == (1, 0, 1)
    assert broken() == []


# --- the review ----------------------------------------------------------------------------------


def test_of_a_clip_the_poster_is_looked_at(
    alice: User, clip: GeneratedImage, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MODERATION_GATE = True
    seen: list[tuple[int, int]] = []

    def score(image: Image.Image) -> float:
        seen.append(image.size)
        return 0.05

    monkeypatch.setattr(doubtful, "is_installed", lambda: True)
    monkeypatch.setattr(doubtful, "score", score)
    posts.set_visibility(post=clip.post, visibility=Post.Visibility.PUBLIC, by=alice)
    assert review.look_at(clip.post_id)
    clip.post.refresh_from_db()
    assert clip.post.review == Post.Review.PASSED
    assert seen == [(clip.width, clip.height)]
