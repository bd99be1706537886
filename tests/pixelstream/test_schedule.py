"""What beat does, and that whoever runs cron instead can have all of it."""

from __future__ import annotations

import importlib
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core.management import call_command, get_commands

from pixelstream.celery import app
from pixelstream.schedule import DUTIES, Duty

DOCUMENT = (Path(settings.BASE_DIR) / "docs" / "deletion.md").read_text("utf-8")


def test_beat_gets_every_duty_once() -> None:
    assert list(settings.CELERY_BEAT_SCHEDULE) == [duty.name for duty in DUTIES]
    assert len({duty.task for duty in DUTIES}) == len(DUTIES)


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.name)
def test_a_duty_names_a_task_that_there_is_and_a_ring_that_expires_before_the_next(
    duty: Duty,
) -> None:
    module = duty.task.rpartition(".")[0]
    importlib.import_module(module)
    assert duty.task in app.tasks
    entry = settings.CELERY_BEAT_SCHEDULE[duty.name]
    assert (entry["task"], entry["schedule"]) == (duty.task, duty.when)
    limit = duty.when if isinstance(duty.when, timedelta) else timedelta(hours=1)
    assert 0 < entry["options"]["expires"] <= limit.total_seconds()


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.name)
def test_a_duty_has_a_command_that_the_table_and_the_crontab_name(duty: Duty) -> None:
    assert duty.command in get_commands()
    row = rf"^\| `{duty.command}[ `]"
    assert re.search(row, DOCUMENT, re.M), "the table of commands in docs/deletion.md"
    line = rf"^[0-9* ]+cd \$PIXELSTREAM && \$PYTHON manage\.py {duty.command}\b"
    assert re.search(line, DOCUMENT, re.M), "the crontab in docs/deletion.md"


@pytest.mark.django_db
@pytest.mark.usefixtures("broker")
@pytest.mark.parametrize("command", sorted({duty.command for duty in DUTIES}))
def test_a_command_may_run_twice_and_says_what_it_did(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for _time in range(2):
        call_command(command)
        assert capsys.readouterr().out.strip()


def test_what_beat_rings_for_goes_before_jobs_that_wait(broker: redis.Redis) -> None:
    """Else a long queue keeps the sweep until it is too old to be done, and nobody takes over the
    jobs of a worker that died.
    """
    for name in ("generation.tasks.run_job", "generation.tasks.sweep_jobs"):
        importlib.import_module(name.rpartition(".")[0])
        app.send_task(name, args=[1] if name.endswith("run_job") else [])
    with app.connection_for_read() as connection:
        channel: Any = connection.default_channel
        first, second = (channel.basic_get("celery") for _ in range(2))
    assert first.headers["task"] == "generation.tasks.sweep_jobs"
    assert second.headers["task"] == "generation.tasks.run_job"
