"""How log lines are written, whoever writes them: our code, Django, Celery, uvicorn.

Everybody logs with the standard library; structlog gives the lines their form. `line` is for a
person at a terminal, `json` for a collector: one object a line, with the ids of the request and of
the job that it belongs to. Secrets are masked in both.
"""

from __future__ import annotations

import logging
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter

from pixelstream.masking import masked, masked_path

FORMATS: tuple[str, ...] = ("line", "json")

TOLD = frozenset({"method", "path", "route", "status", "duration_ms", "user"})
"""What a line of ours may say beside its text (`extra=`). Anything else that libraries attach
(whole requests, job arguments) stays out.
"""

EventDict = structlog.typing.EventDict


class LineFormatter(logging.Formatter):
    """`INFO gallery.tasks: what happened`, with its traceback."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line, masked."""
        line = super().format(record)
        path = getattr(getattr(record, "request", None), "path", None)
        if path:  # Django's own lines: "Not Found: /the/path/"
            line = line.replace(path, masked_path(path))
        return masked(line)


class JsonFormatter(ProcessorFormatter):
    """One JSON object a line."""

    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
                _tell_more,
            ],
            processors=[
                ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _mask,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )


def configuration(form: str) -> dict[str, Any]:
    """Django's LOGGING, with lines of this form: one of FORMATS."""
    formatter = JsonFormatter if form == "json" else LineFormatter
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": {"()": formatter}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "ours"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
            # Its own handlers, which it brings before the application is loaded, go. How much it
            # says is up to `--log-level`.
            "uvicorn": {"handlers": [], "propagate": True},
            "uvicorn.error": {"handlers": [], "propagate": True},
            # With a handler anywhere it would speak, whatever `--no-access-log` says, and write
            # the tokens of live streams.
            "uvicorn.access": {"handlers": [], "propagate": False},
            # Every tick of the sweep would be a line otherwise.
            "celery": {"level": "WARNING"},
            # They log every address that is called; `generation.providers.http` says what matters.
            "httpx2": {"level": "WARNING"},
            "httpcore2": {"level": "WARNING"},
            # A line for each request, for those who collect lines: `pixelstream.health.middleware`.
            "pixelstream.access": {"level": "INFO" if form == "json" else "WARNING"},
        },
    }


def _tell_more(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """What the record says beside its text, as far as it is known to be harmless."""
    record: logging.LogRecord = event["_record"]
    event.update((name, getattr(record, name)) for name in TOLD if hasattr(record, name))
    request: Any = getattr(record, "request", None)
    status = getattr(record, "status_code", None)
    if status is not None:  # of Django's own lines
        event.setdefault("status", status)
    if hasattr(request, "path_info"):
        event.setdefault("path", request.path_info)
        # "Not Found: /the/path/"
        event["event"] = event["event"].replace(request.path, masked_path(request.path))
    if "path" in event:
        event["path"] = masked_path(str(event["path"]))
    return event


def _mask(_logger: Any, _method: str, event: EventDict) -> EventDict:
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = masked(value)
    return event
