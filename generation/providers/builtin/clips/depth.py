"""A guess of what is near in a picture: what is low, and what stands out; the sky is far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from generation.providers.builtin.colour import Field
from generation.providers.builtin.edits.pixels import to_lab
from generation.providers.builtin.edits.regions import Regions
from generation.providers.builtin.edits.steps import Region
from generation.providers.builtin.noise import blur, smooth_step

EDGE = 128
"""Pixels of the longest edge of a depth field."""
_SOFT = 0.07
"""Parts of the longest edge: straight lines stay nearly straight where near meets far."""
_SUBJECT, _LOWEST = 0.8, 0.75
"""How near the subject is, all of it, and how near the lowest row of what lies around it."""
_LEAST_WATER = 0.03
_PULL = 0.6
"""How far the focus leaves the middle for the subject."""


@dataclass(frozen=True)
class Depth:
    """What is known of the space in a picture."""

    near: Field
    """0 far to 1 near, small."""
    water: Field
    """Where water would be, 0 to 1, of the same size."""
    focus: tuple[float, float]
    """Where the subject is, in parts of the picture."""


def depth_of(image: Image.Image) -> Depth:
    """Guess the depth of an RGB picture."""
    scale = min(1.0, EDGE / max(image.size))
    width, height = (max(8, round(side * scale)) for side in image.size)
    small = image.resize((width, height), Image.Resampling.BOX)
    regions = Regions(small)
    subject = np.asarray(regions.mask(Region.FOREGROUND), np.float32) / np.float32(255)
    sky = np.asarray(regions.mask(Region.SKY), np.float32) / np.float32(255)
    down = np.broadcast_to(
        ((np.arange(height, dtype=np.float32) + 0.5) / np.float32(height))[:, None], subject.shape
    )
    near = subject * _SUBJECT + (1 - subject) * down * _LOWEST * (1 - 0.8 * sky)
    near = blur(near.astype(np.float32), EDGE * _SOFT)
    low, high = float(near.min()), float(near.max())
    near = (near - low) / max(1e-3, high - low)
    return Depth(near, _water(small, down, subject), _focus(subject))


def _water(small: Image.Image, down: Field, subject: Field) -> Field:
    """Low and cool; in a picture with nothing cool below, low and not what stands out."""
    low = smooth_step(0.5, 0.64, down)
    yellowness = to_lab(np.asarray(small))[..., 2]
    water = low * smooth_step(0.02, -0.015, yellowness)
    if float(water.mean()) < _LEAST_WATER:
        water = low * (1 - subject)
    return blur(water.astype(np.float32), 1.5)


def _focus(subject: Field) -> tuple[float, float]:
    total = float(subject.sum())
    if total < 1e-3:
        return 0.5, 0.5
    rows, columns = subject.shape
    across = float((subject.sum(0) * (np.arange(columns) + 0.5)).sum()) / total / columns
    down = float((subject.sum(1) * (np.arange(rows) + 0.5)).sum()) / total / rows
    return 0.5 + (across - 0.5) * _PULL, 0.5 + (down - 0.5) * _PULL
