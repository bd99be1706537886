"""Servers of the tests get the port that was chosen for them, and do not outlive their test."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults.harness import DEADLINE, PROJECT_DIR, answers
from tests.ports import free_port
from tests.storage.servers import find_seaweedfs

linux = pytest.mark.skipif(sys.platform != "linux", reason="the system does it on Linux only")

BROKER = """
from tests.hosts.host import BrokerOnPort
broker = BrokerOnPort(pathlib.Path(sys.argv[1]))
broker.start()
print(broker.port, flush=True)
"""
SEAWEEDFS = """
from tests.storage.servers import running_seaweedfs
running = running_seaweedfs(pathlib.Path(sys.argv[1]))
print(running.__enter__().endpoint.rpartition(":")[2], flush=True)
"""


@linux
def test_a_port_is_kept_for_the_server_that_was_told_it() -> None:
    port = free_port()
    assert not answers(port)
    with socket.socket() as another, pytest.raises(OSError, match="in use"):
        another.bind(("127.0.0.1", port))
    with socket.create_server(("0.0.0.0", port)):  # as the Procfile's web
        assert answers(port)
    assert not answers(port)


def start_user(code: str, folder: Path) -> tuple[subprocess.Popen[str], int]:
    """A test process that uses a server. Returns the server's port as well."""
    begin = "import pathlib, sys, time, django\ndjango.setup()\n"
    process = subprocess.Popen(
        [sys.executable, "-c", f"{begin}{code}time.sleep(600)", str(folder)],
        cwd=PROJECT_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "pixelstream.settings",
            "DATA_DIR": str(folder),
            "SECRET_KEY": "only-for-tests",
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    return process, int(process.stdout.readline())


def wait_until_gone(port: int) -> None:
    until = time.monotonic() + DEADLINE
    while answers(port):
        assert time.monotonic() < until, "it outlived those who used it"
        time.sleep(0.1)


@linux
def test_a_broker_dies_with_a_test_process_that_is_killed(tmp_path: Path) -> None:
    user, port = start_user(BROKER, tmp_path)
    assert answers(port)
    user.send_signal(signal.SIGKILL)
    user.wait()
    wait_until_gone(port)


@linux
@pytest.mark.skipif(not find_seaweedfs(), reason="SeaweedFS is not installed")
def test_seaweedfs_dies_with_the_last_that_used_it(tmp_path: Path) -> None:
    first, port = start_user(SEAWEEDFS, tmp_path)
    second, same = start_user(SEAWEEDFS, tmp_path)
    assert same == port
    first.send_signal(signal.SIGKILL)  # which started it
    first.wait()
    time.sleep(1)
    assert answers(port)
    second.send_signal(signal.SIGKILL)
    second.wait()
    wait_until_gone(port)
    third, another = start_user(SEAWEEDFS, tmp_path)
    assert answers(another)
    third.kill()
    third.wait()
    wait_until_gone(another)
