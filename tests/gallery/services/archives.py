"""Exports as files: saved, read, and changed as somebody might who means no good."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils.dateparse import parse_datetime

from gallery.models import AccountExport, Installation
from gallery.services import export_files, exporting, objects
from pixelstream.accounts.models import User

LONG_AGO = parse_datetime("2024-02-29T12:34:56.789012+00:00")

Change = Callable[[dict[str, bytes]], None]


def export_of(person: User) -> AccountExport:
    """Asked for, and made to its end."""
    export = exporting.begin(person)
    while AccountExport.objects.unfinished().filter(pk=export.pk).exists():
        exporting.carry_out(export.pk)
    export.refresh_from_db()
    return export


def save_parts(export: AccountExport, folder: Path) -> list[Path]:
    """As the person downloads them."""
    paths = []
    for part in export.parts.all():
        path = folder / part.filename
        with objects.storage_of(part.object).open(part.object.key) as stored:
            path.write_bytes(stored.read())
        paths.append(path)
    return paths


def read(path: Path, name: str) -> Any:
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read(name))


def as_elsewhere() -> None:
    """What is imported from now on comes from another installation."""
    Installation.objects.update(identifier=uuid4())


def in_small_parts(
    person: User, folder: Path, monkeypatch: pytest.MonkeyPatch, size: int = 25_000
) -> list[Path]:
    """An export of another installation in several parts."""
    monkeypatch.setattr(export_files, "END_ROOM", 2048)
    monkeypatch.setattr(export_files, "PART_BYTES", size)
    paths = save_parts(export_of(person), folder)
    as_elsewhere()
    assert len(paths) > 1
    return paths


def forged(
    path: Path,
    target: Path,
    change: Change,
    *,
    keeps_manifest: bool = False,
    manifest_change: Callable[[dict[str, Any]], None] = lambda manifest: None,
) -> Path:
    """The archive with other files; the manifest follows them unless it is kept."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    change(files)
    manifest_change(manifest)
    if not keeps_manifest:
        manifest["files"] = [
            {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in files.items()
        ]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr("manifest.json", json.dumps(manifest))
    return target


def with_posts(edit: Callable[[list[dict[str, Any]]], None]) -> Change:
    def change(files: dict[str, bytes]) -> None:
        posts = json.loads(files["posts.json"])
        edit(posts)
        files["posts.json"] = json.dumps(posts).encode()

    return change


def first_picture(files: dict[str, bytes]) -> str:
    return next(name for name in files if name.startswith("pictures/"))


def with_text(name: str, text: bytes) -> Change:
    return lambda files: files.update({name: text})


def without(name: str) -> Change:
    def change(files: dict[str, bytes]) -> None:
        del files[name]

    return change
