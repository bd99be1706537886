"""The sea: a lighthouse on its cliff, waves, a beach, a sailing boat."""

from __future__ import annotations

import math

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import Field, from_hex, mix
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.land import hill_crest, paint_ridge
from generation.providers.builtin.scenes.sky import Sky, horizon_of, paint_sky
from generation.providers.builtin.scenes.tower import paint_cottage, paint_lighthouse
from generation.providers.builtin.scenes.water import paint_foam_line, paint_water
from generation.providers.builtin.scenes.weather import (
    paint_birds,
    paint_boat,
    paint_lightning,
    paint_weather,
)


def lighthouse(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """A striped lighthouse on a grassy cliff, the sea beside it."""
    rng = canvas.rng("lighthouse")
    horizon = horizon_of(canvas, 0.58)
    side = 1.0 if rng.random() < 0.7 else -1.0
    spot = 0.5 + side * float(rng.uniform(0.10, 0.16))
    sun_share = 0.5 - side * float(rng.uniform(0.20, 0.32))
    low = {"day": 0.25, "night": 0.30, "dusk": 0.9}.get(palette.time, 0.86)
    sky = paint_sky(canvas, brief, palette, horizon, light_at=(sun_share, low))
    paint_lightning(canvas, brief, sky)
    _paint_headland(canvas, palette, sky, horizon, side)
    calm = 0.2 if brief.weather == "storm" else 0.55
    paint_water(canvas, palette, sky, top=horizon, calm=calm)
    if brief.wants("boat"):
        x = canvas.right * (0.5 - side * 0.28)
        paint_boat(canvas, palette, x, horizon + 0.05 * canvas.bottom, 0.085)
    crest = _cliff_crest(canvas, spot, side, horizon)
    _paint_cliff(canvas, palette, crest, sky)
    foot_x = spot * canvas.right
    foot = float(np.interp(foot_x, canvas.x[0], crest)) + 0.012
    tall = min(0.44 * canvas.style.subject * min(canvas.bottom, 1.2), foot - 0.06 * canvas.bottom)
    lamp = palette.is_night or palette.time == "dusk" or brief.weather in ("fog", "storm")
    if brief.allows("house"):
        hut = foot_x + side * tall * 0.30
        if 0.06 < hut < canvas.right - 0.06:
            ground = float(np.interp(hut, canvas.x[0], crest)) + 0.016
            paint_cottage(canvas, palette, hut, ground, tall * 0.30, lights=lamp)
    paint_lighthouse(canvas, palette, foot_x, foot, tall, lamp=lamp, light_x=sky.x)
    if brief.allows("birds") and not brief.wants("birds") and not palette.is_night:
        paint_birds(canvas, palette, horizon, 5)
    paint_weather(canvas, brief, palette, sky)


def _cliff_crest(canvas: Canvas, spot: float, side: float, horizon: float) -> Field:
    """The cliff rises from the sea towards the tower and stays high behind it."""
    x = canvas.x[0]
    along = (x / np.float32(canvas.right) - np.float32(spot)) * np.float32(side)
    reach = 0.42 if canvas.right > 0.9 * canvas.bottom else 0.55
    rise = noise.smooth_step(-reach, -0.06, along)
    top = horizon + 0.015 * canvas.bottom
    foot = canvas.bottom * 1.02
    rough = canvas.outline("cliff", 3.0, octaves=7) * 0.045 * rise
    knoll = 0.03 * np.exp(-((along / 0.10) ** 2))
    fall = 0.08 * noise.smooth_step(0.12, 0.6, along)
    crest = foot - (foot - top) * rise + rough - knoll + fall
    return np.asarray(crest, np.float32)


def _paint_cliff(canvas: Canvas, palette: Palette, crest: Field, sky: Sky) -> None:
    patch = shapes.below(canvas, crest)
    if patch.is_empty:
        return
    lit, shaded = palette.rock
    if canvas.style.medium in ("light", "brush"):
        fold = canvas.noise("rock fold", 2.2, octaves=3)[patch.rows]
        rock = canvas.noise("rock", 6.5, octaves=7, gain=0.58)[patch.rows]
        strata = np.sin((patch.y * 44 + patch.x * 9 + fold * 7 + rock * 2.6).astype(np.float32))
        relief = np.zeros_like(rock)
        relief[:, 1:] = (rock[:, 1:] - rock[:, :-1]) * np.float32(canvas.unit * 0.030)
        towards = -1.0 if sky.x < canvas.right / 2 else 1.0
        down = np.maximum(patch.y - crest[None, :], 0)
        light = 0.42 + rock * 0.36 + strata * 0.08 - towards * relief * 0.30
        light -= 0.30 * np.clip(down / 0.5, 0, 1)
        light = np.clip(light, 0.02, 1.2)[..., None]
        surface = shaded + (lit - shaded) * light
        glow = np.exp(down * -9.0) * np.exp(np.abs(patch.x - np.float32(sky.x)) * -1.0)
        if palette.time in ("golden", "dawn"):
            surface = surface + palette.light * (glow * 0.22)[..., None]
        grass_edge = 0.055 + 0.05 * rock + 0.02 * fold
        grass = noise.smooth_step(0.0, 0.03, grass_edge - down)[..., None]
        blade = 1 + canvas.grain(patch)[..., None] * 0.55 + rock[..., None] * 0.2
        green = (
            palette.ground[1]
            + (palette.ground[0] - palette.ground[1])
            * np.clip(0.75 - down * 9 + rock * 0.5, 0, 1)[..., None]
        )
        surface = surface + (green * blade - surface) * grass
        canvas.blend(patch, surface)
        return
    canvas.layer(patch, mix(lit, shaded, 0.55), lift=0.02)
    for index, share in enumerate((0.30, 0.62)):
        ledge = crest + (0.10 + 0.16 * index) + canvas.outline(f"ledge {index}", 6) * 0.05
        tone = mix(lit, shaded, 0.65 + share * 0.45)
        canvas.layer(shapes.below(canvas, ledge.astype(np.float32)), tone, lift=0.012, ink=0.6)
    grass = crest + 0.045 + canvas.outline("turf", 14) * 0.022
    under = np.clip((grass[None, :] - patch.y) * np.float32(canvas.unit) + 0.5, 0, 1)
    turf = patch.covering(patch.alpha * under)
    canvas.layer(turf, mix(palette.ground[0], palette.ground[1], 0.3), lift=0.008, ink=0.7)


def _paint_headland(
    canvas: Canvas, palette: Palette, sky: Sky, horizon: float, side: float
) -> None:
    """A strip of land on the horizon, away from the cliff."""
    x = canvas.x[0] / np.float32(canvas.right)
    away = x if side > 0 else 1 - x
    rise = noise.smooth_step(0.62, 0.05, away) * 0.05
    crest = (horizon - rise * (0.6 + canvas.outline("headland", 4))).astype(np.float32)
    colour = mix(palette.far, palette.water[1], 0.30)
    paint_ridge(canvas, palette, crest, colour, mist=0.4, floor=horizon, sky=sky, lift=0.006)


def waves(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Print-like rows of waves with drawn crests under a big sun or moon."""
    horizon = horizon_of(canvas, 0.47)
    sky = paint_sky(canvas, brief, palette, horizon, clouds=0.8)
    paint_lightning(canvas, brief, sky)
    if brief.wants("boat"):
        paint_boat(canvas, palette, canvas.right * 0.34, horizon + 0.02, 0.16)
    rough = 1.5 if brief.weather == "storm" else 1.0
    total = canvas.count(8)
    foam = palette.lit(from_hex("#f3ead6"))
    continuous = canvas.style.medium in ("light", "brush")
    for index in range(total):
        near = index / (total - 1)
        base = horizon + (canvas.bottom - horizon) * (near**1.15) * 0.93
        edge = _wave_edge(canvas, index, base, (0.020 + 0.050 * near) * rough, 1.9 - 0.8 * near)
        colour = mix(palette.water[0], palette.water[1], 0.12 + 0.88 * near**0.8)
        patch = shapes.below(canvas, edge)
        if patch.is_empty:
            continue
        down = (patch.y - edge[None, :]).astype(np.float32)
        if continuous:
            _paint_swell(canvas, palette, patch, down, colour, near, sky)
        else:
            canvas.layer(patch, colour, lift=0.014, ink=0.9)
        lines = np.abs(((down * (34 - 14 * near) + 0.1 * np.sin(patch.x * 7 + index)) % 1) - 0.5)
        drawn = noise.smooth_step(0.11, 0.05, lines) * np.exp(down * np.float32(-9 + 4 * near))
        strength = 0.16 if continuous else 0.42
        canvas.layer(patch.covering(patch.alpha * drawn * strength), foam, lift=0.0, ink=0.15)
        paint_foam_line(canvas, edge, palette, 0.004 + 0.009 * near * rough)
    paint_weather(canvas, brief, palette, sky)


def _wave_edge(canvas: Canvas, index: int, base: float, height: float, scale: float) -> Field:
    """Crests steeper than troughs, no two rows alike."""
    x = canvas.x[0]
    rng = canvas.rng(f"wave {index}")
    phase = float(rng.uniform(0, 6.28))
    bend = noise.line(x, rng, scale=1.1, octaves=2)
    wave = np.sin(x * np.float32(scale * math.tau) + phase + bend * 1.3)
    crest = 1 - 2 * np.sqrt(np.clip(0.5 - 0.5 * wave, 0, 1))
    detail = noise.line(x, rng, scale=12, octaves=3) * 0.10 * canvas.style.detail
    return np.asarray(base - height * (crest + 0.4 * bend + detail), np.float32)


def _paint_swell(
    canvas: Canvas,
    palette: Palette,
    patch: shapes.Patch,
    down: Field,
    colour: Field,
    near: float,
    sky: Sky,
) -> None:
    """A wave's front: translucent at the crest, deep below, light playing on it."""
    crest = np.exp(down * np.float32(-16 + 8 * near))
    ripple = canvas.noise("ripple", 58, octaves=4, gain=0.62, stretch=3.2)[patch.rows]
    glass = mix(palette.water[0], palette.light, 0.35)
    light = 1 + ripple * (0.30 + 0.2 * near) - 0.18 * (1 - crest)
    surface = colour * light[..., None]
    surface += (glass - surface) * (crest * (0.42 - 0.15 * near))[..., None]
    path = np.exp(-(((patch.x - np.float32(sky.x)) / np.float32(0.16 + 0.2 * near)) ** 2))
    sparkle = np.clip(ripple * 1.9 - 0.12, 0, 1) * path * np.float32(0.85 - 0.35 * near)
    surface += palette.light * sparkle[..., None]
    canvas.blend(patch, surface)


def beach(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Sand, a line of foam, the sea and the sun above it; palms if asked or tropical."""
    horizon = horizon_of(canvas, 0.46)
    sky = paint_sky(canvas, brief, palette, horizon)
    paint_lightning(canvas, brief, sky)
    rng = canvas.rng("beach")
    side = 1.0 if rng.random() < 0.5 else -1.0
    _paint_headland(canvas, palette, sky, horizon, side)
    paint_water(canvas, palette, sky, top=horizon, calm=0.6)
    if brief.wants("boat"):
        paint_boat(canvas, palette, canvas.right * (0.5 + 0.2 * side), horizon + 0.03, 0.10)
    x = canvas.x[0]
    slope = (x / np.float32(canvas.right) - 0.5) * np.float32(-side * 0.20)
    bend = noise.line(x, rng, scale=1.4, octaves=2) * 0.035
    edge = (canvas.bottom * 0.80 + (slope + bend) * canvas.bottom).astype(np.float32)
    sand = palette.lit(from_hex("#f2dcb1" if not palette.has_snow else "#eef2f6"))
    wet = mix(mix(sand, palette.water[1], 0.45), palette.haze, 0.15)
    foam = palette.lit(from_hex("#fbf8f0"))
    for shift, colour, lift in ((-0.040, mix(palette.water[0], foam, 0.35), 0.0),
                                (0.0, foam, 0.006), (0.013, wet, 0.004)):  # fmt: skip
        lace = noise.line(x, canvas.rng(f"lace {shift}"), scale=9, octaves=4) * 0.010
        line = (edge + shift + lace).astype(np.float32)
        canvas.layer(shapes.below(canvas, line), colour, lift=lift, ink=0.5)
    dry = (edge + 0.065 + bend * 0.5).astype(np.float32)
    patch = shapes.below(canvas, dry)
    fall = None
    if not patch.is_empty and not canvas.style.is_flat:
        fall = canvas.grain(patch) * 0.10 - 0.35 * np.maximum(patch.y - dry[None, :], 0)
    canvas.layer(patch, sand, shade=fall, lift=0.010, ink=0.5)
    if brief.names("palm", "palmeira", "palms", "coqueiro", "palmeiras", "coqueiros", "tropical",
                   "island", "ilha") and brief.allows("trees"):  # fmt: skip
        _paint_palms(canvas, palette, side)
    paint_weather(canvas, brief, palette, sky)


def _paint_palms(canvas: Canvas, palette: Palette, side: float) -> None:
    """Leaning palms at one edge, fronds as fans of curved leaves."""
    rng = canvas.rng("palms")
    dark = mix(palette.near, palette.foliage[2], 0.35)
    for index in range(2):
        foot = (canvas.right * (0.5 + side * (0.42 - 0.12 * index)), canvas.bottom * 0.97)
        tall = canvas.bottom * (0.62 - 0.16 * index)
        top = (foot[0] - side * tall * 0.22, foot[1] - tall)
        bow = (foot[0] - side * tall * 0.04, foot[1] - tall * 0.55)
        trunk = shapes.curve([foot, bow, top], closed=False, steps=10)
        canvas.layer(shapes.strokes(canvas, [trunk], [0.020]), dark, lift=0.012)
        leaves = [
            _frond(top, math.pi * (leaf / 9) + float(rng.normal(0, 0.06)),
                   tall * float(rng.uniform(0.30, 0.40)))
            for leaf in range(-1, 11)
        ]  # fmt: skip
        canvas.layer(shapes.polygons(canvas, leaves), dark, lift=0.010)


def _frond(top: tuple[float, float], angle: float, length: float) -> list[tuple[float, float]]:
    """One leaf: it rises from the crown, bends over and hangs, its lower side cut in teeth."""
    spine: list[tuple[float, float]] = []
    for step in range(13):
        share = step / 12
        reach = length * share
        x = top[0] + math.cos(angle) * reach * (1 - 0.18 * share)
        y = top[1] - math.sin(angle) * reach * 0.75 + length * 0.62 * share**2.1
        spine.append((x, y))
    lower: list[tuple[float, float]] = []
    for step in range(12, -1, -1):
        share = step / 12
        width = length * 0.16 * math.sin(math.pi * min(1.0, share * 0.9 + 0.08))
        x, y = spine[step]
        lower.append((x, y + width))
        lower.append((x - math.cos(angle) * length * 0.03, y + width * 0.30))
    return spine + lower


def sailing(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """A sailing boat on open water."""
    horizon = horizon_of(canvas, 0.58)
    sky = paint_sky(canvas, brief, palette, horizon)
    paint_lightning(canvas, brief, sky)
    rng = canvas.rng("sailing")
    side = 1.0 if sky.x < canvas.right / 2 else -1.0
    crest = hill_crest(canvas, "isle", horizon + 0.01, 0.05, 1.4)
    paint_ridge(
        canvas, palette, crest, mix(palette.far, palette.water[1], 0.2), mist=0.5, floor=horizon
    )
    calm = 0.25 if brief.weather == "storm" else 0.65
    paint_water(canvas, palette, sky, top=horizon, calm=calm)
    number = min(brief.count or 1, 7)
    size = 0.34 * canvas.style.subject
    for index in range(number - 1, -1, -1):
        x = canvas.right * (0.5 + side * (0.12 - 0.30 * ((index * 0.62) % 1) * (index > 0)))
        scale = size * 0.62**index
        y = horizon + 0.10 * canvas.bottom * 0.7**index + 0.02
        paint_boat(canvas, palette, x + float(rng.normal(0, 0.02)), y, scale)
    if brief.allows("birds") and not palette.is_night:
        paint_birds(canvas, palette, horizon, 4)
    paint_weather(canvas, brief, palette, sky)
