"""Changes that look at a pixel's neighbours: blur, sharpening, few colours, inversion."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageFilter, ImageOps

from generation.providers.builtin.edits.regions import Regions
from generation.providers.builtin.edits.steps import PLAIN_COLOURS, Act, Region, Step

_SOFT = 0.0075
"""Radius of a plain blur, in parts of the longest edge."""
_BEHIND = 0.0125
"""The same for what lies behind a subject."""
_SAMPLE_EDGE = 320


def detailed(image: Image.Image, step: Step, regions: Regions) -> Image.Image:
    """The picture (RGB) after such a step, only in its region."""
    mask = None if step.region is None else regions.mask(step.region)
    changed = _CHANGES[step.act](image, step, mask)
    return changed if mask is None else Image.composite(changed, image, mask)


def _blur(image: Image.Image, step: Step, mask: Image.Image | None) -> Image.Image:
    is_behind = step.region is Region.BACKGROUND
    radius = max(image.size) * (_BEHIND if is_behind else _SOFT) * abs(step.amount)
    if mask is None:
        return image.filter(ImageFilter.GaussianBlur(radius))
    # Only what lies in the mask is mixed: the subject leaves no halo in what is behind it.
    alone = image.copy()
    alone.putalpha(mask)
    blurred = alone.convert("RGBa").filter(ImageFilter.GaussianBlur(radius)).convert("RGBA")
    return blurred.convert("RGB")


def _sharpen(image: Image.Image, step: Step, mask: Image.Image | None) -> Image.Image:
    if step.amount < 0:
        return _blur(image, Step(Act.BLUR, amount=0.35 * -step.amount), mask)
    fine = max(0.8, max(image.size) * 0.0011)
    return image.filter(ImageFilter.UnsharpMask(fine, round(120 * step.amount), 2))


def _posterize(image: Image.Image, step: Step, mask: Image.Image | None) -> Image.Image:
    count = max(2, round(PLAIN_COLOURS / abs(step.amount)))
    flat = image.filter(ImageFilter.GaussianBlur(max(image.size) * 0.0018))
    sample = image.copy()
    sample.thumbnail((_SAMPLE_EDGE, _SAMPLE_EDGE), Image.Resampling.BOX)
    palette = sample.quantize(count, Image.Quantize.MAXCOVERAGE, kmeans=2)
    areas = flat.quantize(palette=palette, dither=Image.Dither.NONE)
    return areas.convert("RGB")


def _invert(image: Image.Image, step: Step, mask: Image.Image | None) -> Image.Image:
    return ImageOps.invert(image)


_CHANGES: dict[Act, Callable[[Image.Image, Step, Image.Image | None], Image.Image]] = {
    Act.BLUR: _blur,
    Act.SHARPEN: _sharpen,
    Act.POSTERIZE: _posterize,
    Act.INVERT: _invert,
}
DETAILED = frozenset(_CHANGES)
"""The acts that `detailed` does."""
