"""What the gallery page is compared with: the least that a Django page of 30 cards can be.

The middleware is what `django-admin startproject` gives (session and person included), the view
makes one indexed query for 30 rows, and a template that extends nothing and calls nothing draws
one picture, one text and one date a card. Once with Django's own template engine, as most
projects would, and once with Jinja2.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.backends.django import DjangoTemplates
from django.template.backends.jinja2 import Jinja2
from django.urls import path

from gallery.models import Post

CARDS = 30


@cache
def _template(backend: type[DjangoTemplates] | type[Jinja2]) -> Any:
    folder = Path(__file__).parent / "templates"
    engine = backend({"NAME": "bare", "DIRS": [folder], "APP_DIRS": False, "OPTIONS": {}})
    name = "bare.html" if backend is DjangoTemplates else "bare.jinja"
    return engine.get_template(name)


def _wall(request: HttpRequest, backend: type[DjangoTemplates] | type[Jinja2]) -> HttpResponse:
    if not request.user.is_authenticated:
        raise Http404
    posts = Post.objects.filter(owner=request.user, deleted_at=None).order_by("-id")[:CARDS]
    return HttpResponse(_template(backend).render({"posts": list(posts)}, request))


def django_wall(request: HttpRequest) -> HttpResponse:
    """30 cards by a Django template."""
    return _wall(request, DjangoTemplates)


def jinja_wall(request: HttpRequest) -> HttpResponse:
    """30 cards by a Jinja2 template."""
    return _wall(request, Jinja2)


urlpatterns = [path("django/", django_wall), path("jinja/", jinja_wall)]
