"""Which browser of this machine the tests drive."""

from __future__ import annotations

import os
import shutil
import subprocess

NAMES = (
    # The same engine without windows: it needs less than half of the processor's time.
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find_browser() -> str | None:
    """The path of the one that CHROMIUM names, or else of the first that is here and starts."""
    candidates = [os.environ.get("CHROMIUM", ""), *NAMES]
    for path in filter(None, map(shutil.which, filter(None, candidates))):
        # Some systems install a stub that only says how to get the real one.
        try:
            subprocess.run([path, "--version"], check=True, capture_output=True, timeout=60)  # noqa: S603
        except (OSError, subprocess.SubprocessError):
            continue
        return path
    return None
