"""The wall of everything a person made."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from gallery.forms import CursorForm
from gallery.keyset import newest_first
from gallery.models import Post, Project
from gallery.models.posts import PostQuerySet
from pixelstream.accounts.requests import PersonRequest
from pixelstream.htmx import is_htmx


@require_safe
def post_list(request: PersonRequest) -> HttpResponse:
    """The gallery: newest first, page after page."""
    return _page(request, Post.objects.visible_to(request.user), {})


@require_safe
def project_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """The posts of one project."""
    project = get_object_or_404(Project.objects.owned_by(request.user), pk=pk)
    posts = Post.objects.visible_to(request.user).filter(project=project)
    return _page(request, posts, {"project": project})


def _page(request: PersonRequest, posts: PostQuerySet, context: dict[str, object]) -> HttpResponse:
    form = CursorForm(request.GET)
    page = newest_first(posts.for_cards(), size=settings.GALLERY_PAGE_SIZE, before=form.cursor())
    template = "gallery/_more_posts.html" if is_htmx(request) else "gallery/post_list.html"
    first_page = form.cursor() is None
    response = render(request, template, {"page": page, "first_page": first_page, **context})
    response["Vary"] = "HX-Request, Cookie"
    return response
