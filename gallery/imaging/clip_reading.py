"""From an MP4 file to what is known of it: its size, its length, and the frame that stands for it.

Only clip_child.py imports this: libav is a lot of C code, and files come from outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, BinaryIO

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from gallery.imaging.formats import (
    INVALID_TYPE,
    MAX_CLIP_MS,
    MAX_CLIP_SIDE,
    MIN_CLIP_SIDE,
    ImageRefused,
)

#: What browsers play in an MP4 file, by libav's names.
VIDEO_CODECS = frozenset({"h264", "hevc", "av1", "vp9"})

#: Frames of a second. Twice what screens show.
MAX_RATE = 120

#: Frames among which one is looked for that is not black: three seconds of most films.
_LOOKED_AT = 72

#: Luma, 0 to 255. Black is 16 in a film; noise and fades stay below this.
_BLACK = 28

#: libav may open no other file that this one names.
_OPTIONS = {"enable_drefs": "0", "protocol_whitelist": "none"}

_UNKNOWN_MATRIX = 2
_BT709 = 1
_HD_HEIGHT = 720

_TURNS = {
    90: Image.Transpose.ROTATE_90,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_270,
}


@dataclass(frozen=True)
class Seen:
    """A clip as a browser would show it."""

    width: int  #: pixels, upright, of square pixels
    height: int
    clip_ms: int  #: from the first picture until the last picture and the last sound are over
    frames_per_second: float
    has_sound: bool
    poster: Image.Image  #: RGB, of that size; the first frame that is not black, else the first


@dataclass(frozen=True)
class _Timing:
    clip_ms: int
    frames_per_second: float


def look_at(file: BinaryIO) -> Seen:
    """Read a clip. Raises ImageRefused(INVALID_TYPE) for what is none, or is more than we take."""
    try:
        with _opened(file) as container:
            video = _video_of(container)
            has_sound = bool(container.streams.audio)
            timing = _timing(container, video)
        file.seek(0)
        with _opened(file) as container:
            video = _video_of(container)
            poster = _shown(_poster(container, video), video.sample_aspect_ratio)
    except ImageRefused:
        raise
    except Exception as error:
        # Broad on purpose, as in decode.py: whatever is wrong with the file, it is no clip for us.
        raise ImageRefused(INVALID_TYPE, f"{type(error).__name__} while reading a clip") from error
    return Seen(
        width=poster.width,
        height=poster.height,
        clip_ms=timing.clip_ms,
        frames_per_second=timing.frames_per_second,
        has_sound=has_sound,
        poster=poster,
    )


def _opened(file: BinaryIO) -> InputContainer:
    container: Any = av.open(file, "r", format="mp4", options=dict(_OPTIONS))
    assert isinstance(container, InputContainer)
    return container


def _video_of(container: InputContainer) -> VideoStream:
    """The film's picture track. A cover of a song is one picture in a codec that is not ours."""
    video = next(
        (
            each
            for each in container.streams.video
            if each.codec_context.codec.canonical_name in VIDEO_CODECS
        ),
        None,
    )
    if video is None:
        raise _refused("no video track that browsers play")
    sides = (video.codec_context.width, video.codec_context.height)
    if not all(MIN_CLIP_SIDE <= side <= MAX_CLIP_SIDE for side in sides):
        raise _refused(f"{sides[0]}x{sides[1]} pixels")
    return video


def _timing(container: InputContainer, video: VideoStream) -> _Timing:
    """How long it is, by what is there and not by what the header says. Decodes nothing."""
    most = MAX_CLIP_MS // 1000 * MAX_RATE
    frames = 0
    starts: list[Fraction] = []
    end = video_end = Fraction(0)
    tracks = [video, *container.streams.audio]
    for packet in container.demux(tracks):
        if packet.size == 0 or packet.pts is None or packet.time_base is None:
            continue  # the empty packet at the end of each track
        if packet.is_corrupt:
            raise _refused("cut off")
        over = (packet.pts + (packet.duration or 0)) * packet.time_base
        end = max(end, over)
        if packet.stream.index == video.index:
            frames += 1
            starts.append(packet.pts * packet.time_base)
            video_end = max(video_end, over)
            if frames > most:
                raise _refused("too many frames")
    start = max(Fraction(0), min(starts, default=Fraction(0)))
    clip_ms = round((end - start) * 1000)
    if video_end <= start:
        raise _refused("no frames")
    if clip_ms > MAX_CLIP_MS:
        raise _refused(f"{clip_ms} ms is more than {MAX_CLIP_MS}")
    return _Timing(clip_ms, round(float(frames / (video_end - start)), 3))


def _poster(container: InputContainer, video: VideoStream) -> VideoFrame:
    video.codec_context.thread_count = 1  # each thread of a large film wants its own memory
    first: VideoFrame | None = None
    for number, frame in enumerate(container.decode(video)):
        if not _is_black(frame):
            return frame
        first = first or frame
        if number + 1 >= _LOOKED_AT:
            break
    if first is None:
        raise _refused("no frame that can be decoded")
    return first


def _is_black(frame: VideoFrame) -> bool:
    small = frame.reformat(width=32, height=32, format="gray", interpolation="AREA")
    return int(small.to_ndarray().max()) < _BLACK


def _shown(frame: VideoFrame, aspect: Fraction | None) -> Image.Image:
    """The frame as sRGB, turned upright, its pixels (so much wider than high) made square."""
    if not all(MIN_CLIP_SIDE <= side <= MAX_CLIP_SIDE for side in (frame.width, frame.height)):
        raise _refused(f"a frame of {frame.width}x{frame.height} pixels")
    if frame.colorspace == _UNKNOWN_MATRIX and frame.height >= _HD_HEIGHT:
        frame.colorspace = _BT709  # as browsers take it
    image = Image.fromarray(frame.reformat(format="rgb24").to_ndarray())
    if aspect and aspect > 0 and aspect != 1:
        width = min(MAX_CLIP_SIDE, max(1, round(image.width * aspect)))
        image = image.resize((width, image.height), Image.Resampling.BICUBIC)
    turn = _TURNS.get(frame.rotation % 360)
    return image if turn is None else image.transpose(turn)


def _refused(detail: str) -> ImageRefused:
    return ImageRefused(INVALID_TYPE, detail)
