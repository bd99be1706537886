"""Where the camera looks at each moment: a window on the picture, and how far it has moved.

Lengths are pixels of the picture unless they are called parts of something. Time runs from 0 at the
first frame to 1 at the last.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from generation.providers.builtin.clips.motion import Motion, Move

_ZOOM_A_SECOND = 0.05
_MOST_ZOOM = 1.6
_TRAVEL_A_SECOND = 0.05
"""Parts of the window's side."""
_MOST_TRAVEL = 0.4
_SHIFT = 0.045
"""Parts of the window: how far the nearest thing leaves the middle distance, at pace 1."""
_DOLLY = 0.16
"""How much faster near things grow than far ones while the camera comes closer."""
_ORBIT_SECONDS = 6.0
_MOST_PACE = 1.5


@dataclass(frozen=True)
class View:
    """What the camera sees at one moment."""

    left: float
    top: float
    width: float
    height: float
    shift: tuple[float, float] = (0.0, 0.0)
    """Parts of the window that near things are looked at from further right and further down."""
    dolly: float = 0.0
    """How much larger near things are than the window makes them."""

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self.left, self.top, self.left + self.width, self.top + self.height


class Camera:
    """A way over one picture. The same arguments give the same way."""

    def __init__(
        self,
        picture: tuple[int, int],
        ratio: float,
        motion: Motion,
        *,
        seconds: float,
        focus: tuple[float, float],
        rng: np.random.Generator,
    ) -> None:
        """`ratio` is width over height of a frame, `focus` where to look, in parts."""
        self._picture = picture
        self._motion = motion
        pace = min(_MOST_PACE, motion.pace)
        self._pan = (
            float(motion.has(Move.RIGHT)) - float(motion.has(Move.LEFT)),
            float(motion.has(Move.DOWN)) - float(motion.has(Move.UP)),
        )
        self._travel = min(_MOST_TRAVEL, _TRAVEL_A_SECOND * seconds * motion.pace)
        self._zoom = min(_MOST_ZOOM, 1 + _ZOOM_A_SECOND * seconds * motion.pace)
        self._sees_depth = motion.has(Move.ORBIT, Move.DEPTH)
        self._shift = _SHIFT * pace if self._sees_depth else 0.0
        self._turn = 2 * math.pi * seconds / _ORBIT_SECONDS * pace
        self._angle = float(rng.uniform(0, 2 * math.pi))
        self._sense = 1.0 if rng.random() < 0.5 else -1.0
        width, height = picture
        self._window = (min(width, height * ratio), min(height, width / ratio))
        self._base = self._room_to_move()
        self._rest = tuple(
            side / 2 if pan else side * part
            for side, part, pan in zip(picture, focus, self._pan, strict=True)
        )

    def _room_to_move(self) -> float:
        """The part of the largest window that leaves room for the way."""
        scale = 1.0
        for side, window, pan in zip(self._picture, self._window, self._pan, strict=True):
            if pan:
                scale = min(scale, side / (window * (1 + self._travel)))
        return min(scale, 1 / (1 + self._shift))

    def at(self, time: float) -> View:
        """What it sees at a time from 0 to 1."""
        gone = _eased(time)
        zoom = self._zoom_at(gone)
        width, height = (side * self._base / zoom for side in self._window)
        places = []
        for axis, window in enumerate((width, height)):
            middle = self._rest[axis] + self._pan[axis] * self._travel * (gone - 0.5) * window
            room = self._picture[axis] - window
            places.append(min(max(0.0, room), max(0.0, middle - window / 2)))
        return View(places[0], places[1], width, height, self._shift_at(time), self._dolly_at(gone))

    def _zoom_at(self, gone: float) -> float:
        if self._motion.has(Move.ZOOM_IN):
            return math.pow(self._zoom, gone)
        if self._motion.has(Move.ZOOM_OUT):
            return math.pow(self._zoom, 1 - gone)
        return 1.0

    def _shift_at(self, time: float) -> tuple[float, float]:
        if self._motion.has(Move.ORBIT):
            angle = self._angle + self._sense * self._turn * time
            return self._shift * math.cos(angle), self._shift * 0.4 * math.sin(angle)
        along = self._shift * (2 * _eased(time) - 1)
        return self._pan[0] * along, self._pan[1] * along

    def _dolly_at(self, gone: float) -> float:
        if not self._sees_depth:
            return 0.0
        if self._motion.has(Move.ZOOM_IN):
            return _DOLLY * gone
        if self._motion.has(Move.ZOOM_OUT):
            return _DOLLY * (1 - gone)
        return 0.0


def _eased(time: float) -> float:
    """Begins and ends more slowly, but never stands still."""
    return 0.4 * time + 0.6 * time * time * (3 - 2 * time)
