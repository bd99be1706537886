"""An edit: the instructions of a message, done to a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from generation.providers.builtin.canvas import Style
from generation.providers.builtin.edits import hours, touch
from generation.providers.builtin.edits.detail import DETAILED, detailed
from generation.providers.builtin.edits.geometry import RESHAPED, reshaped
from generation.providers.builtin.edits.lettering import lettered
from generation.providers.builtin.edits.pixels import Toning, toned
from generation.providers.builtin.edits.regions import Regions
from generation.providers.builtin.edits.steps import Act, Region, Step
from generation.providers.builtin.edits.tone import TONED, toning_of

MOST_EDGE = 4096
"""Pixels of the longest edge of a result."""

_HOURS = frozenset({Act.SUNSET, Act.NIGHT})
_LAST = frozenset({Act.VIGNETTE, Act.GRAIN})


@dataclass(frozen=True)
class _Work:
    """What one edit works with."""

    regions: Regions
    style: Style
    rng: np.random.Generator


def edited(image: Image.Image, steps: Sequence[Step], *, style: Style, seed: int) -> Image.Image:
    """The picture (RGB or RGBA) after the steps; what was transparent stays so.

    Colours come first, where the sky is still above; then its shape; then what belongs to the
    sheet as a whole, and the lettering on top. The same arguments give the same pixels.
    """
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    picture = image.convert("RGB")
    work = _Work(Regions(picture), style, np.random.default_rng(seed))
    shapes = [step for step in steps if step.act in RESHAPED]
    over = [step for step in steps if step.act in _LAST]
    first = [step for step in steps if step.act in (TONED | DETAILED | _HOURS) - _LAST]
    picture = _coloured(picture, first, work)
    for step in shapes:
        picture = reshaped(picture, step)
        alpha = None if alpha is None else reshaped(alpha, step)
    if over:
        # They are laid over the sheet as it is now: its regions are not those of before.
        work = _Work(Regions(picture), style, work.rng)
        picture = _coloured(picture, over, work)
    for step in steps:
        if step.act is Act.LETTERING:
            picture = lettered(picture, step)
    if alpha is not None:
        picture.putalpha(alpha)
    return picture


def within_bounds(image: Image.Image) -> Image.Image:
    """The picture itself, or smaller where it is larger than a result may be."""
    scale = MOST_EDGE / max(image.size)
    if scale >= 1:
        return image
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _coloured(picture: Image.Image, steps: Sequence[Step], work: _Work) -> Image.Image:
    """Colour steps in their order; those that need no neighbours go through the pixels together."""
    waiting: list[Toning] = []
    regions: set[Region] = set()
    for step in steps:
        if step.act in DETAILED:
            picture = _toned(picture, waiting, regions, work)
            waiting, regions = [], set()
            picture = detailed(picture, step, work.regions)
            continue
        waiting.append(_toning(step, work))
        if step.region is not None:
            regions.add(step.region)
        if step.act in _HOURS:
            regions.add(Region.SKY)
    if any(step.act in TONED | _HOURS and step.act not in _LAST for step in steps):
        waiting.append(touch.of(work.style))
    return _toned(picture, waiting, regions, work)


def _toning(step: Step, work: _Work) -> Toning:
    if step.act is Act.SUNSET:
        return hours.sunset(step, work.regions.sky)
    if step.act is Act.NIGHT:
        return hours.night(step, work.regions.sky, work.regions.lightness)
    return toning_of(step, work.regions.pivot)


def _toned(
    picture: Image.Image, tonings: Sequence[Toning], regions: set[Region], work: _Work
) -> Image.Image:
    if not tonings:
        return picture
    masks = {region: work.regions.mask(region) for region in sorted(regions)}
    return toned(picture, tonings, masks, work.rng)
