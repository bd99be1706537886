"""A host as a platform gives it: a disk of its own, a port, and the lines of the Procfile."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import redis

from tests.conftest import BrokerServer
from tests.faults.harness import DEADLINE, PROJECT_DIR, Running
from tests.hosts import lines
from tests.ports import free_port


@dataclass
class Host:
    """One of them. What all hosts are told is in `shared`; `project` is the code that it runs."""

    folder: Path
    shared: Mapping[str, str]
    port: int = field(default_factory=free_port)
    running: dict[str, Running] = field(default_factory=dict)
    project: Path = PROJECT_DIR

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        disk = str(self.folder / "disk")
        return {**self.shared, "DATA_DIR": disk, "PORT": str(self.port)}

    def start(self, name: str) -> Running:
        """Start a line, in place of the one that ran."""
        self.folder.mkdir(parents=True, exist_ok=True)
        log = self.folder / f"{name}.log"
        program = lines.program(name, self.project)
        self.running[name] = Running(program, log, self.environment, self.project)
        return self.running[name]

    def run(self, name: str) -> int:
        """Run a line to its end. Returns how it ended."""
        process = self.start(name).process
        try:
            return process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.kill(name)
            raise

    def kill(self, name: str) -> None:
        """Kill -9, with all its children."""
        self.running.pop(name).kill_group()

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)

    def said(self) -> str:
        """The last words of its programs, for the report of a failure."""
        logs = sorted(self.folder.glob("*.log"))
        tails = ("\n".join(log.read_text("utf-8", "replace").splitlines()[-40:]) for log in logs)
        return "\n".join(f"--- {log}\n{tail}" for log, tail in zip(logs, tails, strict=True))


class BrokerOnPort(BrokerServer):
    """A broker that several hosts reach."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.client = redis.Redis.from_url(self.url)
        self.place = ["--port", str(self.port), "--bind", "127.0.0.1"]
        self.socket = folder / "none"


@contextlib.contextmanager
def running_broker(folder: Path) -> Iterator[BrokerOnPort]:
    """Run one while the block runs."""
    broker = BrokerOnPort(folder)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()
