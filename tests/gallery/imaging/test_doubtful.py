"""The classifier itself, where it is installed, on pictures that are made here."""

from __future__ import annotations

import random

import pytest
from PIL import Image

from gallery.imaging import doubtful

pytestmark = pytest.mark.skipif(
    not doubtful.is_installed(), reason="requirements-local.txt is not installed"
)


def a_landscape(width: int = 320, height: int = 200) -> Image.Image:
    """Sky above, grass below."""
    image = Image.new("RGB", (width, height), "#87b5e8")
    image.paste("#3c7a35", (0, height // 2, width, height))
    return image


def noise(seed: int) -> Image.Image:
    source = random.Random(seed)
    return Image.frombytes("RGB", (64, 64), source.randbytes(64 * 64 * 3))


@pytest.mark.parametrize(
    "image",
    [
        a_landscape(),
        a_landscape(4000, 3),
        noise(1),
        Image.new("L", (10, 10), 128),
        Image.new("RGBA", (300, 300), (200, 160, 140, 90)),
        Image.new("P", (1, 1)),
        Image.new("CMYK", (50, 80)),
    ],
    ids=["landscape", "a line", "noise", "grey", "transparent", "a dot", "cmyk"],
)
def test_any_picture_has_a_score_between_zero_and_one(image: Image.Image) -> None:
    size = image.size
    score = doubtful.score(image)
    assert isinstance(score, float)
    assert 0 <= score <= 1
    assert image.size == size, "the picture that was given stays as it is"


def test_a_landscape_is_harmless_and_the_score_is_always_the_same() -> None:
    first, second = doubtful.score(a_landscape()), doubtful.score(a_landscape())
    assert first == second
    assert first < 0.2, "the makers of the network call that safe"


def test_the_network_is_loaded_once_a_process() -> None:
    doubtful.score(a_landscape())
    loaded = doubtful._classifier.cache_info().misses
    doubtful.score(noise(2))
    assert doubtful._classifier.cache_info().misses == loaded
