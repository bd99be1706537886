"""The numbers on the first page of the admin."""

from __future__ import annotations

from django import template
from django.http import HttpRequest

from pixelstream.dashboard import Counted, numbers_for

register = template.Library()


@register.simple_tag
def numbers(request: HttpRequest) -> list[Counted]:
    """Those that whoever asks may look into."""
    return numbers_for(request.user) if request.user.is_authenticated else []
