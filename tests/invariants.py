"""The product's own invariants, as the tests ask for them."""

from pixelstream.invariants import broken as broken_invariants

__all__ = ["broken_invariants"]
