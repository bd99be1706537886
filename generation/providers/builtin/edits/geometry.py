"""Turning, mirroring and cropping. Quarter turns and crops leave every pixel as it is."""

from __future__ import annotations

import math
from collections.abc import Callable

from PIL import Image

from generation.providers.builtin.edits.steps import Act, Region, Step

_ZOOM = 1.35
_QUARTERS = {
    1: Image.Transpose.ROTATE_270,  # Pillow turns against the clock
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_90,
}


def reshaped(image: Image.Image, step: Step) -> Image.Image:
    """The picture, of any mode, after such a step."""
    return _CHANGES[step.act](image, step)


def _mirror(image: Image.Image, step: Step) -> Image.Image:
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def _flip(image: Image.Image, step: Step) -> Image.Image:
    return image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def _rotate(image: Image.Image, step: Step) -> Image.Image:
    quarters = round(step.degrees / 90)
    rest = step.degrees - 90 * quarters
    if quarters % 4:
        image = image.transpose(_QUARTERS[quarters % 4])
    if abs(rest) < 0.05:
        return image
    width, height = image.size
    turned = image.rotate(-rest, Image.Resampling.BICUBIC)
    # The largest upright part of the same ratio that has no empty corner.
    angle = math.radians(abs(rest))
    scale = 1 / (math.cos(angle) + max(width / height, height / width) * math.sin(angle))
    return _centred(turned, int(width * scale) - 1, int(height * scale) - 1)


def _crop(image: Image.Image, step: Step) -> Image.Image:
    across, down = step.ratio or (1, 1)
    width, height = image.size
    new_width = min(width, max(1, round(height * across / down)))
    new_height = min(height, max(1, round(width * down / across)))
    left, top = (width - new_width) // 2, (height - new_height) // 2
    if step.region is Region.LEFT:
        left = 0
    elif step.region is Region.RIGHT:
        left = width - new_width
    elif step.region is Region.TOP:
        top = 0
    elif step.region is Region.BOTTOM:
        top = height - new_height
    return image.crop((left, top, left + new_width, top + new_height))


def _zoom(image: Image.Image, step: Step) -> Image.Image:
    factor = _ZOOM ** max(0.2, abs(step.amount))
    inner = _centred(image, round(image.width / factor), round(image.height / factor))
    return inner.resize(image.size, Image.Resampling.LANCZOS)


def _centred(image: Image.Image, width: int, height: int) -> Image.Image:
    width, height = max(1, width), max(1, height)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


_CHANGES: dict[Act, Callable[[Image.Image, Step], Image.Image]] = {
    Act.MIRROR: _mirror,
    Act.FLIP: _flip,
    Act.ROTATE: _rotate,
    Act.CROP: _crop,
    Act.ZOOM: _zoom,
}
RESHAPED = frozenset(_CHANGES)
"""The acts that `reshaped` does."""
