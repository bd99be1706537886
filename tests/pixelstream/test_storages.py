"""Files on disk, and the static files that browsers load."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import override_settings

from pixelstream.storages import LocalStorage

HASHED = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "pixelstream.storages.HashedStaticStorage"},
}


def test_a_name_is_written_once(tmp_path: Path) -> None:
    storage = LocalStorage(location=tmp_path, base_url=None)
    assert storage.save("a/b.jpg", ContentFile(b"one")) == "a/b.jpg"
    with pytest.raises(FileExistsError):
        storage.save("a/b.jpg", ContentFile(b"two"))
    assert storage.open("a/b.jpg").read() == b"one"


def test_a_name_never_leaves_its_folder(tmp_path: Path) -> None:
    storage = LocalStorage(location=tmp_path / "area", base_url=None)
    for name in ("../x.jpg", "/etc/x.jpg", "a/../../x.jpg"):
        with pytest.raises(Exception, match=r"(?i)traversal|outside|joined path"):
            storage.save(name, ContentFile(b"x"))
    assert not (tmp_path / "x.jpg").exists()


def test_the_stylesheet_is_one_file_and_every_name_in_it_is_hashed(tmp_path: Path) -> None:
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=HASHED):
        call_command("collectstatic", interactive=False, verbosity=0)
    (stylesheet,) = tmp_path.glob("css/app.*.css")
    css = stylesheet.read_text("utf-8")
    assert "@import" not in css
    assert ".card__cap" in css
    fonts = re.findall(r'url\("([^"]+\.woff2)"\)', css)
    assert fonts
    for font in fonts:
        assert (stylesheet.parent / font).resolve().exists()
        assert re.search(r"\.[0-9a-f]{12}\.woff2$", font)
    (main,) = tmp_path.glob("js/main.*.js")
    for name in re.findall(r'import\s*"\./([^"]+)"', main.read_text("utf-8")):
        assert (main.parent / name).exists()
        assert re.search(r"\.[0-9a-f]{12}\.js$", name)
