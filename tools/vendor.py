"""Third-party files under static/vendor/: fetch them from npm, or check them without network.

    python tools/vendor.py check              every file is as vendor.lock.json says (no network)
    python tools/vendor.py fetch [package]    npm pack, verify, copy, write the hashes

Only whoever bumps a version needs npm. To bump: change `version` in vendor.lock.json, empty
`integrity`, rename the paths that carry the version, then fetch and read the difference. To add an
icon: add its Lucide name to `icons` and fetch `lucide-static`.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "vendor.lock.json"
FOLDER = "static/vendor"

Lock = dict[str, dict[str, Any]]


class VendorError(Exception):
    """Something is not what the lock file says."""


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit code is 1 if a file is not what it should be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="compare the files with the lock file")
    fetch = commands.add_parser("fetch", help="get the files from npm")
    fetch.add_argument("packages", nargs="*", help="all of them if none is named")
    options = parser.parse_args(argv)
    try:
        if options.command == "fetch":
            fetch_packages(options.packages)
        problems = find_problems()
    except VendorError as error:
        problems = [str(error)]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def find_problems(root: Path = ROOT) -> list[str]:
    """Compare the files with the lock file: changed, missing or unlisted ones, a line each."""
    lock = read_lock(root / LOCK.name)
    listed: dict[str, str] = {}
    problems = []
    for name, package in lock.items():
        if not any(Path(path).name.startswith(("LICENSE", "OFL")) for path in package["files"]):
            problems.append(f"{name}: no licence file")
        listed.update({path: entry["sha256"] for path, entry in package["files"].items()})
    for path, expected in listed.items():
        file = root / path
        if not file.is_file():
            problems.append(f"{path}: missing")
        elif sha256(file.read_bytes()) != expected:
            problems.append(f"{path}: changed")
    for file in sorted((root / FOLDER).rglob("*")):
        path = file.relative_to(root).as_posix()
        if file.is_file() and path not in listed:
            problems.append(f"{path}: not in {LOCK.name}")
    return problems


def fetch_packages(names: list[str]) -> None:
    """Copy the listed files of the named packages (of all, if none is named)."""
    lock = read_lock(LOCK)
    if unknown := set(names) - set(lock):
        raise VendorError(f"not in {LOCK.name}: {', '.join(sorted(unknown))}")
    for name in names or lock:
        fetch_package(name, lock[name])
    LOCK.write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")


def fetch_package(name: str, package: dict[str, Any]) -> None:
    """Copy the listed files of one package and note their hashes in its entry."""
    with tempfile.TemporaryDirectory() as folder:
        archive = pack(name, package["version"], Path(folder))
        integrity = "sha512-" + base64.b64encode(
            hashlib.sha512(archive.read_bytes()).digest()
        ).decode("ascii")
        if package["integrity"] and package["integrity"] != integrity:
            raise VendorError(f"{name}: the archive is {integrity}, not {package['integrity']}")
        package["integrity"] = integrity
        with tarfile.open(archive) as contents:
            for path, entry in package["files"].items():
                if entry["from"] == "icons":
                    data = build_sprite(contents, package)
                else:
                    data = read_member(contents, entry["from"])
                target = ROOT / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
                entry["sha256"] = sha256(data)


def pack(name: str, version: str, folder: Path) -> Path:
    """Download a package's archive. Nothing of the package is run."""
    npm = shutil.which("npm")
    if npm is None:
        raise VendorError("npm is not installed")
    command = [npm, "pack", "--ignore-scripts", "--pack-destination", str(folder)]
    subprocess.run([*command, f"{name}@{version}"], check=True, capture_output=True)  # noqa: S603
    (archive,) = folder.glob("*.tgz")
    return archive


def build_sprite(contents: tarfile.TarFile, package: dict[str, Any]) -> bytes:
    """One SVG with a symbol for each icon. Size and stroke are left to the style sheet (.ic)."""
    lines = [
        f"<!-- lucide-static {package['version']}, {package['licence']}: see LICENSE -->",
        '<svg xmlns="http://www.w3.org/2000/svg">',
    ]
    for icon in sorted(package["icons"]):
        source = read_member(contents, f"icons/{icon}.svg").decode("utf-8")
        drawing = re.search(r"<svg[^>]*>(.*)</svg>", source, re.DOTALL)
        if drawing is None:
            raise VendorError(f"{icon}: not an SVG")
        shapes = " ".join(drawing[1].split()).replace(" />", "/>").replace("> <", "><")
        lines.append(f'<symbol id="i-{icon}" viewBox="0 0 24 24">{shapes}</symbol>')
    lines.append("</svg>")
    return ("\n".join(lines) + "\n").encode("utf-8")


def read_member(contents: tarfile.TarFile, path: str) -> bytes:
    """Read one file of a package."""
    try:
        member = contents.extractfile(f"package/{path}")
    except KeyError:
        member = None
    if member is None:
        raise VendorError(f"{path}: not in the package")
    return member.read()


def read_lock(path: Path) -> Lock:
    """Read the lock file."""
    lock: Lock = json.loads(path.read_text(encoding="utf-8"))
    return lock


def sha256(data: bytes) -> str:
    """Hash in the lock file's notation."""
    return "sha256-" + hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main())
