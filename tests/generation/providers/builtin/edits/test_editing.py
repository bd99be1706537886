"""What the steps do to the pixels of a picture."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from generation.providers.builtin.edits.editing import MOST_EDGE, edited, within_bounds
from generation.providers.builtin.edits.instructions import read_instructions
from generation.providers.builtin.edits.pixels import to_lab
from generation.providers.builtin.edits.steps import Act, Region, Step
from generation.providers.builtin.pictures import paint
from generation.providers.builtin.styles import STYLES

LUMEN = STYLES["builtin/lumen"]


@cache
def a_picture(prompt: str = "mountains and a lake by day") -> Image.Image:
    return paint(prompt=prompt, seed=5, model=LUMEN.key, width=240, height=160)


@cache
def apples() -> Image.Image:
    """Red at the left, green in the middle, blue at the right, on grey."""
    image = Image.new("RGB", (240, 120), "#9a9a9a")
    for left, colour in ((20, "#c8202a"), (95, "#2f9a3c"), (170, "#2050c8")):
        image.paste(colour, (left, 30, left + 50, 90))
    return image


def change(
    image: Image.Image, message: str, *, model: str = LUMEN.key, seed: int = 3
) -> Image.Image:
    steps = read_instructions(message).steps
    assert steps, message
    return edited(image, steps, style=STYLES[model], seed=seed)


def lab(image: Image.Image) -> np.ndarray:
    return np.asarray(to_lab(np.asarray(image.convert("RGB"))), np.float64)


def lightness(image: Image.Image) -> float:
    return float(lab(image)[..., 0].mean())


def chroma(image: Image.Image) -> float:
    return float(np.hypot(lab(image)[..., 1], lab(image)[..., 2]).mean())


def warmth(image: Image.Image) -> float:
    return float(lab(image)[..., 2].mean())


def upper(image: Image.Image) -> Image.Image:
    return image.crop((0, 0, image.width, image.height // 4))


def lower(image: Image.Image) -> Image.Image:
    return image.crop((0, 3 * image.height // 4, image.width, image.height))


def sharpness(image: Image.Image) -> float:
    grey = np.asarray(image.convert("L"), float)
    return float(np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean())


@pytest.mark.parametrize("model", list(STYLES))
def test_light_and_warmth_go_where_they_were_told(model: str) -> None:
    image = a_picture()
    assert lightness(change(image, "darker", model=model)) < lightness(image) - 0.08
    assert lightness(change(image, "brighter", model=model)) > lightness(image) + 0.05
    assert warmth(change(image, "warmer", model=model)) > warmth(image) + 0.02
    assert warmth(change(image, "mais frio", model=model)) < warmth(image) - 0.02


def test_much_is_more_than_plain_and_plain_is_more_than_slightly() -> None:
    much, plain, little = (
        lightness(change(a_picture(), f"{strength} darker"))
        for strength in ("much", "", "slightly")
    )
    assert much < plain - 0.03 < little - 0.06


@pytest.mark.parametrize("model", list(STYLES))
def test_black_and_white_has_no_colour_left(model: str) -> None:
    assert chroma(change(a_picture(), "preto e branco", model=model)) < 0.004


def test_sepia_is_one_brown() -> None:
    colours = lab(change(a_picture(), "sepia"))
    assert colours[..., 2].min() > 0
    assert np.ptp(np.degrees(np.arctan2(colours[..., 2], colours[..., 1]))) < 40


def test_contrast_and_saturation() -> None:
    image = a_picture()
    spread = lab(image)[..., 0].std()
    assert lab(change(image, "more contrast"))[..., 0].std() > spread * 1.08
    assert lab(change(image, "less contrast"))[..., 0].std() < spread * 0.8
    assert chroma(change(image, "more saturated")) > chroma(image) * 1.15
    assert chroma(change(image, "less saturated")) < chroma(image) * 0.7


def test_a_darker_sky_leaves_the_land_alone() -> None:
    image = a_picture()
    result = change(image, "make the sky darker")
    assert lightness(upper(result)) < lightness(upper(image)) - 0.08
    assert abs(lightness(lower(result)) - lightness(lower(image))) < 0.02
    result = change(image, "darken everything but the sky")
    assert abs(lightness(upper(result)) - lightness(upper(image))) < 0.03
    assert lightness(lower(result)) < lightness(lower(image)) - 0.05


def test_a_pink_sky_is_pinker_and_the_lake_is_not() -> None:
    image = a_picture()
    result = change(image, "deixe o céu rosa")
    assert lab(upper(result))[..., 1].mean() > lab(upper(image))[..., 1].mean() + 0.04
    assert abs(lab(lower(result))[..., 1].mean() - lab(lower(image))[..., 1].mean()) < 0.01


@pytest.mark.parametrize("region", list(Region))
def test_every_region_is_a_part_that_is_changed_most(region: Region) -> None:
    image = a_picture()
    steps = [Step(Act.LIGHT, amount=-2, region=region)]
    changed = lab(image)[..., 0] - lab(edited(image, steps, style=LUMEN, seed=1))[..., 0]
    assert changed.max() > 0.05
    assert changed.min() < 0.03


def test_sunset_warms_the_horizon_and_night_is_dark_and_blue() -> None:
    image = a_picture()
    evening, night = change(image, "sunset"), change(image, "à noite")
    assert warmth(evening) > warmth(image) + 0.03
    horizon = evening.crop((0, 40, 240, 60))
    assert warmth(horizon) > warmth(upper(evening)) + 0.05
    assert lightness(night) < lightness(image) * 0.6
    assert warmth(night) < 0
    assert lightness(change(image, "anoitecer")) > lightness(night)


def test_night_and_sunset_do_without_a_sky() -> None:
    flat = Image.new("RGB", (64, 48), "#8a4030")
    assert lightness(change(flat, "night")) < lightness(flat)
    assert warmth(change(flat, "night")) < warmth(change(flat, "sunset"))


def test_only_the_colour_that_was_named_is_kept() -> None:
    result = lab(change(apples(), "tire a cor menos o vermelho"))
    saturation = np.hypot(result[..., 1], result[..., 2])
    assert saturation[60, 45] > 0.12
    assert saturation[60, 120] < 0.02
    assert saturation[60, 195] < 0.02
    both = lab(change(apples(), "keep only the green and the blue"))
    assert np.hypot(both[..., 1], both[..., 2])[60, 45] < 0.02
    assert np.hypot(both[..., 1], both[..., 2])[60, 195] > 0.1
    without = lab(change(apples(), "remove the red"))
    assert np.hypot(without[..., 1], without[..., 2])[60, 45] < 0.03


def test_blur_and_sharpening() -> None:
    image = a_picture()
    assert sharpness(change(image, "blur")) < sharpness(image) * 0.8
    assert sharpness(change(image, "much blurrier")) < sharpness(change(image, "slightly blurry"))
    assert sharpness(change(image, "sharpen")) > sharpness(image) * 1.15


def test_a_blurred_background_spares_what_stands_out() -> None:
    red = Image.effect_noise((240, 180), 90).convert("RGB")
    thing = Image.effect_noise((60, 90), 90).convert("RGB")
    red.paste(Image.blend(thing, Image.new("RGB", thing.size, "#e02020"), 0.6), (90, 50))
    result = change(red, "blur the background")
    rim, middle = (0, 0, 50, 180), (105, 70, 135, 120)
    assert sharpness(result.crop(rim)) < sharpness(red.crop(rim)) * 0.4
    assert sharpness(result.crop(middle)) > sharpness(red.crop(middle)) * 0.8


def test_posterizing_leaves_few_colours_and_inverting_is_its_own_opposite() -> None:
    image = a_picture()
    assert len(change(image, "posterize").getcolors(1 << 16) or []) <= 12
    assert len(change(image, "limit the colours to 3").getcolors(1 << 16) or []) <= 3
    assert change(change(image, "invert"), "negativo").tobytes() == image.tobytes()


def test_a_vignette_darkens_the_corners_only_and_grain_is_noise() -> None:
    image = a_picture()
    result = change(image, "vignette")
    corner, middle = (0, 140, 30, 160), (100, 60, 140, 100)
    assert lightness(result.crop(corner)) < lightness(image.crop(corner)) - 0.03
    assert abs(lightness(result.crop(middle)) - lightness(image.crop(middle))) < 0.01
    flat = Image.new("RGB", (120, 80), "#808080")
    grain = change(flat, "granulado")
    assert lab(grain)[..., 0].std() > 0.015
    assert abs(lightness(grain) - lightness(flat)) < 0.01


def test_mirrors_and_quarter_turns_keep_every_pixel() -> None:
    image = a_picture()
    pixels = np.asarray(image)
    assert np.array_equal(np.asarray(change(image, "espelhe")), pixels[:, ::-1])
    assert np.array_equal(np.asarray(change(image, "flip vertically")), pixels[::-1])
    assert np.array_equal(np.asarray(change(image, "rotate left")), np.rot90(pixels))
    assert np.array_equal(np.asarray(change(image, "gire 90 graus")), np.rot90(pixels, -1))
    assert np.array_equal(np.asarray(change(image, "rotate 180")), np.rot90(pixels, 2))


def test_other_turns_leave_no_empty_corner() -> None:
    white = Image.new("RGB", (200, 120), "white")
    for degrees in (1, 7, 44, 45, 46, 100, 359):
        result = change(white, f"rotate {degrees} degrees")
        assert np.asarray(result).min() > 250
        assert min(result.size) > 40


@pytest.mark.parametrize(
    ("message", "size"),
    [
        ("crop to 16:9", (240, 135)),
        ("quadrado", (160, 160)),
        ("crop to 9:16", (90, 160)),
        ("corte em 4:5", (128, 160)),
        ("rotate left and crop to 1:1", (160, 160)),
        ("rotate right", (160, 240)),
        ("darker", (240, 160)),
        ("zoom in", (240, 160)),
    ],
)
def test_the_size_is_the_pictures_own_or_what_was_asked_for(
    message: str, size: tuple[int, int]
) -> None:
    assert change(a_picture(), message).size == size


def test_a_crop_keeps_the_side_that_was_named() -> None:
    image, pixels = a_picture(), np.asarray(a_picture())
    assert np.array_equal(change(image, "crop square from the left"), pixels[:, :160])
    assert np.array_equal(change(image, "corte quadrado à direita"), pixels[:, 80:])
    assert np.array_equal(change(image, "crop it square"), pixels[:, 40:200])


def test_words_stand_where_they_were_wanted() -> None:
    image = Image.new("RGB", (400, 300), "#405060")
    for place, rows in (("at the top", slice(0, 90)), ("at the bottom", slice(210, 300))):
        white = np.asarray(change(image, f'add text "Olá, São João" {place}')).min(-1) > 240
        assert white.sum() > 300
        assert white[rows].sum() == white.sum()
    corner = np.asarray(change(image, 'write "hi" in the top left corner')).min(-1) > 240
    assert corner[:100, :150].sum() == corner.sum() > 50


def test_words_have_their_accents() -> None:
    image = Image.new("RGB", (400, 300), "#000000")
    plain, accented = (
        np.asarray(change(image, f'write "{text}"').convert("L"), int) for text in ("aeo", "ãéõ")
    )
    assert (accented > 128).sum() > (plain > 128).sum() + 20


def test_words_have_the_colour_that_was_named() -> None:
    image = Image.new("RGB", (300, 200), "#808080")
    red = lab(change(image, 'write "SALE" in red'))
    assert red[..., 1].max() > 0.12
    assert np.asarray(change(image, 'escreva "x" em preto').convert("L")).min() < 40


def test_long_words_shrink_until_they_fit() -> None:
    image = Image.new("RGB", (160, 120), "black")
    for text in ("w" * 60, "muitas palavras " * 12, "Anticonstitucionalissimamente"):
        white = np.asarray(change(image, f'write "{text}" at the top').convert("L")) > 90
        assert white.any()
        assert not white[:, :2].any()
        assert not white[110:].any()


def test_what_was_transparent_stays_so() -> None:
    image = a_picture().convert("RGBA")
    alpha = Image.new("L", image.size, 255)
    alpha.paste(0, (0, 0, 100, 160))
    image.putalpha(alpha)
    result = change(image, "warmer")
    assert result.mode == "RGBA"
    assert result.getchannel("A").tobytes() == alpha.tobytes()
    assert np.asarray(change(image, "mirror").getchannel("A"))[:, 150:].max() == 0


def test_models_have_a_touch_of_their_own_and_none_where_only_the_shape_changes() -> None:
    results = {model: change(a_picture(), "warmer", model=model).tobytes() for model in STYLES}
    assert len(set(results.values())) == len(STYLES)
    shapes = {change(a_picture(), "mirror", model=model).tobytes() for model in STYLES}
    assert len(shapes) == 1


@pytest.mark.parametrize("model", list(STYLES))
def test_many_edits_do_not_add_up_to_a_model_of_their_own(model: str) -> None:
    image = a_picture()
    for number in range(6):
        image = change(image, "5% warmer" if number % 2 else "5% colder", model=model)
    assert abs(lightness(image) - lightness(a_picture())) < 0.05
    assert abs(chroma(image) - chroma(a_picture())) < 0.02


def test_the_same_edit_gives_the_same_pixels_and_another_seed_another_grain() -> None:
    message = "sunset, grain, vignette"
    first = change(a_picture(), message)
    assert first.tobytes() == change(a_picture(), message).tobytes()
    assert first.tobytes() != change(a_picture(), message, seed=4).tobytes()


def test_the_pixels_do_not_depend_on_the_process() -> None:
    script = (
        "import hashlib\n"
        "from PIL import Image\n"
        "from generation.providers.builtin.edits.editing import edited\n"
        "from generation.providers.builtin.edits.instructions import read_instructions\n"
        "from generation.providers.builtin.styles import STYLES\n"
        "image = Image.linear_gradient('L').convert('RGB')\n"
        "steps = read_instructions('night, posterize, keep only the blue, add text \"Oi\"').steps\n"
        "for style in STYLES.values():\n"
        "    image = edited(image, steps, style=style, seed=9)\n"
        "print(hashlib.sha256(image.tobytes()).hexdigest())\n"
    )
    root = Path(__file__).resolve().parents[5]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert len(outputs.pop().strip()) == len(hashlib.sha256().hexdigest())


def test_any_step_on_any_small_picture_gives_a_picture() -> None:
    dice = random.Random(11)
    acts = [act for act in Act if act not in {Act.STYLE, Act.PALETTE}]
    for number in range(160):
        size = (dice.choice([1, 2, 3, 7, 16, 61]), dice.choice([1, 2, 5, 13, 40]))
        noise = np.random.default_rng(number).integers(0, 256, (size[1], size[0], 3), np.uint8)
        image = Image.fromarray(noise).filter(ImageFilter.GaussianBlur(dice.choice([0, 2])))
        act = acts[number % len(acts)]
        step = Step(
            act,
            amount=dice.choice([-3.0, -0.5, 0.2, 1.0, 3.0]),
            region=dice.choice([None, *Region]),
            colours=(dice.choice(["red", "blue", "brown"]),),
            degrees=dice.uniform(0, 359),
            ratio=(dice.randint(1, 9), dice.randint(1, 9)),
            text="Olá mundo",
            down=dice.random(),
            across=dice.random(),
        )
        result = edited(image, [step], style=dice.choice(list(STYLES.values())), seed=number)
        assert result.mode == "RGB"
        assert min(result.size) >= 1


def test_white_and_black_stay_within_the_gamut() -> None:
    for colour in ("white", "black", "#00ff00", "#0000ff"):
        for message in ("much warmer", "much colder", "much more saturated", "night", "sunset"):
            change(Image.new("RGB", (20, 20), colour), message)


def test_what_is_too_large_is_made_smaller_and_nothing_else_is() -> None:
    assert within_bounds(Image.new("RGB", (MOST_EDGE * 2, 100))).size == (MOST_EDGE, 50)
    assert within_bounds(Image.new("RGB", (100, MOST_EDGE))).size == (100, MOST_EDGE)
    assert within_bounds(Image.new("RGB", (9000, 1))).size == (MOST_EDGE, 1)


@pytest.mark.parametrize("message", ["sunset", "make the sky darker", "posterize", "warmer"])
def test_a_megapixel_takes_less_than_a_second(message: str) -> None:
    image = a_picture().resize((1024, 1024))
    change(image.resize((64, 64)), message)
    start = time.process_time()
    change(image, message)
    assert time.process_time() - start < 1.2
