"""What is guessed of the space in a picture, and the ways over it."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from generation.providers.builtin.canvas import seeded
from generation.providers.builtin.clips.camera import Camera
from generation.providers.builtin.clips.depth import depth_of
from generation.providers.builtin.clips.motion import Motion, Move


def a_coast() -> Image.Image:
    """Sky above, the sea below on the left, brown land on the right, a red house on it."""
    image = Image.new("RGB", (320, 200), "#a8c8f0")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 110, 319, 199), fill="#24508c")
    draw.rectangle((190, 100, 319, 199), fill="#7a5426")
    draw.rectangle((200, 70, 250, 120), fill="#c81e1e")
    return image


def test_what_is_low_is_near_and_the_sky_is_far() -> None:
    near = depth_of(a_coast()).near
    rows = near.shape[0]
    assert near[: rows // 6].mean() < 0.2
    assert near[-rows // 6 :].mean() > 0.6
    assert near.min() >= 0
    assert near.max() <= 1


def test_water_is_low_and_cool() -> None:
    water = depth_of(a_coast()).water
    rows, columns = water.shape
    assert water[-rows // 5 :, : columns // 2].mean() > 0.8
    assert water[-rows // 5 :, -columns // 4 :].mean() < 0.2
    assert water[: rows // 3].mean() < 0.05


@pytest.mark.parametrize("size", [(1, 1), (2000, 3), (3, 2000), (128, 128)])
def test_every_picture_has_a_depth(size: tuple[int, int]) -> None:
    depth = depth_of(Image.new("RGB", size, "#808080"))
    assert np.isfinite(depth.near).all()
    assert all(0 <= part <= 1 for part in depth.focus)


MOVES = [frozenset({one, other}) for one in Move for other in Move]


@pytest.mark.parametrize("picture", [(400, 300), (3000, 40), (40, 3000), (16, 9)])
def test_the_camera_never_leaves_the_picture_and_keeps_the_frames_shape(
    picture: tuple[int, int],
) -> None:
    for moves in MOVES:
        for focus in ((0.0, 0.0), (0.5, 0.5), (1.0, 1.0)):
            camera = Camera(
                picture,
                16 / 9,
                Motion(moves, pace=1.8),
                seconds=8,
                focus=focus,
                rng=seeded(7),
            )
            for time in np.linspace(0, 1, 9):
                left, top, right, bottom = camera.at(float(time)).box
                assert left >= 0
                assert top >= 0
                assert right <= picture[0] + 1e-6
                assert bottom <= picture[1] + 1e-6
                assert (right - left) / (bottom - top) == pytest.approx(16 / 9)
