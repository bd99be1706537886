"""Cities: a skyline by day or night, blurred lights, rain on a window."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import Colour, Field, adjust, even_stops, from_hex, mix
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.sky import Sky, horizon_of, paint_sky
from generation.providers.builtin.scenes.water import paint_water
from generation.providers.builtin.scenes.weather import paint_lightning, paint_weather
from generation.providers.builtin.shapes import Point

_WINDOWS = ("#ffcf8a", "#ffe3b0", "#9fd8ff", "#ffb36b")
_LIGHTS = ("#ff9d4d", "#ff4d6d", "#4dd2ff", "#ffd86b", "#8a6bff")


def city(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Rows of towers over water, their windows lit when it is dark."""
    horizon = horizon_of(canvas, 0.66)
    sky = paint_sky(canvas, brief, palette, horizon)
    paint_lightning(canvas, brief, sky)
    dark = palette.time in ("night", "dusk")
    total = canvas.count(4)
    for index in range(total):
        near = index / (total - 1)
        colour = mix(palette.far, palette.near, 0.15 + 0.80 * near)
        colour = mix(colour, palette.accents[2], 0.06)
        height = (0.44 - 0.12 * near) * min(canvas.bottom, 1.4)
        _paint_row(canvas, palette, horizon, index, near, height, colour, lit=dark)
    if dark and not canvas.style.is_flat:
        glow = np.exp(np.abs(canvas.y - np.float32(horizon)) * np.float32(-9))
        glow = np.broadcast_to(glow * np.float32(0.12), canvas.rgb.shape[:2])
        canvas.light(glow, from_hex("#ffb06a"))
    paint_water(canvas, palette, sky, top=horizon, calm=0.72)
    paint_weather(canvas, brief, palette, sky)


def _paint_row(
    canvas: Canvas,
    palette: Palette,
    horizon: float,
    index: int,
    near: float,
    tallest: float,
    colour: Colour,
    *,
    lit: bool,
) -> None:
    rng = canvas.rng(f"row {index}")
    outlines: list[list[Point]] = []
    lamps: dict[str, list[list[Point]]] = {}
    x = -0.02
    cell = 0.011 + 0.004 * near
    while x < canvas.right + 0.02:
        width = float(rng.uniform(0.055, 0.125)) * (0.85 + 0.3 * near)
        # Higher in the middle: a skyline has a centre.
        middle = math.exp(-(((x + width / 2) / canvas.right - 0.5) ** 2) / 0.08)
        high = tallest * (0.30 + 0.70 * float(rng.random()) ** 1.4) * (0.62 + 0.5 * middle)
        top = horizon - high
        outlines.append(_tower(rng, x, width, top, horizon, near))
        rows, columns = int(high / (cell * 1.9)), int(width / (cell * 1.7))
        share = 0.45 if lit else 0.85
        for row in range(1, rows):
            for column in range(columns):
                if rng.random() > share or columns < 2:
                    continue
                left = x + (column + 0.35) * width / columns
                y = top + row * cell * 1.9
                kind = _WINDOWS[int(rng.integers(len(_WINDOWS)))] if lit else "pane"
                half = cell * 0.42
                lamps.setdefault(kind, []).append(
                    [
                        (left, y),
                        (left + half * 1.6, y),
                        (left + half * 1.6, y + cell),
                        (left, y + cell),
                    ]
                )
        x += width + float(rng.uniform(0.0, 0.012))
    patch = shapes.polygons(canvas, outlines)
    shade = None
    if not canvas.style.is_flat and not patch.is_empty:
        shade = np.broadcast_to((patch.y - np.float32(horizon)) * 0.5 + 0.08, patch.alpha.shape)
    canvas.layer(patch, colour, shade=shade, lift=0.012 + 0.006 * near, ink=0.5 + 0.4 * near)
    for kind, panes in lamps.items():
        if kind == "pane":
            tone = mix(colour, palette.sky[2], 0.28)
            strength = 0.65
        else:
            bright = 1.5 if canvas.style.medium in ("light", "brush") else 1.0
            tone = from_hex(kind) * np.float32(bright * (0.45 + 0.55 * near))
            strength = 0.55 + 0.4 * near
        canvas.layer(shapes.polygons(canvas, panes).times(strength), tone, lift=0.0, ink=0.25)


def _tower(
    rng: np.random.Generator, x: float, width: float, top: float, foot: float, near: float
) -> list[Point]:
    kind = int(rng.integers(5))
    right, middle = x + width, x + width / 2
    if kind == 0:
        step = width * 0.2
        crown = [(x, top + step), (x + step, top + step), (x + step, top), (right - step, top),
                 (right - step, top + step), (right, top + step)]  # fmt: skip
    elif kind == 1:
        crown = [(x, top + width * 0.35), (middle, top - width * 0.1), (right, top + width * 0.35)]
    elif kind == 2:
        needle = width * 0.04
        spire = top - width * 0.9
        crown = [(x, top), (middle - needle, top), (middle - needle, spire),
                 (middle + needle, spire), (middle + needle, top), (right, top)]  # fmt: skip
    elif kind == 3:
        crown = [(x, top + width * 0.3), (right, top)]
    else:
        crown = [(x, top), (right, top)]
    return [(x, foot), *crown, (right, foot)]


def bokeh(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """City lights out of focus, doubled in wet ground."""
    horizon = horizon_of(canvas, 0.60)
    rng = canvas.rng("bokeh")
    _paint_lights(
        canvas, brief, palette, rng, horizon, grand=1.0 if not canvas.style.is_flat else 1.5
    )
    sky = Sky(canvas.right * 2, horizon * 0.5, horizon, False)
    if canvas.style.medium in ("light", "brush"):
        paint_water(canvas, _dimmed(palette), sky, top=horizon, calm=0.45)
    else:
        _paint_wet_ground(canvas, brief, palette, horizon)
    paint_weather(canvas, brief, palette, sky)


def _dimmed(palette: Palette) -> Palette:
    """Black water that only mirrors."""
    water = (from_hex("#101a33"), from_hex("#04060c"))
    return replace(palette, water=water, time="night", light=palette.light * np.float32(0.2))


def _paint_lights(
    canvas: Canvas,
    brief: Brief,
    palette: Palette,
    rng: np.random.Generator,
    horizon: float,
    *,
    grand: float,
) -> None:
    """A dark ground and many soft discs, dense near the horizon."""
    top, low = from_hex("#070b18"), from_hex("#251a33")
    if palette.time in ("day", "golden", "dawn") and brief.time:
        top, low = palette.sky[0] * np.float32(0.35), palette.sky[2] * np.float32(0.5)
    span = np.clip(canvas.y / np.float32(horizon), 0, 1) + np.zeros_like(canvas.x)
    canvas.field(span, even_stops([top, mix(top, low, 0.4), low]))
    colours = [from_hex(each) for each in _LIGHTS]
    if palette.is_coloured:
        colours = [adjust(each, lightness=0.08) for each in palette.accents]
    number = int((72 if canvas.style.is_flat else 125) * canvas.right)
    places = []
    for index in range(number):
        size = float(rng.uniform(0.010, 0.034)) * (1.9 if index % 6 == 0 else 1.0) * grand
        spread = 0.26 if horizon < canvas.bottom else 0.75
        y = horizon - abs(float(rng.normal(0, spread))) * canvas.bottom * 0.75 - 0.012
        places.append((size, float(rng.uniform(0, canvas.right)), max(0.02, y)))
    for size, x, y in sorted(places):
        colour = colours[int(rng.integers(len(colours)))]
        power = float(rng.uniform(0.18, 0.75)) * (0.030 / (size + 0.012)) ** 0.5
        _paint_disc(canvas, x, y, size, colour, power)


def _paint_wet_ground(canvas: Canvas, brief: Brief, palette: Palette, horizon: float) -> None:
    """Streaks of colour below the horizon, for media that do not mirror."""
    rng = canvas.rng("wet")
    ground = shapes.rectangle(canvas, -0.1, horizon, canvas.right + 0.1, canvas.bottom + 0.1)
    canvas.layer(ground, from_hex("#0d1428"), lift=0.010, ink=0.6)
    colours = [from_hex(each) for each in _LIGHTS]
    if palette.is_coloured:
        colours = list(palette.accents)
    for _ in range(int(70 * canvas.right)):
        share = float(rng.random()) ** 1.4
        y = horizon + 0.012 + share * (canvas.bottom - horizon)
        x, half = float(rng.uniform(0, canvas.right)), float(rng.uniform(0.02, 0.07))
        tone = mix(
            colours[int(rng.integers(len(colours)))], from_hex("#0d1428"), 0.25 + 0.45 * share
        )
        streak = shapes.ellipse(canvas, x, y, half, 0.004 + 0.004 * share)
        canvas.layer(streak, tone, lift=0.003, ink=0.3)


def _paint_disc(
    canvas: Canvas, x: float, y: float, size: float, colour: Colour, power: float
) -> None:
    """A defocused light: flat, a little brighter at its rim."""
    disc = shapes.ellipse(canvas, x, y, size)
    if disc.is_empty:
        return
    if canvas.style.medium in ("light", "brush"):
        distance = np.hypot(disc.x - np.float32(x), disc.y - np.float32(y)) / np.float32(size)
        body = 0.62 + 0.38 * noise.smooth_step(0.55, 0.98, distance)
        canvas.light(disc.alpha * body * np.float32(power), colour, patch=disc)
    elif canvas.style.medium == "paper":
        canvas.layer(disc.times(0.92), mix(colour, from_hex("#fff6e6"), 0.25 * power), lift=0.007)
    else:
        canvas.layer(disc.times(0.30 + 0.6 * power), colour, lift=0.0, ink=0.6)


def rain_window(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Drops on a pane, the world behind it blurred; each drop shows it upside down."""
    rng = canvas.rng("pane")
    by_day = palette.time in ("day", "dawn", "golden") and brief.time in ("day", "dawn", "golden")
    if by_day:
        stops = [palette.sky[0], palette.sky[2], palette.foliage[1], palette.foliage[2]]
        rise = canvas.y / np.float32(canvas.bottom) + canvas.noise("blur", 1.2, octaves=2) * 0.12
        canvas.field(np.clip(rise, 0, 1), even_stops(stops))
    else:
        _paint_lights(canvas, brief, palette, rng, canvas.bottom, grand=2.1)
    if canvas.style.medium in ("light", "brush"):
        canvas.rgb[:] = noise.blur(canvas.rgb, canvas.unit * 0.014)
        canvas.rgb *= np.float32(0.85)
        canvas.rgb += from_hex("#5a6b80") * np.float32(0.10)
    behind = noise.blur(canvas.rgb, canvas.unit * 0.004)
    trails, widths = [], []
    for _ in range(int(9 * canvas.right)):
        x, y = float(rng.uniform(0, canvas.right)), float(rng.uniform(-0.1, canvas.bottom * 0.7))
        length = float(rng.uniform(0.15, 0.5))
        points = [(x + float(rng.normal(0, 0.004)), y + length * step / 6) for step in range(7)]
        trails.append(shapes.curve(points, closed=False, steps=4))
        widths.append(float(rng.uniform(0.004, 0.009)))
    pale = mix(palette.haze, from_hex("#cfdcec"), 0.6)
    canvas.blend(shapes.strokes(canvas, trails, widths).times(0.13), pale)
    number = int((170 if canvas.style.is_flat else 420) * canvas.right * canvas.bottom)
    for index in range(number):
        size = 0.0035 + 0.021 * float(rng.random()) ** 3.2
        if index < len(trails):
            x, y = trails[index][-1]
            size = 0.012 + 0.010 * float(rng.random())
        else:
            x, y = float(rng.uniform(0, canvas.right)), float(rng.uniform(0, canvas.bottom))
        _paint_drop(
            canvas, behind, x, y, size * canvas.style.subject, float(rng.uniform(1.0, 1.35))
        )
    paint_frame(canvas, palette, brief)


def _paint_drop(
    canvas: Canvas, behind: Field, x: float, y: float, size: float, tall: float
) -> None:
    patch = shapes.ellipse(canvas, x, y, size, size * tall)
    if patch.is_empty or size * canvas.unit < 1.2:
        return
    u = (patch.x - np.float32(x)) / np.float32(size)
    v = (patch.y - np.float32(y)) / np.float32(size * tall)
    # A drop is a lens: it shows a wide piece of what is behind, turned round.
    rows = np.clip((y - v * 0.22) * canvas.unit, 0, canvas.height - 1).astype(np.int32)
    columns = np.clip((x - u * 0.16) * canvas.unit, 0, canvas.width - 1).astype(np.int32)
    rows, columns = np.broadcast_arrays(rows, columns)
    picture = behind[rows, columns]
    rim = np.clip(np.hypot(u, v), 0, 1)
    lit = 1.15 + 0.35 * v - 0.55 * rim**4
    if canvas.style.is_flat or canvas.style.medium == "pencil":
        tone = picture.reshape(-1, 3).mean(axis=0) * np.float32(1.2) + np.float32(0.05)
        canvas.layer(patch, tone.astype(np.float32), shade=0.30 * v - 0.1 * u, lift=0.006, ink=0.8)
    else:
        canvas.blend(patch, picture * lit[..., None] + np.float32(0.012))
    if size > 0.006:
        spot = shapes.ellipse(canvas, x - size * 0.32, y - size * tall * 0.42, size * 0.17)
        canvas.blend(spot.times(0.75), from_hex("#f4f8ff"))


def paint_frame(canvas: Canvas, palette: Palette, brief: Brief) -> None:
    """The window's bars, when a frame is asked for."""
    if not brief.names("frame", "moldura", "sill", "cozy", "aconchegante"):
        return
    bar = 0.026
    wood = mix(palette.backdrop[1], from_hex("#1c1410"), 0.55)
    middle = canvas.right * 0.5
    for box in (
        (middle - bar / 2, 0.0, middle + bar / 2, canvas.bottom),
        (0.0, canvas.bottom - bar * 2.4, canvas.right, canvas.bottom + 0.01),
    ):
        canvas.layer(shapes.rectangle(canvas, *box), wood, lift=0.014, texture=0.2)
