"""The page of a post that others may open, what is loaded from it, and what other sites ask."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gallery.link_previews import LinkPreview, oembed_of, token_of
from gallery.public_forms import OembedQuery
from gallery.services import downloads
from gallery.services.downloads import Metadata
from gallery.share_page import NothingShownError, find, seen_by_others
from gallery.views.downloads import as_file
from pixelstream.conditional import page_unless_known
from pixelstream.kept_pages import KeptPages
from pixelstream.storages import StorageUnavailableError

PAGES = KeptPages(256)
"""Of some 15 kB each."""


@login_not_required
@require_safe
def share_page(request: HttpRequest, token: str) -> HttpResponse:
    """A shared post, to everybody who has its link."""
    page = find(token)
    if page is None:
        return gone(request)
    is_owner = request.user.pk == page.post.owner_id

    def context() -> dict[str, Any]:
        preview = LinkPreview(page)
        return {"page": page, "preview": preview, "post": page.post, "is_owner": is_owner}

    def answer() -> HttpResponse:
        return PAGES.render(request, "gallery/share.html", context, (*page.facts, is_owner))

    try:
        return page_unless_known(request, page.facts, answer)
    except NothingShownError:
        return gone(request)


def gone(request: HttpRequest) -> HttpResponse:
    """The one answer for what is private, disabled, deleted, expired, or never was: from it
    nobody learns which.
    """
    response = render(request, "gallery/share_gone.html", status=404)
    response["Cache-Control"] = "private, no-store"
    return response


@login_not_required
@require_safe
def share_download(request: HttpRequest, token: str, img: int) -> HttpResponseBase:
    """A picture of a shared post (counted from 1) as a file, if its owner lets others have it."""
    post = seen_by_others(token).filter(downloads_allowed=True).first()
    images = list(downloads.pictures_of(post)) if post else []
    if not 1 <= img <= len(images):
        return gone(request)
    image = images[img - 1]
    try:
        # How it was made is not told: what is shared of that stands on the page.
        data = downloads.picture_file(image, Metadata.NONE)
    except downloads.PictureGoneError:
        return gone(request)
    except OSError as error:
        raise StorageUnavailableError(f"{image.object.key}: {error}") from error
    if request.method == "GET":
        downloads.count_download(image.post_id)
    response = HttpResponse(data, content_type=image.object.content_type)
    as_file(response, downloads.public_file_name(image), len(data))
    return response


@login_not_required
@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """What a site shows for a link to a shared post (oEmbed 1.0, JSON only)."""
    query = OembedQuery(request.GET)
    if not query.wants_json:
        return _told({"error": "Only format=json is known."}, status=501)
    page = find(token_of(query.cleaned_data.get("url", "")))
    try:
        told = oembed_of(page, **query.sizes) if page else None
    except NothingShownError:
        told = None
    if told is None:
        return _told({"error": "There is no such picture."}, status=404)
    return _told(told)


def _told(words: dict[str, Any], *, status: int = 200) -> HttpResponse:
    response = JsonResponse(words, status=status)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = "no-cache"
    return response
