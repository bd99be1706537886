"""What is done by the clock, and the command that does the same for those who run cron instead.

A row here needs its task, its command, and a line of that command in docs/deletion.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from celery.schedules import crontab


@dataclass(frozen=True)
class Duty:
    """Something that is done again and again."""

    name: str
    """As beat calls it."""
    task: str
    when: timedelta | crontab
    command: str
    """Of `manage.py`; may do more at once than the task."""

    @property
    def expires(self) -> int:
        """Seconds after which nobody needs to do it any more: the next ring is near."""
        every = self.when if isinstance(self.when, timedelta) else timedelta(hours=1)
        return int(every.total_seconds())


SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)

DUTIES = (
    Duty("every-3-seconds-sweep-jobs", "generation.tasks.sweep_jobs", 3 * SECOND, "sweep_jobs"),
    Duty(
        "every-10-minutes-refresh-what-is-due-in-the-catalogue",
        "generation.tasks.refresh_catalogue",
        10 * MINUTE,
        "refresh_catalogue",
    ),
    Duty(
        "every-minute-flush-download-counts",
        "gallery.tasks.flush_download_counts",
        MINUTE,
        "flush_download_counts",
    ),
    Duty(
        "every-10-seconds-resume-emptyings-of-trashes",
        "gallery.tasks.resume_emptyings",
        10 * SECOND,
        "resume_emptyings",
    ),
    Duty(
        "every-10-seconds-resume-exports",
        "gallery.tasks.resume_exports",
        10 * SECOND,
        "resume_exports",
    ),
    Duty(
        "every-10-seconds-resume-erasures",
        "gallery.tasks.resume_erasures",
        10 * SECOND,
        "erase_accounts",
    ),
    Duty(
        "every-10-seconds-drain-outbox", "gallery.tasks.drain_outbox", 10 * SECOND, "drain_outbox"
    ),
    Duty("every-minute-expire-shares", "gallery.tasks.expire_shares", MINUTE, "expire_shares"),
    Duty("every-minute-review-posts", "gallery.tasks.review_posts", MINUTE, "review_posts"),
    Duty(
        "every-minute-follow-suspensions",
        "gallery.tasks.follow_suspensions",
        MINUTE,
        "follow_suspensions",
    ),
    Duty("every-hour-expire-exports", "gallery.tasks.expire_exports", HOUR, "expire_exports"),
    Duty("every-hour-erase-accounts", "gallery.tasks.erase_accounts", HOUR, "erase_accounts"),
    Duty("every-hour-purge-trash", "gallery.tasks.purge_trash", HOUR, "purge_trash"),
    Duty("every-hour-clean-references", "gallery.tasks.clean_references", HOUR, "clean_references"),
    Duty("every-hour-purge-webhooks", "generation.tasks.purge_webhooks", HOUR, "purge_webhooks"),
    Duty(
        "every-hour-purge-api-requests",
        "pixelstream.api.tasks.purge_api_requests",
        HOUR,
        "purge_api_requests",
    ),
    Duty(
        "every-hour-purge-sessions",
        "pixelstream.accounts.tasks.purge_sessions",
        HOUR,
        "purge_sessions",
    ),
    Duty(
        "every-night-recount-quota",
        "gallery.tasks.recount_quota",
        crontab(hour=3, minute=30),
        "recount_quota",
    ),
    Duty(
        "every-night-audit-storage",
        "gallery.tasks.audit_storage",
        crontab(hour=4, minute=30),
        "audit_storage",
    ),
)


def for_beat() -> dict[str, dict[str, Any]]:
    """The duties as Celery's beat reads them."""
    return {
        duty.name: {
            "task": duty.task,
            "schedule": duty.when,
            "options": {"expires": duty.expires},
        }
        for duty in DUTIES
    }
