"""Every pair of colours that meets on a page is readable (WCAG 2.2), in both themes."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parent.parent / "static" / "css" / "base" / "tokens.css"
THEMES = ("light", "dark")
BODY, TEXT, SHAPE = 7, 4.5, 3

PAIRS = [
    *[("ink", ground, BODY) for ground in ("canvas", "surface", "raised", "sunken", "well")],
    *[("ink-2", ground, TEXT) for ground in ("canvas", "surface", "raised", "sunken", "well")],
    *[("ink-3", ground, TEXT) for ground in ("canvas", "surface", "raised", "sunken", "well")],
    ("ink-2", "waiting", TEXT),
    ("ink-3", "waiting", TEXT),
    *[("accent-text", ground, TEXT) for ground in ("canvas", "surface", "sunken", "accent-wash")],
    ("ink", "accent-wash", BODY),
    ("on-accent", "accent", TEXT),
    ("accent", "canvas", SHAPE),
    ("accent", "surface", SHAPE),
    *[("danger", ground, TEXT) for ground in ("canvas", "surface", "raised", "danger-wash")],
    ("ink", "danger-wash", BODY),
    ("on-danger", "danger", TEXT),
    *[("ok", ground, TEXT) for ground in ("canvas", "surface", "ok-wash")],
    ("ink", "ok-wash", BODY),
    *[("warn", ground, TEXT) for ground in ("canvas", "surface", "warn-wash")],
    ("ink", "warn-wash", BODY),
    ("on-primary", "primary", BODY),
    *[("line-strong", ground, SHAPE) for ground in ("canvas", "surface", "sunken")],
    ("canvas", "ink", BODY),
    ("ink-accent", "ink", TEXT),
    ("ink-accent-hover", "ink", TEXT),
    ("ink-danger", "ink", SHAPE),
    ("ink-ok", "ink", SHAPE),
    ("stage-ink", "stage", BODY),
    ("stage-ink-2", "stage", TEXT),
]
ON_TINT = [
    ("ink", BODY),
    ("ink-2", TEXT),
    ("ink-3", TEXT),
    ("accent-text", TEXT),
    ("danger", TEXT),
    ("accent", SHAPE),
    ("line-strong", SHAPE),
]

Linear = tuple[float, float, float]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "ground", "needed"), PAIRS)
def test_pair_is_readable(theme, front, ground, needed):
    colours = read_tokens()[theme]
    assert contrast(colours[front], colours[ground]) >= needed


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "needed"), ON_TINT)
def test_tint_of_any_hue_is_readable(theme, front, needed):
    front_colour = read_tokens()[theme][front]
    lightness, chroma = read_tint()[theme]
    worst = min(contrast(front_colour, linear(lightness, chroma, hue)) for hue in range(0, 360, 5))
    assert worst >= needed


@pytest.mark.parametrize("theme", THEMES)
def test_initials_of_any_hue_are_readable(theme):
    worst = min(contrast(linear(0.84, 0.06, hue), linear(0.30, 0.06, hue)) for hue in range(360))
    assert worst >= TEXT


def read_tokens() -> dict[str, dict[str, Linear]]:
    """Read the solid colours from the style sheet: theme -> name -> linear sRGB."""
    colour = r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)"
    both = re.compile(rf"--([\w-]+): light-dark\({colour}, {colour}\);")
    one = re.compile(rf"--([\w-]+): {colour};")
    tokens: dict[str, dict[str, Linear]] = {theme: {} for theme in THEMES}
    css = TOKENS.read_text(encoding="utf-8")
    for name, *numbers in both.findall(css):
        tokens["light"][name] = parse(*numbers[:3])
        tokens["dark"][name] = parse(*numbers[3:])
    for name, *numbers in one.findall(css):
        tokens["light"][name] = tokens["dark"][name] = parse(*numbers)
    return tokens


def read_tint() -> dict[str, tuple[float, float]]:
    """Read lightness and chroma of --tint, whose hue is the picture's."""
    colour = r"oklch\(([\d.]+)% ([\d.]+) var\(--hue\)\)"
    match = re.search(rf"--tint: light-dark\({colour}, {colour}\);", TOKENS.read_text("utf-8"))
    assert match, "--tint is not in tokens.css"
    light, light_chroma, dark, dark_chroma = map(float, match.groups())
    return {"light": (light / 100, light_chroma), "dark": (dark / 100, dark_chroma)}


def parse(lightness: str, chroma: str, hue: str) -> Linear:
    return linear(float(lightness) / 100, float(chroma), float(hue))


def linear(lightness: float, chroma: float, hue: float) -> Linear:
    """Oklch to linear sRGB (Ottosson)."""
    a = chroma * math.cos(math.radians(hue))
    b = chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def contrast(one: Linear, other: Linear) -> float:
    """Contrast ratio of two colours."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: Linear) -> float:
    """Relative luminance, of the colour as a screen shows it: clipped, eight bits a channel."""
    shown = [round(encode(min(max(channel, 0), 1)) * 255) / 255 for channel in colour]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shown)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def encode(channel: float) -> float:
    """Linear light to sRGB."""
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055
