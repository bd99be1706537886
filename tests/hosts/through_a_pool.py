"""What `test_pool` runs with a DATABASE_URL that leads to a pool. Not found by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from gallery.models import Post, StoredObject
from gallery.services import deletion, outbox, purge, storage_audit
from pixelstream import invariants
from pixelstream.accounts.models import User
from tests.factories import start, work_off
from tests.hosts.pool import SIZE

pytestmark = pytest.mark.django_db(transaction=True)


def backend() -> int:
    """The server's process that answers now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_every_transaction_has_another_connection() -> None:
    """Else the tests below would prove nothing."""

    def one(_number: int) -> int:
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_sleep(0.2)")
                return backend()
        finally:
            connection.close()

    with ThreadPoolExecutor(4 * SIZE) as threads:
        seen = set(threads.map(one, range(4 * SIZE)))
    assert 1 < len(seen) <= SIZE
    assert len({backend() for _ in range(4 * SIZE)}) > 1, "one client, several connections"


def test_a_post_is_made_trashed_restored_deleted_and_purged(as_alice: Client, alice: User) -> None:
    made, trashed = start(alice), start(alice, "an old pier")
    for post in (made, trashed):
        work_off(post)
        assert post.images.count() == 1
    for page in ("gallery:post-list", "studio", "gallery:trash-list"):
        assert as_alice.get(reverse(page)).status_code == 200
    assert "lighthouse" in as_alice.get(reverse("gallery:post-list"), {"q": "lighth"}).text

    for name in ("gallery:post-trash", "gallery:post-restore"):
        assert as_alice.post(reverse(name, args=[made.pk])).status_code == 302
        outbox.run()
    made.refresh_from_db()
    assert made.deleted_at is None

    as_alice.post(reverse("gallery:post-trash", args=[trashed.pk]))
    past = Now() - settings.TRASH_RETENTION - timedelta(days=1)
    Post.objects.filter(pk=trashed.pk).update(deleted_at=past)
    assert purge.purge_trash().total == 1
    deletion.delete_posts(Post.objects.filter(owner=alice, pk=made.pk), by=alice)
    outbox.run()

    assert not Post.objects.exists()
    assert not StoredObject.objects.exclude(state=StoredObject.State.GONE).exists()
    assert invariants.broken() == []


def test_what_reads_whole_tables_works(alice: User) -> None:
    for prompt in ("one", "two"):
        work_off(start(alice, prompt))
    assert storage_audit.audit().is_clean
    call_command("doctor")


def test_the_role_has_the_limit_of_idle_transactions() -> None:
    """No connection can be told: `migrate` told the role."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase"
            " WHERE d.datname = current_database()"
        )
        assert cursor.fetchall() == [(["idle_in_transaction_session_timeout=15s"],)]
