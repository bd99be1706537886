"""What a call cost, from a price list: for vendors that report what was used and no cost."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from generation.providers.types import Cost, ModelSpec

PER_MILLION = ("input_tokens", "input_image_tokens", "output_tokens")


def estimate(spec: ModelSpec, usage: Mapping[str, int]) -> Cost:
    """The cost of a call in US dollars by the model's `prices`, as an estimate.

    Prices are a million tokens (`input_tokens`, `input_image_tokens`, `output_tokens`), one
    picture (`images`) or one second of a clip (`seconds`). A model without prices that fit the
    usage has its typical cost, where known; else the cost is unknown.
    """
    known = {unit: count for unit, count in usage.items() if unit in spec.prices and count}
    if not known:
        if spec.typical_cost is None:
            return Cost(usage=dict(usage))
        return Cost(spec.typical_cost, "estimated", dict(usage))
    total = Decimal(0)
    for unit, count in known.items():
        price = Decimal(spec.prices[unit])
        total += price * count / (1_000_000 if unit in PER_MILLION else 1)
    return Cost(total, "estimated", dict(usage))
