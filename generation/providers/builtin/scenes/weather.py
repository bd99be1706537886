"""What passes in front of a landscape: fog, rain, snow, lightning, birds, small boats."""

from __future__ import annotations

import math

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import adjust, from_hex, mix
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.sky import Sky
from generation.providers.builtin.shapes import Point


def paint_weather(canvas: Canvas, brief: Brief, palette: Palette, sky: Sky) -> None:
    """Everything between the viewer and the landscape, last of all."""
    if brief.weather == "fog":
        paint_fog(canvas, palette, sky.horizon, 0.5 if brief.scene == "forest" else 0.8)
    elif brief.weather in ("rain", "storm"):
        paint_rain(canvas, palette, 1.0 if brief.weather == "storm" else 0.7)
    elif brief.weather == "snow":
        paint_snowfall(canvas)
    if brief.wants("birds") and brief.scene != "bird":
        paint_birds(canvas, palette, sky.horizon, brief.count if brief.count else 9)


def paint_lightning(canvas: Canvas, brief: Brief, sky: Sky) -> None:
    """A bolt between the clouds and the horizon; call it after the sky."""
    if brief.weather != "storm" or not brief.allows("storm"):
        return
    rng = canvas.rng("lightning")
    x, y = canvas.right * float(rng.uniform(0.2, 0.8)), sky.horizon * 0.12
    bolt: list[Point] = [(x, y)]
    while y < sky.horizon:
        y += sky.horizon * float(rng.uniform(0.05, 0.11))
        x += float(rng.normal(0, 0.035))
        bolt.append((x, y))
    fork = bolt[len(bolt) // 2]
    branch = [fork, (fork[0] + 0.05, fork[1] + 0.06), (fork[0] + 0.07, fork[1] + 0.13)]
    patch = shapes.strokes(canvas, [bolt, branch], [0.007, 0.004])
    if patch.is_empty:
        return
    glow = shapes.whole(canvas).covering(np.zeros((canvas.height, canvas.width), np.float32))
    glow.alpha[patch.rows, patch.columns] = patch.alpha
    soft = noise.blur(glow.alpha, canvas.unit * 0.03) * np.float32(2.0)
    canvas.light(np.clip(soft, 0, 0.6), from_hex("#b9c8ff"))
    canvas.layer(patch, from_hex("#fffbe8"), ink=0.8, lift=0.006)


def paint_fog(canvas: Canvas, palette: Palette, horizon: float, amount: float) -> None:
    """Banks of fog around the horizon and below it."""
    body = canvas.noise("fog", 1.5, octaves=5, stretch=3.2)
    distance = np.abs(canvas.y - np.float32(horizon)) / np.float32(0.30)
    near = np.exp(-(distance**2)) * 0.72 + 0.26
    cover = np.clip(near * (0.72 + body * 0.65), 0, 0.9) * np.float32(amount)
    colour = adjust(mix(palette.haze, palette.sky[1], 0.35), chroma=0.6, lightness=0.03)
    canvas.veil(shapes.whole(canvas, cover), colour)


def paint_rain(canvas: Canvas, palette: Palette, amount: float) -> None:
    """Slanting streaks in three distances."""
    rng = canvas.rng("rain")
    slant = float(rng.uniform(0.10, 0.24)) * (1 if rng.random() < 0.5 else -1)
    colour = mix(palette.haze, from_hex("#dfe8f2"), 0.6)
    area = canvas.right * canvas.bottom
    for length, width, number, cover in (
        (0.03, 0.0010, 420, 0.22),
        (0.06, 0.0016, 200, 0.30),
        (0.11, 0.0026, 60, 0.34),
    ):
        total = int(number * area * amount)
        xs = rng.uniform(-0.1, canvas.right + 0.1, total).tolist()
        ys = rng.uniform(-0.1, canvas.bottom, total).tolist()
        lines = [[(x, y), (x + slant * length, y + length)] for x, y in zip(xs, ys, strict=True)]
        if lines:
            patch = shapes.strokes(canvas, lines, [width] * total)
            canvas.blend(patch.times(cover), colour)


def paint_snowfall(canvas: Canvas) -> None:
    """Flakes in three distances, the near ones large and soft."""
    rng = canvas.rng("flakes")
    area = canvas.right * canvas.bottom
    white = from_hex("#fbfdff")
    flat = canvas.style.medium in ("print", "paper")
    for radius, number, cover in ((0.0022, 420, 0.75), (0.0046, 150, 0.8), (0.0095, 34, 0.6)):
        outlines = []
        for _ in range(int(number * area)):
            x, y = float(rng.uniform(0, canvas.right)), float(rng.uniform(0, canvas.bottom))
            size = radius * float(rng.uniform(0.6, 1.3))
            outlines.append(
                [
                    (
                        x + size * math.cos(step * math.pi / 4),
                        y + size * math.sin(step * math.pi / 4),
                    )
                    for step in range(8)
                ]
            )
        if not outlines:
            continue
        patch = shapes.polygons(canvas, outlines)
        if not flat and radius > 0.004:
            patch.alpha = noise.blur(patch.alpha, radius * 0.45 * canvas.unit)
        canvas.layer(patch.times(cover), white, lift=0.004 if radius > 0.003 else 0.0, ink=0.35)


def paint_birds(canvas: Canvas, palette: Palette, horizon: float, number: int) -> None:
    """A loose flock in the sky."""
    rng = canvas.rng("birds")
    centre = (
        canvas.right * float(rng.uniform(0.25, 0.75)),
        horizon * float(rng.uniform(0.25, 0.5)),
    )
    outlines: list[list[Point]] = []
    for _ in range(min(number, 40)):
        size = float(rng.uniform(0.010, 0.024)) * canvas.style.subject
        x = centre[0] + float(rng.normal(0, 0.13)) * canvas.right
        y = centre[1] + float(rng.normal(0, 0.09))
        droop = float(rng.uniform(-0.15, 0.30))
        # Two curved wings, thick at the body and pointed at the tips.
        upper = [(-1.0, droop), (-0.62, -0.34), (-0.22, -0.16), (0.0, 0.02), (0.22, -0.16),
                 (0.62, -0.34), (1.0, droop)]  # fmt: skip
        lower = [(0.58, -0.20), (0.22, 0.03), (0.0, 0.20), (-0.22, 0.03), (-0.58, -0.20)]
        wing = shapes.curve([*upper, *lower], steps=4)
        outlines.append(shapes.moved(wing, x, y, size, float(rng.normal(0, 0.2))))
    colour = mix(palette.near, palette.haze, 0.12)
    canvas.layer(shapes.polygons(canvas, outlines), colour, lift=0.004, ink=0.6)


def paint_boat(
    canvas: Canvas, palette: Palette, x: float, y: float, size: float, *, sails: bool = True
) -> None:
    """A small boat whose water line is at (x, y); `size` is its length in units."""
    hull = [(-0.5, -0.10), (0.52, -0.13), (0.36, 0.06), (-0.36, 0.06)]
    mast = [(-0.006, -0.10), (-0.004, -1.02), (0.010, -1.02), (0.012, -0.10)]
    main = shapes.curve([(0.04, -0.97), (0.34, -0.45), (0.46, -0.19)], closed=False)
    jib = shapes.curve([(-0.04, -0.88), (-0.26, -0.45), (-0.42, -0.18)], closed=False)
    if sails:
        _mirror(canvas, palette, [hull, [*main, (0.04, -0.19)], [*jib, (-0.04, -0.18)]], x, y, size)
        cloth = palette.lit(mix(palette.accents[1], from_hex("#fff8ea"), 0.55))
        other = palette.lit(palette.accents[0])
        for points, colour in (([*main, (0.04, -0.19)], cloth), ([*jib, (-0.04, -0.18)], other)):
            canvas.layer(
                shapes.polygon(canvas, shapes.moved(points, x, y, size)), colour, lift=0.006
            )
        canvas.layer(shapes.polygon(canvas, shapes.moved(mast, x, y, size)), palette.near, lift=0.0)
    wood = palette.lit(mix(palette.accents[0], from_hex("#3a2418"), 0.62))
    canvas.layer(shapes.polygon(canvas, shapes.moved(hull, x, y, size)), wood, lift=0.006)
    shade = shapes.ellipse(canvas, x, y + size * 0.075, size * 0.55, size * 0.035)
    canvas.darken(shade, 0.35, size * 0.03)


def _mirror(
    canvas: Canvas, palette: Palette, outlines: list[list[Point]], x: float, y: float, size: float
) -> None:
    """A faint, shortened image of the boat in the water below it."""
    turned = [
        shapes.moved([(px + 0.02 * py, -0.62 * py + 0.05) for px, py in points], x, y, size)
        for points in outlines
    ]
    patch = shapes.polygons(canvas, turned)
    if patch.is_empty:
        return
    if not canvas.style.is_flat:
        patch.alpha = noise.blur_mask(patch.alpha, canvas.unit * 0.004)
    canvas.blend(patch.times(0.28), mix(palette.water[1], palette.accents[0], 0.3))
