"""Sessions that began before there was a list are in it too: nobody could end them else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import migrations
from django.utils import timezone

BATCH = 1000
NOBODY_KNOWS = "::"


def list_them(apps: Any, schema_editor: Any) -> None:
    """A few at a time: what a session holds is only known once it is decoded. When it began is not
    written anywhere; its last change is.
    """
    Session = apps.get_model("sessions", "Session")
    UserSession = apps.get_model("usersessions", "UserSession")
    User = apps.get_model("accounts", "User")
    life = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    store, last = SessionStore(), ""
    open_still = Session.objects.filter(expire_date__gt=timezone.now()).order_by("session_key")
    while batch := list(open_still.filter(session_key__gt=last)[:BATCH]):
        last = batch[-1].session_key
        whose = {}
        for session in batch:
            person = str(store.decode(session.session_data).get(SESSION_KEY, ""))
            if person.isdecimal():
                whose[session.session_key] = (int(person), session.expire_date - life)
        people = {person for person, _when in whose.values()}
        known = set(User.objects.filter(pk__in=people).values_list("pk", flat=True))
        UserSession.objects.bulk_create(
            [
                UserSession(
                    session_key=key,
                    user_id=person,
                    ip=NOBODY_KNOWS,
                    user_agent="",
                    created_at=when,
                    last_seen_at=when,
                )
                for key, (person, when) in whose.items()
                if person in known
            ],
            ignore_conflicts=True,
        )


class Migration(migrations.Migration):
    # Outside of one transaction: who signs in meanwhile does not wait for it.
    atomic = False

    dependencies = [
        ("accounts", "0002_sharing"),
        ("sessions", "0001_initial"),
        ("usersessions", "0001_initial"),
    ]

    operations = [
        # online: a thousand sessions at a time, each time a read and one insert; what is there stays
        migrations.RunPython(list_them, migrations.RunPython.noop),
    ]
