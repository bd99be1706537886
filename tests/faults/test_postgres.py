"""A short part of the fault tests once more, on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.db import connection

from pixelstream.supervisor import _die_with_parent
from tests.faults.harness import PROJECT_DIR
from tools.postgres import NoPostgresError, running_server

# Longer than the tests within may take, which shall say what hangs.
pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

SHORT = "paid_job_killed or frozen_in_its_commit"


def test_the_same_holds_on_postgresql() -> None:
    if connection.vendor == "postgresql":
        pytest.skip("the whole suite runs on PostgreSQL already")
    try:
        with running_server() as url:
            command = [sys.executable, "-m", "pytest", "tests/faults", "-m", "faults", "-k", SHORT]
            done = subprocess.run(
                [*command, "-q", "-p", "no:cacheprovider"],
                cwd=PROJECT_DIR,
                env={**os.environ, "DATABASE_URL": url},
                capture_output=True,
                text=True,
                check=False,
                preexec_fn=_die_with_parent(),
            )
    except NoPostgresError as reason:
        pytest.skip(str(reason))
    assert done.returncode == 0, done.stdout[-20_000:]
