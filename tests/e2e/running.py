"""The whole application in its own processes, as `make run` starts it on a new machine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Literal

from tools import postgres

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT = 180
STOP_TIMEOUT = 40
ADMIN_EMAIL = "admin@example.com"
PASSWORD = "correct horse battery staple"

Program = Literal["web", "worker", "beat", "broker"]
COMMANDS: dict[Program, str] = {
    "web": " uvicorn ",
    "worker": " celery --quiet -A pixelstream worker",
    "beat": " celery --quiet -A pixelstream.clock beat",
    "broker": "valkey-server",
}
# Reads code, a line of JSON each, and answers with what it printed and what went wrong.
RUNNER = """
import contextlib, io, json, sys, traceback
import django
from django.db import connection
django.setup()
for line in sys.stdin:
    printed, problem = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(printed):
            exec(json.loads(line), {})
    except Exception:
        problem = traceback.format_exc()
    connection.close()
    print(json.dumps([printed.getvalue(), problem]), flush=True)
"""
# What a developer's own .env may say must not reach these tests.
KEYS = ("OPENROUTER", "OPENAI", "GEMINI", "POLLINATIONS", "KIE")


class RunningApp:
    """`manage.py up` with a data directory and a port of its own."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pixelstream-e2e-"))
        self.log = self.folder / "log.txt"
        self.runner: subprocess.Popen[str] | None = None
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        data_dir = self.folder / "data"
        kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
        self.environment = {
            **{name: os.environ[name] for name in kept if name in os.environ},
            **{f"{name}_API_KEY": "" for name in KEYS},
            "DATA_DIR": str(data_dir),
            "DATABASE_URL": _new_database(data_dir),
            "REDIS_URL": "",
            "R2_BUCKET_NAME": "",
            "PORT": str(self.port),
            "SITE_URL": self.url,
            "DEBUG": "false",
            "BUILTIN_ENGINE_FAULTS": "1",
            "ADMIN_EMAIL": ADMIN_EMAIL,
            "ADMIN_PASSWORD": PASSWORD,
        }

    def start(self) -> None:
        """Start everything and wait until it says that it is ready."""
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_TIMEOUT
        while "Pixelstream is ready" not in self.output():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise RuntimeError(f"The application does not start:\n{self.output()}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Ctrl-C. Raises when it does not end well or leaves processes behind."""
        if self.runner is not None:
            self.runner.communicate()  # it ends with its input
        started = _descendants(self.process.pid)
        self.process.send_signal(signal.SIGINT)
        try:
            status = self.process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        left = [line for pid, line in started.items() if _command(pid) == line]
        output = self.output()
        shutil.rmtree(self.folder, ignore_errors=True)
        if status or left:
            raise RuntimeError(f"Status {status}, still running: {left}\n{output}")

    def kill(self, program: Program) -> None:
        """End one of the programs as the system would when the memory is full."""
        ours = [pid for pid, parent in _parents().items() if parent == self.process.pid]
        found = [pid for pid in ours if COMMANDS[program] in _command(pid)]
        assert len(found) == 1, f"{program}: {found}"
        os.kill(found[0], signal.SIGKILL)

    def run(self, code: str) -> str:
        """Run Python in a process that has the application loaded, on the same data. Returns what
        it printed. Loading takes longer than most of what tests want, so the process stays.
        """
        if self.runner is None:
            self.runner = subprocess.Popen(
                [sys.executable, "-c", RUNNER],
                cwd=ROOT,
                env={**self._own_environment(), "DJANGO_SETTINGS_MODULE": "pixelstream.settings"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self.runner.stdin
        assert self.runner.stdout
        self.runner.stdin.write(json.dumps(code) + "\n")
        self.runner.stdin.flush()
        printed, problem = json.loads(self.runner.stdout.readline())
        if problem:
            raise RuntimeError(problem)
        return str(printed)

    def manage(self, *arguments: str) -> str:
        """Run a command of `manage.py` on the same data."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._own_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return done.stdout

    def _own_environment(self) -> dict[str, str]:
        secrets = (self.folder / "data" / "secrets.env").read_text("utf-8").splitlines()
        key = next(line for line in secrets if line.startswith("SECRET_KEY="))
        return {**self.environment, "SECRET_KEY": key.partition("=")[2]}

    def output(self) -> str:
        """What the launcher and its programs have printed."""
        return self.log.read_text("utf-8", "replace")


def can_find_processes() -> bool:
    """Whether this system tells about processes in a way that we can read."""
    return Path("/proc/self/stat").exists()


def _new_database(data_dir: Path) -> str:
    """An empty one, of the kind that the whole run is about."""
    if os.environ.get("DB") == "postgres":
        name = data_dir.parent.name.replace("-", "_")
        return postgres.create_database(os.environ["DATABASE_URL"], name)
    return f"sqlite:///{data_dir / 'pixelstream.sqlite3'}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    return ""


def _parents() -> dict[int, int]:
    """Every process with the one that started it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            stat = (entry / "stat").read_text()
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    return parents


def _descendants(ancestor: int) -> dict[int, str]:
    """Everything that a process has started, and what those have, with their command lines."""
    parents = _parents()
    found: dict[int, str] = {}
    wave = {ancestor}
    while wave:
        wave = {pid for pid, parent in parents.items() if parent in wave}
        found |= {pid: _command(pid) for pid in wave}
    return {pid: line for pid, line in found.items() if line}
