"""Where a machine is prepared: in the folder that every other process takes for DATA_DIR."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import prepare


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """As much of the project as preparing needs, without anything to translate."""
    for name in ("tools/prepare.py", "pixelstream/local.py"):
        (tmp_path / name).parent.mkdir()
        shutil.copy(prepare.PROJECT_DIR / name, tmp_path / name)
    return tmp_path


def run(project: Path, **variables: str) -> None:
    clean = {name: value for name, value in os.environ.items() if name != "DATA_DIR"}
    command = [sys.executable, str(project / "tools" / "prepare.py"), "--words"]
    subprocess.run(command, env={**clean, **variables}, check=True, cwd="/")


def test_the_folder_may_be_named_in_the_env_file(project: Path) -> None:
    (project / ".env").write_text('DATA_DIR="kept here"\n')
    run(project)
    assert (project / "kept here" / prepare.LOCK).exists()
    assert not (project / "var").exists()


def test_the_environment_wins_over_the_file(project: Path) -> None:
    (project / ".env").write_text("DATA_DIR=kept\n")
    run(project, DATA_DIR="elsewhere")
    assert (project / "elsewhere" / prepare.LOCK).exists()
    assert not (project / "kept").exists()


def test_without_a_file_it_is_var(project: Path) -> None:
    run(project)
    assert (project / "var" / prepare.LOCK).exists()
