"""The line of a post: what it was made from, and what was made from it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from gallery.lineage import tree_of
from gallery.models import Post
from pixelstream.accounts.requests import PersonRequest
from pixelstream.conditional import unless_known
from pixelstream.htmx import is_htmx


@require_safe
@vary_on_headers("HX-Request", "Cookie")
def post_lineage(request: PersonRequest, pk: int) -> HttpResponse:
    """The tree of the post's line, or what of it is near the post; for an open page what it shows
    now, 304 while nothing changed.
    """
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    context = {"post": post, "tree": (tree := tree_of(post))}
    if not is_htmx(request):
        return render(request, "gallery/lineage.html", context)
    template = "gallery/_lineage_page.html"
    return unless_known(request, (pk, tree.mark), lambda: render(request, template, context))
