"""Shells over services: safe to run twice."""

from celery import shared_task

from gallery.services import outbox


@shared_task
def drain_outbox() -> None:
    """Remove abandoned and deleted objects from storage."""
    outbox.sweep_abandoned()
    outbox.drain()
