"""What becomes of objects when the way to the server, or the server, is not well."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db.models.functions import Now
from django.utils import timezone

from gallery.models import Post, StoredObject
from gallery.services import deletion, objects, outbox, quota, storage_audit, trash
from pixelstream import invariants
from pixelstream.accounts.models import User
from pixelstream.object_storage import account, transfers
from pixelstream.storages import StorageUnavailableError
from tests.factories import create_object, create_post
from tests.storage.proxy import Proxy, proxy_to
from tests.storage.servers import Place, Server, free_ports

KEY = "generated/7/1700000000000-abc.png"
OTHER_KEY = "generated/7/1700000000000-def.png"
PICTURE = b"picture " * 40_000
State = StoredObject.State


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """As little patience as is needed to see that it ends."""
    monkeypatch.setattr(account, "READ_SECONDS", 0.5)


def begin(alice: User, data: bytes) -> StoredObject:
    """A row for an object that is about to be written."""
    return objects.begin(
        kind="generated",
        owner_id=alice.pk,
        area=StoredObject.Area.PUBLIC,
        data=data,
        content_type="image/png",
        extension="png",
        rendition_widths=[320],
    )


def test_the_time_outs_add_up_to_less_than_half_a_minute(moto: Server) -> None:
    """The real ones: a put of a usual picture, whatever the server does or does not do."""
    config = moto.new_place().area("public").client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (2, 10)
    assert config.retries == {"mode": "standard", "total_max_attempts": 2}
    longest_pause = 1
    sending = transfers.deadline(300_000) - time.monotonic()
    assert 2 * (config.connect_timeout + config.read_timeout) + longest_pause < 30
    assert sending + config.read_timeout < 30


def test_a_server_that_swallows_everything_is_left_soon(
    behind_proxy: Place, proxy: Proxy, impatient: None
) -> None:
    area = behind_proxy.area("public")
    proxy.blackhole = True
    started = time.monotonic()
    for ask in (
        lambda: area.save(KEY, ContentFile(PICTURE)),
        lambda: area.exists(KEY),
        lambda: area.open(KEY),
        lambda: list(area.walk()),
    ):
        with pytest.raises(StorageUnavailableError):
            ask()
    assert set(area.delete_many([KEY])) == {KEY}
    assert time.monotonic() - started < 30
    assert proxy.requests <= 5 * account.ATTEMPTS


def test_nobody_listening_is_an_os_error(moto: Server) -> None:
    (port,) = free_ports(1)
    area = moto.new_place().area("public", endpoint_url=f"http://127.0.0.1:{port}")
    with pytest.raises(OSError):
        area.save(KEY, ContentFile(b"x"))
    with pytest.raises(OSError):
        area.exists(KEY)


def test_a_connection_that_is_refused_or_broken_is_an_os_error(
    behind_proxy: Place, proxy: Proxy
) -> None:
    area = behind_proxy.area("public")
    area.save(KEY, ContentFile(PICTURE))
    proxy.reset_after = 1000
    with pytest.raises(StorageUnavailableError):
        area.open(KEY)
    proxy.reset_after = None
    assert area.open(KEY).read() == PICTURE
    proxy.refuse = True
    area = behind_proxy.area("public", connections=11)  # no connection from before
    with pytest.raises(StorageUnavailableError):
        area.open(KEY)


def test_a_server_that_dribbles_is_left(
    behind_proxy: Place, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every byte restarts the time-out of a read; only the whole has an end."""
    area = behind_proxy.area("public")
    area.save(KEY, ContentFile(PICTURE))
    proxy.bytes_a_second = 50_000
    monkeypatch.setattr(transfers, "PATIENCE", 0.5)
    monkeypatch.setattr(transfers, "SLOWEST", 10**9)
    with pytest.raises(StorageUnavailableError, match="too slowly"):
        area.open(KEY)


def test_a_server_that_takes_slowly_is_left(moto: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    area = moto.new_place().area("public")
    monkeypatch.setattr(transfers, "PATIENCE", -10.0)  # over before it began
    with pytest.raises(StorageUnavailableError, match="too slowly"):
        area.save(KEY, ContentFile(PICTURE))


def test_a_busy_server_is_asked_once_more(behind_proxy: Place, proxy: Proxy) -> None:
    area = behind_proxy.area("public")
    area.save(KEY, ContentFile(PICTURE))
    proxy.requests, proxy.unavailable_every = 1, 2
    assert area.open(KEY).read() == PICTURE
    assert proxy.requests == 3


def test_a_server_that_stays_busy_is_an_os_error(behind_proxy: Place, proxy: Proxy) -> None:
    area = behind_proxy.area("public")
    proxy.unavailable_every = 1
    with pytest.raises(StorageUnavailableError, match="503"):
        area.exists(KEY)


def test_a_put_whose_answer_was_lost_is_no_clash(behind_proxy: Place, proxy: Proxy) -> None:
    """The second try finds the first one's object."""
    area = behind_proxy.area("public")
    proxy.lose_answers = 1
    assert area.save(KEY, ContentFile(PICTURE)) == KEY
    assert area.open(KEY).read() == PICTURE


def test_a_clash_is_one_though_the_first_answer_was_lost(behind_proxy: Place, proxy: Proxy) -> None:
    area = behind_proxy.area("public")
    area.save(KEY, ContentFile(b"somebody else's"))
    proxy.lose_answers = 1
    with pytest.raises(FileExistsError):
        area.save(KEY, ContentFile(PICTURE))
    assert area.open(KEY).read() == b"somebody else's"


def test_a_put_is_one_way_there_and_back(behind_proxy: Place, proxy: Proxy) -> None:
    behind_proxy.area("public").save(KEY, ContentFile(PICTURE))
    (head,) = proxy.heads
    assert b"if-none-match: *" in head
    assert b"expect:" not in head
    assert b"acl" not in head
    assert b"checksum" not in head


def test_deletions_are_checked_in_the_way_that_every_server_knows(
    behind_proxy: Place, proxy: Proxy
) -> None:
    assert behind_proxy.area("public").delete_many([KEY]) == {}
    (head,) = proxy.heads
    assert b"content-md5: " in head
    assert b"checksum" not in head


@pytest.mark.django_db
def test_a_put_that_failed_and_was_stored_is_found_complete(
    behind_proxy: Place, proxy: Proxy, alice: User
) -> None:
    """Whoever comes next adopts it instead of paying again."""
    obj = begin(alice, PICTURE)
    storages["public"].save(obj.all_keys[1], ContentFile(b"small"))
    proxy.lose_answers = account.ATTEMPTS
    with pytest.raises(OSError):
        objects.put(obj, PICTURE, {})
    assert objects.read_if_complete(obj) == PICTURE
    assert hashlib.sha256(PICTURE).hexdigest() == obj.sha256


@pytest.mark.django_db
def test_a_put_that_was_not_stored_is_not_complete(
    behind_proxy: Place, proxy: Proxy, alice: User
) -> None:
    obj = begin(alice, PICTURE)
    proxy.unavailable_every = 1
    with pytest.raises(OSError):
        objects.put(obj, PICTURE, {320: b"small"})
    with pytest.raises(OSError):
        objects.read_if_complete(obj)  # "no answer" is not "not there"
    proxy.unavailable_every = None
    assert objects.read_if_complete(obj) is None


def test_connections_are_used_again(seaweedfs: Server) -> None:
    with proxy_to(seaweedfs) as proxy:
        area = seaweedfs.new_place(endpoint=f"http://127.0.0.1:{proxy.port}").area("public")
        area.save(KEY, ContentFile(PICTURE))
        for _ in range(5):
            assert area.open(KEY).read() == PICTURE
            assert area.exists(KEY)
    assert (proxy.requests, proxy.connections) == (11, 1)


@pytest.mark.django_db
def test_deleting_waits_for_a_storage_that_is_away(
    behind_proxy: Place, proxy: Proxy, alice: User
) -> None:
    obj = create_object(alice)
    StoredObject.objects.filter(pk=obj.pk).update(state=State.DELETING)
    proxy.unavailable_every = 1
    assert outbox.drain() == 0
    obj.refresh_from_db()
    assert obj.state == State.DELETING
    assert "503" in obj.last_error
    proxy.unavailable_every = None
    StoredObject.objects.filter(pk=obj.pk).update(next_attempt_at=None)
    assert outbox.drain() == 1
    assert behind_proxy.keys() == set()


@pytest.mark.parametrize(
    "fault",
    [
        {"unavailable_every": 1},
        {"unavailable_every": 1, "status": b"500 Internal Server Error"},
        {"reset_after": 0},
        {"reset_after": 10},
        {"refuse": True},
        {"lose_answers": 1000},
    ],
    ids=["503", "500", "reset", "reset in the first line", "refused", "answer lost"],
)
def test_whatever_is_asked_of_a_server_that_is_not_well_the_failure_is_told(
    behind_proxy: Place, proxy: Proxy, fault: dict[str, Any]
) -> None:
    """Put, get, head, delete and list. Nothing is taken for missing, empty or done."""
    good = behind_proxy.area("public")
    good.save(KEY, ContentFile(PICTURE))
    for name, value in fault.items():
        setattr(proxy, name, value)
    area = behind_proxy.area("public", connections=12)  # no connection from before
    for ask in (
        lambda: area.save(OTHER_KEY, ContentFile(PICTURE)),
        lambda: area.open(KEY),
        lambda: area.exists(KEY),
        lambda: area.exists(OTHER_KEY),
        lambda: area.delete(OTHER_KEY),
        lambda: area.copy(KEY, behind_proxy.area("private", connections=12), KEY),
        lambda: list(area.walk()),
    ):
        with pytest.raises(StorageUnavailableError):
            ask()
    assert set(area.delete_many([OTHER_KEY])) == {OTHER_KEY}
    for name in fault:
        setattr(proxy, name, getattr(Proxy("", 0), name))
    assert good.open(KEY).read() == PICTURE
    assert [key for key, *_ in good.walk() if key == KEY] == [KEY]


@pytest.mark.django_db
def test_an_audit_whose_listing_breaks_off_mends_nothing(
    behind_proxy: Place, proxy: Proxy, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not listed is not missing."""
    monkeypatch.setattr(storage_audit, "GRACE", timedelta(seconds=-10))
    create_object(alice)
    storages["public"].save(KEY, ContentFile(b"unknown"))
    keys = behind_proxy.keys()
    proxy.requests, proxy.unavailable_every = 0, 1
    with pytest.raises(StorageUnavailableError):
        storage_audit.audit(fix=True)
    assert behind_proxy.keys() == keys
    proxy.unavailable_every = None
    assert storage_audit.audit().counts == {"unknown": 1}


@pytest.mark.django_db
def test_moves_and_deletions_whose_answers_are_lost_end_well_later(
    behind_proxy: Place, proxy: Proxy, alice: User
) -> None:
    """The copies are there, and nobody was told; then the deletions are done, and nobody was
    told.
    """
    kept, gone = create_post(alice), create_post(alice)
    trash.trash(owner=alice, ids=[kept.pk, gone.pk])
    for lost in (1000, 0, 1000, 0, 0):
        proxy.lose_answers = lost
        outbox.run()
        proxy.lose_answers = 0
        assert list(invariants.live_objects_have_their_bytes()) == []
        if lost == 0:
            deletion.delete_chosen(Post.objects.in_trash_of(alice), [gone.pk], by=alice)
        past = Now() - timedelta(seconds=1)
        StoredObject.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=past)
    obj = kept.images.get().object
    assert (obj.area, obj.moving_to) == ("private", "")
    assert behind_proxy.keys() == {f"{behind_proxy.private_bucket}/{key}" for key in obj.all_keys}
    assert invariants.broken() == []


@pytest.mark.django_db
def test_a_deletion_is_tried_for_as_long_as_it_takes(
    behind_proxy: Place, proxy: Proxy, alice: User
) -> None:
    """Three days and longer, every two hours."""
    obj = create_object(alice)
    StoredObject.objects.filter(pk=obj.pk).update(state=State.DELETING, attempts=100)
    quota.count(Counter({alice.pk: -obj.size}))
    proxy.unavailable_every = 1
    assert outbox.drain() == 0
    obj.refresh_from_db()
    assert obj.state == State.DELETING
    assert timedelta(hours=1.9) < obj.next_attempt_at - timezone.now() < timedelta(hours=2.1)
    proxy.unavailable_every = None
    StoredObject.objects.update(next_attempt_at=None)
    assert outbox.drain() == 1
    assert invariants.broken() == []


@pytest.mark.django_db
def test_what_one_call_could_not_delete_stays_to_be_deleted(
    s3: Place, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 200 with errors in it."""
    stuck, other = create_object(alice), create_object(alice)
    StoredObject.objects.update(state=State.DELETING)
    refuse_to_delete(storages["public"], stuck.key, monkeypatch)
    assert outbox.drain() == 1
    stuck.refresh_from_db()
    other.refresh_from_db()
    assert (stuck.state, other.state) == (State.DELETING, State.GONE)
    assert stuck.last_error == "InternalError: try again"
    assert s3.keys() == {f"{s3.bucket}/{stuck.key}"}


def refuse_to_delete(area: Any, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server keep this key, and say so as S3 does."""
    real = area.client.delete_objects

    def partly(**asked: Any) -> Any:
        others = [one for one in asked["Delete"]["Objects"] if one["Key"] != key]
        answer = real(**{**asked, "Delete": {"Objects": others, "Quiet": True}})
        error = {"Key": key, "Code": "InternalError", "Message": "try again"}
        return {**answer, "Errors": [*answer.get("Errors", ()), error]}

    monkeypatch.setattr(area.client, "delete_objects", partly)
