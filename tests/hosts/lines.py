"""The Procfile's lines, and how a host starts them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pixelstream.supervisor import Program

PROJECT_DIR = Path(__file__).resolve().parents[2]


def lines_of(project: Path) -> dict[str, str]:
    """Its lines by their names."""
    texts = (project / "Procfile").read_text("utf-8").splitlines()
    return {
        name.strip(): line.strip()
        for name, _colon, line in (text.partition(":") for text in texts)
        if line and not name.startswith("#")
    }


BUILT = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
"""The PATH on which a host has put `python` and what is installed beside it."""


def program(name: str, project: Path = PROJECT_DIR) -> Program:
    """A line of a project's Procfile, in a shell."""
    return Program(name, ["/bin/sh", "-c", lines_of(project)[name]], env={"PATH": BUILT})
