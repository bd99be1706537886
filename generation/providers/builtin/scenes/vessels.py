"""Things turned on a wheel, shaded as rounds: vases, jars, cups; and the table they stand on."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import Colour, Field, adjust, mix
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.shapes import Patch, Point


def paint_room(canvas: Canvas, palette: Palette, edge: float, *, side: float = -1.0) -> None:
    """A wall and a table whose far edge is at `edge`; light falls from `side` (-1 left)."""
    wall, table = palette.backdrop
    across = canvas.x / np.float32(canvas.right)
    across = across if side < 0 else 1 - across
    down = canvas.y / np.float32(canvas.bottom)
    light = 0.15 + 0.75 * across + 0.25 * down
    light = light + canvas.noise("wall", 1.1, octaves=3) * np.float32(0.05)
    bright, dim = adjust(wall, lightness=0.05), adjust(wall, lightness=-0.11)
    steps = 3 if canvas.style.is_flat else 0
    if canvas.style.medium == "paper":
        canvas.field(np.zeros(canvas.rgb.shape[:2], np.float32), [(0.0, wall), (1.0, dim)])
        x = canvas.right * (0.32 if side < 0 else 0.68)
        for radius, step in ((0.52, 0.025), (0.36, 0.05), (0.21, 0.075)):
            disc = shapes.ellipse(canvas, x, edge * 0.48, radius)
            canvas.layer(disc, adjust(wall, lightness=step), lift=0.008)
    else:
        canvas.field(np.clip(light, 0, 1), [(0.0, bright), (1.0, dim)], steps=steps)
        if not canvas.style.is_flat:
            _paint_window_light(canvas, palette, edge, side)
    board = shapes.window(canvas, 0, edge, canvas.right, canvas.bottom)
    if board.is_empty:
        return
    grain = canvas.noise("wood", 9, octaves=5, stretch=9.0)[board.rows]
    depth = (board.y - np.float32(edge)) / np.float32(max(0.05, canvas.bottom - edge))
    shade = 0.10 - 0.28 * (board.x / np.float32(canvas.right)) * -side + grain * 0.10 + 0.10 * depth
    flat = canvas.style.is_flat
    canvas.layer(board, table, shade=None if flat else shade, lift=0.014, ink=0.8)
    if flat:
        strip = shapes.rectangle(canvas, -0.1, edge, canvas.right + 0.1, edge + 0.012)
        canvas.layer(strip, adjust(table, lightness=0.08), lift=0.0, ink=0.4)


def _paint_window_light(canvas: Canvas, palette: Palette, edge: float, side: float) -> None:
    """A slanting patch of sun on the wall, in four panes."""
    panes = []
    start = canvas.right * (0.50 if side < 0 else 0.28)
    for column in range(2):
        for row in range(2):
            x, y = start + column * 0.16, edge * 0.16 + row * 0.20
            panes.append([(x, y), (x + 0.14, y - 0.045), (x + 0.14, y + 0.13), (x, y + 0.175)])
    patch = shapes.polygons(canvas, panes)
    if patch.is_empty:
        return
    soft = noise.blur_mask(np.pad(patch.alpha, 1)[1:-1, 1:-1], canvas.unit * 0.006)
    power = 0.05 if palette.is_night else 0.13
    canvas.light(soft * np.float32(power), palette.light, patch=patch)


def paint_shadow(canvas: Canvas, x: float, y: float, half: float, side: float) -> None:
    """The shadow of a thing that stands at (x, y), thrown away from the light."""
    middle = x - side * half * 0.55
    canvas.darken(shapes.ellipse(canvas, middle, y, half * 1.45, half * 0.22), 0.42, half * 0.16)
    canvas.darken(shapes.ellipse(canvas, x, y, half * 0.95, half * 0.14), 0.35, half * 0.05)


def paint_vessel(
    canvas: Canvas,
    profile: Sequence[Point],
    x: float,
    foot: float,
    size: float,
    colour: Colour,
    *,
    side: float = -1.0,
    gloss: float = 0.5,
    mouth: bool = True,
) -> Patch:
    """A turned body: `profile` is its right half, (radius, height) from rim 1 to foot 0.

    Gives back its patch, for decoration.
    """
    half = shapes.curve([(r, -h) for r, h in profile], closed=False, steps=6)
    outline = shapes.moved(shapes.mirrored(half), x, foot, size)
    widest = max(r for r, _ in profile) * size
    paint_shadow(canvas, x, foot, widest, side)
    # The foot is round as well: a shallow arc closes the outline.
    base = profile[-1][0] * size
    arc = [
        (
            x + base * math.cos(math.pi * step / 10),
            foot + base * 0.16 * math.sin(math.pi * step / 10),
        )
        for step in range(11)
    ]
    patch = shapes.polygons(canvas, [outline, arc])
    if patch.is_empty:
        return patch
    heights = [y for _, y in half]
    radii = [r for r, _ in half]
    down = (patch.y[:, 0] - np.float32(foot)) / np.float32(size)
    width = np.interp(down, heights, radii).astype(np.float32)[:, None] * np.float32(size)
    shade = round_shade(canvas, (patch.x - np.float32(x)) / np.maximum(width, 1e-3), side, gloss)
    canvas.layer(patch, colour, shade=shade, lift=0.014, texture=0.03)
    if mouth:
        rim = profile[0][0] * size
        top = foot - profile[0][1] * size
        lip = shapes.ellipse(canvas, x, top, rim, rim * 0.20)
        canvas.layer(lip, adjust(colour, lightness=0.05), lift=0.0, ink=0.8)
        inside = shapes.ellipse(canvas, x, top + rim * 0.02, rim * 0.86, rim * 0.145)
        canvas.layer(inside, adjust(colour, lightness=-0.30), lift=0.0, ink=0.4)
    return patch


def round_shade(canvas: Canvas, across: Field, side: float, gloss: float) -> Field:
    """Shading of an upright round body; `across` runs from -1 to 1 over its width."""
    across = np.clip(across, -1, 1)
    facing = np.sqrt(1 - across * across)
    lit = 0.52 * np.float32(side) * across + 0.34 * facing - 0.30
    if canvas.style.is_flat:
        return lit
    spot = np.exp(-(((across - np.float32(side * 0.48)) / np.float32(0.13)) ** 2))
    bounce = np.exp(-(((across + np.float32(side * 0.93)) / np.float32(0.10)) ** 2)) * 0.12
    total: Field = lit + spot * np.float32(gloss * 0.55) + bounce
    return total


def paint_ball(
    canvas: Canvas,
    x: float,
    y: float,
    radius: float,
    colour: Colour,
    *,
    side: float = -1.0,
    gloss: float = 0.4,
    ground: float | None = None,
    squash: float = 1.0,
) -> Patch:
    """A ball (or a fruit); with `ground`, the y it rests on, it throws a shadow there."""
    if ground is not None:
        paint_shadow(canvas, x, ground, radius * 0.8, side)
    patch = shapes.ellipse(canvas, x, y, radius, radius * squash)
    if patch.is_empty:
        return patch
    u = (patch.x - np.float32(x)) / np.float32(radius)
    v = (patch.y - np.float32(y)) / np.float32(radius * squash)
    z = np.sqrt(np.clip(1 - u * u - v * v, 0, 1))
    lambert = u * np.float32(0.52 * side) - v * np.float32(0.60) + z * np.float32(0.60)
    shade = 0.80 * lambert - 0.40
    if not canvas.style.is_flat:
        spot = np.exp(-(((u - 0.40 * side) / 0.20) ** 2) - ((v + 0.45) / 0.17) ** 2)
        shade = shade + spot * np.float32(gloss) + 0.16 * (1 - z) ** 3 * np.clip(v, 0, 1)
    else:
        shade = shade - 0.02
    canvas.layer(patch, colour, shade=shade, lift=0.012, texture=0.03)
    return patch


def paint_steam(canvas: Canvas, palette: Palette, x: float, top: float, height: float) -> None:
    """Two curls of steam over something hot."""
    white = mix(palette.backdrop[0], np.ones(3, np.float32), 0.75)
    rng = canvas.rng("steam")
    lines: list[list[Point]] = []
    for index in range(3):
        offset, phase = (index - 1) * height * 0.22, float(rng.uniform(0, 6.28))
        points = [
            (x + offset + math.sin(step * 0.9 + phase) * height * 0.07, top - height * step / 8)
            for step in range(9)
        ]
        lines.append(shapes.curve(points, closed=False, steps=5))
    patch = shapes.strokes(canvas, lines, [height * 0.085] * 3)
    if patch.is_empty:
        return
    fade = noise.smooth_step(top - height, top - height * 0.4, patch.y)
    fade = fade * noise.smooth_step(top + 0.005, top - height * 0.15, patch.y)
    if canvas.style.medium in ("light", "brush"):
        patch.alpha = noise.blur_mask(patch.alpha, canvas.unit * 0.010)
        canvas.blend(patch.covering(patch.alpha * fade * np.float32(0.75)), white)
    else:
        canvas.layer(patch.covering(patch.alpha * 0.85), white, lift=0.004, ink=0.5)
