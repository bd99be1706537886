"""Bytes from local storage. On object storage these addresses are not used."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from gallery.imaging.formats import EXTENSIONS

ONE_YEAR = "public, max-age=31536000, immutable"
NOTHING_RUNS = "default-src 'none'; sandbox"
MEDIA_TYPES = {extension: media_type for media_type, extension in EXTENSIONS.items()}


@login_not_required
@require_safe
def public_object(request: HttpRequest, key: str) -> HttpResponseBase:
    """A picture of the public area, to whoever knows its unguessable key.

    Needs no session and no database: a withdrawn object is gone from the area.
    """
    response = object_response("public", key)
    response["Cache-Control"] = ONE_YEAR
    return response


def object_response(area: str, key: str) -> FileResponse:
    """The object with our own content type, and headers under which nothing in it can run.

    Raises Http404 for whatever is not there.
    """
    media_type = MEDIA_TYPES.get(key.rpartition(".")[2])
    if media_type is None:
        raise Http404
    try:
        file = storages[area].open(key)
    except (OSError, ValueError, SuspiciousOperation) as error:
        raise Http404 from error
    response = FileResponse(file, content_type=media_type)
    response["Content-Security-Policy"] = NOTHING_RUNS
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response
