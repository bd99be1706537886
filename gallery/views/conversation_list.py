"""The list of a person's conversations."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gallery.conversation_list import (
    COUNTED,
    ConversationsNewsQuery,
    ConversationsQuery,
    count_up_to,
    page_of,
    these,
)
from gallery.trash_forms import conversation_name
from pixelstream.accounts.requests import PersonRequest
from pixelstream.conditional import unless_known
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


@require_safe
def conversation_list_news(request: PersonRequest) -> HttpResponse:
    """The rows of an open list as they are now, and which of them leave it; 304 while that is what
    the page knows.
    """
    query = ConversationsNewsQuery(request.GET)
    wishes, ids = query.wishes(), query.ids()
    rows = these(request.user, ids, wishes)
    there = {row.conversation.pk for row in rows}

    def answer() -> HttpResponse:
        context = {"rows": rows, "gone": [conversation_name(pk) for pk in ids if pk not in there]}
        if not wishes.q:
            context["count"] = count_up_to(request.user, wishes, COUNTED + 1)
            context["counted"] = COUNTED
        return render(request, "gallery/_conversation_rows_news.html", context)

    return unless_known(request, tuple(row.mark for row in rows), answer)
