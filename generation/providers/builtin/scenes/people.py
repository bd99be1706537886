"""A person as a silhouette in profile that holds a landscape."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from generation.providers.builtin import shapes
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import Colour, adjust, from_hex, mix
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.fields import blossom_outline
from generation.providers.builtin.scenes.land import mountain_crest, with_conifers
from generation.providers.builtin.scenes.sky import paint_sky
from generation.providers.builtin.scenes.weather import paint_weather
from generation.providers.builtin.shapes import Point

# The face looks to the right; the chin is near (0.3, -0.2), the shoulders run out at 0.6.
_PROFILE = [
    (0.00, -0.985), (0.18, -0.945), (0.285, -0.835), (0.322, -0.71), (0.318, -0.645),
    (0.352, -0.575), (0.400, -0.492), (0.384, -0.462), (0.338, -0.448), (0.336, -0.432),
    (0.358, -0.402), (0.340, -0.374), (0.352, -0.344), (0.322, -0.316), (0.322, -0.272),
    (0.290, -0.226), (0.205, -0.212), (0.120, -0.185), (0.092, -0.110), (0.112, 0.010),
    (0.24, 0.105), (0.46, 0.19), (0.60, 0.36), (0.66, 0.70),
]  # fmt: skip
_BACK = [
    (-0.70, 0.70), (-0.62, 0.34), (-0.46, 0.16), (-0.26, 0.06), (-0.205, -0.06),
    (-0.215, -0.22), (-0.30, -0.42), (-0.335, -0.62), (-0.275, -0.83), (-0.14, -0.955),
]  # fmt: skip
_LONG_HAIR = [
    (0.10, -0.98), (0.27, -0.86), (0.235, -0.72), (0.13, -0.60), (0.05, -0.40), (0.06, -0.15),
    (0.02, 0.16), (-0.10, 0.36), (-0.34, 0.44), (-0.52, 0.30), (-0.47, -0.05), (-0.46, -0.45),
    (-0.41, -0.76), (-0.26, -0.97), (-0.08, -1.04),
]  # fmt: skip
_SHORT_HAIR = [
    (0.16, -0.97), (0.295, -0.84), (0.25, -0.74), (0.10, -0.70), (0.02, -0.58), (-0.02, -0.44),
    (-0.12, -0.36), (-0.25, -0.33), (-0.355, -0.55), (-0.33, -0.80), (-0.18, -0.99), (0.0, -1.035),
]  # fmt: skip

_WOMEN = ("woman", "mulher", "girl", "menina", "garota", "queen", "rainha", "princess", "princesa",
          "bailarina", "lady", "she", "her")  # fmt: skip


def portrait(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """A head in profile before a large sun or moon, mountains inside it."""
    rng = canvas.rng("portrait")
    sky = paint_sky(canvas, brief, palette, canvas.bottom * 0.98, light_at=(0.5, 0.42), clouds=0.8)
    size = 0.60 * canvas.style.subject * min(1.25, canvas.bottom)
    size = min(size, 0.62 * canvas.bottom, 0.72 * canvas.right)
    way = 1.0 if rng.random() < 0.5 else -1.0
    x = canvas.right * 0.5 - way * 0.03
    y = canvas.bottom - 0.55 * size
    disc = shapes.ellipse(canvas, x + way * size * 0.10, y - size * 0.55, size * 0.66)
    tone = mix(palette.light, palette.haze, 0.30) if not palette.is_night else from_hex("#f0e6cb")
    canvas.layer(disc.times(0.9), np.clip(tone, 0, 1), lift=0.012, ink=0.7)

    def placed(points: list[Point]) -> list[Point]:
        return shapes.moved([(px * way, py) for px, py in points], x, y, size)

    long = brief.names(*_WOMEN) or (
        not brief.names("man", "homem", "boy", "menino", "garoto", "king", "rei")
        and rng.random() < 0.6
    )
    hair_points = shapes.curve(_LONG_HAIR if long else _SHORT_HAIR, steps=6)
    body = shapes.curve([*_PROFILE, (0.68, 1.2)], closed=False, steps=6) + shapes.curve(
        [(-0.72, 1.2), *_BACK], closed=False, steps=6
    )
    figure = shapes.polygon(canvas, placed(body))
    skin = mix(palette.near, palette.sky[0], 0.30)
    if figure.is_empty:
        return
    canvas.layer(figure, skin, lift=0.016)
    _paint_inner_land(canvas, brief, palette, figure, y, size)
    hair = mix(palette.near, from_hex("#120d12"), 0.35)
    if palette.is_coloured:
        hair = mix(hair, adjust(palette.accents[0], lightness=-0.2), 0.45)
    canvas.layer(shapes.polygon(canvas, placed(hair_points)), hair, lift=0.012, texture=0.2)
    _paint_strands(canvas, placed(_strand_base(long)), hair, size, way)
    _paint_attire(canvas, brief, palette, placed, size, rng)
    paint_weather(canvas, brief, palette, sky)


def _paint_inner_land(
    canvas: Canvas, brief: Brief, palette: Palette, figure: shapes.Patch, y: float, size: float
) -> None:
    """Ridges inside the figure, from the neck downwards, the air above them lighter."""
    rise = np.clip((np.float32(y + 0.3 * size) - figure.y) / np.float32(size * 1.3), 0, 1)
    air = mix(palette.haze, palette.sky[1], 0.4)
    if canvas.style.medium in ("light", "brush", "pencil"):
        canvas.blend(figure.covering(figure.alpha * (0.55 * (1 - rise) + 0.05)), air)
    total = canvas.count(5)
    for index in range(total):
        near = index / (total - 1)
        base = y + size * (-0.10 + 0.62 * near)
        crest = mountain_crest(canvas, f"inner {index}", base, size * 0.22, 2.2 + near)
        if near > 0.4 and brief.allows("trees"):
            crest = with_conifers(canvas, crest, f"inner firs {index}", height=0.06, density=40)
        land = shapes.below(canvas, crest)
        if land.is_empty:
            continue
        cover = np.zeros(figure.alpha.shape, np.float32)
        top = max(figure.rows.start, land.rows.start)
        stop = min(figure.rows.stop, land.rows.stop)
        if stop <= top:
            continue
        cover[top - figure.top : stop - figure.top] = (
            land.alpha[top - land.top : stop - land.top][:, figure.columns]
            * figure.alpha[top - figure.top : stop - figure.top]
        )
        colour = mix(mix(palette.far, air, 0.3), palette.near, 0.12 + 0.75 * near)
        colour = mix(colour, palette.foliage[2], 0.2)
        canvas.layer(figure.covering(cover), colour, lift=0.006, ink=0.5)


def _strand_base(long: bool) -> list[Point]:
    if long:
        return [(0.12, -0.93), (-0.06, -0.74), (-0.20, -0.40), (-0.22, 0.0), (-0.26, 0.30)]
    return [(0.14, -0.92), (-0.04, -0.86), (-0.20, -0.72), (-0.26, -0.50), (-0.24, -0.38)]


def _paint_strands(
    canvas: Canvas, base: list[Point], hair: Colour, size: float, way: float
) -> None:
    """A few lighter lines that follow the fall of the hair."""
    lines = []
    for index in range(5):
        shift = (index - 2) * size * 0.045
        moved = [(px - way * shift * (0.3 + 0.2 * step), py) for step, (px, py) in enumerate(base)]
        lines.append(shapes.curve(moved, closed=False, steps=6))
    patch = shapes.strokes(canvas, lines, [size * 0.008] * len(lines))
    canvas.layer(patch.times(0.55), adjust(hair, lightness=0.12), lift=0.0, ink=0.2)


def _paint_attire(
    canvas: Canvas,
    brief: Brief,
    palette: Palette,
    placed: Callable[[list[Point]], list[Point]],
    size: float,
    rng: np.random.Generator,
) -> None:
    """A crown or hat if named, else flowers in the hair when they are not refused."""
    gold = from_hex("#e3b347")
    if brief.names("king", "queen", "rei", "rainha", "crown", "coroa", "princess", "princesa"):
        crown = [(-0.26, -0.90), (-0.30, -1.16), (-0.16, -1.03), (-0.04, -1.24), (0.08, -1.05),
                 (0.24, -1.14), (0.22, -0.90)]  # fmt: skip
        canvas.layer(shapes.polygon(canvas, placed(crown)), gold, lift=0.008)
        return
    if brief.wants("hat") or brief.names("wizard", "mago", "samurai"):
        hat = [(-0.62, -0.78), (-0.30, -0.90), (-0.12, -1.30), (0.10, -1.34), (0.22, -0.95),
               (0.56, -0.84), (0.50, -0.78), (0.0, -0.74)]  # fmt: skip
        tone = palette.accents[0]
        canvas.layer(shapes.polygon(canvas, placed(shapes.curve(hat, steps=5))), tone, lift=0.012)
        return
    if not brief.allows("flowers") or brief.names("man", "homem", "boy", "menino", "garoto"):
        return
    for index in range(7):
        angle = math.pi * (0.62 + 0.50 * index / 6)
        spot = placed([(0.38 * math.cos(angle) - 0.02, -0.62 - 0.40 * math.sin(angle))])[0]
        radius = size * (0.085 if index % 2 else 0.065)
        tone = palette.accents[(0, 1, 2, 4)[index % 4]]
        outline = blossom_outline(*spot, radius, 6, float(rng.uniform(0, 6)))
        canvas.layer(shapes.polygon(canvas, outline), tone, lift=0.008, ink=0.8, texture=0.2)
        canvas.layer(shapes.ellipse(canvas, *spot, radius * 0.28), gold, lift=0.003)
