"""Houses on hills, a castle or windmill among them, and arches."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import Colour, adjust, from_hex, mix
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.land import hill_crest, paint_ridge, with_conifers
from generation.providers.builtin.scenes.sky import Sky, horizon_of, paint_sky
from generation.providers.builtin.scenes.tower import paint_cottage, red_or_named
from generation.providers.builtin.scenes.vessels import paint_ball
from generation.providers.builtin.scenes.water import paint_water
from generation.providers.builtin.scenes.weather import paint_lightning, paint_weather
from generation.providers.builtin.shapes import Point

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
            tone = mix(mix(palette.ground[0], palette.sky[2], 0.30), palette.ground[0], near)
        if landmark and index == total // 2:
            x = canvas.right * (0.64 if sky.x < canvas.right / 2 else 0.36)
            foot = float(np.interp(x, canvas.x[0], crest)) + 0.012
            landmark(canvas, palette, x, foot, 0.30 * canvas.style.subject, dark)
        if not few and 0 < index < total - 1:
            _paint_houses(canvas, palette, rng, crest, near, lights=dark)
        if brief.allows("trees") and index < total - 1:
            crest = with_conifers(
                canvas, crest, f"firs {index}", height=0.05 + 0.07 * near, density=9 - 5 * near
            )
        paint_ridge(
            canvas, palette, crest, tone, mist=0.55 * (1 - near), sky=sky, ink=0.5 + 0.5 * near,
            lift=0.010 + 0.01 * near,
        )  # fmt: skip
        if few and not landmark and index == max(1, total - 2):
            _paint_home(canvas, brief, palette, rng, crest, lights=dark)
    paint_weather(canvas, brief, palette, sky)


def _paint_houses(
    canvas: Canvas,
    palette: Palette,
    rng: np.random.Generator,
    crest: Field,
    near: float,
    *,
    lights: bool,
) -> None:
    size = (0.06 + 0.10 * near) * canvas.style.subject
    x = float(rng.uniform(0.02, 0.12))
    while x < canvas.right - 0.02:
        foot = float(np.interp(x, canvas.x[0], crest)) + size * 0.16
        if rng.random() < 0.72:
            paint_cottage(
                canvas, palette, x, foot, size * float(rng.uniform(0.8, 1.1)), lights=lights
            )
        x += size * float(rng.uniform(1.1, 2.6))


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


def paint_castle(
    canvas: Canvas, palette: Palette, x: float, foot: float, size: float, lights: bool
) -> None:
    """Towers with pointed roofs around a keep."""
    wall = palette.lit(from_hex("#d9cdb8"))
    roof = palette.lit(mix(red_or_named(palette), from_hex("#5a4a78"), 0.35))
    pane = from_hex("#ffd98a") if lights else palette.lit(from_hex("#55606e"))
    for shift, wide, high in ((-0.46, 0.17, 0.72), (0.48, 0.17, 0.66), (-0.20, 0.20, 1.05),
                              (0.22, 0.18, 0.90)):  # fmt: skip
        left, right = x + (shift - wide / 2) * size, x + (shift + wide / 2) * size
        top = foot - high * size
        tower = shapes.rectangle(canvas, left, top, right, foot)
        if tower.is_empty:
            continue
        across = (tower.x - np.float32((left + right) / 2)) / np.float32((right - left) / 2)
        shade = np.broadcast_to(0.18 - 0.30 * (across + 0.5) ** 2, tower.alpha.shape)
        canvas.layer(tower, wall, shade=shade, lift=0.008, texture=0.2)
        peak = [(left - 0.02 * size, top), (x + shift * size, top - 0.36 * size),
                (right + 0.02 * size, top)]  # fmt: skip
        canvas.layer(shapes.polygon(canvas, peak), roof, lift=0.008)
        slit = (x + (shift - 0.02) * size, top + 0.12 * size)
        window = (slit[0], slit[1], slit[0] + 0.04 * size, slit[1] + 0.09 * size)
        canvas.layer(shapes.rectangle(canvas, *window), pane, lift=0.0, ink=0.6)
    points: list[Point] = [(x - 0.56 * size, foot), (x - 0.56 * size, foot - 0.40 * size)]
    for index in range(9):
        start = x + (-0.56 + index * 1.12 / 9) * size
        step = 0.62 * size / 9
        high = foot - (0.46 if index % 2 == 0 else 0.40) * size
        points += [(start, high), (start + step * 1.8, high)]
    points += [(x + 0.56 * size, foot)]
    canvas.layer(
        shapes.polygon(canvas, points), mix(wall, palette.near, 0.12), lift=0.010, texture=0.2
    )
    gate = [(x - 0.10 * size, foot)]
    for step in range(13):
        angle = math.pi * (1 + step / 12)
        gate.append(
            (x + 0.10 * size * math.cos(angle), foot - (0.16 - 0.10 * math.sin(angle)) * size)
        )
    gate.append((x + 0.10 * size, foot))
    canvas.layer(shapes.polygon(canvas, gate), palette.lit(from_hex("#3c2f2a")), lift=0.0)


def paint_windmill(
    canvas: Canvas, palette: Palette, x: float, foot: float, size: float, lights: bool
) -> None:
    """A tower mill with four sails."""
    wall = palette.lit(from_hex("#f0e6d4"))
    body = [(x - 0.20 * size, foot), (x - 0.13 * size, foot - 0.74 * size),
            (x + 0.13 * size, foot - 0.74 * size), (x + 0.20 * size, foot)]  # fmt: skip
    patch = shapes.polygon(canvas, body)
    if not patch.is_empty:
        across = (patch.x - np.float32(x)) / np.float32(0.2 * size)
        shade = np.broadcast_to(0.10 - 0.28 * across, patch.alpha.shape)
        canvas.layer(patch, wall, shade=shade, lift=0.010, texture=0.15)
    cap = [(x + 0.15 * size * math.cos(math.pi * (1 + s / 12)),
            foot - 0.73 * size + 0.16 * size * math.sin(math.pi * (1 + s / 12))) for s in range(13)]  # fmt: skip
    canvas.layer(shapes.polygon(canvas, cap), palette.lit(red_or_named(palette)), lift=0.006)
    door = (x - 0.045 * size, foot - 0.15 * size, x + 0.045 * size, foot)
    canvas.layer(shapes.rectangle(canvas, *door), palette.lit(from_hex("#5b3f2c")), lift=0.0)
    hub = (x, foot - 0.76 * size)
    turn = float(canvas.rng("sails").uniform(0.2, 1.2))
    arms, sails = [], []
    for index in range(4):
        angle = turn + index * math.pi / 2
        arms.append(shapes.moved([(0.0, 0.0), (0.0, -0.62)], *hub, size, angle))
        sails.append(
            shapes.moved(
                [(0.015, -0.60), (0.13, -0.60), (0.11, -0.14), (0.015, -0.14)], *hub, size, angle
            )
        )
    canvas.layer(shapes.polygons(canvas, sails), palette.lit(from_hex("#fbf5e8")), lift=0.006)
    dark = palette.lit(from_hex("#4c3a2e"))
    canvas.layer(shapes.strokes(canvas, arms, [size * 0.022] * 4), dark, lift=0.0, ink=0.5)
    canvas.layer(shapes.ellipse(canvas, *hub, size * 0.03), dark, lift=0.0)


def paint_church(
    canvas: Canvas, palette: Palette, x: float, foot: float, size: float, lights: bool
) -> None:
    """A nave with a steeple."""
    paint_cottage(canvas, palette, x + 0.22 * size, foot, 0.52 * size, lights=lights)
    wall = palette.lit(from_hex("#f5efe4"))
    tower = (x - 0.16 * size, foot - 0.62 * size, x + 0.02 * size, foot)
    canvas.layer(shapes.rectangle(canvas, *tower), wall, lift=0.010, texture=0.1)
    peak = [(x - 0.18 * size, foot - 0.61 * size), (x - 0.07 * size, foot - 1.05 * size),
            (x + 0.04 * size, foot - 0.61 * size)]  # fmt: skip
    canvas.layer(shapes.polygon(canvas, peak), palette.lit(red_or_named(palette)), lift=0.008)
    pane = from_hex("#ffd98a") if lights else palette.lit(from_hex("#55606e"))
    window = (x - 0.10 * size, foot - 0.52 * size, x - 0.04 * size, foot - 0.38 * size)
    canvas.layer(shapes.rectangle(canvas, *window), pane, lift=0.0)


def arches(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Arch within arch, from shade into light, water on the floor and a ball or two."""
    rng = canvas.rng("arches")
    floor = canvas.bottom * 0.80
    sky = paint_sky(canvas, brief, palette, floor, light_at=(0.5, 0.52), clouds=0.7)
    sea = floor - 0.10 * canvas.bottom
    paint_water(canvas, palette, Sky(sky.x, sky.y, sea, sky.is_visible), top=sea, calm=0.8)
    plaster = palette.lit(from_hex("#e79a78"))
    if palette.is_coloured:
        plaster = palette.lit(mix(palette.accents[0], from_hex("#f2d9c2"), 0.25))
    total = canvas.count(5)
    centre = canvas.right * (0.5 + float(rng.uniform(-0.04, 0.04)))
    side = -1.0 if rng.random() < 0.5 else 1.0
    for index in range(total):
        near = index / (total - 1)
        half = (0.13 + 0.30 * near**1.15) * min(1.25, canvas.right)
        foot = floor + (canvas.bottom * 1.02 - floor) * near
        spring = canvas.bottom * (0.50 - 0.16 * near)
        tone = adjust(mix(plaster, palette.near, 0.06 + 0.42 * near), lightness=0.06 * (1 - near))
        _paint_wall(canvas, palette, centre, half, spring, foot, tone, side, index)
    _paint_floor(canvas, palette, plaster, centre, floor, total)
    for shift, radius, colour in ((-0.17 * side, 0.085, palette.accents[1]),
                                  (0.13 * side, 0.045, palette.accents[3])):  # fmt: skip
        radius *= canvas.style.subject
        ground = canvas.bottom * 0.93
        x = centre + shift
        paint_ball(
            canvas, x, ground - radius, radius, palette.lit(colour), side=side, ground=ground
        )
    paint_weather(canvas, brief, palette, sky)


def _paint_wall(
    canvas: Canvas,
    palette: Palette,
    centre: float,
    half: float,
    spring: float,
    foot: float,
    tone: Colour,
    side: float,
    index: int,
) -> None:
    """A wall over the whole width with one round-headed opening."""
    across = np.abs(canvas.x - np.float32(centre))
    rise = np.hypot(across, np.minimum(canvas.y - np.float32(spring), 0))
    opening = np.where(canvas.y < spring, rise, across + np.zeros_like(canvas.y))
    cover = np.clip((opening - np.float32(half)) * np.float32(canvas.unit) + 0.5, 0, 1)
    cover = cover * np.clip((np.float32(foot) - canvas.y) * np.float32(canvas.unit) + 0.5, 0, 1)
    patch = shapes.whole(canvas, cover)
    lit = (canvas.x - np.float32(centre)) * np.float32(-side * 0.30)
    near_edge = np.exp((opening - np.float32(half)) * np.float32(-16))
    shade = None
    if not canvas.style.is_flat:
        stain = canvas.noise(f"plaster {index}", 3.0, octaves=5) * np.float32(0.10)
        shade = lit + near_edge * 0.16 + stain - 0.05 + 0.1 * (canvas.y / canvas.bottom - 0.5)
    canvas.layer(patch, tone, shade=shade, lift=0.022, ink=0.9, texture=0.10)
    if canvas.style.medium in ("light", "brush"):
        # The thickness of the wall: a lit reveal on the side away from the light.
        depth = 0.030
        inner = (opening > half - depth) & (opening <= half) & (canvas.y < foot)
        facing = (canvas.x - np.float32(centre)) * np.float32(side) < 0
        light = np.where(facing, 0.16, -0.10).astype(np.float32)
        reveal = shapes.whole(canvas, noise.blur_mask(inner.astype(np.float32), 0.6))
        canvas.blend(reveal, tone * (1 + light)[..., None] if light.ndim == 2 else tone)


def _paint_floor(
    canvas: Canvas, palette: Palette, plaster: Colour, centre: float, floor: float, total: int
) -> None:
    """A floor, and steps that come towards the viewer."""
    ground = shapes.rectangle(canvas, -0.1, floor + 0.02, canvas.right + 0.1, canvas.bottom + 0.1)
    canvas.layer(ground, adjust(plaster, lightness=-0.08), lift=0.008, ink=0.5, texture=0.1)
    for index in range(3):
        near = index / 2
        top = floor + (canvas.bottom - floor) * (0.12 + 0.30 * index)
        half = (0.16 + 0.24 * near) * min(1.25, canvas.right)
        tone = adjust(mix(plaster, palette.light, 0.22 - 0.06 * index), lightness=-0.02 * index)
        step = shapes.rectangle(canvas, centre - half, top, centre + half, canvas.bottom + 0.02)
        if step.is_empty:
            continue
        down = (step.y - np.float32(top)) / np.float32(0.06)
        shade = np.broadcast_to(np.where(down < 0.55, 0.10, -0.12), step.alpha.shape)
        canvas.layer(step, tone, shade=shade.astype(np.float32), lift=0.012, ink=0.8, texture=0.1)
