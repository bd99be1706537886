"""Buildings that stand out: castle, windmill, church."""

from __future__ import annotations

import math

import numpy as np

from generation.providers.builtin import shapes
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import (
    from_hex,
    mix,
)
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.tower import paint_cottage, red_or_named
from generation.providers.builtin.shapes import Point


def paint_castle(
    canvas: Canvas, palette: Palette, x: float, foot: float, size: float, lights: bool
) -> None:
    """Towers with pointed roofs around a keep."""
    wall = palette.lit(from_hex("#d9cdb8"))
    roof = palette.lit(mix(red_or_named(palette), from_hex("#5a4a78"), 0.35))
    pane = from_hex("#ffd98a") if lights else palette.lit(from_hex("#55606e"))
    for shift, wide, high in ((-0.46, 0.17, 0.72), (0.48, 0.17, 0.66), (-0.20, 0.20, 1.05),
                              (0.22, 0.18, 0.90)):  # fmt: skip
        left, right = x + (shift - wide / 2) * size, x + (shift + wide / 2) * size
        top = foot - high * size
        tower = shapes.rectangle(canvas, left, top, right, foot)
        if tower.is_empty:
            continue
        across = (tower.x - np.float32((left + right) / 2)) / np.float32((right - left) / 2)
        shade = np.broadcast_to(0.18 - 0.30 * (across + 0.5) ** 2, tower.alpha.shape)
        canvas.layer(tower, wall, shade=shade, lift=0.008, texture=0.2)
        peak = [(left - 0.02 * size, top), (x + shift * size, top - 0.36 * size),
                (right + 0.02 * size, top)]  # fmt: skip
        canvas.layer(shapes.polygon(canvas, peak), roof, lift=0.008)
        slit = (x + (shift - 0.02) * size, top + 0.12 * size)
        window = (slit[0], slit[1], slit[0] + 0.04 * size, slit[1] + 0.09 * size)
        canvas.layer(shapes.rectangle(canvas, *window), pane, lift=0.0, ink=0.6)
    points: list[Point] = [(x - 0.56 * size, foot), (x - 0.56 * size, foot - 0.40 * size)]
    for index in range(9):
        start = x + (-0.56 + index * 1.12 / 9) * size
        step = 0.62 * size / 9
        high = foot - (0.46 if index % 2 == 0 else 0.40) * size
        points += [(start, high), (start + step * 1.8, high)]
    points += [(x + 0.56 * size, foot)]
    canvas.layer(
        shapes.polygon(canvas, points), mix(wall, palette.near, 0.12), lift=0.010, texture=0.2
    )
    gate = [(x - 0.10 * size, foot)]
    for step in range(13):
        angle = math.pi * (1 + step / 12)
        gate.append(
            (x + 0.10 * size * math.cos(angle), foot - (0.16 - 0.10 * math.sin(angle)) * size)
        )
    gate.append((x + 0.10 * size, foot))
    canvas.layer(shapes.polygon(canvas, gate), palette.lit(from_hex("#3c2f2a")), lift=0.0)


def paint_windmill(
    canvas: Canvas, palette: Palette, x: float, foot: float, size: float, lights: bool
) -> None:
    """A tower mill with four sails."""
    wall = palette.lit(from_hex("#f0e6d4"))
    body = [(x - 0.20 * size, foot), (x - 0.13 * size, foot - 0.74 * size),
            (x + 0.13 * size, foot - 0.74 * size), (x + 0.20 * size, foot)]  # fmt: skip
    patch = shapes.polygon(canvas, body)
    if not patch.is_empty:
        across = (patch.x - np.float32(x)) / np.float32(0.2 * size)
        shade = np.broadcast_to(0.10 - 0.28 * across, patch.alpha.shape)
        canvas.layer(patch, wall, shade=shade, lift=0.010, texture=0.15)
    cap = []
    for step in range(13):
        angle = math.pi * (1 + step / 12)
        cap.append(
            (x + 0.15 * size * math.cos(angle), foot + (0.16 * math.sin(angle) - 0.73) * size)
        )
    canvas.layer(shapes.polygon(canvas, cap), palette.lit(red_or_named(palette)), lift=0.006)
    door = (x - 0.045 * size, foot - 0.15 * size, x + 0.045 * size, foot)
    canvas.layer(shapes.rectangle(canvas, *door), palette.lit(from_hex("#5b3f2c")), lift=0.0)
    hub = (x, foot - 0.76 * size)
    turn = float(canvas.rng("sails").uniform(0.2, 1.2))
    arms, sails = [], []
    for index in range(4):
        angle = turn + index * math.pi / 2
        arms.append(shapes.moved([(0.0, 0.0), (0.0, -0.62)], *hub, size, angle))
        sails.append(
            shapes.moved(
                [(0.015, -0.60), (0.13, -0.60), (0.11, -0.14), (0.015, -0.14)], *hub, size, angle
            )
        )
    canvas.layer(shapes.polygons(canvas, sails), palette.lit(from_hex("#fbf5e8")), lift=0.006)
    dark = palette.lit(from_hex("#4c3a2e"))
    canvas.layer(shapes.strokes(canvas, arms, [size * 0.022] * 4), dark, lift=0.0, ink=0.5)
    canvas.layer(shapes.ellipse(canvas, *hub, size * 0.03), dark, lift=0.0)


def paint_church(
    canvas: Canvas, palette: Palette, x: float, foot: float, size: float, lights: bool
) -> None:
    """A nave with a steeple."""
    paint_cottage(canvas, palette, x + 0.22 * size, foot, 0.52 * size, lights=lights)
    wall = palette.lit(from_hex("#f5efe4"))
    tower = (x - 0.16 * size, foot - 0.62 * size, x + 0.02 * size, foot)
    canvas.layer(shapes.rectangle(canvas, *tower), wall, lift=0.010, texture=0.1)
    peak = [(x - 0.18 * size, foot - 0.61 * size), (x - 0.07 * size, foot - 1.05 * size),
            (x + 0.04 * size, foot - 0.61 * size)]  # fmt: skip
    canvas.layer(shapes.polygon(canvas, peak), palette.lit(red_or_named(palette)), lift=0.008)
    pane = from_hex("#ffd98a") if lights else palette.lit(from_hex("#55606e"))
    window = (x - 0.10 * size, foot - 0.52 * size, x - 0.04 * size, foot - 0.38 * size)
    canvas.layer(shapes.rectangle(canvas, *window), pane, lift=0.0)
