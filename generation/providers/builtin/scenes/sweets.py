"""Coffee and cake: a cup from the side, a donut from above, a layer cake."""

from __future__ import annotations

import math

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import Colour, Field, adjust, from_hex, mix
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.table import paint_flame
from generation.providers.builtin.scenes.vessels import (
    paint_ball,
    paint_room,
    paint_shadow,
    paint_steam,
    paint_vessel,
    round_shade,
)


def coffee(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """A cup on its saucer, steaming."""
    rng = canvas.rng("coffee")
    edge = canvas.bottom * 0.60
    side = -1.0 if rng.random() < 0.5 else 1.0
    paint_room(canvas, palette, edge, side=side)
    size = 0.50 * canvas.style.subject
    x, foot = canvas.right / 2 + side * 0.02, min(edge + 0.20, canvas.bottom - 0.12)
    china = palette.accents[0] if palette.is_coloured else palette.accents[int(rng.integers(5))]
    china = mix(china, from_hex("#fbf6ec"), 0.12)
    plate = adjust(china, lightness=0.06)
    paint_shadow(canvas, x, foot + 0.02, size * 0.62, side)
    for radius, tone, drop in ((0.66, adjust(plate, lightness=-0.10), 0.016), (0.66, plate, 0.0),
                               (0.44, adjust(plate, lightness=-0.05), 0.004)):  # fmt: skip
        dish = shapes.ellipse(canvas, x, foot + 0.005 + drop, size * radius, size * radius * 0.21)
        canvas.layer(dish, tone, lift=0.010 if drop != 0.004 else 0.0)
    grip = [
        (x - side * size * (0.36 + 0.20 * math.sin(step / 10 * math.pi)),
         foot - size * (0.56 - 0.34 * step / 10))
        for step in range(11)
    ]  # fmt: skip
    handle = shapes.strokes(canvas, [shapes.curve(grip, closed=False)], [size * 0.075])
    canvas.layer(handle, adjust(china, lightness=-0.06), lift=0.010, ink=0.9)
    profile = ((0.43, 0.70), (0.42, 0.60), (0.39, 0.36), (0.28, 0.12), (0.19, 0.03), (0.18, 0.0))
    paint_vessel(canvas, profile, x, foot, size, china, side=side, gloss=0.6)
    top = foot - 0.70 * size
    rim = 0.43 * size
    tea = brief.names("tea", "cha", "matcha")
    drink = from_hex("#b5712a" if tea else "#3f2415")
    surface = shapes.ellipse(canvas, x, top + rim * 0.035, rim * 0.87, rim * 0.150)
    canvas.layer(surface, drink, lift=0.0, ink=0.5)
    if not tea:
        foam = shapes.ellipse(canvas, x, top + rim * 0.045, rim * 0.70, rim * 0.105)
        canvas.layer(foam, from_hex("#c98f57"), lift=0.0, ink=0.3)
        heart = shapes.curve(
            [
                (0.0, 0.45),
                (0.62, -0.05),
                (0.42, -0.42),
                (0.0, -0.16),
                (-0.42, -0.42),
                (-0.62, -0.05),
            ]
        )
        points = [(px, py * 0.26) for px, py in heart]
        latte = shapes.polygon(canvas, shapes.moved(points, x, top + rim * 0.045, rim * 0.5))
        canvas.layer(latte, from_hex("#f6e6cc"), lift=0.0, ink=0.3)
    if brief.allows("steam"):
        paint_steam(canvas, palette, x, top - 0.01, min(0.34, top - 0.05))
    for index in range(3):
        bean_x = x + side * (0.36 + 0.06 * index) * size / 0.5
        bean_y = foot + 0.03 + 0.025 * (index % 2)
        if tea:
            break
        paint_shadow(canvas, bean_x, bean_y + 0.014, 0.02, side)
        bean = shapes.ellipse(canvas, bean_x, bean_y, 0.024, 0.016)
        canvas.layer(bean, from_hex("#4a2a18"), lift=0.004)
        crease = [[(bean_x - 0.018, bean_y + 0.003), (bean_x + 0.018, bean_y - 0.003)]]
        canvas.layer(
            shapes.strokes(canvas, crease, [0.003]), from_hex("#23130a"), lift=0.0, ink=0.0
        )


def donut(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Donuts from above, glazed and sprinkled, on a plate."""
    rng = canvas.rng("donut")
    wall = palette.backdrop[0]
    if not palette.is_coloured:
        wall = mix(palette.lit(from_hex("#a9d6dc")), palette.backdrop[0], 0.3)
    distance = np.hypot(canvas.x - np.float32(canvas.right * 0.4),
                        canvas.y - np.float32(canvas.bottom * 0.35))  # fmt: skip
    tones = [(0.0, adjust(wall, lightness=0.05)), (1.0, adjust(wall, lightness=-0.10))]
    canvas.field(np.clip(distance * 0.8, 0, 1), tones, steps=3 if canvas.style.is_flat else 0)
    x, y = canvas.right / 2, canvas.bottom / 2
    number = min(brief.count or 1, 6)
    glaze = palette.accents[0] if palette.is_coloured else from_hex("#f08fb5")
    glazes = [glaze, from_hex("#5c3420"), from_hex("#f7ead6"), adjust(glaze, turn=1.2)]
    if number == 1:
        size = 0.36 * canvas.style.subject
        plate = shapes.ellipse(canvas, x, y, size * 1.36)
        canvas.shadow(plate, 0.35, 0.030, 0.012, 0.030)
        china = palette.lit(from_hex("#f7f4ee"))
        canvas.layer(plate, china, lift=0.014)
        well = shapes.ellipse(canvas, x, y, size * 1.08)
        canvas.layer(well, adjust(china, lightness=-0.04), lift=0.0, ink=0.5)
        _paint_donut(canvas, rng, x, y, size, glaze)
        return
    columns = min(number, 3) if canvas.right >= canvas.bottom else min(number, 2)
    rows = math.ceil(number / columns)
    pitch = min(canvas.right / columns, canvas.bottom / rows)
    for index in range(number):
        row, column = divmod(index, columns)
        px = x + (column - (min(columns, number - row * columns) - 1) / 2) * pitch
        py = y + (row - (rows - 1) / 2) * pitch
        _paint_donut(canvas, rng, px, py, pitch * 0.40, glazes[index % len(glazes)])


def _paint_donut(
    canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, glaze: Colour
) -> None:
    dough = from_hex("#d79a55")
    body = _ring(canvas, x, y, size, 0.30, 0.0, 0)
    if body.is_empty:
        return
    canvas.shadow(body, 0.42, size * 0.07, size * 0.05, size * 0.10)
    distance = np.hypot(body.x - np.float32(x), body.y - np.float32(y)) / np.float32(size)
    tube = np.clip((distance - np.float32(0.65)) / np.float32(0.35), -1, 1)
    angle = np.arctan2(body.y - np.float32(y), body.x - np.float32(x))
    facing = np.cos(angle + np.float32(2.2))
    shade = -0.45 * tube**2 + 0.30 * tube * facing + 0.10
    canvas.layer(body, dough, shade=shade, lift=0.016, texture=0.15)
    coat = _ring(canvas, x, y, size * 0.90, 0.40, 0.045, 9)
    tube = np.clip((_away(coat, x, y, size) - np.float32(0.65)) / np.float32(0.28), -1, 1)
    angle = np.arctan2(coat.y - np.float32(y), coat.x - np.float32(x))
    facing = np.cos(angle + np.float32(2.2))
    shade = -0.30 * tube**2 + 0.30 * tube * facing + 0.08
    if not canvas.style.is_flat:
        shine = np.exp(-(((tube - 0.40) / 0.16) ** 2)) * noise.smooth_step(0.55, 1.0, facing)
        shine += np.exp(-(((tube + 0.50) / 0.14) ** 2)) * noise.smooth_step(-0.6, -1.0, facing)
        shade = shade + shine * np.float32(0.55)
    canvas.layer(coat, glaze, shade=shade, lift=0.008)
    colours = ("#f6d04d", "#4fb3d9", "#ffffff", "#e9503f", "#7cc26a", "#8a63cf")
    sprinkles: dict[int, list[list[tuple[float, float]]]] = {}
    for index in range(74):
        turn = index * 2.39996
        reach = size * (0.65 + 0.19 * math.sin(index * 7.13))
        px, py = x + math.cos(turn) * reach, y + math.sin(turn) * reach
        lean = float(rng.uniform(0, math.pi))
        dx, dy = math.cos(lean) * size * 0.034, math.sin(lean) * size * 0.034
        sprinkles.setdefault(index % len(colours), []).append(
            [(px - dx, py - dy), (px + dx, py + dy)]
        )
    for kind, lines in sprinkles.items():
        patch = shapes.strokes(canvas, lines, [size * 0.024] * len(lines))
        canvas.layer(patch, from_hex(colours[kind]), lift=0.003, ink=0.5)


def _away(patch: shapes.Patch, x: float, y: float, size: float) -> np.ndarray:
    distance: Field = np.hypot(patch.x - np.float32(x), patch.y - np.float32(y))
    return distance / np.float32(size)


def _ring(
    canvas: Canvas, x: float, y: float, size: float, hole: float, wave: float, lobes: int
) -> shapes.Patch:
    """A ring of outer radius `size`; `hole` is the share of it that is open."""
    patch = shapes.window(canvas, x - size * 1.1, y - size * 1.1, x + size * 1.1, y + size * 1.1)
    if patch.is_empty:
        return patch
    dx, dy = patch.x - np.float32(x), patch.y - np.float32(y)
    distance = np.hypot(dx, dy)
    angle = np.arctan2(dy, dx)
    edge = np.float32(size) * (1 + np.float32(wave) * np.sin(angle * lobes + np.sin(angle * 3)))
    inner = np.float32(size * hole) * (1 - np.float32(wave) * np.sin(angle * 5 + 1))
    alpha = np.clip((edge - distance) * np.float32(canvas.unit) + 0.5, 0, 1)
    patch.alpha = alpha * np.clip((distance - inner) * np.float32(canvas.unit) + 0.5, 0, 1)
    return patch


def cake(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """A layer cake on a stand, icing running down, cherries or candles on top."""
    rng = canvas.rng("cake")
    edge = canvas.bottom * 0.66
    side = -1.0 if rng.random() < 0.5 else 1.0
    paint_room(canvas, palette, edge, side=side)
    x, foot = canvas.right / 2, edge + 0.15
    size = 0.36 * canvas.style.subject
    stand = palette.lit(from_hex("#f4efe6"))
    profile = ((0.16, 0.30), (0.08, 0.22), (0.09, 0.08), (0.30, 0.0))
    paint_vessel(canvas, profile, x, foot, size, stand, side=side, mouth=False)
    plate_y = foot - size * 0.30
    for drop, tone in ((0.03, adjust(stand, lightness=-0.10)), (0.0, stand)):
        dish = shapes.ellipse(canvas, x, plate_y + size * drop, size * 1.12, size * 0.20)
        canvas.layer(dish, tone, lift=0.010 if drop else 0.0)
    icing = palette.accents[0] if palette.is_coloured else from_hex("#f39ab4")
    sponge, cream = from_hex("#e2b06a"), palette.lit(from_hex("#fbf3e2"))
    if brief.names("chocolate"):
        sponge, icing = from_hex("#6b3f26"), from_hex("#4a2817")
    high, wide = size * 0.26, size * 0.88
    base = plate_y
    for index in range(3):
        for part, colour in ((0.0, sponge), (0.78, cream)):
            low = base - high * (index + part)
            top = base - high * (index + (0.78 if part == 0.0 else 1.0))
            _paint_drum(canvas, x, low, top, wide, colour, side)
    top = base - high * 3
    points = []
    for step in range(61):
        share = step / 60
        angle = math.pi * share
        drip = 0.30 + 0.34 * abs(math.sin(share * math.pi * 5 + 0.6)) ** 1.6
        points.append((x + wide * 1.015 * math.cos(angle),
                       top + wide * 0.17 * math.sin(angle) + high * drip))  # fmt: skip
    for step in range(31):
        angle = math.pi + math.pi * step / 30
        points.append((x + wide * 1.015 * math.cos(angle), top + wide * 0.17 * math.sin(angle)))
    patch = shapes.polygon(canvas, points)
    if not patch.is_empty:
        across = (patch.x - np.float32(x)) / np.float32(wide)
        shade = np.broadcast_to(round_shade(canvas, across, side, 0.4), patch.alpha.shape)
        canvas.layer(patch, icing, shade=shade, lift=0.008)
    lid = shapes.ellipse(canvas, x, top, wide * 1.0, wide * 0.165)
    canvas.layer(lid, adjust(icing, lightness=0.05), lift=0.0, ink=0.6)
    festive = brief.wants("candles") or brief.names("birthday", "aniversario")
    number = min(brief.count or 5, 9)
    for index in range(number):
        angle = math.pi * (0.5 + (index - (number - 1) / 2) / max(number, 4) * 1.25)
        px, py = x + math.cos(angle) * wide * 0.72, top + math.sin(angle) * wide * 0.07
        if festive:
            stick = [[(px, py), (px, py - size * 0.30)]]
            tone = palette.accents[index % 4]
            canvas.layer(shapes.strokes(canvas, stick, [size * 0.045]), tone, lift=0.004)
            paint_flame(canvas, px, py - size * 0.32, size * 0.09)
        else:
            paint_ball(canvas, px, py - size * 0.07, size * 0.10, from_hex("#c42b3a"), side=side)


def _paint_drum(
    canvas: Canvas, x: float, low: float, top: float, wide: float, colour: Colour, side: float
) -> None:
    """The side of a flat round layer."""
    points = []
    for step in range(21):
        angle = math.pi * step / 20
        points.append((x + wide * math.cos(angle), low + wide * 0.17 * math.sin(angle)))
    for step in range(21):
        angle = math.pi * (1 - step / 20)
        points.append((x + wide * math.cos(angle), top + wide * 0.17 * math.sin(angle)))
    points += [(x - wide, top), (x + wide, top)]
    outline = [(x + wide, top), *points[:21], (x - wide, top)]
    patch = shapes.polygon(canvas, outline)
    if patch.is_empty:
        return
    across = (patch.x - np.float32(x)) / np.float32(wide)
    shade = np.broadcast_to(round_shade(canvas, across, side, 0.15), patch.alpha.shape)
    canvas.layer(patch, colour, shade=shade, lift=0.006, texture=0.25, ink=0.6)
