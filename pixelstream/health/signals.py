"""What Celery's processes say about themselves, and what their log lines carry.

Connected by `pixelstream.celery`, so that beat and workers have it and nobody else has to.
"""

from __future__ import annotations

import logging.config
import time
from typing import Any

import structlog
from celery import signals
from django.conf import settings

from pixelstream.health import beat, board

RUN_JOB = "generation.tasks.run_job"
REQUEST_ID = "request_id"
"""The header of a message that says which request rang."""

SEEN_EVERY = 10.0
"""Seconds between two notes of a worker."""


class _Seen:
    at = float("-inf")


def connect() -> None:
    """Listen to Celery. Harmless when repeated."""
    uid = "pixelstream.health"
    for signal, receiver in (
        (signals.setup_logging, set_up_logging),
        (signals.before_task_publish, pass_request_on),
        (signals.after_task_publish, on_published),
        (signals.task_prerun, on_begun),
        (signals.task_postrun, on_ended),
        (signals.task_success, on_success),
        (signals.heartbeat_sent, on_heartbeat),
    ):
        signal.connect(receiver, weak=False, dispatch_uid=f"{uid}.{receiver.__name__}")


def set_up_logging(**_said: Any) -> None:
    """Celery's log goes the way of all others; without this it would set up one of its own."""
    logging.config.dictConfig(settings.LOGGING)


def pass_request_on(headers: dict[str, Any] | None = None, **_said: Any) -> None:
    """Put the id of the request that rings into the message."""
    request_id = structlog.contextvars.get_contextvars().get(REQUEST_ID)
    if headers is not None and request_id:
        headers[REQUEST_ID] = request_id


def on_published(sender: str = "", **_said: Any) -> None:
    """Beat is the only one that rings for the sweep."""
    if sender == beat.SWEEP:
        beat.rung()


def on_begun(task: Any = None, args: Any = (), **_said: Any) -> None:
    """Everything that is logged while a task runs says which task, job and request it is for."""
    structlog.contextvars.clear_contextvars()
    bound: dict[str, Any] = {"task": task.name}
    if task.name == RUN_JOB and args:
        bound["job_id"] = args[0]
    request_id = getattr(task.request, REQUEST_ID, None)
    if request_id:
        bound[REQUEST_ID] = request_id
    structlog.contextvars.bind_contextvars(**bound)


def on_ended(**_said: Any) -> None:
    """The next task of this process is another one."""
    structlog.contextvars.clear_contextvars()


def on_success(sender: Any = None, **_said: Any) -> None:
    """A sweep that ended well shows that beat, broker, a worker and the database work."""
    if sender is not None and sender.name == beat.SWEEP:
        beat.swept()


def on_heartbeat(sender: Any = None, **_said: Any) -> None:
    """A worker lives. Called every two seconds, in its main process."""
    if time.monotonic() < _Seen.at + SEEN_EVERY or sender is None:
        return
    from celery.worker.state import active_requests  # only a worker needs it

    _Seen.at = time.monotonic()
    board.note_worker(sender.eventer.hostname, {"active": len(active_requests)})
