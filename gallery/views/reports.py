"""What visitors say is wrong."""

from __future__ import annotations

import logging

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from redis.exceptions import RedisError

from gallery.covers import with_public_covers
from gallery.models import Post
from gallery.report_forms import ReportForm
from gallery.services import reports
from gallery.share_page import seen_by_others
from gallery.views.share import gone
from pixelstream.accounts.requests import PersonRequest

logger = logging.getLogger(__name__)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: PersonRequest, token: str) -> HttpResponse:
    """Ask the administrators to look at a post that others may see. Said twice, it is said once."""
    post = seen_by_others(token).for_public_cards().first()
    if post is None:
        return gone(request)
    if post.owner_id == request.user.pk:
        return _page(request, post, state="own", status=422 if request.method == "POST" else 200)
    if reports.is_open(post=post, by=request.user):
        return _page(request, post, state="known")
    form = ReportForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, post, form, status=422 if request.method == "POST" else 200)
    if not _may_go_on(request):
        form.add_error(None, _("You have reported a lot in a short time. Try again in an hour."))
        return _page(request, post, form, status=429)
    try:
        reports.report(
            post=post, by=request.user, reason=form.said, details=form.cleaned_data["details"]
        )
    except Post.DoesNotExist:  # withdrawn at this moment
        return gone(request)
    messages.success(request, _("Thank you. An administrator will look at it."))
    return redirect(post.public_address)


def _may_go_on(request: PersonRequest) -> bool:
    """Whether the person has not reported too much lately (ACCOUNT_RATE_LIMITS). Without the cache
    nobody counts; a person can have only one open report of a post all the same.
    """
    try:
        return bool(ratelimit.consume(request, action="report"))
    except RedisError as error:
        logger.warning("Reports are not counted, the cache is away: %s", error)
        return True


def _page(
    request: PersonRequest,
    post: Post,
    form: ReportForm | None = None,
    *,
    state: str = "",
    status: int = 200,
) -> HttpResponse:
    """The form, or why there is none: the post is the person's own (`own`), or they have said it
    already (`known`).
    """
    with_public_covers([post])
    context = {"post": post, "form": form, "state": state}
    return render(request, "gallery/report.html", context, status=status)
