"""Mountain landscapes: ridges, a lake, the northern lights, dunes, balloons over them."""

from __future__ import annotations

import math

import numpy as np

from generation.providers.builtin import noise
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import mix
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.balloon import paint_balloon
from generation.providers.builtin.scenes.land import (
    mountain_crest,
    paint_ridge,
    with_conifers,
)
from generation.providers.builtin.scenes.sky import (
    Sky,
    horizon_of,
    paint_sky,
)
from generation.providers.builtin.scenes.water import paint_water
from generation.providers.builtin.scenes.weather import (
    paint_boat,
    paint_lightning,
    paint_weather,
)


def mountains(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Ridge behind ridge, paler with distance."""
    horizon = horizon_of(canvas, 0.44)
    sky = paint_sky(canvas, brief, palette, horizon)
    paint_lightning(canvas, brief, sky)
    paint_ridges(canvas, brief, palette, sky, last=canvas.bottom * 0.93)
    paint_weather(canvas, brief, palette, sky)


def lake(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Ridges mirrored in a lake, a dark shore with firs in front."""
    horizon = horizon_of(canvas, 0.40)
    sky = paint_sky(canvas, brief, palette, horizon)
    paint_lightning(canvas, brief, sky)
    shore = min(canvas.bottom * 0.9, horizon + 0.22 * canvas.bottom)
    paint_ridges(canvas, brief, palette, sky, last=shore - 0.015, floor=shore, count=5)
    paint_water(canvas, palette, sky, top=shore, calm=0.9)
    if brief.wants("boat"):
        x = canvas.right * float(canvas.rng("boat").uniform(0.3, 0.7))
        paint_boat(canvas, palette, x, shore + 0.16 * canvas.bottom, 0.15, sails=False)
    _paint_near_shore(canvas, brief, palette)
    paint_weather(canvas, brief, palette, sky)


def _paint_near_shore(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """A corner of land with a few tall firs that frames the view."""
    rng = canvas.rng("shore")
    x = canvas.x[0]
    side = 0.0 if rng.random() < 0.5 else canvas.right
    away = np.abs(x - np.float32(side)) / np.float32(canvas.right)
    rise = 0.13 * noise.smooth_step(0.62, 0.0, away)
    crest = canvas.bottom + 0.02 - rise - canvas.outline("bank", 3, octaves=5) * 0.012
    crest = crest.astype(np.float32)
    if brief.allows("trees"):
        tall = 0.30 * canvas.style.subject * min(1.3, canvas.bottom)
        firs = with_conifers(canvas, crest, "near firs", height=tall, density=9)
        crest = np.where(away < 0.36, firs, crest)
    colour = mix(palette.near, palette.ground[1], 0.12 if not palette.has_snow else 0.3)
    paint_ridge(canvas, palette, crest.astype(np.float32), colour, mist=0.0)


def paint_ridges(
    canvas: Canvas,
    brief: Brief,
    palette: Palette,
    sky: Sky,
    *,
    last: float,
    floor: float | None = None,
    count: float = 8,
    conifers: bool = True,
) -> None:
    """Ridges from the horizon down to `last`, hazy to dark, the near ones wooded."""
    total = canvas.count(count)
    tall = 0.17 * min(1.25, canvas.bottom) * (1.15 if canvas.style.is_flat else 1.0)
    mist = {"fog": 1.0, "clear": 0.6}.get(brief.weather, 0.86)
    for index in range(total):
        near = index / (total - 1)
        base = sky.horizon + (last - sky.horizon) * near**1.3
        height = tall * (1.25 - 0.7 * near)
        crest = mountain_crest(canvas, f"ridge {index}", base, height, 1.3 + 1.3 * near)
        colour = mix(palette.far, palette.near, near**0.95)
        green = mix(palette.foliage[2], palette.foliage[1], 0.75 if brief.season else 0.25)
        share = 0.85 if brief.season in ("autumn", "spring", "summer") else 0.34
        colour = mix(colour, green, share * math.sin(math.pi * min(0.9, near)))
        snow = 0.0
        if palette.has_snow:
            snow = 0.72 - 0.55 * near if near <= 0.4 else 0.0
        elif near < 0.5 and brief.names("snow", "snowy", "alps", "glacier", "nevado", "peaks"):
            snow = 0.5
        if conifers and near > 0.4 and brief.allows("trees"):
            height = (0.020 + 0.065 * (near - 0.4)) * (1.0 if canvas.style.detail > 0.3 else 1.6)
            density = (150 - 90 * near) * (0.35 + 0.65 * canvas.style.detail)
            crest = with_conifers(canvas, crest, f"firs {index}", height=height, density=density)
        paint_ridge(
            canvas,
            palette,
            crest,
            colour,
            mist=mist * (1 - near) ** 0.75,
            floor=floor,
            sky=sky,
            snow=snow,
            depth=0.10 + 0.05 * near,
            ink=0.45 + 0.5 * near,
            lift=0.008 + 0.012 * near,
        )


def balloons(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Hot-air balloons near and far over hills, dunes or ridges."""
    horizon = horizon_of(canvas, 0.62)
    sky = paint_sky(canvas, brief, palette, horizon, clouds=0.8)
    rng = canvas.rng("balloons")
    number = min(brief.count or int(rng.integers(5, 9)), 24)
    if brief.setting in ("waves", "beach", "lake"):
        paint_water(canvas, palette, sky, top=horizon, calm=0.7)
    else:
        paint_ridges(
            canvas,
            brief,
            palette,
            sky,
            last=canvas.bottom * 0.95,
            count=6,
            conifers=brief.setting != "dunes",
        )
    for x, y, size in _balloon_places(canvas, rng, number, horizon):
        colours = [int(each) for each in rng.permutation(5)[:2]]
        far = max(0.0, 0.55 - size * 2.6)
        paint_balloon(
            canvas,
            palette,
            (x, y),
            size,
            (palette.accents[colours[0]], palette.accents[colours[1]]),
            haze=far,
            light_x=sky.x,
        )
    paint_weather(canvas, brief, palette, sky)


def _balloon_places(
    canvas: Canvas, rng: np.random.Generator, number: int, horizon: float
) -> list[tuple[float, float, float]]:
    """(x, y, radius), far ones first: one large, the rest smaller, none on top of another."""
    places: list[tuple[float, float, float]] = []
    tall = min(canvas.bottom, 1.25)
    largest = 0.135 * canvas.style.subject * tall * (1.0 if number < 9 else 0.8)
    for index in range(number):
        size = largest * (0.80**index if index < 6 else 0.28) * float(rng.uniform(0.9, 1.05))
        best, distance = (canvas.right / 2, horizon / 2), -1.0
        for _ in range(24):
            spot = (
                float(rng.uniform(size * 1.1, canvas.right - size * 1.1)),
                float(rng.uniform(size * 1.25, max(size * 1.3, horizon * 0.98 - size))),
            )
            free = min(
                (math.dist(spot, (x, y)) / (size + other) for x, y, other in places), default=9.0
            )
            if free > distance:
                best, distance = spot, free
            if distance > 1.7:
                break
        places.append((*best, size))
    return sorted(places, key=lambda place: place[2])
