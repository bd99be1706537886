"""Nothing that is known to be faulty is locked, and nothing that is locked goes unchecked."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tools import advisories, lockfiles
from tools.advisories import Advisory

HASH = "--hash=sha256:" + "0" * 64
FAULT = Advisory("thing", "1.10", "CVE-1", "It breaks.")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Lock files to be spoilt: `thing` is in each."""
    for name in advisories.LOCKS:
        (tmp_path / name).write_text(f"thing==1.10 \\\n    {HASH} \\\n    {HASH}\n")
    return tmp_path


def test_the_lock_files_are_free_of_the_known_advisories() -> None:
    known = advisories.read_list(advisories.LIST)
    assert list(advisories.problems(lockfiles.PROJECT_DIR, known)) == []
    assert {"django", "pillow", "urllib3", "cryptography"} <= {each.package for each in known}


def test_a_version_from_before_the_fix_is_named_with_the_reason(folder: Path) -> None:
    (folder / lockfiles.RUN).write_text(f"thing==1.9 \\\n    {HASH}\n")
    assert list(advisories.problems(folder, [FAULT])) == [
        "requirements.txt: thing 1.9 has CVE-1 (fixed in 1.10): It breaks."
    ]


def test_a_package_that_is_there_once_a_python_is_looked_at_twice(folder: Path) -> None:
    (folder / lockfiles.RUN).write_text(
        f"thing==1.9 ; python_full_version < '3.12' \\\n    {HASH}\n"
        f"thing==2.0 ; python_full_version >= '3.12' \\\n    {HASH}\n"
    )
    assert len(list(advisories.problems(folder, [FAULT]))) == 1


def test_names_are_compared_as_the_index_does(tmp_path: Path) -> None:
    (tmp_path / "list.toml").write_text(
        '[[advisory]]\npackage = "Some.Thing"\nfixed = "1"\nid = "x"\nwhy = "y"\n'
    )
    assert advisories.read_list(tmp_path / "list.toml")[0].package == "some-thing"


def test_an_entry_that_nothing_needs_any_more_is_named(folder: Path) -> None:
    other = Advisory("gone", "2", "CVE-2", "It broke.")
    assert list(advisories.problems(folder, [FAULT, other])) == [
        "advisories.toml: gone is not used any more"
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("thing==1.10", "thing has no hash"),
        (f"thing>=1.10 \\\n    {HASH}", "thing is not pinned to one version"),
        (f"thing==1.10,!=1.11 \\\n    {HASH}", "thing is not pinned to one version"),
    ],
)
def test_what_is_not_pinned_or_not_hashed_is_named(folder: Path, line: str, problem: str) -> None:
    (folder / lockfiles.LOCAL).write_text(f"# A comment.\n{line}\n")
    assert list(advisories.problems(folder, [FAULT])) == [f"requirements-local.txt: {problem}"]


@pytest.mark.parametrize(
    ("packages", "status", "said"),
    [
        ([{"name": "a", "version": "1", "vulns": []}], 0, "1 of 1 looked up, 0 with advisories"),
        (
            [{"name": "a", "version": "1", "vulns": [{"id": "CVE-3", "fix_versions": ["2"]}]}],
            1,
            "a 1: CVE-3, fixed in 2",
        ),
        ([{"name": "a", "skip_reason": "not on PyPI"}], 2, "not looked up: a"),
    ],
)
def test_what_could_not_be_looked_up_is_not_taken_for_harmless(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    packages: list[dict[str, Any]],
    status: int,
    said: str,
) -> None:
    answer = json.dumps({"dependencies": packages, "fixes": []})
    monkeypatch.setattr(
        subprocess, "run", lambda *_a, **_k: subprocess.CompletedProcess([], 0, answer, "")
    )
    assert advisories.ask_network(Path("requirements.txt")) == status
    output = capsys.readouterr()
    assert said in output.out + output.err


def test_without_a_network_the_reason_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = subprocess.CompletedProcess([], 1, "", "Traceback\nConnectionError: no route\n")
    monkeypatch.setattr(subprocess, "run", lambda *_a, **_k: failed)
    assert advisories.ask_network(Path("requirements.txt")) == 2
    assert "could not be asked about: ConnectionError: no route" in capsys.readouterr().err
