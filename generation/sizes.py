"""From an aspect ratio and a resolution to pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

RESOLUTION_EDGE = {"1K": 1024, "2K": 2048, "4K": 4096}
"""Edge in pixels of the square picture of that resolution; other ratios have the same area."""

CLIP_EDGE = {"480p": 480, "720p": 720, "1080p": 1080}
"""Shorter edge in pixels of a clip of that resolution."""

CLIP_SECONDS = range(1, 61)
"""How long a clip may last, in whole seconds: as long as one that we take in."""

USUAL_RATIOS = ("1:1", "4:5", "5:4", "3:4", "4:3", "2:3", "3:2", "9:16", "16:9", "9:21", "21:9")
CLOSE = math.log(1.03)
"""Pictures are a few pixels off the ratio that they were asked for: by 3 % it is still that one."""


def parse_ratio(text: str) -> tuple[int, int]:
    """`"16:9"` as (16, 9), in lowest terms. Raises ValueError for anything else."""
    width, separator, height = text.partition(":")
    if not separator or not width.isascii() or not width.isdigit() or not height.isdigit():
        raise ValueError(f"not an aspect ratio: {text!r}")
    w, h = int(width), int(height)
    if not (0 < w <= 100 and 0 < h <= 100):
        raise ValueError(f"not an aspect ratio: {text!r}")
    divisor = math.gcd(w, h)
    return w // divisor, h // divisor


def pixel_size(aspect_ratio: str, resolution: str) -> tuple[int, int]:
    """Width and height in pixels: exactly of the ratio, even, about the resolution's area.

    Raises ValueError for a ratio that is none, and for a resolution not in RESOLUTION_EDGE.
    """
    w, h = parse_ratio(aspect_ratio)
    if resolution not in RESOLUTION_EDGE:
        raise ValueError(f"not a resolution: {resolution!r}")
    edge = RESOLUTION_EDGE[resolution]
    unit = max(2, 2 * round(edge / math.sqrt(w * h) / 2))
    return w * unit, h * unit


def clip_size(aspect_ratio: str, resolution: str) -> tuple[int, int]:
    """Width and height of a clip in pixels: even, as its encoding needs them.

    Raises ValueError for a ratio that is none, and for a resolution not in CLIP_EDGE.
    """
    w, h = parse_ratio(aspect_ratio)
    if resolution not in CLIP_EDGE:
        raise ValueError(f"not a resolution: {resolution!r}")
    scale = CLIP_EDGE[resolution] / min(w, h)
    return 2 * round(w * scale / 2), 2 * round(h * scale / 2)


def ratio_of(width: int, height: int, asked: str) -> str:
    """The aspect ratio of a picture in whole numbers: the one asked for where it is that, else
    a usual one where it is one, else the nearest in small numbers.
    """
    for ratio in (asked, *USUAL_RATIOS):
        if _distance(ratio, width / height) < CLOSE:
            return ratio
    longer = min(100.0, max(width, height) / min(width, height))
    close = Fraction(longer).limit_denominator(min(20, int(100 / longer)))
    sides = (close.numerator, close.denominator)
    return "{}:{}".format(*(sides if width >= height else reversed(sides)))


def nearest_ratio(ratio: str, possible: Iterable[str]) -> str:
    """Of the possible ratios the one that is most like this one; itself where all are possible.

    Raises ValueError for a ratio that is none.
    """
    w, h = parse_ratio(ratio)
    return min(possible, key=lambda other: _distance(other, w / h), default=ratio)


def _distance(ratio: str, quotient: float) -> float:
    """How much wider or narrower a ratio is than a width over height: 0 when it is the same."""
    w, h = parse_ratio(ratio)
    return abs(math.log(w / h / quotient))
