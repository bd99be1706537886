"""Doorbells: ids in, one service call, safe to ring twice."""

from __future__ import annotations

from celery import shared_task

from generation.services import runner, sweep


@shared_task
def run_job(job_id: int) -> None:
    """Work on a job, if it is free."""
    runner.run(job_id)


@shared_task
def sweep_jobs() -> None:
    """Ring again for what the broker lost, and end what went silent."""
    sweep.sweep()
