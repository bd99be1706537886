"""Dependencies against known advisories.

    python -m tools.advisories check     the lock files against tools/advisories.toml, and every
                                         line of them pinned and hashed (no network)
    python -m tools.advisories audit     the same, then pip-audit, which asks the network

The list in the repository is short and says why each entry matters; pip-audit knows them all but
has to reach PyPI. What it could not look up is said, and is not taken for harmless.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import Version

from tools import lockfiles

LIST = Path(__file__).with_suffix(".toml")
LOCKS = (lockfiles.RUN, lockfiles.LOCAL, lockfiles.DEVELOPMENT)


@dataclass(frozen=True, slots=True)
class Advisory:
    """A fault of a package that is not in `fixed` any more."""

    package: str
    fixed: str
    id: str
    why: str


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit code is 1 if something known to be faulty is locked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("command", choices=["check", "audit"])
    command = parser.parse_args(argv).command
    found = list(problems(lockfiles.PROJECT_DIR, read_list(LIST)))
    for problem in found:
        print(problem, file=sys.stderr)
    if command == "check":
        return 1 if found else 0
    statuses = [ask_network(lockfiles.PROJECT_DIR / name) for name in LOCKS]
    return 1 if found else max(statuses)


def read_list(path: Path) -> list[Advisory]:
    """Read the list of the repository."""
    entries = tomllib.loads(path.read_text("utf-8"))["advisory"]
    return [Advisory(**{**each, "package": canonicalize_name(each["package"])}) for each in entries]


def problems(folder: Path, advisories: list[Advisory]) -> Iterator[str]:
    """Yield what is wrong with the lock files in `folder`, a line each.

    An advisory of a package that no lock file names any more is wrong, too: the list stays true.
    """
    seen: set[str] = set()
    for name in LOCKS:
        yield from lockfiles.problems(folder / name)
        for locked in lockfiles.read(folder / name):
            seen.add(locked.name)
            for advisory in advisories:
                if (
                    advisory.package == locked.name
                    and locked.version
                    and Version(locked.version) < Version(advisory.fixed)
                ):
                    yield (
                        f"{name}: {locked.name} {locked.version} has {advisory.id} "
                        f"(fixed in {advisory.fixed}): {advisory.why}"
                    )
    for package in sorted({advisory.package for advisory in advisories} - seen):
        yield f"{LIST.name}: {package} is not used any more"


def ask_network(lock: Path) -> int:
    """Ask pip-audit about a lock file, and print what it found and what it could not look up.

    Returns 0 if all were looked up and none is faulty, 1 if one is, 2 if some could not be asked
    about.
    """
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    try:
        packages = json.loads(result.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = (result.stderr.strip() or "no answer").splitlines()[-1]
        print(f"{lock.name}: could not be asked about: {last}", file=sys.stderr)
        return 2
    skipped = [each["name"] for each in packages if "skip_reason" in each]
    faulty = [each for each in packages if each.get("vulns")]
    for each in faulty:
        for fault in each["vulns"]:
            versions = ", ".join(fault["fix_versions"]) or "no version yet"
            print(
                f"{lock.name}: {each['name']} {each['version']}: {fault['id']}, fixed in {versions}"
            )
    print(
        f"{lock.name}: {len(packages) - len(skipped)} of {len(packages)} looked up, "
        f"{len(faulty)} with advisories"
    )
    if skipped:
        print(f"{lock.name}: not looked up: {', '.join(skipped)}", file=sys.stderr)
    return 1 if faulty else 2 if skipped else 0


if __name__ == "__main__":
    raise SystemExit(main())
