"""What a second of a clip costs, from `pricing_skus` of OpenRouter's list.

The names of the prices are the vendors' own and not documented. Those for a second of output are
read; prices by token, by input picture and by anything else say nothing about a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

MOST_DOLLARS = 100
"""A second that costs more than this is a price of something else."""

_SECOND = re.compile(
    r"(?:(?:text|image)_to_video_)?"
    r"(?P<unit>duration_seconds|cents_per_second_output|cents_per_video_output_second)"
    r"(?:_with_audio|_without_audio)?"
    r"(?:_(?P<resolution>\d+[pk]))?",
    re.IGNORECASE,
)


def most_a_second(told: object, resolutions: Iterable[str]) -> Decimal | None:
    """US dollars of the dearest second that can be asked for: with sound, in any of these
    resolutions. None where no price of a second is named.
    """
    offered = {name.lower() for name in resolutions}
    prices = [
        price
        for name, value in (told.items() if isinstance(told, dict) else ())
        if (price := _a_second(name, value, offered)) is not None
    ]
    return max(prices, default=None)


def _a_second(name: object, value: object, offered: set[str]) -> Decimal | None:
    found = _SECOND.fullmatch(name) if isinstance(name, str) else None
    if found is None or not isinstance(value, str):
        return None
    resolution = found["resolution"]
    if resolution is not None and resolution.lower() not in offered:
        return None
    try:
        price = Decimal(value)
    except InvalidOperation:
        return None
    if not price.is_finite():
        return None
    if found["unit"].lower().startswith("cents"):
        price /= 100
    return price.quantize(Decimal("0.0001")) if 0 <= price <= MOST_DOLLARS else None
