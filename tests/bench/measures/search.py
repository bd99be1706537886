"""Searching a million posts for words that are rare, common, or common with everybody else.

Ratios of processor time in this one run, medians of the rounds: a page of results against the first
page of the gallery, and against the same page of the library with a tenth of the posts. Then the
search alone, without a page: 60 fixed queries of the owner with most posts and, beside them, of one
with few; wall-clock time, the second of two runs of each.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tests.bench.ground import Ground
from tests.bench.report import Figure, median
from tests.bench.scale import rows, words
from tests.bench.scale.compare import FIRST, Paths, against_first, against_small
from tests.bench.scale.shelf import SMALLER, cpu_seconds, owner, shelves, signed_in

if TYPE_CHECKING:
    from tests.bench.pages import Pages

TITLE = "searching a large library"
PAGE_LIMIT = {"sqlite": 1.8, "postgres": 2.3}
P95_LIMIT_MS = {"sqlite": 25.0, "postgres": 50.0}
SIZE_LIMIT = 1.5
MAX_QUERIES = 8

_SPRING = {"since": dt.date(2025, 3, 1), "until": dt.date(2025, 5, 31)}
_MODEL = {"model": rows.MODELS[0][0]}
_ASPECT = {"aspect": rows.ASPECTS[1][0]}
#: Ten kinds of six each; the first of a kind is also asked for as a page.
QUERIES: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "a rare word": tuple(
        (word, {}) for word in ("heliotrope", "heliotrop*", "HELIOTROPE", *words.vocabulary()[-3:])
    ),
    "a word of 1 %": tuple(
        (word, {}) for word in ("dragon", "dragão", "Dragon", *words.vocabulary()[250:253])
    ),
    "a word of 10 %": tuple(
        (word, {})
        for word in ("cinematic", "photorealistic", "the", "portrait", "landscape", "lens")
    ),
    "two words": tuple(
        (text, {})
        for text in (
            "cinematic dragon",
            "dragon coração",
            "photorealistic saudade",
            "dragon lighthouse",
            "heliotrope the",
            "dragon -cinematic",
        )
    ),
    "two words of 10 %": tuple(
        (text, {})
        for text in (
            "cinematic photorealistic",
            "cinematic portrait",
            "the light",
            "photorealistic sea",
            '"of the"',
            "cinematic photorealistic the",
        )
    ),
    "a word that only others have": tuple(
        (text, {})
        for text in (
            words.ELSEWHERE,
            f"cinematic {words.ELSEWHERE}",
            f"{words.ELSEWHERE} photorealistic",
            f"{words.ELSEWHERE} dragon",
            f"the {words.ELSEWHERE}",
            f"{words.ELSEWHERE} portrait",
        )
    ),
    "the beginning of a word": tuple(
        (text, {}) for text in ("cine", "ci", "photor", "dra", "lig", "co")
    ),
    "a word and the beginning of one": tuple(
        (text, {})
        for text in (
            "cinematic dra",
            "dragon ci",
            "coração c",
            "portrait pho",
            "heliotrope p",
            "dragon ze",
        )
    ),
    "accents left out": tuple(
        (text, {}) for text in ("coracao", "CORAÇÃO", "corac", "manha", "ceu", "coracao cinematic")
    ),
    "a word, a model, an aspect, three months": tuple(
        (text, {**_MODEL, **_ASPECT, **_SPRING})
        for text in ("cinematic", "dragon", "coração", "heliotrope", words.ELSEWHERE, "the light")
    ),
}


def run(ground: Ground) -> Iterator[Figure]:
    """Measure the large library, then the small one beside it."""
    with shelves(ground, ground.posts, ground.posts // SMALLER) as (large, small):
        with large.open():
            yield from _pages(ground, signed_in(owner()))
            yield from _alone(ground)
        yield from against_small(ground, large, small, _paths, SIZE_LIMIT)


def address(text: str, filters: dict[str, Any]) -> str:
    """The page of the gallery that finds it."""
    names = {"since": "from", "until": "to"}
    parameters = {names.get(name, name): value for name, value in filters.items()}
    return f"{FIRST}?{urlencode({'q': text, **parameters})}"


def _paths() -> Paths:
    return {kind: address(*queries[0]) for kind, queries in QUERIES.items()}


def _pages(ground: Ground, pages: Pages) -> Iterator[Figure]:
    from tests.bench.scale.plans import costly

    paths = _paths()
    yield from against_first(ground, pages, paths, PAGE_LIMIT[ground.database])
    statements = {name: pages.statements(path) for name, path in paths.items()}
    worst = max(statements, key=lambda name: len(statements[name]))
    most = len(statements[worst])
    yield Figure("queries of a page of results, at most", most, "", MAX_QUERIES, note=worst)
    slow = [name for name, found in statements.items() if costly(found)]
    what = "pages with a plan that reads or sorts a table"
    yield Figure(what, len(slow), "", 0, note=", ".join(slow))


def _alone(ground: Ground) -> Iterator[Figure]:
    for who, pk in (("a tenth of all", rows.OWNER), ("few", rows.SMALL_OWNER)):
        everything: list[float] = []
        for kind, queries in QUERIES.items():
            taken = [_search_ms(pk, text, filters) for text, filters in queries]
            everything += taken
            slowest = queries[taken.index(max(taken))][0]
            note = f"at most {max(taken):.2f} ms ({slowest})"
            yield Figure(f"owner of {who}: {kind}", median(taken), "ms", note=note)
        p95 = statistics.quantiles(everything, n=20)[-1]
        note = f"median {median(everything):.2f} ms"
        what = f"owner of {who}: 95 % of {len(everything)} searches within"
        yield Figure(what, p95, "ms", P95_LIMIT_MS[ground.database], note=note)


def _search_ms(owner_id: int, text: str, filters: dict[str, Any]) -> float:
    from gallery import search

    taken = []
    for _ in range(3):
        begin = cpu_seconds()
        search.search(owner_id, search.parse(text), limit=31, **filters)
        taken.append(cpu_seconds() - begin)
    return median(taken) * 1000
