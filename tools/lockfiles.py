"""The lock files of the dependencies, read: what is pinned, and with which hashes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT_DIR = Path(__file__).resolve().parent.parent
#: What is installed to run, what some run besides, and what checks and tests need on top.
RUN = "requirements.txt"
LOCAL = "requirements-local.txt"
DEVELOPMENT = "requirements-dev.txt"


@dataclass(frozen=True, slots=True)
class Locked:
    """One line of a lock file. `version` is empty if it is not pinned to one."""

    name: str
    version: str
    hashes: int


def read(file: Path) -> tuple[Locked, ...]:
    """Read a lock file as `uv pip compile` writes it: a package may be there once a Python."""
    return tuple(_lines(file.read_text("utf-8")))


def problems(file: Path) -> list[str]:
    """Name what would be installed without being pinned, or without being checked by a hash."""
    found = []
    for locked in read(file):
        if not locked.version:
            found.append(f"{file.name}: {locked.name} is not pinned to one version")
        if not locked.hashes:
            found.append(f"{file.name}: {locked.name} has no hash")
    return found


def _lines(text: str) -> Iterator[Locked]:
    joined = re.sub(r"\\\n", " ", text)
    for line in joined.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        wanted, *hashes = re.split(r"\s+--hash=sha256:", line.strip())
        requirement = Requirement(wanted)
        pins = [each.version for each in requirement.specifier if each.operator == "=="]
        yield Locked(
            name=canonicalize_name(requirement.name),
            version=pins[0] if len(pins) == len(requirement.specifier) == 1 else "",
            hashes=len(hashes),
        )
