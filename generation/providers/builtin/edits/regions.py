"""Telling apart parts of a picture without knowing what it shows.

By position, lightness and colour alone: the background is what looks like the rim of the
picture; for the sky see sky.py.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageChops

from generation.providers.builtin.colour import Field
from generation.providers.builtin.edits.pixels import to_lab
from generation.providers.builtin.edits.sky import Sky, disc_in, ends_away, flooded_sky
from generation.providers.builtin.edits.steps import Region
from generation.providers.builtin.noise import blur, resize, smooth_step

WORK_EDGE = 160
"""Pixels of the longest edge at which regions are looked for."""
_LEAST_SKY, _MOST_SKY = 0.05, 0.92
_GUIDE_RADIUS = 3.0
_GUIDE_EPSILON = 4e-4


class Regions:
    """The regions of one picture (RGB), each found when it is first asked for."""

    def __init__(self, image: Image.Image) -> None:
        self._image = image
        scale = min(1.0, WORK_EDGE / max(image.size))
        size = tuple(max(1, round(side * scale)) for side in image.size)
        small = image.resize((size[0], size[1]), Image.Resampling.BOX, reducing_gap=2.0)
        self._lab = to_lab(np.asarray(small))
        self._guide = np.asarray(small.convert("L"), np.float32) / np.float32(255)
        self._masks: dict[Region, Image.Image] = {}
        self._sky: Sky | None = None

    @property
    def pivot(self) -> float:
        """The middle lightness of the picture, kept away from both ends."""
        return float(np.clip(np.median(self._lab[..., 0]), 0.38, 0.68))

    @property
    def lightness(self) -> float:
        """The mean lightness of the picture."""
        return float(self._lab[..., 0].mean())

    def mask(self, region: Region) -> Image.Image:
        """How much each pixel belongs to the region: mode "L", the picture's size."""
        if region is Region.SKY:
            return self.sky.mask
        if region is Region.LAND:
            return ImageChops.invert(self.sky.mask)
        if region not in self._masks:
            self._masks[region] = self._full(*_FINDERS[region](self._lab))
        return self._masks[region]

    @property
    def sky(self) -> Sky:
        """The sky, or what stands in for it."""
        if self._sky is None:
            self._sky = self._find_sky()
        return self._sky

    def _find_sky(self) -> Sky:
        found = flooded_sky(self._lab)
        is_found = _LEAST_SKY < float(found.mean()) < _MOST_SKY
        if not is_found:
            found = _from_above(self._lab)
        inside = found > 0.5
        light = self._lab[..., 0]
        if not inside.any():
            return Sky(self._full(found, False), False, 0.55, self.lightness, 0.5)
        rows = inside.mean(1)
        horizon = (1 + int(np.flatnonzero(rows > 0.18 * rows.max())[-1])) / len(rows)
        near = inside & (np.arange(len(rows))[:, None] > (horizon - 0.22) * len(rows))
        columns: Field = np.where(near, light, 0).sum(0) / np.maximum(near.sum(0), 1)
        columns = np.where(near.any(0), columns, 0)
        smooth: Field = blur(
            np.repeat(columns[None].astype(np.float32), 2, 0), len(columns) * 0.08
        )[0]
        # Not at the very rim, and rather beside the middle than in it.
        lightest = smooth * smooth_step(0, 0.12, ends_away(len(smooth)))
        return Sky(
            mask=self._full(found, is_found),
            is_found=is_found,
            horizon=max(0.15, horizon),
            lightness=float(np.median(light[inside])),
            sun=(int(lightest.argmax()) + 0.5) / len(smooth),
            disc=disc_in(light, inside) if is_found else None,
        )

    def _full(self, small: Field, has_edges: bool) -> Image.Image:
        """A mask in the picture's size; if it has edges, they follow those of the picture."""
        width, height = self._image.size
        if not has_edges:
            return _as_image(np.clip(resize(small, (height, width)), 0, 1))
        # Guided filter (He, Sun, Tang 2010), its coefficients computed small.
        guide, radius = self._guide, _GUIDE_RADIUS
        mean_guide, mean_mask = blur(guide, radius), blur(small, radius)
        variance = blur(guide * guide, radius) - mean_guide * mean_guide
        together = blur(guide * small, radius) - mean_guide * mean_mask
        slope = together / (variance + np.float32(_GUIDE_EPSILON))
        offset = mean_mask - slope * mean_guide
        soft_slope, soft_offset = blur(slope, radius * 0.6), blur(offset, radius * 0.6)
        full_guide = np.asarray(self._image.convert("L"), np.float32) * np.float32(1 / 255)
        full: Field = resize(soft_slope, (height, width)) * full_guide
        full = full + resize(soft_offset, (height, width))
        return _as_image(smooth_step(0.12, 0.88, full))


def _as_image(mask: Field) -> Image.Image:
    return Image.fromarray((np.clip(mask, 0, 1) * 255 + 0.5).astype(np.uint8))


def _rows(lab: Field) -> Field:
    height = lab.shape[0]
    down: Field = (np.arange(height, dtype=np.float32)[:, None] + np.float32(0.5)) / np.float32(
        height
    )
    return np.broadcast_to(down, lab.shape[:2])


def _columns(lab: Field) -> Field:
    width = lab.shape[1]
    across: Field = (np.arange(width, dtype=np.float32)[None, :] + np.float32(0.5)) / np.float32(
        width
    )
    return np.broadcast_to(across, lab.shape[:2])


def _from_above(lab: Field) -> Field:
    return smooth_step(0.62, 0.18, _rows(lab))


def _subject(lab: Field) -> Field:
    """What stands out: near the middle, and unlike the picture's rim."""
    height, width = lab.shape[:2]
    side, over = max(1, width // 12), max(1, height // 12)
    rim = np.concatenate(
        [
            lab[:over].reshape(-1, 3),
            lab[-over:].reshape(-1, 3),
            lab[:, :side].reshape(-1, 3),
            lab[:, -side:].reshape(-1, 3),
        ]
    )
    rim = rim[np.argsort(rim[:, 0], kind="stable")]
    samples = np.stack([part.mean(0) for part in np.array_split(rim, min(10, len(rim)))])
    away = np.full((height, width), np.inf, np.float32)
    for sample in samples:
        np.minimum(away, np.sqrt(((lab - sample) ** 2).sum(-1)), out=away)
    across, down = _columns(lab) - np.float32(0.5), _rows(lab) - np.float32(0.54)
    central = np.exp(-((across / 0.34) ** 2) - (down / 0.40) ** 2)
    standing = blur((away / (np.quantile(away, 0.95) + 1e-4)).astype(np.float32), 2.5)
    score = central * (np.float32(0.28) + np.minimum(standing, 1.2))
    subject: Field = smooth_step(
        float(np.quantile(score, 0.55)), float(np.quantile(score, 0.80)) + 1e-4, score
    )
    return subject.astype(np.float32)


def _by_lightness(low: float, high: float) -> Callable[[Field], tuple[Field, bool]]:
    return lambda lab: (smooth_step(low, high, lab[..., 0]).astype(np.float32), True)


_FINDERS: dict[Region, Callable[[Field], tuple[Field, bool]]] = {
    Region.FOREGROUND: lambda lab: (_subject(lab), True),
    Region.BACKGROUND: lambda lab: (1 - _subject(lab), True),
    Region.TOP: lambda lab: (smooth_step(0.62, 0.38, _rows(lab)), False),
    Region.BOTTOM: lambda lab: (smooth_step(0.38, 0.62, _rows(lab)), False),
    Region.LEFT: lambda lab: (smooth_step(0.62, 0.38, _columns(lab)), False),
    Region.RIGHT: lambda lab: (smooth_step(0.38, 0.62, _columns(lab)), False),
    Region.CENTRE: lambda lab: (_central(lab), False),
    Region.EDGES: lambda lab: (1 - _central(lab), False),
    Region.SHADOWS: _by_lightness(0.60, 0.28),
    Region.HIGHLIGHTS: _by_lightness(0.55, 0.82),
}


def _central(lab: Field) -> Field:
    across, down = _columns(lab) - np.float32(0.5), _rows(lab) - np.float32(0.5)
    return smooth_step(0.55, 0.22, np.sqrt(across * across + down * down))
