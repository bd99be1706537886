"""Colours that people name, as angles of OKLab."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from generation.providers.builtin.colour import Field
from generation.providers.builtin.noise import smooth_step

HUES: dict[str, tuple[float, float]] = {
    "red": (24, 24),
    "orange": (58, 20),
    "brown": (62, 26),
    "gold": (85, 22),
    "yellow": (103, 22),
    "green": (142, 36),
    "cyan": (196, 28),
    "blue": (250, 42),
    "purple": (304, 26),
    "pink": (352, 26),
}
"""Name -> angle and how far to both sides the name reaches, in degrees."""

_GREY = (0.018, 0.045)
"""Chroma below the first has no hue, above the second it has one for sure."""


def axes_of(colour: str, chroma: float) -> Field:
    """The two colour axes of a named colour."""
    angle = math.radians(HUES[colour][0])
    return np.array([math.cos(angle), math.sin(angle)], np.float32) * np.float32(chroma)


def share_of(lab: Field, colours: Iterable[str]) -> Field:
    """How much each pixel has one of these colours, 0 to 1."""
    a, b = lab[..., 1], lab[..., 2]
    chroma = np.sqrt(a * a + b * b)
    angle = np.degrees(np.arctan2(b, a))
    share = np.zeros(chroma.shape, np.float32)
    for colour in colours:
        centre, reach = HUES[colour]
        away = np.abs((angle - np.float32(centre) + 180) % 360 - 180)
        np.maximum(share, smooth_step(reach * 1.35, reach * 0.85, away), out=share)
    share *= smooth_step(*_GREY, chroma)
    return share
