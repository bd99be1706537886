"""The licences of what is used.

    python -m tools.licences update     write docs/licences.md
    python -m tools.licences check      fail if it is stale, or if a licence may not be used

Versions come from the lock files, licences from the packages' own metadata. A package that is not
installed on this system (another Python, another platform) keeps the licence that
tools/licences.toml or the document has, so that every machine writes the same.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import lockfiles, vendor

DOCUMENT = Path("docs/licences.md")
RULES = Path(__file__).with_suffix(".toml")

#: What packages call their licence, by the name that SPDX has for it.
SPELLINGS = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd license": "BSD",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "new bsd": "BSD-3-Clause",
    "psfl": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
}

DOCUMENT_HEAD = """\
# Licences

<!-- Written by `make licences` from the lock files, the packages' metadata and tools/licences.toml.
     Do not edit. -->

What Pixelstream uses, as it is pinned. `make check` fails when a package comes in whose licence is
not one of: {allowed}. "BSD" is what a package says that does not name the variant.
"""


@dataclass(frozen=True, slots=True)
class Rules:
    """tools/licences.toml: what is allowed, what is corrected, excepted, and brought along."""

    allowed: frozenset[str]
    licences: Mapping[str, str]
    exceptions: Mapping[str, tuple[str, str]]
    bundled: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Used:
    """One package as the document has it."""

    name: str
    versions: str
    licence: str


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit code is 1 if the document or a licence is not as it should be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("command", choices=["update", "check"])
    command = parser.parse_args(argv).command
    file = lockfiles.PROJECT_DIR / DOCUMENT
    written = file.read_text("utf-8") if file.is_file() else ""
    rules = read_rules(RULES)
    parts = collect(lockfiles.PROJECT_DIR, rules, in_document(written))
    problems = [problem for used in parts.values() for problem in refused(used, rules)]
    text = as_markdown(parts, rules)
    if command == "update":
        file.write_text(text, encoding="utf-8")
    elif text != written:
        problems.append(f"{DOCUMENT} is stale: run `make licences`")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def read_rules(path: Path) -> Rules:
    """Read what is allowed."""
    found: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    return Rules(
        allowed=frozenset(found["allowed"]),
        licences=found["licences"],
        exceptions={name: (pair[0], pair[1]) for name, pair in found["exceptions"].items()},
        bundled=found["bundled"],
    )


def collect(folder: Path, rules: Rules, known: Mapping[str, str]) -> dict[str, list[Used]]:
    """Return what is used, by what for: each package in the first part that needs it."""
    parts: dict[str, list[Used]] = {}
    seen: set[str] = set()
    for title, lock in (
        ("To run", lockfiles.RUN),
        ("To run models on this machine (optional)", lockfiles.LOCAL),
        ("To develop and test", lockfiles.DEVELOPMENT),
    ):
        versions: dict[str, list[str]] = {}
        for locked in lockfiles.read(folder / lock):
            if locked.name not in seen:
                versions.setdefault(locked.name, []).append(locked.version)
        seen |= versions.keys()
        parts[title] = [
            Used(name, ", ".join(each), licence_of(name, each[0], rules, known))
            for name, each in sorted(versions.items())
        ]
    parts["In the browser"] = [
        Used(name, package["version"], package["licence"])
        for name, package in vendor.read_lock(folder / vendor.LOCK.name).items()
    ]
    return parts


def licence_of(name: str, version: str, rules: Rules, known: Mapping[str, str]) -> str:
    """Say which licence a package has, as an SPDX expression; empty if nobody knows.

    What is installed in another version (for another Python) is not asked, if anybody knows.
    """
    if name in rules.licences:
        return rules.licences[name]
    try:
        metadata = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return known.get(name, "")
    if metadata["Version"] != version and name in known:
        return known[name]
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    stated = "".join(metadata.get_all("License") or [])
    classified = [
        each.rpartition("::")[2].strip()
        for each in metadata.get_all("Classifier") or []
        if each.startswith("License ::") and "DFSG" not in each
    ]
    # The field may hold the whole text of the licence: then the classifiers say it shorter.
    short = stated if stated and len(stated) < 40 and "\n" not in stated else ""
    if short and _spelled(short) != "BSD":
        return _spelled(short)
    if len(classified) > 1:
        return " OR ".join(_spelled(each) for each in classified)
    return _spelled(classified[0] if classified else short)


def refused(used: list[Used], rules: Rules) -> Iterator[str]:
    """Yield the packages whose licence may not be used, a line each.

    Of alternatives one has to be allowed, of parts all.
    """
    for package in used:
        allowed = rules.allowed
        if package.name in rules.exceptions:
            allowed |= {rules.exceptions[package.name][0]}
        choices = [choice.split(" AND ") for choice in package.licence.split(" OR ")]
        if not any(allowed.issuperset(parts) for parts in choices):
            what = package.licence or "no licence that is known"
            yield f"{package.name} {package.versions}: {what} (tools/licences.toml)"


def in_document(text: str) -> dict[str, str]:
    """Return the licences that the document has, by package."""
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| ([^|]+) \|", text, re.MULTILINE)
    return {name.strip(): licence.strip() for name, licence in rows}


def as_markdown(parts: Mapping[str, list[Used]], rules: Rules) -> str:
    """Write the document."""
    lines = [DOCUMENT_HEAD.format(allowed=", ".join(sorted(rules.allowed)))]
    for title, packages in parts.items():
        lines += [f"## {title}", "", "| package | version | licence | |", "|---|---|---|---|"]
        for package in packages:
            notes = [rules.bundled.get(package.name, "")]
            notes += rules.exceptions.get(package.name, ("", ""))[1:]
            note = "; ".join(filter(None, notes))
            lines.append(f"| {package.name} | {package.versions} | {package.licence} | {note} |")
        lines.append("")
    return "\n".join(lines)


def _spelled(licence: str) -> str:
    return SPELLINGS.get(licence.lower(), licence)


if __name__ == "__main__":
    raise SystemExit(main())
