"""What machines ask: whether this process lives, whether it is ready, and in numbers."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from pixelstream.health import metrics, report
from pixelstream.health.checks import State


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answers 200 while the process can serve pages from its database."""
    with connection.cursor() as cursor:  # a connection that is kept may lead nowhere
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while this host can serve pages, else 503, and the state of each check by its name.

    Why something is so is said to administrators only: strangers may read this.
    """
    found = report.current()
    told = {
        "status": str(found.state),
        "checks": {one.name: str(one.state) for one in found.findings},
    }
    response = JsonResponse(told, status=503 if found.state is State.FAILING else 200)
    response["Cache-Control"] = "no-store"
    if found.state is State.FAILING:
        response["Retry-After"] = "5"
        # Why is in the log already; Django would add a line for every time a balancer asks.
        response._has_been_logged = True  # type: ignore[attr-defined]
    return response


@login_not_required
@require_safe
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Prometheus's text, for whoever has METRICS_TOKEN. Without one nothing is there."""
    token: str = settings.METRICS_TOKEN
    if not token:
        return HttpResponse(status=404)  # a page would have no language here
    said = request.META.get("HTTP_AUTHORIZATION", "")
    if not constant_time_compare(said, f"Bearer {token}"):
        response = HttpResponse(status=401)
        response["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return response
    response = HttpResponse(metrics.text(), content_type=CONTENT_TYPE_LATEST)
    response["Cache-Control"] = "no-store"
    return response
