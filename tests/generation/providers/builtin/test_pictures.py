"""The pictures themselves: reproducible, of the right size, and about what was asked."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generation.providers.builtin.pictures import MODELS, paint
from generation.providers.builtin.scenes import PAINTERS
from generation.providers.builtin.vocabulary import SUBJECTS

LUMEN = "builtin/lumen"


def painted(prompt: str, *, negative: str = "", seed: int = 7, model: str = LUMEN,
            size: tuple[int, int] = (160, 160)) -> Image.Image:  # fmt: skip
    return paint(
        prompt=prompt,
        negative_prompt=negative,
        seed=seed,
        model=model,
        width=size[0],
        height=size[1],
    )


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image, np.float64) / 255


def difference(first: Image.Image, second: Image.Image) -> float:
    return float(np.abs(pixels(first) - pixels(second)).mean())


def mean_redness(image: Image.Image) -> float:
    red, green, blue = pixels(image).reshape(-1, 3).mean(axis=0)
    return float(red - (green + blue) / 2)


def test_the_same_request_gives_the_same_bytes() -> None:
    assert painted("koi pond").tobytes() == painted("koi pond").tobytes()


def test_the_bytes_do_not_depend_on_the_process_or_its_hash_seed() -> None:
    script = (
        "import hashlib\n"
        "from generation.providers.builtin.pictures import MODELS, paint\n"
        "for key in MODELS:\n"
        "    image = paint(prompt='a lighthouse with birds, rain', negative_prompt='boat',\n"
        "                  seed=11, model=key, width=96, height=80)\n"
        "    print(hashlib.sha256(image.tobytes()).hexdigest())\n"
    )
    root = Path(__file__).resolve().parents[4]
    outputs = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for seed in ("1", "2")
    ]
    here = [
        hashlib.sha256(
            painted("a lighthouse with birds, rain", negative="boat", seed=11, model=key,
                    size=(96, 80)).tobytes()
        ).hexdigest()
        for key in MODELS
    ]  # fmt: skip
    assert outputs[0] == outputs[1] == here


def test_another_seed_is_another_picture() -> None:
    assert difference(painted("mountains", seed=1), painted("mountains", seed=2)) > 0.03


def test_there_are_at_least_five_models_with_names() -> None:
    assert len(MODELS) >= 5
    assert all(key == style.key and style.name and style.description
               for key, style in MODELS.items())  # fmt: skip


@pytest.mark.parametrize("prompt", ["a lighthouse at dawn", "three vases", "marble"])
def test_models_differ_from_each_other(prompt: str) -> None:
    images = [painted(prompt, model=key) for key in MODELS]
    for index, first in enumerate(images):
        for second in images[index + 1 :]:
            assert difference(first, second) > 0.04


@pytest.mark.parametrize("model", list(MODELS))
@pytest.mark.parametrize("size", [(90, 160), (80, 160), (210, 90), (161, 97), (1, 1), (3, 64)])
def test_size_is_exact_at_every_ratio(model: str, size: tuple[int, int]) -> None:
    for prompt in ("a lighthouse at night in the rain", "a bowl of fruit"):
        image = painted(prompt, model=model, size=size)
        assert image.size == size
        assert image.mode == "RGB"


def test_an_unknown_model_and_an_empty_size_are_refused() -> None:
    with pytest.raises(KeyError):
        painted("koi", model="builtin/nothing")
    with pytest.raises(ValueError):
        painted("koi", size=(0, 100))


@pytest.mark.parametrize("model", list(MODELS))
def test_night_is_darker_than_day(model: str) -> None:
    night = pixels(painted("mountains at night", model=model)).mean()
    assert night < pixels(painted("mountains at noon", model=model)).mean() - 0.08


@pytest.mark.parametrize("subject", ["marble", "a dahlia", "a coffee cup", "balloons by day"])
def test_red_makes_the_picture_redder_than_blue(subject: str) -> None:
    assert mean_redness(painted(f"red {subject}")) > mean_redness(painted(f"blue {subject}")) + 0.02


def test_a_pink_sky_is_pinker() -> None:
    pink = painted("mountains by day under a pink sky")
    assert mean_redness(pink) > mean_redness(painted("mountains by day")) + 0.03


def test_autumn_reddens_and_snow_whitens_a_forest() -> None:
    summer, autumn, winter = (
        painted(f"a forest by day {season}") for season in ("in summer", "in autumn", "in snow")
    )
    assert mean_redness(autumn) > mean_redness(summer) + 0.03
    assert pixels(winter).mean() > pixels(summer).mean() + 0.05


def test_fog_takes_contrast_away() -> None:
    clear, fog = painted("a lighthouse by day"), painted("a lighthouse by day in fog")
    assert pixels(fog).std() < pixels(clear).std()


def test_what_the_negative_prompt_forbids_is_left_out() -> None:
    # The negative prompt is part of the picture's seed, so the brief's effect is what counts.
    foggy = painted("a lighthouse by day in fog", negative="boat")
    clear = painted("a lighthouse by day in fog", negative="fog")
    assert pixels(foggy).std() < pixels(clear).std()


RUBBISH = ["", "😀🎈" * 30, "\x00\x01", "مرحبا", "x" * 4000, "{{ 7*7 }} <script>", "٣" * 9]


@pytest.mark.parametrize(("prompt", "model"), list(zip(RUBBISH, cycle(MODELS), strict=False)))
def test_rubbish_still_gives_a_composed_picture(prompt: str, model: str) -> None:
    assert pixels(painted(prompt, model=model)).std() > 0.05


SCENE_PROMPTS = [(words.split(",")[0].strip(), scene) for scene, (_, words) in SUBJECTS.items()]


@pytest.mark.parametrize(
    ("prompt", "model"),
    [(prompt, model) for (prompt, _), model in zip(SCENE_PROMPTS, cycle(MODELS), strict=False)],
)
def test_no_scene_is_nearly_uniform(prompt: str, model: str) -> None:
    image = pixels(painted(prompt, model=model))
    assert image.std() > 0.05
    # Structure, not only a gradient or grain: large blocks differ from their neighbours.
    blocks = image[:160, :160].reshape(10, 16, 10, 16, 3).mean(axis=(1, 3))
    assert np.abs(np.diff(blocks, axis=0)).max() > 0.06


def test_every_painter_can_be_reached_by_a_word() -> None:
    assert {scene for _, scene in SCENE_PROMPTS} == set(PAINTERS)
