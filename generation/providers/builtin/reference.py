"""What the engine takes from a reference picture: its palette."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

STRENGTH = 0.7
SAMPLE = 96
_LEVELS = np.arange(256, dtype=np.float64)


def tint_towards(image: Image.Image, reference: bytes, *, share: float) -> Image.Image:
    """The picture with its colours moved towards those of a reference.

    Matches mean and spread of each CIELAB channel (Reinhard et al., "Color transfer between
    images", 2001). `share` (0-1) divides the effect between several references. Lightness
    moves less than hue, so that night stays night.
    """
    with Image.open(io.BytesIO(reference)) as opened:
        sample = opened.convert("RGB")
        sample.thumbnail((SAMPLE, SAMPLE))
    lab = image.convert("LAB")
    table: list[int] = []
    amounts = (np.array([0.25, 1.0, 1.0]) * STRENGTH * share).tolist()
    found, wanted = _histograms(lab), _histograms(sample.convert("LAB"))
    for here, there, amount in zip(found, wanted, amounts, strict=True):
        mean, spread = _mean_and_spread(here)
        wanted_mean, wanted_spread = _mean_and_spread(there)
        scale = 1 + (np.clip(wanted_spread / (spread + 1e-3), 0.5, 2.0) - 1) * amount
        shifted = (_LEVELS - mean) * scale + mean + (wanted_mean - mean) * amount
        table += np.clip(shifted, 0, 255).round().astype(int).tolist()
    return lab.point(table).convert("RGB")


def _histograms(lab: Image.Image) -> NDArray[np.int_]:
    """How often each level is there, of L*, a* and b*."""
    # Not by way of an array: Pillow turns a* and b* into signed bytes for those.
    return np.array(lab.histogram()).reshape(3, 256)


def _mean_and_spread(counts: NDArray[np.int_]) -> tuple[float, float]:
    mean = float(np.average(_LEVELS, weights=counts))
    return mean, float(np.sqrt(np.average((_LEVELS - mean) ** 2, weights=counts)))
