"""Fields that run to the horizon: rows of lavender, poppies, sunflowers, meadows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import (
    Colour,
    adjust,
    even_stops,
    from_hex,
    look_up,
    mix,
    ramp,
)
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.land import hill_crest, paint_ridge, with_round_trees
from generation.providers.builtin.scenes.sky import Sky, horizon_of, paint_sky
from generation.providers.builtin.scenes.tower import paint_cottage
from generation.providers.builtin.scenes.weather import paint_lightning, paint_weather
from generation.providers.builtin.shapes import Point


@dataclass(frozen=True)
class Crop:
    """What grows in a field."""

    petals: str
    """sRGB of the blossoms."""
    heart: str
    leaf: str
    heads: bool
    """Whether single blossoms are seen (else dense rows of colour)."""
    size: float = 0.05
    petal_count: int = 5


LAVENDER = Crop("#8a63cf", "#5b3a9e", "#55604a", heads=False)
POPPIES = Crop("#dc3b28", "#2a1718", "#5c7a3c", heads=True, size=0.040, petal_count=4)
TULIPS = Crop("#e8466b", "#f2c14e", "#4f8048", heads=False)
SUNFLOWERS = Crop("#f5bd1f", "#4a2c17", "#5f8a3a", heads=True, size=0.060, petal_count=15)
MEADOW = Crop("#f3ead9", "#f0b93a", "#7fa34e", heads=True, size=0.024, petal_count=7)


def lavender(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Rows of lavender."""
    _field(canvas, brief, palette, LAVENDER)


def poppies(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Poppies, or rows of tulips when those are named."""
    tulips = brief.names("tulip", "tulips", "tulipa", "tulipas")
    _field(canvas, brief, palette, TULIPS if tulips else POPPIES)


def sunflowers(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Sunflowers facing the viewer."""
    _field(canvas, brief, palette, SUNFLOWERS)


def meadow(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """A meadow with wild flowers, or golden wheat when that is named."""
    wheat = brief.names("wheat", "trigo", "barley", "cevada", "rye")
    _field(
        canvas, brief, palette, Crop("#e8c064", "#b98a3a", "#c79b46", False) if wheat else MEADOW
    )


def _field(canvas: Canvas, brief: Brief, palette: Palette, crop: Crop) -> None:
    horizon = horizon_of(canvas, 0.46)
    sky = paint_sky(canvas, brief, palette, horizon)
    paint_lightning(canvas, brief, sky)
    for index in range(canvas.count(3)):
        near = index / 2
        crest = hill_crest(
            canvas, f"hill {index}", horizon - 0.01 + 0.012 * index, 0.07, 1.0 + near
        )
        if index >= 1 and brief.allows("trees"):
            crest = with_round_trees(canvas, crest, f"grove {index}", height=0.030, density=14)
        tone = mix(palette.far, palette.foliage[2], 0.12 + 0.40 * near)
        paint_ridge(canvas, palette, crest, tone, mist=0.5 - 0.2 * near, sky=sky, ink=0.6)
    blossom = from_hex(crop.petals)
    if palette.is_coloured:
        blossom = palette.accents[0]
    blossom = palette.lit(blossom)
    leaf = palette.lit(from_hex(crop.leaf))
    if brief.season in ("autumn", "winter"):
        leaf = mix(leaf, palette.ground[0], 0.6)
    _paint_rows(canvas, palette, sky, crop, blossom, leaf)
    if brief.wants("house") or brief.wants("windmill"):
        x = canvas.right * (0.28 if sky.x > canvas.right / 2 else 0.72)
        paint_cottage(canvas, palette, x, horizon + 0.012, 0.11, lights=palette.is_night)
    if crop.heads:
        _paint_heads(canvas, brief, palette, sky, crop, blossom)
    paint_weather(canvas, brief, palette, sky)


def _paint_rows(
    canvas: Canvas, palette: Palette, sky: Sky, crop: Crop, blossom: Colour, leaf: Colour
) -> None:
    """The ground: rows that meet at a point on the horizon."""
    vanish = canvas.right * float(canvas.rng("rows").uniform(0.40, 0.60))
    patch = shapes.window(canvas, 0, sky.horizon, canvas.right, canvas.bottom)
    if patch.is_empty:
        return
    soil = palette.lit(from_hex("#4a3a33")) if not palette.has_snow else palette.ground[0]
    if crop.heads:
        soil = mix(leaf, palette.near, 0.40)
    if canvas.style.medium in ("light", "brush"):
        _paint_textured_rows(canvas, palette, sky, crop, blossom, leaf, soil, patch, vanish)
        return
    canvas.layer(patch, mix(soil, leaf, 0.4), lift=0.008, ink=0.5)
    rows = 15 if canvas.style.layers > 0.7 else 11
    reach = canvas.right * 2.4
    for index in range(rows):
        start = vanish + (index - rows / 2 + 0.5) * reach / rows
        half = reach / rows * 0.33
        foot = canvas.bottom + 0.02
        outline = [(vanish, sky.horizon), (start + half, foot), (start - half, foot)]
        tone = leaf if crop.heads else blossom
        tone = adjust(tone, lightness=0.05 * math.sin(index * 2.3))
        row = shapes.polygon(canvas, outline)
        if not row.is_empty:
            side = (row.x - np.float32(vanish)) / np.maximum(row.y - np.float32(sky.horizon), 1e-3)
            middle = np.float32((start - vanish) / (foot - sky.horizon))
            lit = (side - middle) * np.float32(math.copysign(1, sky.x - vanish))
            shade = np.clip(lit * np.float32(0.9 / (half / (foot - sky.horizon))), -0.5, 0.3)
            canvas.layer(row, tone, shade=shade * 0.9, lift=0.010, ink=0.7)


def _paint_textured_rows(
    canvas: Canvas,
    palette: Palette,
    sky: Sky,
    crop: Crop,
    blossom: Colour,
    leaf: Colour,
    soil: Colour,
    patch: shapes.Patch,
    vanish: float,
) -> None:
    depth = np.clip((patch.y - np.float32(sky.horizon)) / np.float32(0.55), 1e-3, 4)
    distance = 1 / depth
    across = (patch.x - np.float32(vanish)) * distance * np.float32(0.62)
    tiled = noise.tile(canvas.rng("plants"), cells=10, octaves=5, gain=0.65)
    bend = noise.sample_tile(tiled, distance * np.float32(0.05), across * np.float32(0.04))
    phase = (across + bend * 0.05) * np.float32(2.3)
    share = phase - np.floor(phase)
    mound = np.sin(share * np.float32(math.pi))
    plants = noise.sample_tile(tiled, distance * np.float32(1.3), across * np.float32(1.1))
    fine = noise.sample_tile(tiled, distance * np.float32(3.9), across * np.float32(3.1))
    close = np.clip(depth * 2.2, 0.15, 1)
    height = mound + (plants * 0.26 + fine * 0.24) * close
    tones = [adjust(blossom, lightness=-0.20), blossom, adjust(blossom, lightness=0.13)]
    if crop.heads:
        tones = [mix(leaf, palette.near, 0.5), leaf, adjust(leaf, lightness=0.10)]
    position = np.clip(0.5 + (plants * 0.8 + fine * 0.75) * close, 0, 1)
    surface = look_up(ramp(even_stops(tones)), position)
    side = np.cos(share * np.float32(math.pi)) * np.float32(math.copysign(0.16, vanish - sky.x))
    surface *= (0.58 + 0.50 * np.clip(height, 0, 1.2) + side)[..., None]
    bare = noise.smooth_step(0.42, 0.20, height)[..., None] * np.float32(
        0.0 if crop.heads else 0.85
    )
    surface += (soil * (0.75 + 0.4 * plants[..., None]) - surface) * bare
    warm = np.exp(np.abs(patch.x - np.float32(sky.x)) * -2.0 - depth * 1.6)
    power = 0.55 if palette.time in ("golden", "dawn") else 0.12
    surface += palette.light * (warm * np.clip(height, 0, 1) * np.float32(power))[..., None]
    air = (np.exp(depth * np.float32(-7.5)) * 0.72)[..., None]
    surface += (mix(palette.haze, blossom, 0.35) - surface) * air
    canvas.blend(patch, surface)


def _paint_heads(
    canvas: Canvas, brief: Brief, palette: Palette, sky: Sky, crop: Crop, blossom: Colour
) -> None:
    """Blossoms from far specks to large ones near the viewer."""
    rng = canvas.rng("heads")
    heart = palette.lit(from_hex(crop.heart))
    kinds = [blossom, adjust(blossom, lightness=-0.06), adjust(blossom, lightness=0.05)]
    if crop is MEADOW and not palette.is_coloured:
        kinds = [
            palette.lit(from_hex(each)) for each in ("#f6f0e2", "#f2c53d", "#d9577a", "#7f86d8")
        ]
    span = canvas.bottom - sky.horizon
    ranks = 9
    for rank in range(ranks):
        near = rank / (ranks - 1)
        y = sky.horizon + span * (0.03 + 0.93 * near**1.5)
        size = crop.size * (0.10 + 1.15 * near**1.5) * canvas.style.subject
        step = size * (2.7 if crop is SUNFLOWERS else 3.4) + 0.012
        number = int(canvas.right / step) + 1
        by_kind: dict[int, list[tuple[float, float, float]]] = {}
        for index in range(number):
            x = (index + float(rng.uniform(0.1, 0.9))) * step
            row = y + float(rng.normal(0, 0.35)) * (size + 0.01)
            kind = int(rng.integers(len(kinds)))
            by_kind.setdefault(kind, []).append((x, row, size * float(rng.uniform(0.75, 1.2))))
        fog = 0.55 * (1 - near) ** 1.5
        if size > 0.012:
            _paint_stems(canvas, palette, by_kind, size)
        for kind, places in by_kind.items():
            tone = mix(kinds[kind], palette.haze, fog)
            _paint_blossoms(canvas, rng, crop, places, tone, mix(heart, palette.haze, fog))


def _paint_stems(
    canvas: Canvas,
    palette: Palette,
    places: dict[int, list[tuple[float, float, float]]],
    size: float,
) -> None:
    lines = [
        [(x, y), (x + 0.1 * radius, y + 2.6 * radius)]
        for group in places.values()
        for x, y, radius in group
    ]
    tone = mix(palette.foliage[1], palette.near, 0.25)
    patch = shapes.strokes(canvas, lines, [max(canvas.pixel, size * 0.13)] * len(lines))
    canvas.layer(patch, tone, lift=0.0, ink=0.3)


def _paint_blossoms(
    canvas: Canvas,
    rng: np.random.Generator,
    crop: Crop,
    places: list[tuple[float, float, float]],
    tone: Colour,
    heart: Colour,
) -> None:
    size = places[0][2]
    outlines = [
        blossom_outline(x, y, radius, crop.petal_count, float(rng.uniform(0, 6.28)))
        for x, y, radius in places
    ]
    patch = shapes.polygons(canvas, outlines)
    lift = min(0.008, size * 0.2)
    canvas.layer(patch, tone, lift=lift, texture=0.35, ink=0.6)
    if size < 0.006:
        return
    share = 0.46 if crop is SUNFLOWERS else 0.28
    hearts = [blossom_outline(x, y, radius * share, 0, 0.0) for x, y, radius in places]
    canvas.layer(shapes.polygons(canvas, hearts), heart, lift=lift * 0.5, texture=0.4, ink=0.5)


def blossom_outline(x: float, y: float, radius: float, petals: int, turn: float) -> list[Point]:
    """A blossom seen a little from above; no petals is a plain disc."""
    points: list[Point] = []
    steps = max(12, petals * 6)
    for step in range(steps):
        angle = 2 * math.pi * step / steps
        reach = 1.0
        if petals:
            reach = 0.58 + 0.42 * abs(math.cos(angle * petals / 2)) ** 0.6
        points.append(
            (
                x + radius * reach * math.cos(angle + turn),
                y + radius * reach * math.sin(angle + turn) * 0.86,
            )
        )
    return points
