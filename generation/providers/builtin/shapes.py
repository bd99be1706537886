"""Geometry: the frame with its coordinates, and anti-aliased coverage of shapes in it.

Coordinates are in picture units: the short side is 1, x runs from 0 to `frame.right`,
y from 0 (top) to `frame.bottom`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from generation.providers.builtin.colour import Field

Point = tuple[float, float]
_OVERSAMPLING = 3


class Frame:
    """The size of a picture and its pixel centres in picture units."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.unit = float(min(width, height))
        """Pixels in one picture unit."""
        self.right, self.bottom = width / self.unit, height / self.unit
        self.x = ((np.arange(width, dtype=np.float32) + 0.5) / np.float32(self.unit))[None, :]
        self.y = ((np.arange(height, dtype=np.float32) + 0.5) / np.float32(self.unit))[:, None]

    @property
    def pixel(self) -> float:
        """The size of a pixel in picture units."""
        return 1 / self.unit


@dataclass
class Patch:
    """Coverage 0 to 1 of a rectangle of the picture, with the coordinates of its pixels."""

    alpha: Field
    top: int
    left: int
    x: Field
    y: Field

    @property
    def rows(self) -> slice:
        """The picture rows it covers."""
        return slice(self.top, self.top + self.alpha.shape[0])

    @property
    def columns(self) -> slice:
        """The picture columns it covers."""
        return slice(self.left, self.left + self.alpha.shape[1])

    @property
    def is_empty(self) -> bool:
        """Whether it lies wholly outside the picture."""
        return self.alpha.size == 0

    def times(self, factor: Field | float) -> Patch:
        """The same patch with its coverage multiplied."""
        return self.covering(self.alpha * factor)

    def outer_part(self) -> Patch:
        """Without the rows at its foot that are wholly covered: their rim is elsewhere."""
        if self.is_empty or self.alpha[-1].min() < 1:
            return self
        full = self.alpha.min(axis=1) >= 1
        open_rows = np.flatnonzero(~full)
        end = int(open_rows[-1]) + 1 if len(open_rows) else 0
        return Patch(self.alpha[:end], self.top, self.left, self.x, self.y[:end])

    def covering(self, alpha: Field) -> Patch:
        """The same rectangle with another coverage."""
        return Patch(alpha, self.top, self.left, self.x, self.y)


def whole(frame: Frame, alpha: Field | float = 1.0) -> Patch:
    """A patch over the whole picture."""
    full = np.broadcast_to(np.asarray(alpha, np.float32), (frame.height, frame.width))
    return Patch(full, 0, 0, frame.x, frame.y)


def window(frame: Frame, x0: float, y0: float, x1: float, y1: float) -> Patch:
    """A fully covered rectangle snapped outwards to pixels, cut at the frame."""
    left, right = (
        max(0, min(frame.width, bound))
        for bound in (math.floor(x0 * frame.unit), math.ceil(x1 * frame.unit))
    )
    top, bottom = (
        max(0, min(frame.height, bound))
        for bound in (math.floor(y0 * frame.unit), math.ceil(y1 * frame.unit))
    )
    right, bottom = max(left, right), max(top, bottom)
    alpha = np.ones((bottom - top, right - left), np.float32)
    return Patch(alpha, top, left, frame.x[:, left:right], frame.y[top:bottom])


def below(frame: Frame, edge: Field, *, floor: float | None = None) -> Patch:
    """Everything below a line: `edge` holds a y for each column; `floor` cuts the bottom."""
    bottom = frame.bottom if floor is None else floor
    patch = window(frame, 0, float(edge.min()) - 2 * frame.pixel, frame.right, bottom)
    depth = (patch.y - edge[None, :].astype(np.float32)) * np.float32(frame.unit)
    patch.alpha = np.clip(depth + 0.5, 0, 1)
    if floor is not None:
        patch.alpha *= np.clip((floor - patch.y) * np.float32(frame.unit) + 0.5, 0, 1)
    return patch


def _drawn(frame: Frame, points: Iterable[Point], margin: float) -> tuple[Patch, int]:
    """An empty patch around the points, and how finely to draw it."""
    xs, ys = zip(*points, strict=True)
    patch = window(frame, min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin)
    large = patch.alpha.size > 600_000
    return patch, 2 if large else _OVERSAMPLING


def _coverage(image: Image.Image, factor: int) -> Field:
    return np.asarray(image.reduce(factor), np.float32) / np.float32(255)


def polygons(frame: Frame, outlines: Sequence[Sequence[Point]]) -> Patch:
    """The union of filled outlines."""
    outlines = [outline for outline in outlines if len(outline) > 2]
    margin = 2 * frame.pixel
    patch, factor = _drawn(frame, [point for outline in outlines for point in outline], margin)
    if patch.is_empty:
        return patch
    rows, columns = patch.alpha.shape
    image = Image.new("L", (columns * factor, rows * factor))
    draw = ImageDraw.Draw(image)
    for outline in outlines:
        draw.polygon(_pixels(outline, frame, patch, factor), fill=255)
    patch.alpha = _coverage(image, factor)
    return patch


def polygon(frame: Frame, points: Sequence[Point]) -> Patch:
    """A filled outline."""
    return polygons(frame, [points])


def strokes(frame: Frame, lines: Sequence[Sequence[Point]], widths: Sequence[float]) -> Patch:
    """Open lines with round ends; one width (in units) for each."""
    margin = max(widths) + 2 * frame.pixel
    patch, factor = _drawn(frame, [point for each in lines for point in each], margin)
    if patch.is_empty:
        return patch
    rows, columns = patch.alpha.shape
    image = Image.new("L", (columns * factor, rows * factor))
    draw = ImageDraw.Draw(image)
    for points, width in zip(lines, widths, strict=True):
        thickness = max(1, round(width * frame.unit * factor))
        pixels = _pixels(points, frame, patch, factor)
        draw.line(pixels, fill=255, width=thickness, joint="curve")
        if thickness > 3:
            radius = thickness / 2
            for x, y in (pixels[0], pixels[-1]):
                draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    patch.alpha = _coverage(image, factor)
    return patch


def ellipse(frame: Frame, x: float, y: float, across: float, down: float | None = None) -> Patch:
    """A filled ellipse with its radii in units."""
    down = across if down is None else down
    margin = 2 * frame.pixel
    patch = window(
        frame, x - across - margin, y - down - margin, x + across + margin, y + down + margin
    )
    distance = np.hypot((patch.x - x) / across, (patch.y - y) / down)
    edge = min(across, down) * frame.unit
    patch.alpha = np.clip((1 - distance) * np.float32(edge) + 0.5, 0, 1)
    return patch


def rectangle(frame: Frame, x0: float, y0: float, x1: float, y1: float) -> Patch:
    """A filled rectangle with soft pixel edges."""
    return polygon(frame, [(x0, y0), (x1, y0), (x1, y1), (x0, y1)])


def curve(points: Sequence[Point], *, closed: bool = True, steps: int = 8) -> list[Point]:
    """A smooth (Catmull-Rom) line through the points."""
    count = len(points)
    if closed:
        padded = [points[-1], *points, points[0], points[1 % count]]
        spans = count
    else:
        padded = [points[0], *points, points[-1]]
        spans = count - 1
    knots = np.array(padded, np.float64)
    at = np.linspace(0, 1, steps, endpoint=False)[:, None]
    smooth: list[Point] = []
    for index in range(spans):
        a, b, c, d = knots[index : index + 4]
        part = 0.5 * (
            2 * b
            + (c - a) * at
            + (2 * a - 5 * b + 4 * c - d) * at**2
            + (3 * b - a - 3 * c + d) * at**3
        )
        smooth.extend((float(x), float(y)) for x, y in part)
    if not closed:
        smooth.append((float(points[-1][0]), float(points[-1][1])))
    return smooth


def moved(
    points: Sequence[Point], x: float, y: float, scale: float = 1.0, turn: float = 0.0
) -> list[Point]:
    """Points scaled, turned (radians, clockwise on screen) and shifted to (x, y)."""
    cosine, sine = math.cos(turn) * scale, math.sin(turn) * scale
    return [(x + px * cosine - py * sine, y + px * sine + py * cosine) for px, py in points]


def mirrored(points: Sequence[Point]) -> list[Point]:
    """Half an outline (right side, from top to bottom) completed by its mirror at x = 0."""
    return [*points, *[(-x, y) for x, y in reversed(points) if abs(x) > 1e-9]]


def _pixels(points: Sequence[Point], frame: Frame, patch: Patch, factor: int) -> list[Point]:
    unit = frame.unit * factor
    left, top = patch.left * factor, patch.top * factor
    return [(x * unit - left - 0.5, y * unit - top - 0.5) for x, y in points]
