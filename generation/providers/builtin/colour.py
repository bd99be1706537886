"""Colour arithmetic: linear light for mixing lights, OKLab for mixing pigments and ramps.

A `Colour` is a float32 array of shape (3,): linear RGB, 0 to 1 (brighter for lights).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Field: TypeAlias = NDArray[np.floating[Any]]
"""A two-dimensional float32 array over the picture, shape (rows, columns)."""
Colour: TypeAlias = NDArray[np.floating[Any]]
Stops: TypeAlias = Sequence[tuple[float, Colour]]
"""A ramp: positions 0 to 1, ascending, each with its colour."""

RAMP_SIZE = 1024

TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
FROM_LMS = np.linalg.inv(TO_LMS)
FROM_LAB = np.linalg.inv(TO_LAB)
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


def from_hex(text: str) -> Colour:
    """The linear colour of an sRGB notation such as "#d8322f"."""
    digits = text.lstrip("#")
    encoded = np.array([int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)])
    return np.asarray(decode(encoded), np.float32)


def to_oklab(linear: Field) -> Field:
    """Linear RGB (..., 3) to OKLab: lightness 0 to 1, then the two colour axes."""
    lms = np.cbrt(np.clip(linear @ TO_LMS.T, 0, None))
    return np.asarray(lms @ TO_LAB.T, np.float32)


def from_oklab(lab: Field) -> Field:
    """OKLab (..., 3) to linear RGB; what lies outside the gamut is clipped at black."""
    linear = (lab @ FROM_LAB.T) ** 3 @ FROM_LMS.T
    return np.clip(linear, 0, None).astype(np.float32)


def mix(first: Colour, second: Colour, amount: float) -> Colour:
    """`first` at amount 0, `second` at 1, even to the eye between them."""
    return from_oklab(to_oklab(first) * (1 - amount) + to_oklab(second) * amount)


def adjust(
    colour: Colour, *, lightness: float = 0.0, chroma: float = 1.0, turn: float = 0.0
) -> Colour:
    """Lighten (OKLab, -1 to 1), change the chroma (factor) and turn the hue (radians)."""
    light, a, b = (float(part) for part in to_oklab(colour))
    cosine, sine = math.cos(turn), math.sin(turn)
    turned = (a * cosine - b * sine, a * sine + b * cosine)
    light = min(1.0, max(0.02, light + lightness))
    return from_oklab(np.array([light, turned[0] * chroma, turned[1] * chroma]))


def tint(colour: Colour, towards: Colour, amount: float) -> Colour:
    """Pull hue and chroma towards another colour; the lightness follows only a little."""
    lab, target = to_oklab(colour), to_oklab(towards)
    # Very dark and very light colours carry little chroma, or the tint would glow.
    room = 0.35 + 2.6 * float(lab[0]) * (1 - float(lab[0]))
    mixed = lab.copy()
    mixed[1:] = lab[1:] * (1 - amount) + target[1:] * (amount * min(1.0, room))
    mixed[0] = lab[0] * (1 - 0.18 * amount) + target[0] * 0.18 * amount
    return from_oklab(mixed)


def luminance(linear: Field) -> Field:
    """Relative luminance of linear RGB (..., 3)."""
    light: Field = linear @ _LUMINANCE
    return light


def even_stops(colours: Sequence[Colour]) -> list[tuple[float, Colour]]:
    """Colours at equal distances over a ramp."""
    last = max(1, len(colours) - 1)
    return [(index / last, each) for index, each in enumerate(colours)]


def ramp(stops: Stops) -> Field:
    """A lookup table (RAMP_SIZE, 3) of linear RGB, interpolated in OKLab."""
    positions = [position for position, _ in stops]
    labs = to_oklab(np.stack([each for _, each in stops]))
    at = np.linspace(0, 1, RAMP_SIZE)
    return from_oklab(np.stack([np.interp(at, positions, labs[:, i]) for i in range(3)], axis=-1))


def look_up(table: Field, positions: Field) -> Field:
    """The ramp's colours at positions 0 to 1: shape (..., 3)."""
    index = np.clip(positions * (RAMP_SIZE - 1), 0, RAMP_SIZE - 1).astype(np.int32)
    return table.take(index, axis=0)


def encode(linear: Field) -> Field:
    """Linear RGB to sRGB, 0 to 1."""
    clipped = np.clip(linear, 0, 1)
    encoded = np.power(clipped, 1 / 2.4)
    encoded *= 1.055
    encoded -= 0.055
    return np.where(clipped <= 0.0031308, clipped * 12.92, encoded)


def decode(encoded: Field) -> Field:
    """sRGB 0 to 1 to linear RGB."""
    curve: Field = ((encoded + 0.055) / 1.055) ** 2.4
    return np.where(encoded <= 0.04045, encoded / 12.92, curve)


def tone_map(linear: Field, exposure: float = 1.0) -> Field:
    """Bring lights above 1 back into range with a soft shoulder; mid-tones stay."""
    bright = linear * exposure
    # Identity up to the knee, then a rational shoulder that reaches 1 only at infinity.
    knee = 0.62
    over = np.maximum(bright - knee, 0)
    shoulder: Field = (1 - knee) * over / (over + (1 - knee))
    mapped: Field = np.minimum(bright, knee) + shoulder
    return mapped
