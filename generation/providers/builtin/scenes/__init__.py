"""Painters by scene. A painter takes the canvas, the brief and the palette."""

from __future__ import annotations

from collections.abc import Callable

from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes import (
    coast,
    mountains,
)

Painter = Callable[[Canvas, Brief, Palette], None]

PAINTERS: dict[str, Painter] = {
    "lighthouse": coast.lighthouse,
    "waves": coast.waves,
    "beach": coast.beach,
    "sailing": coast.sailing,
    "mountains": mountains.mountains,
    "lake": mountains.lake,
    "winter": mountains.mountains,
    "sky": mountains.mountains,
    "aurora": mountains.aurora,
    "dunes": mountains.dunes,
    "balloons": mountains.balloons,
}


def painter_of(scene: str) -> Painter:
    """The painter of a scene that a brief names."""
    return PAINTERS[scene]
