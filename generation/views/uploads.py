"""Files that come along with a form, from browsers without JavaScript."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.http import QueryDict

from gallery.services import room
from gallery.services.quota import QuotaExceededError
from gallery.services.references import REFUSALS, add_reference, refusal_text
from pixelstream.accounts.requests import PersonRequest


def with_uploads(request: PersonRequest) -> tuple[QueryDict, list[str], list[str]]:
    """The form's data with the files that came along as references, what was refused, and what
    was deleted to make room.

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
    return data, refusals, notices
