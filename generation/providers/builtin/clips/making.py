"""Making a clip: from pictures and a prompt to the finished file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from generation.providers.builtin.canvas import seeded
from generation.providers.builtin.clips.air import Glitter, Rain, Snow
from generation.providers.builtin.clips.camera import Camera
from generation.providers.builtin.clips.depth import depth_of
from generation.providers.builtin.clips.film import FRAMES_PER_SECOND, as_film
from generation.providers.builtin.clips.looks import Sheet, flat
from generation.providers.builtin.clips.motion import Effect, Motion, Move, read_motion
from generation.providers.builtin.noise import smooth_step
from generation.providers.builtin.pictures import paint

MOST_SECONDS = 10
MOST_EDGE = 1920
"""Pixels of a frame."""
_LEAST_EDGE = 64
_OVERSIZE = 1.3
"""How much larger than a frame a picture is kept: what a zoom comes close to stays sharp."""
_FADE = (0.3, 0.7)
"""The part of the clip in which the first picture becomes the last."""


@dataclass(frozen=True)
class Director:
    """The character of one of the engine's models."""

    paints_with: str
    """The key of the model that paints the picture where none is given."""
    usual: frozenset[Move]
    """What the camera does where the prompt says nothing of it."""
    sees_depth: bool
    """Whether near things always move more than far ones."""


MODELS: dict[str, Director] = {
    "builtin/drift": Director("builtin/lumen", frozenset({Move.ZOOM_IN}), sees_depth=False),
    "builtin/parallax": Director("builtin/papercut", frozenset({Move.ORBIT}), sees_depth=True),
}


def make_clip(
    *,
    prompt: str,
    seed: int,
    model: str,
    width: int,
    height: int,
    seconds: int,
    negative_prompt: str = "",
    first: Image.Image | None = None,
    last: Image.Image | None = None,
) -> bytes:
    """An MP4 file of `width` x `height` pixels: a camera over the first picture (RGB), which fades
    into the last one if there is one. Without a picture the prompt is painted.

    The same arguments give the same motion. Frames are made one at a time, so that it can be
    interrupted between them. Raises KeyError for an unknown model and ValueError for a size or a
    length that it does not make.
    """
    director = MODELS[model]
    sides = (width, height)
    if not all(_LEAST_EDGE <= side <= MOST_EDGE and side % 2 == 0 for side in sides):
        raise ValueError(f"not the size of a clip: {width} x {height}")
    if not 1 <= seconds <= MOST_SECONDS:
        raise ValueError(f"not the length of a clip: {seconds} s")
    motion = _motion(prompt, director)
    if first is None and last is None:
        first = paint(
            prompt=motion.scene or prompt,
            negative_prompt=negative_prompt,
            seed=seed,
            model=director.paints_with,
            width=round(width * _OVERSIZE),
            height=round(height * _OVERSIZE),
        )
    pictures = [picture for picture in (first, last) if picture is not None]
    scenes = [Scene(picture, sides, motion, seconds=seconds, seed=seed) for picture in pictures]
    return as_film(_faded(scenes, seconds * FRAMES_PER_SECOND), sides)


def _motion(prompt: str, director: Director) -> Motion:
    motion = read_motion(prompt)
    moves = motion.moves
    if not moves - {Move.DEPTH}:
        moves |= director.usual
    if Move.STILL in moves:
        return replace(motion, moves=frozenset({Move.STILL}))
    if director.sees_depth:
        moves |= {Move.DEPTH}
    return replace(motion, moves=moves)


class Scene:
    """One picture with its camera and what moves in it."""

    def __init__(
        self,
        picture: Image.Image,
        size: tuple[int, int],
        motion: Motion,
        *,
        seconds: int,
        seed: int,
    ) -> None:
        picture = _fitted(picture, size)
        depth = depth_of(picture)
        has_water = Effect.WATER in motion.effects
        self._picture, self._size = picture, size
        self._camera = Camera(
            picture.size,
            size[0] / size[1],
            motion,
            seconds=seconds,
            focus=depth.focus,
            rng=seeded(seed, "camera"),
        )
        self._sheet = (
            Sheet(picture, size, depth, has_water=has_water)
            if has_water or motion.has(Move.DEPTH, Move.ORBIT)
            else None
        )
        self._air: list[Snow | Rain | Glitter] = []
        if has_water:
            self._air.append(Glitter(size, picture.size, depth, seeded(seed, "glitter")))
        if Effect.SNOW in motion.effects:
            self._air.append(Snow(size, seeded(seed, "snow")))
        if Effect.RAIN in motion.effects:
            self._air.append(Rain(size, seeded(seed, "rain")))

    def frame(self, number: int, time: float) -> Image.Image:
        """One frame: RGB, of the clip's size. `time` runs from 0 to 1."""
        view = self._camera.at(time)
        if self._sheet is None:
            frame = flat(self._picture, view, self._size)
        else:
            frame = self._sheet.drawn(view, number / FRAMES_PER_SECOND)
        for layer in self._air:
            layer.laid_over(frame, number, view)
        return frame


def _fitted(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture as RGB, as large as frames of this size can show."""
    picture = picture.convert("RGB")
    scale = max(side * _OVERSIZE / own for side, own in zip(size, picture.size, strict=True))
    if scale >= 1 and min(picture.size) > 1:
        return picture
    width, height = (max(2, round(side * min(1.0, scale))) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _faded(scenes: list[Scene], count: int) -> Iterator[Image.Image]:
    for number in range(count):
        time = number / max(1, count - 1)
        share = 0.0
        if len(scenes) > 1:
            share = float(smooth_step(*_FADE, np.asarray(time, np.float32)))
        if share <= 0:
            yield scenes[0].frame(number, time)
        elif share >= 1:
            yield scenes[-1].frame(number, time)
        else:
            parts = [scene.frame(number, time) for scene in scenes]
            yield Image.blend(parts[0], parts[1], share)
