"""Below the surface: koi from above, jellyfish in the dark, a reef with fish."""

from __future__ import annotations

import math

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import Colour, adjust, even_stops, from_hex, mix, tint
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.shapes import Point


def _paint_depths(canvas: Canvas, palette: Palette, tones: list[Colour]) -> None:
    """Deep water, lighter towards the surface, with shafts of light."""
    wave = canvas.noise("current", 1.1, octaves=3) * np.float32(0.06)
    canvas.field(np.clip(canvas.y / np.float32(canvas.bottom) + wave, 0, 1), even_stops(tones))
    slanted = (canvas.x + canvas.y * np.float32(0.32)).ravel().astype(np.float32)
    rays = noise.line(slanted, canvas.rng("rays"), scale=3.2, octaves=3).reshape(
        canvas.height, canvas.width
    )
    fade = np.exp(canvas.y * np.float32(-1.9 / canvas.bottom))
    strength = np.clip(rays + 0.02, 0, 1) * fade * np.float32(0.42)
    if canvas.style.is_flat:
        strength = np.where(strength > 0.10, 0.16, 0.0).astype(np.float32)
        canvas.blend(shapes.whole(canvas, strength), mix(tones[0], from_hex("#dff4ff"), 0.5))
    else:
        canvas.light(strength, mix(tones[0], from_hex("#9adfff"), 0.35))


def jellyfish(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Glowing jellyfish in the deep: one large, the others smaller and dimmer."""
    tones = [from_hex(each) for each in ("#0d3f66", "#061d38", "#020914")]
    bodies = [from_hex(each) for each in ("#ff8ad4", "#8ab4ff", "#ffd0a8")]
    if palette.is_coloured:
        bodies = [palette.accents[0], palette.accents[1], adjust(palette.accents[0], lightness=0.2)]
        tones = [tint(each, palette.accents[-1], 0.3) for each in tones]
    _paint_depths(canvas, palette, tones)
    rng = canvas.rng("jellyfish")
    number = min(brief.count or 4, 12)
    main = 0.20 * canvas.style.subject * min(1.25, canvas.bottom)
    spots = [(0.45, 0.32), (0.80, 0.55), (0.16, 0.60), (0.84, 0.16), (0.55, 0.80), (0.1, 0.15)]
    mirror = rng.random() < 0.5
    for index in range(number - 1, -1, -1):
        px, py = spots[index] if index < len(spots) else tuple(rng.uniform(0.08, 0.92, 2).tolist())
        place = (canvas.right * (1 - px if mirror else px), canvas.bottom * py)
        size = main * (1.0 if index == 0 else float(rng.uniform(0.30, 0.5)))
        tilt = float(rng.uniform(-0.25, 0.25))
        colours = (bodies[index % 3], bodies[(index + 1) % 3])
        _paint_jelly(canvas, rng, place, size, tilt, colours, 1.0 if index == 0 else 0.55)
    _paint_motes(canvas)


def _paint_jelly(
    canvas: Canvas,
    rng: np.random.Generator,
    centre: Point,
    size: float,
    tilt: float,
    colours: tuple[Colour, Colour],
    power: float,
) -> None:
    glowing = canvas.style.medium in ("light", "brush")
    lines: list[list[Point]] = []
    widths: list[float] = []
    tentacles = 24 if not canvas.style.is_flat else 12
    for index in range(tentacles):
        start = -0.90 + 1.80 * index / (tentacles - 1)
        phase, length = float(rng.uniform(0, 6.28)), float(rng.uniform(1.5, 3.2))
        points = []
        for step in range(14):
            v = 0.18 + length * step / 13
            u = start * (1 - 0.13 * v) + 0.10 * math.sin(v * 1.9 + phase) * v * 0.6
            points.append((u, v))
        lines.append(shapes.moved(shapes.curve(points, closed=False, steps=3), *centre, size, tilt))
        widths.append(size * 0.020)
    patch = shapes.strokes(canvas, lines, widths)
    down = (patch.y - np.float32(centre[1])) / np.float32(size)
    fade = noise.smooth_step(3.2, 0.6, down) * np.float32(0.65 * power)
    _glow(canvas, patch.covering(patch.alpha * fade), colours[1], glowing)
    arms = []
    for index in range(5):
        offset, phase = (index - 2) * 0.17, float(rng.uniform(0, 6.28))
        left: list[Point] = []
        right: list[Point] = []
        for step in range(16):
            v = 0.05 + 2.2 * step / 15
            u = offset + 0.09 * math.sin(v * 2.2 + phase) * v
            half = 0.10 * math.exp(-v * 0.75) * (1 + 0.4 * math.sin(v * 17 + phase))
            left.append((u - half, v))
            right.append((u + half, v))
        arms.append(shapes.moved(left + right[::-1], *centre, size, tilt))
    patch = shapes.polygons(canvas, arms)
    down = (patch.y - np.float32(centre[1])) / np.float32(size)
    fade = noise.smooth_step(2.4, 0.2, down) * np.float32(0.50 * power)
    _glow(canvas, patch.covering(patch.alpha * fade), colours[0], glowing)
    _paint_bell(canvas, centre, size, tilt, colours, power, glowing)


def _paint_bell(
    canvas: Canvas,
    centre: Point,
    size: float,
    tilt: float,
    colours: tuple[Colour, Colour],
    power: float,
    glowing: bool,
) -> None:
    points: list[Point] = []
    for step in range(41):
        angle = math.pi * (1 + step / 40)
        points.append((math.cos(angle), math.sin(angle) * 0.86 + 0.12))
    hem = 9
    for step in range(hem * 6 + 1):
        share = step / (hem * 6)
        points.append((1 - 2 * share, 0.14 + 0.10 * abs(math.sin(share * hem * math.pi))))
    bell = shapes.polygon(canvas, shapes.moved(points, *centre, size, tilt))
    if bell.is_empty:
        return
    dx, dy = bell.x - np.float32(centre[0]), bell.y - np.float32(centre[1])
    cosine, sine = np.float32(math.cos(tilt)), np.float32(math.sin(tilt))
    u = (dx * cosine + dy * sine) / np.float32(size)
    v = (-dx * sine + dy * cosine) / np.float32(size)
    radius = np.hypot(u, (v - 0.12) / 0.86)
    spread = np.arctan2(u, -(v - 0.2))
    ribs = np.abs(np.cos(spread * 8)) ** 10 * noise.smooth_step(0.1, 0.9, radius)
    rim = np.exp(-(((radius - 0.97) / 0.05) ** 2))
    heart = np.exp(-((radius / 0.55) ** 4))
    if not glowing:
        canvas.layer(bell, mix(colours[0], colours[1], 0.15), lift=0.012)
        inner = shapes.moved([(x * 0.66, y * 0.62 - 0.02) for x, y in points], *centre, size, tilt)
        canvas.layer(
            shapes.polygon(canvas, inner).times(0.75),
            adjust(colours[1], lightness=0.06),
            lift=0.004,
        )
        canvas.blend(bell.covering(bell.alpha * ribs * 0.5), adjust(colours[0], lightness=0.14))
        return
    canvas.blend(bell.times(0.35 * power), colours[0] * np.float32(0.25))
    soft = (0.14 + 0.30 * radius**3 + 0.24 * ribs) * np.float32(power)
    canvas.light(bell.alpha * soft, colours[0], patch=bell)
    edge = (0.75 * rim + 0.22 * heart) * np.float32(power)
    canvas.light(bell.alpha * edge, colours[1], patch=bell)
    spot = np.exp(-(((u + 0.36) / 0.24) ** 2) - ((v + 0.42) / 0.12) ** 2) * np.float32(0.5 * power)
    canvas.light(bell.alpha * spot, from_hex("#fff4ec"), patch=bell)


def _glow(canvas: Canvas, patch: shapes.Patch, colour: Colour, glowing: bool) -> None:
    if patch.is_empty:
        return
    if glowing:
        canvas.light(patch.alpha * np.float32(0.9), colour, patch=patch)
    else:
        canvas.blend(patch, colour)


def _paint_motes(canvas: Canvas) -> None:
    """Specks that drift in the water."""
    rng = canvas.rng("motes")
    outlines = []
    for _ in range(int(150 * canvas.right * canvas.bottom)):
        x, y = float(rng.uniform(0, canvas.right)), float(rng.uniform(0, canvas.bottom))
        radius = 0.0008 + 0.0022 * float(rng.random()) ** 2
        outlines.append(
            [
                (x + radius * math.cos(a), y + radius * math.sin(a))
                for a in (0, 1.05, 2.1, 3.14, 4.2, 5.2)
            ]
        )
    canvas.blend(shapes.polygons(canvas, outlines).times(0.45), from_hex("#bfe2ff"))


def reef(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Fish in clear water over corals."""
    tones = [from_hex(each) for each in ("#7fd3dc", "#2a93b5", "#0d4a78", "#08274a")]
    if palette.is_night:
        tones = [mix(each, from_hex("#050d22"), 0.6) for each in tones]
    if palette.is_coloured:
        tones = [tint(each, palette.accents[-1], 0.35) for each in tones]
    _paint_depths(canvas, palette, tones)
    rng = canvas.rng("reef")
    total = canvas.count(4)
    for index in range(total):
        near = index / (total - 1)
        _paint_corals(canvas, palette, rng, near, tones)
        number = max(2, (brief.count or 9) // total + (1 if near > 0.5 else 2))
        for _ in range(number):
            size = (0.045 + 0.13 * near) * canvas.style.subject * float(rng.uniform(0.7, 1.2))
            place = (canvas.right * float(rng.uniform(0.08, 0.92)),
                     canvas.bottom * float(rng.uniform(0.12, 0.68)))  # fmt: skip
            colour = palette.accents[int(rng.integers(4))]
            water = mix(tones[1], tones[2], 0.5)
            _paint_fish(canvas, rng, place, size, mix(colour, water, 0.55 * (1 - near)))
    _paint_motes(canvas)


def _paint_corals(
    canvas: Canvas, palette: Palette, rng: np.random.Generator, near: float, tones: list[Colour]
) -> None:
    """A mound with branching corals on it."""
    floor = canvas.bottom * (0.78 + 0.20 * near)
    mound = floor - canvas.outline(f"mound {near:.2f}", 1.6, octaves=4) * 0.06
    fog = 0.75 * (1 - near)
    for _ in range(round(4 * canvas.right) + 1):
        x = float(rng.uniform(0, canvas.right))
        column = min(canvas.width - 1, int(x * canvas.unit))
        lines: list[list[Point]] = []
        widths: list[float] = []
        height = (0.10 + 0.10 * near) * float(rng.uniform(0.7, 1.3))
        _branch(rng, (x, float(mound[column]) + 0.02), -math.pi / 2, height, 5, lines, widths)
        colour = mix(palette.accents[int(rng.integers(5))], tones[2], fog)
        canvas.layer(shapes.strokes(canvas, lines, widths), colour, lift=0.008, ink=0.6)
    sand = mix(mix(from_hex("#e6d2a8"), tones[2], 0.45), tones[2], fog)
    canvas.layer(shapes.below(canvas, mound.astype(np.float32)), sand, lift=0.012, texture=0.3)


def _branch(
    rng: np.random.Generator,
    start: Point,
    angle: float,
    length: float,
    depth: int,
    lines: list[list[Point]],
    widths: list[float],
) -> None:
    end = (start[0] + math.cos(angle) * length * 0.42, start[1] + math.sin(angle) * length * 0.42)
    lines.append([start, end])
    widths.append(length * 0.13)
    if depth > 1:
        for turn in (-0.45, 0.45):
            way = angle + turn + float(rng.normal(0, 0.18))
            _branch(rng, end, way, length * 0.78, depth - 1, lines, widths)


def _paint_fish(
    canvas: Canvas, rng: np.random.Generator, centre: Point, size: float, colour: Colour
) -> None:
    way = 1 if rng.random() < 0.5 else -1
    body = shapes.curve(
        [(0.5, 0.0), (0.3, -0.20), (0.0, -0.27), (-0.3, -0.12), (-0.40, 0.0), (-0.3, 0.12),
         (0.0, 0.27), (0.3, 0.20)], steps=5,
    )  # fmt: skip
    tail = [(-0.34, 0.0), (-0.66, -0.26), (-0.58, 0.0), (-0.66, 0.26)]
    fin = shapes.curve([(0.12, -0.22), (-0.08, -0.42), (-0.26, -0.14)], steps=4)

    def placed(points: list[Point]) -> list[Point]:
        return shapes.moved([(x * way, y) for x, y in points], *centre, size)

    canvas.layer(
        shapes.polygons(canvas, [placed(tail), placed(fin)]),
        adjust(colour, lightness=-0.10),
        lift=0.004,
    )
    patch = shapes.polygon(canvas, placed(body))
    if patch.is_empty:
        return
    v = (patch.y - np.float32(centre[1])) / np.float32(size * 0.27)
    u = (patch.x - np.float32(centre[0])) / np.float32(size) * way
    shade = np.broadcast_to(-0.30 * v, patch.alpha.shape)
    canvas.layer(patch, colour, shade=shade, lift=0.006)
    if size > 0.06:
        stripes = noise.smooth_step(0.55, 0.75, np.cos(u * 17 + 1.2)) * (u < 0.32)
        pale = adjust(colour, lightness=0.22, chroma=0.5)
        canvas.layer(patch.covering(patch.alpha * stripes), pale, shade=shade, lift=0.0, ink=0.3)
    eye = placed([(0.34, -0.05)])[0]
    canvas.layer(shapes.ellipse(canvas, *eye, size * 0.045), from_hex("#fbfaf5"), lift=0.0)
    canvas.layer(shapes.ellipse(canvas, *eye, size * 0.026), from_hex("#14161a"), lift=0.0)
