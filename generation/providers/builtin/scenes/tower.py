"""Buildings by the sea: the lighthouse and the cottage beside it."""

from __future__ import annotations

import math

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import Colour, Field, from_hex, mix
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.shapes import Patch

_LAMP = "#ffd98a"


def red_or_named(palette: Palette) -> Colour:
    """The signal red of towers and roofs, unless the prompt names a colour."""
    red = from_hex("#d13b2c")
    return mix(palette.accents[0], red, 0.15) if palette.is_coloured else red


def _round_shade(patch: Patch, x: float, half: float, towards: float) -> Field:
    """Shading of an upright round wall: lit from one side."""
    across = np.clip((patch.x - np.float32(x)) / np.float32(half), -1, 1)
    facing = np.sqrt(1 - across * across)
    shade = 0.50 * towards * across + 0.30 * facing - 0.30
    return np.broadcast_to(shade, patch.alpha.shape)


def paint_lighthouse(
    canvas: Canvas,
    palette: Palette,
    x: float,
    foot: float,
    tall: float,
    *,
    lamp: bool,
    light_x: float,
) -> None:
    """A banded tower with gallery, lantern and dome; `tall` in units from the foot up."""
    towards = -1.0 if light_x < x else 1.0
    white = palette.lit(from_hex("#f6f1e6"))
    band = palette.lit(red_or_named(palette))
    dark = palette.lit(from_hex("#2b2f38"))
    low, high = tall * 0.105, tall * 0.066
    top = foot - tall * 0.80

    def half_at(share: float) -> float:
        return low + (high - low) * share

    if lamp:
        _paint_beam(canvas, x, foot - tall * 0.875, strong=palette.time != "day")
    for index in range(5):
        first, last = index / 5, (index + 1) / 5
        outline = [
            (x - half_at(first), foot - (foot - top) * first),
            (x + half_at(first), foot - (foot - top) * first),
            (x + half_at(last), foot - (foot - top) * last),
            (x - half_at(last), foot - (foot - top) * last),
        ]
        patch = shapes.polygon(canvas, outline)
        if patch.is_empty:
            continue
        shade = _round_shade(patch, x, half_at((first + last) / 2), towards)
        colour = band if index % 2 else white
        canvas.layer(patch, colour, shade=shade, lift=0.012 if index == 0 else 0.004, texture=0.10)
    glass = from_hex(_LAMP) * np.float32(1.5 if lamp else 0.0) + (
        0 if lamp else palette.lit(from_hex("#a9c0c6"))
    )
    for share in (0.16, 0.42, 0.66):
        y, size = foot - (foot - top) * share, tall * 0.016
        patch = shapes.rectangle(canvas, x - size * 0.75, y - size * 1.6, x + size * 0.75, y + size)
        canvas.layer(patch, np.clip(glass, 0, 1.6) if lamp else dark, lift=0.0, ink=0.7)
    gallery = high * 1.55
    parts: list[tuple[float, float, float, Colour]] = [
        (gallery, 0.80, 0.822, dark),
        (high * 0.78, 0.822, 0.915, np.asarray(glass, np.float32)),
    ]
    for half, start, end, colour in parts:
        box = (x - half, foot - tall * end, x + half, foot - tall * start)
        canvas.layer(shapes.rectangle(canvas, *box), colour, lift=0.004, ink=0.8)
    bars = []
    for share in (-0.78, -0.26, 0.26, 0.78):
        bars.append(
            [(x + high * share, foot - tall * 0.915), (x + high * share, foot - tall * 0.82)]
        )
    rail_y = foot - tall * 0.853
    bars.append([(x - gallery, rail_y), (x + gallery, rail_y)])
    for step in range(9):
        post = x - gallery + 2 * gallery * step / 8
        bars.append([(post, rail_y), (post, foot - tall * 0.82)])
    widths = [tall * 0.007] * 4 + [tall * 0.006] + [tall * 0.0035] * 9
    canvas.layer(shapes.strokes(canvas, bars, widths), dark, lift=0.0, ink=0.3)
    roof = [
        (x + math.cos(math.pi * step / 12) * high, foot - tall * 0.912
         - math.sin(math.pi * step / 12) * tall * 0.066)
        for step in range(13)
    ]  # fmt: skip
    patch = shapes.polygon(canvas, roof)
    if not patch.is_empty:
        canvas.layer(patch, band, shade=_round_shade(patch, x, high, towards), lift=0.006)
    tip = [[(x, foot - tall * 0.97), (x, foot - tall * 1.03)]]
    canvas.layer(shapes.strokes(canvas, tip, [tall * 0.008]), dark, lift=0.0)
    if lamp:
        distance = np.hypot(canvas.x - np.float32(x), canvas.y - np.float32(foot - tall * 0.87))
        halo = np.exp(distance * np.float32(-22)) * 0.85 + np.exp(distance * np.float32(-5)) * 0.16
        if not canvas.style.is_flat:
            canvas.light(halo.astype(np.float32), from_hex(_LAMP))


def _paint_beam(canvas: Canvas, x: float, y: float, *, strong: bool) -> None:
    """Two cones of light from the lantern."""
    across, down = canvas.x - np.float32(x), canvas.y - np.float32(y)
    distance = np.hypot(across, down)
    total = np.zeros(distance.shape, np.float32)
    for angle, power in ((math.pi + 0.09, 1.0), (0.12, 0.7)):
        along = across * np.float32(math.cos(angle)) + down * np.float32(math.sin(angle))
        off = np.abs(-across * np.float32(math.sin(angle)) + down * np.float32(math.cos(angle)))
        cone = off / np.maximum(along * np.float32(0.075) + np.float32(0.006), 1e-3)
        if canvas.style.is_flat:
            cover = np.clip((1 - cone) * np.float32(30), 0, 1)
        else:
            cover = np.exp(-(cone**2))
        beam = cover * (along > 0) * np.exp(distance * np.float32(-0.9 / power))
        total += beam * np.float32(power)
    strength = 0.55 if strong else 0.30
    if canvas.style.is_flat:
        canvas.blend(
            shapes.whole(canvas, np.clip(total * strength * 0.8, 0, 0.8)), from_hex("#fff0c4")
        )
    else:
        canvas.light(total * np.float32(strength), from_hex("#ffe6b0"))


def paint_cottage(
    canvas: Canvas, palette: Palette, x: float, ground: float, width: float, *, lights: bool
) -> None:
    """A small house with a gable roof, chimney, door and two windows."""
    # White walls would vanish in the snow.
    wall = palette.lit(from_hex("#a8714a" if palette.has_snow else "#f3ecdf"))
    roof_colour = palette.lit(red_or_named(palette))
    if palette.has_snow:
        roof_colour = palette.lit(from_hex("#eef3f8"))
    pane = from_hex(_LAMP) * np.float32(1.4) if lights else palette.lit(from_hex("#54636e"))
    dark = palette.lit(from_hex("#5a4334"))
    half, high = width / 2, width * 0.46
    chimney = (x + half * 0.42, ground - high * 2.0, x + half * 0.62, ground - high * 1.2)
    canvas.layer(shapes.rectangle(canvas, *chimney), mix(wall, dark, 0.4), lift=0.004)
    canvas.layer(
        shapes.rectangle(canvas, x - half, ground - high, x + half, ground),
        wall,
        lift=0.008,
        texture=0.1,
    )
    shaded = shapes.rectangle(canvas, x + half * 0.35, ground - high, x + half, ground)
    canvas.blend(shaded.times(0.28), palette.near)
    roof = [
        (x - half * 1.16, ground - high * 0.94),
        (x - half * 0.66, ground - high * 1.75),
        (x + half * 0.66, ground - high * 1.75),
        (x + half * 1.16, ground - high * 0.94),
    ]
    canvas.layer(shapes.polygon(canvas, roof), roof_colour, lift=0.008, texture=0.15)
    size = width * 0.085
    for share in (-0.52, 0.58):
        px, py = x + half * share, ground - high * 0.52
        box = (px - size, py - size, px + size, py + size)
        canvas.layer(shapes.rectangle(canvas, *box), pane, lift=0.0, ink=0.7)
    door = (x - size * 0.8, ground - high * 0.66, x + size * 0.8, ground)
    canvas.layer(shapes.rectangle(canvas, *door), dark, lift=0.0, ink=0.7)
    if lights and not canvas.style.is_flat:
        reach = width * 1.6
        middle = ground - high * 0.5
        near = shapes.window(canvas, x - reach, middle - reach, x + reach, middle + reach)
        if near.is_empty:
            return
        distance = np.hypot(near.x - np.float32(x), near.y - np.float32(middle)) / np.float32(width)
        glow = np.exp(distance * -2.6) * noise.smooth_step(1.6, 0.6, distance)
        canvas.light(glow * np.float32(0.20), from_hex(_LAMP), patch=near)
