"""What beat does, and that whoever runs cron instead can have all of it."""

from __future__ import annotations

import importlib
import re
from datetime import timedelta
from pathlib import Path

import pytest
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
