"""The canvas that scenes paint on: layers, graded fields, lights and veils.

A scene says *what* is there; the canvas decides how its medium shows it. This one paints
continuous light (lumen, gouache); media.py has the flat, cut and drawn ones.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from generation.providers.builtin import noise, shapes
from generation.providers.builtin.colour import Colour, Field, Stops, look_up, ramp
from generation.providers.builtin.shapes import Frame, Patch


@dataclass(frozen=True)
class Style:
    """How a model composes and finishes; scenes read the composition part."""

    key: str
    name: str
    description: str
    medium: str
    """One of "light", "brush", "print", "paper", "pencil"."""
    layers: float = 1.0
    """Factor on how many layers of depth a scene has."""
    detail: float = 1.0
    """0 to 1: how rough outlines are and how many small things there are."""
    subject: float = 1.0
    """Factor on the size of the main subject."""
    horizon: float = 0.0
    """Shift of the horizon, in picture heights (positive is lower)."""
    texture: float = 1.0
    """Factor on the surface texture of layers."""
    chroma: float = 1.0
    """Factor on the chroma of the palette."""
    contrast: float = 1.0
    steps: int = 0
    """Bands of a graded field; 0 is continuous."""

    @property
    def is_flat(self) -> bool:
        """Whether surfaces are single tones, so that fine texture is pointless."""
        return self.steps > 0


def seeded(*parts: object) -> np.random.Generator:
    """A generator that depends on nothing but the parts, in every process."""
    text = "\x1f".join(str(part) for part in parts).encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(text, digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))


class Canvas(Frame):
    """Continuous light: soft shading, texture, glows. Holds linear RGB, shape (h, w, 3)."""

    def __init__(self, width: int, height: int, style: Style, source: str) -> None:
        super().__init__(width, height)
        self.style = style
        self.rgb: Field = np.zeros((height, width, 3), np.float32)
        self._source = source
        self._grain: Field | None = None

    def rng(self, name: str) -> np.random.Generator:
        """The generator of one part of the picture; the parts do not disturb each other."""
        return seeded(self._source, name)

    def count(self, number: float) -> int:
        """A number of depth layers, as many as the style likes."""
        return max(2, round(number * self.style.layers))

    def octaves(self, number: int) -> int:
        """Octaves of an outline's noise, fewer in smooth styles."""
        return max(2, round(number * (0.35 + 0.65 * self.style.detail)))

    def noise(
        self,
        name: str,
        scale: float,
        *,
        octaves: int = 5,
        gain: float = 0.5,
        stretch: float = 1.0,
        rows: int | None = None,
    ) -> Field:
        """Fractal noise over the picture (or its first `rows` pixel rows), about -1 to 1."""
        shape = (self.height if rows is None else max(1, rows), self.width)
        rng = self.rng(name)
        return noise.fractal(
            shape, rng, unit=self.unit, scale=scale, octaves=octaves, gain=gain, stretch=stretch
        )

    def outline(self, name: str, scale: float, *, octaves: int = 6, gain: float = 0.5) -> Field:
        """Fractal noise for each column, about -1 to 1: the crest of a ridge or a wave."""
        return noise.line(
            self.x[0], self.rng(name), scale=scale, octaves=self.octaves(octaves), gain=gain
        )

    def grain(self, patch: Patch) -> Field:
        """The shared fine texture under a patch, about -1 to 1."""
        if self._grain is None:
            self._grain = self.noise("grain", 34, octaves=4, gain=0.62)
        return self._grain[patch.rows, patch.columns]

    # What scenes call.

    def field(
        self, positions: Field, stops: Stops, *, patch: Patch | None = None, steps: int = 0
    ) -> None:
        """Paint a graded surface: ramp positions 0 to 1 for each pixel (of the patch)."""
        colours = look_up(ramp(stops), positions)
        self.blend(shapes.whole(self) if patch is None else patch, colours)

    def layer(
        self,
        patch: Patch,
        colour: Colour,
        *,
        shade: Field | None = None,
        lift: float = 0.010,
        ink: float = 1.0,
        texture: float = 0.0,
    ) -> None:
        """Put one thing on the picture.

        `shade` brightens (+1) or darkens (-1) in the shape of the patch; `lift` is the height
        of a paper layer in units, `ink` the weight of its drawn outline, `texture` how rough
        its surface is.
        """
        if patch.is_empty:
            return
        surface: Field = colour
        light: Field | None = None
        if shade is not None:
            light = 1 + np.clip(shade, -0.95, 2)
        if texture:
            rough = 1 + self.grain(patch) * (texture * self.style.texture)
            light = rough if light is None else light * rough
        if light is not None:
            surface = colour * light[..., None]
        self.blend(patch, surface)

    def light(self, strength: Field, colour: Colour, *, patch: Patch | None = None) -> None:
        """Add light: `strength` (0 to about 1) for each pixel (of the patch)."""
        view = self.rgb if patch is None else self.rgb[patch.rows, patch.columns]
        view += strength[..., None] * colour

    def veil(self, patch: Patch, colour: Colour) -> None:
        """Lay haze, mist or a shadow over what is there; no outline, no height."""
        self.blend(patch, colour)

    def darken(self, patch: Patch, amount: float, softness: float = 0.02) -> None:
        """A soft shadow of the patch's shape; `softness` in units."""
        self.shadow(patch, amount, softness, 0.0, 0.0)

    # What media build on.

    def blend(self, patch: Patch, colours: Field) -> None:
        """Cover the patch with a colour (3,) or with colours (rows, columns, 3)."""
        if patch.is_empty:
            return
        view = self.rgb[patch.rows, patch.columns]
        view += (colours - view) * patch.alpha[..., None]

    def shadow(
        self, patch: Patch, amount: float, softness: float, across: float, down: float
    ) -> None:
        """Darken around a patch: its coverage, shifted and blurred (lengths in units)."""
        patch = patch.outer_part()
        if patch.is_empty:
            return
        reach = int((softness * 2.5 + max(abs(across), abs(down))) * self.unit) + 2
        top, left = max(0, patch.rows.start - reach), max(0, patch.columns.start - reach)
        bottom = min(self.height, patch.rows.stop + reach)
        right = min(self.width, patch.columns.stop + reach)
        padding = (
            (patch.top - top, bottom - patch.rows.stop),
            (patch.left - left, right - patch.columns.stop),
        )
        cover = np.pad(patch.alpha, padding)
        cover = _shifted(cover, round(down * self.unit), round(across * self.unit))
        soft = noise.blur_mask(cover, softness * self.unit)
        self.rgb[top:bottom, left:right] *= (1 - soft * np.float32(amount))[..., None]


def _shifted(field: Field, down: int, across: int) -> Field:
    """The field moved by whole pixels; the edges repeat."""
    if not down and not across:
        return field
    rows = np.clip(np.arange(field.shape[0]) - down, 0, field.shape[0] - 1)
    columns = np.clip(np.arange(field.shape[1]) - across, 0, field.shape[1] - 1)
    return field[rows][:, columns]
