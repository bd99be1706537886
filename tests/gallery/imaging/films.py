"""Films for the tests, good and bad, all made on the spot."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from .pictures import create_scene

BLACK = Image.new("RGB", (160, 96))
FAST = {
    "libx264": {"preset": "ultrafast"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
    "libsvtav1": {"preset": "12"},
}


def create_film(
    images: Sequence[Image.Image] | None = None,
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    rate: int = 24,
    has_sound: bool = False,
    aspect: Fraction | None = None,
    container: str = "mp4",
    flags: str = "",
    **metadata: str,
) -> bytes:
    """One second of a scene whose corners tell which way is up, unless other images are given."""
    images = images or [create_scene((160, 96))] * 24
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film"
        options = {"movflags": flags} if flags else {}
        with av.open(str(path), "w", format=container, options=options) as output:
            output.metadata.update(metadata)
            video = output.add_stream(codec, rate=rate, options=dict(FAST.get(codec, {})))
            video.width, video.height = images[0].size
            video.pix_fmt = pix_fmt
            if aspect is not None:
                video.codec_context.sample_aspect_ratio = aspect
            sound: Any = output.add_stream("aac", rate=44_100) if has_sound else None
            for image in images:
                output.mux(video.encode(av.VideoFrame.from_ndarray(np.asarray(image))))
            output.mux(video.encode(None))
            if sound is not None:
                _hum(output, sound, len(images) / rate)
        return path.read_bytes()


def create_song(codec: str = "libmp3lame") -> bytes:
    """Half a second of sound in an MP4 file, and no picture."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "song"
        with av.open(str(path), "w", format="mp4") as output:
            _hum(output, output.add_stream(codec, rate=44_100), 0.5)
        return path.read_bytes()


def _hum(output: Any, sound: Any, seconds: float) -> None:
    samples = np.zeros((2, int(44_100 * seconds)), np.float32)
    frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
    frame.sample_rate = 44_100
    output.mux(sound.encode(frame))
    output.mux(sound.encode(None))


def frames_of(data: bytes) -> list[Image.Image]:
    """Every frame, as RGB."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film"
        path.write_bytes(data)
        with av.open(str(path)) as film:
            return [
                Image.fromarray(frame.reformat(format="rgb24").to_ndarray())
                for frame in film.decode(video=0)
            ]
