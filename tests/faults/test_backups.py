"""Backups that are made while workers work: each is in step with itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from gallery.models import GeneratedImage
from generation.models import GenerationJob
from pixelstream import invariants
from pixelstream.accounts.models import User
from pixelstream.backups import manifests
from pixelstream.backups.folders import Folder
from tests.faults.harness import Stack, start_many
from tests.faults.vendor.provider import PAID, SAFE
from tests.pixelstream.backups.world import destroy, in_another_process, objects, restore

pytestmark = pytest.mark.faults

POSTS = 12


@pytest.fixture(autouse=True)
def _tables_stay(transactional_db: None) -> Iterator[None]:
    """If it fails between destroying and restoring, other tests have their tables."""
    yield
    call_command("migrate", verbosity=0)


def test_backups_that_are_made_while_jobs_run_can_all_be_restored(
    stack: Stack, alice: User, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    start_many(alice, POSTS, f"{PAID} {SAFE}")
    while GenerationJob.objects.unfinished().exists():
        assert in_another_process("backup", f"--to={folder}") == 0
    stack.finish()
    assert in_another_process("backup", f"--to={folder}") == 0
    stack.stop()
    made = GeneratedImage.objects.count()
    runs = Folder(folder).complete_runs()
    pictures = [manifests.read(run).rows[GeneratedImage._meta.db_table] for run in runs]
    assert len(runs) >= 2
    assert pictures == sorted(pictures)
    assert pictures[-1] == made == 2 * POSTS

    for run, count in zip(runs, pictures, strict=True):
        destroy()
        restore(folder, run=run.name)
        assert GeneratedImage.objects.count() == count
        broken = [one for one in invariants.broken() if not one.startswith("J2:")]
        assert broken == []
        assert objects() or not count
