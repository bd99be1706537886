"""Pictures as files to keep. A GET here writes nothing: what it counts goes to the broker."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gallery.archive import Archive
from gallery.batch_forms import DownloadForm
from gallery.models import Post
from gallery.models.posts import PostQuerySet
from gallery.services import downloads
from gallery.services.downloads import Metadata
from gallery.views.media import NOTHING_RUNS
from pixelstream.accounts.requests import PersonRequest
from pixelstream.departures import Departure

logger = logging.getLogger(__name__)

COOKIE = "download_metadata"
COOKIE_AGE = 60 * 60 * 24 * 365

SLOWEST = 128 * 1024
"""Bytes a second that a browser has to take of an archive on the whole: 2 GB in four hours."""

AT_LEAST = 600.0
"""Seconds that there are for any archive."""

GONE = (
    _("This picture is not there any more."),
    _("Its file is gone from the storage. The post itself is as it was."),
)
UNREADABLE = (
    _("This picture cannot be read now."),
    _("The storage does not answer as it should. Try again in a moment."),
)
NO_PICTURES = (
    _("There is nothing to download."),
    _("The posts that you chose have no pictures, or are not there any more."),
)
TOO_LARGE = (
    _("That is too much for one download."),
    _("One archive holds at most 500 posts and 2 GB. Choose fewer posts, and the rest next."),
)
TOO_MANY = (
    _("Other downloads are still running."),
    _("Only a few archives can be loaded at a time. Try again when one of them is done."),
)


@require_safe
def post_download(request: PersonRequest, pk: int) -> HttpResponseBase:
    """One picture of a post (`img`, counted from 1), or all of them."""
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    form = DownloadForm(request.GET)
    if not form.is_valid() and "img" in form.errors:
        raise Http404
    metadata = metadata_of(request, form.cleaned_data.get("metadata", ""))
    pictures = list(downloads.pictures_of(post))
    number = form.cleaned_data["img"] or (1 if len(pictures) == 1 else None)
    if number is None:
        posts = Post.objects.filter(pk=post.pk)
        return archive_response(request, posts, metadata, downloads.archive_name(post))
    if number > len(pictures):
        raise Http404
    image = pictures[number - 1]
    try:
        data = downloads.picture_file(image, metadata)
    except downloads.PictureGoneError:
        return problem(request, 404, *GONE)
    except OSError as error:
        logger.error("The picture %s cannot be read: %s", image.object.key, error)
        return problem(request, 503, *UNREADABLE)
    if request.method == "GET":
        downloads.count_download(post.pk)
    response = HttpResponse(data, content_type=image.object.content_type)
    return _as_file(response, downloads.file_name(image), len(data), metadata)


def archive_response(
    request: PersonRequest, posts: PostQuerySet, metadata: Metadata, name: str
) -> HttpResponseBase:
    """All pictures of these posts as a ZIP, or a page that says why not."""
    try:
        archive = downloads.archive_of(user=request.user, posts=posts, metadata=metadata)
    except downloads.NothingToDownloadError:
        return problem(request, 404, *NO_PICTURES)
    except downloads.TooLargeError:
        return problem(request, 413, *TOO_LARGE)
    if request.method == "HEAD":
        return _as_archive(HttpResponse(), name, archive, metadata)
    try:
        stream = Stream(request, archive.stream(), archive.length)
    except downloads.TooManyStreamsError:
        response = problem(request, 429, *TOO_MANY)
        response["Retry-After"] = "30"
        return response
    return _as_archive(StreamingHttpResponse(stream), name, archive, metadata)


def metadata_of(request: PersonRequest, asked: str) -> Metadata:
    """What the files are to tell: as asked for, else as last time, else nothing."""
    for choice in (asked, request.COOKIES.get(COOKIE, "")):
        if choice in set(Metadata):
            return Metadata(choice)
    return Metadata.NONE


def as_file(response: HttpResponseBase, name: str, length: int) -> None:
    """Headers of a file to keep, which nobody else may keep and in which nothing can run."""
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Content-Length"] = str(length)
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = NOTHING_RUNS
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"


def problem(
    request: PersonRequest, status: int, title: str | Promise, text: str | Promise
) -> HttpResponse:
    """A page that says in words why there is no file."""
    context = {"title": title, "text": text}
    return render(request, "gallery/batch_problem.html", context, status=status)


class Stream:
    """An archive for one response. Ends early, and gives its place back, when nobody reads it.

    Who reads it too slowly is broken off as well: others wait for the place.
    """

    def __init__(self, request: PersonRequest, pieces: Iterator[bytes], length: int) -> None:
        """`length` in bytes; raises TooManyStreamsError."""
        self._user_id = request.user.pk
        downloads.streams.begin(self._user_id)
        self._open = True
        self._departure = Departure(request)
        self._until = time.monotonic() + max(AT_LEAST, length / SLOWEST)
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        # Shorter than it was said to be: no browser takes it for a whole archive.
        if self._departure.has_happened() or time.monotonic() > self._until:
            raise StopIteration
        return next(self._pieces)

    def close(self) -> None:
        """Called by Django at the end of the response, whichever it was."""
        if self._open:
            self._open = False
            downloads.streams.end(self._user_id)


def _as_archive(
    response: HttpResponseBase, name: str, archive: Archive, metadata: Metadata
) -> HttpResponseBase:
    response["Content-Type"] = "application/zip"
    return _as_file(response, name, archive.length, metadata)


def _as_file(
    response: HttpResponseBase, name: str, length: int, metadata: Metadata
) -> HttpResponseBase:
    as_file(response, name, length)
    response.set_cookie(
        COOKIE,
        metadata.value,
        max_age=COOKIE_AGE,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return response
