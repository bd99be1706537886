"""The documents of the configuration say what the settings do."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pixelstream.environment import Environment, Group
from tools import configuration

ROOT = Path(__file__).resolve().parents[2]


def test_the_documents_are_the_ones_that_would_be_written() -> None:
    """Settings of this process are those of the tests, so a fresh one is asked."""
    kept = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TMPDIR"}}
    result = subprocess.run(
        [sys.executable, "-m", "tools.configuration", "check"],
        cwd=ROOT,
        env={**kept, "SITE_URL": "https://example.com", "PORT": "9000"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_every_variable_has_a_meaning() -> None:
    assert [each.name for each in configuration.declared() if not each.help] == []


def test_a_variable_without_a_meaning_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    env = Environment()
    env.int("SIZE", 3, group=Group.SIZE)
    monkeypatch.setattr(configuration, "declared", lambda: env.variables)
    monkeypatch.setattr(configuration, "PROJECT_DIR", tmp_path)
    (tmp_path / "docs").mkdir()
    assert configuration.main(["update"]) == 1
    assert capsys.readouterr().err == "SIZE has no help\n"


def test_a_changed_default_makes_the_documents_stale(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(configuration, "PROJECT_DIR", tmp_path)
    for default, command, status in ((3, "update", 0), (3, "check", 0), (4, "check", 1)):
        env = Environment()
        env.int("SIZE", default, group=Group.SIZE, help="How many.")
        monkeypatch.setattr(configuration, "declared", lambda env=env: env.variables)
        assert configuration.main([command]) == status
    assert "docs/configuration.md is stale" in capsys.readouterr().err


def test_the_example_switches_nothing_on() -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []
    names = {each.name for each in configuration.declared()}
    assert set(re.findall(r"^#([A-Z0-9_]+)=", "\n".join(lines), re.MULTILINE)) == names


def test_what_the_readme_names_exists() -> None:
    """It has the dozen that everybody needs; the rest is in the document."""
    readme = (ROOT / "README.md").read_text("utf-8")
    table = readme[readme.index("## Configure it") : readme.index("## Keep it")]
    named = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", table))
    assert named - {each.name for each in configuration.declared()} == set()
    assert "SECRET_KEY" in named


def test_a_table_is_not_broken_by_a_bar_and_links_to_the_documents() -> None:
    env = Environment()
    env.str("KIND", group=Group.PLACE, help="a|b, see docs/storage.md.", shown_default="`a`")
    text = configuration.as_markdown(env.variables)
    assert "| `KIND` | text | `a` | a\\|b, see [storage.md](storage.md). |" in text
