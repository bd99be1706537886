"""The upload gate: what comes in, what comes out, and all the ways its child can end."""

import errno
import io
import json
import os
import random
import shutil
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from gallery.imaging import gate, gate_child
from gallery.imaging import reencode as reencode_module
from gallery.imaging.formats import MAX_UPLOAD_BYTES, ImageRefused, RefusalCode
from gallery.imaging.gate import GateClosedError, admit
from gallery.imaging.marking import mark, read_mark
from gallery.imaging.reencode import reencode

from .pictures import (
    BLUE,
    NOT_PICTURES,
    RED,
    create_animation,
    create_exif,
    create_picture,
    create_scene,
    encode,
    is_close,
    pixels,
)

needs_limits = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has every limit")


@pytest.fixture(autouse=True)
def _patience(monkeypatch):
    # The outcome is what these tests are about, and the machine may be busy.
    monkeypatch.setattr(gate, "TIMEOUT_SECONDS", 60.0)


def refusal_of(data: bytes) -> RefusalCode:
    with pytest.raises(ImageRefused) as refusal:
        admit(data)
    return refusal.value.code


def use_child(monkeypatch, source: str, *arguments: str) -> None:
    """Let the gate start this Python source instead of its child."""
    command = (sys.executable, "-I", "-c", textwrap.dedent(source), *arguments)
    monkeypatch.setattr(gate, "CHILD_COMMAND", command)


def test_a_jpeg_stays_a_jpeg_and_loses_everything_but_its_pixels():
    dirty = create_picture(
        "JPEG",
        size=(400, 300),
        exif=create_exif(orientation=1, gps=True),
        comment=b"<script>alert(1)</script>",
        icc_profile=b"PROFILE" * 30,
        quality=95,
    )
    dirty = mark(dirty, "image/jpeg", "trainedAlgorithmicMedia")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("evil.html", "<script>")
    dirty += archive.getvalue()
    assert zipfile.is_zipfile(io.BytesIO(dirty))

    admitted = admit(dirty)

    assert (admitted.media_type, admitted.extension) == ("image/jpeg", "jpg")
    assert (admitted.width, admitted.height) == (400, 300)
    assert list(admitted.renditions) == [320]
    for file in (admitted.data, admitted.renditions[320]):
        for trace in (b"script", b"CAMERA", b"PROFILE", b"Exif", b"xap/1.0", b"xpacket", b"PK"):
            assert trace not in file
        assert read_mark(file) is None
        assert not zipfile.is_zipfile(io.BytesIO(file))
    with Image.open(io.BytesIO(admitted.data)) as image:
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert is_close(image.getpixel((9, 9)), RED)


def test_a_photograph_is_turned_upright():
    stored = create_scene((60, 40)).transpose(Image.Transpose.ROTATE_90)
    admitted = admit(encode(stored, "JPEG", exif=create_exif(orientation=6)))
    assert (admitted.width, admitted.height) == (60, 40)
    with Image.open(io.BytesIO(admitted.data)) as image:
        assert is_close(image.getpixel((5, 5)), RED)
        assert is_close(image.getpixel((5, 35)), BLUE)


def test_a_cut_out_keeps_every_pixel():
    data = create_picture("PNG", mode="RGBA", size=(64, 48))
    admitted = admit(data)
    assert (admitted.media_type, admitted.extension) == ("image/webp", "webp")
    after = Image.open(io.BytesIO(admitted.data))
    before = Image.open(io.BytesIO(data))
    assert after.getchannel("A").tobytes() == before.getchannel("A").tobytes()
    black = Image.new("RGBA", (64, 48), "black")  # what is fully transparent may change
    assert (
        Image.alpha_composite(black, after).tobytes()
        == Image.alpha_composite(black, before).tobytes()
    )


@pytest.mark.parametrize("file_format", ["GIF", "WEBP"])
def test_an_animation_becomes_its_first_frame_and_loses_its_comment(file_format):
    admitted = admit(create_animation(file_format) + b"<script>")
    assert b"script" not in admitted.data
    with Image.open(io.BytesIO(admitted.data)) as image:
        assert getattr(image, "n_frames", 1) == 1
        assert is_close(image.getpixel((20, 15))[:3], RED)


# The child runs nothing but reencode(), so what concerns pixels only is tried without a child.


@pytest.mark.parametrize(
    ("file_format", "mode", "becomes"),
    [
        ("JPEG", "L", "image/jpeg"),
        ("JPEG", "CMYK", "image/jpeg"),
        ("PNG", "P", "image/webp"),
        ("PNG", "LA", "image/webp"),
        ("PNG", "1", "image/webp"),
        ("PNG", "I;16", "image/webp"),
        ("WEBP", "RGB", "image/webp"),
        ("GIF", "P", "image/webp"),
    ],
)
def test_every_kind_of_picture_is_written_anew(file_format, mode, becomes):
    admitted = reencode(create_picture(file_format, mode=mode, size=(340, 40)))
    assert admitted.media_type == becomes
    assert pixels(admitted.data)[1] == (340, 40)
    assert pixels(admitted.renditions[320])[1] == (320, 38)


@pytest.mark.parametrize("file_format", ["JPEG", "GIF", "PNG", "WEBP"])
def test_comments_and_positions_are_gone(file_format):
    options = {"comment": b"SECRET"} if file_format in ("JPEG", "GIF") else {}
    if file_format != "GIF":
        options |= {"exif": create_exif(gps=True), "icc_profile": b"SECRET" * 30}
    data = create_picture(file_format, **options)
    assert b"SECRET" in data or b"CAMERA" in data
    admitted = reencode(data)
    for file in (admitted.data, admitted.renditions[320]):
        assert b"SECRET" not in file
        assert b"CAMERA" not in file
        assert not Image.open(io.BytesIO(file)).getexif()


def test_what_is_too_long_for_webp_becomes_png():
    admitted = reencode(encode(Image.new("RGB", (20, 16_400), RED), "PNG"))
    assert (admitted.media_type, admitted.extension) == ("image/png", "png")
    assert pixels(admitted.renditions[320])[1] == (19, 15_580)


def test_a_photograph_with_alpha_is_not_blown_up(monkeypatch):
    noise = Image.frombytes("RGBA", (200, 200), random.Random(3).randbytes(200 * 200 * 4))
    data = encode(noise, "PNG")
    lossless = reencode(data)
    monkeypatch.setattr(reencode_module, "MAX_UPLOAD_BYTES", 100_000)
    lossy = reencode(data)
    assert len(lossy.data) < 100_000 < len(lossless.data)
    alpha = [Image.open(io.BytesIO(file.data)).getchannel("A") for file in (lossy, lossless)]
    assert alpha[0].tobytes() == alpha[1].tobytes() == noise.getchannel("A").tobytes()


def test_the_colours_are_told():
    admitted = reencode(encode(Image.new("RGB", (50, 50), BLUE), "PNG"))
    assert (admitted.dominant_colour, admitted.hue) == ("#1e3cc8", 267)


def test_one_byte_more_than_10_mb_is_too_large_and_costs_nothing(monkeypatch):
    use_child(monkeypatch, "raise SystemExit('must not be started')")
    padding = b"\0" * (MAX_UPLOAD_BYTES + 1)
    assert refusal_of(padding) == RefusalCode.FILE_TOO_LARGE
    picture = create_picture("JPEG")
    assert refusal_of((picture + padding)[: MAX_UPLOAD_BYTES + 1]) == RefusalCode.FILE_TOO_LARGE


def test_exactly_10_mb_are_taken():
    data = create_picture("JPEG")
    assert len(admit(data + b"\0" * (MAX_UPLOAD_BYTES - len(data))).data) < 10_000


@pytest.mark.parametrize("name", [name for name in NOT_PICTURES if "first bytes" not in name])
def test_what_is_no_picture_does_not_even_start_a_child(name, monkeypatch):
    monkeypatch.setattr(gate, "_ask_child", None)
    assert refusal_of(NOT_PICTURES[name]) == RefusalCode.INVALID_TYPE


def test_broken_pictures_are_refused_by_the_child():
    data = create_picture("JPEG", size=(300, 200))
    dice = random.Random(11)
    for broken in (
        NOT_PICTURES["only a PNG's first bytes"] + dice.randbytes(300),
        NOT_PICTURES["only a WebP's first bytes"] + dice.randbytes(300),
        data[: len(data) // 2],
        encode(Image.new("1", (5001, 5000)), "PNG"),
    ):
        assert refusal_of(broken) == RefusalCode.INVALID_TYPE


@pytest.mark.parametrize(
    "source",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import os; os.abort()",
        "raise MemoryError",
        "print('hello')",
        "pass",
        "import os; os.write(1, b'\\x00\\x00\\x00\\x02{}')",
        "import os; os.write(1, b'\\xff' * 100)",
        "import os; os.close(0); os.close(1)",
    ],
)
def test_a_child_that_ends_badly_is_a_refusal(source, monkeypatch):
    use_child(monkeypatch, source)
    # More than a pipe holds, so that a child that does not read cannot block the gate.
    data = create_picture("JPEG") + b"\0" * 1_000_000
    assert refusal_of(data) == RefusalCode.INVALID_TYPE


def test_a_child_that_hangs_is_ended(monkeypatch, tmp_path):
    note = tmp_path / "pid"
    use_child(
        monkeypatch,
        """
        import os, pathlib, sys, time
        pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
        time.sleep(600)
        """,
        str(note),
    )
    monkeypatch.setattr(gate, "TIMEOUT_SECONDS", 1.0)
    assert refusal_of(create_picture("JPEG") + b"\0" * 1_000_000) == RefusalCode.INVALID_TYPE
    if note.exists():  # on a busy machine it may have been ended before it could write
        with pytest.raises(ProcessLookupError):
            os.kill(int(note.read_text()), 0)


def test_an_interpreter_that_is_missing_is_not_the_pictures_fault(monkeypatch, caplog):
    monkeypatch.setattr(gate, "CHILD_COMMAND", ("/nonexistent/python",))
    with pytest.raises(GateClosedError) as closed:
        admit(create_picture("JPEG"))
    assert closed.value.errno == errno.ENOENT
    assert "The upload gate's child cannot be run" in caplog.text


def no_room():
    raise OSError(errno.ENOSPC, "No space left on device")


def fills_up():
    """A file on a disk that has room for its name and for nothing else."""
    return open("/dev/full", "w+b", buffering=0)


@pytest.mark.parametrize("temporary_file", [no_room, fills_up])
def test_a_disk_without_room_is_not_the_pictures_fault(monkeypatch, caplog, temporary_file):
    if temporary_file is fills_up and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    monkeypatch.setattr(gate.tempfile, "TemporaryFile", temporary_file)
    with pytest.raises(GateClosedError) as closed:
        admit(create_picture("JPEG"))
    assert closed.value.errno == errno.ENOSPC
    assert "No space left on device" in caplog.text


def test_an_answer_that_is_too_large_is_refused_as_no_picture(monkeypatch):
    use_child(
        monkeypatch,
        """
        import runpy, sys
        sys.dont_write_bytecode = True  # it would be cut off at the limit, and be read by others
        child = runpy.run_path(sys.argv[1])["main"]
        child.__globals__["MAX_FILE_BYTES"] = 100
        child()
        """,
        str(Path(gate_child.__file__)),
    )
    assert refusal_of(create_picture("JPEG")) == RefusalCode.INVALID_TYPE


@needs_limits
def test_a_picture_that_needs_more_memory_than_allowed_is_refused(monkeypatch):
    use_child(
        monkeypatch,
        """
        import runpy, sys
        child = runpy.run_path(sys.argv[1])["main"]
        child.__globals__["MAX_MEMORY"] = 150 * 1024 * 1024
        child()
        """,
        str(Path(gate_child.__file__)),
    )
    assert refusal_of(encode(Image.new("1", (5000, 4900)), "PNG")) == RefusalCode.INVALID_TYPE
    assert admit(create_picture("PNG")).width == 60


@needs_limits
def test_the_child_cannot_take_much_memory_nor_files_nor_disk():
    source = """
        import json, runpy, sys, tempfile
        runpy.run_path(sys.argv[1])["limit_itself"]()
        happened = {}
        def tried(name, action):
            try:
                action()
            except (MemoryError, OSError) as error:
                happened[name] = type(error).__name__
        tried("memory", lambda: bytearray(800 * 1024 * 1024))
        tried("files", lambda: [open("/dev/null") for _ in range(40)])
        with tempfile.TemporaryFile() as file:
            tried("disk", lambda: file.truncate(65 * 1024 * 1024))
        import resource
        happened["cpu"] = resource.getrlimit(resource.RLIMIT_CPU)
        happened["core"] = resource.getrlimit(resource.RLIMIT_CORE)
        print(json.dumps(happened))
    """
    command = [sys.executable, "-c", textwrap.dedent(source), str(Path(gate_child.__file__))]
    happened = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert happened == {
        "memory": "MemoryError",
        "files": "OSError",
        "disk": "OSError",
        "cpu": [8, 8],
        "core": [0, 0],
    }


def test_the_child_knows_no_secret(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "hush")
    seen = tmp_path / "environment"
    use_child(
        monkeypatch,
        "import os, pathlib, sys; pathlib.Path(sys.argv[1]).write_text(repr(dict(os.environ)))",
        str(seen),
    )
    refusal_of(create_picture("JPEG"))
    assert "hush" not in seen.read_text()


@pytest.mark.skipif(
    shutil.which("exiftool") is None,
    reason="exiftool is not installed (Debian: libimage-exiftool-perl)",
)
def test_exiftool_finds_nothing_but_pixels(tmp_path):
    for file_format in ("JPEG", "PNG", "WEBP"):
        admitted = reencode(
            create_picture(file_format, exif=create_exif(gps=True), icc_profile=b"x" * 200)
        )
        (tmp_path / f"{file_format}.{admitted.extension}").write_bytes(admitted.data)
        (tmp_path / f"{file_format}.w320.webp").write_bytes(admitted.renditions[320])
    command = ["exiftool", "-json", "-G", str(tmp_path)]
    read = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert len(read) == 6
    groups = {tag.partition(":")[0] for file in read for tag in file}
    assert groups <= {"SourceFile", "ExifTool", "File", "JFIF", "RIFF", "Composite"}


def test_the_child_imports_neither_django_nor_other_formats():
    source = """
        import sys
        sys.path.append(sys.argv[1])
        from gallery.imaging import decode, reencode
        decode.open_image(sys.stdin.buffer.read())
        print(*sys.modules)
    """
    root = str(Path(gate_child.__file__).parents[2])
    command = [sys.executable, "-I", "-c", textwrap.dedent(source), root]
    picture = create_picture("WEBP")
    loaded = subprocess.run(command, check=True, capture_output=True, input=picture).stdout.split()
    assert b"gallery.imaging.reencode" in loaded
    assert b"django" not in loaded
    assert b"PIL.EpsImagePlugin" not in loaded
