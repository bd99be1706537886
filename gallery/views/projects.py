"""Projects."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from gallery.forms import NAME_TAKEN, ProjectForm
from gallery.models import Project
from pixelstream.accounts.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
def project_create(request: PersonRequest) -> HttpResponse:
    """Make a project."""
    form = ProjectForm(request.POST or None, instance=Project(owner=request.user))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                return redirect(form.save())
        except IntegrityError:  # the same name was sent twice at the same moment
            form.add_error("name", NAME_TAKEN)
    status = 422 if form.is_bound else 200
    return render(request, "gallery/project_form.html", {"form": form}, status=status)
