"""Clips: short films in MP4 files, and everything that is worked out from one once.

Of a clip the film is kept byte for byte, and the mark as all that the file says about itself; what
stands for it on pages are renditions of one of its frames, by the same names as those of a picture.
"""

from __future__ import annotations

import logging
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gallery.imaging import gate, marking, xmp_in_mp4
from gallery.imaging.formats import (
    CLIP_MEDIA_TYPE,
    FILE_TOO_LARGE,
    INVALID_TYPE,
    MAX_CLIP_BYTES,
    MAX_CLIP_MS,
    MAX_CLIP_SIDE,
    MIN_CLIP_SIDE,
    ImageRefused,
    RefusalCode,
    is_clip,
    sniff,
)
from gallery.imaging.gate_frames import BrokenFrame, unpack
from gallery.imaging.mp4_boxes import whole_file
from gallery.imaging.renditions import RENDITION_MEDIA_TYPE, Developed, develop, rendition_sizes

__all__ = ["DevelopedClip", "develop_clip", "develop_either"]

logger = logging.getLogger(__name__)

#: Seconds on the wall, from start to end of one child.
TIMEOUT_SECONDS = 30.0

CHILD_COMMAND = (sys.executable, "-I", "-B", str(Path(__file__).with_name("clip_child.py")))

_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True)
class DevelopedClip:
    """A finished clip: what to store and what to write into its row. Compare `Developed`."""

    data: bytes  #: the original file with the mark alone; the film is untouched
    media_type: str
    width: int  #: pixels, as shown (upright, square)
    height: int
    dominant_colour: str  #: "#rrggbb", of the poster
    hue: int  #: degrees, 0 to 359
    renditions: dict[int, bytes]  #: name width -> WebP file, of the poster
    clip_ms: int  #: milliseconds
    frames_per_second: float
    has_sound: bool


def develop_clip(data: bytes, *, mark: str | None) -> DevelopedClip:
    """Mark a clip and work out all that its row and its storage need.

    Others are shown the file itself, so nothing else stays that it says about itself: vendors may
    have written the prompt into it. A signed C2PA manifest stays, and with it the whole file.

    At most 200 MB beside its XMP (to which downloads add), 60 seconds and 4096 pixels of a side:
    H.264, HEVC, AV1 or VP9 in MP4. A child process with limits decodes it, as it does uploads
    (gate.py). `mark` is as in `renditions.develop`; without one the bytes stay as they are.

    Raises ImageRefused: FILE_TOO_LARGE for too many bytes, INVALID_TYPE for all else; and
    GateClosedError when no file can be looked at now.
    """
    if len(data) - len(xmp_in_mp4.read_xmp(data) or b"") > MAX_CLIP_BYTES:
        raise ImageRefused(FILE_TOO_LARGE, f"{len(data)} bytes is more than {MAX_CLIP_BYTES}")
    if not is_clip(data):
        raise ImageRefused(INVALID_TYPE, "not an MP4 file")
    try:
        whole_file(data)
    except ValueError as error:
        raise ImageRefused(INVALID_TYPE, f"not a whole MP4 file: {error}") from error
    said = ""
    if mark is not None:
        data = marking.only_marked(data, CLIP_MEDIA_TYPE, mark)
        said = marking.read_mark(data) or mark
    try:
        return _developed(data, _ask_child(data, said))
    except OSError as error:
        logger.exception("The child that reads clips cannot be run")
        raise gate.GateClosedError(error.errno, error.strerror) from error
    except BrokenFrame as error:
        logger.warning("The child that reads clips gave no answer: %s", error)
        raise ImageRefused(INVALID_TYPE, f"no answer from the child: {error}") from error


def develop_either(data: bytes, *, mark: str | None) -> Developed | DevelopedClip:
    """`develop_clip` for what begins as a clip, else `develop`; raises as they do."""
    return develop_clip(data, mark=mark) if is_clip(data) else develop(data, mark=mark)


def _ask_child(data: bytes, said: str) -> bytes:
    """The child's answer. It reads the clip from a file: two copies of it are enough."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        file.seek(0)
        return gate.ask_child((*CHILD_COMMAND, said), file, timeout=TIMEOUT_SECONDS)


def _developed(data: bytes, answer: bytes) -> DevelopedClip:
    """What the child found out, read as distrustfully as the clip itself."""
    header, blobs = unpack(answer)
    try:
        if "refused" in header:
            raise ImageRefused(RefusalCode(header["refused"]), str(header["detail"])[:200])
        _check(header, blobs)
        return DevelopedClip(
            data=data,
            media_type=CLIP_MEDIA_TYPE,
            width=header["width"],
            height=header["height"],
            dominant_colour=header["dominant_colour"],
            hue=header["hue"],
            renditions=dict(zip(header["widths"], blobs, strict=True)),
            clip_ms=header["clip_ms"],
            frames_per_second=float(header["frames_per_second"]),
            has_sound=bool(header["has_sound"]),
        )
    except (LookupError, TypeError, ValueError) as error:
        raise BrokenFrame("an answer that makes no sense") from error


def _check(header: dict[str, Any], blobs: list[bytes]) -> None:
    """Raises BrokenFrame, or what comes of reading nonsense."""
    width, height, hue = header["width"], header["height"], header["hue"]
    if not all(type(side) is int and 0 < side <= MAX_CLIP_SIDE for side in (width, height)):
        raise BrokenFrame("impossible size")
    if max(width, height) < MIN_CLIP_SIDE:
        raise BrokenFrame("impossible size")
    if type(header["clip_ms"]) is not int or not 0 < header["clip_ms"] <= MAX_CLIP_MS:
        raise BrokenFrame("impossible length")
    if not 0 < float(header["frames_per_second"]) < float("inf"):
        raise BrokenFrame("impossible speed")
    if type(hue) is not int or not 0 <= hue < 360:
        raise BrokenFrame("impossible colour")
    if not _COLOUR.fullmatch(header["dominant_colour"]):
        raise BrokenFrame("impossible colour")
    if header["widths"] != [size.name_width for size in rendition_sizes(width, height)]:
        raise BrokenFrame("other renditions than asked for")
    if any(sniff(file) != RENDITION_MEDIA_TYPE for file in blobs):
        raise BrokenFrame("not what it is said to be")
