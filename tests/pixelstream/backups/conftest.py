"""Where backups are made to in these tests, and both places that objects may lie in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from tests.storage.servers import running_moto


@pytest.fixture(autouse=True)
def _tables_stay(transactional_db: None) -> Iterator[None]:
    """A test that fails between destroying and restoring takes no other one along."""
    yield
    call_command("migrate", verbosity=0)


@pytest.fixture
def folder(tmp_path: Path, transactional_db: None) -> Path:
    """An empty folder for backups, of a database that nobody else is connected to: threads of
    earlier tests may have left something open.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    return tmp_path / "backups"


@pytest.fixture(params=["disk", "s3"])
def storage(request: pytest.FixtureRequest, settings: Any) -> Iterator[str]:
    """Objects lie on the disk, or in two buckets of a server."""
    if request.param == "disk":
        yield "disk"
        return
    with running_moto() as server:
        server.new_place().use(settings)
        yield "s3"
