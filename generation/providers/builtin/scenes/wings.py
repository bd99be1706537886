"""A bird on a branch, a butterfly."""

from __future__ import annotations

import math

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import Colour, adjust, even_stops, from_hex, mix
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.fields import blossom_outline
from generation.providers.builtin.scenes.sky import paint_sky
from generation.providers.builtin.scenes.weather import paint_weather
from generation.providers.builtin.shapes import Point

_BODY = [
    (0.40, -0.30), (0.36, -0.46), (0.22, -0.52), (0.10, -0.44), (0.02, -0.28), (-0.18, -0.12),
    (-0.34, 0.06), (-0.30, 0.14), (-0.10, 0.22), (0.12, 0.20), (0.28, 0.06), (0.36, -0.12),
]  # fmt: skip
_WING = [
    (0.10, -0.20), (-0.08, -0.14), (-0.30, 0.02), (-0.52, 0.20), (-0.30, 0.20), (-0.06, 0.14),
    (0.12, 0.02), (0.16, -0.12),
]  # fmt: skip
_TAIL = [(-0.26, 0.04), (-0.78, 0.30), (-0.72, 0.40), (-0.24, 0.17)]


def bird(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """A songbird (or toucan, or parrot) on a branch with leaves or blossoms."""
    rng = canvas.rng("bird")
    sky = paint_sky(canvas, brief, palette, canvas.bottom, clouds=0.6)
    _paint_blur(canvas, palette)
    side = 1.0 if rng.random() < 0.5 else -1.0
    number = min(brief.count or 1, 4)
    low = canvas.bottom * 0.66
    branch = [
        (-0.05, low + 0.10), (canvas.right * 0.3, low + 0.03), (canvas.right * 0.55, low + 0.02),
        (canvas.right * 0.8, low - 0.03), (canvas.right + 0.05, low - 0.11),
    ]  # fmt: skip
    if side < 0:
        branch = [(canvas.right - x, y) for x, y in branch][::-1]
    line = shapes.curve(branch, closed=False, steps=10)
    bark = mix(palette.lit(from_hex("#5d4332")), palette.near, 0.25)
    twigs, widths = [line], [0.026]
    for index in (7, 17, 27, 34):
        x, y = line[index]
        up = -1 if index % 2 else 1
        end = (x + side * 0.16, y + up * 0.13)
        twigs.append(shapes.curve([(x, y), (x + side * 0.09, y + up * 0.04), end], closed=False))
        widths.append(0.010)
    canvas.layer(shapes.strokes(canvas, twigs, widths), bark, lift=0.012, texture=0.2)
    _paint_leaves(canvas, brief, palette, rng, twigs)
    size = 0.52 * canvas.style.subject / (1 + 0.35 * (number - 1))
    ordered = sorted(line)
    xs, ys = [point[0] for point in ordered], [point[1] for point in ordered]
    for index in range(number):
        share = 0.5 + (index - (number - 1) / 2) * 0.27
        x = canvas.right * share
        y = float(np.interp(x, xs, ys)) - size * 0.20
        colours = _plumage(brief, palette, index)
        _paint_bird(canvas, brief, palette, (x, y), size, side, colours)
    paint_weather(canvas, brief, palette, sky)


def _plumage(brief: Brief, palette: Palette, index: int) -> tuple[Colour, Colour, Colour]:
    """Back, breast, beak."""
    kinds = {
        "toucan": ("#1d1d22", "#f6efe0", "#f08a24"), "tucano": ("#1d1d22", "#f6efe0", "#f08a24"),
        "parrot": ("#2f9e57", "#e8412f", "#3a3430"), "papagaio": ("#2f9e57", "#f0c93a", "#3a3430"),
        "macaw": ("#2a6fd0", "#f2b63a", "#2d2a28"), "arara": ("#2a6fd0", "#f2b63a", "#2d2a28"),
        "robin": ("#7a5a42", "#e2643a", "#3c3026"), "flamingo": ("#f28aa5", "#f7b3c2", "#2c2a2a"),
        "kingfisher": ("#1f86b8", "#e98a3a", "#2c2a2a"),
    }  # fmt: skip
    for word, colours in kinds.items():
        if brief.names(word, word + "s"):
            back, breast, beak = (from_hex(each) for each in colours)
            return back, breast, beak
    base = palette.accents[(index * 2) % 5]
    if float(base.mean()) > 0.75:
        base = palette.accents[3]
    return base, mix(palette.accents[1], from_hex("#f6dcb0"), 0.4), from_hex("#e09a3a")


def _paint_blur(canvas: Canvas, palette: Palette) -> None:
    """Foliage far out of focus."""
    rng = canvas.rng("blur")
    number = int((10 if canvas.style.is_flat else 26) * canvas.right * canvas.bottom)
    for index in range(number):
        x, y = float(rng.uniform(0, canvas.right)), float(rng.uniform(0, canvas.bottom))
        radius = float(rng.uniform(0.05, 0.15))
        tone = mix(palette.foliage[index % 2], palette.haze, 0.45)
        disc = shapes.ellipse(canvas, x, y, radius)
        canvas.veil(disc.times(0.30), tone)
    if canvas.style.medium in ("light", "brush"):
        canvas.rgb[:] = noise.blur(canvas.rgb, canvas.unit * 0.022)


def _paint_leaves(
    canvas: Canvas,
    brief: Brief,
    palette: Palette,
    rng: np.random.Generator,
    twigs: list[list[Point]],
) -> None:
    half = [(0.0, 0.0), (0.26, -0.32), (0.20, -0.72), (0.0, -1.0)]
    leaf = shapes.mirrored(shapes.curve(half, closed=False, steps=5))
    blossoms = brief.season == "spring" or brief.wants("flowers")
    for twig in twigs:
        for index in range(3, len(twig), 4):
            x, y = twig[index]
            for turn in (-0.9, 0.8):
                angle = turn + float(rng.normal(0, 0.35))
                long = float(rng.uniform(0.06, 0.11))
                tone = palette.foliage[int(rng.integers(2))]
                patch = shapes.polygon(canvas, shapes.moved(leaf, x, y, long, angle))
                if patch.is_empty:
                    continue
                over = (patch.x - np.float32(x)) * np.float32(math.cos(angle)) + (
                    patch.y - np.float32(y)
                ) * np.float32(math.sin(angle))
                shade = np.where(over > 0, 0.14, -0.16).astype(np.float32)
                canvas.layer(patch, tone, shade=shade, lift=0.007)
            if blossoms and rng.random() < 0.8:
                spot = (x + float(rng.normal(0, 0.02)), y + float(rng.normal(0, 0.02)))
                outline = blossom_outline(*spot, 0.030, 5, float(rng.uniform(0, 6)))
                pink = palette.lit(from_hex("#f8c4d4"))
                canvas.layer(shapes.polygon(canvas, outline), pink, lift=0.006)
                canvas.layer(shapes.ellipse(canvas, *spot, 0.008), from_hex("#e6a23c"), lift=0.0)


def _paint_bird(
    canvas: Canvas,
    brief: Brief,
    palette: Palette,
    centre: Point,
    size: float,
    side: float,
    colours: tuple[Colour, Colour, Colour],
) -> None:
    light = np.clip(palette.ambient * 0.6 + 0.4, 0, 1)
    back, breast, beak = (np.clip(each * light, 0, 1) for each in colours)

    def placed(points: list[Point]) -> list[Point]:
        return shapes.moved([(x * side, y) for x, y in points], *centre, size)

    legs = [placed([(0.02, 0.18), (0.03, 0.30)]), placed([(0.12, 0.17), (0.14, 0.29)])]
    canvas.layer(shapes.strokes(canvas, legs, [size * 0.022] * 2), from_hex("#5a4030"), lift=0.0)
    canvas.layer(shapes.polygon(canvas, placed(_TAIL)), adjust(back, lightness=-0.12), lift=0.008)
    big = brief.names("toucan", "tucano", "tucanos", "toucans")
    bill = [(0.33, -0.42), (0.52, -0.34), (0.33, -0.28)]
    if big:
        bill = shapes.curve(
            [(0.30, -0.46), (0.60, -0.47), (0.82, -0.26), (0.62, -0.30), (0.30, -0.27)]
        )
    canvas.layer(shapes.polygon(canvas, placed(bill)), beak, lift=0.008)
    patch = shapes.polygon(canvas, placed(shapes.curve(_BODY, steps=6)))
    if patch.is_empty:
        return
    u = (patch.x - np.float32(centre[0])) / np.float32(size) * np.float32(side)
    v = (patch.y - np.float32(centre[1])) / np.float32(size)
    fluff = canvas.grain(patch) * np.float32(0.0 if canvas.style.is_flat else 0.10)
    shade = (0.10 - 0.55 * np.clip(v + 0.12, -0.3, 0.5) + fluff).astype(np.float32)
    canvas.layer(patch, back, shade=shade, lift=0.014)
    belly = noise.smooth_step(-0.02, 0.03, u * 0.75 + v * 0.62 + 0.04 - 0.10 * (v < -0.30))
    canvas.layer(patch.covering(patch.alpha * belly), breast, shade=shade, lift=0.0, ink=0.25)
    wing = shapes.polygon(canvas, placed(shapes.curve(_WING, steps=5)))
    canvas.layer(wing, adjust(back, lightness=-0.07), lift=0.008, texture=0.15)
    feathers = [
        placed([(0.02 - 0.05 * row, 0.02 + 0.035 * row), (-0.34 - 0.03 * row, 0.10 + 0.035 * row)])
        for row in range(3)
    ]
    canvas.layer(
        shapes.strokes(canvas, feathers, [size * 0.011] * 3), adjust(back, lightness=-0.18),
        lift=0.0, ink=0.4,
    )  # fmt: skip
    eye = placed([(0.255, -0.375)])[0]
    canvas.layer(shapes.ellipse(canvas, *eye, size * 0.036), from_hex("#f7f2e6"), lift=0.0, ink=0.6)
    canvas.layer(shapes.ellipse(canvas, *eye, size * 0.026), from_hex("#15120f"), lift=0.0, ink=0.0)
    spot = (eye[0] - size * 0.008, eye[1] - size * 0.010)
    canvas.layer(
        shapes.ellipse(canvas, *spot, size * 0.008), from_hex("#ffffff"), lift=0.0, ink=0.0
    )


def butterfly(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """A butterfly with spread wings over soft blossoms."""
    rng = canvas.rng("butterfly")
    ground = mix(palette.foliage[2], palette.near, 0.3)
    soft = canvas.noise("meadow", 1.4, octaves=3)
    stops = even_stops([ground, palette.foliage[1], mix(palette.foliage[0], palette.haze, 0.5)])
    canvas.field(
        np.clip(0.62 + soft * 0.5 - 0.35 * canvas.y / np.float32(canvas.bottom), 0, 1), stops
    )
    _paint_blur(canvas, palette)
    for _ in range(int(9 * canvas.right * canvas.bottom)):
        x, y = float(rng.uniform(0, canvas.right)), float(rng.uniform(0.55, 1.0)) * canvas.bottom
        tone = mix(palette.accents[int(rng.integers(3))], palette.haze, 0.2)
        radius = float(rng.uniform(0.03, 0.07))
        outline = blossom_outline(x, y, radius, 6, float(rng.uniform(0, 6)))
        canvas.layer(shapes.polygon(canvas, outline), tone, lift=0.008, texture=0.2, ink=0.7)
        canvas.layer(shapes.ellipse(canvas, x, y, radius * 0.28), from_hex("#f3c74a"), lift=0.003)
    number = min(brief.count or 1, 7)
    for index in range(number):
        size = 0.40 * canvas.style.subject * (1.0 if index == 0 else float(rng.uniform(0.3, 0.45)))
        x, y = canvas.right * 0.5, canvas.bottom * 0.46
        if index:
            x = canvas.right * float(rng.uniform(0.12, 0.88))
            y = canvas.bottom * float(rng.uniform(0.10, 0.85))
        base = palette.accents[index % 5] if palette.is_coloured or index else palette.accents[0]
        _paint_butterfly(canvas, (x, y), size, float(rng.normal(0, 0.25)), base)


def _paint_butterfly(
    canvas: Canvas, centre: Point, size: float, turn: float, colour: Colour
) -> None:
    upper = shapes.curve(
        [(0.03, -0.10), (0.24, -0.52), (0.66, -0.76), (0.92, -0.62), (0.84, -0.24), (0.52, -0.02),
         (0.08, 0.02)], steps=6,
    )  # fmt: skip
    lower = shapes.curve(
        [(0.04, 0.0), (0.44, 0.04), (0.68, 0.26), (0.56, 0.60), (0.34, 0.66), (0.14, 0.40)], steps=6
    )
    dark = mix(adjust(colour, lightness=-0.35), from_hex("#15131a"), 0.6)
    pale = adjust(colour, lightness=0.20)

    def both(points: list[Point], scale: float, middle: Point) -> list[list[Point]]:
        shrunk = [
            (middle[0] + (x - middle[0]) * scale, middle[1] + (y - middle[1]) * scale)
            for x, y in points
        ]
        return [shapes.moved([(x * s, y) for x, y in shrunk], *centre, size, turn) for s in (1, -1)]

    whole_wings = shapes.polygons(canvas, both(lower, 1, (0, 0)) + both(upper, 1, (0, 0)))
    canvas.shadow(whole_wings, 0.35, size * 0.05, size * 0.03, size * 0.08)
    for points, middle in ((lower, (0.34, 0.30)), (upper, (0.50, -0.34))):
        canvas.layer(shapes.polygons(canvas, both(points, 1, middle)), dark, lift=0.010)
        patch = shapes.polygons(canvas, both(points, 0.80, middle))
        if patch.is_empty:
            continue
        away = np.hypot(patch.x - np.float32(centre[0]), patch.y - np.float32(centre[1]))
        shade = (0.28 - 0.65 * away / np.float32(size)).astype(np.float32)
        canvas.layer(patch, colour, shade=shade, lift=0.004, ink=0.5, texture=0.1)
    veins = []
    for s in (1, -1):
        for end in ((0.80, -0.60), (0.78, -0.36), (0.56, -0.14), (0.56, 0.30), (0.40, 0.52)):
            veins.append(
                shapes.moved([(0.05 * s, -0.04), (end[0] * s, end[1])], *centre, size, turn)
            )
    patch = shapes.strokes(canvas, veins, [size * 0.010] * len(veins))
    canvas.layer(patch.times(0.7), dark, lift=0.0, ink=0.3)
    spots = []
    for s in (1, -1):
        for x, y, radius in ((0.80, -0.60, 0.030), (0.84, -0.46, 0.024), (0.78, -0.33, 0.02),
                             (0.56, 0.42, 0.026), (0.46, 0.55, 0.022)):  # fmt: skip
            ring = [
                (x * s + radius * math.cos(a), y + radius * math.sin(a))
                for a in np.arange(0, 6.2, 0.6)
            ]
            spots.append(shapes.moved(ring, *centre, size, turn))
    canvas.layer(shapes.polygons(canvas, spots), pale, lift=0.0, ink=0.4)
    body = shapes.curve([(0.0, -0.24), (0.045, -0.10), (0.04, 0.15), (0.0, 0.46), (-0.04, 0.15),
                         (-0.045, -0.10)])  # fmt: skip
    feelers = [
        shapes.moved(
            shapes.curve([(0.01 * s, -0.22), (0.08 * s, -0.40), (0.20 * s, -0.50)], closed=False),
            *centre, size, turn,
        )
        for s in (1, -1)
    ]  # fmt: skip
    canvas.layer(shapes.strokes(canvas, feelers, [size * 0.012] * 2), dark, lift=0.0, ink=0.5)
    canvas.layer(shapes.polygon(canvas, shapes.moved(body, *centre, size, turn)), dark, lift=0.008)
