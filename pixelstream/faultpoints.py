"""Named places where a test can make the process die, fail, wait or freeze.

Off unless the setting FAULTPOINTS names the place: `generation.after_call=kill9`. Several are
separated by commas; `generation.after_call/17=kill9` means only the entity 17; `@path` reads the
plan from a file at each place, so that it can change while a worker runs. Actions: `kill9`,
`raise`, `sleep:<seconds>`, `stop` (SIGSTOP). Each fires once for each entity, or every time with
`!` at its end. That it fired is recorded in a file beside the data (it holds the process id),
outside of any transaction, because a record that rolled back with the job would make the fault
fire for ever.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from django.conf import settings


class InjectedFaultError(Exception):
    """Raised by a fault point with the action `raise`."""


def faultpoint(name: str, entity: int | str = "") -> None:
    """A place with a name. Does nothing in production."""
    if settings.FAULTPOINTS:
        _fire(name, entity)


def _fire(name: str, entity: int | str) -> None:
    plan = _plan()
    action = plan.get(f"{name}/{entity}") or plan.get(name)
    if action is None:
        return
    folder = settings.DATA_DIR / "faultpoints"
    folder.mkdir(parents=True, exist_ok=True)
    every_time = action.endswith("!")
    try:
        with (folder / f"{name}-{entity}").open("w" if every_time else "x") as record:
            record.write(str(os.getpid()))
    except FileExistsError:
        return
    verb, _, argument = action.removesuffix("!").partition(":")
    if verb == "kill9":
        os.kill(os.getpid(), signal.SIGKILL)
    elif verb == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif verb == "sleep":
        time.sleep(float(argument))
    elif verb == "raise":
        raise InjectedFaultError(name)
    else:
        raise ValueError(f"unknown fault action {action!r}")


def _plan() -> dict[str, str]:
    text: str = settings.FAULTPOINTS
    if text.startswith("@"):
        file = Path(text[1:])
        text = file.read_text("utf-8") if file.exists() else ""
    return dict(part.strip().split("=", 1) for part in text.split(",") if "=" in part)
