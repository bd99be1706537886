"""Still lifes: vases and fruit, a jar, a cup of coffee, a donut, a cake."""

from __future__ import annotations

import math

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import Colour, adjust, from_hex, mix
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.fields import blossom_outline
from generation.providers.builtin.scenes.vessels import (
    paint_ball,
    paint_room,
    paint_shadow,
    paint_vessel,
    round_shade,
)
from generation.providers.builtin.shapes import Point

_VASES = (
    ((0.13, 1.0), (0.11, 0.93), (0.12, 0.84), (0.27, 0.66), (0.36, 0.44), (0.31, 0.20),
     (0.18, 0.0)),
    ((0.10, 1.0), (0.085, 0.92), (0.09, 0.66), (0.16, 0.52), (0.26, 0.34), (0.27, 0.14),
     (0.19, 0.0)),
    ((0.24, 1.0), (0.21, 0.92), (0.30, 0.74), (0.34, 0.50), (0.30, 0.24), (0.20, 0.0)),
    ((0.17, 1.0), (0.15, 0.90), (0.19, 0.60), (0.24, 0.30), (0.22, 0.10), (0.17, 0.0)),
)  # fmt: skip


def still_life(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Three vases, a branch in one of them, fruit in front."""
    rng = canvas.rng("still life")
    edge = canvas.bottom * 0.70
    side = -1.0 if rng.random() < 0.6 else 1.0
    paint_room(canvas, palette, edge, side=side)
    count = min(brief.count or 3, 5)
    scale = 0.46 * canvas.style.subject * min(1.15, canvas.bottom)
    gap = min(0.27, (canvas.right - 0.24) / count) * min(1.3, max(1.0, canvas.right * 0.75))
    order = rng.permutation(len(_VASES))
    for index in range(count):
        x = canvas.right / 2 + (index - (count - 1) / 2) * gap
        foot = edge + 0.05 + 0.03 * ((index * 2) % 3)
        profile = _VASES[int(order[index % len(_VASES)])]
        size = scale * (1.0, 0.86, 0.68, 0.8, 0.6)[(index + 1) % 5]
        colour = palette.accents[(index + int(rng.integers(2))) % 5]
        top = foot - size
        if index == count // 2:
            _paint_branch(canvas, palette, brief, rng, x, top + 0.02, scale * 0.85)
        paint_vessel(canvas, profile, x, foot, size, colour, side=side)
    if brief.allows("fruit"):
        fruit = palette.accents[2] if palette.is_coloured else from_hex("#ef9a2d")
        start = canvas.right / 2 - side * gap * 0.4
        for index, shift in enumerate((-0.05, 0.055)):
            radius = 0.044 + 0.005 * index
            y = edge + 0.115 + 0.012 * index
            paint_ball(canvas, start + shift, y - radius, radius, fruit, side=side, ground=y)


def _paint_branch(
    canvas: Canvas,
    palette: Palette,
    brief: Brief,
    rng: np.random.Generator,
    x: float,
    y: float,
    height: float,
) -> None:
    """Twigs with berries, or a bouquet when flowers are asked for."""
    twig = mix(palette.near, from_hex("#4a3222"), 0.7)
    flowers = brief.wants("flowers") or brief.names("bouquet", "buque", "flower")
    tips: list[Point] = []
    lines: list[list[Point]] = []
    for index in range(7):
        lean = (index - 3) * 0.15 + float(rng.normal(0, 0.04))
        long = height * float(rng.uniform(0.65, 1.0))
        end = (x + lean * long, y - long)
        bow = (x + lean * long * 0.35, y - long * 0.5)
        points = shapes.curve([(x, y + 0.03), bow, end], closed=False, steps=8)
        lines.append(points)
        tips.extend(points[8::3] if not flowers else [end])
    canvas.layer(shapes.strokes(canvas, lines, [0.0065] * len(lines)), twig, lift=0.006, ink=0.5)
    colour = palette.accents[0] if palette.is_coloured else from_hex("#d8402f")
    if flowers:
        for px, py in tips:
            radius = float(rng.uniform(0.040, 0.062))
            tone = palette.accents[int(rng.integers(3))]
            outline = blossom_outline(px, py, radius, 6, float(rng.uniform(0, 6)))
            canvas.layer(shapes.polygon(canvas, outline), tone, lift=0.008, texture=0.2)
            heart = shapes.ellipse(canvas, px, py, radius * 0.30)
            canvas.layer(heart, from_hex("#f3c74a"), lift=0.003)
        return
    for px, py in tips:
        radius = float(rng.uniform(0.010, 0.016))
        spot = (px + float(rng.normal(0, 0.008)), py + float(rng.normal(0, 0.006)))
        paint_ball(canvas, *spot, radius, colour)


def fruit(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """A bowl heaped with fruit, some beside it."""
    rng = canvas.rng("fruit")
    edge = canvas.bottom * 0.62
    side = -1.0 if rng.random() < 0.5 else 1.0
    paint_room(canvas, palette, edge, side=side)
    x, foot = canvas.right / 2, edge + 0.21
    kinds = _fruit_colours(brief, palette)
    radius = 0.095 * canvas.style.subject
    heap = [
        (-0.19, -0.30),
        (0.0, -0.33),
        (0.19, -0.30),
        (-0.10, -0.43),
        (0.10, -0.42),
        (0.0, -0.53),
    ]
    for index, (dx, dy) in enumerate(heap):
        size = radius * float(rng.uniform(0.92, 1.08))
        colour = kinds[index % len(kinds)]
        place = (x + dx * canvas.style.subject, foot + dy * canvas.style.subject)
        _paint_one_fruit(canvas, palette, *place, size, colour, side)
    bowl = ((0.40, 0.46), (0.385, 0.36), (0.30, 0.16), (0.17, 0.04), (0.15, 0.0))
    size = 0.72 * canvas.style.subject
    china = mix(palette.accents[3], from_hex("#f4efe4"), 0.25)
    paint_vessel(canvas, bowl, x, foot, size, china, side=side, mouth=False)
    for index, shift in enumerate((-0.40, 0.38)):
        beside = x + shift * canvas.style.subject
        ground = foot + 0.03 + 0.02 * index
        colour = kinds[(index + 1) % len(kinds)]
        paint_shadow(canvas, beside, ground, radius * 0.8, side)
        _paint_one_fruit(
            canvas, palette, beside, ground - radius * 0.9, radius * 0.95, colour, side
        )


def _fruit_colours(brief: Brief, palette: Palette) -> list[Colour]:
    named = {
        "lemon": "#f3cf3a", "limao": "#b9d24a", "apple": "#cf3030", "maca": "#cf3030",
        "pear": "#c3c84a", "pera": "#c3c84a", "peach": "#f2a071", "pessego": "#f2a071",
        "strawberry": "#d92f3f", "morango": "#d92f3f", "mango": "#f0a232", "manga": "#f0a232",
        "cherry": "#b3202f", "cereja": "#b3202f", "grape": "#6a3f86", "uva": "#6a3f86",
    }  # fmt: skip
    found = [
        from_hex(colour)
        for word, colour in named.items()
        if brief.names(word, word + "s", word + "es")
    ]
    if palette.is_coloured:
        found.append(palette.accents[0])
    return found or [from_hex(each) for each in ("#e98a2b", "#d23c33", "#e7c13c", "#8fae45")]


def _paint_one_fruit(
    canvas: Canvas, palette: Palette, x: float, y: float, radius: float, colour: Colour, side: float
) -> None:
    patch = paint_ball(canvas, x, y, radius, palette.lit(colour), side=side, squash=0.95)
    if patch.is_empty:
        return
    stem = [[(x, y - radius * 0.86), (x + radius * 0.12, y - radius * 1.18)]]
    canvas.layer(
        shapes.strokes(canvas, stem, [radius * 0.09]), from_hex("#4d3420"), lift=0.002, ink=0.4
    )
    leaf = shapes.curve(
        [(0.05, -1.02), (0.40, -1.24), (0.72, -1.10), (0.38, -0.98)], closed=True, steps=5
    )
    patch = shapes.polygon(canvas, shapes.moved(leaf, x, y, radius))
    canvas.layer(patch, palette.lit(from_hex("#5f8d3c")), lift=0.004, ink=0.6)


def jar(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """A jar with a cloth lid and a label; a burning candle when that is named."""
    rng = canvas.rng("jar")
    edge = canvas.bottom * 0.66
    side = -1.0 if rng.random() < 0.5 else 1.0
    paint_room(canvas, palette, edge, side=side)
    x, foot = canvas.right / 2, edge + 0.16
    size = 0.56 * canvas.style.subject * min(1.15, canvas.bottom)
    if brief.names("candle", "candles", "vela", "velas"):
        _paint_candles(canvas, brief, palette, x, foot, size, side)
        return
    content = palette.accents[0] if palette.is_coloured else from_hex("#eb8a12")
    profile = ((0.37, 0.86), (0.405, 0.80), (0.42, 0.66), (0.42, 0.16), (0.40, 0.05), (0.35, 0.0))
    paint_vessel(canvas, profile, x, foot, size, content, side=side, gloss=0.9, mouth=False)
    cloth = palette.lit(from_hex("#f6efe0"))
    points: list[Point] = [(-0.36, -1.0), (0.36, -1.0)]
    for step in range(25):
        share = step / 24
        points.append((0.48 - 0.96 * share, -0.79 - 0.035 * abs(math.sin(share * math.pi * 6))))
    patch = shapes.polygon(canvas, shapes.moved(points, x, foot, size))
    if not patch.is_empty:
        across = (patch.x - np.float32(x)) / np.float32(size * 0.46)
        canvas.layer(patch, cloth, shade=round_shade(canvas, across, side, 0.1), lift=0.010)
        down = (patch.y - np.float32(foot)) / np.float32(size)
        check = (np.floor(np.arcsin(np.clip(across, -1, 1)) * 7) + np.floor(down * 24)) % 2
        red = mix(palette.accents[0], from_hex("#c8392c"), 0.5)
        canvas.layer(
            patch.covering(patch.alpha * (check > 0.5) * np.float32(0.85)), red,
            shade=round_shade(canvas, across, side, 0.1), lift=0.0, ink=0.15,
        )  # fmt: skip
    label = shapes.rectangle(
        canvas, x - size * 0.27, foot - size * 0.60, x + size * 0.27, foot - size * 0.22
    )
    canvas.layer(label, palette.lit(from_hex("#fbf6e9")), lift=0.003, ink=0.8)
    for row, width in ((0.50, 0.20), (0.42, 0.15), (0.34, 0.18)):
        line = [[(x - size * width, foot - size * row), (x + size * width, foot - size * row)]]
        canvas.layer(
            shapes.strokes(canvas, line, [size * 0.018]), from_hex("#4a3a30"), lift=0.0, ink=0.2
        )
    for shift in (-0.36, -0.45):
        radius = 0.052
        place = x + shift * canvas.style.subject * 0.95
        ground = foot + 0.02 + (0.03 if shift > -0.4 else -0.03)
        paint_ball(
            canvas, place, ground - radius, radius, adjust(content, lightness=0.03), side=side,
            ground=ground,
        )  # fmt: skip


def _paint_candles(
    canvas: Canvas,
    brief: Brief,
    palette: Palette,
    x: float,
    foot: float,
    size: float,
    side: float,
) -> None:
    number = min(brief.count or 3, 7)
    wax = palette.accents[0] if palette.is_coloured else from_hex("#f3e7cf")
    gap = min(0.24, (canvas.right - 0.2) / number)
    for index in range(number):
        place = x + (index - (number - 1) / 2) * gap
        tall = size * (0.85, 0.55, 0.70)[index % 3]
        profile = ((0.17, 1.0), (0.17, 0.5), (0.17, 0.0))
        scaled = tuple((r * size / tall * 0.75, h) for r, h in profile)
        paint_vessel(canvas, scaled, place, foot + 0.02 * (index % 2), tall, wax, side=side)
        top = foot + 0.02 * (index % 2) - tall
        paint_flame(canvas, place, top - 0.008, 0.045)


def paint_flame(canvas: Canvas, x: float, y: float, size: float) -> None:
    """A candle flame standing on (x, y)."""
    wick = [[(x, y + size * 0.25), (x, y - size * 0.1)]]
    canvas.layer(shapes.strokes(canvas, wick, [size * 0.10]), from_hex("#2a211c"), lift=0.0)
    half = [(0.0, -1.5), (0.16, -1.0), (0.36, -0.42), (0.26, -0.02), (0.0, 0.08)]
    outline = shapes.mirrored(shapes.curve(half, closed=False, steps=5))
    canvas.layer(
        shapes.polygon(canvas, shapes.moved(outline, x, y, size)), from_hex("#ffb648"), lift=0.004
    )
    canvas.layer(
        shapes.polygon(canvas, shapes.moved(outline, x, y - size * 0.02, size * 0.55)),
        from_hex("#fff0c0"), lift=0.0, ink=0.3,
    )  # fmt: skip
    distance = np.hypot(canvas.x - np.float32(x), canvas.y - np.float32(y - size * 0.5))
    if not canvas.style.is_flat:
        glow = np.exp(distance * np.float32(-7)) * np.float32(0.30)
        canvas.light(noise.smooth_step(0, 1, glow) * 0.4 + glow, from_hex("#ffc070"))
