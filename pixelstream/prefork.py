"""What the processes of a worker have in common: loaded once, before they part.

A forked process shares its parent's memory until one of them writes to it. What each loads by
itself, with its first job, is there once a process; and whoever looks through everything for
garbage writes to all of it.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
from functools import cache
from typing import Any

import cffi
from celery.signals import celeryd_after_setup, task_postrun

LOADED_BY_EVERY_JOB = (
    "numpy.random",
    "PIL.BmpImagePlugin",
    "PIL.GifImagePlugin",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.PpmImagePlugin",
    "PIL.WebPImagePlugin",
    "generation.services.runner",
    "generation.providers.builtin.provider",
    "generation.providers.http.wire",
    "gallery.imaging.renditions",
    "gallery.imaging.marking",
    "pixelstream.urls",
)
HOW_CHILDREN_DIE = "int prctl(int option, ...);"
"""What billiard declares in every child, by a parser of C that it loads for this one line."""


def share(**kwargs: Any) -> None:
    """Load what jobs need, and let the garbage collector leave it alone from now on."""
    for name in LOADED_BY_EVERY_JOB:
        importlib.import_module(name)
    cffi.FFI().cdef(HOW_CHILDREN_DIE)  # the parser and its tables stay
    gc.collect()
    gc.freeze()


def give_back(task: Any = None, **kwargs: Any) -> None:
    """Give the memory that a picture took back to the system, where its C library can (glibc)."""
    if task is not None and task.name == "generation.tasks.run_job":
        trim = _trim()
        if trim is not None:
            trim(0)


@cache
def _trim() -> Any:
    return getattr(ctypes.CDLL(None), "malloc_trim", None)


def connect() -> None:
    """Share when a worker is ready to start its processes, and give back after each job. Harmless
    when repeated.
    """
    celeryd_after_setup.connect(share, dispatch_uid="prefork.share")
    task_postrun.connect(give_back, dispatch_uid="prefork.give_back")
