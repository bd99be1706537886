"""Trying a failed picture again: of a post, and of a turn alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gallery.models import Post, ReferenceImage
from gallery.services import room
from gallery.services.quota import QuotaExceededError
from generation import catalogue
from generation.providers.types import Kind
from generation.services import credits as credit_service
from generation.services import job_references
from generation.services.credits import NotEnoughCreditsError
from generation.services.regenerate import NO_BASE
from generation.services.studio import FrameGoneError, NothingToRetryError, Retry
from pixelstream.accounts.models import User
from pixelstream.accounts.requests import PersonRequest
from pixelstream.htmx import is_htmx

NOTHING = _("There is nothing to try again.")


def upload_again(request: PersonRequest, post: Post) -> HttpResponse:
    """To the form that asks for the like of this post, filled in, but for what was uploaded for it
    and is deleted; what came of an edit is edited again from its own page.
    """
    if post.jobs.filter(kind=Kind.VIDEO).exists():
        address = f"{reverse('animate')}?like={post.pk}"
    elif post.parent_id is None:
        address = f"{reverse('studio')}?post={post.pk}&similar=1"
    else:
        address = post.get_absolute_url()
    messages.info(request, job_references.gone_text())
    if is_htmx(request):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def try_again(
    owner: User, retry: Callable[[], Retry], *, references: Iterable[ReferenceImage]
) -> str:
    """Try again with room made for it; `references` are those that the picture is made with.

    What the person is told: empty when it is simply tried again, else why not, or what changed.
    Raises ReferenceGoneError.
    """
    sparing = [reference.pk for reference in references]
    try:
        retried, cleaned = room.with_room_made(owner, retry, sparing=sparing)
    except FrameGoneError:
        return str(NO_BASE)
    except NothingToRetryError:
        return str(NOTHING)
    except QuotaExceededError as error:
        return room.refusal_text(error)
    except NotEnoughCreditsError as error:
        return credit_service.refusal_text(error)
    following = catalogue.find(retried.job.model)
    if retried.instead_of and following:
        notice = catalogue.succession_notice(retried.instead_of, following)
        return f"{notice} {cleaned}".strip()
    return str(cleaned)
