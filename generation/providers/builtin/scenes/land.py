"""Ridges, hills and the trees on them."""

from __future__ import annotations

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import Colour, Field, mix
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.sky import Sky


def mountain_crest(canvas: Canvas, name: str, base: float, height: float, scale: float) -> Field:
    """The y of a mountain chain's crest for each column."""
    rough = canvas.outline(name, scale, octaves=8, gain=0.5)
    folded = 0.62 - np.abs(canvas.outline(name + " fold", scale * 0.8, octaves=6, gain=0.45)) * 1.5
    return (base - height * np.clip(0.55 * folded + 0.62 * rough + 0.30, -0.15, 1.5)).astype(
        np.float32
    )


def hill_crest(canvas: Canvas, name: str, base: float, height: float, scale: float) -> Field:
    """The y of rolling hills for each column."""
    soft = noise.line(canvas.x[0], canvas.rng(name), scale=scale, octaves=3, gain=0.35)
    return (base - height * (0.5 + soft)).astype(np.float32)


def with_conifers(
    canvas: Canvas, crest: Field, name: str, *, height: float, density: float
) -> Field:
    """The crest with a row of firs standing on it (`density`: trees in one unit)."""
    rng = canvas.rng(name)
    x = canvas.x[0]
    result = crest.copy()
    number = int(density * canvas.right)
    for position in np.sort(rng.uniform(-0.02, canvas.right + 0.02, number)).tolist():
        tall = height * float(rng.uniform(0.5, 1.15))
        half = tall * float(rng.uniform(0.20, 0.28))
        first, last = np.searchsorted(x, (position - half, position + half))
        if last <= first:
            continue
        near = x[first:last]
        foot = crest[min(len(crest) - 1, max(0, int(position * canvas.unit)))]
        away = np.abs(near - position) / half
        # Boughs: the side drops in steps rather than in one slope.
        steps = np.float32(6)
        bough = (np.floor(away * steps) + ((away * steps) % 1) ** 2.0) / steps
        top = foot + tall * 0.06 - tall * (1 - (0.35 * away + 0.65 * bough))
        result[first:last] = np.minimum(result[first:last], top)
    return result


def with_round_trees(
    canvas: Canvas, crest: Field, name: str, *, height: float, density: float
) -> Field:
    """The crest with broad-leaved trees as bumpy rounds."""
    rng = canvas.rng(name)
    x = canvas.x[0]
    result = crest.copy()
    for position in rng.uniform(-0.02, canvas.right + 0.02, int(density * canvas.right)).tolist():
        tall = height * float(rng.uniform(0.45, 1.1))
        half = tall * float(rng.uniform(0.5, 0.8))
        first, last = np.searchsorted(x, (position - half, position + half))
        if last <= first:
            continue
        foot = crest[min(len(crest) - 1, max(0, int(position * canvas.unit)))]
        round_ = np.sqrt(np.clip(1 - ((x[first:last] - position) / half) ** 2, 0, 1))
        result[first:last] = np.minimum(result[first:last], foot - tall * (round_ - 0.1))
    ruffle = noise.line(x, canvas.rng(name + " leaves"), scale=70, octaves=2)
    changed = result < crest - canvas.pixel
    return np.where(changed, result + ruffle * np.float32(height * 0.10), result)


def paint_ridge(
    canvas: Canvas,
    palette: Palette,
    crest: Field,
    colour: Colour,
    *,
    mist: float = 0.0,
    haze: Colour | None = None,
    floor: float | None = None,
    sky: Sky | None = None,
    snow: float = 0.0,
    depth: float = 0.12,
    ink: float = 0.8,
    lift: float = 0.014,
) -> None:
    """One ridge: its colour at the crest, veiled by `mist` (0 to 1) further down.

    `depth` is the distance in units over which the mist thickens; `snow` is the share of the
    height that is white.
    """
    patch = shapes.below(canvas, crest, floor=floor)
    if patch.is_empty:
        return
    air = palette.haze if haze is None else haze
    continuous = canvas.style.medium in ("light", "brush")
    if not continuous:
        canvas.layer(patch, mix(colour, air, mist * 0.35), lift=lift, ink=ink)
        if snow > 0:
            _paint_snow(canvas, palette, crest, snow, floor, air, mist)
        return
    # Mist follows the land, not the tips of the trees: that would hang in stripes.
    down = np.maximum(patch.y - _smoothed(crest, canvas)[None, :], 0)
    thick = (1 - np.exp(down * np.float32(-1 / depth))) * np.float32(mist)
    rough = canvas.grain(patch) * np.float32(0.10 * canvas.style.texture * (1 - 0.7 * mist))
    surface = colour * (1 + rough)[..., None]
    if sky is not None and sky.is_visible and palette.time in ("dawn", "golden"):
        rim = np.exp(down * np.float32(-34)) * np.exp(
            np.abs(patch.x - np.float32(sky.x)) * np.float32(-2.2)
        )
        surface = surface + palette.light * (rim * np.float32(0.30))[..., None]
    surface += (air - surface) * thick[..., None]
    canvas.blend(patch, surface)
    if snow > 0:
        _paint_snow(canvas, palette, crest, snow, floor, air, mist)


def _paint_snow(
    canvas: Canvas,
    palette: Palette,
    crest: Field,
    snow: float,
    floor: float | None,
    air: Colour,
    mist: float,
) -> None:
    """White on the upper slopes with a ragged lower edge; gullies stay in shadow."""
    patch = shapes.below(canvas, crest, floor=floor)
    ragged = canvas.noise("snow line", 6, octaves=5, gain=0.6)[patch.rows]
    gully = canvas.noise("gullies", 9, octaves=4, gain=0.55, stretch=0.5)[patch.rows]
    down = patch.y - _smoothed(crest, canvas)[None, :]
    reach = np.float32(0.02 + 0.19 * snow) * (1 + (ragged + 0.5 * gully) * np.float32(0.95))
    soft = 0.22 if canvas.style.medium in ("light", "brush") else 0.6
    cover = np.clip((reach - down) * np.float32(canvas.unit * soft) + 0.5, 0, 1)
    white = palette.lit(np.array([0.90, 0.93, 0.98], np.float32))
    shadow = mix(mix(white, palette.sky[1], 0.50), palette.near, 0.12)
    lit = np.clip(0.62 + gully * 0.9, 0, 1)
    if canvas.style.is_flat:
        lit = np.where(lit > 0.55, 1.0, 0.0).astype(np.float32)
    surface = shadow + (white - shadow) * lit[..., None]
    surface += (air - surface) * np.float32(0.45 * mist)
    canvas.blend(patch.covering(patch.alpha * cover), surface)


def _smoothed(crest: Field, canvas: Canvas) -> Field:
    """The crest without its small spikes."""
    width = max(1, int(canvas.unit * 0.05)) | 1
    padded = np.pad(crest, (width // 2, width // 2), mode="edge")
    mean = np.convolve(padded, np.ones(width) / width, mode="valid")
    return np.convolve(
        np.pad(mean, (width // 2, width // 2), mode="edge"), np.ones(width) / width, mode="valid"
    ).astype(np.float32)
