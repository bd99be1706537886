"""What a run consists of. Written last, with a checksum of itself."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pixelstream.backups.folders import BackupError, Run, written_whole

FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """A run in figures. Times are ISO 8601 in UTC, sizes are bytes."""

    run: str
    begun_at: str
    finished_at: str
    version: str
    """Of Pixelstream."""
    installation: str
    """Exports name it as well: two installations are never taken for the same."""
    vendor: str
    """Of the database: sqlite or postgresql."""
    server: str
    """The database's version."""
    migrations: list[str]
    rows: dict[str, int]
    """How many each table has."""
    files: dict[str, str]
    """SHA-256 of every file of the run."""
    database: str
    """Which of the files is the dump."""
    objects: int
    object_bytes: int
    missing: int
    """Objects that the dump names and that are in no backup: deleted meanwhile, or lost."""
    encryption_keys: dict[str, str]
    """Ids of FIELD_ENCRYPTION_KEYS with the beginnings of their SHA-256: to tell whether an
    installation has what the sealed secrets of this dump need. Of 32 random bytes a digest tells
    nothing.
    """
    erased: list[tuple[int, str]] = field(default_factory=list)
    """Who was erased by then: number of the person, and when it was asked for."""
    format: int = FORMAT


def write(run: Run, manifest: Manifest) -> None:
    """Write it: from now on the run is complete."""
    content = asdict(manifest)
    text = json.dumps({"manifest": content, "sha256": _digest(content)}, indent=1)
    with written_whole(run.manifest) as file:
        file.write(text.encode())


def read(run: Run) -> Manifest:
    """Read it. Raises BackupError when it is damaged, or of a kind that is not known here."""
    broken = f"The manifest of {run.name} is damaged ({run.manifest}); use another backup."
    try:
        whole = json.loads(run.manifest.read_text("utf-8"))
        content: dict[str, Any] = whole["manifest"]
        is_whole = whole["sha256"] == _digest(content)
    except FileNotFoundError:
        raise BackupError(f"{run.name} was cut off: it has no manifest.") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{broken} {error}") from error
    if not is_whole:
        raise BackupError(broken)
    if content.get("format") != FORMAT:
        raise BackupError(
            f"{run.name} is of format {content.get('format')}; this version reads {FORMAT}."
        )
    try:
        manifest = Manifest(**content)
    except TypeError as error:
        raise BackupError(f"{broken} {error}") from error
    if manifest.run != run.name:
        raise BackupError(f"{run.path} holds the manifest of another backup, {manifest.run}.")
    return manifest


def project_version(project: Path) -> str:
    """The version of Pixelstream, from its pyproject.toml."""
    import tomllib

    with (project / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
