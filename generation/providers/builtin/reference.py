"""What the engine takes from a reference picture: its palette."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

STRENGTH = 0.7
SAMPLE = 96


def tint_towards(image: Image.Image, reference: bytes, *, share: float) -> Image.Image:
    """The picture with its colours moved towards those of a reference.

    Matches mean and spread of each CIELAB channel (Reinhard et al., "Color transfer between
    images", 2001). `share` (0-1) divides the effect between several references. Lightness
    moves less than hue, so that night stays night.
    """
    with Image.open(io.BytesIO(reference)) as opened:
        sample = opened.convert("RGB")
        sample.thumbnail((SAMPLE, SAMPLE))
        wanted = np.asarray(sample.convert("LAB"), np.float32).reshape(-1, 3)
    lab = np.asarray(image.convert("LAB"), np.float32)
    # Pillow keeps a* and b* as signed bytes in unsigned ones.
    wanted[:, 1:] = (wanted[:, 1:] + 128) % 256
    lab = np.concatenate([lab[..., :1], (lab[..., 1:] + 128) % 256], axis=-1)
    mean, spread = lab.mean((0, 1)), lab.std((0, 1)) + 1e-3
    amount = np.array([0.25, 1.0, 1.0], np.float32) * STRENGTH * share
    scale = 1 + (np.clip(wanted.std(0) / spread, 0.5, 2.0) - 1) * amount
    shifted = (lab - mean) * scale + mean + (wanted.mean(0) - mean) * amount
    result = np.clip(shifted, 0, 255)
    result[..., 1:] = (result[..., 1:] + 128) % 256
    return Image.fromarray(result.round().astype(np.uint8), "LAB").convert("RGB")
