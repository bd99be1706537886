"""Names, archives, places in the queue of streams, and counting without writing."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis
from django.core.files.storage import storages
from django.db import connection
from django.utils import timezone

from gallery.archive import Archive
from gallery.imaging.marking import read_mark
from gallery.models import Post, StoredObject
from gallery.services import downloads
from gallery.services.downloads import COUNTS, TAKEN, Metadata, Streams
from pixelstream.accounts.models import User
from tests.conftest import BrokerServer
from tests.factories import create_image, create_post

pytestmark = pytest.mark.django_db


def archive_of(user: User, *posts: Post, metadata: Metadata = Metadata.NONE) -> Archive:
    chosen = Post.objects.filter(pk__in=[post.pk for post in posts])
    return downloads.archive_of(user=user, posts=chosen, metadata=metadata)


def opened(archive: Archive) -> zipfile.ZipFile:
    data = b"".join(archive.stream())
    assert len(data) == archive.length
    read = zipfile.ZipFile(io.BytesIO(data))
    assert read.testzip() is None
    return read


def dated(post: Post, day: datetime = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)) -> Post:
    Post.objects.filter(pk=post.pk).update(created_at=day)
    post.images.update(created_at=day)
    return post


def test_a_file_is_named_after_day_caption_and_model(alice: User) -> None:
    image = downloads.pictures_of(dated(create_post(alice)))[0]
    assert downloads.file_name(image) == "2026-03-01_last-light_lumen.jpg"


def test_a_file_without_a_caption_does_not_tell_the_prompt(alice: User) -> None:
    post = dated(create_post(alice, caption="", prompt="a secret"))
    assert downloads.file_name(post.images.get()) == f"2026-03-01_post-{post.pk}_lumen.jpg"


@pytest.mark.parametrize(
    "caption",
    [
        "../../etc/passwd",
        "..\\..\\boot.ini",
        "/etc/passwd",
        "CON",
        "...",
        "a\0b\r\nX-Evil: 1",
        'a"; filename="evil.exe',
        "\u202egpj.exe",
        "🌊" * 300,
        "x" * 300,
        "海" * 300,
        "C:\\a:b*c?",
        " . ",
        "\ufeff\u200b",
    ],
)
def test_no_caption_makes_a_name_that_is_not_a_plain_one(alice: User, caption: str) -> None:
    post = create_post(alice, caption=caption.replace("\0", "") or "x")
    post.caption = caption
    image = post.images.get()
    image.post, image.model_name = post, caption[:120]
    name = downloads.file_name(image)
    assert not set('/\\:*?"<>|\0\r\n\u202e') & set(name)
    assert len(name.encode()) <= 255
    assert name.endswith(".jpg")
    assert ".." not in name
    assert name[0].isdigit(), "a name that begins with a day is never reserved"


def test_an_archive_has_all_pictures_of_all_posts_under_names_of_their_own(alice: User) -> None:
    posts = [dated(create_post(alice, images=2)) for _ in range(2)]
    with opened(archive_of(alice, *posts)) as read:
        stem = "2026-03-01_last-light_lumen"
        assert read.namelist() == [f"{stem}.jpg", *(f"{stem}-{n}.jpg" for n in (2, 3, 4))]
        for name in read.namelist():
            assert read_mark(read.read(name)) == "algorithmicMedia"


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
@pytest.mark.parametrize("metadata", Metadata)
def test_every_member_carries_the_mark_and_tells_the_rest_only_if_asked(
    alice: User, tmp_path: Path, metadata: Metadata
) -> None:
    post = create_post(alice, images=0, prompt="a lighthouse\nat dusk")
    for position in range(3):
        create_image(
            post,
            position=position,
            seed=41 + position,
            negative_prompt="blur",
            params={"aspect_ratio": "1:1", "prompt": "x", "seed": 1},
        )
    with opened(archive_of(alice, post, metadata=metadata)) as read:
        read.extractall(tmp_path)
    command = ["exiftool", "-json", "-n", "-all", str(tmp_path)]
    files = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert len(files) == 3
    for file in files:
        assert file["DigitalSourceType"].endswith("/algorithmicMedia")
        assert not {"Error", "Warning"} & set(file)
        if metadata is Metadata.FULL:
            assert file["AIPromptInformation"] == "a lighthouse\nat dusk"
            assert file["AISystemUsed"] == "Lumen (builtin/lumen)"
            assert file["NegativePrompt"] == "blur"
            assert file["Settings"] == "aspect_ratio: 1:1"
        else:
            assert "AIPromptInformation" not in file
            assert "lighthouse" not in str(file)
    if metadata is Metadata.FULL:
        assert {file["Seed"] for file in files} == {41, 42, 43}


def test_what_is_gone_is_named_in_the_archive_and_the_rest_is_there(alice: User) -> None:
    there, lost, withdrawn = (create_post(alice, caption=name) for name in "abc")
    storages["public"].delete(lost.images.get().object.key)
    gone = StoredObject.objects.filter(image__post=withdrawn)
    gone.update(state=StoredObject.State.GONE, gone_at=timezone.now())
    with opened(archive_of(alice, there, lost, withdrawn)) as read:
        assert len(read.namelist()) == 2
        note = read.read("MISSING.txt").decode()
    assert "_b_lumen.jpg: the file is no longer there" in note
    assert "_c_lumen.jpg: the file is no longer there" in note


def test_who_may_have_a_picture_is_asked_when_its_turn_comes(alice: User, bob: User) -> None:
    posts = [create_post(alice, caption=name) for name in "abcd"]
    archive = archive_of(alice, *posts)
    Post.objects.filter(caption="b").update(deleted_at=timezone.now())
    Post.objects.filter(caption="c").update(owner=bob)
    with opened(archive) as read:
        *pictures, note = read.namelist()
        assert [name.split("_")[1] for name in pictures] == ["d", "a"]
        assert note == "MISSING.txt"
        assert read.read("MISSING.txt").decode().count("no longer in your gallery") == 2


def test_a_suspended_person_gets_no_further_picture(alice: User) -> None:
    archive = archive_of(alice, create_post(alice), create_post(alice))
    User.objects.filter(pk=alice.pk).update(is_active=False)
    with opened(archive) as read:
        assert read.namelist() == ["MISSING.txt"]


def test_others_posts_are_never_in_an_archive(alice: User, bob: User) -> None:
    mine, theirs = create_post(alice), create_post(bob)
    trashed = create_post(alice, deleted_at=timezone.now())
    with opened(archive_of(alice, mine, theirs, trashed)) as read:
        assert len(read.namelist()) == 1
    with pytest.raises(downloads.NothingToDownloadError):
        archive_of(alice, theirs, trashed)


def test_there_is_a_limit_for_posts_and_for_bytes(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = [create_post(alice) for _ in range(3)]
    monkeypatch.setattr(downloads, "MAX_POSTS", 2)
    with pytest.raises(downloads.TooLargeError):
        archive_of(alice, *posts)
    assert archive_of(alice, *posts[:2])
    StoredObject.objects.filter(image__post=posts[0]).update(size=3 * 1024**3)
    with pytest.raises(downloads.TooLargeError):
        archive_of(alice, posts[0])


def test_planning_needs_the_same_queries_for_one_post_and_for_many(
    alice: User, django_assert_num_queries: object
) -> None:
    posts = [create_post(alice, images=2) for _ in range(12)]
    for metadata in Metadata:
        for some in (posts[:1], posts):
            with django_assert_num_queries(2):  # type: ignore[operator]
                archive = archive_of(alice, *some, metadata=metadata)
            with django_assert_num_queries(2 * len(some)):  # type: ignore[operator]
                list(archive.stream())


def test_a_person_has_two_streams_and_all_together_have_a_limit() -> None:
    streams = Streams(in_all=3)
    for user in (1, 1, 2):
        streams.begin(user)
    for user in (1, 2, 3):
        with pytest.raises(downloads.TooManyStreamsError):
            streams.begin(user)
    streams.end(1)
    streams.begin(3)
    for user in (1, 2, 3):
        streams.end(user)
    assert streams.running == 0


def test_streams_are_counted_right_when_many_begin_at_once() -> None:
    streams = Streams(in_all=50)
    barrier = threading.Barrier(8)

    def come_and_go(user: int) -> None:
        barrier.wait()
        for _ in range(200):
            streams.begin(user)
            streams.end(user)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(come_and_go, range(8)))
    assert streams.running == 0


# --- counting --------------------------------------------------------------------------------


def counts() -> list[int]:
    return list(Post.objects.order_by("pk").values_list("download_count", flat=True))


def test_counts_go_to_the_broker_and_from_there_to_the_posts(
    alice: User, broker: redis.Redis, django_assert_num_queries: object
) -> None:
    first, second, _third = (create_post(alice, images=0) for _ in range(3))
    revision = first.revision
    with django_assert_num_queries(0):  # type: ignore[operator]
        for post in (first, first, second):
            downloads.count_download(post.pk)
    assert counts() == [0, 0, 0]
    assert downloads.flush_counts() == 3
    assert counts() == [2, 1, 0]
    first.refresh_from_db()
    assert first.revision == revision, "nothing that a page shows has changed"
    assert downloads.flush_counts() == 0
    assert counts() == [2, 1, 0]
    assert broker.keys(f"{COUNTS}*") == []


def test_equal_counts_are_one_update(alice: User, django_assert_num_queries: object) -> None:
    for _ in range(20):
        downloads.count_download(create_post(alice, images=0).pk)
    with django_assert_num_queries(3):  # type: ignore[operator]
        downloads.flush_counts()  # savepoint, update, release
    assert counts() == [1] * 20


def test_an_archive_counts_each_post_once(alice: User) -> None:
    many, lost = create_post(alice, images=3), create_post(alice)
    storages["public"].delete(lost.images.get().object.key)
    list(archive_of(alice, many, lost).stream())
    assert downloads.flush_counts() == 1
    assert counts() == [1, 0]


def test_what_a_dead_flush_left_behind_is_brought_by_the_next(
    alice: User, broker: redis.Redis
) -> None:
    post = create_post(alice, images=0)
    broker.hset(f"{TAKEN}dead", str(post.pk), 5)
    downloads.count_download(post.pk)
    assert downloads.flush_counts() == 6
    assert counts() == [6]


def test_counts_that_another_took_meanwhile_are_not_added_twice(
    alice: User, broker: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = create_post(alice, images=0)
    downloads.count_download(post.pk)
    add = downloads._add

    def add_while_another_comes(found: dict[int, int]) -> None:
        add(found)
        (mine,) = broker.keys(f"{TAKEN}*")
        broker.rename(mine, f"{TAKEN}another")

    monkeypatch.setattr(downloads, "_add", add_while_another_comes)
    assert downloads.flush_counts() == 0
    assert counts() == [0], "the addition was taken back"
    monkeypatch.setattr(downloads, "_add", add)
    assert downloads.flush_counts() == 1
    assert counts() == [1]


@pytest.mark.django_db(transaction=True)
def test_flushing_at_once_adds_everything_once(alice: User) -> None:
    posts = [create_post(alice, images=0) for _ in range(5)]
    for _ in range(30):
        for post in posts:
            downloads.count_download(post.pk)

    def flush(_number: int) -> int:
        try:
            return downloads.flush_counts()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(flush, range(12)))
    downloads.flush_counts()
    assert counts() == [30] * 5


def test_a_broker_that_is_away_costs_the_count_and_nothing_else(
    alice: User, broker_server: BrokerServer
) -> None:
    post = create_post(alice)
    broker_server.stop()
    try:
        downloads.count_download(post.pk)
        with opened(archive_of(alice, post)) as read:
            assert len(read.namelist()) == 1
    finally:
        broker_server.start()
