"""What pages say and show once something went into the trash, out of it, or out of it for good."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gallery import trash_page
from gallery.keyset import Moment
from gallery.questions import Question
from gallery.trash_page import TrashPage
from gallery.views.gallery import count_of_page
from gallery.views.posts import where_from
from pixelstream.accounts.requests import PersonRequest
from pixelstream.htmx import Level, add_toast, go_to, is_htmx


def ask(request: HttpRequest, question: Question) -> HttpResponse:
    """Put the question: in a dialog, without scripts on a page. Nothing is changed by that."""
    template = "gallery/_delete_dialog.html" if is_htmx(request) else "gallery/question.html"
    return render(request, template, {"question": question})


def trashed_response(
    request: PersonRequest, ids: list[int], *, back: str, asked: list[int] | None = None
) -> HttpResponse:
    """The cards leave the page, and a toast offers to undo it.

    `asked` are the posts that it was asked for, if some of them were not there any more.
    """
    message = ngettext("Moved to trash.", "%(n)s posts moved to trash.", len(ids))
    message = with_missing(message % {"n": len(ids)}, len(asked or ids) - len(ids))
    if is_htmx(request):
        context = {
            "message": message,
            "ids": _joined(ids),
            "gone": asked or ids,
            "counted": count_of_page(request),
        }
        return render(request, "gallery/_trashed.html", context)
    messages.success(request, message, extra_tags=f"trashed {_joined(ids)}")
    return redirect(back)


def gone_from_page(
    request: PersonRequest, names: list[str], message: str, level: Level = "success"
) -> HttpResponse:
    """The cards leave the page of the trash, and it says what is left."""
    if not is_htmx(request):
        return anew(request, message, level)
    page = trash_page.figures_of(request.user)
    context = {"gone": names, **page_context(page), "shelf_anew": not page.shelf.count}
    response = render(request, "gallery/_trash_news.html", context)
    add_toast(response, message, level)
    return response


def anew(request: HttpRequest, message: str, level: Level = "success") -> HttpResponse:
    """The page of the trash from its beginning."""
    messages.add_message(
        request, messages.SUCCESS if level == "success" else messages.INFO, message
    )
    return go_to(request, reverse("gallery:trash-list"))


def page_context(page: TrashPage, shelf: Moment | None = None) -> dict[str, object]:
    """What the templates of the trash need of a page, and where its conversations begin."""
    next_href = f"?before={page.next_cursor}" if page.next_cursor else ""
    return {"page": page, "next_href": next_href, "shelf_from": shelf}


def wall_of(request: HttpRequest) -> str:
    """The page that the form was on; the gallery if it was on the post's own, which is gone."""
    address = where_from(request)
    return reverse("gallery:post-list") if not address or "/posts/" in address else address


def restored_text(posts: int, talks: int = 0) -> str:
    """What came back, in a sentence for each kind."""
    sentences = []
    if posts or not talks:
        text = ngettext("%(n)s post restored.", "%(n)s posts restored.", posts)
        sentences.append(text % {"n": posts})
    if talks:
        text = ngettext("%(n)s conversation restored.", "%(n)s conversations restored.", talks)
        sentences.append(text % {"n": talks})
    return " ".join(sentences)


def with_missing(message: str, missing: int) -> str:
    """A message, and for how many of the chosen posts it does not hold."""
    if missing <= 0:
        return message
    return f"{message} {_('%(n)s not found.') % {'n': missing}}"


def _joined(ids: list[int]) -> str:
    return ",".join(map(str, ids))
