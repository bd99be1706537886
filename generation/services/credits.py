"""Credits: a job's price is held when it is made, and spent or given back when it ends.

Every step is part of the transaction that makes or ends the job, so money and work cannot differ.
The ledger allows a job one hold and one end of it, whatever is called twice. Whether credits are
switched on is asked when a job is made: what was held then also ends.

The row of an account is the last thing of ours that a transaction locks (`refunding`): whoever
waits for it holds nothing that its holder still wants.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gallery.models import AuditEvent
from generation.models import CreditAccount, CreditEntry, GenerationJob
from generation.models.credits import REASON_MAX_LENGTH
from generation.providers.types import ModelSpec
from pixelstream.accounts.models import User

Kind = CreditEntry.Kind

MOST_GRANTED = 1_000_000
"""Credits that are given at once."""

_owed: ContextVar[Counter[int] | None] = ContextVar("credits_owed", default=None)


class NotEnoughCreditsError(Exception):
    """The person has too few credits. Nothing was begun."""

    def __init__(self, *, needed: int, balance: int, images: int, are_clips: bool = False) -> None:
        super().__init__(f"{images} images cost {needed} credits, there are {balance}")
        self.needed = needed
        self.balance = balance
        self.images = images
        """How many pictures were wanted, or clips."""
        self.are_clips = are_clips


def in_credits(cost: Decimal) -> int:
    """What a cost in US dollars is in credits: whole ones, at least one."""
    return max(1, math.ceil(cost * settings.CREDITS_PER_USD))


def price_of(spec: ModelSpec, *, on_own_key: bool, seconds: int = 1) -> int:
    """What a picture by this model costs a person, or a clip of so many seconds, in credits. On
    their own key it is nothing.
    """
    if not settings.CREDITS_ENABLED or on_own_key:
        return 0
    price = spec.price_credits
    if price is None:
        price = int(settings.CREDITS_WITHOUT_COST)
    return price * seconds


def balance_of(person: User) -> int:
    """How many credits a person has. Whoever never used any has what everybody begins with."""
    balance = CreditAccount.objects.filter(person=person).values_list("balance", flat=True).first()
    return int(settings.CREDITS_SIGNUP_GRANT) if balance is None else balance


def grant(person: User, amount: int, *, by: User, reason: str) -> int:
    """Give a person credits; they read the reason. Returns the new balance.

    Raises ValueError unless it is from 1 to MOST_GRANTED.
    """
    if not 1 <= amount <= MOST_GRANTED:
        raise ValueError(f"{amount} credits cannot be granted")
    with transaction.atomic():
        account = _opened(person)
        said = reason[:REASON_MAX_LENGTH]
        CreditEntry.objects.create(
            account=account, kind=Kind.GRANT, amount=amount, reason=said, by=by
        )
        AuditEvent.objects.record("credits.grant", actor=by, target=person, credits=amount)
        _add(account.pk, amount)
        account.refresh_from_db(fields=["balance"])
    return account.balance


def require(person: User, prices: Collection[int], *, are_clips: bool = False) -> None:
    """Refuse early what `hold` would refuse, before anything is made ready for it.

    Raises NotEnoughCreditsError.
    """
    needed = sum(prices)
    if needed and (balance := balance_of(person)) < needed:
        raise _too_few(needed, balance, prices, are_clips=are_clips)


def hold(person: User, jobs: Iterable[GenerationJob]) -> None:
    """Take the price of these new jobs from their owner. Call it as the last step of the
    transaction that makes them. Raises NotEnoughCreditsError: then that has to be undone.
    """
    priced = [job for job in jobs if job.price_credits]
    if not priced:
        return
    account = _opened(person)
    needed = sum(job.price_credits for job in priced)
    enough = CreditAccount.objects.filter(pk=account.pk, balance__gte=needed)
    if not enough.update(balance=F("balance") - needed):
        prices = [job.price_credits for job in priced]
        are_clips = priced[0].kind == GenerationJob.Kind.VIDEO
        raise _too_few(needed, balance_of(person), prices, are_clips=are_clips)
    CreditEntry.objects.bulk_create(
        CreditEntry(
            account=account, kind=Kind.HOLD, amount=-job.price_credits, job=job, model=job.model
        )
        for job in priced
    )


def settle(job: GenerationJob) -> None:
    """The job gave its result: what was held for it is spent. Harmless when repeated."""
    if job.price_credits:
        _end(_open_holds([job.pk]), Kind.CAPTURE)


def refund(job_ids: Collection[int]) -> None:
    """These jobs gave nothing: what was held for them is given back. Harmless when repeated.

    Call it with what the jobs work for locked, in the transaction that ends them.
    """
    if not job_ids:
        return
    back: Counter[int] = Counter()
    for ended in _end(_open_holds(job_ids), Kind.REFUND):
        back[ended.account_id] += ended.amount
    owed = _owed.get()
    if owed is not None:
        owed.update(back)
        return
    _add_all(back)


@contextmanager
def refunding() -> Iterator[None]:
    """Give back as the last step: for transactions that end jobs of several posts or turns, and
    lock one after the other. Within another one, it is the other's last step.
    """
    if _owed.get() is not None:
        yield
        return
    owed: Counter[int] = Counter()
    token = _owed.set(owed)
    try:
        yield
    finally:
        _owed.reset(token)
    _add_all(owed)


def forget(person: User) -> None:
    """Delete the person's ledger, once none of their jobs is left that it speaks of; what they
    gave to others stays, without them.
    """
    given = CreditEntry.objects.filter(by=person)
    QuerySet.update(given, by=None)
    account = CreditAccount.objects.filter(person=person).first()
    if account is None:
        return
    entries = CreditEntry.objects.filter(account=account)
    entries._raw_delete(entries.db)
    account.delete()


# --- in words ------------------------------------------------------------------------------


def credits_text(number: int) -> str:
    """A number of credits."""
    return ngettext("%(n)s credit", "%(n)s credits", number) % {"n": number}


def refusal_text(error: NotEnoughCreditsError) -> str:
    """What a person reads who has too few."""
    if error.are_clips:
        text = ngettext(
            "%(n)s clip costs %(credits)s; you have %(balance)s.",
            "%(n)s clips cost %(credits)s; you have %(balance)s.",
            error.images,
        )
    else:
        text = ngettext(
            "%(n)s image costs %(credits)s; you have %(balance)s.",
            "%(n)s images cost %(credits)s; you have %(balance)s.",
            error.images,
        )
    said = {
        "n": error.images,
        "credits": credits_text(error.needed),
        "balance": error.balance,
    }
    nothing_begun = _("Nothing was started.")
    return f"{text % said} {nothing_begun}"


# --- the ledger's own ----------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """Some entries of a person, the newest first."""

    entries: list[CreditEntry]
    next: int | None
    """What the next page comes before; None at the end."""


PAGE_SIZE = 50


def page_of(person: User, *, before: int | None = None, size: int | None = None) -> Page:
    """The person's entries before this id. Their jobs come along where they are still there."""
    size = size or PAGE_SIZE
    rows = CreditEntry.objects.owned_by(person).order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    related = rows.select_related("job__post", "job__turn__conversation")
    entries = list(related[: size + 1])
    more = len(entries) > size
    return Page(entries[:size], entries[size - 1].pk if more else None)


def _too_few(
    needed: int, balance: int, prices: Collection[int], *, are_clips: bool
) -> NotEnoughCreditsError:
    images = sum(1 for price in prices if price)
    return NotEnoughCreditsError(needed=needed, balance=balance, images=images, are_clips=are_clips)


def _opened(person: User) -> CreditAccount:
    """The person's account, opened with what everybody begins with if there was none."""
    account, is_new = CreditAccount.objects.get_or_create(
        person=person, defaults={"balance": settings.CREDITS_SIGNUP_GRANT}
    )
    if is_new and account.balance:
        CreditEntry.objects.create(account=account, kind=Kind.GRANT, amount=account.balance)
    return account


def _open_holds(job_ids: Collection[int]) -> QuerySet[CreditEntry]:
    ended = CreditEntry.objects.filter(job=OuterRef("job"), kind__in=CreditEntry.ENDS)
    return CreditEntry.objects.filter(~Exists(ended), kind=Kind.HOLD, job__in=job_ids)


def _end(holds: QuerySet[CreditEntry], kind: CreditEntry.Kind) -> Sequence[CreditEntry]:
    return CreditEntry.objects.bulk_create(
        CreditEntry(
            account_id=hold.account_id,
            kind=kind,
            amount=-hold.amount if kind is Kind.REFUND else 0,
            job_id=hold.job_id,
            model=hold.model,
        )
        for hold in holds.order_by("pk")
    )


def _add_all(amounts: Counter[int]) -> None:
    """The accounts in the order of their ids, as everybody locks them."""
    for account_id, amount in sorted(amounts.items()):
        _add(account_id, amount)


def _add(account_id: int, amount: int) -> None:
    CreditAccount.objects.filter(pk=account_id).update(balance=F("balance") + amount)
