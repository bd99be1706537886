"""The ground the measures stand on: a data directory of their own, and the whole application.

The application is `manage.py up` itself with its default settings, so that what is measured is
what people run: Valkey, one uvicorn with `pixelstream.asgi`, Celery's prefork worker and beat.
This process uses the same settings and the same database beside it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import processes

if TYPE_CHECKING:
    from pixelstream.accounts.models import User

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent
READY = "Pixelstream is ready"
START_SECONDS = 90
STOP_SECONDS = 30


@dataclass(frozen=True)
class Application:
    """The running application."""

    port: int
    web_pid: int
    ready_seconds: float  #: from the command to the line that says it is ready

    @property
    def address(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True)
class Ground:
    """What every measure is given."""

    data_dir: Path
    quick: bool
    posts: int = (
        1_000_000  #: of the library that `wall`, `public`, `search` and `saving` are measured on
    )
    database: str = "sqlite"  #: that it lies in, or "postgres"

    def rounds(self, usual: int, quick: int) -> int:
        """How often to do something."""
        return quick if self.quick else usual

    @contextlib.contextmanager
    def application(self) -> Iterator[Application]:
        """Run the whole application while the block runs."""
        port = free_port()
        log = self.data_dir / "up.log"
        log.unlink(missing_ok=True)
        started = time.monotonic()
        with log.open("wb") as output:
            process = start(["manage.py", "up"], {"PORT": str(port)}, output.fileno())
        try:
            while READY not in log.read_text("utf-8", "replace"):
                if process.poll() is not None or time.monotonic() > started + START_SECONDS:
                    raise RuntimeError(f"it did not start:\n{log.read_text('utf-8', 'replace')}")
                time.sleep(0.005)
            ready_seconds = time.monotonic() - started
            web_pid = processes.child_with("uvicorn", of=process.pid) if processes.KNOWN else 0
            yield Application(port, web_pid, ready_seconds)
        finally:
            stop(process)


def prepare(
    data_dir: Path, *, quick: bool, posts: int = 1_000_000, database: str = "sqlite"
) -> Ground:
    """Set Django up in this process and make, by a first start, what a data directory holds.

    Whatever the shell or a `.env` says: no measure ever touches a database, a broker or a mail
    server that is in use.
    """
    os.environ.update(
        DATA_DIR=str(data_dir),
        DATABASE_URL=f"sqlite:///{data_dir / 'pixelstream.sqlite3'}",
        REDIS_URL="",
        DEBUG="false",
        SITE_URL="http://127.0.0.1",
        ALLOWED_HOSTS="127.0.0.1,testserver",
        EMAIL_URL="console:",
        FAULTPOINTS="",
        BUILTIN_ENGINE_FAULTS="true",
        DJANGO_SETTINGS_MODULE="pixelstream.settings",
        # Playwright's loop runs in this thread; the database is asked between its calls.
        DJANGO_ALLOW_ASYNC_UNSAFE="true",
    )
    for name in [name for name in os.environ if name.endswith("_API_KEY")]:
        del os.environ[name]
    from pixelstream import local

    local.ensure_secrets(data_dir)
    os.environ["SECRET_KEY"] = local.load_secrets(data_dir)["SECRET_KEY"]
    import django

    django.setup()
    # As `pixelstream.wsgi` does for the server, whose pages some measures ask for in this process.
    gc.collect()
    gc.freeze()
    ground = Ground(data_dir, quick, posts, database)
    with ground.application():
        pass  # its first start makes the tables and collects the static files
    return ground


def person(name: str) -> User:
    """Somebody of that name; the same at the second call."""
    from pixelstream.accounts.models import User

    email = f"{name}@example.com"
    return User.objects.filter(email=email).first() or User.objects.create_user(email)


def session_key(user: User) -> str:
    """The session of a browser in which the person is signed in."""
    from django.test import Client

    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(
    arguments: list[str], environment: dict[str, str], output: int
) -> subprocess.Popen[bytes]:
    """Start a Python program of the project, in a session of its own."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=PROJECT_DIR,
        env={**os.environ, "NO_COLOR": "1", "PYTHONUNBUFFERED": "1", **environment},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=processes.die_with_parent(),
    )


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask a program that `start` began to end, and see to it that it does."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
