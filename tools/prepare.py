#!/usr/bin/env python
"""Make what the code needs beside itself on this machine: translations and static files.

    python -m tools.prepare                 both
    python -m tools.prepare --words         the translations only: workers serve no static files

Every process that a host starts asks for it first, because many hosts give each of them a disk of
its own, which is gone with it: what a release step collected elsewhere is not there. Where all is
there already this takes some hundredths of a second; Django is loaded only when something is to be
done. Several at once on one disk wait for each other.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROJECT_DIR = Path(__file__).resolve().parent.parent
# By its path: the package brings Celery along, which these functions do not need.
_local: dict[str, Any] = runpy.run_path(str(PROJECT_DIR / "pixelstream" / "local.py"))

STAMP = "static.stamp"
LOCK = "prepare.lock"
SOURCES = ("static", "pixelstream/storages.py", "requirements.txt")
"""What the collected files follow from: ours, what turns them into files, and the packages that
bring others along.
"""


def prepare(data_dir: Path, *, static: bool = True) -> list[str]:
    """Bring everything up to date. Says what was done, in words; empty when nothing was to do."""
    _local["make_data_dir"](data_dir)
    with _alone(data_dir):
        done = [f"compiled {path.relative_to(PROJECT_DIR)}" for path in _compile()]
        if static and _collect(data_dir):
            done.append("collected the static files")
    return done


def needs_static(data_dir: Path) -> bool:
    """Whether the static files were never collected here, or from other sources."""
    return _recorded(data_dir) != fingerprint(data_dir)


def fingerprint(data_dir: Path) -> str:
    """A name for the sources of the static files as they are now, and for where they go."""
    digest = hashlib.sha256(f"{data_dir}\n".encode())
    for source in SOURCES:
        for path in _files(PROJECT_DIR / source):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(PROJECT_DIR)}\0{content}\n".encode())
    return digest.hexdigest()


def _files(path: Path) -> list[Path]:
    return sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]


def _recorded(data_dir: Path) -> str | None:
    with contextlib.suppress(FileNotFoundError):
        if (data_dir / "static" / "staticfiles.json").exists():
            return (data_dir / STAMP).read_text("ascii")
    return None


def _compile() -> list[Path]:
    sources = (PROJECT_DIR / "locale").glob("*/LC_MESSAGES/*.po")
    if not any(_is_stale(source) for source in sources):
        return []
    from tools import messages

    return messages.compile_stale()


def _is_stale(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns


def _collect(data_dir: Path) -> bool:
    if not needs_static(data_dir):
        return False
    import django
    from django.apps import apps
    from django.core.management import call_command

    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pixelstream.settings")
        django.setup()
    # Without a stamp the last time was interrupted: there may be half a file, and a file whose
    # name has a hash is never written again. With one, what older pages name stays.
    stamp = data_dir / STAMP
    clear = not stamp.exists()
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, clear=clear)
    stamp.write_text(fingerprint(data_dir), "ascii")
    return True


@contextlib.contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """Hold the lock of this folder while the block runs."""
    import fcntl  # not on Windows

    with (data_dir / LOCK).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main() -> None:
    """Prepare this machine."""
    parser = argparse.ArgumentParser(prog="python -m tools.prepare")
    parser.add_argument("--words", action="store_true", help="the translations only")
    options = parser.parse_args()
    _local["load_env_file"]()
    data_dir: Path = _local["data_dir"]()
    for line in prepare(data_dir, static=not options.words):
        print(line, flush=True)


if __name__ == "__main__":
    main()
