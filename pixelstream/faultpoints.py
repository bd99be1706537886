"""Named places where a test can make the process die, fail, wait or freeze.

Off unless the setting FAULTPOINTS names the place: `generation.after_call=kill9`. Several are
separated by commas. Actions: `kill9`, `raise`, `sleep:<seconds>`, `stop` (SIGSTOP). Each fires
once for each entity; that it fired is recorded in a file beside the data, outside of any
transaction, because a record that rolled back with the job would make the fault fire for ever.
"""

from __future__ import annotations

import os
import signal
import time

from django.conf import settings


class InjectedFaultError(Exception):
    """Raised by a fault point with the action `raise`."""


def faultpoint(name: str, entity: int | str = "") -> None:
    """A place with a name. Does nothing in production."""
    if settings.FAULTPOINTS:
        _fire(name, entity)


def _fire(name: str, entity: int | str) -> None:
    plan = dict(part.split("=", 1) for part in settings.FAULTPOINTS.split(",") if "=" in part)
    action = plan.get(name)
    if action is None:
        return
    folder = settings.DATA_DIR / "faultpoints"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        (folder / f"{name}-{entity}").touch(exist_ok=False)
    except FileExistsError:
        return
    verb, _, argument = action.partition(":")
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
