"""Finding the sky: what is smooth and hangs together from the upper edge downwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from generation.providers.builtin.colour import Field
from generation.providers.builtin.noise import blur

_STEP = 0.034
"""OKLab distance of two neighbours of which one is sky and the other is not."""
_HUE_REACH = 0.062
_DARKER = 0.13
_LEAST_ROW = 0.05


@dataclass(frozen=True)
class Disc:
    """A round light in the sky."""

    x: float
    """Its middle: 0 at the left edge to 1 at the right one."""
    y: float
    """0 at the top to 1 at the bottom."""
    radius: float
    """In parts of the picture's height."""


@dataclass(frozen=True)
class Sky:
    """The sky of a picture."""

    mask: Image.Image
    """Mode "L", the picture's size."""
    is_found: bool
    """False where nothing looks like one: then the mask is the upper part."""
    horizon: float
    """Its lower end, 0 at the top of the picture to 1 at the bottom."""
    lightness: float
    """Its middle lightness in OKLab."""
    sun: float
    """Where, from left to right, it is lightest near the horizon: 0 to 1."""
    disc: Disc | None = None
    """The sun or the moon in it, if there is one."""


def flooded_sky(lab: Field) -> Field:
    """What hangs together from the upper part downwards, row by row, without crossing an edge."""
    height, width = lab.shape[:2]
    if height < 12 or width < 12:
        return np.zeros((height, width), np.float32)
    smooth = np.stack(
        [_median(lab[..., channel], span) for channel, span in ((0, 1.0), (1, 0.5), (2, 0.5))], -1
    )
    # Not the topmost rows: a print has a margin of paper.
    first, last = max(1, int(height * 0.05)), max(2, int(height * 0.14))
    band = smooth[first:last]
    colour = np.median(band.reshape(-1, 3), axis=0)
    start = np.sqrt(((band - colour) ** 2).sum(-1)).mean(0) < 0.09
    smooth[_paper_margin(lab)] = 9  # unlike everything
    reached = np.zeros((height, width), bool)
    if start.any():
        _spread(smooth, reached, start, range(first, height))
        _spread(smooth, reached, reached[first].copy(), range(first - 1, -1, -1))
    return _with_clouds(reached, smooth)


def _paper_margin(lab: Field) -> Field:
    """The unpainted paper around some pictures: light, grey, the same on all four sides."""
    height, width = lab.shape[:2]
    is_margin = np.zeros((height, width), bool)
    sides = np.stack([np.median(side, axis=0) for side in (lab[0], lab[-1], lab[:, 0], lab[:, -1])])
    paper = sides.mean(0)
    if np.ptp(sides, axis=0).max() < 0.05 and paper[0] > 0.86 and np.hypot(*paper[1:]) < 0.05:
        near = np.sqrt(((lab - paper) ** 2).sum(-1)) < 0.045
        is_margin = near & (np.minimum(ends_away(height)[:, None], ends_away(width)[None]) < 0.05)
    return is_margin


def _spread(smooth: Field, reached: Field, above: Field, rows: range) -> None:
    """Take the sky from row to row, in place. It may change its colour, but only slowly."""
    width = smooth.shape[1]
    colour = np.median(smooth[rows[0]][above], axis=0) if above.any() else None
    before = smooth[rows[0]]
    for row in rows:
        here = smooth[row]
        if colour is None:
            return
        hue_away = np.hypot(here[:, 1] - colour[1], here[:, 2] - colour[2])
        is_like = (hue_away < _HUE_REACH) & (here[:, 0] > colour[0] - _DARKER)
        is_like &= ~((here[:, 1] < -0.018) & (here[:, 2] > 0.018))  # leaves and grass
        passes_down = np.sqrt(((here - before) ** 2).sum(-1)) < _STEP
        breaks = np.ones(width, bool)
        breaks[1:] = np.sqrt(((here[1:] - here[:-1]) ** 2).sum(-1)) >= _STEP
        runs = np.cumsum(breaks | ~is_like)
        hit = np.bincount(runs, weights=above & passes_down & is_like, minlength=width + 1) > 0
        above = is_like & hit[runs]
        if above.sum() < _LEAST_ROW * width:
            return
        reached[row] = above
        colour = colour * 0.7 + np.median(here[above], axis=0) * 0.3
        before = here


def _with_clouds(reached: Field, smooth: Field) -> Field:
    """The sky with what is light or small in the middle of it: clouds, stars, birds."""
    if not reached.any():
        return reached.astype(np.float32)
    below = np.maximum.accumulate(reached[::-1], axis=0)[::-1]
    light = np.quantile(smooth[..., 0][reached], 0.35)
    pale = (smooth[..., 0] > light - 0.02) & (np.hypot(smooth[..., 1], smooth[..., 2]) < 0.09)
    filled = reached | (below & pale)
    closed = Image.fromarray(filled.astype(np.uint8) * 255)
    closed = closed.filter(ImageFilter.MaxFilter(3)).filter(ImageFilter.MinFilter(3))
    opened = closed.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.MaxFilter(3))
    return np.asarray(opened, np.float32) / np.float32(255)


def _median(channel: Field, span: float) -> Field:
    """A channel in 8 bits after a median filter: without stars, grain and hatching."""
    low = 0.0 if span == 1.0 else -0.25
    image = Image.fromarray((np.clip((channel - low) / span, 0, 1) * 255).astype(np.uint8))
    smooth = image.filter(ImageFilter.MedianFilter(5)).filter(ImageFilter.GaussianBlur(0.8))
    return np.asarray(smooth, np.float32) / np.float32(255) * np.float32(span) + np.float32(low)


def disc_in(light: Field, inside: NDArray[np.bool_]) -> Disc | None:
    """The one small spot that is much lighter than the sky around it."""
    height, width = light.shape
    around = np.asarray(
        Image.fromarray(inside.astype(np.uint8) * 255).filter(ImageFilter.MaxFilter(7))
    )
    soft = np.where(around > 0, blur(light.astype(np.float32), 1.0), 0)
    row, column = np.unravel_index(int(soft.argmax()), soft.shape)
    peak, ground = float(soft[row, column]), float(np.median(light[inside]))
    if peak < max(0.86, ground + 0.07):
        return None
    most = 0.13 * min(height, width)
    for drop in (0.35, 0.2, 0.1):  # less, where it stands in a glow of its own
        lit = (soft > peak - drop * (peak - ground)) & (around > 0)
        down, across = np.nonzero(lit)
        near = np.hypot(down - row, across - column) < 2 * most
        if near.mean() < 0.6:  # there are clouds as light as this
            return None
        y, x = float(np.median(down[near])), float(np.median(across[near]))
        radius = float(np.sqrt(near.sum() / np.pi))
        inner = np.hypot(down[near] - y, across[near] - x) < 1.2 * radius + 0.7
        if inner.mean() > 0.85 and 1.2 < radius < most:
            return Disc((x + 0.5) / width, (y + 0.5) / height, radius / height)
    return None


def ends_away(count: int) -> Field:
    """Distance to the nearer end, 0 to 0.5."""
    at = (np.arange(count, dtype=np.float32) + np.float32(0.5)) / np.float32(count)
    ends: Field = np.minimum(at, 1 - at)
    return ends
