"""What belongs to one machine: where its data lives, its own secrets, its broker's socket.

Standard library only, but for reading `.env`: the settings, `manage.py` and `tools.prepare` need
this before Django is there.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parent.parent
SECRETS_FILE = "secrets.env"
# The address of a unix socket has room for 104 bytes on macOS and 108 on Linux.
SOCKET_PATH_MAX_BYTES = 100


class AlreadyRunningError(RuntimeError):
    """Another process holds the data directory."""


def data_dir() -> Path:
    """Where this machine's data lives: DATA_DIR, or `var` in the project; always absolute.

    A relative DATA_DIR counts from the project, so that it names the same place for a shell, a
    service manager and a cron job.
    """
    return Path(os.path.normpath(PROJECT_DIR / Path(os.environ.get("DATA_DIR") or "var")))


def load_env_file() -> None:
    """Take what `.env` beside `manage.py` sets and the environment does not; it may be missing.

    The settings do the same. This is for what runs before them and needs DATA_DIR or SECRET_KEY.
    """
    file = PROJECT_DIR / ".env"
    if file.exists():
        from dotenv import load_dotenv  # what the settings' library reads it with

        load_dotenv(file)


def load_secrets(data_dir: Path) -> dict[str, str]:
    """Read the secrets made for this machine; empty when there are none."""
    try:
        text = (data_dir / SECRETS_FILE).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {key.strip(): value.strip() for key, _, value in pairs}


def ensure_secrets(data_dir: Path) -> None:
    """Make this machine's secrets if it has none. Whoever starts at the same time gets the same."""
    target = data_dir / SECRETS_FILE
    if target.exists():
        return
    make_data_dir(data_dir)
    text = (
        "# Made once for this machine. Whoever has these can sign in as anybody: keep them\n"
        "# private, and keep them with your backups.\n"
        f"SECRET_KEY={secrets.token_urlsafe(64)}\n"
        f"FIELD_ENCRYPTION_KEYS=1:{base64.b64encode(secrets.token_bytes(32)).decode()}\n"
    )
    # mkstemp makes the file readable for its owner only.
    handle, temporary = tempfile.mkstemp(dir=data_dir, prefix=f".{SECRETS_FILE}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # A link never replaces: of several starts the first one wins, and nobody reads a half.
        with contextlib.suppress(FileExistsError):
            os.link(temporary, target)
    finally:
        os.unlink(temporary)


def make_data_dir(data_dir: Path) -> None:
    """Create the data directory, for its owner only: it holds private pictures."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)


def broker_socket(data_dir: Path) -> Path:
    """Where the embedded broker listens: in the data directory if the path is short enough.

    Else in a private directory under the temporary one, with a name that follows from the data
    directory, so that every process of this machine finds the same. Raises PermissionError when
    somebody else owns that directory: they could pretend to be the broker.
    """
    path = data_dir / "valkey.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_MAX_BYTES:
        return path
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    name = f"pixelstream-{os.getuid()}-{digest}"
    directory = Path(tempfile.gettempdir()) / name
    if len(os.fsencode(directory / path.name)) > SOCKET_PATH_MAX_BYTES:
        directory = Path("/tmp") / name  # noqa: S108 (checked below, like the other)
    with contextlib.suppress(FileExistsError):
        directory.mkdir(mode=0o700)
    found = directory.lstat()
    if (
        not stat.S_ISDIR(found.st_mode)
        or found.st_uid != os.getuid()
        or stat.S_IMODE(found.st_mode) & 0o077
    ):
        raise PermissionError(
            f"{directory} must be a directory of yours that nobody else can open. "
            "Remove it, or set DATA_DIR to a shorter path."
        )
    return directory / path.name


@contextlib.contextmanager
def hold(data_dir: Path) -> Iterator[None]:
    """Hold the data directory while the block runs; the system lets go when the process dies.

    Raises AlreadyRunningError with a sentence for the person at the terminal.
    """
    import fcntl  # not on Windows, where the settings still have to load

    make_data_dir(data_dir)
    # Not "w": that would empty the file of the process which holds it.
    with (data_dir / "up.lock").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read(20).strip()
            raise AlreadyRunningError(
                f"Pixelstream already runs on {data_dir}"
                f"{f' (process {holder})' if holder else ''}. Stop it there with Ctrl-C, "
                "or start a second one with another DATA_DIR and another PORT."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
