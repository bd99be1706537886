"""Keeps a lease alive while a job is worked on, and stops the work when the lease is gone."""

from __future__ import annotations

import contextvars
import logging
import signal
import threading
from types import FrameType, TracebackType

from django.conf import settings
from django.db import DatabaseError, connection

from generation.models import GenerationJob
from generation.services import jobs

logger = logging.getLogger(__name__)


class Heartbeat:
    """Renews the job's lease from a thread of its own, as a context manager.

    When the lease is lost (canceled, or claimed by another worker) the main thread is
    interrupted with LeaseLostError wherever it is: a provider that hangs cannot keep a worker.
    A database that is away for a moment is no loss: the lease then runs out by itself.
    """

    def __init__(self, job: GenerationJob) -> None:
        self._job = job
        self._stopped = threading.Event()
        # In the context of the work: what is logged there names its job.
        context = contextvars.copy_context()
        self._thread = threading.Thread(
            target=lambda: context.run(self._beat), name=f"lease-{job.pk}", daemon=True
        )
        self._main = threading.main_thread()
        self._interrupts = threading.current_thread() is self._main

    def __enter__(self) -> Heartbeat:
        if self._interrupts:
            self._previous = signal.signal(signal.SIGUSR2, self._on_signal)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
        if self._interrupts:
            signal.signal(signal.SIGUSR2, self._previous)

    def stop(self) -> None:
        """No more beats and no more interruptions: the job is about to be ended."""
        self._stopped.set()
        self._thread.join()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if not self._stopped.is_set():
            self._stopped.set()
            raise jobs.LeaseLostError(self._job.pk)

    def _beat(self) -> None:
        try:
            while not self._stopped.wait(settings.JOB_LEASE_RENEWAL.total_seconds()):
                try:
                    if jobs.renew(self._job):
                        continue
                    # A renewal that waited for the commit comes after it. To interrupt what
                    # follows a commit would leave open pages without the word of it.
                    if not jobs.was_taken_away(self._job):
                        return
                except DatabaseError:
                    logger.warning("The lease of job %s was not renewed", self._job.pk)
                    continue
                logger.info("Job %s is no longer ours; its work is dropped", self._job.pk)
                if self._interrupts and self._main.ident is not None:
                    signal.pthread_kill(self._main.ident, signal.SIGUSR2)
                return
        finally:
            connection.close()
