"""The inside of a forest: trunks in layers of haze, a canopy, light from between them."""

from __future__ import annotations

import math

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import Colour, Field, adjust, even_stops, from_hex, mix
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes.land import hill_crest, with_conifers
from generation.providers.builtin.scenes.sky import Sky, distance_from, paint_disc, paint_stars
from generation.providers.builtin.scenes.weather import paint_weather
from generation.providers.builtin.shapes import Point

_CONIFERS = ("pine", "pines", "fir", "firs", "pinheiro", "pinheiros", "spruce", "taiga")


def forest(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Trunks and leaves, or ranks of firs when pines, winter or a moonlit night are asked for."""
    sky = _paint_air(canvas, brief, palette)
    if brief.names(*_CONIFERS) or palette.has_snow:
        _paint_firs(canvas, brief, palette)
    else:
        _paint_trunks(canvas, brief, palette, sky)
    if brief.season == "autumn":
        _paint_falling_leaves(canvas, palette)
    paint_weather(canvas, brief, palette, sky)


def _paint_air(canvas: Canvas, brief: Brief, palette: Palette) -> Sky:
    rng = canvas.rng("air")
    green = mix(palette.foliage[0], palette.haze, 0.55)
    top = mix(palette.sky[1], green, 0.35)
    stops = even_stops([top, mix(palette.haze, green, 0.25), mix(palette.haze, green, 0.5)])
    canvas.field(np.broadcast_to(canvas.y / np.float32(canvas.bottom), canvas.rgb.shape[:2]), stops)
    x = canvas.right * float(rng.uniform(0.36, 0.64))
    y = canvas.bottom * (0.24 if palette.time in ("day", "night") else 0.42)
    if palette.has_stars:
        paint_stars(canvas, canvas.bottom * 0.6, amount=0.6)
    distance = distance_from(canvas, x, y)
    power = 0.35 if palette.is_night else 0.75
    glow = np.exp(distance * np.float32(-2.2)) * 0.5 + np.exp(distance * np.float32(-6)) * 0.5
    canvas.light((glow * power).astype(np.float32), palette.light)
    if palette.is_night or canvas.style.is_flat:
        paint_disc(canvas, palette, x, y, moon=palette.is_night)
    return Sky(x, y, canvas.bottom * 0.72, True)


def _paint_trunks(canvas: Canvas, brief: Brief, palette: Palette, sky: Sky) -> None:
    rng = canvas.rng("trunks")
    total = canvas.count(6)
    haze = mix(palette.haze, palette.foliage[0], 0.30)
    for index in range(total):
        near = index / (total - 1)
        bark = mix(mix(haze, palette.near, 0.30), palette.near, near**0.8)
        crest = hill_crest(
            canvas, f"floor {index}", canvas.bottom * (0.72 + 0.22 * near), 0.05, 1.2
        )
        outlines, limbs, widths = _trunks(canvas, rng, near, sky.x, crest)
        if outlines:
            patch = shapes.polygons(canvas, outlines)
            canvas.layer(patch, bark, lift=0.006 + 0.014 * near, ink=0.4 + 0.5 * near, texture=0.15)
        if limbs:
            canvas.layer(shapes.strokes(canvas, limbs, widths), bark, lift=0.004, ink=0.3)
        if index and not (canvas.style.is_flat and near == 1):
            _paint_canopy(canvas, palette, index, near, sky, haze)
        floor = mix(mix(palette.ground[0], haze, 0.6), palette.ground[1], near)
        floor = mix(floor, palette.near, 0.45 * near)
        patch = shapes.below(canvas, crest)
        if not patch.is_empty:
            pool = np.exp(np.abs(patch.x - np.float32(sky.x)) * np.float32(-3.5))
            shade = np.broadcast_to(pool * (0.45 - 0.2 * near), patch.alpha.shape)
            continuous = not canvas.style.is_flat
            canvas.layer(
                patch, floor, shade=shade if continuous else None,
                lift=0.008 + 0.01 * near, texture=0.35, ink=0.5,
            )  # fmt: skip
        if not canvas.style.is_flat and near < 0.85:
            _paint_shafts(canvas, palette, sky, index, near)
    if brief.names("path", "trail", "trilha", "caminho", "road", "estrada"):
        _paint_path(canvas, palette, sky)


def _trunks(
    canvas: Canvas, rng: np.random.Generator, near: float, clear: float, crest: Field
) -> tuple[list[list[Point]], list[list[Point]], list[float]]:
    """Tapered, slightly leaning trunks with limbs; the near ones leave a view at `clear`."""
    number = max(2, round((15 - 11 * near) * canvas.right))
    outlines: list[list[Point]] = []
    limbs: list[list[Point]] = []
    widths: list[float] = []
    for index in range(number):
        x = canvas.right * (index + float(rng.uniform(0.15, 0.85))) / number
        if near > 0.4 and abs(x - clear) < 0.20:
            x = clear + math.copysign(0.24 + 0.1 * float(rng.random()), x - clear)
        half = (0.005 + 0.028 * near**1.5) * float(rng.uniform(0.75, 1.3))
        column = min(len(crest) - 1, max(0, int(x * canvas.unit)))
        foot = float(crest[column]) + 0.03
        lean = float(rng.normal(0, 0.035))
        bends = rng.normal(0, 0.25, 7)
        left: list[Point] = []
        right: list[Point] = []
        for step in range(7):
            share = step / 6
            y = foot - (foot + 0.06) * share
            middle = x + lean * share + half * float(bends[step]) * 0.6
            width = half * (1.0 - 0.35 * share + 0.9 * math.exp(-share * 18))
            left.append((middle - width, y))
            right.append((middle + width, y))
        outlines.append(
            shapes.curve(left, closed=False, steps=4)
            + shapes.curve(right[::-1], closed=False, steps=4)
        )
        for _ in range(2 if near < 0.8 else 3):
            share = float(rng.uniform(0.35, 0.95))
            start = (x + lean * share, foot - (foot + 0.06) * share)
            way = -1.0 if rng.random() < 0.5 else 1.0
            length = (0.05 + 0.12 * near) * float(rng.uniform(0.6, 1.4))
            middle_point = (start[0] + way * length * 0.55, start[1] - length * 0.22)
            end = (start[0] + way * length, start[1] - length * 0.70)
            limbs.append(shapes.curve([start, middle_point, end], closed=False, steps=5))
            widths.append(half * 0.55)
    return outlines, limbs, widths


def _paint_canopy(
    canvas: Canvas, palette: Palette, index: int, near: float, sky: Sky, haze: Colour
) -> None:
    """Leaves around the light: dense above and at the sides."""
    scale = (7.5 - 3.5 * near) * (0.8 if canvas.style.is_flat else 1.0)
    octaves = {"paper": 3, "pencil": 4}.get(canvas.style.medium, 6)
    leaves = canvas.noise(f"leaves {index}", scale, octaves=octaves, gain=0.6)
    away = np.abs(canvas.x - np.float32(sky.x)) / np.float32(canvas.right)
    height = canvas.y / np.float32(canvas.bottom)
    dense = -0.02 + 0.85 * away - 1.25 * height + 0.16 * near
    edge = 0.10 if canvas.style.steps == 0 else 0.012
    cover = noise.smooth_step(0.0, edge, leaves * (0.7 if canvas.style.is_flat else 1.1) + dense)
    tone = mix(palette.foliage[0], palette.foliage[2], near**0.8)
    tone = mix(mix(tone, haze, 0.55), mix(tone, palette.near, 0.35), near)
    shade = None
    if not canvas.style.is_flat:
        distance = distance_from(canvas, sky.x, sky.y)
        shade = leaves * 0.30 + np.exp(distance * np.float32(-2.4)) * 0.9 * (1 - 0.6 * near)
    canvas.layer(
        shapes.whole(canvas, cover * 0.96), tone, shade=shade, texture=0.22, lift=0.012, ink=0.35
    )


def _paint_shafts(canvas: Canvas, palette: Palette, sky: Sky, index: int, near: float) -> None:
    """Rays that fan out from the light."""
    angle = np.arctan2(canvas.x - np.float32(sky.x), canvas.y - np.float32(sky.y - 0.35))
    rays = noise.line(
        (angle.ravel() * 2.2 + 8).astype(np.float32),
        canvas.rng(f"rays {index}"), scale=2.4, octaves=3,
    ).reshape(angle.shape)  # fmt: skip
    distance = distance_from(canvas, sky.x, sky.y)
    fade = np.exp(distance * np.float32(-1.5)) * noise.smooth_step(
        canvas.bottom * 1.02, canvas.bottom * 0.4, canvas.y
    )
    strength = np.clip(rays + 0.08, 0, 1) * fade * np.float32(0.30 * (1 - 0.5 * near))
    if palette.is_night:
        strength = strength * 0.5
    canvas.light(strength.astype(np.float32), palette.light)


def _paint_path(canvas: Canvas, palette: Palette, sky: Sky) -> None:
    """A path that winds from the viewer towards the light."""
    left: list[Point] = []
    right: list[Point] = []
    top = canvas.bottom * 0.80
    for step in range(12):
        share = step / 11
        y = canvas.bottom + 0.03 - (canvas.bottom + 0.03 - top) * share
        half = 0.17 * (1 - share) ** 1.5 + 0.008
        middle = sky.x + 0.10 * math.sin(share * 4.2) * (1 - share * 0.6)
        left.append((middle - half, y))
        right.append((middle + half, y))
    outline = shapes.curve(left, closed=False) + shapes.curve(right[::-1], closed=False)
    sand = palette.lit(from_hex("#d9bd8c" if not palette.has_snow else "#eef3f7"))
    colour = mix(sand, palette.near, 0.25)
    canvas.layer(shapes.polygon(canvas, outline), colour, lift=0.006, texture=0.3, ink=0.6)


def _paint_firs(canvas: Canvas, brief: Brief, palette: Palette) -> None:
    """Ranks of firs, snow on them in winter, on a gently falling ground."""
    total = canvas.count(6)
    rank = (
        palette.foliage[2] if not palette.has_snow else mix(palette.foliage[2], palette.near, 0.2)
    )
    white = palette.lit(from_hex("#eef4fa"))
    for index in range(total):
        near = index / (total - 1)
        crest = hill_crest(canvas, f"rank {index}", canvas.bottom * (0.58 + 0.36 * near), 0.06, 1.3)
        height = (0.16 + 0.46 * near**1.4) * min(1.35, canvas.bottom)
        density = 26 - 21 * near
        firs = with_conifers(canvas, crest, f"rank firs {index}", height=height, density=density)
        colour = mix(mix(rank, palette.haze, 0.72), mix(rank, palette.near, 0.5), near**0.8)
        patch = shapes.below(canvas, firs)
        shade = None
        if not canvas.style.is_flat and not patch.is_empty:
            down = np.maximum(patch.y - firs[None, :], 0)
            shade = 0.35 * np.exp(down * np.float32(-24))
        canvas.layer(
            patch,
            colour,
            shade=shade,
            lift=0.008 + 0.014 * near,
            texture=0.25,
            ink=0.4 + 0.5 * near,
        )
        if palette.has_snow:
            _paint_snow_caps(canvas, firs, crest, mix(white, colour, 0.25 * (1 - near)))
        ground = mix(palette.ground[0], palette.haze, 0.55 * (1 - near))
        land = shapes.below(canvas, crest)
        if palette.has_snow:
            ground = mix(white, palette.sky[2], 0.18 + 0.25 * (1 - near))
        else:
            ground = mix(ground, palette.near, 0.25 + 0.45 * near)
        canvas.layer(land, ground, lift=0.006, texture=0.12, ink=0.4)


def _paint_snow_caps(canvas: Canvas, firs: Field, crest: Field, white: Colour) -> None:
    """Snow on the boughs: white down from each tip, in patches."""
    patch = shapes.below(canvas, firs)
    if patch.is_empty:
        return
    down = patch.y - firs[None, :]
    clumps = canvas.noise("clumps", 18, octaves=3)[patch.rows]
    # Layers that follow the silhouette downwards, broken where the boughs are bare.
    tier = np.float32(0.050)
    inside = (down / tier) % 1
    thick = 0.42 + clumps * 0.38 - down * 0.9
    above = patch.y < crest[None, :]
    cover = np.clip((thick - inside) * 7 + 0.5, 0, 1) * above
    canvas.blend(patch.covering(patch.alpha * cover * np.float32(0.9)), white)


def _paint_falling_leaves(canvas: Canvas, palette: Palette) -> None:
    rng = canvas.rng("falling")
    leaf = [(-1.0, 0.0), (-0.3, -0.42), (0.5, -0.30), (1.0, 0.0), (0.5, 0.30), (-0.3, 0.42)]
    for index in range(3):
        outlines = []
        for _ in range(int(26 * canvas.right * canvas.bottom)):
            place = (float(rng.uniform(0, canvas.right)), float(rng.uniform(0.1, canvas.bottom)))
            size = float(rng.uniform(0.004, 0.013))
            outlines.append(shapes.moved(leaf, *place, size, float(rng.uniform(0, 6.28))))
        tone = adjust(palette.foliage[min(index, 1)], lightness=0.06 - 0.05 * index, chroma=1.1)
        canvas.layer(shapes.polygons(canvas, outlines), tone, lift=0.004, ink=0.4)
