"""Everything works through a pool that gives each transaction another connection."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.db import connection

from pixelstream.supervisor import _die_with_parent
from tests.faults.harness import PROJECT_DIR, THOROUGH
from tests.hosts.pool import running_pool
from tools.postgres import NoPostgresError, find_pool, running_server

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(1800),  # longer than the tests within may take, which shall say what hangs
    pytest.mark.skipif(connection.vendor == "postgresql", reason="starts a server of its own"),
]

JOURNEY = ["tests/hosts/through_a_pool.py"]
MORE = ["tests/faults", "-m", "faults", "-k", "paid_job_killed and not turn and not clip"]
"""Real workers as well, which die in the middle."""


@pytest.mark.skipif(not find_pool(), reason="pgbouncer is not installed")
@pytest.mark.parametrize("tests", [JOURNEY, *([MORE] if THOROUGH else [])])
def test_the_same_holds_through_a_pool(tests: list[str]) -> None:
    try:
        with running_server() as server, running_pool(server) as url:
            done = subprocess.run(
                [sys.executable, "-m", "pytest", *tests, "-q", "-n", "0", "-p", "no:cacheprovider"],
                cwd=PROJECT_DIR,
                env={**os.environ, "DATABASE_URL": url, "DATABASE_POOLED": "true"},
                capture_output=True,
                text=True,
                check=False,
                preexec_fn=_die_with_parent(),
            )
    except NoPostgresError as reason:
        pytest.skip(str(reason))
    assert done.returncode == 0, done.stdout[-20_000:]
