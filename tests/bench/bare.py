"""What our pages are compared with: the least that a Django page of 30 cards can be, and the least
that a page of one post can be.

The middleware is what `django-admin startproject` gives (session and person included), the view
makes one indexed query for 30 rows, and a template that extends nothing and calls nothing draws
one picture, one text and one date a card. Once with Django's own template engine, as most
projects would, and once with Jinja2. The page of one post asks for its pictures by the post's
token, in one query as well, and shows them with its caption; nobody is signed in there. What takes
a message reads its JSON and writes one row. The list of posts asks for the columns that the API
asks for, by one query for the posts and one for their pictures, and writes them down as they are;
nobody is signed in there either.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.backends.django import DjangoTemplates
from django.template.backends.jinja2 import Jinja2
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from gallery.api.written import IMAGE_COLUMNS, POST_COLUMNS
from gallery.models import GeneratedImage, Post
from generation.models import WebhookEvent

CARDS = 30


@cache
def _template(backend: type[DjangoTemplates] | type[Jinja2], name: str) -> Any:
    folder = Path(__file__).parent / "templates"
    engine = backend({"NAME": "bare", "DIRS": [folder], "APP_DIRS": False, "OPTIONS": {}})
    return engine.get_template(name)


def _wall(request: HttpRequest, backend: type[DjangoTemplates] | type[Jinja2]) -> HttpResponse:
    if not request.user.is_authenticated:
        raise Http404
    posts = Post.objects.filter(owner=request.user, deleted_at=None).order_by("-id")[:CARDS]
    name = "bare.html" if backend is DjangoTemplates else "bare.jinja"
    return HttpResponse(_template(backend, name).render({"posts": list(posts)}, request))


def django_wall(request: HttpRequest) -> HttpResponse:
    """30 cards by a Django template."""
    return _wall(request, DjangoTemplates)


def jinja_wall(request: HttpRequest) -> HttpResponse:
    """30 cards by a Jinja2 template."""
    return _wall(request, Jinja2)


def shared(request: HttpRequest, token: str) -> HttpResponse:
    """One post with its pictures, by a Django template."""
    pictures = GeneratedImage.objects.filter(post__share_token=token).order_by("position")
    found = list(pictures.select_related("post", "object"))
    if not found:
        raise Http404
    context = {"post": found[0].post, "pictures": found}
    return HttpResponse(_template(DjangoTemplates, "bare_shared.html").render(context, request))


@csrf_exempt
@require_POST
def posted(request: HttpRequest) -> HttpResponse:
    """Stores a message: its JSON is read, and one row written."""
    content = json.loads(request.body)
    WebhookEvent.objects.create(
        provider="bare", event_id=content["data"]["id"], job_id=1, body=request.body
    )
    return JsonResponse({})


def listed(request: HttpRequest, owner: int) -> HttpResponse:
    """30 posts with their pictures, as JSON."""
    posts = Post.objects.filter(owner=owner, deleted_at=None).order_by("-id")
    items = list(posts.values(*POST_COLUMNS)[:CARDS])
    pictures: dict[int, list[dict[str, Any]]] = {item["id"]: [] for item in items}
    found = GeneratedImage.objects.filter(post__in=pictures).order_by("post_id", "position")
    for picture in found.values(*IMAGE_COLUMNS):
        pictures[picture["post_id"]].append(picture)
    for item in items:
        item["images"] = pictures[item["id"]]
    return JsonResponse({"items": items})


urlpatterns = [
    path("listed/<int:owner>/", listed),
    path("posted/", posted),
    path("django/", django_wall),
    path("jinja/", jinja_wall),
    path("shared/<str:token>/", shared),
]
