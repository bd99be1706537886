"""The two placeholder numbers: mean colour and mean hue."""

import math
import random

import pytest
from PIL import Image

from gallery.imaging.colours import NEUTRAL_HUE, dominant_colour, hue, sample

from .pictures import create_scene


@pytest.mark.parametrize(
    ("colour", "degrees"),
    [
        # OKLCH hues of the sRGB primaries and secondaries, as CSS Color 4 gives them.
        ((255, 0, 0), 29),
        ((255, 255, 0), 110),
        ((0, 255, 0), 142),
        ((0, 255, 255), 195),
        ((0, 0, 255), 264),
        ((255, 0, 255), 328),
    ],
)
def test_a_plain_colour_is_its_own_mean(colour, degrees):
    image = Image.new("RGB", (300, 200), colour)
    assert dominant_colour(image) == "#{:02x}{:02x}{:02x}".format(*colour)
    assert hue(image) == degrees


def test_the_colour_is_the_mean_of_the_halves():
    image = Image.new("RGB", (240, 240), (0, 0, 0))
    image.paste((255, 101, 51), (0, 0, 120, 240))
    assert dominant_colour(image) in ("#803219", "#80321a", "#80331a", "#803319")


def test_the_hue_is_the_angle_of_the_mean_oklab_colour():
    # Two thirds red, one third blue: the mean of a and b, not the mean of the angles.
    image = Image.new("RGB", (240, 240), (255, 0, 0))
    image.paste((0, 0, 255), (0, 0, 80, 240))
    red, blue = (0.2249, 0.1258), (-0.0325, -0.3115)
    a, b = ((2 * r + s) / 3 for r, s in zip(red, blue, strict=True))
    assert hue(image) == round(math.degrees(math.atan2(b, a))) % 360


@pytest.mark.parametrize("grey", [0, 1, 90, 128, 255])
def test_a_grey_picture_has_the_neutral_hue(grey):
    assert hue(Image.new("L", (50, 50), grey)) == NEUTRAL_HUE
    assert dominant_colour(Image.new("L", (50, 50), grey)) == f"#{grey:02x}{grey:02x}{grey:02x}"


def test_transparent_pixels_do_not_colour_the_mean():
    image = Image.new("RGBA", (240, 240), (0, 255, 0, 0))
    image.paste((200, 30, 30, 255), (0, 0, 120, 240))
    assert dominant_colour(image) == "#c81e1e"
    assert hue(image) == hue(Image.new("RGB", (9, 9), (200, 30, 30)))


def test_an_invisible_picture_has_a_colour_too():
    image = Image.new("RGBA", (30, 30), (0, 0, 0, 0))
    assert dominant_colour(image) == "#808080"
    assert hue(image) == NEUTRAL_HUE


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (23, 25), (24, 24), (1000, 3)])
def test_every_size_has_colours_within_bounds(size):
    noise = Image.frombytes("RGB", size, random.Random(7).randbytes(3 * size[0] * size[1]))
    assert 0 <= hue(noise) < 360
    assert len(dominant_colour(noise)) == 7


@pytest.mark.parametrize("mode", ["P", "CMYK", "1"])
def test_other_modes_are_read_as_what_they_show(mode):
    scene = create_scene((48, 48), mode)
    assert dominant_colour(scene) == dominant_colour(scene.convert("RGB"))


def test_the_sample_of_a_sample_is_itself():
    once = sample(create_scene((333, 222)))
    assert once.size == (24, 24)
    assert sample(once).tobytes() == once.tobytes()
