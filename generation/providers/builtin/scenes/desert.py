"""Sand dunes, and a caravan if one is asked for."""

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
    from_hex,
    mix,
)
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.land import (
    hill_crest,
)
from generation.providers.builtin.scenes.sky import Sky, horizon_of, paint_sky
from generation.providers.builtin.scenes.weather import paint_weather


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
