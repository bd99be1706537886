"""What falls through the air and glitters on water, laid over the frames.

Every layer is one seamless tile that is moved on by whole pixels: nothing has to be drawn anew.
"""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from generation.providers.builtin.clips.camera import View
from generation.providers.builtin.clips.depth import Depth
from generation.providers.builtin.clips.film import FRAMES_PER_SECOND
from generation.providers.builtin.colour import Field

_OVER = 2
"""Tiles are drawn so much larger, for smooth edges."""
_LAYERS = (0.4, 0.65, 1.0)
"""Nearness of the layers, far ones first."""
_GLITTER = 0.75
"""How much of a light on water covers what is below it."""


class Snow:
    """Three depths of flakes that sway as they fall."""

    def __init__(self, size: tuple[int, int], rng: np.random.Generator) -> None:
        self._size = size
        self._tiles = [self._tile(near, rng) for near in _LAYERS]
        self._phases = rng.uniform(0, 2 * math.pi, len(_LAYERS))

    def _tile(self, near: float, rng: np.random.Generator) -> Image.Image:
        width, height = self._size
        tile = Image.new("L", self._size)
        draw = ImageDraw.Draw(tile)
        count = round(170 / near * width / max(height, 1) * 0.75)
        for across, down, large in rng.random((count, 3)):
            radius = near * height * (0.0025 + 0.0035 * large)
            x, y = across * width, down * height
            light = round(255 * (0.45 + 0.5 * near * (0.5 + large / 2)))
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=light)
        return tile.filter(ImageFilter.GaussianBlur(max(0.6, height * 0.0012 / near)))

    def laid_over(self, frame: Image.Image, number: int, view: View) -> None:
        """Let it snow on one frame."""
        for near, tile, phase in zip(_LAYERS, self._tiles, self._phases, strict=True):
            fallen = number * max(1, round(self._size[1] * 0.0065 * near))
            seconds = number / FRAMES_PER_SECOND
            sway = math.sin(phase + 1.3 * seconds) * self._size[1] * 0.02 * near
            frame.paste((248, 250, 255), (0, 0), ImageChops.offset(tile, round(sway), fallen))


class Rain:
    """Three depths of slanting streaks."""

    def __init__(self, size: tuple[int, int], rng: np.random.Generator) -> None:
        self._size = size
        self._tiles = [self._tile(near, rng) for near in _LAYERS]

    def _tile(self, near: float, rng: np.random.Generator) -> Image.Image:
        width, height = (side * _OVER for side in self._size)
        tile = Image.new("L", (width, height))
        draw = ImageDraw.Draw(tile)
        count = round(150 / near * self._size[0] / max(self._size[1], 1))
        thick = max(1, round(height * 0.0016 * near))
        for across, down, large in rng.random((count, 3)):
            long = height * near * (0.035 + 0.05 * large)
            x, y = across * width, down * height
            light = round(60 + 80 * near * (0.5 + large / 2))
            for up in (0, height):  # what leaves below comes in above
                draw.line((x, y - up, x + long * 0.12, y + long - up), fill=light, width=thick)
        return tile.reduce(_OVER)

    def laid_over(self, frame: Image.Image, number: int, view: View) -> None:
        """Let it rain on one frame."""
        for near, tile in zip(_LAYERS, self._tiles, strict=True):
            step = max(2, round(self._size[1] * 0.055 * near))
            moved = ImageChops.offset(tile, round(number * step * 0.12), number * step)
            frame.paste((214, 224, 236), (0, 0), moved)


class Glitter:
    """Lights that come and go where the water is."""

    def __init__(
        self,
        size: tuple[int, int],
        picture: tuple[int, int],
        depth: Depth,
        rng: np.random.Generator,
    ) -> None:
        """`size` is that of a frame, `picture` that of what the camera looks at."""
        self._water = _as_mask(depth.water * np.float32(_GLITTER))
        self._scale = self._water.width / picture[0], self._water.height / picture[1]
        self._tiles = [self._tile(size, rng) for _ in range(2)]
        self._step = max(1, round(size[1] / 480))

    @staticmethod
    def _tile(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
        width, height = size
        tile = Image.new("L", size)
        draw = ImageDraw.Draw(tile)
        for across, down, large in rng.random((900, 3)):
            x, y = across * width, down * height
            wide = height * (0.006 + 0.012 * large)
            draw.ellipse((x - wide, y - wide / 4, x + wide, y + wide / 4), fill=255)
        return tile.filter(ImageFilter.GaussianBlur(max(0.7, height * 0.0016)))

    def laid_over(self, frame: Image.Image, number: int, view: View) -> None:
        """Let the water of one frame glitter: light is where lights of both tiles meet."""
        way = number * self._step
        first = ImageChops.offset(self._tiles[0], way, number // 3)
        second = ImageChops.offset(self._tiles[1], -way, -(number // 4))
        across, down = self._scale
        left, top, right, bottom = view.box
        seen = (left * across, top * down, right * across, bottom * down)
        where = self._water.resize(frame.size, Image.Resampling.BILINEAR, box=seen)
        lit = ImageChops.multiply(ImageChops.multiply(first, second), where)
        frame.paste((255, 252, 244), (0, 0), lit)


def _as_mask(field: Field) -> Image.Image:
    return Image.fromarray((np.clip(field, 0, 1) * 255 + 0.5).astype(np.uint8))
