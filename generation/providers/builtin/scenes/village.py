"""Houses on hills, a castle or windmill among them, and arches."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import Field, mix
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.fields import blossom_outline
from generation.providers.builtin.scenes.land import hill_crest, paint_ridge, with_conifers
from generation.providers.builtin.scenes.landmarks import (
    paint_castle,
    paint_church,
    paint_windmill,
)
from generation.providers.builtin.scenes.sky import horizon_of, paint_sky
from generation.providers.builtin.scenes.tower import paint_cottage
from generation.providers.builtin.scenes.weather import paint_lightning, paint_weather

Landmark = Callable[[Canvas, Palette, float, float, float, bool], None]
"""Paints a building: canvas, palette, x, foot, size, whether its windows are lit."""


def village(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Hills with cottages and trees; smoke from a chimney, a landmark on top if named."""
    horizon = horizon_of(canvas, 0.46)
    sky = paint_sky(canvas, brief, palette, horizon)
    paint_lightning(canvas, brief, sky)
    rng = canvas.rng("village")
    dark = palette.time in ("night", "dusk")
    total = canvas.count(5)
    few = brief.names("house", "casa", "cottage", "chale", "cabin", "cabana", "home", "hut")
    landmark = _landmark(brief)
    for index in range(total):
        near = index / (total - 1)
        base = horizon + (canvas.bottom * 0.92 - horizon) * near**1.2
        crest = hill_crest(canvas, f"hill {index}", base, 0.10 + 0.04 * near, 1.1 - 0.3 * near)
        tone = mix(mix(palette.far, palette.foliage[1], 0.15 + 0.5 * near), palette.ground[1], near)
        tone = mix(tone, palette.ground[0], 0.30 * near)
        if palette.has_snow:
            tone = mix(mix(palette.ground[0], palette.sky[1], 0.45), palette.ground[0], near)
        if landmark and index == total // 2:
            x = canvas.right * (0.64 if sky.x < canvas.right / 2 else 0.36)
            foot = float(np.interp(x, canvas.x[0], crest)) + 0.012
            landmark(canvas, palette, x, foot, 0.30 * canvas.style.subject, dark)
        if not few and 0 < index < total - 1:
            _paint_houses(canvas, palette, rng, crest, near, lights=dark)
        if brief.allows("trees") and index < total - 1:
            tall = 0.06 + 0.09 * near
            firs = with_conifers(canvas, crest, f"firs {index}", height=tall, density=15 - 8 * near)
            wood = mix(mix(palette.foliage[2], palette.haze, 0.6 - 0.5 * near), palette.near, 0.2)
            canvas.layer(shapes.below(canvas, firs), wood, lift=0.008, ink=0.6)
        paint_ridge(
            canvas, palette, crest, tone, mist=0.55 * (1 - near), sky=sky, ink=0.5 + 0.5 * near,
            lift=0.010 + 0.01 * near,
        )  # fmt: skip
        if few and not landmark and index == max(1, total - 2):
            _paint_home(canvas, brief, palette, rng, crest, lights=dark)
    if not palette.has_snow and not dark and brief.allows("flowers"):
        _paint_foreground(canvas, palette, rng)
    paint_weather(canvas, brief, palette, sky)


def _paint_foreground(canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """Wild flowers close to the viewer."""
    for rank in range(3):
        size = (0.011, 0.017, 0.025)[rank] * canvas.style.subject
        tone = palette.lit(palette.accents[(0, 1, 2)[rank]])
        places = [
            (
                float(rng.uniform(0, canvas.right)),
                canvas.bottom * (0.90 + 0.04 * rank) + float(rng.normal(0, 0.012)),
            )
            for _ in range(int((22 - 5 * rank) * canvas.right))
        ]
        stems = [[(x, y), (x + size * 0.2, y + size * 2.8)] for x, y in places]
        stalk = mix(palette.foliage[1], palette.near, 0.2)
        width = max(canvas.pixel, size * 0.16)
        canvas.layer(shapes.strokes(canvas, stems, [width] * len(stems)), stalk, lift=0.0, ink=0.2)
        heads = [blossom_outline(x, y, size, 6, float(rng.uniform(0, 6))) for x, y in places]
        canvas.layer(shapes.polygons(canvas, heads), tone, lift=0.005, texture=0.2, ink=0.6)


def _paint_houses(
    canvas: Canvas,
    palette: Palette,
    rng: np.random.Generator,
    crest: Field,
    near: float,
    *,
    lights: bool,
) -> None:
    size = (0.085 + 0.125 * near) * canvas.style.subject
    x = float(rng.uniform(0.02, 0.12))
    while x < canvas.right - 0.02:
        foot = float(np.interp(x, canvas.x[0], crest)) + size * 0.16
        if rng.random() < 0.72:
            paint_cottage(
                canvas, palette, x, foot, size * float(rng.uniform(0.8, 1.1)), lights=lights
            )
        x += size * float(rng.uniform(1.05, 2.0))


def _paint_home(
    canvas: Canvas,
    brief: Brief,
    palette: Palette,
    rng: np.random.Generator,
    crest: Field,
    *,
    lights: bool,
) -> None:
    """One larger house with smoke rising from its chimney."""
    size = 0.30 * canvas.style.subject * min(1.1, canvas.bottom)
    x = canvas.right * float(rng.uniform(0.40, 0.60))
    foot = float(np.interp(x, canvas.x[0], crest)) + size * 0.13
    if brief.allows("steam"):
        lines = []
        for index in range(2):
            points = [
                (x + size * 0.26 + math.sin(step * 0.8 + index) * size * 0.08 * (step / 4)
                 + step * size * 0.03, foot - size * 0.92 - step * size * 0.10)
                for step in range(9)
            ]  # fmt: skip
            lines.append(shapes.curve(points, closed=False, steps=4))
        smoke = shapes.strokes(canvas, lines, [size * 0.06, size * 0.045])
        if not smoke.is_empty:
            if not canvas.style.is_flat:
                smoke.alpha = noise.blur_mask(smoke.alpha, canvas.unit * 0.010)
            fade = noise.smooth_step(foot - size * 1.9, foot - size * 0.9, smoke.y) * 0.6
            canvas.blend(smoke.covering(smoke.alpha * fade), mix(palette.haze, palette.light, 0.4))
    paint_cottage(canvas, palette, x, foot, size, lights=lights)


def _landmark(brief: Brief) -> Landmark | None:
    if brief.names("castle", "castelo"):
        return paint_castle
    if brief.names("windmill", "moinho"):
        return paint_windmill
    if brief.names("church", "igreja", "chapel", "capela"):
        return paint_church
    return None
