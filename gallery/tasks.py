"""Shells over services: safe to run twice."""

from celery import shared_task

from gallery.services import downloads, outbox


@shared_task
def drain_outbox() -> None:
    """Remove abandoned and deleted objects from storage."""
    outbox.sweep_abandoned()
    outbox.drain()


@shared_task
def flush_download_counts() -> None:
    """Bring the downloads that were counted in the broker to the posts."""
    downloads.flush_counts()
