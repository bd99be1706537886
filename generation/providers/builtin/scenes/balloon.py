"""A hot-air balloon."""

from __future__ import annotations

import numpy as np

from generation.providers.builtin import shapes
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import Colour, from_hex, mix
from generation.providers.builtin.palettes import Palette

_ENVELOPE = [
    (0.0, -1.0), (0.32, -0.95), (0.62, -0.79), (0.85, -0.53), (0.965, -0.20), (0.95, 0.10),
    (0.83, 0.42), (0.62, 0.74), (0.40, 1.02), (0.20, 1.26), (0.16, 1.30),
]  # fmt: skip
_GORES = 9


def paint_balloon(
    canvas: Canvas,
    palette: Palette,
    centre: tuple[float, float],
    radius: float,
    colours: tuple[Colour, Colour],
    *,
    haze: float,
    light_x: float,
) -> None:
    """A striped balloon with its basket; `haze` (0 to 1) is how far away it hangs."""
    x, y = centre
    air = mix(palette.haze, palette.light, 0.3)
    first, second = (mix(palette.lit(colour), air, haze) for colour in colours)
    side = 1.0 if light_x > x else -1.0
    basket = [(-0.16, 1.56), (0.16, 1.56), (0.13, 1.80), (-0.13, 1.80)]
    ropes = [[(-0.17, 1.28), (-0.145, 1.58)], [(0.17, 1.28), (0.145, 1.58)]]
    dark = mix(palette.lit(from_hex("#5a3a24")), air, haze * 0.8)
    lines = [shapes.moved(rope, x, y, radius) for rope in ropes]
    canvas.layer(shapes.strokes(canvas, lines, [radius * 0.025] * 2), dark, lift=0.0, ink=0.5)
    canvas.layer(shapes.polygon(canvas, shapes.moved(basket, x, y, radius)), dark, lift=0.006)
    half = shapes.curve(_ENVELOPE, closed=False, steps=6)
    outline = shapes.moved(shapes.mirrored(half), x, y, radius)
    patch = shapes.polygon(canvas, outline)
    if patch.is_empty:
        return
    down = (patch.y - np.float32(y)) / np.float32(radius)
    width = np.interp(
        down[:, 0], [point[1] for point in half], [point[0] for point in half]
    ).astype(np.float32)[:, None]
    across = np.clip(
        (patch.x - np.float32(x)) / (np.float32(radius) * np.maximum(width, 0.02)), -1, 1
    )
    turn = np.arcsin(across) / np.float32(np.pi) + np.float32(0.5)
    gore = turn * _GORES
    stripe = (np.floor(gore) % 2)[...]
    facing = np.cos((turn - np.float32(0.5)) * np.float32(np.pi))
    light = 0.55 * side * across + 0.45 * facing - 0.28 * np.clip(down, -1, 1) - 0.18
    seam = np.exp(-((((gore % 1) - 0.5) / 0.5) ** 16)) * 0.06 - 0.06
    shade = (light * np.float32(1 - 0.6 * haze) + seam).astype(np.float32)
    if canvas.style.medium in ("light", "brush"):
        shade = shade * 0.75
    canvas.layer(patch, first, shade=shade, lift=0.014)
    if radius > 0.022:
        stripes = patch.covering(patch.alpha * stripe)
        canvas.layer(stripes, second, shade=shade, lift=0.0, ink=0.45)
        band = patch.covering(patch.alpha * ((down > 0.30) & (down < 0.44)))
        trim = mix(first, second, 0.5)
        canvas.layer(band, trim, shade=shade, lift=0.0, ink=0.4)
