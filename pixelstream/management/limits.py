"""How much a command does at most."""

from __future__ import annotations

from argparse import ArgumentTypeError


def at_least_one(text: str) -> int:
    """The number of a `--limit`. Anything that is none is refused with the usage of the command."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError("must be 1 or more")
    return int(text)
