"""A web process that dies between its commit and the ring: `python -m tests.faults.dying_web 7`.

The argument is the id of the person who asks for a post.
"""

from __future__ import annotations

import os
import signal
import sys

import django


def main(owner_id: int) -> None:
    django.setup()
    from generation import catalogue
    from generation.services import jobs
    from pixelstream.accounts.models import User
    from tests.factories import start
    from tests.faults.vendor.provider import PAID

    jobs.ring = lambda job_id: os.kill(os.getpid(), signal.SIGKILL)
    writer = catalogue.find("builtin/copywriter")
    start(User.objects.get(pk=owner_id), models=PAID, caption_model=writer)


if __name__ == "__main__":
    main(int(sys.argv[1]))
