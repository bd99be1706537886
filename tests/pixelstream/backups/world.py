"""An installation with something of everything, and what it holds, to the last row and byte."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection

from gallery.models import AuditEvent
from gallery.services import trash
from pixelstream.accounts.models import User
from tests.factories import (
    create_clip_post,
    create_conversation,
    create_post,
    create_project,
    create_reference,
    create_turn,
    create_user,
)
from tests.faults.harness import _database_url
from tools import postgres

PROJECT_DIR = Path(__file__).resolve().parents[3]
AREAS = ("public", "private")
PLACE = (
    *("R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY", "R2_ENDPOINT", "R2_PUBLIC_URL"),
    *("R2_BUCKET_NAME", "R2_PRIVATE_BUCKET_NAME"),
)


def people_and_their_things(count: int = 2) -> list[User]:
    """People with posts, clips, references, trash, shares and conversations."""
    people = []
    for number in range(count):
        person = create_user(f"person{number}@example.com", name=f"Person {number}")
        people.append(person)
        fill(person)
    return people


def fill(person: User) -> None:
    """Something of everything for one person."""
    project = create_project(person, f"Farol {person.projects.count()}")
    post = create_post(person, images=2, project=project)
    create_post(person, visibility="unlisted")
    create_clip_post(person)
    create_reference(person, kept=True)
    create_turn(create_conversation(person, post.images.first()), outputs=1)
    trash.trash(owner=person, ids=[create_post(person).pk])
    AuditEvent.objects.record("person.leave", actor=person, target=person)


def everything() -> dict[str, Any]:
    """Every row of every table, and the SHA-256 of every object."""
    return {"rows": rows(), "objects": objects()}


def rows() -> dict[str, list[str]]:
    """Every row of every table as the database writes it."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            found[table] = sorted(
                repr(dict(zip(names, row, strict=True))) for row in cursor.fetchall()
            )
    return found


def objects() -> dict[str, str]:
    """The SHA-256 of every object in storage."""
    found = {}
    for area in AREAS:
        for key, _size, _changed in storages[area].walk():
            with storages[area].open(key) as stored:
                found[f"{area}/{key}"] = hashlib.sha256(stored.read()).hexdigest()
    return found


def destroy() -> None:
    """Nothing is left: no table of the database, no object."""
    if connection.vendor == "sqlite":
        name = connection.settings_dict["NAME"]
        connection.close()
        for ending in ("", "-wal", "-shm"):
            Path(f"{name}{ending}").unlink(missing_ok=True)
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connection.close()
    for area in AREAS:
        keys = [key for key, _size, _changed in storages[area].walk()]
        storages[area].delete_many(keys)
    shutil.rmtree(settings.DATA_DIR / "media", ignore_errors=True)
    with connection.cursor() as cursor:
        assert connection.introspection.table_names(cursor) == []
    assert objects() == {}


def programs() -> dict[str, Any]:
    """Where this test's server has its programs; nothing for SQLite."""
    return {} if connection.vendor == "sqlite" else {"programs": postgres._binaries()}


def backup(folder: Path, **options: Any) -> None:
    """`manage.py backup`, in this process."""
    call_command("backup", to=folder, **programs(), **options)


def restore(folder: Path, **options: Any) -> None:
    """`manage.py restore`, in this process."""
    connection.close()
    call_command("restore", source=folder, **programs(), **options)


def in_another_process(*command: str, faults: str = "") -> int:
    """`manage.py` with these words, with faults planned. Returns how it ended."""
    given = programs()
    words = [*command, *(f"--{name}={value}" for name, value in given.items())]
    connection.close()
    shutil.rmtree(settings.DATA_DIR / "faultpoints", ignore_errors=True)
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=PROJECT_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "pixelstream.settings",
            "DATA_DIR": str(settings.DATA_DIR),
            "DATABASE_URL": _database_url(),
            "REDIS_URL": settings.REDIS_URL,
            "SECRET_KEY": settings.SECRET_KEY,
            "FIELD_ENCRYPTION_KEYS": settings.FIELD_ENCRYPTION_KEYS,
            "FAULTPOINTS": faults,
            **{name: str(getattr(settings, name)) for name in PLACE if settings.R2_BUCKET_NAME},
        },
        stdout=subprocess.DEVNULL,
        check=False,
    ).returncode
