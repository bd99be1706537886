"""What the page of a person's credits says of each entry of their ledger, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gallery.forms import MAX_ID
from generation import catalogue
from generation.models import CreditEntry, GenerationJob
from generation.providers.types import Kind as Work
from generation.results import reason_of
from generation.services import credits
from pixelstream.accounts.models import User

Kind = CreditEntry.Kind

_HELD_FOR_IMAGE = gettext_lazy("Held for an image by %(model)s")
_HELD_FOR_CLIP = gettext_lazy("Held for a clip by %(model)s")
_IMAGE_THERE = gettext_lazy("The image by %(model)s is there")
_CLIP_THERE = gettext_lazy("The clip by %(model)s is there")
_NO_IMAGE = gettext_lazy("Given back: no image by %(model)s")
_NO_CLIP = gettext_lazy("Given back: no clip by %(model)s")


class CreditsQuery(forms.Form):
    """Where the next page of entries begins."""

    before = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)

    def cursor(self) -> int | None:
        """The cursor; None for the first page and for anything that is no cursor."""
        return self.cleaned_data.get("before") if self.is_valid() else None


@dataclass(frozen=True)
class Line:
    """An entry as it is read."""

    entry: CreditEntry
    title: str
    detail: Promise | str
    address: str
    """The page of what it was for; empty when that is not there any more."""

    @property
    def amount(self) -> str:
        """What it changed, with its sign; empty when nothing."""
        number = self.entry.amount
        return f"{'+' if number > 0 else '−'}{abs(number)}" if number else ""


@dataclass(frozen=True)
class CreditsPage:
    """The balance, and some of the lines behind it."""

    balance: int
    lines: list[Line]
    next: int | None


def read(person: User, *, before: int | None = None) -> CreditsPage:
    """The person's credits, in two queries."""
    page = credits.page_of(person, before=before)
    lines = [line_of(entry) for entry in page.entries]
    return CreditsPage(credits.balance_of(person), lines, page.next)


def line_of(entry: CreditEntry) -> Line:
    """An entry in words."""
    name, is_clip = catalogue.display_name(entry.model), _is_for_clip(entry)
    detail: Promise | str = ""
    match entry.kind:
        case Kind.GRANT:
            title = _("Given by an administrator") if entry.reason else _("To begin with")
            detail = entry.reason
        case Kind.HOLD:
            title = (_HELD_FOR_CLIP if is_clip else _HELD_FOR_IMAGE) % {"model": name}
            detail = _("Spent when it is there, given back if it is not.")
        case Kind.CAPTURE:
            title = (_CLIP_THERE if is_clip else _IMAGE_THERE) % {"model": name}
            detail = _("What was held for it is spent.")
        case _refund:
            title = (_NO_CLIP if is_clip else _NO_IMAGE) % {"model": name}
            detail = _why(entry.job)
    return Line(entry, title, detail, _address(entry.job))


def _is_for_clip(entry: CreditEntry) -> bool:
    """Whether it is about a clip. Of a job that is gone, as its model suggests."""
    if entry.job is not None:
        return entry.job.kind == GenerationJob.Kind.VIDEO
    spec = catalogue.find(entry.model)
    return spec is not None and spec.supports(Work.VIDEO)


def _why(job: GenerationJob | None) -> Promise | str:
    if job is None:
        return _("You were not charged.")
    if not job.error_code:
        return ""
    reason = reason_of(job.error_code, is_clip=job.kind == GenerationJob.Kind.VIDEO)
    return f"{str(reason).rstrip('.')}. {_('You were not charged.')}"


def _address(job: GenerationJob | None) -> str:
    """Where its job's post or turn is seen. Not what is in the trash: it has no page."""
    if job is None:
        return ""
    if job.post is not None:
        return job.post.get_absolute_url() if job.post.deleted_at is None else ""
    turn = job.edit_turn
    if turn.conversation.deleted_at is not None:
        return ""
    return f"{turn.conversation.get_absolute_url()}#turn-{turn.number}"
