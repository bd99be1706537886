"""Mountain landscapes: ridges, a lake, the northern lights, dunes, balloons over them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import Colour, Field, adjust, from_hex, look_up, mix, ramp
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.balloon import paint_balloon
from generation.providers.builtin.scenes.land import (
    hill_crest,
    mountain_crest,
    paint_ridge,
    with_conifers,
)
from generation.providers.builtin.scenes.sky import (
    Sky,
    horizon_of,
    paint_sky,
    paint_stars,
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
            snow = 0.8 - 0.5 * near if near < 0.75 else 0.12
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


def aurora(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Curtains of light over dark ridges and still water."""
    horizon = horizon_of(canvas, 0.62)
    night = tuple(
        mix(from_hex(each), palette.sky[index], 0.25 if palette.is_night else 0.12)
        for index, each in enumerate(("#03060f", "#071527", "#0b2438", "#14404d"))
    )
    canvas.field(
        np.clip(canvas.y / np.float32(horizon), 0, 1) * np.ones_like(canvas.x),
        [(index / 3, each) for index, each in enumerate(night)],
    )
    if brief.allows("stars"):
        paint_stars(canvas, horizon, amount=1.2)
    colours = [from_hex("#35f0a0"), from_hex("#28c7c0"), from_hex("#9a5cff")]
    if brief.colours:
        colours = [*palette.accents[: len(brief.colours)], *colours][:3]
    curtains = [0.0, 1.0, 2.0] if not canvas.style.is_flat else [0.0, 1.0]
    for index in curtains:
        _paint_curtain(canvas, int(index), horizon, colours)
    sky = Sky(canvas.right / 2, horizon * 0.5, horizon, False)
    dark = [from_hex("#0f3440"), from_hex("#02060a")]
    total = canvas.count(4)
    for index in range(total):
        near = index / (total - 1)
        crest = mountain_crest(
            canvas, f"ridge {index}", horizon - 0.07 + 0.10 * near, 0.15 * (1 - 0.5 * near), 1.3
        )
        if near > 0.5 and brief.allows("trees"):
            crest = with_conifers(canvas, crest, f"firs {index}", height=0.05, density=60)
        colour = mix(dark[0], dark[1], near)
        floor = horizon + 0.10
        snow = 0.45 if palette.has_snow and near < 0.5 else 0.0
        paint_ridge(canvas, palette, crest, colour, floor=floor, snow=snow)
    glowing = replace(
        palette,
        water=(colours[1] * np.float32(0.25), from_hex("#03070f")),
        light=colours[0],
        time="night",
    )
    paint_water(canvas, glowing, sky, top=horizon + 0.10, calm=0.82)
    paint_weather(canvas, brief, palette, sky)


def _paint_curtain(canvas: Canvas, index: int, horizon: float, colours: list[Colour]) -> None:
    """One folded band: a sharp lower hem, rays fading upwards, green turning violet."""
    x = canvas.x[0]
    rng = canvas.rng(f"curtain {index}")
    fold = noise.line(x, rng, scale=0.75, octaves=4)
    hem = horizon * (0.66 - 0.15 * index) + fold * horizon * 0.22
    flat = canvas.style.is_flat
    rays = noise.line(x + fold * 0.2, rng, scale=5 if flat else 12, octaves=1 if flat else 4)
    rays = np.clip(rays + 0.35, 0, 1) ** 1.4
    bright = noise.smooth_step(-0.45, 0.35, noise.line(x, rng, scale=0.8, octaves=2))
    height = np.float32(horizon) * (0.16 + 0.20 * rays)
    rise = (hem[None, :] - canvas.y).astype(np.float32)
    above = np.exp(-np.maximum(rise, 0) / height[None, :])
    under = np.exp(np.minimum(rise, 0) * np.float32(38 / horizon))
    strength = above * under * (bright * (0.3 + 1.0 * rays))[None, :]
    strength = strength.astype(np.float32) * np.float32(0.85 - 0.2 * index)
    table = ramp([(index / 2, colour) for index, colour in enumerate(colours)])
    tones = look_up(table, np.clip(rise * np.float32(2.4 / horizon), 0, 1))
    if canvas.style.medium in ("light", "brush"):
        canvas.rgb += tones * strength[..., None]
    elif flat:
        for level, share in ((0.10, 0.45), (0.24, 0.7), (0.42, 1.0)):
            edge = np.clip((strength - level) * np.float32(canvas.unit * 0.14) + 0.5, 0, 1)
            tone = mix(colours[2 if share < 0.6 else 1], colours[0], share)
            canvas.layer(shapes.whole(canvas, edge * 0.62), tone, lift=0.006, ink=0.2)
    else:
        canvas.blend(shapes.whole(canvas, np.clip(strength * 0.85, 0, 0.95)), tones)


def dunes(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Sand dunes: each with a lit and a shaded flank along a sharp crest."""
    horizon = horizon_of(canvas, 0.40)
    sky = paint_sky(canvas, brief, palette, horizon, clouds=0.3)
    sand = palette.lit(mix(from_hex("#eeb676"), palette.accents[1], 0.12))
    dark = palette.lit(mix(from_hex("#a3552f"), palette.near, 0.15))
    if brief.colours:
        sand = mix(sand, palette.accents[0], 0.45)
        dark = mix(dark, adjust(palette.accents[0], lightness=-0.3), 0.5)
    if palette.has_snow:
        sand = mix(sand, from_hex("#f2f5f8"), 0.7)
    total = canvas.count(6)
    for index in range(total):
        near = index / (total - 1)
        base = horizon + 0.01 + (canvas.bottom * 0.93 - horizon) * near**1.25
        _paint_dune(canvas, palette, sky, index, near, base, (sand, dark))
        if index == total // 2 and (brief.names("camel", "camelo", "caravan", "caravana")):
            _paint_caravan(canvas, palette, brief, base - 0.01)
    paint_weather(canvas, brief, palette, sky)


def _paint_dune(
    canvas: Canvas,
    palette: Palette,
    sky: Sky,
    index: int,
    near: float,
    base: float,
    sands: tuple[Colour, Colour],
) -> None:
    """A crest with peaks; below each peak a winding edge parts the lit from the shaded flank."""
    rng = canvas.rng(f"dune {index}")
    height = (0.055 + 0.17 * near) * (1.15 if canvas.style.is_flat else 1.0)
    side = 1.0 if sky.x < canvas.right / 2 else -1.0
    crest, peaks = _dune_crest(canvas, rng, index, near, base, height, side)
    lit = mix(mix(sands[0], palette.haze, 0.55), sands[0], near**0.6)
    shade = mix(mix(sands[1], palette.haze, 0.60), sands[1], near**0.6)
    patch = shapes.below(canvas, crest)
    if patch.is_empty:
        return
    down = np.maximum(patch.y - crest[None, :], 0)
    if canvas.style.medium in ("light", "brush"):
        ripple = np.sin(
            (patch.y * 210 + np.sin(patch.x * 5 + index) * 6 + canvas.grain(patch) * 1.6)
            * np.float32(1.0 - 0.45 * near)
        )
        body = np.exp(down * np.float32(-3.2))
        light = 0.80 + 0.30 * body + ripple * np.float32(0.035 * near) + canvas.grain(patch) * 0.05
        canvas.blend(patch, lit * light[..., None])
    else:
        canvas.layer(patch, lit, lift=0.010 + 0.01 * near, ink=0.8)
    cover = np.zeros(patch.alpha.shape, np.float32)
    for peak in peaks:
        # The edge wanders away from the peak on its way down and then runs out.
        fall = np.maximum(patch.y - np.float32(base - height), 0)
        bend = noise.line(fall[:, 0], rng, scale=3.2, octaves=2) * 0.10
        border = peak - side * (0.20 * fall[:, 0] ** 0.9 + bend * np.minimum(fall[:, 0] * 6, 1))
        across = (patch.x - border[:, None].astype(np.float32)) * np.float32(side)
        reach = np.float32(0.30 + 0.25 * near)
        flank = np.clip(across * np.float32(canvas.unit * 0.5) + 0.5, 0, 1)
        # The far end of the flank meets the next lit slope.
        flank *= noise.smooth_step(1.0, 0.55, across / reach + down / np.float32(height * 1.7))
        np.maximum(cover, flank, out=cover)
    if canvas.style.is_flat:
        cover = np.clip((cover - 0.5) * 30 + 0.5, 0, 1)
    canvas.layer(patch.covering(patch.alpha * cover * 0.92), shade, lift=0.0, ink=0.35)


def _dune_crest(
    canvas: Canvas,
    rng: np.random.Generator,
    index: int,
    near: float,
    base: float,
    height: float,
    side: float,
) -> tuple[Field, list[float]]:
    """The y of the crest, and the x of its peaks: gentle towards the light, steep behind."""
    x = canvas.x[0]
    crest = hill_crest(canvas, f"swell {index}", base, height * 0.35, 0.9)
    spacing = 0.95 - 0.30 * (1 - near)
    start = float(rng.uniform(0.05, 0.6)) * spacing
    peaks: list[float] = []
    while start < canvas.right + 0.2:
        peaks.append(start)
        rise = height * float(rng.uniform(0.65, 1.1))
        away = (x - np.float32(start)) * np.float32(side)
        gentle = rise * np.exp(np.minimum(away, 0) / np.float32(0.30)) * (away < 0)
        steep = rise * np.exp(-((np.maximum(away, 0) / np.float32(0.21)) ** 1.25)) * (away >= 0)
        crest = np.minimum(crest, (base - gentle - steep).astype(np.float32))
        start += spacing * float(rng.uniform(0.8, 1.25))
    return crest, peaks


def _paint_caravan(canvas: Canvas, palette: Palette, brief: Brief, y: float) -> None:
    camel = [
        (-0.5, 0), (-0.44, -0.45), (-0.40, -0.62), (-0.22, -0.66), (-0.05, -0.95), (0.12, -0.66),
        (0.30, -0.62), (0.42, -0.55), (0.55, -0.95), (0.62, -1.02), (0.82, -0.96), (0.80, -0.88),
        (0.66, -0.86), (0.52, -0.45), (0.40, -0.36), (0.44, 0), (0.38, 0), (0.32, -0.34),
        (-0.28, -0.34), (-0.42, 0),
    ]  # fmt: skip
    rng = canvas.rng("caravan")
    start = canvas.right * float(rng.uniform(0.2, 0.45))
    outlines = [
        shapes.moved(camel, start + index * 0.115, y + 0.008 * math.sin(index * 2.1), 0.075)
        for index in range(min(brief.count or 3, 7))
    ]
    canvas.layer(shapes.polygons(canvas, outlines), palette.near, lift=0.006)


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
