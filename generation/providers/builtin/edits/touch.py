"""The light touch of each model on what it edits: so little that many edits do not add up to much.

Only where tones change; a crop or a text leaves the rest of the picture as it is. It changes
lightness and chroma, never a hue: grey stays grey.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from generation.providers.builtin.canvas import Style
from generation.providers.builtin.colour import Field
from generation.providers.builtin.edits.pixels import Place, Toning
from generation.providers.builtin.edits.tone import s_curve
from generation.providers.builtin.noise import smooth_step


def of(style: Style) -> Toning:
    """The touch of a model of this style."""
    return _TOUCHES[style.medium]


def _light(lab: Field, place: Place) -> Field:
    """Photographic: a soft shoulder under the highlights."""
    light = lab[..., 0]
    lab[..., 0] = light - smooth_step(0.80, 1.0, light) * np.float32(0.012)
    return lab


def _brush(lab: Field, place: Place) -> Field:
    """Opaque paint: full colours, darks that are not quite black."""
    chroma = np.sqrt(lab[..., 1] ** 2 + lab[..., 2] ** 2)
    lab[..., 1:] *= (1 + np.float32(0.05) * (1 - np.minimum(chroma / 0.18, 1)))[..., None]
    lab[..., 0] += np.float32(0.012) * smooth_step(0.30, 0.05, lab[..., 0])
    return lab


def _print(lab: Field, place: Place) -> Field:
    """Few inks: tones gather a little into steps."""
    return _stepped(lab, 9, 0.45)


def _paper(lab: Field, place: Place) -> Field:
    """Sheets of paper: broad steps, softer than those of a print."""
    return _stepped(lab, 7, 0.22)


def _pencil(lab: Field, place: Place) -> Field:
    """A light wash: a little paler, with firm darks."""
    lab[..., 0] = s_curve(lab[..., 0], 0.5, 0.08)
    chroma = np.sqrt(lab[..., 1] ** 2 + lab[..., 2] ** 2)
    lab[..., 1:] *= (1 - np.float32(0.06) * np.minimum(chroma / 0.12, 1))[..., None]
    return lab


def _stepped(lab: Field, count: int, share: float) -> Field:
    scaled = lab[..., 0] * np.float32(count)
    whole = np.floor(scaled)
    part = scaled - whole
    stepped = whole + smooth_step(0.30, 0.70, part)
    lab[..., 0] += (stepped / np.float32(count) - lab[..., 0]) * np.float32(share)
    return lab


_TOUCHES: dict[str, Callable[[Field, Place], Field]] = {
    "light": _light,
    "brush": _brush,
    "print": _print,
    "paper": _paper,
    "pencil": _pencil,
}
