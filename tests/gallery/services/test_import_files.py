"""Archives that are none of ours, or were changed since."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from gallery.models import Post
from gallery.services import import_files, importing
from gallery.services.import_files import BrokenArchiveError
from pixelstream.accounts.models import User
from tests.gallery.services.archives import Change, first_picture, forged

pytestmark = pytest.mark.django_db(transaction=True)

MISMATCHES: dict[str, Change] = {
    "another byte": lambda files: files.update({first_picture(files): b"other"}),
    "one more": lambda files: files.update({"pictures/9-1_more.jpg": b"x"}),
    "one less": lambda files: files.pop(first_picture(files)) and None,
}


@pytest.mark.parametrize("name", MISMATCHES)
def test_what_the_manifest_does_not_say_is_refused(
    name: str, bob: User, parts: list[Path], tmp_path: Path
) -> None:
    path = forged(parts[0], tmp_path / "forged.zip", MISMATCHES[name], keeps_manifest=True)
    with pytest.raises(BrokenArchiveError):
        importing.import_account([path], to=bob)
    assert not Post.objects.owned_by(bob).exists()


@pytest.mark.parametrize(
    "manifest",
    [b"", b"[]", b'{"format": "other"}', b'{"format": "pixelstream-export", "version": 99}'],
)
def test_other_archives_are_refused(manifest: bytes, bob: User, tmp_path: Path) -> None:
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", manifest)
    with pytest.raises(BrokenArchiveError):
        importing.import_account([path], to=bob)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip" * 1000])
def test_what_is_no_archive_is_refused(content: bytes, bob: User, tmp_path: Path) -> None:
    path = tmp_path / "broken.zip"
    path.write_bytes(content)
    with pytest.raises(BrokenArchiveError):
        importing.import_account([path], to=bob)


def test_a_bomb_is_refused_before_it_is_unpacked(
    bob: User, parts: list[Path], tmp_path: Path
) -> None:
    big = bytes(import_files.MAX_PICTURE + 1)
    path = forged(
        parts[0], tmp_path / "bomb.zip", lambda files: files.update({first_picture(files): big})
    )
    assert path.stat().st_size < 200_000
    with pytest.raises(BrokenArchiveError, match="too large"):
        importing.import_account([path], to=bob)


def test_many_small_bombs_are_one_bomb(
    bob: User, parts: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_files, "MAX_TOTAL", 100_000)

    def change(files: dict[str, bytes]) -> None:
        files.update({f"pictures/9-{n}_zeros.jpg": bytes(20_000) for n in range(10)})

    path = forged(parts[0], tmp_path / "bomb.zip", change)
    with pytest.raises(BrokenArchiveError, match="too many"):
        importing.import_account([path], to=bob)


def test_a_bomb_that_lies_about_its_size_is_refused(
    bob: User, parts: list[Path], tmp_path: Path
) -> None:
    path = forged(
        parts[0],
        tmp_path / "liar.zip",
        lambda files: files.update({first_picture(files): bytes(1_000_000)}),
    )
    # Both headers of the file say 10 bytes.
    data = path.read_bytes().replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(data)
    with pytest.raises(BrokenArchiveError):
        importing.import_account([path], to=bob)
