"""Files of a release that came after the process which is asked for them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

NEW = "app.0123456789ab.css"
pytestmark = pytest.mark.django_db


@pytest.fixture
def old_process(anonymous: Client) -> Client:
    """It has looked at the folder already."""
    assert anonymous.get(f"/static/css/{NEW}").status_code == 404
    return anonymous


@pytest.fixture
def folder(data_dir: Path) -> Iterator[Path]:
    """Where the new release puts its styles."""
    folder: Path = settings.STATIC_ROOT / "css"
    folder.mkdir(exist_ok=True)
    yield folder
    for file in folder.glob(f"{NEW}*"):
        file.unlink()


def test_a_file_that_was_collected_later_is_served(old_process: Client, folder: Path) -> None:
    (folder / NEW).write_text("a { color: red }")
    answer = old_process.get(f"/static/css/{NEW}")
    assert b"".join(answer) == b"a { color: red }"
    assert answer["Content-Type"].startswith("text/css")


def test_it_is_served_compressed_too(old_process: Client, folder: Path) -> None:
    css = b"a { color: red }" * 100
    (folder / NEW).write_bytes(css)
    (folder / f"{NEW}.gz").write_bytes(gzip.compress(css))
    answer = old_process.get(f"/static/css/{NEW}", headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert gzip.decompress(b"".join(answer)) == css


@pytest.mark.parametrize(
    "path",
    [
        "/static/css/none.css",
        "/static/css/",
        "/static/css",
        "/static/",
        "/static/../secrets.env",
        "/static/%2e%2e/secrets.env",
        "/static//etc/passwd",
        "/static/css/..%5c..%5csecrets.env",
        "/static/%00.css",
    ],
)
def test_nothing_else_is(old_process: Client, folder: Path, data_dir: Path, path: str) -> None:
    secrets = data_dir / "secrets.env"
    secrets.write_text("SECRET_KEY=x\n")
    try:
        assert old_process.get(path).status_code == 404
    finally:
        secrets.unlink()
