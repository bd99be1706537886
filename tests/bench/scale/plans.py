"""Which queries have a plan that grows with the library: one that reads or sorts a whole table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db import connection

GROWING = r"(gallery_post|gallery_generatedimage|gallery_storedobject)\b"
# Whoever walks along these from their beginning stops when the page is full.
WALKED = r"(?! USING (COVERING )?INDEX post_(public|featured)\b)"
READS = re.compile(rf"(SCAN|Seq Scan on) {GROWING}{WALKED}")
SORTS = re.compile(r"USE TEMP B-TREE FOR (RIGHT PART OF )?ORDER BY")


def costly(statements: Iterable[str]) -> list[str]:
    """The steps of their plans that read a growing table from end to end, or sort its rows.

    Sorts are looked for on SQLite, and not in what is asked for each row: that is a few rows.
    """
    return [step for statement in statements for step in _costly(statement)]


def _costly(statement: str) -> list[str]:
    if not re.match(r"\s*(SELECT|WITH)\b", statement, re.IGNORECASE):
        return []
    if connection.vendor == "postgresql":
        return [step for (step,) in _plan(f"EXPLAIN {statement}") if READS.search(step)]
    plan = _plan(f"EXPLAIN QUERY PLAN {statement}")
    outer = [step for _pk, parent, _unused, step in plan if parent == 0]
    walks = any(re.search(GROWING, step) for step in outer)
    reads = [step for *_numbers, step in plan if READS.search(step)]
    return reads + [step for step in outer if walks and SORTS.search(step)]


def _plan(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
