"""Cats, dogs and foxes looking at the viewer."""

from __future__ import annotations

import math

import numpy as np

from generation.providers.builtin import shapes
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import Colour, adjust, from_hex, mix
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.faces import (
    BEAR,
    CAT,
    DOG,
    FOX,
    FOX_EAR,
    RABBIT,
    Build,
    Place,
    paint_head,
)
from generation.providers.builtin.scenes.land import hill_crest, paint_ridge, with_conifers
from generation.providers.builtin.scenes.sky import Sky, paint_sky
from generation.providers.builtin.scenes.weather import paint_weather
from generation.providers.builtin.shapes import Point


def cat(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """A cat that sits before the evening sky."""
    _sitting(canvas, brief, palette, CAT)


def dog(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """A dog, or a bear or rabbit when those are named."""
    build = DOG
    if brief.names("bear", "urso", "panda"):
        build = BEAR
    elif brief.names("rabbit", "coelho", "bunny"):
        build = RABBIT
    elif brief.names("wolf", "lobo", "husky"):
        build = Build(("#7d8794", "#a3a9b0"), "#5b9bc9", FOX_EAR, has_mask=True,
                      is_long_nosed=True, is_bushy=True)  # fmt: skip
    _sitting(canvas, brief, palette, build)


def fox(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """A fox on a hill before firs."""
    _sitting(canvas, brief, palette, FOX)


def _sitting(canvas: Canvas, brief: Brief, palette: Palette, build: Build) -> None:
    rng = canvas.rng("animal")
    ground = canvas.bottom * 0.86
    sky = _paint_place(canvas, brief, palette, ground, outdoors=build is not CAT)
    number = min(brief.count or 1, 5)
    size = 0.60 * canvas.style.subject * min(1.12, canvas.bottom)
    size = min(size, 0.92 * canvas.right / (0.75 * number + 0.25))
    for index in range(number):
        x = canvas.right * 0.5 + (index - (number - 1) / 2) * size * 0.80
        coat = from_hex(build.coats[int(rng.integers(len(build.coats)))])
        named = [name for name in brief.colours if name not in ("green", "blue", "teal")]
        if palette.is_coloured and (named or not brief.colours):
            coat = palette.accents[brief.colours.index(named[0])] if named else palette.accents[0]
        if build is CAT and brief.names("black", "preto", "preta"):
            coat = from_hex("#24242b")
        light = np.clip(palette.ambient * 0.7 + 0.3, 0, 1)
        coat = np.clip(coat * light, 0, 1)
        scale = size * (1.0 if index % 2 == 0 else 0.86)
        _paint_animal(canvas, palette, build, (x, ground + 0.035), scale, coat, rng)
    paint_weather(canvas, brief, palette, sky)


def _paint_place(
    canvas: Canvas, brief: Brief, palette: Palette, ground: float, *, outdoors: bool
) -> Sky:
    """Sky with a large disc behind the animal; hills outdoors, a sill for a cat."""
    sky = paint_sky(canvas, brief, palette, ground, light_at=(0.5, 0.40), clouds=0.7)
    radius = 0.36 * canvas.style.subject
    disc = shapes.ellipse(canvas, canvas.right * 0.5, canvas.bottom * 0.42, radius)
    warm = mix(palette.light, palette.haze, 0.35)
    if palette.is_night:
        warm = from_hex("#f2e9cf")
    glow = 0.85 if canvas.style.is_flat else 0.55
    canvas.layer(disc.times(glow), np.clip(warm, 0, 1), lift=0.012, ink=0.6)
    if outdoors or brief.setting in ("forest", "mountains", "winter", "meadow"):
        for index in range(3):
            near = index / 2
            crest = hill_crest(canvas, f"hill {index}", ground - 0.13 + 0.12 * near, 0.09, 1.2)
            if brief.allows("trees") and index < 2:
                crest = with_conifers(
                    canvas, crest, f"firs {index}", height=0.17 + 0.08 * near, density=14
                )
            tone = mix(
                mix(palette.far, palette.foliage[2], 0.35 + 0.4 * near), palette.near, 0.2 * near
            )
            if index == 2:
                tone = palette.ground[1] if not palette.has_snow else palette.ground[0]
            paint_ridge(canvas, palette, crest, tone, mist=0.5 * (1 - near), sky=sky)
        return sky
    sill = shapes.window(canvas, 0, ground, canvas.right, canvas.bottom)
    wood = mix(palette.lit(palette.backdrop[1]), palette.near, 0.35)
    canvas.layer(sill, wood, lift=0.014, texture=0.2)
    strip = shapes.rectangle(canvas, -0.1, ground, canvas.right + 0.1, ground + 0.018)
    canvas.layer(strip, adjust(wood, lightness=0.08), lift=0.0, ink=0.4)
    _paint_plant(canvas, palette, ground)
    return sky


def _paint_plant(canvas: Canvas, palette: Palette, ground: float) -> None:
    """A pot plant at one side, if there is room for it."""
    if canvas.right < 1.0 and canvas.bottom < 1.0:
        return
    rng = canvas.rng("plant")
    side = -1.0 if rng.random() < 0.5 else 1.0
    x = canvas.right * 0.5 + side * min(0.40, canvas.right * 0.5 - 0.10)
    leaves = []
    for index in range(9):
        angle = (index - 4) * 0.30 + float(rng.normal(0, 0.07))
        long = float(rng.uniform(0.20, 0.32))
        half = [(0.0, 0.0), (0.12, -0.35), (0.10, -0.75), (0.0, -1.0)]
        outline = shapes.mirrored(shapes.curve(half, closed=False, steps=5))
        leaves.append(shapes.moved(outline, x, ground - 0.10, long, angle))
    for index, leaf in enumerate(leaves):
        tone = adjust(palette.foliage[1], lightness=0.05 * ((index % 3) - 1))
        canvas.layer(shapes.polygon(canvas, leaf), tone, lift=0.008)
    pot = [(x - 0.075, ground - 0.115), (x + 0.075, ground - 0.115), (x + 0.055, ground + 0.02),
           (x - 0.055, ground + 0.02)]  # fmt: skip
    canvas.layer(shapes.polygon(canvas, pot), palette.lit(from_hex("#c56a45")), lift=0.010)


def _paint_animal(
    canvas: Canvas,
    palette: Palette,
    build: Build,
    foot: Point,
    size: float,
    coat: Colour,
    rng: np.random.Generator,
) -> None:
    x, y = foot
    dark = adjust(coat, lightness=-0.10)
    pale = mix(coat, from_hex("#fff6e8"), 0.80 if build.has_mask else 0.45)

    def placed(points: list[Point]) -> list[Point]:
        return shapes.moved(points, x, y, size)

    canvas.darken(shapes.ellipse(canvas, x, y - 0.005, size * 0.42, size * 0.05), 0.40, size * 0.03)
    side = -1.0 if rng.random() < 0.5 else 1.0
    _paint_tail(canvas, build, placed, side, coat, pale, size)
    half = [
        (0.0, -0.60),
        (0.15, -0.57),
        (0.235, -0.40),
        (0.305, -0.22),
        (0.315, -0.06),
        (0.24, 0.0),
    ]
    body = shapes.mirrored(shapes.curve([*half, (0.0, 0.005)], closed=False, steps=6))
    patch = shapes.polygon(canvas, placed(body))
    if not patch.is_empty:
        across = (patch.x - np.float32(x)) / np.float32(size * 0.31)
        fur = canvas.grain(patch) * np.float32(0.0 if canvas.style.is_flat else 0.10)
        shade = 0.02 - 0.30 * across * across + fur
        canvas.layer(patch, coat, shade=shade.astype(np.float32), lift=0.014)
    chest = shapes.curve([(0.0, -0.52), (0.11, -0.42), (0.09, -0.24), (0.0, -0.14), (-0.09, -0.24),
                          (-0.11, -0.42)])  # fmt: skip
    canvas.layer(shapes.polygon(canvas, placed(chest)).times(0.9), pale, lift=0.004, ink=0.25)
    legs = [[(s * 0.045, -0.26), (s * 0.05, -0.02)] for s in (1, -1)]
    lines = [placed(leg) for leg in legs]
    canvas.layer(shapes.strokes(canvas, lines, [size * 0.008] * 2), dark, lift=0.0, ink=0.5)
    for s in (1, -1):
        paw = shapes.ellipse(
            canvas, x + s * size * 0.10, y - size * 0.012, size * 0.082, size * 0.045
        )
        tone = pale if build.has_mask is False else mix(coat, from_hex("#1d1614"), 0.7)
        canvas.layer(paw, tone, lift=0.006, ink=0.7)
    paint_head(canvas, build, x, y - size * 0.74, size, coat, pale, dark)


def _paint_tail(
    canvas: Canvas,
    build: Build,
    placed: Place,
    side: float,
    coat: Colour,
    pale: Colour,
    size: float,
) -> None:
    path = [(0.20, -0.05), (0.40, -0.02), (0.50, -0.14), (0.46, -0.30), (0.50, -0.42)]
    points = shapes.curve([(px * side, py) for px, py in path], closed=False, steps=8)
    if not build.is_bushy:
        tone = adjust(coat, lightness=-0.05)
        canvas.layer(shapes.strokes(canvas, [placed(points)], [size * 0.075]), tone, lift=0.012)
        return
    left: list[Point] = []
    right: list[Point] = []
    for index, (px, py) in enumerate(points):
        share = index / (len(points) - 1)
        half = 0.035 + 0.085 * math.sin(math.pi * min(1.0, share * 0.92 + 0.05)) ** 1.2
        left.append((px - half * side, py))
        right.append((px + half * side, py + 0.01))
    patch = shapes.polygon(canvas, placed(left + right[::-1]))
    canvas.layer(patch, adjust(coat, lightness=-0.04), lift=0.012, texture=0.2)
    first = int(len(left) * 0.78)
    tip = shapes.polygon(canvas, placed(left[first:] + right[first:][::-1]))
    canvas.layer(tip, pale, lift=0.0, ink=0.4)
