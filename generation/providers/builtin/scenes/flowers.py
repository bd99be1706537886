"""One large blossom: dahlia, daisy, rose, sunflower, built petal by petal."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import (
    Colour,
    Field,
    adjust,
    even_stops,
    from_hex,
    look_up,
    mix,
    ramp,
)
from generation.providers.builtin.palettes import Palette

_GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))


@dataclass(frozen=True)
class Blossom:
    """The build of a flower head; lengths in flower radii."""

    petals: int
    inner: float
    """Where the innermost petals stand."""
    length: tuple[float, float]
    """Petal length inside and outside."""
    slim: float
    """Width of a petal as a share of its length."""
    heart: float
    """Radius of the heart; 0 is none."""
    colours: tuple[str, str, str]
    heart_colour: str = "#f2b632"


_DAHLIA = Blossom(210, 0.02, (0.05, 0.30), 0.40, 0.0, ("#5a0f2e", "#c22a52", "#ffb3a0"))
_DAISY = Blossom(34, 0.42, (0.52, 0.60), 0.22, 0.28, ("#c9c2dd", "#f3eef6", "#ffffff"))
_SUNFLOWER = Blossom(
    46, 0.52, (0.36, 0.46), 0.30, 0.46, ("#a85a0a", "#f0a81c", "#ffe27a"), "#3c2313"
)
_ROSE = Blossom(60, 0.0, (0.20, 0.46), 1.05, 0.0, ("#5a0a18", "#c41f3a", "#ff8a8a"))
_LOTUS = Blossom(38, 0.12, (0.22, 0.62), 0.40, 0.13, ("#b3446c", "#f4a6c2", "#fff0f4"))
_COSMOS = Blossom(9, 0.40, (0.60, 0.60), 0.62, 0.17, ("#8f2f7a", "#dd6fb0", "#ffd0e6"))

_NAMED = {
    "rose": _ROSE, "roses": _ROSE, "rosas": _ROSE, "peony": _ROSE, "peonia": _ROSE,
    "camellia": _ROSE, "daisy": _DAISY, "daisies": _DAISY, "margarida": _DAISY,
    "margaridas": _DAISY, "sunflower": _SUNFLOWER, "girassol": _SUNFLOWER, "lotus": _LOTUS,
    "lily": _LOTUS, "lirio": _LOTUS, "hibiscus": _COSMOS, "hibisco": _COSMOS,
    "orchid": _COSMOS, "orquidea": _COSMOS, "dahlia": _DAHLIA, "dalia": _DAHLIA,
}  # fmt: skip


def blossom(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """A flower that nearly fills the picture, on a quiet ground."""
    rng = canvas.rng("blossom")
    named = [build for word, build in _NAMED.items() if brief.names(word)]
    if "rosa" in brief.words and brief.scene == "dahlia":
        named.append(_ROSE)
    builds = (_DAHLIA, _DAHLIA, _COSMOS, _DAISY, _LOTUS)
    build = named[0] if named else builds[int(rng.integers(len(builds)))]
    tones = _tones(build, palette, rng, brief)
    _paint_ground(canvas, palette, tones)
    tall = canvas.bottom > 1.15
    radius = 0.42 * canvas.style.subject * (1.05 if tall or canvas.right > 1.15 else 1.0)
    radius = min(radius, 0.56)
    shift = 0.06 * (canvas.right - 1)
    x = canvas.right / 2 + float(rng.uniform(-1, 1)) * shift
    y = canvas.bottom * (0.5 if not tall else 0.42)
    _paint_leaves(canvas, palette, x, y, radius, tall=tall)
    _paint_petals(canvas, build, tones, x, y, radius)
    if build.heart:
        _paint_heart(canvas, palette, build, x, y, radius)


def _tones(
    build: Blossom, palette: Palette, rng: np.random.Generator, brief: Brief
) -> list[Colour]:
    """Dark, middle and light of the petals."""
    if palette.is_coloured:
        base = palette.accents[0]
        light = palette.accents[1] if len(brief.colours) > 1 else adjust(base, lightness=0.24)
        return [adjust(base, lightness=-0.26), base, light]
    tones = [from_hex(each) for each in build.colours]
    if build in (_DAHLIA, _COSMOS):
        turn = float(rng.choice([0.0, 0.0, 0.5, 1.1, -0.9, -1.6]))
        tones = [adjust(each, turn=turn) for each in tones]
    if palette.is_night:
        tones = [mix(each, palette.lit(each), 0.7) for each in tones]
    return tones


def _paint_ground(canvas: Canvas, palette: Palette, tones: list[Colour]) -> None:
    """Dark and quiet, or a plain paper tone in the flat media."""
    if canvas.style.medium in ("print", "paper"):
        pale = mix(palette.backdrop[0], tones[2], 0.2)
        top, low = pale, mix(pale, tones[1], 0.25)
        if palette.is_night:
            top, low = from_hex("#16233f"), from_hex("#0b1428")
    elif canvas.style.medium == "pencil":
        top, low = from_hex("#f5efe2"), mix(from_hex("#efe6d4"), palette.foliage[0], 0.25)
    else:
        top = mix(from_hex("#1a1c22"), palette.foliage[2], 0.25)
        low = mix(from_hex("#0c0d11"), tones[0], 0.10)
    distance = np.hypot(
        canvas.x / np.float32(canvas.right) - 0.4, canvas.y / np.float32(canvas.bottom) - 0.38
    )
    cloud = canvas.noise("ground", 1.6, octaves=4) * np.float32(0.12)
    canvas.field(np.clip(distance * 1.25 + cloud, 0, 1), [(0.0, top), (1.0, low)], steps=0)


def _paint_leaves(
    canvas: Canvas, palette: Palette, x: float, y: float, radius: float, *, tall: bool
) -> None:
    leaf = palette.foliage[1]
    if tall or canvas.style.medium in ("print", "paper", "pencil"):
        stem = shapes.curve(
            [(x, y), (x + radius * 0.10, y + radius * 1.3), (x - 0.02, canvas.bottom + 0.1)],
            closed=False,
        )
        canvas.layer(shapes.strokes(canvas, [stem], [radius * 0.075]), leaf, lift=0.008)
    half = [(0.0, -1.0), (0.16, -0.72), (0.27, -0.30), (0.22, 0.15), (0.08, 0.45), (0.0, 0.52)]
    outline = shapes.mirrored(shapes.curve(half, closed=False, steps=5))
    for angle in (0.9, 2.35, 3.9, 5.4):
        away = radius * 0.86
        place = (x + math.sin(angle) * away, y - math.cos(angle) * away)
        patch = shapes.polygon(canvas, shapes.moved(outline, *place, radius * 0.62, angle))
        if patch.is_empty:
            continue
        over = (patch.x - np.float32(place[0])) * np.float32(math.cos(angle)) + (
            patch.y - np.float32(place[1])
        ) * np.float32(math.sin(angle))
        shade = np.where(over > 0, 0.18, -0.22).astype(np.float32)
        canvas.layer(patch, leaf, shade=shade, lift=0.010, texture=0.2)


def _paint_petals(
    canvas: Canvas, build: Blossom, tones: list[Colour], x: float, y: float, radius: float
) -> None:
    """From the outermost petal to the heart, each over the ones before."""
    count = build.petals
    if canvas.style.is_flat:
        count = max(8, int(count * (0.55 if count > 60 else 1.0)))
    half = [(0.0, -1.0), (0.42, -0.72), (0.86, -0.22), (1.0, 0.16), (0.72, 0.62), (0.34, 0.92)]
    outline = shapes.mirrored(shapes.curve([*half, (0.0, 1.0)], closed=False, steps=4))
    table = ramp(even_stops(tones))
    if not build.heart:
        # Between the innermost petals the dark of the bud shows, not the ground.
        canvas.layer(shapes.ellipse(canvas, x, y, radius * 0.42), tones[0], lift=0.0, ink=0.0)
    ringed = build.petals < 60 and build.heart > 0
    rings = 2 if build.petals > 16 else 1
    for index in range(count - 1, -1, -1):
        if ringed:
            ring, place = divmod(index, count // rings + 1)
            share = (ring + 1) / rings
            angle = 2 * math.pi * (place + 0.5 * ring) / (count // rings + 1)
            away = build.inner * (0.86 + 0.14 * share)
        else:
            share = index / count
            angle = index * _GOLDEN_ANGLE
            away = build.inner + (1 - build.length[1] - build.inner) * share**0.62
        first = build.length[0] * (1.9 if canvas.style.is_flat and not ringed else 1.0)
        length = (first + (build.length[1] - first) * share**0.75) * radius
        width = length * build.slim * (1.35 if canvas.style.is_flat and count > 60 else 1.0)
        middle = away * radius + length * 0.5 * (1 if ringed else 0.6)
        centre = (x + math.sin(angle) * middle, y - math.cos(angle) * middle)
        points = [(px * width * 0.5, py * length * 0.5) for px, py in outline]
        patch = shapes.polygon(canvas, shapes.moved(points, *centre, 1.0, angle))
        if not patch.is_empty:
            _paint_petal(canvas, patch, centre, angle, (length / 2, width / 2), share, table)


def _paint_petal(
    canvas: Canvas,
    patch: shapes.Patch,
    centre: tuple[float, float],
    angle: float,
    size: tuple[float, float],
    share: float,
    table: Field,
) -> None:
    dx, dy = patch.x - np.float32(centre[0]), patch.y - np.float32(centre[1])
    cosine, sine = np.float32(math.cos(angle)), np.float32(math.sin(angle))
    over = (dx * cosine + dy * sine) / np.float32(size[1])
    along = (dx * sine - dy * cosine) / np.float32(size[0])
    towards_light = -(math.sin(angle) * 0.45 - math.cos(angle) * 0.75)
    if canvas.style.medium in ("light", "brush"):
        out = np.clip((along + 1) / 2, 0, 1)
        value = 0.12 + 0.62 * out - 0.20 * over**2 + 0.16 * np.abs(over) ** 6 * out
        value = np.clip(value * (0.55 + 0.45 * share**0.4), 0, 1)
        light = 0.80 + 0.26 * towards_light * (0.5 + 0.5 * share)
        turn = over * np.float32(0.20 * (math.cos(angle) * 0.7 + math.sin(angle) * 0.5))
        vein = 1 - 0.05 * np.cos(over * 16)
        canvas.shadow(patch, 0.30, size[1] * 0.35, 0.0, size[1] * 0.12)
        colours = look_up(table, value) * ((light - turn) * vein)[..., None]
        canvas.blend(patch, colours)
        return
    tone = table[round((0.30 + 0.55 * share) * (len(table) - 1))]
    tone = adjust(tone, lightness=0.05 * towards_light)
    shade = np.where(over * (1 if math.sin(angle) > 0 else -1) > 0.15, -0.20, 0.0) - 0.35 * (
        along < -0.35
    )
    canvas.layer(patch, tone, shade=shade.astype(np.float32), lift=0.007, ink=0.55)


def _paint_heart(
    canvas: Canvas, palette: Palette, build: Blossom, x: float, y: float, radius: float
) -> None:
    """A disc of seeds in spirals."""
    colour = from_hex(build.heart_colour)
    if palette.is_night:
        colour = palette.lit(colour)
    size = build.heart * radius
    disc = shapes.ellipse(canvas, x, y, size)
    distance = np.hypot(disc.x - np.float32(x), disc.y - np.float32(y)) / np.float32(size)
    shade = 0.15 - 0.5 * noise.smooth_step(0.55, 1.05, distance)
    canvas.layer(disc, colour, shade=shade, lift=0.010, texture=0.3)
    for part, tone in ((0, adjust(colour, lightness=0.12)), (1, adjust(colour, lightness=-0.16))):
        outlines = []
        for index in range(part, 150, 2):
            share = math.sqrt((index + 0.5) / 150)
            angle = index * _GOLDEN_ANGLE
            seed_x = x + math.cos(angle) * size * 0.94 * share
            seed_y = y + math.sin(angle) * size * 0.94 * share
            dot = size * 0.042 * (0.6 + 0.6 * share)
            outlines.append(
                [
                    (seed_x + dot * math.cos(step * 1.047), seed_y + dot * math.sin(step * 1.047))
                    for step in range(6)
                ]
            )
        canvas.layer(shapes.polygons(canvas, outlines), tone, lift=0.002, ink=0.25)
