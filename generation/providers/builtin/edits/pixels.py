"""Passing over a picture strip by strip, in OKLab: even a large one needs little memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from generation.providers.builtin.colour import (
    FROM_LAB,
    FROM_LMS,
    TO_LAB,
    TO_LMS,
    Field,
    decode,
    encode,
)
from generation.providers.builtin.edits.steps import Region

STRIP_PIXELS = 1 << 18

_DECODED = decode(np.arange(256) / 255).astype(np.float32)
_STEPS = 4096
_ENCODED = encode((np.arange(_STEPS) / (_STEPS - 1)) ** 2).astype(np.float32) * np.float32(255)
"""sRGB by the square root of linear light: even enough in the darks."""
_RGB_TO_LMS = np.ascontiguousarray(TO_LMS.T, np.float32)
_LMS_TO_LAB = np.ascontiguousarray(TO_LAB.T, np.float32)
_LAB_TO_LMS = np.ascontiguousarray(FROM_LAB.T, np.float32)
_LMS_TO_RGB = np.ascontiguousarray(FROM_LMS.T, np.float32)
_OUTSIDE = 0.004


@dataclass(frozen=True)
class Place:
    """Where a strip lies, and what is known of its pixels."""

    x: Field
    """0 at the left edge to 1 at the right one; shape (1, columns)."""
    y: Field
    """0 at the top edge to 1 at the bottom one; shape (rows, 1)."""
    ratio: float
    """Width over height of the picture."""
    edge: int
    """Longest edge of the picture in pixels."""
    masks: Mapping[Region, Field]
    """How much each pixel belongs to a region, 0 to 1; shape (rows, columns)."""
    rng: np.random.Generator


Toning = Callable[[Field, Place], Field]
"""Changes OKLab values of shape (rows, columns, 3). It may write into what it is given."""


def to_lab(pixels: Field) -> Field:
    """8-bit sRGB of shape (..., 3) to OKLab."""
    lab: Field = np.cbrt(_DECODED[pixels] @ _RGB_TO_LMS) @ _LMS_TO_LAB
    return lab


def from_lab(lab: Field, rng: np.random.Generator) -> Field:
    """OKLab to 8-bit sRGB. Colours outside the gamut lose chroma, not their hue or lightness."""
    np.clip(lab[..., 0], 0, 1, out=lab[..., 0])
    linear = _to_linear(lab)
    outside = (linear.min(-1) < -_OUTSIDE) | (linear.max(-1) > 1 + _OUTSIDE)
    if outside.any():
        linear[outside] = _within_gamut(lab[outside])
    index = np.sqrt(np.clip(linear, 0, 1)) * np.float32(_STEPS - 1)
    encoded = _ENCODED[(index + np.float32(0.5)).astype(np.int32)]
    # A little noise instead of a plain rounding: a graded sky shows no steps.
    encoded += rng.random(encoded.shape[:-1], np.float32)[..., None]
    pixels: Field = np.minimum(encoded, np.float32(255)).astype(np.uint8)
    return pixels


def _to_linear(lab: Field) -> Field:
    linear: Field = (lab @ _LAB_TO_LMS) ** 3 @ _LMS_TO_RGB
    return linear


def _within_gamut(lab: Field) -> Field:
    """Linear RGB of some colours, each with the most of its chroma that fits (bisection)."""
    low = np.zeros(len(lab), np.float32)
    high = np.ones(len(lab), np.float32)
    tried = lab.copy()
    for _ in range(5):
        middle = (low + high) / 2
        tried[:, 1:] = lab[:, 1:] * middle[:, None]
        linear = _to_linear(tried)
        fits = (linear.min(-1) >= -_OUTSIDE) & (linear.max(-1) <= 1 + _OUTSIDE)
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    tried[:, 1:] = lab[:, 1:] * low[:, None]
    return _to_linear(tried)


def toned(
    image: Image.Image,
    tonings: Sequence[Toning],
    masks: Mapping[Region, Image.Image],
    rng: np.random.Generator,
) -> Image.Image:
    """The picture (RGB) after all the tonings, in their order. The masks are of its size, "L"."""
    width, height = image.size
    source = np.asarray(image)
    result = np.empty_like(source)
    rows = max(1, STRIP_PIXELS // width)
    x = (np.arange(width, dtype=np.float32)[None, :] + np.float32(0.5)) / np.float32(width)
    for top in range(0, height, rows):
        bottom = min(height, top + rows)
        y = (np.arange(top, bottom, dtype=np.float32)[:, None] + np.float32(0.5)) / np.float32(
            height
        )
        place = Place(
            x=x,
            y=y,
            ratio=width / height,
            edge=max(width, height),
            masks={
                region: np.asarray(mask.crop((0, top, width, bottom)), np.float32)
                * np.float32(1 / 255)
                for region, mask in masks.items()
            },
            rng=rng,
        )
        lab = to_lab(source[top:bottom])
        for toning in tonings:
            lab = toning(lab, place)
        result[top:bottom] = from_lab(lab, rng)
    return Image.fromarray(result)
