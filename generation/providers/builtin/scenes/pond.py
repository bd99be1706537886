"""A pond from above: koi and lily pads."""

from __future__ import annotations

import math

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import (
    adjust,
    even_stops,
    from_hex,
    mix,
    tint,
)
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.shapes import Point

_FISH_HALF = [
    (0.50, 0.0), (0.44, 0.055), (0.30, 0.105), (0.10, 0.125), (-0.10, 0.105), (-0.28, 0.06),
    (-0.40, 0.03),
]  # fmt: skip


def koi(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """A pond from above: koi, lily pads, rings on the water."""
    rng = canvas.rng("koi")
    tones = [from_hex(each) for each in ("#0b3238", "#14595d", "#2c857d")]
    if palette.is_night:
        tones = [mix(each, from_hex("#0a1a38"), 0.55) for each in tones]
    if palette.is_coloured and set(brief.colours) & {"blue", "teal", "green", "purple", "pink"}:
        tones = [tint(each, palette.accents[0], 0.6) for each in tones]
    depth = canvas.noise("depth", 1.7, octaves=4)
    rise = (canvas.y / np.float32(canvas.bottom) - 0.5) * np.float32(0.25)
    canvas.field(np.clip(0.45 + depth * 0.55 + rise, 0, 1), even_stops(tones))
    if not canvas.style.is_flat:
        web = np.abs(canvas.noise("caustics", 4.2, octaves=3) + depth * 0.4)
        canvas.light(np.exp(-((web / 0.05) ** 2)) * np.float32(0.10), from_hex("#c4efdf"))
    number = min(brief.count or int(rng.integers(4, 6)), 14)
    area = canvas.right * canvas.bottom
    size = 0.50 * canvas.style.subject * min(1.0, math.sqrt(area * 4.5 / number))
    for index in range(number):
        angle = index / number * math.tau + float(rng.uniform(-0.4, 0.4))
        away = 0.30 + 0.06 * float(rng.uniform(-1, 1))
        x = canvas.right * (0.5 + away * math.cos(angle) * (1.0 if number > 1 else 0.1))
        y = canvas.bottom * (0.5 + away * math.sin(angle) * (1.0 if number > 1 else 0.1))
        heading = angle + math.pi / 2 + float(rng.normal(0, 0.35))
        _paint_koi(canvas, palette, rng, (x, y), size * float(rng.uniform(0.75, 1.1)), heading)
    for _ in range(4 + int(area * 2)):
        edge = float(rng.uniform(0, math.tau))
        x = canvas.right * (0.5 + 0.50 * math.cos(edge) * 1.05)
        y = canvas.bottom * (0.5 + 0.50 * math.sin(edge) * 1.05)
        _paint_lily_pad(canvas, palette, rng, x, y, float(rng.uniform(0.07, 0.17)))
    rings = np.zeros(canvas.rgb.shape[:2], np.float32)
    for _ in range(3):
        x, y = rng.uniform(0.1, 0.9, 2)
        distance = np.hypot(canvas.x - np.float32(x * canvas.right),
                            canvas.y - np.float32(y * canvas.bottom))  # fmt: skip
        for ring in range(3):
            radius = 0.05 + 0.045 * ring
            rings += np.exp(-(((distance - radius) / 0.003) ** 2)) * np.float32(0.26 - 0.07 * ring)
    canvas.blend(shapes.whole(canvas, np.clip(rings, 0, 0.6)), from_hex("#dff7ee"))


def _bent(points: list[Point], bend: float) -> list[Point]:
    """A fish outline along a curve instead of a straight line."""
    return [(x, y + bend * (x - 0.2) ** 2) for x, y in points]


def _paint_koi(
    canvas: Canvas,
    palette: Palette,
    rng: np.random.Generator,
    centre: Point,
    size: float,
    heading: float,
) -> None:
    bend = float(rng.uniform(-0.5, 0.5))
    coats = (
        ("#f7f0e6", "#e0502c"), ("#f5ead8", "#f08a2c"), ("#f2b544", "#f8e6b0"),
        ("#fbf6ee", "#d8382a"), ("#ee7a2a", "#2a2320"),
    )  # fmt: skip
    body_colour, spot_colour = (
        palette.lit(from_hex(each)) for each in coats[int(rng.integers(len(coats)))]
    )
    side = shapes.curve(_FISH_HALF, closed=False, steps=6)
    body = [*side, *[(x, -y) for x, y in reversed(side)]]
    wave = 0.05 * math.sin(float(rng.uniform(0, 6.28)))
    tail = shapes.curve(
        [(-0.36, 0.02), (-0.56, 0.15 + wave), (-0.74, 0.17 + wave), (-0.64, 0.02 + wave),
         (-0.72, -0.13 + wave), (-0.55, -0.11 + wave), (-0.36, -0.02)], steps=6,
    )  # fmt: skip
    fins = [
        shapes.curve(
            [(0.20, s * 0.09), (0.15, s * 0.24), (0.00, s * 0.27), (0.06, s * 0.11)], steps=6
        )
        for s in (1, -1)
    ]
    fins += [
        shapes.curve([(-0.16, s * 0.07), (-0.24, s * 0.15), (-0.32, s * 0.14), (-0.26, s * 0.05)],
                     steps=6)
        for s in (1, -1)
    ]  # fmt: skip

    def placed(points: list[Point]) -> list[Point]:
        return shapes.moved(_bent(points, bend), *centre, size, heading)

    whole_fish = shapes.polygons(canvas, [placed(body), placed(tail), *map(placed, fins)])
    canvas.shadow(whole_fish, 0.42, size * 0.028, size * 0.04, size * 0.075)
    fin_colour = mix(body_colour, from_hex("#9fd0c4"), 0.28)
    fin_patch = shapes.polygons(canvas, [placed(tail), *map(placed, fins)])
    canvas.layer(fin_patch.times(0.82), fin_colour, lift=0.004, ink=0.6)
    patch = shapes.polygon(canvas, placed(body))
    if patch.is_empty:
        return
    cosine, sine = np.float32(math.cos(heading)), np.float32(math.sin(heading))
    dx, dy = patch.x - np.float32(centre[0]), patch.y - np.float32(centre[1])
    along = (dx * cosine + dy * sine) / np.float32(size)
    over = (-dx * sine + dy * cosine) / np.float32(size) - np.float32(bend) * (along - 0.2) ** 2
    width = np.interp(along, [x for x, _ in _FISH_HALF][::-1], [y for _, y in _FISH_HALF][::-1])
    across = np.clip(over / np.maximum(width.astype(np.float32), 0.01), -1, 1)
    shade = 0.12 - 0.55 * np.abs(across) ** 2.4
    if not canvas.style.is_flat:
        shade = shade + 0.04 * np.cos(along * 130) * np.cos(over * 130)
    canvas.layer(patch, body_colour, shade=shade, lift=0.008)
    spots = noise.fractal(patch.alpha.shape, rng, unit=canvas.unit, scale=2.6 / size, octaves=2)
    cover = noise.smooth_step(0.06, 0.12, spots)
    canvas.layer(patch.covering(patch.alpha * cover), spot_colour, shade=shade, lift=0.0, ink=0.35)
    eyes = [
        [
            (0.40 + 0.014 * math.cos(a), s * 0.062 + 0.014 * math.sin(a))
            for a in np.arange(0, 6.3, 0.7)
        ]
        for s in (1, -1)
    ]
    dark = from_hex("#15171a")
    canvas.layer(shapes.polygons(canvas, [placed(eye) for eye in eyes]), dark, lift=0.0)


def _paint_lily_pad(
    canvas: Canvas, palette: Palette, rng: np.random.Generator, x: float, y: float, radius: float
) -> None:
    notch = float(rng.uniform(0, math.tau))
    points = [(x, y)]
    for step in range(49):
        angle = notch + 0.14 + (math.tau - 0.28) * step / 48
        wave = 1 + 0.018 * math.cos(angle * 9)
        points.append((x + radius * wave * math.cos(angle), y + radius * wave * math.sin(angle)))
    patch = shapes.polygon(canvas, points)
    if patch.is_empty:
        return
    canvas.shadow(patch, 0.40, 0.012, 0.008, 0.018)
    angle_field = np.arctan2(patch.y - np.float32(y), patch.x - np.float32(x))
    vein = noise.smooth_step(0.16, 0.0, np.abs(np.sin(angle_field * 5 + np.float32(notch))))
    distance = np.hypot(patch.x - np.float32(x), patch.y - np.float32(y)) / np.float32(radius)
    shade = 0.20 * vein * (1 - distance * 0.6) - 0.22 * distance**2 + 0.08
    leaf = palette.lit(from_hex("#6fa84e" if rng.random() < 0.6 else "#4f9258"))
    canvas.layer(patch, leaf, shade=shade.astype(np.float32), lift=0.010)
    if radius > 0.11 and rng.random() < 0.6:
        pink = palette.lit(from_hex("#f4a6c0"))
        for ring, (count, reach) in enumerate(((8, 0.36), (6, 0.24))):
            for petal in range(count):
                turn = math.tau * petal / count + ring * 0.4
                half = [(0.0, 0.0), (0.5, -0.55), (0.0, -1.25), (-0.5, -0.55)]
                outline = shapes.moved(shapes.curve(half, steps=4), x, y, radius * reach, turn)
                tone = adjust(pink, lightness=0.03 + 0.05 * ring + 0.03 * math.cos(turn))
                canvas.layer(shapes.polygon(canvas, outline), tone, lift=0.004, ink=0.6)
        canvas.layer(shapes.ellipse(canvas, x, y, radius * 0.09), from_hex("#f5cf4e"), lift=0.002)
