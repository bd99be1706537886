"""What an answer of OpenRouter's says it cost."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from generation.providers import chat, prices
from generation.providers.types import Cost, ModelSpec

COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens", "cost", "is_byok")
MOST_DOLLARS = 1_000_000
MOST_COUNTED = 10**9


def read_cost(content: Mapping[str, Any], model: ModelSpec, images: int = 0) -> Cost:
    """What OpenRouter says it cost; where it says nothing, an estimate.

    With the account's own key at the vendor (`is_byok`) the vendor's bill is added: it comes from
    somewhere else, but it is money that was spent.
    """
    told = content.get("usage")
    usage = told if isinstance(told, dict) else {}
    counts = {name: usage[name] for name in COUNTS if is_count(usage.get(name))}
    amount = read_dollars(usage.get("cost"))
    if amount is None:
        estimate = prices.estimate(model, {**chat.read_usage(content), "images": images})
        return Cost(estimate.amount, estimate.basis, counts)
    details = usage.get("cost_details")
    upstream = details.get("upstream_inference_cost") if isinstance(details, dict) else None
    extra = read_dollars(upstream)
    if usage.get("is_byok") is True and extra is not None:
        amount += extra
        counts["upstream_inference_cost"] = upstream
    return Cost(amount, "reported", counts)


def read_dollars(value: object) -> Decimal | None:
    """An amount in US dollars; None for what is none (negative, absurd, or no number)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Decimal(str(value)) if 0 <= value <= MOST_DOLLARS else None


def is_count(value: object) -> bool:
    """Whether it is a number that a vendor can have counted."""
    return isinstance(value, int | float) and 0 <= value <= MOST_COUNTED
