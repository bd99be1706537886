"""Painters by scene. A painter takes the canvas, the brief and the palette."""

from __future__ import annotations

from collections.abc import Callable

from generation.providers.builtin.brief import Brief
from generation.providers.builtin.canvas import Canvas
from generation.providers.builtin.palettes import Palette
from generation.providers.builtin.scenes import (
    abstract,
    animals,
    arches,
    city,
    coast,
    desert,
    fields,
    flowers,
    mountains,
    people,
    polar,
    pond,
    space,
    sweets,
    table,
    underwater,
    village,
    wings,
    woods,
)

Painter = Callable[[Canvas, Brief, Palette], None]

PAINTERS: dict[str, Painter] = {
    "lighthouse": coast.lighthouse,
    "waves": coast.waves,
    "beach": coast.beach,
    "sailing": coast.sailing,
    "mountains": mountains.mountains,
    "lake": mountains.lake,
    "winter": woods.forest,
    "sky": mountains.mountains,
    "aurora": polar.aurora,
    "dunes": desert.dunes,
    "balloons": mountains.balloons,
    "forest": woods.forest,
    "lavender": fields.lavender,
    "poppies": fields.poppies,
    "sunflowers": fields.sunflowers,
    "meadow": fields.meadow,
    "dahlia": flowers.blossom,
    "flower": flowers.blossom,
    "koi": pond.koi,
    "jellyfish": underwater.jellyfish,
    "reef": underwater.reef,
    "planet": space.planet,
    "galaxy": space.galaxy,
    "city": city.city,
    "bokeh": city.bokeh,
    "rain_window": city.rain_window,
    "village": village.village,
    "arches": arches.arches,
    "still_life": table.still_life,
    "fruit": table.fruit,
    "jar": table.jar,
    "coffee": sweets.coffee,
    "donut": sweets.donut,
    "cake": sweets.cake,
    "cat": animals.cat,
    "dog": animals.dog,
    "fox": animals.fox,
    "bird": wings.bird,
    "butterfly": wings.butterfly,
    "portrait": people.portrait,
    "marble": abstract.marble,
    "contours": abstract.contours,
    "geometric": abstract.geometric,
    "spheres": abstract.spheres,
    "abstract": abstract.abstract,
}


def painter_of(scene: str) -> Painter:
    """The painter of a scene that a brief names."""
    return PAINTERS[scene]
