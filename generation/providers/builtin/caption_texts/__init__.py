"""What the built-in captions are made of: sentences and vocabulary, per language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..language import Language
from . import (
    en_generic,
    en_imagined,
    en_layers,
    en_life,
    en_living,
    en_made,
    en_nature,
    pt_generic,
    pt_imagined,
    pt_layers,
    pt_life,
    pt_living,
    pt_made,
    pt_nature,
)
from .family import Family, Text

__all__ = ["BOOKS", "Book", "Family", "Text"]


@dataclass(frozen=True)
class Book:
    """All the texts of one language."""

    families: tuple[Family, ...]
    layers: tuple[Family, ...]
    generic: Family
    solemn: Family

    @cached_property
    def all(self) -> dict[str, Family]:
        """Every family of words by its name, the grave one first."""
        return {family.name: family for family in (self.solemn, *self.families, *self.layers)}


BOOKS: dict[Language, Book] = {
    "en": Book(
        families=(
            *en_nature.FAMILIES,
            *en_living.FAMILIES,
            *en_life.FAMILIES,
            *en_made.FAMILIES,
            *en_imagined.FAMILIES,
        ),
        layers=en_layers.LAYERS,
        generic=en_generic.GENERIC,
        solemn=en_generic.SOLEMN,
    ),
    "pt": Book(
        families=(
            *pt_nature.FAMILIES,
            *pt_living.FAMILIES,
            *pt_life.FAMILIES,
            *pt_made.FAMILIES,
            *pt_imagined.FAMILIES,
        ),
        layers=pt_layers.LAYERS,
        generic=pt_generic.GENERIC,
        solemn=pt_generic.SOLEMN,
    ),
}
