"""What forms and services refuse, as errors of the API."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from pydantic.alias_generators import to_camel

from gallery.api.schemas import REFUSED
from gallery.services import room
from gallery.services.quota import QuotaExceededError
from generation.forms import WishForm
from generation.services import credits as credit_service
from generation.services.credits import NotEnoughCreditsError
from generation.services.editing import ConversationGoneError, SourceGoneError
from generation.services.job_references import gone_text
from generation.services.regenerate import NO_BASE
from generation.services.studio import FrameGoneError, NothingToRetryError, ReferenceGoneError
from pixelstream.accounts.models import User
from pixelstream.api.errors import ApiError, not_found

Result = TypeVar("Result")
Form = TypeVar("Form", bound=forms.Form)

RENAMED = {"image": "imageId", "last": "lastImageId", "bases": "baseImageIds"}
"""Fields of forms that have other names here."""

MAKING = REFUSED | {402, 409}
"""The failures that an operation which makes something may answer with."""

MADE_OR_NOT = MAKING | {410}
"""And of one that may wait for what it makes."""


def checked(form: Form) -> Form:
    """The form, if it is valid. Raises ApiError 422 VALIDATION with its first mistake."""
    if form.is_valid():
        return form
    name, messages = next(iter(form.errors.items()))
    text = " ".join(str(message) for message in messages)
    field = "" if name == NON_FIELD_ERRORS else f"{RENAMED.get(name, to_camel(name))}: "
    raise ApiError(422, "VALIDATION", f"{field}{text}")


def fulfil(owner: User, form: WishForm, action: Callable[[], Result]) -> Result:
    """Do what a valid form asks for, with room made for it, which its notices say.

    Raises ApiError.
    """
    references = [reference.pk for reference in form.cleaned_data["references"]]
    result, cleaned = done(owner, action, sparing=references)
    form.notices += filter(None, [cleaned])
    return result


def done(
    owner: User, action: Callable[[], Result], *, sparing: Collection[int] = ()
) -> tuple[Result, str]:
    """The result of a service that makes something, and a sentence about what was deleted to make
    room for it; `sparing` are references that it needs. Raises ApiError.
    """
    with _as_api_errors():
        result, cleaned = room.with_room_made(owner, action, sparing=sparing)
    return result, str(cleaned)


@contextmanager
def _as_api_errors() -> Iterator[None]:
    try:
        yield
    except ReferenceGoneError as error:
        raise ApiError(409, "REFERENCE_GONE", gone_text()) from error
    except (SourceGoneError, FrameGoneError) as error:
        raise ApiError(409, "SOURCE_GONE", str(NO_BASE)) from error
    except NothingToRetryError as error:
        message = "There is nothing to try again here: no job of this slot has failed"
        raise ApiError(409, "NOTHING_TO_RETRY", message) from error
    except ConversationGoneError as error:
        raise not_found() from error
    except QuotaExceededError as error:
        raise ApiError(403, "STORAGE_FULL", room.refusal_text(error)) from error
    except NotEnoughCreditsError as error:
        text = credit_service.refusal_text(error)
        raise ApiError(402, "NOT_ENOUGH_CREDITS", text) from error
