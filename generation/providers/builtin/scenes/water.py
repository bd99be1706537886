"""Still and moving water below a horizon."""

from __future__ import annotations

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import Colour, Field, from_hex, look_up, mix, ramp
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.sky import Sky
from generation.providers.builtin.shapes import Patch


def plane_noise(
    canvas: Canvas, name: str, patch: Patch, top: float, *, across: float, along: float
) -> Field:
    """Noise lying on a plane that recedes to `top`: finer towards the horizon."""
    tiled = noise.tile(canvas.rng(name), cells=8, octaves=5, gain=0.55)
    depth = np.maximum(patch.y - np.float32(top), 0) / np.float32(0.5)
    distance = 1 / (depth + np.float32(0.05))
    middle = np.float32(canvas.right / 2)
    return noise.sample_tile(
        tiled,
        distance * np.float32(along) + np.float32(0.37),
        (patch.x - middle) * distance * np.float32(across) + np.float32(0.21),
    )


def paint_water(
    canvas: Canvas, palette: Palette, sky: Sky, *, top: float, calm: float = 0.5
) -> None:
    """Water from `top` to the lower edge, mirroring what is painted above.

    `calm` 1 is a mirror, 0 a choppy sea.
    """
    if top >= canvas.bottom:
        return
    if canvas.style.medium in ("light", "brush"):
        _paint_mirror(canvas, palette, sky, top, calm)
    else:
        _paint_bands(canvas, palette, sky, top, calm)


def _paint_mirror(canvas: Canvas, palette: Palette, sky: Sky, top: float, calm: float) -> None:
    patch = shapes.window(canvas, 0, top, canvas.right, canvas.bottom)
    first = patch.top
    if first < 2 or patch.is_empty:
        return
    rows = patch.alpha.shape[0]
    depth = np.clip((patch.y - np.float32(top)) / np.float32(max(0.05, canvas.bottom - top)), 0, 1)
    swell = plane_noise(canvas, "swell", patch, top, across=0.05, along=0.42)
    ripple = plane_noise(canvas, "ripple", patch, top, across=0.10, along=1.10)
    chop = 1 - calm
    # Mirror image, squeezed if the water is deeper than the sky is high.
    squeeze = min(1.0, (first - 1) / rows)
    mirror = np.arange(rows, dtype=np.float32)[:, None] * squeeze
    stir = (swell * np.float32(0.5) + ripple * np.float32(0.5)) * np.float32(canvas.unit)
    wobble = stir * (0.004 + 0.05 * chop + 0.02 * depth) * (0.25 + depth)
    source = np.clip(first - 1 - mirror - np.abs(wobble) * 1.6, 0, first - 1).astype(np.int32)
    columns = np.arange(canvas.width, dtype=np.int32)[None, :] + (wobble * 0.9).astype(np.int32)
    np.clip(columns, 0, canvas.width - 1, out=columns)
    above = noise_softened(canvas.rgb[:first], canvas.unit * (0.002 + 0.018 * chop))
    reflected = above.reshape(-1, 3).take(source * canvas.width + columns, axis=0)
    own = look_up(ramp([(0.0, palette.water[0]), (1.0, palette.water[1])]), depth**0.7)
    share = np.clip(0.80 - 0.55 * depth - 0.25 * chop + 0.25 * swell * chop, 0.08, 0.92)
    surface = own + (reflected - own) * share[..., None]
    light = 1 + (swell * 0.22 + ripple * 0.20) * np.float32(0.25 + 0.9 * chop)
    surface *= np.clip(light, 0.4, 1.7)[..., None]
    if sky.is_visible or palette.time != "day":
        spread = np.float32(0.045) + depth * np.float32(0.20)
        path = np.exp(-(((patch.x - np.float32(sky.x)) / spread) ** 2))
        sparkle = np.clip(ripple * 1.9 + swell * 0.7 + 0.22, 0, 1.4) ** 1.3
        strength = {"night": 0.55, "day": 0.25, "dusk": 0.30}.get(palette.time, 0.95)
        surface += palette.light * (path * sparkle * strength * (1 - 0.45 * depth))[..., None]
    canvas.blend(patch, surface)
    line = np.exp(-((np.arange(rows, dtype=np.float32)[:, None] / (canvas.unit * 0.006)) ** 2))
    canvas.light(
        np.broadcast_to(line * np.float32(0.10), patch.alpha.shape), palette.haze, patch=patch
    )


def noise_softened(rgb: Field, radius: float) -> Field:
    """A copy blurred only if that is visible."""
    return noise.blur(rgb, radius) if radius > 0.8 else rgb.copy()


def _paint_bands(canvas: Canvas, palette: Palette, sky: Sky, top: float, calm: float) -> None:
    """Overlapping wave lines, darker towards the viewer, and glints below the light."""
    count = canvas.count(7)
    span = canvas.bottom - top
    x = canvas.x[0]
    for index in range(count):
        near = index / count
        y = top + span * near**1.35
        height = (0.004 + 0.020 * near) * (0.4 + (1 - calm))
        line = noise.line(x, canvas.rng(f"wave {index}"), scale=4.5 - 2.5 * near, octaves=2)
        edge = np.full_like(x, y) if index == 0 else (y + line * height).astype(np.float32)
        colour = mix(palette.water[0], palette.water[1], near**0.8)
        canvas.layer(shapes.below(canvas, edge), colour, lift=0.009 if index else 0.004, ink=0.55)
    glint = mix(palette.light, palette.water[0], 0.15)
    paint_glints(canvas, glint, sky.x, top, span)


def paint_glints(canvas: Canvas, colour: Colour, x: float, top: float, span: float) -> None:
    """Light on the water as a ladder of lens shapes below the sun."""
    rng = canvas.rng("glints")
    outlines = []
    for index in range(13):
        near = (index + 0.4) / 13
        y = top + span * 0.85 * near**1.2
        half = (0.035 + 0.10 * near) * float(rng.uniform(0.35, 1.0))
        thick = 0.0025 + 0.006 * near
        centre = x + float(rng.normal(0, 0.012 + 0.03 * near))
        outlines.append(
            [(centre - half, y), (centre, y - thick), (centre + half, y), (centre, y + thick)]
        )
    canvas.layer(
        shapes.polygons(canvas, outlines).times(0.85), np.clip(colour, 0, 1), lift=0.003, ink=0.3
    )


def paint_foam_line(canvas: Canvas, edge: Field, palette: Palette, thickness: float) -> None:
    """A ragged white line along an edge (y for each column)."""
    ragged = noise.line(canvas.x[0], canvas.rng("foam"), scale=26, octaves=3)
    low = edge + np.float32(thickness) * (0.6 + ragged).clip(0.05, 2)
    band = shapes.below(canvas, edge.astype(np.float32))
    under = np.clip((low[None, :] - band.y) * np.float32(canvas.unit) + 0.5, 0, 1)
    white = palette.lit(from_hex("#f4f7f5"))
    canvas.layer(band.covering(band.alpha * under), white, lift=0.005, ink=0.4)
