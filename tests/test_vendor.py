"""The vendored files are the ones we meant to ship."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tools import vendor


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the lock file and the vendored files, to be spoilt."""
    shutil.copy(vendor.LOCK, tmp_path)
    for folder in (vendor.FOLDER, "tools/vendored"):
        shutil.copytree(vendor.ROOT / folder, tmp_path / folder)
    return tmp_path


def test_vendored_files_are_what_the_lock_file_says():
    assert vendor.find_problems() == []


def test_a_changed_file_is_noticed(copy):
    file = copy / vendor.FOLDER / "htmx-4.0.1" / "htmx.min.js"
    file.write_text(file.read_text() + " ")
    assert vendor.find_problems(copy) == ["static/vendor/htmx-4.0.1/htmx.min.js: changed"]


def test_a_missing_file_is_noticed(copy):
    (copy / vendor.FOLDER / "icons" / "sprite.svg").unlink()
    assert vendor.find_problems(copy) == ["static/vendor/icons/sprite.svg: missing"]


def test_an_unlisted_file_is_noticed(copy):
    (copy / vendor.FOLDER / "jquery.js").touch()
    assert vendor.find_problems(copy) == ["static/vendor/jquery.js: not in vendor.lock.json"]


def test_a_package_without_its_licence_is_noticed(copy):
    lock = json.loads((copy / vendor.LOCK.name).read_text())
    del lock["htmx.org"]["files"]["static/vendor/htmx-4.0.1/LICENSE"]
    (copy / vendor.LOCK.name).write_text(json.dumps(lock))
    assert "htmx.org: no licence file" in vendor.find_problems(copy)


def test_every_listed_icon_is_in_the_sprite():
    icons = json.loads(vendor.LOCK.read_text())["lucide-static"]["icons"]
    sprite = (vendor.ROOT / vendor.FOLDER / "icons" / "sprite.svg").read_text()
    assert [icon for icon in icons if f'<symbol id="i-{icon}"' not in sprite] == []
