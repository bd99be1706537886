#!/usr/bin/env python
"""Run all tests and end with one summary. `make test` calls this.

First what needs no other process than its own; then the vendors' contracts, against peers that are
started for it; then the browser, and the killing of real processes. What this machine cannot run
is named in one line, and is a failure under CI. A first argument `--contracts` runs the contracts
only. Further arguments go to pytest.

All of it runs on SQLite, or on PostgreSQL where the environment says DB=postgres; its server is
started for the run. Without DB, CI runs everything on both, but what uses no database only once.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from tests.contracts import peers
from tools import postgres
from tools.browsers import find_browser

PROJECT_DIR = Path(__file__).resolve().parent.parent
REPORTS_DIR = PROJECT_DIR / ".cache" / "tests"
BYTECODE_DIR = PROJECT_DIR / ".cache" / "bytecode"
BROWSER_PACKAGES = ("chromium-headless-shell", "chromium")
"""Debian's; what comes first is taken where there is one."""
PYTEST_NOTHING_FOUND = 5
SECOND_RUNS = 4
NEEDS_NOBODY = "not e2e and not faults and not contracts"
ALONE = ["-n", "auto", "--maxprocesses", "4", "-m", NEEDS_NOBODY]
ALONE_AGAIN = [*ALONE[:-1], f"database and {NEEDS_NOBODY}"]
NOT_ALONE = ["--ignore=tests/e2e"]  # all else has tests that need nobody
# Each of the two has an application of its own, which has processes enough for a core.
BROWSER = ["-m", "e2e", "-n", "auto", "--maxprocesses", "2", "--dist", "worksteal"]
# Each has a database, a folder, a broker and workers of its own, and waits most of its time.
FAULTS = ["-m", "faults and not e2e", "-n", "4", "--dist", "worksteal"]


@dataclass
class Summary:
    """What all steps together came to."""

    counts: Counter[str] = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    """What this machine lacks and a build server must have."""
    absent: list[str] = field(default_factory=list)
    """What is no part of the repository and may be missing anywhere."""
    unsteady: list[str] = field(default_factory=list)

    def add(self, other: Summary) -> None:
        """Count another summary's tests as ours."""
        self.counts += other.counts
        self.bad += other.bad

    def add_report(self, path: Path, *, where: str = "") -> None:
        """Count the tests of one step from its JUnit report; `where` tells its failures apart."""
        for case in ElementTree.parse(path).iter("testcase"):  # noqa: S314 (we wrote it)
            kinds = {child.tag for child in case}
            outcome = (
                "failed"
                if "failure" in kinds
                else "errors"
                if "error" in kinds
                else "skipped"
                if "skipped" in kinds
                else "passed"
            )
            self.counts[outcome] += 1
            if outcome in {"failed", "errors"}:
                module = case.get("classname", "").replace(".", "/")
                self.bad.append(f"{module}.py::{case.get('name')}{where}")

    def add_problem(self, text: str) -> None:
        """Count something that is not a test and still went wrong."""
        self.counts["errors"] += 1
        self.bad.append(text)

    def print(self, seconds: float) -> None:
        """Print what a reader looks for first; the last line looks like pytest's own."""
        print()
        for name in self.bad:
            print(f"FAILED {name}")
        for name in self.unsteady:
            print(f"UNSTEADY {name} (passed only when it ran again)")
        for what in (*self.skipped, *self.absent):
            print(f"skipped: {what}")
        parts = [
            f"{self.counts[outcome]} {outcome}"
            for outcome in ("failed", "errors", "passed", "skipped")
            if self.counts[outcome]
        ]
        line = f" {', '.join(parts) or 'no tests ran'} in {seconds:.1f}s "
        print(line.center(80, "="), flush=True)


def main(arguments: list[str]) -> int:
    """Run the steps; the status is 0 only when nothing failed and, under CI, nothing lacked."""
    database = os.environ.get("DB", "")
    if database not in {"", "sqlite", "postgres"}:
        print(f"DB is sqlite or postgres, not {database!r}.", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a server is stopped as well
    started_at = time.monotonic()
    summary = Summary()
    os.chdir(PROJECT_DIR)
    _keep_bytecode()
    if database == "postgres":
        try:
            with postgres.running_server() as url:
                os.environ["DATABASE_URL"] = url
                _run_steps(arguments, summary)
        except postgres.NoPostgresError as reason:
            summary.add_problem(f"DB=postgres ({reason})")
    else:
        _run_steps(arguments, summary, both_databases=_in_ci() and not database)
    summary.print(time.monotonic() - started_at)
    return 1 if summary.bad else 0


def _keep_bytecode() -> None:
    """Where nothing may be written beside the code, let it be kept elsewhere: else each of the many
    processes of a run would compile everything again, and all tests with their assertions.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(BYTECODE_DIR))


def _tests_with(mark: str) -> list[str]:
    """The folder of this name, whose tests have this mark, and the other files that name it."""
    found = {
        path
        for path in (PROJECT_DIR / "tests").rglob("test_*.py")
        if f"mark.{mark}" in path.read_text("utf-8")
    }
    folder = PROJECT_DIR / "tests" / mark
    alone = sorted(path for path in found if folder not in path.parents)
    return [str(path.relative_to(PROJECT_DIR)) for path in (folder, *alone)]


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def _run_steps(arguments: list[str], summary: Summary, *, both_databases: bool = False) -> None:
    only_contracts = arguments[:1] == ["--contracts"]
    steps: dict[str, list[str]] = {}
    if only_contracts:
        arguments = arguments[1:]

    def only(options: list[str], *places: str) -> list[str]:
        # Without a selection there is no need to look through the other folders: each process of
        # a step would import all tests in them.
        return options if arguments else [*options, *places]

    if not only_contracts:
        steps["alone"] = only(ALONE, *NOT_ALONE)
        if both_databases:
            steps["alone-postgres"] = only(ALONE_AGAIN, *NOT_ALONE)
    if _has_peers(summary):
        steps["contracts"] = only(["-m", "contracts"], "tests/contracts")
    if not only_contracts:
        processes = {"faults": only(FAULTS, *_tests_with("faults"))}
        if _has_browser(summary):
            processes = {"browser": only(BROWSER, "tests/e2e"), **processes}
        steps.update(processes)
        if both_databases:
            steps.update({f"{name}-postgres": options for name, options in processes.items()})
        if not shutil.which("exiftool") and not _apt_install("libimage-exiftool-perl"):
            summary.skipped.append("comparison with ExifTool (install libimage-exiftool-perl)")
        if not postgres.find_pool() and not _apt_install("pgbouncer"):
            # Said, but no failure: few machines have one, and none needs it.
            summary.absent.append("tests through a pool (install pgbouncer)")

    try:
        _build()
    except subprocess.CalledProcessError as error:
        summary.add_problem(f"build ({' '.join(error.cmd[1:])})")
    for name, options in steps.items():
        known, missing = len(summary.bad), len(summary.skipped)
        run = _pytest_on_postgres if name.endswith("-postgres") else _pytest
        status = run(name, [*options, *arguments], summary)
        if status == PYTEST_NOTHING_FOUND and not (_in_ci() and not arguments):
            continue  # a selection may leave a step empty; the whole suite must not
        if status and len(summary.bad) == known and len(summary.skipped) == missing:
            summary.add_problem(f"the {name} step (pytest ended with status {status})")
    if _in_ci():
        while summary.skipped:
            summary.add_problem(f"cannot run here: {summary.skipped.pop(0)}")


def _has_peers(summary: Summary) -> bool:
    """Whether the contract tests can run; what is missing is noted."""
    if peers.are_here() and peers.lack():
        _apt_install("nodejs", "npm")
    lack = peers.lack()
    if lack:
        missing = summary.skipped if peers.are_here() else summary.absent
        missing.append(f"contract tests ({lack})")
    return not lack


def _has_browser(summary: Summary) -> bool:
    """Whether the browser tests can run; tells them which browser, or notes that there is none."""
    if _in_ci() or not find_browser():
        for package in BROWSER_PACKAGES:
            if shutil.which(package) or _apt_install(package):
                break
    if browser := find_browser():
        os.environ["CHROMIUM"] = browser
        return True
    summary.skipped.append("browser tests (no Chromium; install it, or name it in CHROMIUM)")
    return False


def _apt_install(*packages: str) -> bool:
    """Install Debian packages where that is possible without asking anybody."""
    if not (hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get")):
        return False
    print(f"installing {', '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *packages]
    for command in (["apt-get", "update", "--quiet"], install):
        done = subprocess.run(command, env=environment, capture_output=True, text=True)  # noqa: S603
        if done.returncode:
            print(done.stdout + done.stderr, flush=True)
            return False
    return True


def _build() -> None:
    """Make what the application needs, as a start does; a name that leads nowhere fails here."""
    data_dir = REPORTS_DIR / "data"
    environment = {**os.environ, "DATA_DIR": str(data_dir), "SECRET_KEY": "only-for-tests"}
    for command in (
        ["tools/messages.py", "compile"],
        ["manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
    ):
        subprocess.run([sys.executable, *command], env=environment, check=True)  # noqa: S603


def _pytest_on_postgres(name: str, options: list[str], summary: Summary) -> int:
    """Run tests on a PostgreSQL server of their own; that there is none is noted."""
    try:
        with postgres.running_server() as url:
            environment = {"DB": "postgres", "DATABASE_URL": url}
            return _pytest(name, options, summary, environment=environment, where=" on PostgreSQL")
    except postgres.NoPostgresError as reason:
        summary.skipped.append(f"tests on PostgreSQL ({reason})")
        return 1


def _pytest(
    name: str,
    options: list[str],
    summary: Summary,
    *,
    environment: Mapping[str, str] | None = None,
    where: str = "",
) -> int:
    """Run tests; the few of real processes and browsers that failed get a second run, and a name.

    They wait for other programs on a machine that may be busy. What passes only the second time is
    listed as unsteady, so that somebody looks at it; what fails twice has failed.
    """
    first = Summary()
    status = _pytest_once(name, options, first, environment, where)
    waits_for_others = name.startswith(("browser", "faults"))
    if not waits_for_others or not 0 < len(first.bad) <= SECOND_RUNS:
        summary.add(first)
        return status
    again = Summary()
    options = [*options, "--last-failed"]
    status = _pytest_once(f"{name}-again", options, again, environment, where)
    summary.unsteady += [test for test in first.bad if test not in again.bad]
    first.counts["failed"] = first.counts["errors"] = 0
    first.bad.clear()
    summary.add(first)
    summary.add(again)
    return status


def _pytest_once(
    name: str,
    options: list[str],
    summary: Summary,
    environment: Mapping[str, str] | None,
    where: str,
) -> int:
    report = REPORTS_DIR / f"{name}.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *options]
    status = subprocess.run(command, env={**os.environ, **(environment or {})}).returncode  # noqa: S603
    if report.exists():
        summary.add_report(report, where=where)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
