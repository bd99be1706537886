"""The list of a person's conversations."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gallery.conversation_list import COUNTED, ConversationsQuery, count_up_to, page_of
from pixelstream.accounts.requests import PersonRequest
from pixelstream.htmx import is_htmx


@require_safe
def conversation_list(request: PersonRequest) -> HttpResponse:
    """The conversations, the latest activity first, page after page."""
    query = ConversationsQuery(request.GET)
    wishes, cursor = query.wishes(), query.cursor()
    page = page_of(request.user, wishes, before=cursor)
    context = {
        "page": page,
        "wishes": wishes,
        "first_page": cursor is None,
        "next_href": wishes.query_string(before=page.next) if page.next else "",
    }
    if is_htmx(request) and cursor is not None:
        response = render(request, "gallery/_conversation_rows_more.html", context)
    elif is_htmx(request):
        response = render(request, "gallery/_conversation_rows_anew.html", context)
        response["HX-Replace-Url"] = request.path + wishes.query_string()
    else:
        if not wishes.q:
            context["count"] = count_up_to(request.user, wishes, COUNTED + 1)
            context["counted"] = COUNTED
        response = render(request, "gallery/conversation_list.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response
