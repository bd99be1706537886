"""Clips: what is worked out from an MP4 file, its mark, and all that is no clip."""

from __future__ import annotations

import contextlib
import io
import json
import random
import shutil
import struct
import subprocess
import sys
import textwrap
import tracemalloc
from fractions import Fraction

import pytest
from PIL import Image

from gallery.imaging import clip_child, clips, xmp_in_mp4
from gallery.imaging.clips import develop_clip
from gallery.imaging.formats import CLIP_MEDIA_TYPE, ImageRefused, RefusalCode
from gallery.imaging.gate import GateClosedError
from gallery.imaging.gate_frames import pack
from gallery.imaging.marking import Making, mark, only_marked, read_mark, with_making_told
from gallery.imaging.mp4_boxes import boxes, whole_file
from gallery.imaging.xmp import xmp_packet

from .films import BLACK, create_film, create_song, frames_of
from .pictures import (
    BLUE,
    GREEN,
    NOT_PICTURES,
    RED,
    WHITE,
    create_picture,
    create_scene,
    is_close,
)

TRAINED = "trainedAlgorithmicMedia"
XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")

needs_limits = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has every limit")


@pytest.fixture(autouse=True)
def _patience(monkeypatch):
    # The outcome is what these tests are about, and the machine may be busy.
    monkeypatch.setattr(clips, "TIMEOUT_SECONDS", 90.0)


def refusal_of(data: bytes) -> ImageRefused:
    with pytest.raises(ImageRefused) as refusal:
        develop_clip(data, mark=TRAINED)
    return refusal.value


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def poster(developed: clips.DevelopedClip, width: int = 320) -> Image.Image:
    return Image.open(io.BytesIO(developed.renditions[width])).convert("RGB")


def film_of(data: bytes) -> list[tuple[int, bytes]]:
    """The film itself, without a word about it, and where in the file it is."""
    found = [box for box in whole_file(data) if box.kind == b"mdat"]
    return [(box.start, data[box.start : box.end]) for box in found]


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """The colours above left, above right, below left, below right."""
    x, y = image.width // 8, image.height // 8
    right, low = image.width - x, image.height - y
    return [image.getpixel(at) for at in ((x, y), (right, y), (x, low), (right, low))]


def is_upright(image: Image.Image) -> bool:
    expected = (RED, GREEN, BLUE, WHITE)
    return all(is_close(*pair, 25) for pair in zip(corners(image), expected, strict=True))


@pytest.mark.parametrize("codec", ["libx264", "libx265", "libvpx-vp9", "libsvtav1"])
def test_a_clip_has_a_poster_a_length_and_a_mark(codec):
    data = create_film(codec=codec)
    developed = develop_clip(data, mark=TRAINED)
    assert (developed.media_type, developed.width, developed.height) == ("video/mp4", 160, 96)
    assert (developed.clip_ms, developed.frames_per_second) == (1000, 24.0)
    assert not developed.has_sound
    assert list(developed.renditions) == [320]
    assert is_upright(poster(developed))
    assert developed.dominant_colour.startswith("#")
    assert 0 <= developed.hue < 360
    assert read_mark(developed.data) == read_mark(developed.renditions[320]) == TRAINED
    assert film_of(developed.data) == film_of(data)  # every byte where it was
    assert len(frames_of(developed.data)) == 24


@pytest.mark.parametrize("flags", ["faststart", "frag_keyframe+empty_moov+default_base_moof"])
def test_every_order_of_a_file_is_understood_and_can_be_marked(flags):
    developed = develop_clip(create_film(flags=flags), mark=TRAINED)
    assert developed.clip_ms == 1000
    assert read_mark(developed.data) == TRAINED
    assert len(frames_of(developed.data)) == 24


def test_a_large_clip_has_all_renditions_of_its_poster():
    developed = develop_clip(create_film([create_scene((1280, 720))] * 2), mark=None)
    assert list(developed.renditions) == [320, 640, 1280]
    assert poster(developed, 640).size == (640, 360)
    assert is_upright(poster(developed, 1280))  # and its colours are those of HD films


def test_without_a_mark_the_bytes_stay_and_the_renditions_are_bare():
    data = create_film()
    developed = develop_clip(data, mark=None)
    assert developed.data == data
    assert read_mark(data) is None
    assert read_mark(developed.renditions[320]) is None


def test_sound_is_heard_and_counts_for_the_length():
    developed = develop_clip(create_film(has_sound=True), mark=None)
    assert developed.has_sound
    assert 1000 <= developed.clip_ms < 1100
    assert developed.frames_per_second == pytest.approx(24)


def test_the_poster_is_the_first_frame_that_is_not_black():
    faded_in = [BLACK] * 9 + [create_scene((160, 96))] * 5
    assert is_upright(poster(develop_clip(create_film(faded_in), mark=None)))


def test_a_film_of_the_night_has_its_first_frame_as_poster():
    assert develop_clip(create_film([BLACK] * 100), mark=None).dominant_colour == "#000000"


def test_a_film_of_a_phone_is_turned_upright():
    stored = create_scene((96, 160)).transpose(Image.Transpose.ROTATE_90)
    upright = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    clockwise = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    data = create_film([stored] * 3)
    at = data.index(upright, data.index(b"tkhd"))
    developed = develop_clip(data[:at] + clockwise + data[at + 36 :], mark=None)
    assert (developed.width, developed.height) == (96, 160)
    assert is_upright(poster(developed))


def test_pixels_that_are_not_square_are_made_so():
    developed = develop_clip(create_film(aspect=Fraction(4, 3)), mark=None)
    assert (developed.width, developed.height) == (213, 96)


def test_what_is_no_film_does_not_even_start_a_child(monkeypatch):
    monkeypatch.setattr(clips, "_ask_child", None)
    film = create_film()
    others = {
        **NOT_PICTURES,
        "a text": b"Once upon a time there was a film.",
        "a picture": create_picture("JPEG"),
        "only a film's first bytes": film[:40],
        "a film without its index": film[: film.index(b"moov") - 4],
        "half a film": film[: len(film) // 2],
        "a film without its last byte": film[:-1],
        "a film that plays at once, cut off": create_film(flags="faststart")[:-200],
        "a box of four gigabytes": film[:32] + b"\0\0\0\1mdat" + b"\xff" * 8 + film[48:],
    }
    for name, data in others.items():
        assert refusal_of(data).code == RefusalCode.INVALID_TYPE, name


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a song", create_song),
        ("a song as radios have it", lambda: create_song("aac")),
        ("no codec of browsers", lambda: create_film(codec="mpeg4")),
        ("one pixel", lambda: create_film([Image.new("RGB", (1, 1))] * 3, codec="libvpx-vp9")),
        ("61 seconds", lambda: create_film([BLACK] * 61, rate=1)),
        ("5000 pixels wide", lambda: create_film([Image.new("RGB", (5000, 16))] * 2)),
        ("an index of nothing", lambda: box(b"ftyp", b"isom\0\0\2\0") + box(b"moov", b"")),
    ],
)
def test_other_films_are_refused_by_the_child(name, make):
    refused = refusal_of(make())
    assert refused.code == RefusalCode.INVALID_TYPE, name
    assert "status" not in refused.detail, name  # said no, and did not break


def test_a_film_whose_samples_are_overwritten_is_refused():
    data = create_film()
    [film] = [each for each in boxes(data) if each.kind == b"mdat"]
    rubbish = random.Random(3).randbytes(film.end - film.content)
    assert refusal_of(data[: film.content] + rubbish + data[film.end :])


def test_damage_anywhere_ends_in_a_clip_or_a_refusal():
    data, dice = create_film(has_sound=True), random.Random(11)
    for _ in range(12):
        broken = bytearray(data)
        for _ in range(30):
            broken[dice.randrange(24, len(broken))] = dice.randrange(256)
        with contextlib.suppress(ImageRefused):
            develop_clip(bytes(broken), mark=TRAINED)


def test_too_many_bytes_are_told_as_such(monkeypatch):
    data = create_film()
    monkeypatch.setattr(clips, "MAX_CLIP_BYTES", len(data) - 1)
    assert refusal_of(data).code == RefusalCode.FILE_TOO_LARGE


def use_child(monkeypatch, source: str) -> None:
    monkeypatch.setattr(clips, "CHILD_COMMAND", (sys.executable, "-I", "-c", source))


def an_answer(**changes: object) -> bytes:
    header = {
        "width": 160,
        "height": 96,
        "clip_ms": 1000,
        "frames_per_second": 24.0,
        "has_sound": False,
        "dominant_colour": "#102030",
        "hue": 7,
        "widths": [320],
        **changes,
    }
    return pack(header, [create_picture("WEBP")])


@pytest.mark.parametrize(
    "changes",
    [
        {"width": 0},
        {"width": 10**9},
        {"height": "96"},
        {"clip_ms": -1},
        {"clip_ms": 10**9},
        {"frames_per_second": 0},
        {"frames_per_second": "nan"},
        {"hue": 360},
        {"dominant_colour": "red;}"},
        {"widths": [320, 640]},
        {"widths": None},
    ],
)
def test_a_child_that_was_taken_over_is_not_believed(changes, monkeypatch):
    monkeypatch.setattr(clips, "_ask_child", lambda data, said: an_answer(**changes))
    assert refusal_of(create_film()).code == RefusalCode.INVALID_TYPE


def test_an_answer_as_it_should_be_is_believed(monkeypatch):
    monkeypatch.setattr(clips, "_ask_child", lambda data, said: an_answer())
    assert develop_clip(create_film(), mark=None).hue == 7


@pytest.mark.parametrize(
    "source",
    ["import os; os.abort()", "raise MemoryError", "print('hello')", "pass"],
)
def test_a_child_that_ends_badly_is_a_refusal(source, monkeypatch):
    use_child(monkeypatch, source)
    assert refusal_of(create_film()).code == RefusalCode.INVALID_TYPE


def test_a_child_that_hangs_is_ended(monkeypatch):
    use_child(monkeypatch, "import time; time.sleep(600)")
    monkeypatch.setattr(clips, "TIMEOUT_SECONDS", 0.5)
    assert "too long" in refusal_of(create_film()).detail


def test_an_interpreter_that_is_missing_is_not_the_clips_fault(monkeypatch, caplog):
    monkeypatch.setattr(clips, "CHILD_COMMAND", ("/nonexistent/python",))
    with pytest.raises(GateClosedError):
        develop_clip(create_film(), mark=None)
    assert "cannot be run" in caplog.text


@needs_limits
def test_the_child_gives_up_memory_and_time_before_it_reads():
    source = """
        import resource, runpy, sys
        child = runpy.run_path(sys.argv[1])["main"]
        sys.argv[1:] = [""]
        child()
        print(resource.getrlimit(resource.RLIMIT_AS), resource.getrlimit(resource.RLIMIT_CPU),
              file=sys.stderr)
    """
    command = [sys.executable, "-c", textwrap.dedent(source), clip_child.__file__]
    ended = subprocess.run(command, check=True, capture_output=True, input=b"no film")
    memory, cpu = clip_child.MAX_MEMORY, clip_child.MAX_CPU_SECONDS
    assert f"({memory}, {memory}) ({cpu}, {cpu})" in ended.stderr.decode()


def test_whoever_marks_a_clip_loads_no_decoder():
    source = "import sys, gallery.imaging.clips; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", source], check=True, capture_output=True)
    assert b"gallery.imaging.marking" in loaded.stdout.split()
    assert b"av" not in loaded.stdout.split()


def test_a_clip_is_marked_once():
    marked = mark(create_film(), CLIP_MEDIA_TYPE, TRAINED)
    assert mark(marked, CLIP_MEDIA_TYPE, "algorithmicMedia") == marked


def test_what_the_maker_wrote_beside_a_denying_mark_stays():
    packet = xmp_packet("algorithmicMedia").replace(b"algorithmicMedia", b"digitalCapture")
    packet = packet.replace(b"</rdf:RDF>", b"<!--by Ada--></rdf:RDF>")
    marked = mark(create_film() + box(b"uuid", XMP + packet), CLIP_MEDIA_TYPE, TRAINED)
    assert read_mark(marked) == TRAINED
    assert b"digitalCapture" not in marked
    assert marked.count(b"by Ada") == 1
    assert len(frames_of(marked)) == 24


def test_the_packet_of_quicktime_is_read_and_taken_over():
    told = box(b"udta", box(b"XMP_", xmp_packet("algorithmicMedia")) + b"\0\0\0\0")
    data = with_in_index(create_film(), told)
    assert read_mark(data) == "algorithmicMedia"
    assert mark(data, CLIP_MEDIA_TYPE, TRAINED) == data
    denied = data.replace(b"/algorithmicMedia", b"/digitalCapture00")
    marked = mark(denied, CLIP_MEDIA_TYPE, TRAINED)
    assert read_mark(marked) == TRAINED
    assert b"digitalCapture" not in marked
    assert len(frames_of(marked)) == 24


def with_in_index(data: bytes, told: bytes) -> bytes:
    """The film with one more box at the end of its index, which is at the end of the file."""
    moov = whole_file(data)[-1]
    assert moov.kind == b"moov"
    size = struct.pack(">I", moov.end - moov.start + len(told))
    return data[: moov.start] + size + data[moov.start + 4 :] + told


def test_a_signed_manifest_that_says_so_is_left_alone():
    manifest = b"cbor http://cv.iptc.org/newscodes/digitalsourcetype/" + TRAINED.encode() + b"x"
    data = create_film() + box(b"uuid", C2PA + manifest)
    assert read_mark(data) == TRAINED
    assert mark(data, CLIP_MEDIA_TYPE, TRAINED) == data
    assert only_marked(data, CLIP_MEDIA_TYPE, TRAINED) == data


def test_a_film_that_goes_on_to_the_end_of_the_file_gets_an_end():
    data = create_film(flags="faststart")
    film = whole_file(data)[-1]
    assert film.kind == b"mdat"
    endless = data[: film.start] + b"\0\0\0\0" + data[film.start + 4 :]
    marked = mark(endless, CLIP_MEDIA_TYPE, TRAINED)
    assert read_mark(marked) == TRAINED
    assert marked.startswith(data)


def test_strangers_get_a_clip_that_says_only_its_mark():
    data = create_film(comment="a secret prompt", title="Ada")
    data = with_making_told(
        data, CLIP_MEDIA_TYPE, TRAINED, Making(prompt="another secret", model="m")
    )
    assert read_mark(data) == TRAINED
    assert b"another secret" in data
    bare = only_marked(data, CLIP_MEDIA_TYPE, TRAINED)
    assert read_mark(bare) == TRAINED
    for told in (b"secret", b"Ada", b"Lavf"):
        assert told not in bare
    assert len(frames_of(bare)) == 24
    assert develop_clip(bare, mark=TRAINED).clip_ms == 1000


def test_texts_are_found_wherever_a_film_may_have_them():
    """In the file, the film, a track, its media, and in each of the pieces of one in fragments."""
    data = create_film(flags="frag_keyframe+empty_moov")
    secret = box(b"udta", box(b"name", b"a secret"))
    path_of = {b"moov", b"trak", b"mdia", b"moof", b"traf"}

    def with_secrets(part: bytes) -> bytes:
        made = [
            box(each.kind, with_secrets(part[each.content : each.end]) + secret)
            if each.kind in path_of
            else part[each.start : each.end]
            for each in boxes(part)
        ]
        return b"".join(made)

    told = with_secrets(data) + box(b"emsg", b"a secret") + secret
    assert told.count(b"a secret") >= 7
    bare = only_marked(told, CLIP_MEDIA_TYPE, TRAINED)
    assert b"a secret" not in bare
    assert read_mark(bare) == TRAINED


def test_a_file_of_boxes_in_boxes_is_no_way_to_the_bottom():
    data = create_film()
    deep = b""
    for _ in range(5_000):
        deep = box(b"moov", deep)
    assert read_mark(only_marked(data + deep, CLIP_MEDIA_TYPE, TRAINED)) == TRAINED


@pytest.mark.parametrize("name", [b"free", b"abcd"])
def test_a_file_of_a_million_little_boxes_is_refused_before_it_eats_the_memory(name):
    moov = box(b"moov", box(b"trak", box(name, b"") * 1_000) * 1_000)
    tracemalloc.start()
    try:
        with pytest.raises(ImageRefused, match="too many boxes"):
            only_marked(box(b"ftyp", b"isom") + moov, CLIP_MEDIA_TYPE, TRAINED)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 200 * 1024 * 1024


def test_a_million_little_boxes_of_user_data_are_not_read_for_a_packet(monkeypatch):
    told = box(b"udta", box(b"abcd", b"") * 1_000) * 1_000
    looked_at = []
    inside = xmp_in_mp4.inside
    monkeypatch.setattr(xmp_in_mp4, "inside", lambda *args: looked_at.append(1) or inside(*args))
    assert read_mark(box(b"ftyp", b"isom") + box(b"moov", told)) is None
    assert len(looked_at) < 210


def test_a_clip_is_kept_with_nothing_but_its_mark():
    # Others are shown the very file that is kept, and vendors write prompts into theirs.
    clip = develop_clip(create_film(comment="a secret prompt"), mark=TRAINED)
    assert read_mark(clip.data) == TRAINED
    assert b"secret" not in clip.data
    assert len(frames_of(clip.data)) == 24


def test_what_is_no_film_cannot_be_marked():
    for data in (b"", b"....ftyp", create_film()[:-1]):
        with pytest.raises(ImageRefused):
            mark(data, CLIP_MEDIA_TYPE, TRAINED)
        assert read_mark(data) is None


@pytest.mark.skipif(
    shutil.which("exiftool") is None,
    reason="exiftool is not installed (Debian: libimage-exiftool-perl)",
)
@pytest.mark.parametrize("flags", ["", "faststart", "frag_keyframe+empty_moov"])
def test_exiftool_reads_the_mark_and_finds_a_sound_file(tmp_path, flags):
    told = mark(create_film(flags=flags, comment="a secret"), CLIP_MEDIA_TYPE, TRAINED)
    for name, data in (("told", told), ("bare", only_marked(told, CLIP_MEDIA_TYPE, TRAINED))):
        path = tmp_path / f"{name}.mp4"
        path.write_bytes(data)
        command = ["exiftool", "-json", "-n", "-DigitalSourceType", "-Comment", "-Warning", path]
        [read] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        assert read["DigitalSourceType"].endswith(f"/{TRAINED}")
        assert "Warning" not in read
        assert read.get("Comment") == ("a secret" if name == "told" else None)
