"""Providers that call back: the address they are given, and what a message of theirs does.

A message moves one thing: the time at which its job is asked for. What became of the work is then
read from the provider itself (`generation.services.calls`), as it would be without any message.
docs/architecture.md, "Webhooks".
"""

from __future__ import annotations

import logging
from enum import Enum, auto
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from gallery.services.deletion import delete_rows
from generation.models import GenerationJob, WebhookEvent
from generation.providers import webhooks as senders
from generation.providers.webhooks import Event, Message, RefusedError
from generation.services import jobs
from pixelstream.faultpoints import faultpoint
from pixelstream.prepared import PreparedInsert, PreparedQuery

logger = logging.getLogger(__name__)

SALT = "generation.webhooks"
KEPT_BYTES = 64 * 1024
"""Of a message that is longer, only what it says happened is kept."""

PURGED_AT_ONCE = 10_000


_job = PreparedQuery(
    lambda pk: (
        GenerationJob.objects.filter(pk=pk).order_by().values_list("uses_own_key", "remote_id")
    ),
    987_654_321,
)
_event = PreparedInsert(
    WebhookEvent,
    *("provider", "event_id", "job", "kind", "status", "body", "received_at"),
)


class Outcome(Enum):
    """What became of a message that is genuine."""

    NEW = auto()
    KNOWN = auto()
    WITHOUT_JOB = auto()


def callback_address(job_id: int, provider: str) -> str:
    """Where this provider may say that something happened to this job; "" for one that does not
    call back, or could not reach us: vendors call https addresses only.
    """
    if provider not in senders.CALLERS or not (settings.HTTPS or provider == "builtin"):
        return ""
    query = urlencode({"t": make_token(job_id, provider)})
    return f"{settings.SITE_URL}{reverse('video-callback', args=[provider])}?{query}"


def make_token(job_id: int, provider: str) -> str:
    """What proves that we gave this provider the address for this job. It has no end: all it opens
    is a question about the job, which ends when the job does.
    """
    return signing.Signer(salt=SALT).sign_object([provider, job_id])


def builtin_secrets() -> list[bytes]:
    """What the built-in engine signs with, the newest first."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        salted_hmac(f"{SALT}.builtin", "", secret=key, algorithm="sha256").digest() for key in keys
    ]


def secret_for(provider: str) -> bytes:
    """What this provider is told to sign with; empty for vendors, who have their own secrets."""
    return builtin_secrets()[0] if provider == "builtin" else b""


def receive(provider: str, token: str, message: Message) -> Outcome:
    """Take a message for the job of this token.

    Raises KeyError for a provider that does not call back, RefusedError where nobody proved to have
    sent it, UnreadableError for what is no message. After either nothing has changed.
    """
    caller = senders.CALLERS[provider]
    job_id = _read_token(token, provider)
    rows = _job.rows(job_id)
    if not rows:
        logger.info("%s called back about job %s, which is gone", provider, job_id)
        return Outcome.WITHOUT_JOB
    uses_own_key, remote_id = rows[0]
    # A person's own account signs with a secret of its own, which nobody told us: for those, as
    # where the operator set none, the token is the proof.
    secrets = [] if uses_own_key and not caller.must_sign else _secrets(provider)
    event = caller.read(message, secrets)
    if remote_id and event.remote_id != remote_id:
        raise RefusedError("about the work of another job")
    if not _store(provider, job_id, event, message.body):
        logger.info("%s told again: %s of job %s", provider, event.status, job_id)
        # Stored by a process that died before the job was moved; else nobody waits any more.
        if _unhandled(job_id).filter(provider=provider, event_id=event.event_id).exists():
            jobs.poll_now(job_id)
        return Outcome.KNOWN
    faultpoint("generation.after_webhook", job_id)
    moved = jobs.poll_now(job_id)
    logger.info(
        "%s called back about job %s (%s)%s",
        provider,
        job_id,
        event.status,
        "" if moved else ", which does not wait",
    )
    return Outcome.NEW


def mark_handled(job: GenerationJob) -> None:
    """The provider is about to be asked: what it said until now needs no other question."""
    _unhandled(job.pk).update(handled_at=Now())


def catch_up(job: GenerationJob) -> None:
    """Do not wait where the provider called back while it was asked, or before it had answered that
    it took the work.

    Call it once the job waits, outside of transactions: a message is stored before it looks whether
    the job waits, so that one of the two always sees the other.
    """
    if _unhandled(job.pk).exists():
        jobs.poll_now(job.pk)


def purge(*, limit: int = PURGED_AT_ONCE) -> int:
    """Delete at most `limit` messages that are old or whose job is gone. Returns how many."""
    has_job = Exists(GenerationJob.objects.filter(pk=OuterRef("job_id")))
    over = WebhookEvent.objects.filter(
        Q(received_at__lt=Now() - settings.WEBHOOK_RETENTION) | ~has_job
    )
    ids = list(over.order_by("pk").values_list("pk", flat=True)[:limit])
    for start in range(0, len(ids), 1000):
        delete_rows(WebhookEvent.objects.filter(pk__in=ids[start : start + 1000]).order_by())
    if ids:
        logger.info("Deleted %s messages of providers", len(ids))
    return len(ids)


def _unhandled(job_id: int) -> QuerySet[WebhookEvent]:
    return WebhookEvent.objects.filter(job=job_id, handled_at__isnull=True)


def _read_token(token: str, provider: str) -> int:
    try:
        signed_for, job_id = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError) as error:
        raise RefusedError("no token of ours") from error
    if signed_for != provider:
        raise RefusedError("a token for another provider")
    return int(job_id)


def _secrets(provider: str) -> list[bytes]:
    if provider == "builtin":
        return builtin_secrets()
    return [secret.encode() for secret in settings.WEBHOOK_SECRETS.get(provider, ())]


def _store(provider: str, job_id: int, event: Event, body: bytes) -> bool:
    """Write the event down, committed at once; False when it was there before."""
    kept = body if len(body) <= KEPT_BYTES else b""
    values = (provider, event.event_id, job_id, event.kind, event.status, kept, timezone.now())
    return _event.add(*values)
