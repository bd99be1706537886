"""What administrators read about each finding: what is wrong, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from pixelstream.file_sizes import file_size
from pixelstream.health.checks import Finding, State

NAMES: dict[str, Promise] = {
    "database": gettext_lazy("Database"),
    "migrations": gettext_lazy("Migrations"),
    "broker": gettext_lazy("Broker"),
    "beat": gettext_lazy("Beat"),
    "storage": gettext_lazy("Storage"),
    "outbox": gettext_lazy("Outbox"),
    "queue": gettext_lazy("Queue"),
}

WELL: dict[str, Promise] = {
    "database": gettext_lazy("The database answers."),
    "migrations": gettext_lazy("The database has all tables that this version needs."),
    "broker": gettext_lazy("The broker answers."),
    "beat": gettext_lazy("Beat rings, and workers carry out its duties."),
    "storage": gettext_lazy("The storage answers, and the disk has room."),
    "outbox": gettext_lazy("What is to be moved or deleted is done in time."),
    "queue": gettext_lazy("Jobs are taken in time."),
}

STATES: dict[State, Promise] = {
    State.OK: pgettext_lazy("state of a check", "OK"),
    State.DEGRADED: pgettext_lazy("state of a check", "degraded"),
    State.FAILING: pgettext_lazy("state of a check", "failing"),
}


@dataclass(frozen=True)
class Cause:
    """A fault: the sentence, what to do, a command that helps, and where it is written about."""

    sentence: Promise
    advice: Promise
    command: str = ""
    document: str = "docs/monitoring.md"


CAUSES: dict[str, Cause] = {
    "database-away": Cause(
        gettext_lazy("The database does not answer: no page can be made."),
        gettext_lazy(
            "See whether its server runs, and whether DATABASE_URL still leads to it. Pages come "
            "back by themselves, and no work is lost."
        ),
    ),
    "migrations-missing": Cause(
        gettext_lazy(
            "The database is older than the program: a migration has not been applied, the first "
            "of them is %(first)s."
        ),
        gettext_lazy("Apply the migrations."),
        "python manage.py migrate",
        "docs/upgrade.md",
    ),
    "broker-away": Cause(
        gettext_lazy(
            "The broker does not answer: new work waits, open pages are not brought up to date, "
            "and signing in may fail."
        ),
        gettext_lazy(
            "See whether Redis or Valkey runs, and whether REDIS_URL still leads to it. What waits "
            "is taken up as soon as it is back."
        ),
    ),
    "beat-silent": Cause(
        gettext_lazy("Beat does not ring: nothing is done by the clock, and lost work stays lost."),
        gettext_lazy(
            "Start the beat process, one of them for all hosts, or run its duties by cron."
        ),
        "celery -A pixelstream.clock beat",
    ),
    "beat-unheard": Cause(
        gettext_lazy("Beat rings, and no worker carries out its duties."),
        gettext_lazy(
            "If no worker is listed below, start one. If they are, they have their hands full: "
            "raise WORKER_CONCURRENCY or start a further worker."
        ),
        "celery -A pixelstream worker",
    ),
    "storage-away": Cause(
        gettext_lazy(
            "The object storage does not answer: uploads and new pictures fail, and are tried "
            "again."
        ),
        gettext_lazy("Try it out: the command names what is wrong with each bucket."),
        "python manage.py setup_storage",
        "docs/storage.md",
    ),
    "disk-away": Cause(
        gettext_lazy(
            "The disk with the pictures cannot be read: uploads and new pictures fail, and are "
            "tried again."
        ),
        gettext_lazy("See whether the disk is mounted, and whose the folder DATA_DIR is."),
        document="docs/storage.md",
    ),
    "disk-full": Cause(
        gettext_lazy("The disk is nearly full: %(free)s are free."),
        gettext_lazy(
            "Make room, or move the pictures to object storage. The trash can be emptied sooner, "
            "and old logs and backups often are the most."
        ),
        "python manage.py purge_trash",
        "docs/storage.md",
    ),
    "outbox-old": Cause(
        gettext_lazy(
            "Objects wait too long to be moved or deleted: what people deleted or withdrew is "
            "still in storage."
        ),
        gettext_lazy(
            "See whether beat and a worker run and storage answers, above. By hand it goes at once."
        ),
        "python manage.py drain_outbox",
        "docs/deletion.md",
    ),
    "outbox-refused": Cause(
        gettext_lazy("Storage refuses some objects again and again (%(number)s of them)."),
        gettext_lazy(
            "The list of stored objects that are stuck says why for each. Often the keys of the "
            "storage lack the right to delete."
        ),
        "python manage.py setup_storage",
        "docs/deletion.md",
    ),
    "queue-old": Cause(
        gettext_lazy("Jobs wait too long for a worker."),
        gettext_lazy(
            "If no worker is listed below, start one. If they are, they have more to do than they "
            "can: raise WORKER_CONCURRENCY or start a further worker."
        ),
        "celery -A pixelstream worker",
    ),
    "queue-silent": Cause(
        gettext_lazy("Workers went silent over jobs that nobody took up (%(number)s of them)."),
        gettext_lazy(
            "The sweep ends or repeats them. If they stay, beat or the workers do not run: see "
            "above."
        ),
        "python manage.py sweep_jobs",
    ),
    "unknown-without-database": Cause(
        gettext_lazy("It cannot be said: the database does not answer, or lacks migrations."),
        gettext_lazy("See to the database first."),
    ),
    "unknown-without-broker": Cause(
        gettext_lazy("It cannot be said: the broker does not answer."),
        gettext_lazy("See to the broker first."),
    ),
}


def sentence(finding: Finding) -> str:
    """How it is, in the language of whoever asks."""
    if not finding.cause:
        return str(WELL[finding.name])
    said = dict(finding.said)
    if "free" in said:
        said["free"] = file_size(int(said["free"]))
    return str(CAUSES[finding.cause].sentence) % said


def ago(seconds: float) -> str:
    """How long ago something was: in seconds, minutes, hours or days."""
    size = next((size for size in (86_400, 3_600, 60) if seconds >= size), 1)
    number = int(seconds // size)
    if size == 86_400:
        text = ngettext("%(n)s day ago", "%(n)s days ago", number)
    elif size == 3_600:
        text = ngettext("%(n)s hour ago", "%(n)s hours ago", number)
    elif size == 60:
        text = ngettext("%(n)s minute ago", "%(n)s minutes ago", number)
    else:
        text = ngettext("%(n)s second ago", "%(n)s seconds ago", number)
    return text % {"n": number}


def headline(state: State) -> str:
    """Of the whole."""
    if state is State.OK:
        return _("Everything runs.")
    if state is State.DEGRADED:
        return _("Pages are served, but something does not work as it should.")
    return _("This host cannot serve pages.")
