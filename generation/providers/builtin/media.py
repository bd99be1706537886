"""Canvases of the flat media: screen print, cut paper, pencil with a light wash."""

from __future__ import annotations

import numpy as np

from generation.providers.builtin import shapes
from generation.providers.builtin.canvas import Canvas, Style
from generation.providers.builtin.colour import (
    Colour,
    Field,
    Stops,
    from_oklab,
    look_up,
    ramp,
    to_oklab,
)
from generation.providers.builtin.shapes import Patch


def _banded(positions: Field, steps: int) -> Field:
    """Positions 0 to 1 cut into bands whose borders are one pixel soft."""
    scaled = np.clip(positions, 0, 1) * np.float32(steps - 1e-3)
    base = np.floor(scaled)
    slope = np.abs(np.diff(scaled, axis=0, append=scaled[-1:])) + np.abs(
        np.diff(scaled, axis=1, append=scaled[:, -1:])
    )
    # Soft on the last part of each band, as wide as the field needs for about one pixel.
    width = np.clip(slope * 1.2, 1e-4, 1)
    rise = np.clip((scaled - base - 1 + width) / width, 0, 1)
    bands: Field = np.clip((base + rise) / max(1, steps - 1), 0, 1)
    return bands


class PrintCanvas(Canvas):
    """Screen print: few inks, hard bands, shadows through a halftone screen."""

    def __init__(self, width: int, height: int, style: Style, source: str) -> None:
        super().__init__(width, height, style, source)
        self._screen: Field | None = None

    def ink(self, colour: Colour) -> Colour:
        """The nearest ink on the shelf: lightness in steps, a little more chroma."""
        lab = to_oklab(np.clip(colour, 0, 1))
        lab[0] = 0.02 + round(float(lab[0] - 0.02) / 0.07) * 0.07
        lab[1:] *= 1.16
        return np.clip(from_oklab(lab), 0, 1)

    def screen(self, patch: Patch) -> Field:
        """The halftone screen under a patch: thresholds 0 to 1."""
        if self._screen is None:
            pitch = np.float32(2 * np.pi * 88)
            first = np.sin((self.x + self.y) * pitch * np.float32(0.7071))
            second = np.sin((self.x - self.y) * pitch * np.float32(0.7071))
            self._screen = (first * second) * np.float32(0.5) + np.float32(0.5)
        return self._screen[patch.rows, patch.columns]

    def field(
        self, positions: Field, stops: Stops, *, patch: Patch | None = None, steps: int = 0
    ) -> None:
        """Bands of flat ink instead of a gradient."""
        inks = [(position, self.ink(colour)) for position, colour in stops]
        target = shapes.whole(self) if patch is None else patch
        bands = _banded(positions, steps or self.style.steps)
        self.blend(target, look_up(ramp(inks), bands))

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
        """One flat ink; shading becomes a second, halftoned impression."""
        if patch.is_empty:
            return
        flat = self.ink(colour)
        surface: Field = flat
        if shade is not None:
            edge = 0.16
            threshold = self.screen(patch) * np.float32(0.44) + np.float32(0.02)
            dark = np.clip((-shade - threshold) / edge + 0.5, 0, 1)[..., None]
            bright = np.clip((shade - threshold - 0.06) / edge + 0.5, 0, 1)[..., None]
            surface = flat * (1 - 0.48 * dark) + (1.16 * flat + 0.05 - flat) * bright
        self.blend(patch, surface)

    def light(self, strength: Field, colour: Colour, *, patch: Patch | None = None) -> None:
        """Light as rings of lighter ink."""
        target = shapes.whole(self) if patch is None else patch
        level = _banded(np.clip(strength, 0, 1), 4)
        ink = np.clip(self.ink(np.clip(colour, 0, 1)), 0, 1)
        self.blend(target.times(level * np.float32(0.75)), ink)

    def veil(self, patch: Patch, colour: Colour) -> None:
        """Haze as steps of coverage."""
        self.blend(patch.covering(_banded(patch.alpha, 4) * 0.9), self.ink(colour))

    def darken(self, patch: Patch, amount: float, softness: float = 0.02) -> None:
        """A hard shadow of one tone."""
        self.blend(patch.times(amount * 0.8), self.rgb[patch.rows, patch.columns] * 0.25)


class PaperCanvas(Canvas):
    """Cut paper: every layer lies a little higher and throws a shadow on those below."""

    _WAY = (0.55, 1.0)
    """Direction of the shadows: across, down."""

    def lay(self, patch: Patch, colours: Field, lift: float) -> None:
        """A sheet of paper `lift` units above what is there."""
        if patch.is_empty:
            return
        if lift > 0:
            across, down = (part * lift for part in self._WAY)
            self.shadow(patch, 0.34, lift * 0.75, across * 0.8, down * 0.8)
            self.shadow(patch, 0.24, lift * 0.22, across * 0.28, down * 0.28)
        self.blend(patch, colours)
        if lift > 0:
            self._catch_light(patch)

    def _catch_light(self, patch: Patch) -> None:
        """The cut edge towards the light is a thin bright line."""
        step = max(1, round(self.unit * 0.0016))
        patch = patch.outer_part()
        alpha = patch.alpha
        if min(alpha.shape) <= 2 * step:
            return
        rim = np.zeros(alpha.shape, np.float32)
        rim[step:, step:] = np.clip(alpha[step:, step:] - alpha[:-step, :-step], 0, 1)
        view = self.rgb[patch.rows, patch.columns]
        view += (np.float32(0.16) * rim)[..., None] * (1.0 - view) * (0.25 + view)

    def field(
        self, positions: Field, stops: Stops, *, patch: Patch | None = None, steps: int = 0
    ) -> None:
        """Sheets cut along the contour lines, the last on top."""
        count = steps or self.style.steps
        table = ramp(stops)
        target = shapes.whole(self) if patch is None else patch
        scaled = np.clip(positions, 0, 1) * np.float32(count)
        slope = np.abs(np.diff(scaled, axis=0, append=scaled[-1:])) + np.abs(
            np.diff(scaled, axis=1, append=scaled[:, -1:])
        )
        width = np.clip(slope, 1e-4, 1) * 1.5
        self.blend(target, table[0])
        for index in range(1, count):
            colour = table[round(index / (count - 1) * (len(table) - 1))]
            sheet = np.clip((scaled - index) / width + 0.5, 0, 1)
            if float(sheet.max()) > 0:
                self.lay(target.covering(target.alpha * sheet), colour, 0.012)

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
        """One sheet; strong shading is a second, thin sheet of a darker paper."""
        if patch.is_empty:
            return
        self.lay(patch, np.clip(colour, 0, 1), lift)
        if shade is not None:
            dark = np.clip((-shade - 0.22) / 0.04, 0, 1)
            self.blend(patch.covering(patch.alpha * dark * 0.42), colour * np.float32(0.35))
            bright = np.clip((shade - 0.25) / 0.04, 0, 1)
            self.blend(patch.covering(patch.alpha * bright * 0.30), np.float32(0.9) + colour * 0.1)

    def light(self, strength: Field, colour: Colour, *, patch: Patch | None = None) -> None:
        """Light as rings of paler paper."""
        target = shapes.whole(self) if patch is None else patch
        view = self.rgb[target.rows, target.columns]
        pale = np.clip(colour, 0, 1)
        for level in (0.14, 0.34, 0.62):
            ring = np.clip((strength - level) * np.float32(self.unit * 0.10) + 0.5, 0, 1)
            if float(ring.max()) <= 0:
                break
            sheet = target.covering(ring)
            self.lay(sheet, view + (pale - view) * np.float32(0.38), 0.006)

    def veil(self, patch: Patch, colour: Colour) -> None:
        """Haze as tracing paper with a soft edge."""
        level = np.clip((patch.alpha - 0.30) * 14 + 0.5, 0, 1)
        self.blend(patch.covering(level * np.minimum(patch.alpha * 0.5 + 0.32, 0.8)), colour)


class PencilCanvas(Canvas):
    """Pencil and a light wash: outlines are collected while layers hide what is behind."""

    def __init__(self, width: int, height: int, style: Style, source: str) -> None:
        super().__init__(width, height, style, source)
        self.ink: Field = np.zeros((height, width), np.float32)
        """Pencil on paper, 0 to 1."""

    def field(
        self, positions: Field, stops: Stops, *, patch: Patch | None = None, steps: int = 0
    ) -> None:
        """A graded wash; with `steps` its contour lines are drawn as well."""
        super().field(positions, stops, patch=patch)
        if steps:
            target = shapes.whole(self) if patch is None else patch
            band = np.floor(np.clip(positions, 0, 1) * np.float32(steps))
            self._draw(target, np.clip(self._edge(band), 0, 1) * target.alpha * 0.8)

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
        """A washed shape with its outline."""
        if patch.is_empty:
            return
        super().layer(patch, colour, shade=shade)
        self.ink[patch.rows, patch.columns] *= 1 - patch.alpha * 0.94
        if ink:
            self._draw(patch, self._edge(patch.alpha) * np.float32(min(1.0, ink)))

    def light(self, strength: Field, colour: Colour, *, patch: Patch | None = None) -> None:
        """Light is paper left white."""
        target = shapes.whole(self) if patch is None else patch
        pale = np.clip(colour * 0.4 + 0.6, 0, 1)
        self.blend(target.covering(np.clip(strength, 0, 0.9)), pale)

    def veil(self, patch: Patch, colour: Colour) -> None:
        """Haze fades wash and line alike."""
        super().veil(patch, colour)
        self.ink[patch.rows, patch.columns] *= 1 - patch.alpha * 0.85

    def _edge(self, alpha: Field) -> Field:
        step = max(1, round(self.unit * 0.0017))
        edge = np.zeros(alpha.shape, np.float32)
        if min(alpha.shape) <= step:
            return edge
        edge[step:] = np.abs(alpha[step:] - alpha[:-step])
        edge[:, step:] += np.abs(alpha[:, step:] - alpha[:, :-step])
        return np.minimum(edge, 1)

    def _draw(self, patch: Patch, line: Field) -> None:
        view = self.ink[patch.rows, patch.columns]
        np.maximum(view, line, out=view)
