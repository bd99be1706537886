"""Another hour of the day: sunset and night, graded onto what is there."""

from __future__ import annotations

import numpy as np

from generation.providers.builtin.colour import Field, from_hex, to_oklab
from generation.providers.builtin.edits.pixels import Place, Toning
from generation.providers.builtin.edits.sky import Disc, Sky
from generation.providers.builtin.edits.steps import Region, Step
from generation.providers.builtin.edits.tone import s_curve, with_lightness
from generation.providers.builtin.noise import smooth_step

_EVENING = ("#3d3f78", "#7d5590", "#cf6b78", "#f29a5a", "#ffcf7d")
"""The sky from the zenith to the horizon."""
_EVENING_AT = (0.0, 0.30, 0.60, 0.82, 1.0)
_NIGHTLY = ("#0a1128", "#131f40", "#233a63", "#3a5878")
_MOON = np.array([0.90, -0.004, 0.022], np.float32)
_LOW_SUN = np.array([0.93, 0.030, 0.085], np.float32)
_NIGHTLY_AT = (0.0, 0.4, 0.8, 1.0)


def _ramp(colours: tuple[str, ...], at: tuple[float, ...], position: Field) -> Field:
    """OKLab colours along a gradient; shape of `position` and 3."""
    labs = np.stack([to_oklab(from_hex(colour)) for colour in colours])
    parts = [np.interp(position, at, labs[:, channel]) for channel in range(3)]
    return np.stack(parts, -1).astype(np.float32)


def sunset(step: Step, sky: Sky) -> Toning:
    """Warm low light over the land, and a sky that glows towards the horizon."""
    amount = float(np.clip(step.amount, 0.25, 1.5))
    share = np.float32(min(1.0, amount))

    def graded(lab: Field, place: Place) -> Field:
        mask = place.masks[Region.SKY] * np.float32(1.0 if sky.is_found else 0.45)
        high = np.clip(place.y / np.float32(sky.horizon), 0, 1)
        light = np.clip(lab[..., 0], 0, 1)

        evening = _ramp(_EVENING, _EVENING_AT, high)
        structure = light - np.float32(sky.lightness)
        above = np.empty_like(lab)
        above[..., 0] = evening[..., 0] + structure * np.float32(0.55)
        # Clouds catch the light from below: where the sky was lighter it turns to rose and gold.
        lit = np.clip(structure * 4, 0, 1)[..., None] * np.array([0, 0.030, 0.028], np.float32)
        above[..., 1:] = evening[..., 1:] * np.float32(0.92) + lit[..., 1:] + lab[..., 1:] * 0.08

        below = lab.copy()
        # Low light: deeper darks, warm lights, and violet in the shadows.
        below = with_lightness(below, s_curve(light * np.float32(0.86), 0.5, 0.35), 0.4)
        lights = smooth_step(0.25, 0.85, light)[..., None]
        below[..., 1:] *= np.float32(0.80)
        below[..., 1:] += lights * np.array([0.030, 0.062], np.float32)
        below[..., 1:] += (1 - lights) * np.array([0.020, -0.014], np.float32)

        after = below + (above - below) * mask[..., None]
        # The glow of the sun, mostly in the sky, spilling over what stands before it.
        across = (place.x - np.float32(sky.sun)) * np.float32(place.ratio)
        down = (place.y - np.float32(sky.horizon)) * np.float32(1.25)
        glow = np.exp(-(across * across + down * down) / np.float32(0.30**2))
        glow *= np.float32(0.35) + np.float32(0.65) * mask
        after[..., 0] += glow * np.float32(0.16) * (1 - after[..., 0])
        after[..., 1:] += glow[..., None] * np.array([0.018, 0.050], np.float32)
        _shine(after, sky.disc, place, _LOW_SUN, 0.22)
        mixed: Field = lab + (after - lab) * share
        return mixed

    return graded


def night(step: Step, sky: Sky, lightness: float) -> Toning:
    """Moonlight: dark, blue, with little colour. What shone warm keeps shining."""
    amount = float(np.clip(step.amount, 0.25, 1.5))
    share = np.float32(min(1.0, amount))
    # What is dark already is not drowned.
    dark = 1 - min(1.0, max(0.1, lightness / 0.55))
    power = np.float32(1.35 - 0.3 * dark)
    dim = np.float32((0.60 + 0.28 * dark) / max(1.0, amount))

    def graded(lab: Field, place: Place) -> Field:
        mask = place.masks[Region.SKY] * np.float32(1.0 if sky.is_found else 0.0)
        light = np.clip(lab[..., 0], 0, 1)
        shines = smooth_step(0.72, 0.86, light) * smooth_step(0.055, 0.11, lab[..., 2])
        shines *= 1 - mask

        below = with_lightness(lab.copy(), light**power * dim, 0.5)
        below[..., 1:] *= np.float32(0.42)
        moonlit = np.float32(0.4) + np.float32(0.9) * below[..., :1]
        below[..., 1:] += moonlit * np.array([-0.008, -0.040], np.float32)
        below += (lab * np.array([0.93, 1, 1], np.float32) - below) * shines[..., None]

        high = np.clip(place.y / np.float32(sky.horizon), 0, 1)
        structure = light - np.float32(sky.lightness)
        above = _ramp(_NIGHTLY, _NIGHTLY_AT, high) + np.zeros_like(lab)
        above[..., 0] += np.clip(structure, -0.25, 0.12) * np.float32(0.45)

        after = below + (above - below) * mask[..., None]
        _shine(after, sky.disc, place, _MOON, 0.10)
        mixed: Field = lab + (after - lab) * share
        return mixed

    return graded


def _shine(lab: Field, disc: Disc | None, place: Place, light: Field, glow: float) -> None:
    """Light the disc of the day's sun anew, in place: a moon at night, low gold in the evening."""
    if disc is None:
        return
    across = (place.x - np.float32(disc.x)) * np.float32(place.ratio)
    down = place.y - np.float32(disc.y)
    away = np.sqrt(across * across + down * down) / np.float32(disc.radius)
    lab[..., 0] += np.float32(glow) * np.exp(-away / 2.2) * (1 - lab[..., 0])
    lab += (light - lab) * smooth_step(1.12, 0.92, away)[..., None]
