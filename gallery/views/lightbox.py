"""The lightbox: one post above the wall."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from gallery.forms import GalleryQuery
from gallery.lightbox import look_at
from gallery.models import Post
from pixelstream.accounts.requests import PersonRequest
from pixelstream.conditional import unless_known


@require_safe
def post_lightbox(request: PersonRequest, pk: int) -> HttpResponse:
    """What the lightbox shows of a post, as a fragment; 304 while nothing changed."""
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    number = GalleryQuery(request.GET).value("img")
    lightbox = look_at(post, number=number)

    def answer() -> HttpResponse:
        context = {"post": post, "lightbox": lightbox}
        return render(request, "gallery/_lightbox_post.html", context)

    return unless_known(request, (post.pk, lightbox.mark, number), answer)
