"""An archive with a link in it, or with more files than an export ever has."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from gallery.models import Post
from gallery.services import importing
from gallery.services.import_files import PART_FILES, BrokenArchiveError
from pixelstream.accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_link_in_an_archive_is_refused(bob: User, parts: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "link.zip"
    with zipfile.ZipFile(parts[0]) as good, zipfile.ZipFile(path, "w") as forged:
        *rest, last = good.infolist()
        for info in rest:
            forged.writestr(info, good.read(info))
        # Everything else of it is as it should be: name, size, sum.
        last.external_attr = (stat.S_IFLNK | 0o777) << 16
        forged.writestr(last, good.read(last))

    with pytest.raises(BrokenArchiveError, match="is no plain file"):
        importing.import_account([path], to=bob)
    assert not Post.objects.owned_by(bob).exists()


def test_an_archive_of_too_many_files_is_refused_before_any_is_read(
    bob: User, tmp_path: Path
) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as forged:
        for number in range(PART_FILES + 10):
            forged.writestr(f"pictures/1-{number}_x.jpg", b"")

    with pytest.raises(BrokenArchiveError, match="files are too many"):
        importing.import_account([path], to=bob)
