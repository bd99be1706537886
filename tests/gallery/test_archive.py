"""ZIP archives as streams: every reader takes them, and they have the promised length."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gallery import archive
from gallery.archive import Archive, Member, MemberMissingError, numbered, slug

NOON = datetime(2026, 3, 1, 12, 30, 10, tzinfo=UTC)


def member(name: str, content: bytes, *, size: int | None = None) -> Member:
    return Member(name, len(content) if size is None else size, NOON, lambda: content)


def missing(name: str, reason: str, *, size: int = 5000) -> Member:
    def read() -> bytes:
        raise MemberMissingError(reason)

    return Member(name, size, NOON, read)


def opened(made: Archive) -> zipfile.ZipFile:
    data = b"".join(made.stream())
    assert len(data) == made.length
    return zipfile.ZipFile(io.BytesIO(data))


def test_members_come_out_as_they_went_in() -> None:
    big = os.urandom(3 * archive.CHUNK + 17)
    with opened(Archive([member("a.jpg", b"one"), member("ação 海.png", big)])) as read:
        assert read.testzip() is None
        assert read.namelist() == ["a.jpg", "ação 海.png"]
        assert read.read("ação 海.png") == big
        entry = read.getinfo("a.jpg")
        assert entry.compress_type == zipfile.ZIP_STORED
        assert entry.date_time == (2026, 3, 1, 12, 30, 10)
        assert entry.external_attr >> 16 == 0o100644
        assert entry.flag_bits == 0x800, "sizes stand in front: readers of streams want them"


def test_what_was_promised_too_much_is_filled_in_a_way_that_no_reader_minds(
    tmp_path: Path,
) -> None:
    made = Archive([member(f"{n}.jpg", b"x" * 100, size=700_000) for n in range(3)])
    file = tmp_path / "a.zip"
    file.write_bytes(b"".join(made.stream()))
    assert file.stat().st_size == made.length > 3 * 700_000
    with zipfile.ZipFile(file) as read:
        assert read.testzip() is None
        assert read.namelist() == ["0.jpg", "1.jpg", "2.jpg"]


@pytest.mark.parametrize(
    "command",
    [
        ["unzip", "-tqq"],
        ["bsdtar", "-tf"],
        ["7z", "t"],
        ["zip", "-T"],
        [sys.executable, "-m", "zipfile", "-t"],
    ],
    ids=lambda command: Path(command[0]).name,
)
def test_other_readers_take_it_without_a_complaint(command: list[str], tmp_path: Path) -> None:
    made = Archive([member("a.jpg", b"x" * 9000, size=20_000), missing("b.jpg", "gone")])
    file = tmp_path / "a.zip"
    file.write_bytes(b"".join(made.stream()))
    try:
        done = subprocess.run([*command, file], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip(f"{command[0]} is not installed")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in (done.stdout + done.stderr).lower()


def test_what_is_missing_is_named_and_the_rest_is_there() -> None:
    made = Archive([member("a.jpg", b"one"), missing("b.jpg", "moved to the trash")])
    with opened(made) as read:
        assert read.namelist() == ["a.jpg", "MISSING.txt"]
        assert "b.jpg: moved to the trash" in read.read("MISSING.txt").decode()


def test_everything_may_be_missing() -> None:
    with opened(Archive([missing(f"{n}.jpg", "gone") for n in range(500)])) as read:
        assert read.namelist() == ["MISSING.txt"]
        assert read.read("MISSING.txt").decode().count(": gone\n") == 500


def test_a_note_that_has_no_room_is_cut() -> None:
    with opened(Archive([missing("a.jpg", "x" * 3000, size=1)])) as read:
        assert read.testzip() is None
        assert read.read("MISSING.txt").startswith(b"These files")


def test_a_member_that_grew_is_left_out_instead_of_breaking_the_promise() -> None:
    with opened(Archive([member("a.jpg", b"x" * 900, size=10), member("b.jpg", b"b")])) as read:
        assert read.namelist() == ["b.jpg", "MISSING.txt"]


def test_an_empty_archive_is_one() -> None:
    with opened(Archive([])) as read:
        assert read.namelist() == []


@pytest.mark.parametrize(
    "name",
    [
        "../a.jpg",
        "/a.jpg",
        "a/b.jpg",
        "a\\b.jpg",
        "..",
        ".a",
        "C:a.jpg",
        "a\0.jpg",
        "a\n.jpg",
        "a ",
    ],
)
def test_a_name_that_is_a_path_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="file name"):
        Archive([member(name, b"")])


def test_more_than_a_plain_zip_can_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="hold"):
        Archive([member("a.jpg", b"", size=2**31), member("b.jpg", b"", size=2**31)])


def test_nothing_is_read_before_its_turn_and_nothing_after_it_was_closed() -> None:
    asked: list[int] = []

    def reader(number: int) -> Callable[[], bytes]:
        return lambda: asked.append(number) or b"content"  # type: ignore[func-returns-value]

    made = Archive([Member(f"{n}.jpg", 7, NOON, reader(n)) for n in range(5)])
    assert asked == []
    stream = made.stream()
    for _ in range(3):
        next(stream)
    assert asked == [0, 1]
    stream.close()  # type: ignore[attr-defined]
    assert asked == [0, 1]


def test_memory_stays_flat_however_large_the_archive_is() -> None:
    """In a process of its own, whose peak is not that of the tests before."""
    program = """
import resource, sys
from datetime import datetime
from gallery.archive import Archive, Member
size = 2_000_000
members = [Member(f"{n}.jpg", size, datetime(2026, 1, 1), lambda: bytes(size)) for n in range(200)]
made = Archive(members)
first, total = 0, 0
for piece in made.stream():
    total += len(piece)
    if not first and total > 3 * size:
        first = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert total == made.length > 400_000_000
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - first)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(done.stdout) * unit < 8_000_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Last light. The sea!", "last-light-the-sea"),
        ("A ação é ótima", "a-ação-é-ótima"),
        ("海辺の灯台", "海辺の灯台"),
        ("../../etc/passwd", "etc-passwd"),
        ("..\\..\\windows", "windows"),
        ("／etc／passwd", "etc-passwd"),
        ("CON", "con"),
        ("\u202egpj.exe\u202c", "gpj-exe"),
        ("🌊🌊", ""),
        ("sea 🌊 side", "sea-side"),
        ("...", ""),
        ("a\0b\nc\ud800", "a-b-c"),
        ("  ", ""),
        ("#Lighthouse #Dusk", "lighthouse-dusk"),
        ("नमस्ते दुनिया", "नमस्ते-दुनिया"),
    ],
)
def test_a_slug_keeps_the_words_and_nothing_else(text: str, expected: str) -> None:
    assert slug(text, limit=60) == expected


@pytest.mark.parametrize("text", ["x" * 300, "word " * 100, "é" * 300, "海" * 300, "🌊" * 300])
def test_a_slug_has_a_limit_in_bytes_and_no_half_characters(text: str) -> None:
    made = slug(text, limit=60)
    assert len(made.encode()) <= 60
    assert not made.startswith("-")
    assert not made.endswith("-")


def test_same_names_are_numbered_whatever_their_case() -> None:
    assert numbered(["a.jpg", "A.JPG", "a-2.jpg", "b.jpg", "a.jpg"]) == [
        "a.jpg",
        "A-2.JPG",
        "a-2-2.jpg",
        "b.jpg",
        "a-3.jpg",
    ]


ROOT = Path(__file__).resolve().parents[2]
