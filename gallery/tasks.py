"""Shells over services: safe to run twice."""

from __future__ import annotations

import logging

from celery import Task, shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from gallery.services import (
    downloads,
    emptying,
    erasure,
    exporting,
    outbox,
    purge,
    quota,
    recount,
    review,
    sharing,
    storage_audit,
    suspension,
)

logger = logging.getLogger(__name__)


def _ring(task: Task[..., None], *args: int, without_broker: str) -> None:
    """Tell a worker after the commit; without a broker only the log is told."""

    def ring() -> None:
        try:
            task.delay(*args)
        except OperationalError as error:
            logger.warning("The broker is away, %s: %s", without_broker, error)

    transaction.on_commit(ring, robust=True)


@shared_task
def drain_outbox() -> None:
    """Move and delete objects in storage as their rows ask for."""
    outbox.run()


@shared_task
def empty_trash(emptying_id: int) -> None:
    """Carry out one person's wish to empty their trash."""
    emptying.carry_out(emptying_id)


def ring_to_empty(emptying_id: int) -> None:
    """Tell a worker after the commit; without a broker the beat does it a little later."""
    _ring(empty_trash, emptying_id, without_broker="the trash is emptied a little later")


@shared_task
def resume_emptyings() -> None:
    """Go on with emptyings whose worker died or that the broker lost."""
    emptying.resume()


@shared_task
def purge_trash() -> None:
    """Delete for good what was in the trash for too long, and receipts that are old."""
    purge.purge_trash()
    purge.forget_receipts()


@shared_task
def expire_shares() -> None:
    """Let pictures leave the public area whose sharing has ended."""
    sharing.expire(limit=10_000)


@shared_task
def follow_suspensions() -> None:
    """Let the pictures of people who were suspended, or let in again, go where they belong."""
    suspension.carry_out(limit=10_000)


def ring_to_follow_suspensions() -> None:
    """Tell a worker after the commit; without a broker the beat does it within the minute."""
    _ring(follow_suspensions, without_broker="pictures follow a little later")


@shared_task
def clean_references() -> None:
    """Delete uploads that nothing uses any more and nobody kept."""
    purge.clean_references()


@shared_task
def flush_download_counts() -> None:
    """Bring the downloads that were counted in the broker to the posts."""
    downloads.flush_counts()


@shared_task
def warn_of_quota(owner_id: int) -> None:
    """Tell a person by e-mail that their storage is nearly full."""
    quota.warn(owner_id)


def ring_to_warn(owner_id: int) -> None:
    """Tell a worker after the commit; without a broker the next night's recount does it."""
    _ring(warn_of_quota, owner_id, without_broker=f"person {owner_id} is warned later")


@shared_task
def recount_quota() -> None:
    """Count anew what people use, mend what is wrong, and warn who was not warned."""
    recount.recount(fix=True)
    quota.warn_who_was_not()


@shared_task
def audit_storage() -> None:
    """Compare what lies in storage with the rows, and write an error about what is off into the
    log. Mends nothing: that is for `manage.py audit_storage --fix`, by somebody who looks.
    """
    report = storage_audit.audit()
    if not report.is_clean:
        counted = ", ".join(f"{count} {kind}" for kind, count in sorted(report.counts.items()))
        logger.error("Rows and storage are not in step: %s. First: %s", counted, report.samples)


@shared_task
def export_account(export_id: int) -> None:
    """Make archives of everything that is a person's."""
    exporting.carry_out(export_id)


def ring_to_export(export_id: int) -> None:
    """Tell a worker after the commit; without a broker the beat does it a little later."""
    _ring(export_account, export_id, without_broker="the export is made a little later")


@shared_task
def resume_exports() -> None:
    """Go on with exports whose worker died or ended, or that the broker lost."""
    exporting.resume()


@shared_task
def expire_exports() -> None:
    """Delete exports that were ready for a week, and send mails that failed."""
    exporting.delete_expired()
    exporting.tell_who_was_not()


@shared_task
def resume_erasures() -> None:
    """Go on with erasures whose worker died or ended."""
    for erasure_id in erasure.unfinished():
        erasure.carry_out(erasure_id)


@shared_task
def erase_accounts() -> None:
    """Erase who asked for it a week ago, and send mails that failed."""
    erasure.run_due()
    erasure.confirm_who_was_not()


@shared_task
def confirm_erasure(erasure_id: int) -> None:
    """Tell a person by e-mail that their account will be deleted."""
    erasure.confirm(erasure_id)


@shared_task
def tell_kept(person_id: int) -> None:
    """Tell a person by e-mail that their account stays."""
    erasure.tell_kept(person_id)


def ring_to_confirm(erasure_id: int) -> None:
    """Tell a worker after the commit; without a broker the beat does it within the hour."""
    _ring(confirm_erasure, erasure_id, without_broker="the mail is sent within the hour")


def ring_to_tell_kept(person_id: int) -> None:
    """Tell a worker after the commit. Without a broker the page alone has said it."""
    _ring(tell_kept, person_id, without_broker=f"person {person_id} gets no mail")


@shared_task
def review_post(post_id: int) -> None:
    """Look at the pictures of one post that waits to become public."""
    review.look_at(post_id)


def ring_to_review(post_id: int) -> None:
    """Tell a worker after the commit; without a broker the beat does it within the minute."""
    _ring(review_post, post_id, without_broker=f"post {post_id} is looked at later")


@shared_task
def review_posts() -> None:
    """Look at what waits to become public, and of which no worker heard."""
    review.sweep(limit=200)
