"""From a form that was sent to what it asks for: files that came along, and room that is made."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from gallery.services import room
from gallery.services.quota import QuotaExceededError
from gallery.services.references import REFUSALS, add_reference, refusal_text
from generation.forms import WishForm
from generation.services import credits as credit_service
from generation.services.credits import NotEnoughCreditsError
from generation.services.editing import SourceGoneError
from generation.services.studio import ReferenceGoneError
from pixelstream.accounts.models import User
from pixelstream.accounts.requests import PersonRequest

Form = TypeVar("Form", bound=WishForm)
Result = TypeVar("Result")


def sent_form(request: PersonRequest, make: Callable[[QueryDict], Form]) -> Form:
    """The form with the files that came along as references. Its errors say which were refused,
    its notices what was deleted to make room.

    Only browsers without JavaScript send files here; the others upload them beforehand.
    """
    data = request.POST.copy()
    refusals: list[str] = []
    notices: list[str] = []
    for upload in request.FILES.getlist("uploads")[: settings.MAX_REFERENCES]:
        try:
            reference, cleaned = room.with_room_made(
                request.user, partial(add_reference, owner=request.user, upload=upload)
            )
        except REFUSALS as error:
            refusals.append(f"{upload.name}: {refusal_text(error)}")
        except QuotaExceededError as error:
            refusals.append(f"{upload.name}: {room.refusal_text(error)}")
        else:
            data.appendlist("references", str(reference.pk))
            notices += filter(None, [str(cleaned)])
    form = make(data)
    form.notices += notices
    for refusal in refusals:
        form.add_error("references", refusal)
    return form


def fulfil(owner: User, form: WishForm, action: Callable[[], Result]) -> Result | None:
    """Do what a valid form asks for, with room made for it, which its notices say.

    None when that is not possible; its errors say why.
    """
    references = [reference.pk for reference in form.cleaned_data["references"]]
    try:
        result, cleaned = room.with_room_made(owner, action, sparing=references)
    except ReferenceGoneError:
        form.add_error("references", _("A reference is not there any more."))
    except SourceGoneError:
        form.add_error(None, _("The picture to start from is not there any more."))
    except QuotaExceededError as error:
        form.add_error(None, room.refusal_text(error))
    except NotEnoughCreditsError as error:
        form.add_error(None, credit_service.refusal_text(error))
    else:
        form.notices += filter(None, [str(cleaned)])
        return result
    return None
