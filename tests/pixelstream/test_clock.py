"""What beat loads, and that it rings as everybody else does."""

from __future__ import annotations

import subprocess
import sys

import pytest
from celery import Task
from django.conf import settings

from pixelstream.celery import app
from pixelstream.clock import app as clock
from pixelstream.schedule import DUTIES

STARTS_AS_BEAT_DOES = """
import sys
from pixelstream.clock import app
app.loader.init_worker()
app.finalize()
from django.apps import apps
print(apps.ready, "django.db.models" in sys.modules, "generation.tasks" in sys.modules)
"""


def test_it_loads_neither_models_nor_tasks() -> None:
    said = subprocess.run(
        [sys.executable, "-c", STARTS_AS_BEAT_DOES],
        cwd=settings.BASE_DIR,
        check=True,
        capture_output=True,
        text=True,
    )
    assert said.stdout.split() == ["False", "False", "False"]


def test_it_rings_where_workers_listen() -> None:
    for name in (
        "broker_url",
        "task_default_queue",
        "task_serializer",
        "beat_schedule",
        "timezone",
    ):
        assert clock.conf[name] == app.conf[name], name


@pytest.mark.parametrize("name", sorted(duty.task for duty in DUTIES))
def test_a_task_of_the_clock_has_no_options_that_it_would_not_see(name: str) -> None:
    app.loader.import_default_modules()
    task = app.tasks[name]
    options = ("queue", "exchange", "routing_key", "priority", "expires", "serializer")
    assert {option: getattr(task, option, None) for option in options} == {
        option: getattr(Task, option, None) for option in options
    } | {"serializer": app.conf.task_serializer}
