"""Pages against each other: processor time, taken in turns, medians of the ratios of the rounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tests.bench.ground import Ground
from tests.bench.report import Figure, median
from tests.bench.scale.shelf import Shelf, owner, signed_in

if TYPE_CHECKING:
    from tests.bench.pages import Pages

FIRST = "/gallery/"
REQUESTS = 10
CARD = b'<li class="card"'

Paths = dict[str, str]  #: what a page is called -> its address


def against_first(ground: Ground, pages: Pages, paths: Paths, limit: float) -> Iterator[Figure]:
    """Each page against the first one of the gallery."""
    first: list[float] = []
    taken: dict[str, list[float]] = {name: [] for name in paths}
    for _ in range(ground.rounds(9, 3)):
        first.append(pages.cpu_ms(FIRST, requests=REQUESTS))
        for name, path in paths.items():
            taken[name].append(pages.cpu_ms(path, requests=REQUESTS))
    for name, values in taken.items():
        yield ratio(f"{name}, against the first page", values, first, limit)


def owners_own() -> Pages:
    """Requests by the person with most posts."""
    return signed_in(owner())


def against_small(
    ground: Ground,
    large: Shelf,
    small: Shelf,
    paths: Callable[[], Paths],
    limit: float,
    *,
    asking: Callable[[], Pages] = owners_own,
) -> Iterator[Figure]:
    """Each page of the large library against the same one of the small library.

    `paths` and `asking` are asked for in each of them. A page with fewer cards in the small
    library costs less because of that, so its figure has no goal.
    """
    asked = {shelf: _Asked(shelf, paths, asking) for shelf in (small, large)}
    for _ in range(ground.rounds(7, 3)):
        for one in asked.values():
            one.ask()
    mine, other = asked[large], asked[small]
    for name in mine.taken:
        is_like = mine.cards[name] == other.cards[name]
        what = f"{name}, {large.posts:,} against {small.posts:,} posts"
        if not is_like:
            what += f" ({mine.cards[name]} against {other.cards[name]} cards)"
        yield ratio(what, mine.taken[name], other.taken[name], limit if is_like else None)


def ratio(what: str, values: list[float], others: list[float], limit: float | None) -> Figure:
    """The figure of two things that were measured in turns, in milliseconds."""
    note = f"{median(values):.2f} ms against {median(others):.2f} ms"
    quotient = median([mine / least for mine, least in zip(values, others, strict=True)])
    return Figure(what, quotient, "x", limit, note=note)


class _Asked:
    """One library's pages and what they cost."""

    def __init__(
        self, shelf: Shelf, paths: Callable[[], Paths], asking: Callable[[], Pages]
    ) -> None:
        self._shelf = shelf
        with shelf.open():
            self._paths = paths()
            self._pages = asking()
            self.cards = {
                name: self._pages.body(path).count(CARD) for name, path in self._paths.items()
            }
        self.taken: dict[str, list[float]] = {name: [] for name in self._paths}

    def ask(self) -> None:
        """Ask for every page some times."""
        with self._shelf.open():
            for name, path in self._paths.items():
                self.taken[name].append(self._pages.cpu_ms(path, requests=REQUESTS))
