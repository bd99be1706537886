"""Frames into an MP4 file that every browser plays, one after the other: none is kept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from PIL import Image

FRAMES_PER_SECOND = 24

_OPTIONS = {
    "preset": "veryfast",
    "crf": "20",
    "maxrate": "9M",
    "bufsize": "18M",
    # Under "maxrate" each thread heeds how far the others have come: with more than one the bytes
    # of a clip, and how large it is, depend on what else the machine does.
    "threads": "1",
}


def as_film(frames: Iterable[Image.Image], size: tuple[int, int]) -> bytes:
    """Encode RGB frames of one even size: H.264 in yuv420p, its index in front of the film.

    Whatever is raised while a frame is made ends it; nothing stays on the disk.
    """
    with tempfile.TemporaryDirectory(prefix="clip-") as folder:
        # libav moves the index to the front by reading the file anew, so it has to be one.
        path = Path(folder) / "clip.mp4"
        _write(path, frames, size)
        return path.read_bytes()


def _write(path: Path, frames: Iterable[Image.Image], size: tuple[int, int]) -> None:
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND, options=dict(_OPTIONS))
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.colorspace = Colorspace.ITU709
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        context.color_range = ColorRange.MPEG
        for number, image in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.asarray(image)).reformat(
                format="yuv420p",
                dst_colorspace=Colorspace.ITU709,
                dst_color_range=ColorRange.MPEG,
            )
            frame.pts = number
            frame.time_base = Fraction(1, FRAMES_PER_SECOND)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
