"""Changes of tone and colour, pixel by pixel, in OKLab."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from generation.providers.builtin.colour import Field
from generation.providers.builtin.edits.hues import axes_of, share_of
from generation.providers.builtin.edits.pixels import Place, Toning
from generation.providers.builtin.edits.steps import Act, Region, Step
from generation.providers.builtin.noise import smooth_step

_DARKEST = np.float32(1e-3)


def toning_of(step: Step, pivot: float) -> Toning:
    """What does a step, only in its region. `pivot` is the picture's middle lightness."""
    change = _CHANGES[step.act](step, pivot)
    if step.region is None:
        return change
    return within(change, step.region)


def within(change: Toning, region: Region) -> Toning:
    """The change where the region is, fading out at its edge."""

    def changed(lab: Field, place: Place) -> Field:
        before = lab.copy()
        after = change(lab, place)
        mixed: Field = before + (after - before) * place.masks[region][..., None]
        return mixed

    return changed


def with_lightness(lab: Field, lightness: Field, follow: float) -> Field:
    """The colours at another lightness; `follow` is how much of the change their chroma makes.

    A light that is turned down takes colour along; 1 would be the same scene in less light.
    """
    factor = np.clip(lightness / np.maximum(lab[..., 0], _DARKEST), 0, 1.6) ** np.float32(follow)
    lab[..., 1:] *= factor[..., None]
    lab[..., 0] = lightness
    return lab


def s_curve(lightness: Field, pivot: float, amount: float) -> Field:
    """More (0 to 2) or less (below 0) contrast around the pivot; black and white stay."""
    away = lightness - np.float32(pivot)
    if amount < 0:
        softer: Field = np.float32(pivot) + away * np.float32(max(0.2, 1 + 0.42 * amount))
        return softer
    reach = np.where(away > 0, np.float32(1 - pivot), np.float32(pivot))
    steepness = np.float32(0.5 * min(amount, 1.9))
    steeper: Field = np.float32(pivot) + away * (1 + steepness * (1 - np.abs(away) / reach))
    return steeper


def _light(step: Step, pivot: float) -> Toning:
    amount = abs(step.amount)

    def darker(lab: Field, place: Place) -> Field:
        light = np.clip(lab[..., 0], 0, 1) ** np.float32(1 + 0.35 * amount)
        return with_lightness(lab, light * np.float32(max(0.35, 1 - 0.13 * amount)), 0.6)

    def brighter(lab: Field, place: Place) -> Field:
        rest = (1 - np.clip(lab[..., 0], 0, 1)) ** np.float32(1 + 0.5 * amount)
        return with_lightness(lab, 1 - rest, 0.5)

    return darker if step.amount < 0 else brighter


def _warmth(step: Step, pivot: float) -> Toning:
    towards = (0.014, 0.044) if step.amount > 0 else (-0.012, -0.046)
    shift = np.array(towards, np.float32) * np.float32(abs(step.amount))

    def warmed(lab: Field, place: Place) -> Field:
        light = np.clip(lab[..., 0], 0, 1)
        # As light of that colour would do it: little in the darks, and white stays nearly white.
        share = light**0.7 * (1 - np.float32(0.45) * light**6)
        lab[..., 1:] += share[..., None] * shift
        return lab

    return warmed


def _contrast(step: Step, pivot: float) -> Toning:
    def contrasted(lab: Field, place: Place) -> Field:
        lab[..., 0] = s_curve(lab[..., 0], pivot, step.amount)
        lab[..., 1:] *= np.float32(max(0.5, 1 + 0.1 * step.amount))
        return lab

    return contrasted


def _saturation(step: Step, pivot: float) -> Toning:
    def saturated(lab: Field, place: Place) -> Field:
        if step.amount < 0:
            lab[..., 1:] *= np.float32(max(0.0, 1 + 0.55 * step.amount))
            return lab
        chroma = np.sqrt(lab[..., 1] ** 2 + lab[..., 2] ** 2)
        # What is colourful already gains less, so that nothing turns into neon.
        gain = np.float32(0.5 * step.amount) * (1 - np.float32(0.55) * np.minimum(chroma / 0.22, 1))
        lab[..., 1:] *= (1 + gain)[..., None]
        return lab

    return saturated


def _tint(step: Step, pivot: float) -> Toning:
    target = axes_of(step.colours[0], 0.05 if step.colours[0] == "brown" else 0.115)
    share = np.float32(min(0.9, 0.68 * abs(step.amount)))

    def tinted(lab: Field, place: Place) -> Field:
        light = np.clip(lab[..., 0], 0, 1)
        room = np.float32(0.3) + np.float32(2.8) * light * (1 - light)
        lab[..., 1:] += (np.minimum(room, 1)[..., None] * target - lab[..., 1:]) * share
        return lab

    return tinted


def _monochrome(step: Step, pivot: float) -> Toning:
    keep = np.float32(1 - min(1.0, step.amount))

    def grey(lab: Field, place: Place) -> Field:
        lab[..., 1:] *= keep
        lab[..., 0] = s_curve(lab[..., 0], pivot, 0.16 * (1 - float(keep)))
        return lab

    return grey


def _sepia(step: Step, pivot: float) -> Toning:
    share = np.float32(min(1.0, step.amount))

    def browned(lab: Field, place: Place) -> Field:
        light = np.clip(lab[..., 0], 0, 1)
        room = np.minimum(np.float32(0.35) + np.float32(2.6) * light * (1 - light), 1)[..., None]
        target = room * np.array([0.020, 0.060], np.float32)
        lab[..., 1:] += (target - lab[..., 1:]) * share
        lab[..., 0] += (light * np.float32(0.90) + np.float32(0.06) - light) * share
        return lab

    return browned


def _keep_colours(step: Step, pivot: float) -> Toning:
    def kept(lab: Field, place: Place) -> Field:
        lab[..., 1:] *= share_of(lab, step.colours)[..., None]
        return lab

    return kept


def _mute_colours(step: Step, pivot: float) -> Toning:
    def muted(lab: Field, place: Place) -> Field:
        lab[..., 1:] *= (1 - np.float32(0.95) * share_of(lab, step.colours))[..., None]
        return lab

    return muted


def _vignette(step: Step, pivot: float) -> Toning:
    amount = np.float32(min(0.85, 0.42 * step.amount))

    def shaded(lab: Field, place: Place) -> Field:
        across, down = place.x - np.float32(0.5), place.y - np.float32(0.5)
        distance = np.sqrt(across * across + down * down)
        return with_lightness(
            lab, lab[..., 0] * (1 - amount * smooth_step(0.30, 0.78, distance)), 0.7
        )

    return shaded


def _grain(step: Step, pivot: float) -> Toning:
    amount = np.float32(0.034 * step.amount)

    def grainy(lab: Field, place: Place) -> Field:
        speck = place.rng.standard_normal(lab.shape[:2], np.float32)
        speck[:, 1:] += speck[:, :-1] * np.float32(0.5)
        light = np.clip(lab[..., 0], 0, 1)
        lab[..., 0] += speck * amount * (np.float32(0.4) + np.float32(2.4) * light * (1 - light))
        return lab

    return grainy


_CHANGES: dict[Act, Callable[[Step, float], Toning]] = {
    Act.LIGHT: _light,
    Act.WARMTH: _warmth,
    Act.CONTRAST: _contrast,
    Act.SATURATION: _saturation,
    Act.TINT: _tint,
    Act.MONOCHROME: _monochrome,
    Act.SEPIA: _sepia,
    Act.KEEP_COLOURS: _keep_colours,
    Act.MUTE_COLOURS: _mute_colours,
    Act.VIGNETTE: _vignette,
    Act.GRAIN: _grain,
}
TONED = frozenset(_CHANGES)
"""The acts that `toning_of` does."""
