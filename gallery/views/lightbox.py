"""The lightbox: one post above the wall."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from gallery.forms import GalleryQuery
from gallery.lightbox import look_at
from gallery.models import Post
from pixelstream.accounts.requests import PersonRequest


@require_safe
def post_lightbox(request: PersonRequest, pk: int) -> HttpResponse:
    """What the lightbox shows of a post, as a fragment; 304 while nothing changed."""
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    number = GalleryQuery(request.GET).value("img")
    lightbox = look_at(post, number=number)
    etag = f'"{post.pk}.{lightbox.mark}.lightbox.{number or "cover"}.{get_language()}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        context = {"post": post, "lightbox": lightbox}
        response = render(request, "gallery/_lightbox_post.html", context)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response
