"""Forgetting a person: asked for on a page, taken back for a week, then done in the background.

Every step may be stopped anywhere and is done again from its beginning; what is left follows from
the rows that are there. At the end nothing refers to the person but audit events, receipts of
objects and this row, all of which point to a row of `User` that says nothing about anybody
(docs/decisions.md, "What is left of an erased person").
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, models, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from gallery import signals
from gallery.models import (
    AccountErasure,
    AuditEvent,
    EditConversation,
    GeneratedImage,
    Imported,
    Post,
    Project,
    ReferenceImage,
    StoredObject,
    TrashEmptying,
    Usage,
)
from gallery.search import forgetting
from gallery.services import (
    conversations,
    deletion,
    downloads,
    exporting,
    letters,
    moves,
    objects,
    quota,
    traces,
)
from pixelstream.accounts.models import User
from pixelstream.faultpoints import faultpoint

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
PAUSE = timedelta(seconds=60)
RECEIPT_PAUSE = timedelta(minutes=15)
RECEIPT_PATIENCE = timedelta(hours=24)
"""For so long the address is kept when the receipt cannot be sent."""

LATE = timedelta(days=1)
"""For so long after the end it is looked whether a request that was under way wrote something."""

AT_A_TIME = 300.0
"""Seconds of one call: a task must not last for ever, the next one goes on."""

CHUNK = 100
ERASED_DOMAIN = "invalid"
"""RFC 2606: no such address exists, and nobody can sign up with one."""

ABOUT_NOBODY: tuple[type[models.Model], ...] = (AuditEvent, AccountErasure, LogEntry, StoredObject)
"""What may point to the row of an erased person. Of stored objects only receipts."""


class LastAdministratorError(Exception):
    """There would be no administrator left."""


class _LaterError(Exception):
    """The rest is done by the next call."""


# --- asking and taking back ------------------------------------------------------------------


def is_last_administrator(person: User) -> bool:
    """Whether nobody else could run the installation."""
    return person.is_superuser and not _other_administrators(person).exists()


def ask(person: User, *, successor: User | None = None, at_once: bool = False) -> AccountErasure:
    """Write down that the person wants to be forgotten. Asked for twice it is the same wish.

    The last administrator names a successor, who is one from now on. Raises
    LastAdministratorError. `at_once` leaves no time to think it over.
    """
    with transaction.atomic():
        _lock_administrators()
        locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
        if is_last_administrator(locked):
            _promote(successor, by=locked)
        # The row from which pages know it without a query of their own (context_processors).
        Usage.objects.bulk_create([Usage(owner=locked)], ignore_conflicts=True)
        due_at = timezone.now() + (timedelta(0) if at_once else settings.ERASURE_GRACE)
        erasure, created = AccountErasure.objects.get_or_create(
            person=locked, defaults={"due_at": due_at}
        )
        if created:
            AuditEvent.objects.record("person.leave", actor=locked, target=locked)
        elif at_once and erasure.is_pending:
            AccountErasure.objects.filter(pk=erasure.pk).update(due_at=due_at)
        return erasure


def keep(person: User) -> bool:
    """Take the wish back while that is possible. Says whether there was one to take back."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=person.pk)
        pending = AccountErasure.objects.filter(person=person, started_at=None, finished_at=None)
        if not pending.delete()[0]:
            return False
        AuditEvent.objects.record("person.stay", actor=person, target=person)
        return True


def confirm(erasure_id: int) -> bool:
    """Tell the person by e-mail, once, that their account will be deleted, and when."""
    mine = AccountErasure.objects.unfinished().filter(
        pk=erasure_id, confirmed_at=None, started_at=None
    )
    if not mine.update(confirmed_at=Now()):
        return False
    erasure = AccountErasure.objects.select_related("person").get(pk=erasure_id)
    if letters.send(erasure.person, "erasure_asked", erasure=erasure):
        return True
    AccountErasure.objects.filter(pk=erasure_id).update(confirmed_at=None)
    return False


def confirm_who_was_not(*, limit: int = 1000) -> int:
    """Tell those whose mail was lost or failed. Returns how many."""
    rows = AccountErasure.objects.unfinished().filter(confirmed_at=None, started_at=None)
    return sum(confirm(pk) for pk in list(rows.values_list("pk", flat=True)[:limit]))


def tell_kept(person_id: int) -> bool:
    """Tell the person by e-mail that their account stays."""
    person = User.objects.filter(pk=person_id, is_active=True).first()
    return person is not None and letters.send(person, "erasure_canceled")


# --- doing it --------------------------------------------------------------------------------


def unfinished(*, limit: int = 100) -> list[int]:
    """Those that have begun and that nobody is at."""
    rows = AccountErasure.objects.claimable().filter(started_at__isnull=False).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def run_due(*, limit: int = 100) -> int:
    """Begin what is due, go on with what has begun, and look after what has ended. Returns how many
    people were erased.
    """
    _reopen_late()
    rows = AccountErasure.objects.claimable().order_by("due_at", "pk")
    return sum(carry_out(pk) for pk in list(rows.values_list("pk", flat=True)[:limit]))


def carry_out(erasure_id: int) -> bool:
    """Do what is left, for a few minutes at most. Says whether that was the end.

    One worker at a time holds it, by a lease that every step renews.
    """
    token = uuid4()
    claimable = AccountErasure.objects.claimable().filter(pk=erasure_id)
    if not claimable.update(lease_token=token, lease_until=Now() + LEASE):
        return False
    erasure = AccountErasure.objects.select_related("person").get(pk=erasure_id)
    try:
        return _Erasing(erasure).run()
    except LastAdministratorError:
        logger.error("Person %s is the last administrator and is not erased", erasure.person_id)
        wait = timedelta(hours=1)
    except _LaterError as reason:
        logger.info("Erasing person %s goes on later: %s", erasure.person_id, reason)
        wait = timedelta(0) if not reason.args[1:] else reason.args[1]
    except Exception:
        _pause(erasure, PAUSE)
        raise
    _pause(erasure, wait)
    return False


def remains(person: User) -> list[str]:
    """What still belongs to the person, in every table that there is, as sentences.

    By introspection: a table that is added tomorrow is looked at, and an erasure does not end while
    something is in it.
    """
    found = []
    for relation in User._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        model: Any = relation.related_model
        rows = model._base_manager.filter(**{relation.field.name: person})  # type: ignore[union-attr]
        if model is StoredObject:
            rows = rows.filter(state=StoredObject.State.LIVE)
        elif model in ABOUT_NOBODY:
            continue
        if count := rows.count():
            found.append(f"{count} of {model._meta.label}")
    return found


def is_erased(person: User) -> bool:
    """Whether the row says nothing about anybody any more."""
    return person.email.startswith("erased-") and person.email.endswith(f"@{ERASED_DOMAIN}")


class _Erasing:
    """One worker's work on one erasure. Every step may have been done before."""

    def __init__(self, erasure: AccountErasure) -> None:
        self.erasure = erasure
        self.person = erasure.person
        self._until = time.monotonic() + AT_A_TIME

    def run(self) -> bool:
        """All steps. Says whether that was the end; raises _LaterError."""
        steps: tuple[tuple[str, Callable[[], None]], ...] = (
            ("begin", self._begin),
            ("sign_out", self._sign_out),
            ("hide", self._hide),
            ("conversations", self._delete_conversations),
            ("posts", self._delete_posts),
            ("references", self._delete_references),
            ("exports", self._delete_exports),
            ("belongings", self._delete_belongings),
            ("traces", self._delete_traces),
            ("emptied", self._note_emptied),
            ("receipt", self._send_receipt),
        )
        for name, step in steps:
            step()
            faultpoint(f"erasure.after_{name}", self.erasure.pk)
        self._forget_the_address()
        return True

    def _mine(self) -> QuerySet[AccountErasure]:
        held = AccountErasure.objects.unfinished()
        return held.filter(pk=self.erasure.pk, lease_token=self.erasure.lease_token)

    def _renew(self, **changes: Any) -> None:
        """Keep the lease, in the transaction of a step. Raises _LaterError."""
        if not self._mine().update(lease_until=Now() + LEASE, **changes):
            raise _LaterError("another worker has it")
        if time.monotonic() > self._until:
            # After the commit of this step; inside of a transaction it would be taken back.
            transaction.on_commit(self._stop)

    def _stop(self) -> None:
        raise _LaterError("it takes long")

    def _begin(self) -> None:
        """From here on they are nobody: every query about what others may see asks for it."""
        with transaction.atomic():
            _lock_administrators()
            locked = User.objects.select_for_update(no_key=True).get(pk=self.person.pk)
            if is_last_administrator(locked):
                raise LastAdministratorError
            User.objects.filter(pk=locked.pk).update(is_active=False)
            self._renew(started_at=Coalesce("started_at", Now()))
            signals.person_leaving.send(User, person=locked)
        self.person.refresh_from_db()
        self.erasure.refresh_from_db(fields=["started_at"])

    def _sign_out(self) -> None:
        traces.end_sessions(self.person, meanwhile=self._renew)

    def _hide(self) -> None:
        """Pictures leave the public area, also if deleting the posts takes long."""
        public = Post.objects.filter(
            owner=self.person,
            images__object__state=StoredObject.State.LIVE,
            images__object__area=StoredObject.Area.PUBLIC,
            images__object__moving_to="",
        )
        while ids := list(public.order_by("pk").values_list("pk", flat=True).distinct()[:500]):
            with transaction.atomic():
                moves.follow(ids)
                self._renew()

    def _delete_conversations(self) -> None:
        """Before the posts: with their jobs gone, they make no more of these."""
        mine = EditConversation.objects.owned_by(self.person)
        while ids := list(mine.order_by("pk").values_list("pk", flat=True)[: conversations.CHUNK]):
            with quota.counting():
                traces.forget_in_admin_log(EditConversation, ids)
                step = conversations.delete_some(mine.filter(pk__in=ids), by=self.person)
                if step is None:
                    raise _LaterError("somebody else has the conversations", PAUSE)
                self._renew()
            faultpoint("erasure.between_chunks", self.erasure.pk)

    def _delete_posts(self) -> None:
        mine = Post.objects.filter(owner=self.person)
        while ids := list(mine.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
            with quota.counting():
                images = GeneratedImage.objects.filter(post__in=ids).values_list("pk", flat=True)
                traces.forget_in_admin_log(GeneratedImage, list(images))
                traces.forget_in_admin_log(Post, ids)
                step = deletion.delete_some(mine.filter(pk__in=ids), by=self.person, limit=len(ids))
                if step is None:
                    raise _LaterError("somebody else has the posts", PAUSE)
                self._renew(
                    posts=F("posts") + step.total,
                    images=F("images") + step.images,
                    freed_bytes=F("freed_bytes") + step.freed_bytes,
                )
            downloads.forget_counts(ids)
            faultpoint("erasure.between_chunks", self.erasure.pk)

    def _delete_references(self) -> None:
        mine = ReferenceImage.objects.owned_by(self.person)
        while batch := list(mine.order_by("pk")[:CHUNK]):
            for reference in batch:
                with quota.counting():
                    traces.forget_in_admin_log(ReferenceImage, [reference.pk])
                    self._renew(**self._deleted(reference))

    def _deleted(self, reference: ReferenceImage) -> dict[str, Any]:
        try:
            gone = deletion.delete_reference(
                reference=reference, by=self.person, include_generated=False
            )
        except (deletion.InUseError, IntegrityError) as error:
            raise _LaterError("a reference is in use", PAUSE) from error
        return {
            "references": F("references") + gone.total,
            "freed_bytes": F("freed_bytes") + gone.freed_bytes,
        }

    def _delete_exports(self) -> None:
        exporting.delete(self.person)
        self._renew()

    def _delete_belongings(self) -> None:
        """Everything else that is in rows, and what still waits to be written into storage."""
        with quota.counting():
            signals.person_leaving.send(User, person=self.person)
            projects = Project.objects.owned_by(self.person)
            traces.forget_in_admin_log(Project, list(projects.values_list("pk", flat=True)))
            projects.delete()
            kept = StoredObject.objects.filter(owner=self.person)
            writing = kept.filter(state=StoredObject.State.WRITING)
            objects.discard(*writing.values_list("pk", flat=True))
            alone = kept.filter(image=None, reference_image=None)
            objects.release(*alone.values_list("pk", flat=True))
            self._renew()
        with transaction.atomic():
            TrashEmptying.objects.filter(owner=self.person).delete()
            Imported.objects.filter(owner=self.person).delete()
            Usage.objects.filter(owner=self.person).delete()
            EmailAddress.objects.filter(user=self.person).delete()
            self.person.groups.clear()
            self.person.user_permissions.clear()
            traces.forget_in_admin_log(User, [self.person.pk])
            traces.forget_in_admin_log(Usage, [self.person.pk])
            self._renew()

    def _delete_traces(self) -> None:
        traces.end_sessions(self.person, meanwhile=self._renew)
        traces.forget_in_cache(self.person)
        for _step in forgetting.merge_steps():
            self._renew()
            if time.monotonic() > self._until:
                break  # the next erasure, or SQLite itself, goes on

    def _note_emptied(self) -> None:
        """Nothing but the row of the person may be left, or this is not the end."""
        if left := remains(self.person):
            logger.error("Of person %s there is still: %s", self.person.pk, ", ".join(left))
            raise _LaterError("something is left", PAUSE)
        self._renew(emptied_at=Coalesce("emptied_at", Now()))
        self.erasure.refresh_from_db()

    def _send_receipt(self) -> None:
        """Sent at least once: a receipt that is lost cannot be asked for any more, because the
        address is forgotten. After a death right behind it, it is sent again as the same letter.
        """
        if self.erasure.receipt_sent_at is not None or is_erased(self.person):
            return
        same_as = f"erasure-{self.erasure.pk}-{self.erasure.requested_at:%Y%m%d%H%M%S%f}"
        if letters.send(self.person, "erasure_done", same_as=same_as, erasure=self.erasure):
            faultpoint("erasure.after_mail", self.erasure.pk)
            self._renew(receipt_sent_at=Now())
            return
        waiting_since = self.erasure.emptied_at or timezone.now()
        if timezone.now() - waiting_since < RECEIPT_PATIENCE:
            raise _LaterError("the receipt cannot be sent", RECEIPT_PAUSE)
        logger.error("The receipt for person %s was given up", self.person.pk)

    def _forget_the_address(self) -> None:
        with transaction.atomic():
            self._renew(finished_at=Now())
            AccountErasure.objects.filter(pk=self.erasure.pk).update(
                lease_token=None, lease_until=None
            )
            if not is_erased(self.person):
                _make_nobody(self.person)
                AuditEvent.objects.record(
                    "person.erase",
                    actor=self.person,
                    target=self.person,
                    posts=self.erasure.posts,
                    images=self.erasure.images,
                    references=self.erasure.references,
                    bytes=self.erasure.freed_bytes,
                )
            faultpoint("erasure.before_commit", self.erasure.pk)


def _make_nobody(person: User) -> None:
    User.objects.filter(pk=person.pk).update(
        email=f"erased-{secrets.token_hex(12)}@{ERASED_DOMAIN}",
        name="",
        language="",
        password=make_password(None),
        is_active=False,
        is_staff=False,
        is_superuser=False,
        last_login=None,
        date_joined=datetime(1970, 1, 1, tzinfo=timezone.get_default_timezone()),
    )


def _pause(erasure: AccountErasure, wait: timedelta) -> None:
    held = AccountErasure.objects.unfinished().filter(
        pk=erasure.pk, lease_token=erasure.lease_token
    )
    held.update(lease_token=None, lease_until=Now() + wait if wait else None)


def _reopen_late() -> None:
    """A request that was under way when its person was erased may have written after the end."""
    recent = AccountErasure.objects.filter(finished_at__gt=Now() - LATE).select_related("person")
    for erasure in recent:
        if left := remains(erasure.person):
            logger.warning("Written after the end, by person %s: %s", erasure.person_id, left)
            AccountErasure.objects.filter(pk=erasure.pk).update(finished_at=None)


def _lock_administrators() -> None:
    """One after the other: two last administrators must not go at the same moment."""
    rows = User.objects.filter(is_superuser=True).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk", flat=True))


def _other_administrators(person: User) -> QuerySet[User]:
    """Those who stay: who has asked to be forgotten does not count."""
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=person.pk)
    return others.filter(erasure=None)


def _promote(successor: User | None, *, by: User) -> None:
    if successor is None or successor.pk == by.pk:
        raise LastAdministratorError
    named = User.objects.filter(pk=successor.pk, is_active=True, erasure=None)
    if not named.update(is_staff=True, is_superuser=True):
        raise LastAdministratorError
    AuditEvent.objects.record("person.change", actor=by, target=successor)
