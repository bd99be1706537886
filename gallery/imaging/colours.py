"""Two numbers that stand for a picture before it is there: its mean colour and its mean hue.

Both are taken from the same 24x24 box resize. The colour fills the card until the rendition
arrives (`--lq`), the hue tints the pages around the picture (`--hue`).
"""

from __future__ import annotations

import math

from PIL import Image

from gallery.imaging.pixels import to_srgb

SAMPLE_SIDE = 24

#: Degrees. The hue of the interface's own greys, for pictures that have none.
NEUTRAL_HUE = 260

#: OKLab chroma. Below this nobody sees a colour, and its angle is rounding noise.
_NO_CHROMA = 0.001

_LINEAR = tuple(
    c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
    for c in (value / 255 for value in range(256))
)

Pixel = tuple[int, int, int, int]


def sample(image: Image.Image) -> Image.Image:
    """Return the 24x24 picture both numbers are taken from; a sample's sample is itself."""
    return to_srgb(image).resize((SAMPLE_SIDE, SAMPLE_SIDE), Image.Resampling.BOX)


def dominant_colour(image: Image.Image) -> str:
    """Return the mean sRGB colour as "#rrggbb". Transparent pixels count as little as they show."""
    red = green = blue = 0.0
    total = 0
    for r, g, b, alpha in _pixels(image):
        red += r * alpha
        green += g * alpha
        blue += b * alpha
        total += alpha
    if total == 0:
        return "#808080"
    return f"#{round(red / total):02x}{round(green / total):02x}{round(blue / total):02x}"


def hue(image: Image.Image) -> int:
    """Return the angle of the mean OKLab colour, 0 to 359 degrees; NEUTRAL_HUE for greys."""
    a = b = 0.0
    total = 0
    for red, green, blue, alpha in _pixels(image):
        pixel_a, pixel_b = _oklab_ab(_LINEAR[red], _LINEAR[green], _LINEAR[blue])
        a += pixel_a * alpha
        b += pixel_b * alpha
        total += alpha
    if total == 0 or math.hypot(a, b) / total < _NO_CHROMA:
        return NEUTRAL_HUE
    return round(math.degrees(math.atan2(b, a))) % 360


def _pixels(image: Image.Image) -> list[Pixel]:
    """Return the sample's pixels as (red, green, blue, alpha), 0 to 255 each."""
    raw = sample(image).convert("RGBA").tobytes()
    return list(zip(raw[0::4], raw[1::4], raw[2::4], raw[3::4], strict=True))


def _oklab_ab(red: float, green: float, blue: float) -> tuple[float, float]:
    """Return OKLab's a and b of a linear sRGB colour (Ottosson's published matrices)."""
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )
