"""The Procfile's lines, and how a host starts them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pixelstream.supervisor import Program

PROJECT_DIR = Path(__file__).resolve().parents[2]
LINES = {
    name.strip(): line.strip()
    for name, _colon, line in (
        text.partition(":") for text in (PROJECT_DIR / "Procfile").read_text("utf-8").splitlines()
    )
    if line and not name.startswith("#")
}
BUILT = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
"""The PATH on which a host has put `python` and what is installed beside it."""


def program(name: str) -> Program:
    """A line of the Procfile, in a shell."""
    return Program(name, ["/bin/sh", "-c", LINES[name]], env={"PATH": BUILT})
