"""The steps of an erasure.

Every step may be stopped anywhere and is done again from its beginning; what is left follows from
the rows that are there. At the end nothing refers to the person but what `remains` names.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
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
    administrators,
    conversations,
    deletion,
    downloads,
    exporting,
    letters,
    moves,
    objects,
    quota,
    reports,
    traces,
)
from gallery.services.remains import is_erased, make_nobody, remains_of
from pixelstream.accounts.models import User
from pixelstream.faultpoints import faultpoint

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
PAUSE = timedelta(seconds=60)
RECEIPT_PAUSE = timedelta(minutes=15)
RECEIPT_PATIENCE = timedelta(hours=24)
"""For so long the address is kept when the receipt cannot be sent."""

AT_A_TIME = 300.0
"""Seconds of one call: a task must not last for ever, the next one goes on."""

CHUNK = 100
"""Rows of one step."""


class LaterError(Exception):
    """The rest is done by the next call, at once or after a while."""

    def __init__(self, why: str, wait: timedelta | None = None) -> None:
        super().__init__(why)
        self.wait = wait


class Erasing:
    """One worker's work on one erasure. Every step may have been done before."""

    def __init__(self, erasure: AccountErasure) -> None:
        self.erasure = erasure
        self.person = erasure.person
        self._until = time.monotonic() + AT_A_TIME

    def run(self) -> None:
        """All steps, to the end. Raises LaterError, LastAdministratorError."""
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

    def _mine(self) -> QuerySet[AccountErasure]:
        held = AccountErasure.objects.unfinished()
        return held.filter(pk=self.erasure.pk, lease_token=self.erasure.lease_token)

    def _renew(self, **changes: Any) -> None:
        """Keep the lease, in the transaction of a step. Raises LaterError."""
        if not self._mine().update(lease_until=Now() + LEASE, **changes):
            raise LaterError("another worker has it")
        if time.monotonic() > self._until:
            # After the commit of this step; inside of a transaction it would be taken back.
            transaction.on_commit(self._stop)

    def _stop(self) -> None:
        raise LaterError("it takes long")

    def _begin(self) -> None:
        """From here on they are nobody: every query about what others may see asks for it."""
        with transaction.atomic():
            administrators.lock()
            locked = User.objects.select_for_update(no_key=True).get(pk=self.person.pk)
            if administrators.is_last(locked):
                raise administrators.LastAdministratorError
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
            images__object__moving_to__in=["", StoredObject.Area.PUBLIC],
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
                    raise LaterError("somebody else has the conversations", PAUSE)
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
                    raise LaterError("somebody else has the posts", PAUSE)
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
            raise LaterError("a reference is in use", PAUSE) from error
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
            reports.forget_person(self.person)
            Usage.objects.filter(owner=self.person).delete()
            EmailAddress.objects.filter(user=self.person).delete()
            Authenticator.objects.filter(user=self.person).delete()
            UserSession.objects.filter(user=self.person).delete()
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
        if left := remains_of(self.person):
            logger.error("Of person %s there is still: %s", self.person.pk, ", ".join(left))
            raise LaterError("something is left", PAUSE)
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
            raise LaterError("the receipt cannot be sent", RECEIPT_PAUSE)
        logger.error("The receipt for person %s was given up", self.person.pk)

    def _forget_the_address(self) -> None:
        with transaction.atomic():
            self._renew(finished_at=Now())
            AccountErasure.objects.filter(pk=self.erasure.pk).update(
                lease_token=None, lease_until=None
            )
            if not is_erased(self.person):
                make_nobody(self.person)
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
