"""A server that several test processes share, until the last of them has ended, however it ends.

    python keeper.py USERS STATE FOLDER COMMAND ...

Each user holds a shared lock on USERS, which the system takes off those that are killed. Whoever
gets the lock alone knows that nobody is left: the server is ended, STATE and FOLDER are deleted.
"""

from __future__ import annotations

import fcntl
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

SUPERVISOR = Path(__file__).resolve().parents[2] / "pixelstream" / "supervisor.py"


def main(users: Path, state: Path, folder: Path, command: list[str]) -> None:
    """Run the server for as long as it has users."""
    die_with_parent = runpy.run_path(str(SUPERVISOR), run_name="supervisor")["_die_with_parent"]
    server = subprocess.Popen(command, cwd=folder, preexec_fn=die_with_parent())
    with users.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        server.kill()  # it would take its time to save what nobody wants
        server.wait()
        state.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]), sys.argv[4:])
