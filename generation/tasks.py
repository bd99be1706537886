"""Doorbells: ids in, one service call, safe to ring twice."""

from __future__ import annotations

from celery import shared_task

from generation.services import discovery, runner, sweep, webhooks


@shared_task
def run_job(job_id: int) -> None:
    """Work on a job, if it is free."""
    runner.run(job_id)


@shared_task
def sweep_jobs() -> None:
    """Ring again for what the broker lost, and end what went silent."""
    sweep.sweep()


@shared_task
def refresh_catalogue(everything: bool = False) -> None:
    """Ask the providers what they offer: those that were not asked for a day, or all."""
    if everything:
        discovery.refresh()
    else:
        discovery.refresh_due()


@shared_task
def purge_webhooks() -> None:
    """Delete what providers said about jobs, when its time is over."""
    webhooks.purge()
