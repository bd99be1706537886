"""Answers that nobody would send: a good one with something wrong somewhere in it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-5, 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["", "0", "fail", "success", "error", "13s", "https://", "[]", "{}"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["error", "code", "message", "data"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def rubbish(draw: st.DrawFn, good: Any) -> Any:
    """The good answer with one to three places replaced, or anything at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(JSON)
    holder = {"": copy.deepcopy(good)}
    for _ in range(draw(st.integers(1, 3))):
        container, key = draw(st.sampled_from(list(_places(holder))))
        container[key] = draw(JSON)
    return holder[""]


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every value in it, as the container and the key or index under which it lies."""
    entries = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in list(entries):
        yield node, key
        if isinstance(value, dict | list):
            yield from _places(value)
