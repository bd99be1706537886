"""Arch within arch, a view of the sea at the end."""

from __future__ import annotations

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import (
    Colour,
    adjust,
    from_hex,
    mix,
)
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.sky import Sky, paint_sky
from generation.providers.builtin.scenes.vessels import paint_ball
from generation.providers.builtin.scenes.water import paint_water
from generation.providers.builtin.scenes.weather import paint_weather


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
