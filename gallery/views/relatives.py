"""What was made from what, and talked about where, beside an open post: its page and the lightbox
ask while they are looked at.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from gallery.lightbox import look_at
from gallery.models import Post
from gallery.relatives import relatives_of
from pixelstream.accounts.requests import PersonRequest
from pixelstream.conditional import unless_known


@require_safe
def post_relatives(request: PersonRequest, pk: int) -> HttpResponse:
    """That part of the post's page as it is now; 304 while nothing changed."""
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    relatives = relatives_of(post, list(post.images.order_by("position")))

    def answer() -> HttpResponse:
        context = {"post": post, "relatives": relatives}
        return render(request, "gallery/_post_relatives.html", context)

    return unless_known(request, (pk, relatives.mark), answer)


@require_safe
def lightbox_relatives(request: PersonRequest, pk: int) -> HttpResponse:
    """Those parts of the lightbox as they are now, each in its place; 304 while nothing changed."""
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    lightbox = look_at(post)

    def answer() -> HttpResponse:
        context = {"post": post, "lightbox": lightbox}
        return render(request, "gallery/_lightbox_relatives.html", context)

    return unless_known(request, (pk, lightbox.mark), answer)
