"""Files on disk, and the static files that browsers load."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
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


def test_private_files_have_no_address(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Only a view"):
        LocalStorage(location=tmp_path, base_url=None).url("a.jpg")
    assert LocalStorage(location=tmp_path, base_url="/media/").url("a.jpg") == "/media/a.jpg"


def test_what_is_missing_is_deleted_and_what_cannot_be_is_told(tmp_path: Path) -> None:
    storage = LocalStorage(location=tmp_path, base_url=None)
    for name in ("a/b.jpg", "a/c.jpg", "full/x.jpg"):
        storage.save(name, ContentFile(b"x"))
    errors = storage.delete_many(["a/b.jpg", "never/there.jpg", "full", "a/c.jpg"])
    assert list(errors) == ["full"]
    assert [key for key, _size, _modified in storage.walk()] == ["full/x.jpg"]


def test_walking_finds_what_begins_so(tmp_path: Path) -> None:
    storage = LocalStorage(location=tmp_path / "area", base_url=None)
    assert list(storage.walk()) == []
    names = {"a/1/x.jpg", "a/1/y.jpg", "a/10/z.jpg", "b/1/x.jpg", "top.jpg"}
    for name in names:
        storage.save(name, ContentFile(b"12345"))
    assert {key for key, _size, _modified in storage.walk()} == names
    for prefix in ("a", "a/", "a/1", "a/1/", "a/1/x", "b/1/x.jpg", "t", "nothing", "a/1/x.jpg/"):
        found = {key for key, _size, _modified in storage.walk(prefix)}
        assert found == {name for name in names if name.startswith(prefix)}, prefix
    ((_key, size, modified),) = storage.walk("top")
    assert size == 5
    assert abs(datetime.now(UTC) - modified) < timedelta(minutes=5)


def test_a_copy_is_a_file_of_its_own(tmp_path: Path) -> None:
    public = LocalStorage(location=tmp_path / "public", base_url=None)
    private = LocalStorage(location=tmp_path / "private", base_url=None)
    public.save("a.jpg", ContentFile(b"picture"))
    public.copy("a.jpg", private, "b/c.jpg")
    public.delete("a.jpg")
    assert private.open("b/c.jpg").read() == b"picture"
    with pytest.raises(FileNotFoundError):
        public.copy("a.jpg", private, "d.jpg")
    assert not private.exists("d.jpg")


def test_a_disk_that_cannot_say_whether_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = LocalStorage(location=tmp_path, base_url=None)
    storage.save("a.jpg", ContentFile(b"x"))
    assert storage.exists("a.jpg")
    assert not storage.exists("b.jpg")
    assert not storage.exists("a.jpg/b.jpg")

    def fail(path: str) -> None:
        raise PermissionError(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "lstat", fail)
        with pytest.raises(PermissionError):
            storage.exists("a.jpg")


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
