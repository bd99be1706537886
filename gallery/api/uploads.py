"""Uploads of reference pictures: `POST /api/upload`."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from ninja import Router

from gallery.api.schemas import UploadOut, answers
from gallery.api.written import reference_address
from gallery.imaging.formats import (
    FILE_TOO_LARGE,
    INVALID_TYPE,
    MAX_UPLOAD_BYTES,
    ImageRefused,
    sniff,
)
from gallery.models import ReferenceImage
from gallery.services import references, room
from gallery.services.quota import QuotaExceededError
from pixelstream.accounts.models import User
from pixelstream.api.envelopes import answer
from pixelstream.api.errors import ApiError
from pixelstream.api.idempotency import idempotent_form
from pixelstream.api.models import Scope
from pixelstream.api.security import Token, owner_of
from pixelstream.middleware import OUTAGES

logger = logging.getLogger(__name__)
router = Router(tags=["uploads"])

HEAD_BYTES = 16
"""By so many first bytes a file says of what type it is."""

FORM_BYTES = 1024 * 1024
"""Of a body, for what is around the file: lines between the parts, names, other fields."""

Operation = TypeVar("Operation", bound=Callable[..., HttpResponse])

FILE = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "JPEG, PNG, WebP or GIF; at most 10 MB",
                        },
                    },
                }
            }
        },
    }
}


def _not_too_large(operation: Operation) -> Operation:
    """Refuse a body that is larger than any picture with its form may be, before it is read. It
    stands above `idempotent_form`, which reads the file.
    """

    @functools.wraps(operation)
    def refusing(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        said = request.META.get("CONTENT_LENGTH") or "0"
        if said.isdecimal() and int(said) > MAX_UPLOAD_BYTES + FORM_BYTES:
            raise _refused(ImageRefused(FILE_TOO_LARGE, f"a body of {said} bytes"))
        return operation(request, *args, **kwargs)

    return cast("Operation", refusing)


def _refused(error: ImageRefused) -> ApiError:
    return ApiError(400, error.code.value, references.refusal_text(error))


@router.post(
    "/upload", auth=Token(Scope.WRITE), response=answers(UploadOut, 409), openapi_extra=FILE
)
@_not_too_large
@idempotent_form
def upload(request: HttpRequest) -> HttpResponse:
    """Take a picture into the library of references.

    It is decoded and encoded anew: what is kept has no metadata. Refused with NO_FILE,
    INVALID_TYPE, FILE_TOO_LARGE (400, looked at in this order), STORAGE_FULL (403) or UPLOAD_FAILED
    (500). A body of more than 11 MB is FILE_TOO_LARGE before it is read.
    """
    # Not declared as a parameter: what is missing is a code of its own here.
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise ApiError(400, "NO_FILE", "No file provided")
    reference, cleaned = _take(owner_of(request), file)
    return answer(
        {
            "id": reference.pk,
            "url": reference_address(reference.pk),
            "r2Key": reference.object.key,
            "contentType": reference.object.content_type,
            "sizeBytes": reference.object.size,
            "notices": [cleaned] if cleaned else [],
        }
    )


def _take(owner: User, file: UploadedFile) -> tuple[ReferenceImage, str]:
    """The reference, and a sentence about what was deleted to make room. Raises ApiError."""

    def add() -> ReferenceImage:
        return references.add_reference(owner=owner, upload=file, kept=True)

    try:
        # Before the size: the type is what is said first of a file with both mistakes.
        if sniff(file.read(HEAD_BYTES)) is None:
            raise ImageRefused(INVALID_TYPE, "neither JPEG nor PNG nor WebP nor GIF")
        if file.size is not None and file.size > MAX_UPLOAD_BYTES:
            raise ImageRefused(FILE_TOO_LARGE, f"{file.size} bytes")
        reference, cleaned = room.with_room_made(owner, add)
    except ImageRefused as error:
        raise _refused(error) from error
    except QuotaExceededError as error:
        raise ApiError(403, "STORAGE_FULL", room.refusal_text(error)) from error
    except OUTAGES:
        raise
    except Exception as error:  # NotStoredError, and what nobody expected
        logger.exception("[/api/upload] Error: %s", error)
        raise ApiError(500, "UPLOAD_FAILED", "Failed to upload image", is_undone=True) from error
    return reference, str(cleaned)
