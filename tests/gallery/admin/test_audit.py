"""The audit log: nobody changes it, and what is looked for is found without reading all of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.utils import timezone

from gallery.admin import audit
from gallery.models import AuditEvent
from pixelstream.accounts.models import User
from tests.factories import create_post
from tests.gallery.services.test_plans import plans

pytestmark = pytest.mark.django_db

LIST = "/admin/gallery/auditevent/"


def aged(days: float, action: str, **fields: object) -> AuditEvent:
    """An event of so many days ago; the newest last."""
    event = AuditEvent.objects.record(action, **fields)  # type: ignore[arg-type]
    moment = timezone.now() - timedelta(days=days)
    table = AuditEvent._meta.db_table
    with connection.cursor() as cursor:  # the model refuses to
        cursor.execute(
            f"UPDATE {table} SET created_at = %s WHERE id = %s",
            [connection.ops.adapt_datetimefield_value(moment), event.pk],
        )
    return event


def listed(client: Client, **query: str) -> list[str]:
    """The actions that are shown, from the newest on."""
    return [event.action for event in client.get(LIST, query).context["cl"].result_list]


def test_it_is_filtered_by_time(as_sam: Client) -> None:
    for days, action in ((400, "a"), (100, "b"), (20, "c"), (3, "d"), (0.5, "e")):
        aged(days, action)
    assert listed(as_sam) == ["e", "d", "c", "b", "a"]
    assert listed(as_sam, since="year") == ["e", "d", "c", "b"]
    assert listed(as_sam, since="month") == ["e", "d", "c"]
    assert listed(as_sam, since="week") == ["e", "d"]
    assert listed(as_sam, since="day") == ["e"]
    assert listed(as_sam, since="rubbish") == ["e", "d", "c", "b", "a"]


def test_the_first_event_since_a_moment_is_found_by_halving(as_sam: Client) -> None:
    assert audit.first_id_since(timezone.now()) == 1
    events = [aged(10 - n, "x") for n in range(10)]
    AuditEvent.objects.filter(pk=events[4].pk)._raw_delete("default")
    now = timezone.now()
    assert audit.first_id_since(now - timedelta(days=99)) <= events[0].pk
    since = audit.first_id_since(now - timedelta(days=6.5))
    assert AuditEvent.objects.filter(pk__gte=since).earliest("pk") == events[5]
    assert audit.first_id_since(now) == events[-1].pk + 1


def test_it_is_searched_by_who_what_and_whom(
    as_sam: Client, alice: User, bob: User, sam: User
) -> None:
    User.objects.filter(pk=bob.pk).update(handle="bob")
    post = create_post(alice, pk=4711)
    aged(3, "post.trash", actor=alice, target=post)
    aged(2, "post.disable", actor=sam, target=post)
    aged(1, "person.suspend", actor=sam, target=bob)
    aged(0, "post.trash", actor=bob)
    for words, found in (
        ("SAM@example.com", ["person.suspend", "post.disable"]),
        ("@bob", ["post.trash"]),
        ("post.trash", ["post.trash", "post.trash"]),
        ("Post.Disable", ["post.disable"]),
        ("nobody@example.com", []),
        (str(bob.pk), ["person.suspend"]),
        ("9" * 25, []),
        ("☃", []),
    ):
        with plans() as read:
            assert listed(as_sam, q=words) == found, words
        assert [step for step in read if "gallery_auditevent" in step] == [], words
    assert listed(as_sam, q=str(post.pk)) == ["post.disable", "post.trash"]
    assert listed(as_sam, action="post.trash") == ["post.trash", "post.trash"]
    assert listed(as_sam, action="post.trash", since="day") == ["post.trash"]


def test_an_action_is_looked_for_among_the_newest(
    as_sam: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for action in ("rare", "often", "often"):
        aged(0, action)
    assert listed(as_sam, q="rare") == ["rare"]
    monkeypatch.setattr(audit, "LOOKED_THROUGH", 2)
    assert listed(as_sam, q="rare") == []


def test_nobody_adds_changes_or_deletes_a_line(as_sam: Client, alice: User) -> None:
    event = aged(0, "post.trash", actor=alice)
    page = as_sam.get(f"{LIST}{event.pk}/change/")
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    for address in (f"{LIST}add/", f"{LIST}{event.pk}/change/", f"{LIST}{event.pk}/delete/"):
        assert as_sam.post(address, {"action": "x", "post": "yes"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": [event.pk], "post": "yes"}
    as_sam.post(LIST, form)
    assert AuditEvent.objects.get().action == "post.trash"
    assert not LogEntry.objects.exists()
