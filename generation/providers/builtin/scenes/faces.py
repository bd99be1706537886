"""The heads of sitting animals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from generation.providers.builtin import shapes
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import (
    Colour,
    from_hex,
    mix,
)
from generation.providers.builtin.shapes import Point

Place = Callable[[list[Point]], list[Point]]
"""From the animal's own coordinates to the picture's."""


@dataclass(frozen=True)
class Build:
    """How an animal is made; lengths in body heights, the ground at 0, up is negative."""

    coats: tuple[str, ...]
    eyes: str
    ear: tuple[Point, ...]
    """The right ear, relative to the head's centre."""
    is_striped: bool = False
    has_mask: bool = False
    """White cheeks and chest, as foxes have."""
    is_long_nosed: bool = False
    is_bushy: bool = False
    slit: bool = False


_CAT_EAR = ((0.05, -0.19), (0.13, -0.27), (0.245, -0.40), (0.275, -0.20), (0.27, -0.06))
FOX_EAR = ((0.06, -0.19), (0.13, -0.32), (0.235, -0.46), (0.285, -0.22), (0.26, -0.06))
_DOG_EAR = ((0.12, -0.22), (0.26, -0.21), (0.37, -0.03), (0.36, 0.14), (0.27, 0.13), (0.21, -0.05))
_BEAR_EAR = ((0.11, -0.20), (0.15, -0.33), (0.26, -0.33), (0.30, -0.21), (0.22, -0.10))
_RABBIT_EAR = ((0.04, -0.20), (0.06, -0.50), (0.13, -0.66), (0.19, -0.48), (0.17, -0.16))

CAT = Build(("#e08a3c", "#7d7f86", "#2a2a30", "#efe3d0", "#b98a5e"), "#8fbf4a", _CAT_EAR,
            is_striped=True, slit=True)  # fmt: skip
DOG = Build(("#c98d4e", "#8a5a36", "#efe2cc", "#4a3a34"), "#3a2416", _DOG_EAR, is_long_nosed=True)
FOX = Build(("#dd6a26",), "#c98a2a", FOX_EAR, has_mask=True, is_long_nosed=True, is_bushy=True)
BEAR = Build(("#7a4f33", "#4d3526"), "#1f1712", _BEAR_EAR, is_long_nosed=True)
RABBIT = Build(("#d9cbb8", "#a58a72", "#f3ede4"), "#3a2416", _RABBIT_EAR)


def paint_head(
    canvas: Canvas,
    build: Build,
    x: float,
    y: float,
    size: float,
    coat: Colour,
    pale: Colour,
    dark: Colour,
) -> None:
    """Ears, head and face around (x, y), in the animal's size."""

    def placed(points: list[Point]) -> list[Point]:
        return shapes.moved(points, x, y, size)

    inner = mix(coat, from_hex("#e8a090"), 0.55)
    hangs = build.ear is _DOG_EAR
    ear = shapes.curve(list(build.ear), closed=True, steps=5) if hangs else list(build.ear)
    both = [ear, [(-px, py) for px, py in ear]]
    if not hangs:
        canvas.layer(shapes.polygons(canvas, [placed(each) for each in both]), dark, lift=0.008)
        small = [
            [(px * 0.80 + 0.035 * (1 if px > 0 else -1), py * 0.86 - 0.02) for px, py in each]
            for each in both
        ]
        canvas.layer(
            shapes.polygons(canvas, [placed(each) for each in small]), inner, lift=0.0, ink=0.4
        )
    half = [(0.0, -0.225), (0.16, -0.20), (0.265, -0.08), (0.275, 0.05), (0.18, 0.16), (0.0, 0.205)]
    if build.has_mask:
        half = [
            (0.0, -0.22),
            (0.16, -0.19),
            (0.26, -0.07),
            (0.31, 0.06),
            (0.13, 0.16),
            (0.0, 0.235),
        ]
    head = shapes.mirrored(shapes.curve(half, closed=False, steps=6))
    patch = shapes.polygon(canvas, placed(head))
    if patch.is_empty:
        return
    across = (patch.x - np.float32(x)) / np.float32(size * 0.28)
    down = (patch.y - np.float32(y)) / np.float32(size * 0.22)
    fur = canvas.grain(patch) * np.float32(0.0 if canvas.style.is_flat else 0.08)
    shade = 0.08 - 0.16 * across**2 - 0.06 * down + fur
    canvas.layer(patch, coat, shade=shade.astype(np.float32), lift=0.012)
    if hangs:
        canvas.layer(shapes.polygons(canvas, [placed(each) for each in both]), dark, lift=0.010)
    if build.has_mask:
        cheek = [(0.02, 0.235), (0.02, 0.10), (0.09, 0.02), (0.20, 0.0), (0.31, 0.06), (0.13, 0.16)]
        cheeks = [cheek, [(-px, py) for px, py in cheek]]
        cover = shapes.polygons(canvas, [placed(each) for each in cheeks])
        canvas.layer(cover, pale, lift=0.003, ink=0.4)
    else:
        muzzle = shapes.ellipse(canvas, x, y + size * 0.105, size * 0.115, size * 0.082)
        canvas.layer(muzzle, pale, lift=0.003, ink=0.25)
    if build.is_striped:
        lines = [placed(line) for line in (
                 [(0.0, -0.20), (0.0, -0.11)], [(0.05, -0.19), (0.04, -0.12)],
                 [(-0.05, -0.19), (-0.04, -0.12)], [(0.26, 0.0), (0.19, 0.01)],
                 [(-0.26, 0.0), (-0.19, 0.01)], [(0.26, 0.05), (0.20, 0.045)],
                 [(-0.26, 0.05), (-0.20, 0.045)])]  # fmt: skip
        canvas.layer(shapes.strokes(canvas, lines, [size * 0.016] * 7), dark, lift=0.0, ink=0.3)
    _paint_face(canvas, build, placed, x, y, size)


def _paint_face(
    canvas: Canvas, build: Build, placed: Place, x: float, y: float, size: float
) -> None:
    night = from_hex("#17130f")
    for s in (1, -1):
        eye_x, eye_y = x + s * size * 0.115, y - size * 0.015
        wide, high = (0.052, 0.044) if build.slit else (0.036, 0.038)
        eye = shapes.ellipse(canvas, eye_x, eye_y, size * wide, size * high)
        canvas.layer(eye, from_hex(build.eyes), lift=0.0, ink=0.9)
        narrow = 0.017 if build.slit else 0.026
        pupil = shapes.ellipse(canvas, eye_x, eye_y, size * narrow, size * high * 0.85)
        canvas.layer(pupil, night, lift=0.0, ink=0.0)
        spot = shapes.ellipse(canvas, eye_x - size * 0.012, eye_y - size * 0.015, size * 0.010)
        canvas.layer(spot, from_hex("#ffffff"), lift=0.0, ink=0.0)
    low = 0.17 if build.has_mask else 0.075
    wide = 0.042 if build.is_long_nosed else 0.030
    nose = shapes.curve([(-wide, low - 0.022), (wide, low - 0.022), (0.0, low + 0.026)], steps=5)
    tone = night if build.is_long_nosed else from_hex("#d98c86")
    canvas.layer(shapes.polygon(canvas, placed(nose)), tone, lift=0.0, ink=0.8)
    smile = [
        shapes.curve([(0.0, low + 0.02), (s * 0.02, low + 0.058), (s * 0.062, low + 0.05)],
                     closed=False, steps=5)
        for s in (1, -1)
    ]  # fmt: skip
    if not build.has_mask:
        lines = [placed(line) for line in smile]
        canvas.layer(shapes.strokes(canvas, lines, [size * 0.009] * 2), night, lift=0.0, ink=0.5)
    if build.slit:
        whiskers = [
            placed([(s * 0.09, 0.10 + 0.012 * row), (s * 0.34, 0.07 + 0.045 * row)])
            for s in (1, -1)
            for row in (0, 1, 2)
        ]
        patch = shapes.strokes(canvas, whiskers, [max(size * 0.0045, canvas.pixel)] * 6)
        canvas.blend(patch.times(0.75), from_hex("#fffaf0"))
