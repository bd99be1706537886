"""Nothing comes in under a licence that nobody looked at."""

from __future__ import annotations

import dataclasses
import importlib.metadata

import pytest

from tools import licences, lockfiles
from tools.licences import Used

RULES = licences.read_rules(licences.RULES)


def test_the_document_is_current_and_every_licence_allowed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert licences.main(["check"]) == 0, capsys.readouterr().err


@pytest.mark.parametrize(
    ("licence", "is_allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-3.0-only", True),
        ("BSD-3-Clause AND MIT", True),
        ("BSD-3-Clause AND GPL-3.0-only", False),
        ("AGPL-3.0-only", False),
        ("", False),
    ],
)
def test_of_alternatives_one_has_to_be_allowed_of_parts_all(licence: str, is_allowed: bool) -> None:
    found = list(licences.refused([Used("thing", "1.0", licence)], RULES))
    assert (found == []) is is_allowed


def test_an_exception_counts_for_one_package_and_one_licence() -> None:
    assert list(licences.refused([Used("psycopg", "3", "LGPL-3.0-only")], RULES)) == []
    assert list(licences.refused([Used("another", "3", "LGPL-3.0-only")], RULES)) == [
        "another 3: LGPL-3.0-only (tools/licences.toml)"
    ]
    assert list(licences.refused([Used("psycopg", "4", "AGPL-3.0-only")], RULES)) != []


def test_every_locked_package_and_every_front_end_file_is_in_the_document() -> None:
    text = (lockfiles.PROJECT_DIR / licences.DOCUMENT).read_text("utf-8")
    known = licences.in_document(text)
    locked = {
        each.name
        for name in (lockfiles.RUN, lockfiles.LOCAL, lockfiles.DEVELOPMENT)
        for each in lockfiles.read(lockfiles.PROJECT_DIR / name)
    }
    assert locked - known.keys() == set()
    assert {"htmx.org", "lucide-static"} <= known.keys()


def test_what_is_not_installed_here_keeps_the_licence_of_the_document() -> None:
    rules = dataclasses.replace(RULES, licences={})
    assert licences.licence_of("never-installed", "1.0", rules, {"never-installed": "ISC"}) == "ISC"
    assert licences.licence_of("never-installed", "1.0", rules, {}) == ""


def test_another_version_than_the_locked_one_is_not_asked() -> None:
    rules = dataclasses.replace(RULES, licences={})
    version = importlib.metadata.version("django")
    assert licences.licence_of("django", version, rules, {"django": "ISC"}) == "BSD-3-Clause"
    assert licences.licence_of("django", "99.0", rules, {"django": "ISC"}) == "ISC"


def test_the_rules_name_nothing_that_is_gone() -> None:
    text = (lockfiles.PROJECT_DIR / licences.DOCUMENT).read_text("utf-8")
    named = {*RULES.licences, *RULES.exceptions, *RULES.bundled}
    assert named - licences.in_document(text).keys() == set()


def test_a_package_is_listed_where_it_is_needed_first() -> None:
    parts = licences.collect(lockfiles.PROJECT_DIR, RULES, {})
    names = [used.name for part in parts.values() for used in part]
    assert len(names) == len(set(names))
    assert "django" in {used.name for used in parts["To run"]}
    assert "pytest" in {used.name for used in parts["To develop and test"]}
