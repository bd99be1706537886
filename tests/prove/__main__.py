"""Runs the fault tests, counts what they came to, and shows that they see planted bugs.

    python -m tests.prove [--profile ci|nightly] [--only WORDS] [--seed N]

The last line is `N passed, N failed`; the figures go to `prove.json` (--out names another file).
`--only` takes pytest's -k expression, or the name of a planted bug.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.prove import drill
from tests.prove.mutants import MUTANTS, DoesNotApplyError, Mutant, copy_project

PROJECT_DIR = Path(__file__).resolve().parents[2]
REPORTS_DIR = PROJECT_DIR / ".cache" / "tests"
RECOVERY_BOUND_SECONDS = 30
MACHINES = ("tests/faults", "tests/gallery/test_deletion_machine.py")
FAULTS = (*MACHINES, "tests/hosts", "tests/pixelstream/api/test_schemathesis.py")
GUARDS = (
    *MACHINES,
    "tests/gallery/services",
    "tests/generation/services/test_heartbeat.py",
    "tests/generation/services/test_job_references.py",
)
"""Where tests look for planted bugs."""
RECOVERY_TEST = "test_jobs_killed_under_the_real_lease_are_made_again"
MUTANT_DEADLINE_SECONDS = 45
"""Long enough for an unchanged copy, which has to pass with it first."""


@dataclass(frozen=True)
class Profile:
    """How much is done."""

    repeats: int
    chaos_seconds: int
    chaos_rounds: int
    machine: tuple[int, int]
    """Programs of each repeat for the machine of deletions, and their steps."""


PROFILES = {"ci": Profile(1, 60, 1, (100, 40)), "nightly": Profile(20, 300, 4, (250, 80))}


@dataclass
class Outcome:
    """What one run of pytest came to."""

    passed: int
    failed: list[str]
    reasons: list[str]
    status: int


def main() -> int:
    """Run everything. The status is 0 only when nothing failed."""
    options = _options()
    profile = PROFILES[options.profile]
    # Some tests look for words in both languages; a fresh clone has none compiled.
    subprocess.run([sys.executable, "tools/messages.py", "compile"], cwd=PROJECT_DIR, check=True)
    with tempfile.TemporaryDirectory(prefix="pixelstream-prove-") as folder:
        return _prove(options, profile, Path(folder))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.prove")
    parser.add_argument("--profile", choices=PROFILES, default="ci")
    parser.add_argument("--only", default="", help="a -k expression, or a planted bug's name")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--out", type=Path, default=REPORTS_DIR / "prove.json")
    return parser.parse_args()


def _prove(options: argparse.Namespace, profile: Profile, folder: Path) -> int:
    started_at = time.monotonic()
    mutants = [mutant for mutant in MUTANTS if options.only in {"", mutant.name}]
    faults = not options.only or not mutants
    records = folder / "verdicts.jsonl"
    records.touch()
    outcomes: list[Outcome] = []
    if faults:
        print(f"fault tests, profile {options.profile}, seed {options.seed}", flush=True)
        for number in range(profile.repeats):
            rounds = profile.chaos_rounds if number < profile.chaos_rounds else 0
            environment = {
                "FAULTS_REPORT": str(records),
                "FAULTS_SEED": str(options.seed + number),
                "FAULTS_CHAOS_SECONDS": str(profile.chaos_seconds if rounds else 10),
                "MACHINE_PROGRAMS": str(profile.machine[0]),
                "MACHINE_STEPS": str(profile.machine[1]),
            }
            outcome = _pytest(PROJECT_DIR, options.only, environment, folder)
            outcomes.append(outcome)
            _tell_failures([outcome])
    drilled: list[str] = []
    if not options.only:
        print("drill of backup and restore", flush=True)
        more, drilled = drill.run(
            lambda told: _pytest(PROJECT_DIR, "", told, folder, paths=drill.PATHS), folder
        )
        outcomes += more
        _tell_failures(more)
    figures = _figures(_read(records))
    caught, missed = _try_mutants(mutants, folder)

    passed = sum(outcome.passed for outcome in outcomes) + len(caught)
    failed = sum(len(o.failed) or bool(o.status) for o in outcomes) + len(missed)
    if (p95 := figures["recovery_p95"]) is not None and p95 > RECOVERY_BOUND_SECONDS:
        print(f"FAILED recovery: p95 {p95} s, more than {RECOVERY_BOUND_SECONDS} s")
        failed += 1
    figures |= {
        "drill": drilled,
        "profile": options.profile,
        "seed": options.seed,
        "mutants_caught": caught,
        "mutants_missed": missed,
        "seconds": round(time.monotonic() - started_at),
        "passed": passed,
        "failed": failed,
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    _print(figures, len(mutants))
    return 1 if failed else 0


def _tell_failures(outcomes: Iterable[Outcome]) -> None:
    for outcome in outcomes:
        for name, reason in zip(outcome.failed, outcome.reasons, strict=True):
            print(f"FAILED {name}\n    {reason}", flush=True)


def _pytest(
    project: Path,
    only: str,
    environment: dict[str, str],
    folder: Path,
    *more: str,
    paths: tuple[str, ...] = FAULTS,
) -> Outcome:
    report = folder / "report.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", *paths, "-q"]
    command += ["-p", "no:cacheprovider", f"--junitxml={report}", *(["-k", only] if only else [])]
    done = subprocess.run(
        [*command, *more],
        cwd=project,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if not report.exists():
        return Outcome(0, ["pytest"], [done.stdout[-2000:]], done.returncode)
    passed, failed, reasons = 0, [], []
    for case in ElementTree.parse(report).iter("testcase"):
        problems = [child for child in case if child.tag in {"failure", "error"}]
        if problems:
            failed.append(str(case.get("name")))
            reasons.append((problems[0].get("message") or "").partition("\n")[0][:200])
        elif not any(child.tag == "skipped" for child in case):
            passed += 1
    return Outcome(passed, failed, reasons, done.returncode)


def _read(path: Path) -> list[dict[str, Any]]:
    """The last word of every test of every run: a test may judge more than once."""
    last: dict[tuple[int, str], dict[str, Any]] = {}
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        last[record["run"], record["test"]] = record
    return list(last.values())


def _figures(records: list[dict[str, Any]]) -> dict[str, Any]:
    def count(name: str) -> int:
        return sum(len(record[name]) for record in records)

    broken = [finding for record in records for finding in record["broken"]]
    real = [s for r in records if r["test"] == RECOVERY_TEST for s in r["recoveries"]]
    return {
        "jobs": sum(record["jobs"] for record in records),
        "faults": sum(record["faults"] for record in records),
        "lost": count("lost"),
        "duplicated": count("duplicated"),
        "paid_twice": count("paid_twice"),
        "stuck": sum(finding.startswith("J2") for finding in broken),
        "orphans": count("orphans"),
        "other_invariants": sum(not finding.startswith("J2") for finding in broken),
        "recovery_p95": _p95(real),
        "recovery_max": max(real, default=None),
        "verdicts": records,
    }


def _p95(values: list[float]) -> float | None:
    if len(values) < 2:
        return values[0] if values else None
    return round(statistics.quantiles(values, n=20, method="inclusive")[-1], 1)


def _try_mutants(mutants: list[Mutant], folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Plant each bug in a copy. Returns which were noticed and which not, with the reasons."""
    caught: dict[str, str] = {}
    missed: dict[str, str] = {}
    if not mutants:
        return caught, missed
    environment = {"FAULTS_DEADLINE": str(MUTANT_DEADLINE_SECONDS)}
    print(f"planting {len(mutants)} bugs, after a look at an unchanged copy", flush=True)
    untouched = copy_project(PROJECT_DIR, folder / "untouched")
    guards = " or ".join(sorted({f"({mutant.guards})" for mutant in mutants}))
    control = _pytest(untouched, guards, environment, folder, paths=GUARDS)
    if control.failed or control.status:
        reason = f"the unchanged copy fails as well: {control.failed} {control.reasons}"
        return caught, dict.fromkeys((mutant.name for mutant in mutants), reason)
    for number, mutant in enumerate(mutants):
        copy = copy_project(untouched, folder / f"mutant-{number}")
        try:
            mutant.apply(copy)
        except DoesNotApplyError as error:
            missed[mutant.name] = str(error)
            continue
        outcome = _pytest(copy, mutant.guards, environment, folder, "-x", paths=GUARDS)
        # Status 1: tests ran and failed. Anything else proves nothing.
        if outcome.failed and outcome.status == 1:
            caught[mutant.name] = f"{outcome.failed[0]}: {outcome.reasons[0]}"
        else:
            missed[mutant.name] = f"{outcome.passed} passed, status {outcome.status}"
        word = "caught" if mutant.name in caught else "MISSED"
        how = caught.get(mutant.name) or missed[mutant.name]
        print(f"  {word}  {mutant.name}\n          {how}", flush=True)
    return caught, missed


def _print(figures: dict[str, Any], mutants: int) -> None:
    rows: Iterable[tuple[str, Any]] = [
        ("jobs", figures["jobs"]),
        ("faults injected", figures["faults"]),
        ("lost", figures["lost"]),
        ("duplicated", figures["duplicated"]),
        ("double-paid", figures["paid_twice"]),
        ("stuck", figures["stuck"]),
        ("orphans", figures["orphans"]),
        ("other invariants", figures["other_invariants"]),
        ("recovery p95", f"{figures['recovery_p95']} s (real lease)"),
        *(("drill", line) for line in figures["drill"]),
        ("mutants caught", f"{len(figures['mutants_caught'])}/{mutants}"),
    ]
    print()
    for name, value in rows:
        print(f"{name:<18}{value}")
    for name, reason in figures["mutants_missed"].items():
        print(f"MISSED {name}: {reason}")
    print(f"{figures['passed']} passed, {figures['failed']} failed", flush=True)


if __name__ == "__main__":
    sys.exit(main())
