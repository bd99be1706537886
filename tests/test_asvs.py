"""docs/asvs.md has every row of its chapters once, and names only what is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

PROJECT_DIR = Path(__file__).resolve().parents[1]
DOCUMENT = PROJECT_DIR / "docs" / "asvs.md"

LEVELS = {
    "5.1": "2",
    "5.2": "112333",
    "5.3": "113",
    "5.4": "222",
    "6.1": "122",
    "6.2": "111111112222",
    "6.3": "11223333",
    "6.4": "112233",
    "6.5": "22222333",
    "6.6": "2223",
    "6.7": "33",
    "6.8": "2222",
    "7.1": "222",
    "7.2": "1111",
    "7.3": "22",
    "7.4": "11222",
    "7.5": "223",
    "7.6": "22",
    "8.1": "1233",
    "8.2": "1123",
    "8.3": "133",
    "8.4": "23",
    "13.1": "2333",
    "13.2": "222223",
    "13.3": "2233",
    "13.4": "1222233",
    "14.1": "22",
    "14.2": "12223333",
    "14.3": "122",
    "15.1": "12233",
    "15.2": "12233",
    "15.3": "1222222",
    "15.4": "3333",
    "16.1": "2",
    "16.2": "22222",
    "16.3": "2222",
    "16.4": "222",
    "16.5": "2223",
}
"""The level of each requirement of ASVS 5.0.0, section by section."""

STATES = {"met", "in part", "not met", "n/a"}
ROW = re.compile(r"\| (\d+\.\d+\.\d+) \| (\d) \| ([^|]+) \| ([^|]*) \| ([^|]+) \|")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
LINK = re.compile(r"\]\(([^)]+)\)")


class Row(NamedTuple):
    """A line of the tables."""

    number: str
    level: str
    what: str
    state: str
    proof: str


def rows() -> list[Row]:
    lines = DOCUMENT.read_text("utf-8").splitlines()
    found = [ROW.fullmatch(line) for line in lines if re.match(r"\| \d", line)]
    assert None not in found
    return [Row(*match.groups()) for match in found if match]


@cache
def names_in(path: str) -> set[str]:
    tree = ast.parse((PROJECT_DIR / path).read_text("utf-8"))
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    }


def anchors(document: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def test_every_row_of_the_chapters_is_there_once_in_order_with_its_level() -> None:
    expected = [
        (f"{section}.{number}", level)
        for section, levels in LEVELS.items()
        for number, level in enumerate(levels, start=1)
    ]
    assert [(row.number, row.level) for row in rows()] == expected


def test_every_row_says_where_it_stands_and_why() -> None:
    for row in rows():
        assert row.state in STATES, row
        assert row.what.strip(), row
        assert len(row.proof.strip()) >= 8, row


def test_what_is_met_is_shown_by_a_test_or_by_a_document() -> None:
    for row in rows():
        if row.state == "met":
            assert TEST.search(row.proof) or LINK.search(row.proof), row


def test_every_test_that_is_named_is_there() -> None:
    named = TEST.findall(DOCUMENT.read_text("utf-8"))
    assert len(named) > 150
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (PROJECT_DIR / path).exists() or name not in names_in(path)
    ]
    assert missing == []


def test_every_document_and_heading_that_is_linked_is_there() -> None:
    for link in LINK.findall(DOCUMENT.read_text("utf-8")):
        if link.startswith("https:"):
            continue
        name, _, anchor = link.partition("#")
        document = DOCUMENT.parent / name if name else DOCUMENT
        assert document.exists(), link
        assert not anchor or anchor in anchors(document), link


def test_the_guide_to_security_leads_here() -> None:
    assert "(asvs.md)" in (PROJECT_DIR / "docs" / "security.md").read_text("utf-8")
