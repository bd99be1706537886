"""The upload gate: strangers' bytes go in, a picture of our own making comes out.

Decoding happens in a child process with little memory, little time and no secrets in its
environment, so that the worst a file can do is to end that child.
"""

from __future__ import annotations

import errno
import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from gallery.imaging.formats import (
    FILE_TOO_LARGE,
    INVALID_TYPE,
    MAX_UPLOAD_BYTES,
    ImageRefused,
    sniff,
)
from gallery.imaging.gate_frames import (
    MAX_FRAME_BYTES,
    NO_ROOM_STATUS,
    Admitted,
    BrokenFrame,
    pack,
    read_answer,
)

__all__ = ["Admitted", "GateClosedError", "admit", "ask_child"]

logger = logging.getLogger(__name__)

#: Seconds on the wall, from start to end of one child.
TIMEOUT_SECONDS = 10.0

#: Children at a time, per process of ours. Each may take 768 MB and a whole core.
MAX_CHILDREN = min(4, os.cpu_count() or 1)

#: -I: no PYTHONPATH, no user site, no current folder. -B: it writes no byte code.
CHILD_COMMAND = (sys.executable, "-I", "-B", str(Path(__file__).with_name("gate_child.py")))

#: What the child may know of our environment: where its libraries are, and no secret.
_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")

_children = threading.BoundedSemaphore(MAX_CHILDREN)


class GateClosedError(OSError):
    """No upload can be looked at now: no process, no room for temporary files. That is our trouble
    and not the picture's.
    """


def admit(data: bytes) -> Admitted:
    """Return the picture in an upload, re-encoded by us; names and extensions do not count.

    At most 10 MB and 25 megapixels of JPEG, PNG, WebP or GIF; upright; first frame only; never
    marked as AI-made. Raises ImageRefused: FILE_TOO_LARGE for too many bytes, INVALID_TYPE for
    all else, also when decoding crashes, runs out of memory or takes more than 10 seconds. Raises
    GateClosedError, with the number of the error of the system.
    """
    if len(data) > MAX_UPLOAD_BYTES:
        raise ImageRefused(FILE_TOO_LARGE, f"{len(data)} bytes is more than {MAX_UPLOAD_BYTES}")
    if sniff(data) is None:  # SVG, HEIC, PDF, … do not even get a child
        raise ImageRefused(INVALID_TYPE, "neither JPEG nor PNG nor WebP nor GIF")
    try:
        return read_answer(_ask_child(pack({}, [data])))
    except OSError as error:
        logger.exception("The upload gate's child cannot be run")
        raise GateClosedError(error.errno, error.strerror) from error
    except BrokenFrame as error:
        logger.warning("The upload gate's child gave no answer: %s", error)
        raise ImageRefused(INVALID_TYPE, f"no answer from the child: {error}") from error


def _ask_child(question: bytes) -> bytes:
    with tempfile.TemporaryFile() as file:
        file.write(question)
        file.flush()
        file.seek(0)
        return ask_child(CHILD_COMMAND, file, timeout=TIMEOUT_SECONDS)


def ask_child(command: Sequence[str], question: BinaryIO, *, timeout: float) -> bytes:
    """Return what a child with this file as its input wrote until it ended well.

    It starts when fewer than MAX_CHILDREN are running, and has `timeout` seconds. Raises
    ImageRefused for every other end, and OSError where the system could not run it.
    """
    with _children:
        return _answer_of(command, question, timeout)


def _answer_of(command: Sequence[str], question: BinaryIO, timeout: float) -> bytes:
    # Into files and not into pipes: the child's file size limit then bounds what it can make us
    # hold, and nobody can block the other.
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as complaints:
        try:
            ended = subprocess.run(  # noqa: S603 - our own interpreter and script
                command,
                stdin=question,
                stdout=answer,
                stderr=complaints,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            logger.warning("The upload gate's child took more than %s s", timeout)
            raise ImageRefused(INVALID_TYPE, "decoding took too long") from error
        if ended.returncode == NO_ROOM_STATUS:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if ended.returncode != 0:
            logger.warning(
                "The upload gate's child ended with %s: %s",
                ended.returncode,
                _tail(complaints.fileno()),
            )
            raise ImageRefused(INVALID_TYPE, f"decoding ended with status {ended.returncode}")
        answer.seek(0)
        return answer.read(MAX_FRAME_BYTES + 1)


def _tail(file: int, length: int = 500) -> str:
    """Return the last bytes of a file as text on one line."""
    start = max(0, os.fstat(file).st_size - length)
    return " | ".join(os.pread(file, length, start).decode("utf-8", "replace").split("\n"))
