"""A cache in front of the storage hears of what was withdrawn, and holds nobody up."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.files.storage import storages
from django.db.models.functions import Now

from gallery.models import Post, StoredObject
from gallery.services import deletion, outbox, trash
from pixelstream import cdn, invariants
from pixelstream.accounts.models import User
from tests.factories import create_object, create_post, create_reference
from tests.storage.servers import Place, free_ports
from tests.storage.test_commands import set_up

pytestmark = pytest.mark.django_db

State = StoredObject.State
TOKEN = "only-for-tests-token"
YES = b'{"success": true, "errors": [], "messages": [], "result": {"id": "1"}}'
NO = b'{"success": false, "errors": [{"code": 10000, "message": "Authentication error"}]}'


class FakeCache:
    """Takes what Cloudflare's API takes, and forgets nothing."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.tokens: set[str] = set()
        self.paths: set[str] = set()
        self.answer = 200, YES


@pytest.fixture
def cache(settings: Any) -> Iterator[FakeCache]:
    """A cache that the application is to tell."""
    fake = FakeCache()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert set(body) == {"files"}
            assert self.headers["Content-Type"] == "application/json"
            fake.calls.append(body["files"])
            fake.tokens.add(self.headers["Authorization"])
            fake.paths.add(self.path)
            status, answer = fake.answer
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.CDN_PURGE_URL = f"http://127.0.0.1:{server.server_port}/zones/z1/purge_cache"
    settings.CDN_PURGE_TOKEN = TOKEN
    yield fake
    server.shutdown()
    server.server_close()


def told(cache: FakeCache) -> set[str]:
    return {address for call in cache.calls for address in call}


def time_passes() -> None:
    StoredObject.objects.filter(next_attempt_at__isnull=False).update(
        next_attempt_at=Now() - timedelta(seconds=1)
    )


def test_a_picture_that_is_trashed_is_forgotten_with_its_renditions(
    s3: Place, cache: FakeCache, alice: User
) -> None:
    post = create_post(alice)
    obj = post.images.get().object
    addresses = {storages["public"].url(key) for key in obj.all_keys}
    assert all(address.startswith("http") for address in addresses)
    trash.trash(owner=alice, ids=[post.pk])
    outbox.run()
    assert told(cache) == addresses
    assert cache.tokens == {f"Bearer {TOKEN}"}
    assert cache.paths == {"/zones/z1/purge_cache"}
    obj.refresh_from_db()
    assert obj.state == State.GONE
    assert invariants.broken() == []


def test_on_the_disk_the_addresses_are_those_of_the_site(
    cache: FakeCache, alice: User, settings: Any
) -> None:
    obj = create_object(alice)
    StoredObject.objects.update(state=State.DELETING)
    assert outbox.drain() == 1
    assert f"{settings.SITE_URL}/media/{obj.key}" in told(cache)


def test_of_private_objects_no_cache_hears(s3: Place, cache: FakeCache, alice: User) -> None:
    reference = create_reference(alice)
    deletion.delete_reference(reference=reference, by=alice, include_generated=False)
    assert outbox.drain() == 1
    assert cache.calls == []


def test_the_bytes_are_gone_before_the_cache_is_told(
    s3: Place, cache: FakeCache, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other way round it might fetch them again."""
    create_object(alice)
    StoredObject.objects.update(state=State.DELETING)
    left: list[set[str]] = []
    purge = cdn.purge

    def look_and_purge(addresses: Any) -> None:
        left.append(s3.keys())
        purge(addresses)

    monkeypatch.setattr(cdn, "purge", look_and_purge)
    outbox.drain()
    assert left == [set()]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((403, NO), "403"),
        ((200, NO), "Authentication error"),
        ((429, b""), "429"),
        ((500, b"<html>oops</html>"), "oops"),
        ((302, b""), "302"),
    ],
)
def test_a_cache_that_refuses_is_told_again_and_the_bytes_are_gone_at_once(
    s3: Place, cache: FakeCache, alice: User, answer: tuple[int, bytes], why: str
) -> None:
    obj = create_object(alice)
    StoredObject.objects.update(state=State.DELETING)
    cache.answer = answer
    assert outbox.drain() == 0
    assert s3.keys() == set(), "deleting never waits for the cache"
    obj.refresh_from_db()
    assert (obj.state, obj.attempts, obj.claim) == (State.DELETING, 1, None)
    assert obj.last_error.startswith("cache: ")
    assert why in obj.last_error
    assert TOKEN not in obj.last_error
    assert obj.next_attempt_at is not None
    assert outbox.drain() == 0, "it waits a moment"
    cache.answer = 200, YES
    time_passes()
    assert outbox.drain() == 1
    obj.refresh_from_db()
    assert (obj.state, obj.last_error) == (State.GONE, "")
    assert cache.paths == {"/zones/z1/purge_cache"}, "no redirect was followed"


def test_a_cache_that_is_away_is_asked_once_a_run(
    s3: Place, cache: FakeCache, alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "BATCH", 1)
    (port,) = free_ports(1)
    working, settings.CDN_PURGE_URL = settings.CDN_PURGE_URL, f"http://127.0.0.1:{port}/"
    calls = []
    purge = cdn.purge
    monkeypatch.setattr(cdn, "purge", lambda urls: (calls.append(urls), purge(urls)))
    for _ in range(3):
        create_object(alice)
    StoredObject.objects.update(state=State.DELETING)
    assert outbox.drain(limit=3) == 0
    assert len(calls) == 1
    assert s3.keys() == set()
    settings.CDN_PURGE_URL = working
    time_passes()
    assert outbox.drain(limit=3) == 3


def test_a_call_has_thirty_addresses_at_most_and_what_went_well_is_done(
    s3: Place, cache: FakeCache, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    owned = [create_object(alice) for _ in range(25)]
    count = sum(len(obj.all_keys) for obj in owned)
    StoredObject.objects.update(state=State.DELETING)
    purge, calls = cdn.purge, []

    def twice(addresses: Any) -> None:
        calls.append(len(addresses))
        if len(calls) > 1:
            raise TimeoutError("too slow")
        purge(addresses)

    with monkeypatch.context() as patched:
        patched.setattr(cdn, "purge", twice)
        gone = outbox.drain()
    assert calls[0] == cdn.ADDRESSES_OF_ONE_CALL
    assert 0 < gone < len(owned)
    time_passes()
    cache.calls.clear()
    assert outbox.drain() == len(owned) - gone
    assert max(map(len, cache.calls)) <= cdn.ADDRESSES_OF_ONE_CALL
    assert len(told(cache)) < count, "what it has forgotten it is not told again"


def test_without_a_cache_nobody_is_asked(
    s3: Place, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cdn, "purge", lambda urls: pytest.fail("there is no cache"))
    post = create_post(alice)
    trash.trash(owner=alice, ids=[post.pk])
    deletion.delete_posts(Post.objects.filter(pk=post.pk), by=alice)
    outbox.run()
    assert not StoredObject.objects.exclude(state=State.GONE).exists()


@pytest.mark.parametrize(
    ("address", "token"),
    [("no address", "x"), ("http://[::1/", "x"), ("http://127.0.0.1:1/", "a\nsecret")],
)
def test_settings_that_cannot_be_used_are_an_error_without_the_token(
    settings: Any, address: str, token: str
) -> None:
    settings.CDN_PURGE_URL, settings.CDN_PURGE_TOKEN = address, token
    (error,) = set(cdn.Cache().forget(["generated/1/a.jpg"]).values())
    assert "CDN_PURGE_URL or CDN_PURGE_TOKEN" in error
    assert "secret" not in error


def test_a_broken_address_is_told_by_the_checks(settings: Any) -> None:
    settings.CDN_PURGE_URL = "api.cloudflare.com/client/v4/zones/z1/purge_cache"
    assert any("CDN_PURGE_URL" in message.msg for message in run_checks())


def test_setting_up_tries_the_cache(s3: Place, cache: FakeCache) -> None:
    assert "found: the cache at CDN_PURGE_URL" in set_up()
    cache.answer = 403, NO
    printed = set_up()
    assert "FAILED: the cache at CDN_PURGE_URL: 403" in printed
    assert "Authentication error" in printed
    assert "exit 1" in printed
