"""The release before the one that is worked on, taken out of git.

A release ends where the database changes: the one before is the tree as it was before the newest
migration. Its programs run in the virtual environment that is there.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

from tools import lockfiles

MIGRATIONS = ":(glob)**/migrations/0*.py"


class NoReleaseBeforeError(Exception):
    """It cannot be had here; the text says why."""


def commit_before(project: Path) -> str:
    """The last commit without the newest migration. Raises NoReleaseBeforeError.

    Where a migration is not committed yet, that is the newest commit.
    """
    top = Path(_git(project, "rev-parse", "--show-toplevel"))
    if top != project.resolve():
        raise NoReleaseBeforeError(f"{project} is a folder of another repository, {top}")
    states = _git(project, "status", "--porcelain", "--untracked-files=all", "--", MIGRATIONS)
    if any(line.startswith(("??", "A")) for line in states.splitlines()):
        return _git(project, "rev-parse", "HEAD")
    added = _git(project, "log", "-1", "--diff-filter=A", "--format=%H", "--", MIGRATIONS)
    if not added:
        raise NoReleaseBeforeError("no commit of the history that is here added a migration")
    try:
        return _git(project, "rev-parse", "--verify", "--quiet", f"{added}^")
    except NoReleaseBeforeError as error:
        reason = f"the history that is here begins with {added[:9]} (a shallow clone?)"
        raise NoReleaseBeforeError(reason) from error


def unpack(project: Path, commit: str, folder: Path) -> Path:
    """Write the tree of a commit into a new folder. Returns it. Raises NoReleaseBeforeError."""
    try:
        done = subprocess.run(
            ["git", "-C", str(project), "archive", "--format=tar", commit],
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoReleaseBeforeError(_said(error)) from error
    folder.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def other_packages(project: Path, before: Path) -> tuple[list[str], list[str]]:
    """What the release before needs and this one does not, and what each has in its own version."""
    new, old = ({one.name: one.version for one in _locked(tree)} for tree in (project, before))
    gone = sorted(old.keys() - new.keys())
    changed = [
        f"{name} {old[name]} -> {new[name]}"
        for name in sorted(old.keys() & new.keys())
        if old[name] != new[name]
    ]
    return gone, changed


def _locked(tree: Path) -> tuple[lockfiles.Locked, ...]:
    return lockfiles.read(tree / lockfiles.RUN)


def _git(project: Path, *words: str) -> str:
    command = ["git", "-C", str(project), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoReleaseBeforeError(_said(error)) from error
    return done.stdout.strip()


def _said(error: Exception) -> str:
    told = getattr(error, "stderr", "") or str(error)
    text = told.decode("utf-8", "replace") if isinstance(told, bytes) else told
    return f"no git history: {text.strip()}"
