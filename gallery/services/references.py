"""Reference images: uploads through the gate, and the person's library."""

from __future__ import annotations

import errno
import logging
from pathlib import PurePath

from django.core.files.uploadedfile import UploadedFile
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from gallery.imaging.formats import MAX_UPLOAD_BYTES, ImageRefused, RefusalCode
from gallery.imaging.gate import Admitted, GateClosedError, admit
from gallery.models import ReferenceImage, StoredObject
from gallery.services import objects, quota
from pixelstream.accounts.models import User

logger = logging.getLogger(__name__)

FILENAME_LENGTH = 200
FULL_ERRORS = (errno.ENOSPC, errno.EDQUOT)


class NotStoredError(Exception):
    """The server did not take the picture, whatever it is."""

    def __init__(self, what: str, *, is_full: bool = False) -> None:
        super().__init__(what)
        self.is_full = is_full
        """Whether that is for want of room on a disk."""


REFUSALS = (ImageRefused, NotStoredError)
"""Why there is no reference after an upload; `refusal_text` puts it in words."""


def add_reference(*, owner: User, upload: UploadedFile, kept: bool = False) -> ReferenceImage:
    """Store an uploaded picture privately for its owner.

    The picture is decoded and re-encoded by us in a child process: what is stored never holds
    the uploaded bytes, their metadata or anything hidden behind them. Raises one of REFUSALS, and
    QuotaExceededError when there is no room for it.
    """
    quota.require_room(owner)
    if upload.size is not None and upload.size > MAX_UPLOAD_BYTES:
        raise ImageRefused(RefusalCode.FILE_TOO_LARGE, f"{upload.size} bytes")
    upload.seek(0)
    try:
        admitted = admit(upload.read())
    except GateClosedError as error:
        raise NotStoredError("not looked at", is_full=error.errno in FULL_ERRORS) from error
    obj = begin_object(owner, admitted)
    try:
        objects.put(obj, admitted.data, admitted.renditions)
    except OSError as error:
        logger.exception("The reference %s could not be stored.", obj.key)
        objects.retract(obj.pk)
        raise NotStoredError(obj.key, is_full=error.errno in FULL_ERRORS) from error
    try:
        with quota.counting(within_limit=True):
            objects.make_live(obj)
            return ReferenceImage.objects.create(
                owner=owner,
                object=obj,
                filename=_clean_filename(upload.name),
                width=admitted.width,
                height=admitted.height,
                dominant_colour=admitted.dominant_colour,
                kept=kept,
            )
    except quota.QuotaExceededError:
        objects.retract(obj.pk)
        raise
    except objects.ObjectLostError as error:  # storing took longer than its lease
        objects.retract(obj.pk)
        raise NotStoredError(obj.key) from error


def begin_object(owner: User, admitted: Admitted) -> StoredObject:
    """Record that the bytes of an admitted picture are about to be written, for its owner only."""
    return objects.begin(
        kind="reference",
        owner_id=owner.pk,
        area=StoredObject.Area.PRIVATE,
        data=admitted.data,
        content_type=admitted.media_type,
        extension=admitted.extension,
        rendition_widths=sorted(admitted.renditions),
    )


def set_kept(*, reference: ReferenceImage, kept: bool) -> None:
    """Take a reference into the library, or let it go with what is made with it next: it counts as
    uploaded now.

    Raises ReferenceImage.DoesNotExist when it went with them at this moment.
    """
    since = {} if kept else {"created_at": Now()}
    _update(reference, kept=kept, **since)
    reference.kept = kept


def rename(*, reference: ReferenceImage, stem: str) -> None:
    """Give a reference another name. Its ending stays, also when it was typed along.

    Raises ReferenceImage.DoesNotExist when it was deleted at this moment.
    """
    extension = reference.extension
    if extension and stem.lower().endswith(extension.lower()) and len(stem) > len(extension):
        stem = stem[: -len(extension)]
    _update(reference, filename=stem + extension)
    reference.filename = stem + extension


def _update(reference: ReferenceImage, **values: object) -> None:
    if not ReferenceImage.objects.filter(pk=reference.pk).update(**values):
        raise ReferenceImage.DoesNotExist


def refusal_text(error: ImageRefused | NotStoredError) -> str:
    """What a person reads about an upload that was not taken."""
    if isinstance(error, NotStoredError):
        if error.is_full:
            return _("The server has no room for more pictures now. Try again later.")
        return _("The picture could not be stored. Try again in a moment.")
    if error.code is RefusalCode.FILE_TOO_LARGE:
        return _("File too large. Maximum size: 10MB")
    return _("Invalid file type. Allowed: image/jpeg, image/png, image/webp, image/gif")


def _clean_filename(name: str | None) -> str:
    """The name for display only: no path, no control characters, not too long."""
    base = PurePath((name or "").replace("\\", "/")).name
    printable = "".join(character for character in base if character.isprintable())
    return printable[-FILENAME_LENGTH:] or "image"
