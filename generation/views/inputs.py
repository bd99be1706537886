"""Where vendors that take pictures by address fetch them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from generation.services import inputs


@login_not_required
@require_safe
def job_input(request: HttpRequest, token: str) -> HttpResponse:
    """One picture that a job sends along, while it is unfinished; 404 for everything else."""
    try:
        picture = inputs.fetch(token)
    except inputs.NothingThereError as error:
        raise Http404 from error
    response = HttpResponse(picture.data, content_type=picture.media_type)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
