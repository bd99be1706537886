"""The northern lights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import (
    Colour,
    from_hex,
    look_up,
    mix,
    ramp,
)
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.land import (
    mountain_crest,
    paint_ridge,
    with_conifers,
)
from generation.providers.builtin.scenes.sky import Sky, horizon_of, paint_stars
from generation.providers.builtin.scenes.water import paint_water
from generation.providers.builtin.scenes.weather import paint_weather


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
    rays = noise.line(x + fold * 0.2, rng, scale=7 if flat else 12, octaves=2 if flat else 4)
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
            tone = mix(colours[1], colours[0], share) * np.float32(0.55 + 0.4 * share)
            canvas.layer(shapes.whole(canvas, edge * 0.70), tone, lift=0.006, ink=0.2)
    else:
        canvas.blend(shapes.whole(canvas, np.clip(strength * 0.85, 0, 0.95)), tones)
