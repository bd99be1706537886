"""Out in space: a planet with rings, a spiral galaxy."""

from __future__ import annotations

import math

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
from generation.providers.builtin.scenes.sky import paint_stars

_PLANETS = (
    ("#7a4a36", "#d9a679", "#f2dcb8", "#b0714e"),
    ("#1f3f6e", "#4a86c0", "#b5dcec", "#2d6aa0"),
    ("#5c2a4a", "#b5567a", "#f2b8a8", "#8a3f66"),
    ("#2c4a45", "#6fa88f", "#e2e6bd", "#44796b"),
)


def _nebula(canvas: Canvas, brief: Brief, palette: Palette, power: float) -> list[Colour]:
    """Deep space with coloured clouds and stars; gives back the colours of the clouds."""
    sets = (("#3b1d5a", "#0c4a66", "#7a2b4a"), ("#0e3a5c", "#2a1d5e", "#12605a"),
            ("#5a1d3a", "#33206a", "#8a4a2a"))  # fmt: skip
    rng = canvas.rng("nebula")
    clouds = [from_hex(each) for each in sets[int(rng.integers(len(sets)))]]
    if palette.is_coloured:
        clouds = [adjust(palette.accents[index], lightness=-0.15) for index in range(3)]
    first = canvas.noise("first cloud", 1.3, octaves=6)
    second = canvas.noise("second cloud", 1.1, octaves=6)
    dark = from_hex("#05060f")
    if canvas.style.medium in ("light", "brush"):
        canvas.rgb += dark
        for cloud, colour in ((first, clouds[0]), (second, clouds[1]),
                              (first * second * 2.2 - 0.05, clouds[2])):  # fmt: skip
            strength = np.clip(cloud + 0.22, 0, 1) ** 1.7 * np.float32(power)
            canvas.rgb += strength[..., None] * colour
    else:
        stops = [dark, mix(dark, clouds[1], 0.45), mix(dark, clouds[0], 0.7), clouds[0]]
        canvas.field(np.clip(0.28 + 0.55 * first + 0.3 * second, 0, 1), even_stops(stops))
    if brief.allows("stars"):
        paint_stars(canvas, canvas.bottom * 1.15, amount=1.3)
    return clouds


def planet(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """A banded planet, lit from one side, with rings and a moon."""
    _nebula(canvas, brief, palette, 0.75)
    rng = canvas.rng("planet")
    side = 1.0 if rng.random() < 0.5 else -1.0
    radius = 0.265 * canvas.style.subject
    x = canvas.right * (0.5 + 0.07 * side)
    y = canvas.bottom * 0.48
    tilt = side * float(rng.uniform(-0.45, -0.25))
    tones = [from_hex(each) for each in _PLANETS[int(rng.integers(len(_PLANETS)))]]
    if brief.names("mars", "marte"):
        tones = [from_hex(each) for each in ("#6a2418", "#c0552f", "#eba878", "#93381f")]
    if brief.names("earth", "terra"):
        tones = [from_hex(each) for each in _PLANETS[1]]
    if palette.is_coloured:
        base = palette.accents[0]
        tones = [adjust(base, lightness=step) for step in (-0.25, 0.0, 0.25, -0.12)]
    light = np.array([-0.72 * side, -0.42, 0.55], np.float32)
    light /= np.float32(np.linalg.norm(light))
    ringed = "rings" not in brief.avoided and not brief.names("mars", "marte", "earth", "terra")
    ring_tone = mix(tones[2], from_hex("#e8c9a0"), 0.4)
    if ringed:
        _paint_rings(canvas, (x, y), radius, tilt, ring_tone, light, behind=True)
    _paint_globe(canvas, palette, (x, y), radius, tilt, tones, light)
    if ringed:
        _paint_rings(canvas, (x, y), radius, tilt, ring_tone, light, behind=False)
    spot = (canvas.right * (0.5 - 0.36 * side), canvas.bottom * 0.20)
    grey = [from_hex(each) for each in ("#6c6a70", "#b9b4ad", "#dcd6cb", "#8d8a8a")]
    _paint_globe(canvas, palette, spot, radius * 0.16, 0.0, grey, light)
    if brief.names("rocket", "foguete", "spaceship", "astronaut", "astronauta"):
        _paint_rocket(
            canvas, palette, canvas.right * (0.5 - 0.30 * side), canvas.bottom * 0.72, 0.15
        )


def _paint_globe(
    canvas: Canvas,
    palette: Palette,
    centre: tuple[float, float],
    radius: float,
    tilt: float,
    tones: list[Colour],
    light: Field,
) -> None:
    patch = shapes.ellipse(canvas, *centre, radius)
    if patch.is_empty:
        return
    u = (patch.x - np.float32(centre[0])) / np.float32(radius)
    v = (patch.y - np.float32(centre[1])) / np.float32(radius)
    z = np.sqrt(np.clip(1 - u * u - v * v, 0, 1))
    cosine, sine = np.float32(math.cos(tilt)), np.float32(math.sin(tilt))
    along, over = u * cosine + v * sine, -u * sine + v * cosine
    latitude = over * 0.96 - z * 0.26
    tiled = noise.tile(canvas.rng("bands"), cells=6, octaves=5, gain=0.55)
    curl = noise.sample_tile(tiled, latitude * 0.30 + 0.5, along * 0.10 + 0.5)
    rough = 0.5 if canvas.style.is_flat else 1.0
    phase = latitude * 3.2 + curl * np.float32(0.42 * rough)
    position = 0.5 + 0.5 * np.sin(phase * 3.1 + 1.2 * np.sin(phase * 1.7))
    lambert = np.clip(u * light[0] + v * light[1] + z * light[2], -0.05, 1)
    table = ramp([(0.0, tones[0]), (0.4, tones[1]), (0.7, tones[2]), (1.0, tones[3])])
    if canvas.style.medium in ("light", "brush"):
        surface = look_up(table, np.clip(position, 0, 1))
        surface = surface * (np.clip(lambert, 0, 1) ** 0.85 * 1.2 + 0.012)[..., None]
        rim = (1 - z) ** 3 * np.clip(lambert, 0, 1) * np.float32(0.7)
        surface += from_hex("#8fd0ff") * rim[..., None]
        canvas.blend(patch, surface)
        return
    steps = max(4, canvas.style.steps) if canvas.style.is_flat else 24
    bands = np.floor(np.clip(position, 0, 0.999) * steps) / (steps - 1)
    colours = look_up(table, np.clip(bands, 0, 1))
    canvas.layer(patch, tones[1], lift=0.016)
    canvas.blend(patch, colours)
    night = noise.smooth_step(0.22, 0.18, lambert) * np.float32(0.62)
    half = noise.smooth_step(0.52, 0.49, lambert) * np.float32(0.28)
    canvas.blend(patch.covering(patch.alpha * np.maximum(night, half)), tones[0] * 0.12)


def _paint_rings(
    canvas: Canvas,
    centre: tuple[float, float],
    radius: float,
    tilt: float,
    colour: Colour,
    light: Field,
    *,
    behind: bool,
) -> None:
    reach = radius * 2.3
    patch = shapes.window(
        canvas, centre[0] - reach, centre[1] - reach, centre[0] + reach, centre[1] + reach
    )
    if patch.is_empty:
        return
    u = (patch.x - np.float32(centre[0])) / np.float32(radius)
    v = (patch.y - np.float32(centre[1])) / np.float32(radius)
    cosine, sine = np.float32(math.cos(tilt)), np.float32(math.sin(tilt))
    along, over = u * cosine + v * sine, (-u * sine + v * cosine) / np.float32(0.26)
    distance = np.hypot(along, over)
    grooves = noise.line(
        np.linspace(0, 3, 900, dtype=np.float32), canvas.rng("rings"), scale=14, octaves=4
    )
    index = np.clip(distance * 300, 0, 899).astype(np.int32)
    density = noise.smooth_step(1.32, 1.37, distance) * noise.smooth_step(2.24, 2.19, distance)
    if canvas.style.is_flat:
        density = density * np.where(np.abs(distance - 1.80) < 0.06, 0.0, 1.0)
    else:
        density = density * np.clip(0.62 + grooves[index] * 0.7, 0.12, 1)
        density = density * (1 - 0.85 * np.exp(-(((distance - 1.86) / 0.03) ** 2)))
    shadow = (np.abs(u * -light[1] + v * light[0]) < 1.0) & (u * light[0] + v * light[1] < 0)
    lit = 1 - 0.85 * shadow * (over < 0)
    half = (over < 0) if behind else (over >= 0)
    cover = (density * half * 0.9).astype(np.float32)
    if canvas.style.medium in ("light", "brush"):
        canvas.blend(patch.covering(cover), colour * lit[..., None].astype(np.float32))
    else:
        canvas.layer(patch.covering(cover), colour, lift=0.006, ink=0.6)


def _paint_rocket(canvas: Canvas, palette: Palette, x: float, y: float, size: float) -> None:
    half = [(0.0, -1.0), (0.16, -0.72), (0.25, -0.30), (0.24, 0.20), (0.17, 0.50)]
    body = shapes.mirrored(shapes.curve(half, closed=False, steps=5))
    turn = 0.6
    flame = shapes.curve([(-0.12, 0.5), (0.0, 1.15), (0.12, 0.5)], steps=6)
    fins = [[(s * 0.20, 0.10), (s * 0.44, 0.62), (s * 0.14, 0.46)] for s in (1, -1)]
    canvas.layer(
        shapes.polygon(canvas, shapes.moved(flame, x, y, size, turn)),
        from_hex("#ffb347") * 1.3,
        lift=0.004,
    )
    red = mix(palette.accents[0], from_hex("#d9402f"), 0.5)
    canvas.layer(
        shapes.polygons(canvas, [shapes.moved(fin, x, y, size, turn) for fin in fins]), red
    )
    patch = shapes.polygon(canvas, shapes.moved(body, x, y, size, turn))
    if patch.is_empty:
        return
    across = (patch.x - np.float32(x)) * np.float32(math.cos(turn))
    across = (across + (patch.y - np.float32(y)) * np.float32(math.sin(turn))) / (size * 0.25)
    canvas.layer(patch, from_hex("#f1ece2"), shade=-0.35 * across - 0.05)
    window = shapes.moved([(0.0, -0.32)], x, y, size, turn)[0]
    canvas.layer(shapes.ellipse(canvas, *window, size * 0.105), from_hex("#2f4a63"), lift=0.002)
    canvas.layer(shapes.ellipse(canvas, *window, size * 0.070), from_hex("#9fd6ee"), lift=0.0)


def galaxy(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """A spiral galaxy seen at a slant, or the band of the Milky Way over nothing else."""
    clouds = _nebula(canvas, brief, palette, 0.40)
    rng = canvas.rng("galaxy")
    x, y = canvas.right * 0.5, canvas.bottom * 0.5
    size = 0.62 * max(1.0, min(1.35, max(canvas.right, canvas.bottom))) * canvas.style.subject * 0.9
    tilt, flat = float(rng.uniform(-0.6, 0.6)), float(rng.uniform(0.42, 0.62))
    cosine, sine = np.float32(math.cos(tilt)), np.float32(math.sin(tilt))
    dx, dy = canvas.x - np.float32(x), canvas.y - np.float32(y)
    u = (dx * cosine + dy * sine) / np.float32(size)
    v = (-dx * sine + dy * cosine) / np.float32(size * flat)
    radius = np.hypot(u, v) + np.float32(1e-4)
    turn = np.arctan2(v, u) - np.log(radius + np.float32(0.06)) * np.float32(2.7)
    rough = canvas.noise("dust", 5, octaves=6, gain=0.6)
    arms = 0.5 + 0.5 * np.cos(turn * 2 + rough * np.float32(0.9))
    fade = np.exp(radius * np.float32(-2.9))
    light = (arms**2.2 * (0.9 + rough * 0.9)).clip(0, 2) * fade * np.float32(1.25)
    core = np.exp(-((radius / np.float32(0.16)) ** 1.3))
    outer = mix(clouds[1], from_hex("#6f9bff"), 0.5)
    inner = from_hex("#ffd9a6")
    if palette.is_coloured:
        outer, inner = (
            adjust(palette.accents[0], lightness=0.08),
            adjust(palette.accents[1], lightness=0.2),
        )
    if canvas.style.medium in ("light", "brush"):
        canvas.rgb += light[..., None] * outer
        dots = canvas.rng("cluster").random(light.shape, dtype=np.float32)
        sparks = (dots > 0.9975) * np.clip(light * 1.6, 0, 1.4)
        canvas.rgb += (
            noise.blur(sparks.astype(np.float32), 0.8)[..., None] * from_hex("#eaf1ff") * 2
        )
        canvas.rgb += (core * np.float32(1.5))[..., None] * inner
        pink = np.clip(arms - 0.72, 0, 1) * np.clip(rough, 0, 1) * fade * np.float32(2.6)
        canvas.rgb += pink[..., None] * clouds[2]
        return
    total = np.clip(light * 1.3 + core * 0.9, 0, 1)
    steps = max(canvas.style.steps, 5)
    for level in range(1, steps):
        share = level / steps
        tone = mix(outer, inner, share**1.5)
        edge = np.clip((total - share * 0.92 + 0.06) * np.float32(canvas.unit * 0.07) + 0.5, 0, 1)
        canvas.layer(shapes.whole(canvas, edge * 0.9), tone, lift=0.010, ink=0.35)
