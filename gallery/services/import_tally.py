"""What came of an import, for whoever asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tally:
    """What came of it."""

    posts: int = 0
    pictures: int = 0
    references: int = 0
    conversations: int = 0
    known: int = 0
    """Posts, references and conversations that were here already."""
    waiting: int = 0
    """Conversations of which no picture is here yet."""
    unlinked: int = 0
    """Posts that came before what they were made from: who is made from another has the higher id,
    so their parents are missing here."""
    refused: list[str] = field(default_factory=list)
    """Pictures and references that are no pictures for us, or were missing at the export."""
    replaced: list[str] = field(default_factory=list)
    """What was asked for in a way that is not known here, and what stands in its place."""
    is_complete: bool = True
    """Whether all parts of the export were given."""

    def note_resolution(self, what: str, record: Mapping[str, Any], row: Any) -> None:
        """Write it down if the row has another resolution than its record (`row_of`)."""
        asked = record["resolution"]
        if row.resolution != asked:
            self.replaced.append(
                f"{what}: resolution {asked[:20]!r} is not known here, {row.resolution} instead"
            )
