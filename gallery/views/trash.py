"""The trash: what is in it, and all or some of it put back or deleted for good."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gallery import questions, trash_page
from gallery.covers import with_covers
from gallery.models import EditConversation, Post, TrashEmptying
from gallery.services import conversations, deletion, emptying, trash
from gallery.services.deletion import Deleted
from gallery.services.trash import Moved
from gallery.tasks import ring_to_empty
from gallery.trash_forms import Chosen, ConfirmForm, TrashedForm, TrashNewsQuery, TrashQuery
from gallery.views.gallery import count_of_page
from gallery.views.posts import where_from
from gallery.views.trash_answers import (
    anew,
    ask,
    gone_from_page,
    page_context,
    restored_text,
    wall_of,
    with_missing,
)
from pixelstream.accounts.requests import PersonRequest
from pixelstream.conditional import unless_known
from pixelstream.htmx import add_toast, go_to, is_htmx

SHOWN_AT_ONCE = 120
"""Cards that an undo brings as they are now; of more, the page puts back those that it had."""


@require_safe
def trash_list(request: PersonRequest) -> HttpResponse:
    """What is in the trash, last in first, page after page."""
    query = TrashQuery(request.GET)
    cursor = query.cursor()
    # Before the posts: an emptying that ends between the two would leave posts on the page that are
    # gone, and nothing that takes them away.
    emptying_now = trash_page.emptying_of(request.user)
    page = trash_page.page_of(request.user, cursor, query.shelf_cursor())
    context = {**page_context(page, query.shelf_cursor()), "first_page": cursor is None}
    if is_htmx(request) and cursor is not None:
        response = render(request, "gallery/_more_trash.html", context)
    else:
        context["retention_days"] = settings.TRASH_RETENTION.days
        context["emptying"] = emptying_now
        response = render(request, "gallery/trash_list.html", context)
    response["Vary"] = "HX-Request, Cookie"
    return response


@require_safe
def trash_news(request: PersonRequest) -> HttpResponse:
    """What happened elsewhere to the trash that a page shows; 304 while that is what it knows."""
    query = TrashNewsQuery(request.GET)
    shown, newest = query.posts_shown(), query.newest_shown()
    shelf = query.shelf_cursor()
    news = trash_page.news_of(request.user, shown=shown, newest=newest, shelf=shelf)
    came = [item.post.pk for item in news.page.items]
    talks = [item.name for item in news.page.shelf.items]
    counts = (news.page.count, news.page.size, news.page.shelf.count)

    def answer() -> HttpResponse:
        context = {**page_context(news.page, shelf), "gone": news.gone, "first_page": True}
        context["shelf_anew"] = True
        context["is_anew"] = not shown or news.page.next_cursor is not None
        return render(request, "gallery/_trash_news.html", context)

    return unless_known(request, (news.gone, came, talks, counts, bool(shown)), answer)


@require_POST
def trash_restore(request: PersonRequest) -> HttpResponse:
    """Put the chosen posts and conversations back, or everything."""
    form = TrashedForm(request.POST)
    if not form.is_valid():
        return _refused(request, form)
    if form.wants_all:
        posts = trash.restore_all(owner=request.user)
        return anew(request, restored_text(posts, conversations.restore_all(owner=request.user)))
    chosen = form.chosen
    moved = trash.restore(owner=request.user, ids=chosen.posts)
    talks = conversations.restore(owner=request.user, ids=chosen.conversations)
    if form.is_undo:
        return _undone(request, moved, talks)
    missing = moved.missing + talks.missing
    if not (moved.ids or talks.ids):
        message = with_missing(_("Nothing was changed."), missing)
        return gone_from_page(request, chosen.names, message, "info")
    message = with_missing(restored_text(len(moved.ids), len(talks.ids)), missing)
    return gone_from_page(request, chosen.names, message)


@require_POST
def trash_delete(request: PersonRequest) -> HttpResponse:
    """Delete the chosen things of the trash for good, once that is confirmed."""
    form = TrashedForm(request.POST)
    if not form.is_valid() or form.wants_all:
        return _refused(request, form)
    chosen = form.chosen
    question = None if form.is_confirmed else questions.about_chosen(request.user, chosen)
    if question is not None:
        return ask(request, question)
    deleted = Deleted()
    if form.is_confirmed:
        deleted = _delete(request, chosen, versions=form.cleaned_data["include_generated"])
    if deleted == Deleted():
        return gone_from_page(request, chosen.names, _("Already deleted."), "info")
    missing = len(chosen) - (deleted.total - deleted.generated) - deleted.conversations
    message = with_missing(questions.deleted_text(deleted), missing)
    return gone_from_page(request, chosen.names, message)


def _delete(request: PersonRequest, chosen: Chosen, *, versions: bool) -> Deleted:
    posts = deletion.delete_chosen(
        Post.objects.in_trash_of(request.user),
        chosen.posts,
        by=request.user,
        include_generated=versions,
    )
    return posts + conversations.delete_chosen(
        EditConversation.objects.in_trash_of(request.user),
        chosen.conversations,
        by=request.user,
        include_generated=versions,
    )


@require_POST
def trash_empty(request: PersonRequest) -> HttpResponse:
    """Ask for everything in the trash to be deleted for good, once that is confirmed."""
    if not ConfirmForm(request.POST).is_confirmed:
        page = trash_page.figures_of(request.user)
        if not page.is_empty:
            return ask(request, questions.about_emptying(page))
        return anew(request, _("The trash is empty."), "info")
    asked = emptying.begin(request.user)
    if asked is None:
        return anew(request, _("The trash is empty."), "info")
    ring_to_empty(asked.pk)
    if is_htmx(request):
        return render(request, "gallery/_emptying_begun.html", {"emptying": asked})
    return redirect("gallery:trash-list")


@require_safe
def trash_emptying(request: PersonRequest, pk: int) -> HttpResponse:
    """How far it is; the page asks until it is done."""
    asked = get_object_or_404(TrashEmptying.objects.filter(owner=request.user), pk=pk)
    return render(request, "gallery/_emptying.html", {"emptying": asked})


def _undone(request: PersonRequest, moved: Moved, talks: Moved) -> HttpResponse:
    """The cards as they are now, to stand where they stood; a list of conversations anew."""
    ids = moved.ids
    is_any = ids or talks.ids
    message = restored_text(len(ids), len(talks.ids)) if is_any else _("Nothing was changed.")
    message = with_missing(message, moved.missing + talks.missing)
    if talks.ids or not is_htmx(request):
        messages.success(request, message)
        page = _list_of_conversations(request) if talks.ids else wall_of(request)
        return go_to(request, page)
    posts = Post.objects.visible_to(request.user).filter(pk__in=ids[:SHOWN_AT_ONCE])
    context = {
        "posts": [[post] for post in with_covers(posts.for_cards())] if ids else [],
        "counted": count_of_page(request),
    }
    response = render(request, "gallery/_undone.html", context)
    add_toast(response, message, "success" if ids else "info")
    return response


def _list_of_conversations(request: HttpRequest) -> str:
    """The page that the message was on; of a conversation that is back nothing else shows it."""
    return where_from(request) or reverse("gallery:conversation-list")


def _refused(request: HttpRequest, form: TrashedForm) -> HttpResponse:
    message = _("Choose at least one post or conversation.")
    if form.errors:
        message = str(next(iter(form.errors.values()))[0])
    if is_htmx(request):
        response = HttpResponse(status=422)
        add_toast(response, message, "error")
        return response
    messages.error(request, message)
    return redirect("gallery:trash-list")
