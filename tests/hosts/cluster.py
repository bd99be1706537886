"""Two hosts that share a database, a broker and object storage, and what came of what they did."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import BrokerServer
from tests.faults.harness import Stack, answers
from tests.hosts.host import BrokerOnPort, Host
from tests.storage.servers import Place

NAMES = ("web", "worker", "beat")


class Cluster(Stack):
    """Two hosts, each with all lines of the Procfile. Who dies is started again, as hosts do.

    The times are those of the fault tests (`tests.faults.settings`).
    """

    broker: BrokerServer

    def __init__(self, folder: Path, broker: BrokerOnPort, place: Place) -> None:
        super().__init__(broker)
        shared = {
            **self.environment,
            "REDIS_URL": broker.url,
            "SITE_URL": "http://127.0.0.1",
            "OPENROUTER_BASE_URL": "",  # captions come from the built-in engine
            "VENDOR_DIR": str(folder),
            "WORKER_CONCURRENCY": "3",
            **place.variables,
        }
        self.hosts = [Host(folder / name, shared) for name in ("east", "west")]

    def start(self) -> None:
        """Start all of both, and wait until both answer."""
        for host in self.hosts:
            for name in NAMES:
                host.start(name)
        for host in self.hosts:
            self.wait_until(lambda h=host: answers(h.port), f"the web server of {host.folder.name}")

    def stop(self) -> None:
        for host in self.hosts:
            host.stop()

    def log_tails(self, lines: int = 40) -> str:
        return "\n".join(host.said() for host in self.hosts)

    def _restart_dead(self) -> None:
        for host in self.hosts:
            for name in NAMES:
                if name not in host.running or not host.running[name].is_alive:
                    if name in host.running:
                        host.kill(name)
                    host.start(name)
