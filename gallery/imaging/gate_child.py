"""The process in which strangers' files are decoded. Started by gate.py, never imported by it.

It gives up what it does not need before it reads a byte, takes one file from standard input and
answers with one frame on standard output. However it ends, the gate copes.
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

#: Bytes of address space. 25 megapixels of WebP take 411 MB, and the encoder wants some as well.
MAX_MEMORY = 768 * 1024 * 1024
#: Seconds of processor time, below the gate's time-out so that a runaway ends by itself.
MAX_CPU_SECONDS = 8
#: Bytes. The answer goes into a file of the gate's: this bounds what a hijacked child can fill.
MAX_FILE_BYTES = 64 * 1024 * 1024
#: Open files; libraries are opened one at a time.
MAX_OPEN_FILES = 32


def limit_itself(*, memory: int | None = None, cpu_seconds: int | None = None) -> None:
    """Lower this process's limits for good, to these or to those of this module. A limit the system
    does not have is left out.
    """
    try:
        import resource
    except ImportError:  # not a Unix
        return
    for name, limit in (
        ("RLIMIT_AS", memory or MAX_MEMORY),
        ("RLIMIT_CPU", cpu_seconds or MAX_CPU_SECONDS),
        ("RLIMIT_FSIZE", MAX_FILE_BYTES),
        ("RLIMIT_NOFILE", MAX_OPEN_FILES),
        ("RLIMIT_CORE", 0),  # a crash must not leave somebody's picture on the disk
    ):
        number = getattr(resource, name, None)
        if number is None:
            continue
        try:
            hard = resource.getrlimit(number)[1]
            if hard != resource.RLIM_INFINITY:
                limit = min(limit, hard)
            resource.setrlimit(number, (limit, limit))
        except (ValueError, OSError):
            continue  # macOS has RLIMIT_AS and refuses to set it


def main() -> None:
    """Read one frame, decode and re-encode the file in it, answer with one frame."""
    limit_itself()
    answer_to = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get into the answer
    # -I starts Python without the script's folder and without PYTHONPATH.
    sys.path.append(str(Path(__file__).resolve().parents[2]))

    from gallery.imaging.formats import ImageRefused
    from gallery.imaging.gate_frames import NO_ROOM_STATUS, pack_admitted, pack_refused, unpack
    from gallery.imaging.reencode import reencode

    _, blobs = unpack(sys.stdin.buffer.read())
    try:
        answer = pack_admitted(reencode(blobs[0]))
    except ImageRefused as refused:
        answer = pack_refused(refused)
    try:
        with answer_to:
            answer_to.write(answer)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        sys.exit(NO_ROOM_STATUS)


if __name__ == "__main__":
    main()
