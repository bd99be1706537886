"""Words written into a picture."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageStat

from generation.providers.builtin.colour import encode, from_oklab
from generation.providers.builtin.edits.hues import HUES, axes_of
from generation.providers.builtin.edits.steps import Step

# The face of the pages themselves: it has the accents of Portuguese. Pillow's own has none.
_FACE = Path(__file__).parents[4] / "static/vendor/fonts/hanken-grotesk-latin.woff2"
_WEIGHT = 720
_SIZE = 0.092
"""Height of the letters in parts of the shorter edge."""
_MARGIN = 0.065
_WIDEST = 0.86
_HIGHEST = 0.5
_MOST_LINES = 6
_LEADING = 1.18
_SMALLEST = 6
_PROBE_SIZE = 32

_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def legible(text: str) -> str:
    """What of a text the face has letters for; blanks at its ends are cut."""
    return " ".join("".join(letter for letter in _composed(text) if _has(letter)).split())


def lettered(image: Image.Image, step: Step) -> Image.Image:
    """The picture (RGB) with the step's text on it, as large as fits. The text must be legible."""
    lines, font = _fitted(legible(step.text), image.size, step.amount)
    width, height = image.size
    size = font.size if isinstance(font, ImageFont.FreeTypeFont) else _SMALLEST
    leading = size * _LEADING
    tall = leading * (len(lines) - 1) + size
    margin = _MARGIN * min(width, height)
    top = margin + (height - 2 * margin - tall) * step.down
    letters = Image.new("L", image.size)
    draw = ImageDraw.Draw(letters)
    for number, line in enumerate(lines):
        long = draw.textlength(line, font=font)
        left = margin + (width - 2 * margin - long) * step.across
        draw.text((left, top + leading * number), line, fill=255, font=font)
    box = letters.getbbox()
    if box is None:
        return image
    ink = _ink(step.colours)
    # A soft shadow, or a soft light under dark letters: legible on everything and never a box.
    is_dark = float(np.dot(ink, (0.30, 0.59, 0.11))) < 110
    halo = letters.filter(ImageFilter.GaussianBlur(size * 0.16)).point(_halo_strength(image, box))
    base = Image.composite(
        Image.new("RGB", image.size, (255, 255, 255) if is_dark else (8, 8, 14)), image, halo
    )
    return Image.composite(Image.new("RGB", image.size, ink), base, letters)


def _halo_strength(image: Image.Image, box: tuple[int, int, int, int]) -> list[int]:
    """More of it where the ground is busy or light."""
    ground = ImageStat.Stat(image.convert("L").crop(box))
    strength = 0.75 + 0.55 * ground.mean[0] / 255 + ground.stddev[0] / 160
    return [min(215, round(value * strength)) for value in range(256)]


def _ink(colours: tuple[str, ...]) -> tuple[int, int, int]:
    name = colours[0] if colours else "white"
    if name not in HUES:
        return (16, 16, 20) if name == "black" else (255, 253, 248)
    light = {"yellow": 0.88, "gold": 0.80, "blue": 0.55, "brown": 0.42}.get(name, 0.70)
    lab = np.array([light, *axes_of(name, 0.06 if name == "brown" else 0.17)], np.float32)
    red, green, blue = (round(float(part) * 255) for part in encode(from_oklab(lab)))
    return red, green, blue


def _fitted(text: str, size: tuple[int, int], amount: float) -> tuple[list[str], _Font]:
    """Lines and the largest font, up to the size that is wanted, in which they fit."""
    width, height = size
    wanted = max(_SMALLEST, round(_SIZE * min(size) * amount))
    while True:
        font = _font(wanted)
        lines = _wrapped(text, font, width * _WIDEST)
        fits = all(font.getlength(line) <= width * _WIDEST for line in lines)
        is_low = wanted * _LEADING * len(lines) <= height * _HIGHEST and len(lines) <= _MOST_LINES
        if (fits and is_low) or wanted <= _SMALLEST:
            return _balanced(lines, font, width * _WIDEST), font
        wanted = max(_SMALLEST, int(wanted * 0.88))


def _wrapped(text: str, font: _Font, width: float) -> list[str]:
    lines: list[str] = []
    for word in _broken(text, font, width):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _broken(text: str, font: _Font, width: float) -> list[str]:
    """The words of a text. At the smallest size, one that is too long becomes several."""
    words = text.split()
    if getattr(font, "size", _SMALLEST) > _SMALLEST:
        return words
    parts: list[str] = []
    for word in words:
        parts.append("")
        for letter in word:
            if parts[-1] and font.getlength(parts[-1] + letter) > width:
                parts.append("")
            parts[-1] += letter
    return parts


def _balanced(lines: list[str], font: _Font, width: float) -> list[str]:
    """As many lines, of more equal lengths: no word is left alone in the last one."""
    for share in (0.5, 0.6, 0.7, 0.8, 0.9):
        again = _wrapped(" ".join(lines), font, width * share)
        if len(again) == len(lines) and all(font.getlength(line) <= width for line in again):
            return again
    return lines


@cache
def _font(size: int) -> _Font:
    try:
        font = ImageFont.truetype(_FACE, size, layout_engine=ImageFont.Layout.BASIC)
        font.set_variation_by_axes([_WEIGHT])
    except OSError:  # a FreeType that was built without WOFF2: Pillow's face, which is plain ASCII
        return ImageFont.load_default(size)
    return font


def _composed(text: str) -> str:
    """Letters with their accents in one, or without them where the face has none."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        letter if _has(letter) else _without_accents(letter)
        for letter in composed
        if letter.isspace() or letter.isprintable()
    )


def _without_accents(letter: str) -> str:
    decomposed = unicodedata.normalize("NFKD", letter)
    return "".join(part for part in decomposed if not unicodedata.combining(part))


@cache
def _missing() -> bytes:
    return bytes(_font(_PROBE_SIZE).getmask("\U0010fffe"))


@cache
def _has(letter: str) -> bool:
    """Whether the face has a glyph of its own for this character."""
    if letter.isspace():
        return True
    return bytes(_font(_PROBE_SIZE).getmask(letter)) not in {_missing(), b""}
