"""Where the release before ends: at the newest change of the database."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hosts import releases

Commit = Callable[..., str]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty repository."""
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "--quiet")
    return folder


@pytest.fixture
def commit(project: Path) -> Commit:
    """Writes a file and commits it. Returns the commit."""

    def write(path: str, text: str = "") -> str:
        place = project / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        git(project, "add", "--all")
        who = ("-c", "user.name=Alice", "-c", "user.email=alice@example.com")
        git(project, *who, "commit", "--quiet", "--message", path)
        return git(project, "rev-parse", "HEAD")

    return write


def git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_it_is_the_tree_before_the_newest_migration(project: Path, commit: Commit) -> None:
    commit("gallery/migrations/0001_first.py")
    before = commit("gallery/models.py")
    commit("gallery/migrations/0002_second.py")
    commit("README.md")
    assert releases.commit_before(project) == before


def test_a_migration_that_was_edited_is_no_new_one(project: Path, commit: Commit) -> None:
    before = commit("README.md")
    commit("gallery/migrations/0001_first.py")
    commit("gallery/migrations/0001_first.py", "# edited\n")
    assert releases.commit_before(project) == before


def test_beside_a_migration_that_is_being_written_it_is_the_newest_commit(
    project: Path, commit: Commit
) -> None:
    commit("README.md")
    newest = commit("gallery/migrations/0001_first.py")
    (project / "gallery/migrations/0002_second.py").touch()
    assert releases.commit_before(project) == newest


def test_a_history_without_one_says_so(project: Path, commit: Commit) -> None:
    commit("README.md")
    with pytest.raises(releases.NoReleaseBeforeError, match="added a migration"):
        releases.commit_before(project)


def test_a_history_that_begins_with_it_says_so(project: Path, commit: Commit) -> None:
    commit("gallery/migrations/0001_first.py")
    with pytest.raises(releases.NoReleaseBeforeError, match="begins with"):
        releases.commit_before(project)


def test_a_folder_that_is_no_repository_says_so(tmp_path: Path) -> None:
    with pytest.raises(releases.NoReleaseBeforeError):
        releases.commit_before(tmp_path)


def test_its_tree_is_written_as_it_was(project: Path, commit: Commit, tmp_path: Path) -> None:
    then = commit("gallery/models.py", "then\n")
    commit("gallery/models.py", "now\n")
    tree = releases.unpack(project, then, tmp_path / "before")
    assert (tree / "gallery/models.py").read_text("utf-8") == "then\n"
