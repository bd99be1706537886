"""Pictures of nothing in particular: marble, cut contours, shapes, spheres, flowing bands."""

from __future__ import annotations

import math

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import Colour, Field, adjust, even_stops, from_hex, mix
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.vessels import paint_ball

_RAMPS = (
    "#07161c #0f4a52 #3f9a92 #e6dcc4 #fbf4e6",
    "#2a0f24 #8a2f4a #e0866a #f6d9bd #fff6ea",
    "#0d1530 #2a3f86 #6f8fd0 #e3d9e6 #fff6ee",
    "#1b1440 #5a2a6a #c4496a #f59b6a #ffd9a0",
    "#0c2340 #1d5f75 #4aa3a0 #a9d6c2 #f3ead2",
    "#14201a #2f5c46 #86a873 #e6dcae #fbf6e6",
)


def tones_of(canvas: Canvas, brief: Brief, palette: Palette) -> list[Colour]:
    """Five colours from dark to light, in the named colours if there are any."""
    if palette.is_coloured:
        base = palette.accents[0]
        other = (
            palette.accents[1] if len(brief.colours) > 1 else adjust(base, lightness=0.18, turn=0.3)
        )
        return [
            mix(adjust(base, lightness=-0.42), from_hex("#0a0c14"), 0.35),
            adjust(base, lightness=-0.16),
            base,
            mix(other, from_hex("#fff6ea"), 0.35),
            mix(other, from_hex("#fffaf2"), 0.86),
        ]
    choice = int(canvas.rng("ramp").integers(len(_RAMPS)))
    tones = [from_hex(each) for each in _RAMPS[choice].split()]
    if brief.time == "night" or "dark" in brief.moods:
        tones = [adjust(each, lightness=-0.14) for each in tones]
    if "pastel" in brief.moods:
        tones = [mix(each, from_hex("#fdf6f0"), 0.45) for each in tones]
    return tones


def marble(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Ink drawn through liquid: noise bent by noise, veins of gold."""
    tones = tones_of(canvas, brief, palette)
    scale = np.float32(0.15 / canvas.style.subject)
    fine = 4 if canvas.style.detail > 0.3 else 2
    tiled = noise.tile(canvas.rng("first"), cells=8, octaves=fine, gain=0.5)
    other = noise.tile(canvas.rng("second"), cells=8, octaves=fine, gain=0.5)
    down, across = canvas.y * scale, canvas.x * scale
    first_down = noise.sample_tile(tiled, down, across)
    first_across = noise.sample_tile(other, down + 0.31, across + 0.17)
    bend = np.float32(0.20)
    second_down = noise.sample_tile(other, down + first_down * bend, across + first_across * bend)
    second_across = noise.sample_tile(
        tiled, down + first_down * bend + 0.53, across + first_across * bend + 0.29
    )
    body = noise.sample_tile(tiled, down + second_down * bend, across + second_across * bend)
    position = np.clip(0.52 + body * 0.80 + second_down * 0.25, 0, 1)
    canvas.field(position, even_stops(tones), steps=7 if canvas.style.is_flat else 0)
    if canvas.style.medium in ("light", "brush"):
        slopes: list[Field] = list(np.gradient(body))
        slope_down, slope_across = slopes
        light = 1 - (slope_down * 0.62 + slope_across * 0.5) * np.float32(canvas.unit * 0.030)
        canvas.rgb *= np.clip(light, 0.80, 1.22)[..., None]
    vein = np.abs(noise.sample_tile(other, down * 1.1 + second_across * 0.16 + 0.7,
                                    across * 1.1 + second_down * 0.16))  # fmt: skip
    line = np.exp(-((vein / np.float32(0.016)) ** 2)) * noise.smooth_step(-0.1, 0.35, first_down)
    gold = from_hex("#e2b565") if "gold" not in brief.avoided else tones[4]
    shine = 0.75 + 0.5 * np.clip(body + 0.4, 0, 1)
    if canvas.style.is_flat:
        canvas.blend(shapes.whole(canvas, np.clip(line * 3 - 1, 0, 1)), gold)
    else:
        canvas.blend(shapes.whole(canvas, np.clip(line * 0.9, 0, 1)), gold * shine[..., None])


def contours(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Sheets of paper cut along contours, bright at the bottom of the hollow."""
    tones = tones_of(canvas, brief, palette)[::-1]
    rng = canvas.rng("hollow")
    x = canvas.right * float(rng.uniform(0.38, 0.62))
    y = canvas.bottom * float(rng.uniform(0.36, 0.58))
    span = max(canvas.right, canvas.bottom) ** 0.7
    away = np.hypot((canvas.x - np.float32(x)) / np.float32(span),
                    (canvas.y - np.float32(y)) / np.float32(span))  # fmt: skip
    wave = canvas.noise("contour", 1.5, octaves=3, gain=0.42)
    position = np.clip(away * 1.25 + wave * 0.42 + 0.05, 0, 0.999)
    steps = 11
    if canvas.style.medium in ("light", "brush"):
        _paint_soft_contours(canvas, position, tones, steps)
    else:
        canvas.field(position, even_stops(tones), steps=steps)


def _paint_soft_contours(canvas: Canvas, position: Field, tones: list[Colour], steps: int) -> None:
    """Contours with photographic shadows under each edge."""
    table = even_stops(tones)
    canvas.field(np.zeros_like(position), table)
    for index in range(1, steps):
        edge = np.clip((position - index / steps) * np.float32(canvas.unit * 0.6) + 0.5, 0, 1)
        sheet = shapes.whole(canvas, edge)
        canvas.shadow(sheet, 0.34, 0.014, 0.004, 0.012)
        share = index / (steps - 1)
        low = min(int(share * (len(tones) - 1)), len(tones) - 2)
        tone = mix(tones[low], tones[low + 1], share * (len(tones) - 1) - low)
        light = 1.04 - 0.10 * canvas.y / np.float32(canvas.bottom) + np.zeros_like(canvas.x)
        canvas.blend(sheet, tone * light[..., None])


def geometric(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """A grid of quarter discs, half discs, triangles and bars."""
    rng = canvas.rng("geometric")
    colours = [*palette.accents]
    paper = from_hex("#f2e8d5") if not palette.is_night else from_hex("#1a2233")
    if not palette.is_coloured:
        colours[1] = paper
    canvas.field(np.zeros(canvas.rgb.shape[:2], np.float32), [(0.0, paper), (1.0, paper)])
    short = 4 if canvas.style.subject < 1.1 else 3
    cell = 1 / short
    columns, rows = math.ceil(canvas.right / cell), math.ceil(canvas.bottom / cell)
    left = (canvas.right - columns * cell) / 2
    top = (canvas.bottom - rows * cell) / 2
    for row in range(rows):
        for column in range(columns):
            x, y = left + column * cell, top + row * cell
            ground, first, second = (colours[int(each)] for each in rng.permutation(5)[:3])
            box = shapes.rectangle(canvas, x, y, x + cell, y + cell)
            canvas.layer(box, ground, lift=0.0, ink=0.3, texture=0.15)
            _paint_motif(canvas, rng, x, y, cell, first, second)


def _paint_motif(
    canvas: Canvas,
    rng: np.random.Generator,
    x: float,
    y: float,
    cell: float,
    first: Colour,
    second: Colour,
) -> None:
    kind, turn = int(rng.integers(6)), int(rng.integers(4)) * math.pi / 2
    middle = (x + cell / 2, y + cell / 2)

    def sector(
        radius: float, centre: tuple[float, float], start: float, end: float
    ) -> shapes.Patch:
        points = [centre]
        for step in range(33):
            angle = start + (end - start) * step / 32
            points.append(
                (centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle))
            )
        return shapes.polygon(
            canvas, shapes.moved([(px, py) for px, py in points], *middle, cell, turn)
        )

    half = 0.5
    if kind == 0:
        for radius, colour in ((1.0, first), (0.66, second), (0.33, first)):
            canvas.layer(sector(radius, (-half, -half), 0, math.pi / 2), colour, texture=0.2)
    elif kind == 1:
        canvas.layer(sector(half, (0.0, 0.0), 0, math.tau), first, texture=0.2)
        canvas.layer(sector(half, (0.0, 0.0), 0, math.pi), second, lift=0.004, texture=0.2)
    elif kind == 2:
        triangle = [(-half, half), (half, half), (half, -half)]
        patch = shapes.polygon(canvas, shapes.moved(triangle, *middle, cell, turn))
        canvas.layer(patch, first, texture=0.2)
    elif kind == 3:
        for index in range(3):
            low = -half + index / 3
            bar = [(-half, low), (half, low), (half, low + 1 / 6), (-half, low + 1 / 6)]
            patch = shapes.polygon(canvas, shapes.moved(bar, *middle, cell, turn))
            canvas.layer(patch, first if index % 2 else second, lift=0.006, texture=0.2)
    elif kind == 4:
        canvas.layer(sector(0.36, (0.0, 0.0), 0, math.tau), first, texture=0.2)
        canvas.layer(sector(0.16, (0.0, 0.0), 0, math.tau), second, lift=0.006, texture=0.2)
    else:
        canvas.layer(sector(half, (0.0, -half), 0, math.pi), first, texture=0.2)
        canvas.layer(sector(half, (0.0, 0.0), 0, math.pi), second, lift=0.006, texture=0.2)


def spheres(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Balls of all sizes on a seamless ground, in soft light."""
    rng = canvas.rng("spheres")
    wall = mix(palette.backdrop[0], from_hex("#f4efe8"), 0.45)
    if palette.is_night:
        wall = from_hex("#27314a")
    horizon = canvas.bottom * 0.60
    down = noise.smooth_step(horizon - 0.25, horizon + 0.30, canvas.y) + np.zeros_like(canvas.x)
    across = canvas.x / np.float32(canvas.right) * np.float32(0.35)
    stops = [(0.0, adjust(wall, lightness=0.04)), (1.0, adjust(wall, lightness=-0.09))]
    canvas.field(np.clip(down * 0.55 + across, 0, 1), stops, steps=4 if canvas.style.is_flat else 0)
    number = min(brief.count or 11, 30)
    placed: list[tuple[float, float, float]] = []
    for index in range(number):
        radius = 0.20 * canvas.style.subject * (0.80**index if index < 9 else 0.17)
        radius *= float(rng.uniform(0.85, 1.1))
        best, room = (canvas.right / 2, horizon + 0.1), -9.0
        for _ in range(40):
            x = canvas.right / 2 + float(rng.normal(0, 0.15)) * canvas.right
            ground = horizon + float(rng.uniform(0.02, 0.30)) * (canvas.bottom - horizon) / 0.4
            x = min(canvas.right - radius - 0.02, max(radius + 0.02, x))
            ground = min(canvas.bottom - 0.04, ground)
            space = min(
                (math.dist((x, ground - radius), (px, py)) - (radius + pr) * 0.97
                 for px, py, pr in placed), default=1.0,
            )  # fmt: skip
            # Close together, but not inside each other.
            score = -abs(space - 0.01) if space > -0.01 else space * 6 - 1
            if score > room:
                best, room = (x, ground), score
        placed.append((best[0], best[1] - radius, radius))
    for index, (x, y, radius) in enumerate(sorted(placed, key=lambda each: each[1] + each[2])):
        colour = palette.accents[index % 5]
        paint_ball(canvas, x, y, radius, colour, gloss=0.3, ground=y + radius)


def abstract(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Flowing bands of colour, one over the other, with a disc of light."""
    tones = tones_of(canvas, brief, palette)
    rng = canvas.rng("abstract")
    fall = canvas.y / np.float32(canvas.bottom) + canvas.noise("air", 0.8, octaves=2) * np.float32(
        0.12
    )
    canvas.field(np.clip(fall, 0, 1), even_stops([tones[4], tones[3], tones[2]]))
    x, y = (
        canvas.right * float(rng.uniform(0.3, 0.7)),
        canvas.bottom * float(rng.uniform(0.24, 0.4)),
    )
    radius = 0.17 * canvas.style.subject
    disc = (
        mix(tones[3], from_hex("#fff3d8"), 0.4) if not palette.is_coloured else palette.accents[1]
    )
    canvas.layer(shapes.ellipse(canvas, x, y, radius), disc, lift=0.014)
    total = canvas.count(11)
    slope = float(rng.uniform(-0.35, 0.35)) / canvas.right
    for index in range(total):
        near = index / (total - 1)
        line = noise.line(canvas.x[0], canvas.rng(f"band {index}"), scale=1.3, octaves=2, gain=0.3)
        base = canvas.bottom * (0.36 + 0.56 * near) + slope * (canvas.x[0] - canvas.right / 2)
        edge = (base - line * 0.34 * (1 - 0.4 * near)).astype(np.float32)
        share = 1 - near
        low = min(int(share * 4), 3)
        colour = mix(tones[low], tones[low + 1], share * 4 - low)
        if index % 3 == 2:
            colour = mix(colour, palette.accents[index % 5], 0.75)
        patch = shapes.below(canvas, edge)
        if patch.is_empty:
            continue
        shade = None
        if not canvas.style.is_flat:
            down = np.maximum(patch.y - edge[None, :], 0)
            shade = 0.22 * np.exp(down * np.float32(-7)) - 0.10
            canvas.shadow(patch, 0.30, 0.022, 0.0, -0.012)
        canvas.layer(patch, colour, shade=shade, lift=0.016, texture=0.10)
