"""Signers that nobody here wrote: a library of Standard Webhooks, and Node's own crypto."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.contracts.peers import PROJECT_DIR

SOURCE_DIR = Path(__file__).parent
WORK_DIR = PROJECT_DIR / ".cache" / "contracts" / "signers"
"""Where the library is installed."""

FILES = ("package.json", "package-lock.json", "sign.mjs")
INSTALL_SECONDS = 300
SIGN_SECONDS = 60


def lack() -> str:
    """What this machine lacks to run them, in words; empty when nothing does."""
    missing = [name for name in ("node", "npm") if not shutil.which(name)]
    return f"no {' and no '.join(missing)}; install nodejs and npm" if missing else ""


def install() -> None:
    """Install the library as it is pinned. Raises CalledProcessError, with what npm said."""
    WORK_DIR.mkdir(parents=True, exist_ok=True)
    lock = (SOURCE_DIR / "package-lock.json").read_bytes()
    done = WORK_DIR / "installed"
    is_there = done.exists() and done.read_bytes() == lock
    for name in FILES:
        shutil.copyfile(SOURCE_DIR / name, WORK_DIR / name)
    if not is_there:
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(
            command, cwd=WORK_DIR, check=True, capture_output=True, timeout=INSTALL_SECONDS
        )
        done.write_bytes(lock)


def ask(verb: str, *, body: bytes = b"", **fields: Any) -> Any:
    """What `sign.mjs` answers. Raises CalledProcessError where it does not believe something."""
    wish = {"do": verb, "body": base64.b64encode(body).decode(), **fields}
    done = subprocess.run(
        ["node", "sign.mjs"],
        cwd=WORK_DIR,
        input=json.dumps(wish),
        env={**os.environ, "NODE_OPTIONS": ""},
        capture_output=True,
        check=True,
        text=True,
        timeout=SIGN_SECONDS,
    )
    return json.loads(done.stdout)
