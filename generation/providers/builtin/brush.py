"""Gouache: a picture painted over with bristle strokes, coarse first, fine where it matters."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from generation.providers.builtin import noise
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.colour import Field, luminance

_DIRECTIONS = 20
_LEVELS = (
    # width of the brush, distance of strokes, how different a spot must be to get one
    (0.034, 0.0190, 0.0),
    (0.017, 0.0100, 0.012),
    (0.0075, 0.0046, 0.030),
)


def paint_over(picture: Field, canvas: Canvas) -> tuple[Field, Field]:
    """The picture (sRGB, 0 to 1) in brush strokes, and the height of the paint, 0 to 1."""
    rng = canvas.rng("brush")
    small = _reduced(picture, 3)
    angles = _directions(small, canvas)
    ground = noise.blur(picture, canvas.unit * 0.006)
    sheet = Image.fromarray((np.clip(ground, 0, 1) * 255 + 0.5).astype(np.uint8))
    relief = Image.new("L", sheet.size, 128)
    for width, distance, threshold in _LEVELS:
        _paint_level(picture, angles, sheet, relief, canvas, rng, (width, distance, threshold))
    painted = np.asarray(sheet, np.float32) / np.float32(255)
    height = np.asarray(relief, np.float32) / np.float32(255)
    # Keep a breath of the drawing, or small shapes dissolve.
    painted += (picture - painted) * np.float32(0.16)
    return painted, height


def _reduced(picture: Field, factor: int) -> Field:
    rows, columns = max(2, picture.shape[0] // factor), max(2, picture.shape[1] // factor)
    channels = [
        noise.resize(picture[..., i], (rows, columns), smooth=False)
        for i in range(picture.shape[2])
    ]
    return np.stack(channels, axis=-1)


def _directions(small: Field, canvas: Canvas) -> Field:
    """The way of the brush at each pixel of `small`: along edges, else with a slow flow."""
    light = noise.blur(luminance(small), max(1.0, canvas.unit * 0.004))
    slopes: list[Field] = list(np.gradient(light))
    down, across = slopes
    # The structure tensor averages directions without cancelling opposite ones.
    spread = max(1.0, canvas.unit * 0.008)
    cosine = noise.blur(across * across - down * down, spread)
    sine = noise.blur(2 * across * down, spread)
    flow = noise.fractal(
        light.shape, canvas.rng("flow"), unit=canvas.unit / 3, scale=1.3, octaves=2
    )
    calm = np.float32(3e-5)
    cosine = cosine - calm * np.cos(flow * 2 + np.float32(0.5))
    sine = sine - calm * np.sin(flow * 2 + np.float32(0.5))
    angles: Field = np.arctan2(sine, cosine) / 2 + np.float32(math.pi / 2)
    return angles


def _stamps(width: float, unit: float, rng: np.random.Generator) -> list[list[Image.Image]]:
    """Bristle marks: for each direction, three variants as coverage masks."""
    thick = max(2.0, width * unit)
    length = thick * 2.7
    size = math.ceil(length * 1.12) | 1
    at = (np.arange(size, dtype=np.float32) - size // 2)[None, :]
    marks: list[list[Image.Image]] = []
    hairs = [rng.standard_normal(9) for _ in range(3)]
    for index in range(_DIRECTIONS):
        angle = math.pi * index / _DIRECTIONS
        variants = []
        for hair in hairs:
            along = at * math.cos(angle) + at.T * math.sin(angle)
            over = -at * math.sin(angle) + at.T * math.cos(angle)
            # A slight bow, ragged ends where single hairs lift off.
            over = over + (along / length) ** 2 * thick * 0.35
            position = np.clip((over / thick + 0.5) * 8, 0, 7.999)
            strand = np.interp(position, np.arange(9), hair).astype(np.float32)
            end = length * (0.44 + 0.05 * strand) - np.abs(along)
            side = thick * 0.5 - np.abs(over)
            cover = np.clip(np.minimum(end, side) * 0.8 + 0.5, 0, 1)
            cover *= np.clip(0.90 + 0.10 * strand, 0.55, 1)
            variants.append(Image.fromarray((cover * 255).astype(np.uint8)))
        marks.append(variants)
    return marks


def _paint_level(
    picture: Field,
    angles: Field,
    sheet: Image.Image,
    relief: Image.Image,
    canvas: Canvas,
    rng: np.random.Generator,
    level: tuple[float, float, float],
) -> None:
    width, distance, threshold = level
    unit = canvas.unit
    if width * unit < 1.6:
        return
    height_px, width_px = picture.shape[:2]
    rows = np.arange(0, height_px + distance * unit, distance * unit)
    columns = np.arange(0, width_px + distance * unit, distance * unit)
    grid = np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1).reshape(-1, 2)
    grid = grid + rng.normal(0, distance * unit * 0.38, grid.shape)
    at = np.clip(grid, 0, [height_px - 1, width_px - 1]).astype(np.int32)
    sampled = noise.blur(picture, width * unit * 0.28)
    colours = sampled[at[:, 0], at[:, 1]]
    if threshold:
        current = np.asarray(sheet, np.float32) / np.float32(255)
        error = noise.blur(np.abs(current - sampled).mean(axis=-1), width * unit * 0.5)
        wanted = error[at[:, 0], at[:, 1]] > threshold
        at, colours = at[wanted], colours[wanted]
    order = rng.permutation(len(at))
    at, colours = at[order], colours[order]
    small = np.minimum(at // 3, np.array(angles.shape) - 1)
    turns = angles[small[:, 0], small[:, 1]] + rng.normal(0, 0.16, len(at))
    bins = np.round(turns / math.pi * _DIRECTIONS).astype(np.int64) % _DIRECTIONS
    variety = rng.normal(0, 0.013 if width > 0.01 else 0.006, (len(at), 1))
    pigments = (np.clip(colours + variety, 0, 1) * 255 + 0.5).astype(np.uint8).tolist()
    variants = rng.integers(0, 3, len(at)).tolist()
    heights = rng.integers(70, 190, len(at)).tolist()
    marks = _stamps(width, unit, rng)
    half = marks[0][0].size[0] // 2
    for (row, column), way, pigment, variant, thickness in zip(
        at.tolist(), bins.tolist(), pigments, variants, heights, strict=True
    ):
        mark = marks[way][variant]
        corner = (column - half, row - half)
        sheet.paste(
            tuple(pigment), (*corner, corner[0] + mark.width, corner[1] + mark.height), mark
        )
        relief.paste(thickness, (*corner, corner[0] + mark.width, corner[1] + mark.height), mark)
