"""The documents of the configuration, from what the settings declare.

    python -m tools.configuration update     write docs/configuration.md and .env.example
    python -m tools.configuration check      fail if they are not what would be written, or if a
                                             variable has no meaning

A variable's meaning stands where it is read, in pixelstream/settings.py.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from pixelstream.environment import Variable

PROJECT_DIR = Path(__file__).resolve().parent.parent
DOCUMENT = Path("docs/configuration.md")
EXAMPLE = Path(".env.example")
WIDTH = 98

#: What is read before or beside the settings, by tools and tests only: name, who reads it, meaning.
FOR_DEVELOPERS = (
    ("DB", "`make test`", "`postgres`: run the tests on PostgreSQL"),
    ("ARGS", "`make test`, `bench`, `prove`, `vendor`", "what is handed on to the program"),
    ("PY", "`make`", "the Python that the virtual environment is made with"),
    ("CHROMIUM", "browser tests, `make bench`", "the browser to drive, as a path or a name"),
    ("CI", "tests", "`true`: what is missing on this machine fails instead of being skipped"),
    ("CONTRACTS_DIR", "contract tests", "folder with the vendors' own specifications"),
    ("DRILL_REPORT", "backup drill", "file that its figures are added to; set by `make prove`"),
    ("EVERY_STRING", "tests", "set: every hostile string in every field, not a sample of them"),
    ("FAULTS_CHAOS_SECONDS", "fault tests", "how long processes are killed at random"),
    ("FAULTS_DEADLINE", "fault tests", "seconds that a recovery may take on this machine"),
    ("FAULTS_REAL_TIMES", "fault tests", "leases and sweeps as in production, not hurried"),
    ("FAULTS_REPORT", "fault tests", "file that figures are added to; set by `make prove`"),
    ("FAULTS_SEED", "fault tests, state machine", "repeats a run"),
    ("LINEAGE_EXAMPLES", "tests", "how many random trees are drawn"),
    ("MACHINE_PROGRAMS", "state machine", "how many random programs are run"),
    ("MACHINE_STEPS", "state machine", "how long each of them is"),
    ("MACHINE_SHRINK", "state machine", "set: a failing program is made smaller"),
    ("PICTURES_TO", "browser tests", "a folder for pictures of the pages that they see"),
    ("VENDOR_DIR", "fault tests", "folder of the counting vendor's ledger; set by the tests"),
)

#: Conventions that others made and that are kept.
CONVENTIONS = ("NO_COLOR", "FORCE_COLOR", "DJANGO_SETTINGS_MODULE")

DOCUMENT_HEAD = """\
# Configuration

<!-- Written by `make configuration` from pixelstream/settings.py. Do not edit. -->

Variables are set in the environment of every process (web, worker, beat, `manage.py`), or in a file
`.env` beside `manage.py`; the environment wins. `make run` needs none. A value that cannot be read
stops the start with its name. A change counts from the next start.

`NAME_FILE` reads `NAME` from a file, as secrets are mounted: `SECRET_KEY_FILE=/run/secrets/key`.
Not so where the shell reads it, in the Procfile (`PORT`, `WORKER_CONCURRENCY`), nor for these:
{not_from_file}.

Lists are separated by commas. [.env.example](../.env.example) has all variables, to be copied.
"""

DOCUMENT_TAIL = """\
## For tests and tools

Read by the tools and the tests only; a running installation knows nothing of them.

| variable | who reads it | meaning |
|---|---|---|
{rows}

`NO_COLOR` and `FORCE_COLOR` do what they do everywhere, to the lines of `make run`.
`DJANGO_SETTINGS_MODULE` is `pixelstream.settings` unless it is set.
"""

TABLE_HEAD = "| variable | kind | default | meaning |\n|---|---|---|---|\n"

EXAMPLE_HEAD = """\
# Every variable that Pixelstream reads; `make run` needs none of them. Copy this file to .env and
# take the "#" away where you want something else; what is set in the real environment wins.
# NAME_FILE=/path reads the value of NAME from a file (a mounted secret).
#
# Written by `make configuration` from pixelstream/settings.py. Do not edit.
"""


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit code is 1 if a document is not what it should be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("command", choices=["update", "check"])
    command = parser.parse_args(argv).command
    variables = declared()
    problems = [f"{variable.name} has no help" for variable in variables if not variable.help]
    for path, text in documents(variables).items():
        file = PROJECT_DIR / path
        if command == "update":
            file.write_text(text, encoding="utf-8")
        elif not file.is_file() or file.read_text("utf-8") != text:
            problems.append(f"{path} is stale: run `make configuration`")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def declared() -> tuple[Variable, ...]:
    """Load the settings, and return what they declare."""
    os.environ.setdefault("SECRET_KEY", "only-to-load-the-settings")
    from pixelstream import settings

    return settings.env.variables


def documents(variables: Iterable[Variable]) -> dict[Path, str]:
    """Write both documents: their texts by their paths in the project."""
    chosen = tuple(variables)
    return {DOCUMENT: as_markdown(chosen), EXAMPLE: as_example(chosen)}


def as_markdown(variables: tuple[Variable, ...]) -> str:
    """Write a table for each group."""
    names = [f"`{variable.name}`" for variable in variables if not variable.from_file]
    parts = [DOCUMENT_HEAD.format(not_from_file=", ".join(names))]
    for group, members in groupby(variables, key=lambda variable: variable.group):
        rows = "\n".join(
            f"| `{variable.name}` | {variable.kind} | {_default(variable)} | {_linked(variable)} |"
            for variable in members
        )
        parts.append(f"## {group.value}\n\n{TABLE_HEAD}{rows}\n")
    rows = "\n".join(f"| `{name}` | {who} | {what} |" for name, who, what in FOR_DEVELOPERS)
    parts.append(DOCUMENT_TAIL.format(rows=rows))
    return "\n".join(parts)


def as_example(variables: tuple[Variable, ...]) -> str:
    """Write the file that is copied to `.env`, with everything switched off."""
    parts = [EXAMPLE_HEAD]
    for group, members in groupby(variables, key=lambda variable: variable.group):
        lines = [f"# --- {group.value} ".ljust(92, "-")]
        for variable in members:
            lines += _commented(variable)
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _default(variable: Variable) -> str:
    if variable.shown_default:
        return variable.shown_default
    return f"`{variable.default}`" if variable.default else "not set"


def _linked(variable: Variable) -> str:
    """The meaning with links to the other documents, and the example."""
    meaning = re.sub(r"docs/(\w+\.md)", r"[\1](\1)", variable.help)
    if variable.example:
        meaning += f" Example: `{variable.example}`"
    return meaning.replace("|", "\\|")


def _commented(variable: Variable) -> Iterator[str]:
    meaning = variable.help
    if variable.shown_default:
        meaning += f" Default: {variable.shown_default}."
    value = variable.example or ("" if variable.shown_default else variable.default)
    for line in textwrap.wrap(meaning.replace("`", ""), WIDTH - 2, break_on_hyphens=False):
        yield f"# {line}"
    yield f"#{variable.name}={value}"


if __name__ == "__main__":
    raise SystemExit(main())
