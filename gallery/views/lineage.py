"""The line of a post: what it was made from, and what was made from it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from gallery.lineage import tree_of
from gallery.models import Post
from pixelstream.accounts.requests import PersonRequest


@require_safe
def post_lineage(request: PersonRequest, pk: int) -> HttpResponse:
    """The tree of the post's line, or what of it is near the post."""
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    return render(request, "gallery/lineage.html", {"post": post, "tree": tree_of(post)})
