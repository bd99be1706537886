"""What an instruction comes down to: plain steps, whatever the language they were asked in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """One thing that the engine can do to a picture."""

    LIGHT = "light"
    WARMTH = "warmth"
    CONTRAST = "contrast"
    SATURATION = "saturation"
    TINT = "tint"
    MONOCHROME = "monochrome"
    SEPIA = "sepia"
    KEEP_COLOURS = "keep_colours"
    MUTE_COLOURS = "mute_colours"
    INVERT = "invert"
    SUNSET = "sunset"
    NIGHT = "night"
    BLUR = "blur"
    SHARPEN = "sharpen"
    POSTERIZE = "posterize"
    STYLE = "style"
    PALETTE = "palette"
    MIRROR = "mirror"
    FLIP = "flip"
    ROTATE = "rotate"
    CROP = "crop"
    ZOOM = "zoom"
    VIGNETTE = "vignette"
    GRAIN = "grain"
    LETTERING = "lettering"


class Region(StrEnum):
    """A part of the picture that can be told apart without knowing what it shows."""

    SKY = "sky"
    LAND = "land"
    """All that is not sky."""
    BACKGROUND = "background"
    FOREGROUND = "foreground"
    TOP = "top"
    BOTTOM = "bottom"
    LEFT = "left"
    RIGHT = "right"
    CENTRE = "centre"
    EDGES = "edges"
    SHADOWS = "shadows"
    HIGHLIGHTS = "highlights"


PLAIN_COLOURS = 12
"""How many colours a plain "posterize" leaves."""


@dataclass(frozen=True)
class Step:
    """One thing to do. What does not concern its act is left at the default."""

    act: Act
    amount: float = 1.0
    """Strength: 1 is what the plain word means, below 0 the opposite (darker, colder, less)."""
    region: Region | None = None
    """Where; None is everywhere. Of a crop: the side to keep."""
    colours: tuple[str, ...] = ()
    """Names of colours (hues.py)."""
    degrees: float = 0.0
    """Of a rotation, clockwise."""
    ratio: tuple[int, int] | None = None
    """Of a crop, width to height."""
    text: str = ""
    down: float = 1.0
    """Where lettering stands: 0 at the top, 0.5 in the middle, 1 at the bottom."""
    across: float = 0.5
    """0 at the left, 1 at the right."""


@dataclass(frozen=True)
class Instructions:
    """What a message asks for, as far as it was understood."""

    steps: tuple[Step, ...] = ()
    is_partial: bool = False
    """Whether it asks for something that was not understood, beside the steps."""
