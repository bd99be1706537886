"""Drawing what the camera sees: the window alone, or a sheet that bends with the depth."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generation.providers.builtin.clips.camera import View
from generation.providers.builtin.clips.depth import Depth
from generation.providers.builtin.colour import Field

_CELL = 32
_FINE_CELL = 20
"""Pixels of the squares of the sheet; water needs finer ones."""
_INSIDE = 0.01
"""Pixels: Pillow paints what lies on the very edge black."""
_WAVE = 0.0035
"""Height of a ripple in parts of the frame's height."""
_WAVES = 26.0
"""Ripples from the top of the frame to its bottom."""


def flat(picture: Image.Image, view: View, size: tuple[int, int]) -> Image.Image:
    """The window, sampled between pixels: a slow move does not tremble."""
    return picture.resize(size, Image.Resampling.BICUBIC, box=view.box)


class Sheet:
    """A picture on a sheet whose near parts move more. Keeps what is the same for every frame."""

    def __init__(
        self, picture: Image.Image, size: tuple[int, int], depth: Depth, *, has_water: bool
    ) -> None:
        self._picture, self._size, self._depth = picture, size, depth
        self._has_water = has_water
        cell = _FINE_CELL if has_water else _CELL
        self._x = _edges(size[0], cell)
        self._y = _edges(size[1], cell)
        self._targets = [
            (int(left), int(top), int(right), int(bottom))
            for top, bottom in zip(self._y[:-1], self._y[1:], strict=True)
            for left, right in zip(self._x[:-1], self._x[1:], strict=True)
        ]
        self._across: Field = (self._x / np.float32(size[0]))[None, :]
        self._down: Field = (self._y / np.float32(size[1]))[:, None]

    def drawn(self, view: View, seconds: float) -> Image.Image:
        """The frame at this view. `seconds` is the time for what moves in the picture."""
        x, y = self._sources(view, seconds)
        corners = np.stack(
            [
                *(x[:-1, :-1], y[:-1, :-1], x[1:, :-1], y[1:, :-1]),
                *(x[1:, 1:], y[1:, 1:], x[:-1, 1:], y[:-1, 1:]),
            ],
            axis=-1,
        )
        sources = corners.reshape(-1, 8).tolist()
        mesh: Any = list(zip(self._targets, sources, strict=True))
        return self._picture.transform(
            self._size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR
        )

    def _sources(self, view: View, seconds: float) -> tuple[Field, Field]:
        """Where in the picture each corner of the sheet's squares is looked for."""
        x = view.left + self._across * view.width + 0 * self._down
        y = view.top + self._down * view.height + 0 * self._across
        near = self._read(self._depth.near, x, y) - np.float32(0.5)
        grown = 1 - view.dolly * near
        middle = (view.left + view.width / 2, view.top + view.height / 2)
        moved_x = middle[0] + (x - middle[0]) * grown + view.shift[0] * view.width * near
        moved_y = middle[1] + (y - middle[1]) * grown + view.shift[1] * view.height * near
        if self._has_water:
            water = self._read(self._depth.water, x, y) * np.float32(_WAVE * view.height)
            phase = 2 * math.pi * (self._down * _WAVES * (1.4 - 0.7 * self._down) - 0.9 * seconds)
            moved_x = moved_x + water * np.sin(phase + 9 * self._across) * 1.6
            moved_y = moved_y + water * np.sin(0.73 * phase + 14 * self._across + 1.3 * seconds)
        width, height = self._picture.size
        return (
            np.clip(moved_x, _INSIDE, width - _INSIDE),
            np.clip(moved_y, _INSIDE, height - _INSIDE),
        )

    def _read(self, field: Field, x: Field, y: Field) -> Field:
        """A small field at places of the picture, between its values."""
        rows, columns = field.shape
        width, height = self._picture.size
        across = np.clip(x / width * columns - 0.5, 0, columns - 1.001)
        down = np.clip(y / height * rows - 0.5, 0, rows - 1.001)
        left, top = across.astype(np.int64), down.astype(np.int64)
        part_across, part_down = across - left, down - top
        upper = field[top, left] * (1 - part_across) + field[top, left + 1] * part_across
        lower = field[top + 1, left] * (1 - part_across) + field[top + 1, left + 1] * part_across
        between: Field = upper * (1 - part_down) + lower * part_down
        return between


def _edges(length: int, cell: int) -> NDArray[np.int64]:
    count = max(1, round(length / cell))
    return np.rint(np.linspace(0, length, count + 1)).astype(np.int64)
