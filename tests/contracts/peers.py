"""The peers of the contract tests: mock vendors that nobody here wrote, made from vendors' specs.

A folder outside the repository, CONTRACTS_DIR, holds what starts them (`start.sh start|stop`, for
node) and the specs. Prism answers as OpenAI's and OpenRouter's own OpenAPI files say and refuses
what they do not allow; aimock plays scripted answers and keeps a journal of what it was asked.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent
CONTRACTS_DIR = (PROJECT_DIR / os.environ.get("CONTRACTS_DIR", "../shared/contracts")).resolve()
WORK_DIR = PROJECT_DIR / ".cache" / "contracts"
"""Where the peers are installed and write their logs (`run/*.log`)."""

OPENAI_PRISM = "http://127.0.0.1:4010"
OPENROUTER_PRISM = "http://127.0.0.1:4011"
AIMOCK = "http://127.0.0.1:4030"
_PORTS = (4010, 4011, 4030)
_START_SECONDS = 540
"""The first start installs them with npm."""


def are_here() -> bool:
    """Whether this machine has the folder of the peers. It is no part of the repository."""
    return (CONTRACTS_DIR / "start.sh").is_file()


def lack() -> str:
    """What this machine lacks to run the peers, in words; empty when nothing does."""
    if not are_here():
        return "no peers; name their folder in CONTRACTS_DIR"
    if are_up():
        return ""
    missing = [name for name in ("node", "npm") if not shutil.which(name)]
    return f"no {' and no '.join(missing)}; install nodejs and npm" if missing else ""


def are_up() -> bool:
    """Whether all of them accept connections."""
    return all(_answers(port) for port in _PORTS)


@contextmanager
def running() -> Iterator[None]:
    """Have the peers up: those that already run, else ones that are stopped at the end.

    Raises RuntimeError with what they said when they do not start.
    """
    if are_up():
        yield
        return
    WORK_DIR.mkdir(parents=True, exist_ok=True)
    # It is copied from a folder that may be read-only, and then cannot be copied over.
    (WORK_DIR / "package.json").unlink(missing_ok=True)
    done = _run("start")
    try:
        if done.returncode:
            raise RuntimeError(f"the peers did not start:\n{done.stdout}{_logs()}")
        yield
    finally:
        _run("stop")


def _run(verb: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(CONTRACTS_DIR / "start.sh"), verb],
        env={**os.environ, "CONTRACTS_WORK": str(WORK_DIR)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_START_SECONDS,
        check=False,
    )


def _logs() -> str:
    return "".join(
        f"--- {path.name}\n{path.read_text('utf-8', 'replace')[-2000:]}"
        for path in sorted((WORK_DIR / "run").glob("*.log"))
    )


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def journal(aimock_url: str, containing: str = "") -> list[dict[str, Any]]:
    """What aimock was asked, oldest first: method, path, headers, body (its own words), response.

    `containing` keeps the calls whose prompt has this text: a test that puts a word of its own
    into the prompt sees only its own calls.
    """
    entries = httpx2.get(f"{aimock_url}/__aimock/journal", trust_env=False).json()
    return [entry for entry in entries if containing in str(entry.get("body"))]


def clear_journal(aimock_url: str) -> None:
    """Forget what was asked, by other tests as well."""
    httpx2.post(f"{aimock_url}/__aimock/reset/journal", trust_env=False).raise_for_status()
