"""From an aspect ratio and a resolution to pixels."""

from __future__ import annotations

import math

RESOLUTION_EDGE = {"1K": 1024, "2K": 2048, "4K": 4096}
"""Edge in pixels of the square picture of that resolution; other ratios have the same area."""


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
    """Width and height in pixels: exactly of the ratio, even, about the resolution's area."""
    w, h = parse_ratio(aspect_ratio)
    edge = RESOLUTION_EDGE[resolution]
    unit = max(2, 2 * round(edge / math.sqrt(w * h) / 2))
    return w * unit, h * unit
