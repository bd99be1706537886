"""Figures, their goals, and how both are printed."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass

median = statistics.median


class Skipped(Exception):  # noqa: N818 (not an error)
    """The machine cannot run this measure; the message says what it lacks."""


@dataclass(frozen=True)
class Figure:
    """One number, with the goal it is held against (none: for information)."""

    what: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def goal(self) -> str:
        """The goal in words; empty when there is none."""
        if self.at_most is not None:
            return f"<= {_number(self.at_most, self.unit)}"
        if self.at_least is not None:
            return f">= {_number(self.at_least, self.unit)}"
        return ""

    @property
    def is_reached(self) -> bool | None:
        """Whether the goal is reached; None when there is none."""
        if self.at_most is not None:
            return self.value <= self.at_most
        if self.at_least is not None:
            return self.value >= self.at_least
        return None


class Report:
    """Prints figures as they come, and the sum of them at the end."""

    def __init__(self) -> None:
        self._figures: list[Figure] = []
        self._skipped: list[str] = []
        self.broken: list[str] = []

    def begin(self, name: str, title: str) -> None:
        """Head the figures of one measure."""
        self._print(f"\n{name}: {title}")

    def add(self, figure: Figure) -> None:
        """Print one figure."""
        self._figures.append(figure)
        verdict = {True: "pass", False: "MISS", None: ""}[figure.is_reached]
        number = _number(figure.value, figure.unit)
        line = f"  {figure.what:<58} {number:>10}  {figure.goal:<11} {verdict:<4}"
        self._print(f"{line}  {figure.note}".rstrip())

    def skip(self, name: str, reason: str) -> None:
        """Say why a measure, or the rest of it, was not run."""
        self._skipped.append(name)
        self._print(f"  skipped: {reason}")

    def fail(self, name: str, trace: str) -> None:
        """Say that a measure broke."""
        self.broken.append(name)
        self._print(f"  could not be measured:\n{trace}")

    def conclude(self, seconds: float) -> None:
        """Print the sum."""
        verdicts = [figure.is_reached for figure in self._figures]
        missed = [figure.what for figure in self._figures if figure.is_reached is False]
        parts = [f"{verdicts.count(True)} goals reached", f"{len(missed)} missed"]
        if self._skipped:
            parts.append(f"skipped: {', '.join(self._skipped)}")
        if self.broken:
            parts.append(f"could not be measured: {', '.join(self.broken)}")
        self._print(f"\n{'; '.join(parts)} ({seconds:.0f} s)")

    def _print(self, text: str) -> None:
        print(text)
        sys.stdout.flush()


def spread(values: Sequence[float], unit: str, digits: int = 0) -> str:
    """The range that a median was taken of, in words."""
    return f"{min(values):.{digits}f} to {max(values):.{digits}f} {unit}, {len(values)} taken"


def _number(value: float, unit: str) -> str:
    digits = 2 if unit in {"x", "s"} else 1 if unit in {"KB", "ms"} and abs(value) < 100 else 0
    text = f"{value:.{digits}f}"
    return f"{text}x" if unit == "x" else f"{text} {unit}".rstrip()
