"""Sizes of files, as people read them: "31.4 MB" or, in Portuguese, "31,4 MB"."""

from __future__ import annotations

from django.utils import formats

UNITS = ("B", "KB", "MB", "GB", "TB", "PB")
"""Each is 1,024 of the one before, as the file managers of most systems count."""

DIGITS = (0, 0, 1, 2, 2, 2)
"""Decimals that matter in each unit; those that are zero are left out."""


def file_size(size: int) -> str:
    """A number of bytes with its unit, in the language's way."""
    number, unit = _parts(size)
    return f"{number} {unit}"


def share_of(used: int, limit: int) -> str:
    """How much of a limit is used, as short as possible: "3.1 / 5 GB"."""
    number, unit = _parts(used)
    whole, unit_of_whole = _parts(limit)
    first = number if unit == unit_of_whole else f"{number} {unit}"
    return f"{first} / {whole} {unit_of_whole}"


def _parts(size: int) -> tuple[str, str]:
    value, step = float(max(size, 0)), 0
    while round(value, _digits(value, step)) >= 1024 and step < len(UNITS) - 1:
        value, step = value / 1024, step + 1
    digits = _digits(value, step)
    while digits and round(value, digits) == round(value, digits - 1):
        digits -= 1
    return formats.number_format(round(value, digits), digits, force_grouping=True), UNITS[step]


def _digits(value: float, step: int) -> int:
    return DIGITS[step] if value < 100 else 0
