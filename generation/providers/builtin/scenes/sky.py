"""The sky over every landscape: gradient, stars, sun or moon, clouds, and its light."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import (
    Field,
    adjust,
    even_stops,
    from_hex,
    look_up,
    mix,
    ramp,
)
from generation.providers.builtin.palettes import Palette


@dataclass(frozen=True)
class Sky:
    """Where the light comes from, in picture units."""

    x: float
    y: float
    horizon: float
    is_visible: bool
    """Whether the sun or moon itself is seen."""


def horizon_of(canvas: Canvas, share: float) -> float:
    """The height of a horizon at a share of the picture, shifted as the style likes."""
    return canvas.bottom * min(0.86, max(0.2, share + canvas.style.horizon))


def paint_sky(
    canvas: Canvas,
    brief: Brief,
    palette: Palette,
    horizon: float,
    *,
    light_at: tuple[float, float] | None = None,
    clouds: float = 1.0,
) -> Sky:
    """Paint the whole sky down to `horizon`; `light_at` fixes sun or moon (shares, 0 to 1)."""
    rng = canvas.rng("sky")
    span = max(horizon, 0.3)
    drift = canvas.noise("drift", 0.9, octaves=2, stretch=2.4) * np.float32(0.05)
    wave = drift if canvas.style.is_flat else drift * 0.4
    canvas.field(np.clip(canvas.y / np.float32(span) + wave, 0, 1), even_stops(palette.sky))
    across = float(rng.uniform(0.16, 0.84))
    high = {"day": 0.22, "night": 0.26, "dawn": 0.78, "golden": 0.80, "dusk": 0.95}[palette.time]
    share = light_at or (across, high + float(rng.uniform(-0.06, 0.06)))
    x, y = share[0] * canvas.right, share[1] * horizon
    dull = brief.weather in ("rain", "storm", "snow", "fog", "cloudy")
    body = "moon" if palette.is_night or (brief.wants("moon") and palette.time == "dusk") else "sun"
    seen = brief.allows(body) and not (dull and not brief.wants(body))
    seen = seen and (palette.time != "dusk" or body == "moon")
    if body == "moon" and palette.time == "dusk":
        y = horizon * 0.25
    if palette.has_stars:
        paint_stars(canvas, horizon, amount=0.45 if dull else 1.0)
    _paint_glow(canvas, palette, x, y, 0.45 if dull else 1.0)
    if seen:
        paint_disc(canvas, palette, x, y, moon=body == "moon")
    amount = clouds * {"": 0.62, "clear": 0.12, "fog": 0.5}.get(brief.weather, 1.0)
    if brief.wants("clouds"):
        amount = max(amount, 1.0)
    if brief.allows("clouds") and amount > 0:
        _paint_clouds(canvas, palette, horizon, amount)
    if brief.wants("rainbow"):
        _paint_rainbow(canvas, horizon)
    return Sky(x, y, horizon, seen)


def distance_from(canvas: Canvas, x: float, y: float) -> Field:
    """The distance of each pixel from a point, in units."""
    distance: Field = np.hypot(canvas.x - np.float32(x), canvas.y - np.float32(y))
    return distance


def _paint_glow(canvas: Canvas, palette: Palette, x: float, y: float, strength: float) -> None:
    distance = distance_from(canvas, x, y)
    power = 0.22 if palette.time in ("night", "day") else 0.62
    glow = np.exp(distance * np.float32(-2.6)) * np.float32(0.55 * power)
    glow += np.exp(distance * np.float32(-8.0)) * np.float32(0.75 * power)
    if canvas.style.is_flat:
        glow *= np.float32(1.25)
    canvas.light(glow * np.float32(strength), palette.light)


def paint_disc(canvas: Canvas, palette: Palette, x: float, y: float, *, moon: bool) -> None:
    """The sun or the moon itself."""
    grand = 1.0 if not canvas.style.is_flat else 1.9
    radius = (0.044 if moon else 0.052) * grand * (1.25 if palette.time == "golden" else 1.0)
    disc = shapes.ellipse(canvas, x, y, radius)
    if disc.is_empty:
        return
    if not moon:
        hot = mix(palette.light, from_hex("#fff6df"), 0.55)
        bright = 1.0 if canvas.style.medium in ("print", "paper", "pencil") else 2.0
        colour = palette.light if canvas.style.medium == "print" else hot
        canvas.layer(disc, colour * np.float32(bright), lift=0.012, ink=0.7)
        return
    spots = noise.fractal(
        disc.alpha.shape, canvas.rng("moon"), unit=canvas.unit, scale=1.3 / radius, octaves=3
    )
    shade = np.where(spots > 0.15, -0.16, 0.0) if canvas.style.is_flat else spots * -0.12
    canvas.layer(disc, from_hex("#fbf4e2"), shade=shade, lift=0.012, ink=0.7)


def paint_stars(canvas: Canvas, horizon: float, *, amount: float = 1.0) -> None:
    """Stars of unequal brightness above the horizon, fewer near it."""
    rng = canvas.rng("stars")
    area = canvas.right * horizon
    # A star takes at least a pixel: small pictures get fewer, or the sky turns grey.
    room = min(1.0, canvas.unit / 800)
    number = int(620 * area * amount * room * (0.35 if canvas.style.is_flat else 1.0))
    x = rng.uniform(0, canvas.right, number)
    y = horizon * rng.uniform(0, 1, number) ** 1.35
    power = np.clip(rng.pareto(2.0, number) * 0.30 + 0.16, 0, 1.6)
    layer = np.zeros((canvas.height, canvas.width), np.float32)
    size = max(0.75, canvas.unit / 900)
    reach = math.ceil(size * 1.6) + 1
    offsets = np.arange(-reach, reach + 1)
    rows, columns = (y * canvas.unit).astype(int), (x * canvas.unit).astype(int)
    spread = size * (0.45 + 0.35 * power)
    for down in offsets:
        for across in offsets:
            spot = np.exp(-(down * down + across * across) / (2 * spread * spread)) * power
            at_row = np.clip(rows + down, 0, canvas.height - 1)
            at_column = np.clip(columns + across, 0, canvas.width - 1)
            np.maximum.at(layer, (at_row, at_column), spot.astype(np.float32))
    colour = from_hex("#eef3ff")
    if canvas.style.medium in ("light", "brush"):
        canvas.rgb += layer[..., None] * colour
    else:
        canvas.blend(shapes.whole(canvas, np.clip(layer * 1.5, 0, 1)), colour)


def _paint_clouds(canvas: Canvas, palette: Palette, horizon: float, amount: float) -> None:
    if canvas.style.medium in ("print", "paper", "pencil"):
        _paint_cut_clouds(canvas, palette, horizon, amount)
        return
    rows = min(canvas.height, int(horizon * canvas.unit) + 2)
    patch = shapes.window(canvas, 0, 0, canvas.right, horizon)
    body = canvas.noise("clouds", 2.6, octaves=7, gain=0.52, stretch=2.7, rows=rows)
    mass = canvas.noise("mass", 0.9, octaves=2, stretch=2.2, rows=rows)
    density = (body + 0.8 * mass)[: patch.alpha.shape[0]]
    threshold = 0.42 - 0.55 * amount
    cover = noise.smooth_step(threshold, threshold + 0.62, density)
    fade = noise.smooth_step(horizon, horizon * 0.35, patch.y)
    cover *= fade * np.float32(min(0.92, 0.45 + 0.4 * amount))
    # Lit from where the light stands: thin parts glow, thick parts turn grey.
    pale = mix(palette.sky[-1], palette.light, 0.45) if palette.time != "day" else palette.light
    if palette.is_night:
        pale = mix(palette.sky[2], palette.light, 0.22)
    shaded = adjust(mix(palette.sky[1], palette.sky[-1], 0.45), lightness=-0.03, chroma=0.8)
    thick = noise.smooth_step(threshold + 0.15, threshold + 1.0, density)[..., None]
    colours = pale * (1 - thick) + shaded * thick
    canvas.blend(patch.covering(cover), colours)


def _paint_cut_clouds(canvas: Canvas, palette: Palette, horizon: float, amount: float) -> None:
    """Clouds as flat-bottomed shapes of several rounds."""
    rng = canvas.rng("cut clouds")
    number = round((1.5 + 3.5 * amount) * (0.6 + 0.4 * canvas.right / canvas.bottom))
    for index in range(min(number, 12)):
        share = (index + 0.5) / number
        x = canvas.right * float((rng.uniform(0, 1) + index * 0.618) % 1)
        y = horizon * (0.10 + 0.55 * share + float(rng.uniform(-0.05, 0.05)))
        size = float(rng.uniform(0.10, 0.19)) * (1.15 - 0.5 * share) * canvas.style.subject
        colour = mix(palette.sky[-1], palette.light, 0.55 - 0.4 * share)
        if palette.is_night:
            colour = mix(palette.sky[1], palette.sky[-1], 0.75)
        outline = _cloud_outline(rng, x, y, size)
        canvas.layer(shapes.polygon(canvas, outline), colour, lift=0.013, ink=0.55)


def _cloud_outline(
    rng: np.random.Generator, x: float, y: float, size: float
) -> list[tuple[float, float]]:
    bumps = int(rng.integers(3, 6))
    points: list[tuple[float, float]] = []
    for bump in range(bumps):
        middle = (bump + 0.5) / bumps
        radius = size * (0.26 + 0.30 * math.sin(middle * math.pi) * float(rng.uniform(0.75, 1.2)))
        centre = x + (middle - 0.5) * size * 1.9
        for step in range(9):
            angle = math.pi * (1 - step / 8)
            points.append((centre + math.cos(angle) * radius, y - math.sin(angle) * radius * 0.9))
    # The union of the rounds as one outline: the highest point at each place.
    xs = np.linspace(min(p[0] for p in points), max(p[0] for p in points), 90)
    top = np.full(90, y)
    for bump in range(bumps):
        part = points[bump * 9 : bump * 9 + 9]
        centre, radius = (part[0][0] + part[-1][0]) / 2, (part[-1][0] - part[0][0]) / 2
        inside = np.clip(1 - ((xs - centre) / radius) ** 2, 0, 1)
        top = np.minimum(top, y - np.sqrt(inside) * radius * 0.9)
    return [*zip(xs.tolist(), top.tolist(), strict=True)]


def _paint_rainbow(canvas: Canvas, horizon: float) -> None:
    centre = (canvas.right * 0.42, horizon * 1.12)
    radius = min(canvas.right * 0.62, horizon * 0.95)
    distance = distance_from(canvas, *centre)
    names = ("#7a4bc2", "#3f6fd8", "#33a58f", "#8cc152", "#f6d04d", "#f08a3c", "#dd4b45")
    position = (distance - np.float32(radius)) / np.float32(0.085) + 0.5
    cover = noise.smooth_step(0.0, 0.18, position) * noise.smooth_step(1.0, 0.82, position)
    cover *= noise.smooth_step(horizon, horizon * 0.6, canvas.y) * np.float32(0.6)
    patch = shapes.whole(canvas, cover)
    stops = even_stops([from_hex(name) for name in names])
    canvas.blend(patch, look_up(ramp(stops), np.clip(position, 0, 1)))
