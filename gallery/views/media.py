"""Bytes from local storage, or the way to where object storage serves them.

Public objects have addresses of their own there; ours only send on who comes with an old one. A
private object is reached by a redirect, after the view has asked whose it is, to an address that
is signed and works for a minute, that of a clip for a quarter of an hour. Streaming it would hold
one of our threads for every thumbnail and let a slow storage stop the pages.
"""

from __future__ import annotations

import hashlib
import re

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.views.decorators.http import require_safe

from gallery.imaging.formats import CLIP_MEDIA_TYPE, EXTENSIONS
from gallery.views.ranges import file_response
from pixelstream.storages import area_named

CACHED = {
    "public": "public, max-age=31536000, immutable",
    "private": "private, max-age=3600",
}
REDIRECT_CACHED = {
    "public": "public, max-age=3600",
    # The address that it leads to works for a while only.
    "private": "private, no-store",
}
# Other sites show a picture of ours where somebody pasted a link to its page.
LOADED_BY = {"public": "cross-origin", "private": "same-origin"}
KEY = re.compile(r"[0-9A-Za-z][0-9A-Za-z./_-]{,199}")
NOTHING_RUNS = "default-src 'none'; sandbox"
# A browser that opens a film by itself makes a page with a player around it, which has to be of
# our origin to load the film. No script runs in it all the same.
ONLY_PLAYS = "default-src 'none'; media-src 'self'; sandbox allow-same-origin"
MEDIA_TYPES = {extension: media_type for media_type, extension in EXTENSIONS.items()}


@login_not_required
@require_safe
def public_object(request: HttpRequest, key: str) -> HttpResponseBase:
    """A picture of the public area, to whoever knows its unguessable key.

    Needs no session and no database: a withdrawn object is gone from the area.
    """
    return object_response(request, "public", key)


def object_response(request: HttpRequest, area: str, key: str) -> HttpResponseBase:
    """The object or the part of it that is asked for, with our own content type, and headers under
    which nothing in it can run; or the way to it. Either says how long it may be kept.

    Raises Http404 for whatever is not there.
    """
    media_type = MEDIA_TYPES.get(key.rpartition(".")[2])
    if media_type is None or not KEY.fullmatch(key):
        raise Http404
    storage = area_named(area)
    try:
        if storage.serves_itself:
            redirect = HttpResponseRedirect(storage.url(key))
            redirect["Cache-Control"] = REDIRECT_CACHED[area]
            return redirect
        file = storage.open(key)
    except (OSError, ValueError, SuspiciousOperation) as error:
        raise Http404 from error
    response = file_response(request, file, media_type=media_type, etag=_etag(key))
    response["Cache-Control"] = CACHED[area]
    response["Content-Security-Policy"] = (
        ONLY_PLAYS if media_type == CLIP_MEDIA_TYPE else NOTHING_RUNS
    )
    response["Cross-Origin-Resource-Policy"] = LOADED_BY[area]
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _etag(key: str) -> str:
    """Under a key the bytes never change. The key itself is nobody's business: an answer from the
    private area may be kept where an address is not.
    """
    return f'"{hashlib.sha256(key.encode()).hexdigest()[:32]}"'
