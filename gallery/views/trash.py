"""The trash: into it, out of it, and out of it for good."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gallery import questions, trash_page
from gallery.covers import with_covers
from gallery.forms import MAX_ID
from gallery.keyset import Moment
from gallery.models import EditConversation, Post, TrashEmptying
from gallery.questions import Question
from gallery.services import conversations, deletion, emptying, trash
from gallery.services.deletion import Deleted
from gallery.services.trash import Moved
from gallery.tasks import ring_to_empty
from gallery.trash_forms import (
    Chosen,
    ConfirmForm,
    DeleteForm,
    RestoreForm,
    TrashedForm,
    TrashNewsQuery,
    TrashQuery,
)
from gallery.trash_page import TrashPage
from gallery.views.gallery import count_of_page
from gallery.views.posts import where_from
from pixelstream.accounts.requests import PersonRequest
from pixelstream.htmx import Level, add_toast, is_htmx

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
    context = {**_shown(page, query.shelf_cursor()), "first_page": cursor is None}
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
    counts = f"{news.page.count}.{news.page.size}.{news.page.shelf.count}"
    facts = f"{news.gone}.{came}.{talks}.{counts}.{bool(shown)}.{get_language()}"
    etag = f'"{hashlib.sha256(facts.encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        context = {**_shown(news.page, shelf), "gone": news.gone, "first_page": True}
        context["shelf_anew"] = True
        context["is_anew"] = not shown or news.page.next_cursor is not None
        response = render(request, "gallery/_trash_news.html", context)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


@require_POST
def post_trash(request: PersonRequest, pk: int) -> HttpResponse:
    """Move a post to the trash."""
    check_id(pk)
    moved = trash.trash(owner=request.user, ids=[pk])
    if not moved.ids and not Post.objects.in_trash_of(request.user).filter(pk=pk).exists():
        return _already_deleted_from_wall(request, pk)
    return trashed_response(request, [pk], back=_wall(request))


@require_POST
def post_restore(request: PersonRequest, pk: int) -> HttpResponse:
    """Put a post back where it was."""
    check_id(pk)
    form = RestoreForm(request.POST)
    moved = trash.restore(owner=request.user, ids=[pk])
    if not moved.ids and not Post.objects.visible_to(request.user).filter(pk=pk).exists():
        return _not_in_trash(request, pk)
    if form.is_on_post:
        messages.success(request, _restored(1))
        return redirect("post-detail", pk)
    return _gone_from_page(request, [str(pk)], _restored(1))


@require_POST
def post_delete(request: PersonRequest, pk: int) -> HttpResponse:
    """Delete a post of the trash for good, once that is confirmed."""
    check_id(pk)
    form = DeleteForm(request.POST)
    question = questions.about_post(request.user, pk)
    if question is not None and not form.is_confirmed:
        return ask(request, question)
    deleted = Deleted()
    if question is not None:
        deleted = deletion.delete_chosen(
            Post.objects.in_trash_of(request.user),
            [pk],
            by=request.user,
            include_generated=form.cleaned_data["include_generated"],
        )
    if question is None or not deleted.total:
        if not deletion.was_theirs(request.user, Post, pk):
            return _not_in_trash(request, pk)
        return _gone_from_page(request, [str(pk)], _("Already deleted."), "info")
    return _gone_from_page(
        request, [str(pk)], questions.deleted_text(deleted, of_version=question.is_of_version)
    )


@require_POST
def trash_restore(request: PersonRequest) -> HttpResponse:
    """Put the chosen posts and conversations back, or everything."""
    form = TrashedForm(request.POST)
    if not form.is_valid():
        return _refused(request, form)
    if form.wants_all:
        posts = trash.restore_all(owner=request.user)
        return _anew(request, _restored(posts, conversations.restore_all(owner=request.user)))
    chosen = form.chosen
    moved = trash.restore(owner=request.user, ids=chosen.posts)
    talks = conversations.restore(owner=request.user, ids=chosen.conversations)
    if form.is_undo:
        return _undone(request, moved, talks)
    missing = moved.missing + talks.missing
    if not (moved.ids or talks.ids):
        message = _with_missing(_("Nothing was changed."), missing)
        return _gone_from_page(request, chosen.names, message, "info")
    message = _with_missing(_restored(len(moved.ids), len(talks.ids)), missing)
    return _gone_from_page(request, chosen.names, message)


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
        return _gone_from_page(request, chosen.names, _("Already deleted."), "info")
    missing = len(chosen) - (deleted.total - deleted.generated) - deleted.conversations
    message = _with_missing(questions.deleted_text(deleted), missing)
    return _gone_from_page(request, chosen.names, message)


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
        return _anew(request, _("The trash is empty."), "info")
    asked = emptying.begin(request.user)
    if asked is None:
        return _anew(request, _("The trash is empty."), "info")
    ring_to_empty(asked.pk)
    if is_htmx(request):
        return render(request, "gallery/_emptying_begun.html", {"emptying": asked})
    return redirect("gallery:trash-list")


@require_safe
def trash_emptying(request: PersonRequest, pk: int) -> HttpResponse:
    """How far it is; the page asks until it is done."""
    asked = get_object_or_404(TrashEmptying.objects.filter(owner=request.user), pk=pk)
    return render(request, "gallery/_emptying.html", {"emptying": asked})


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
    message = _with_missing(message % {"n": len(ids)}, len(asked or ids) - len(ids))
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


def check_id(pk: int) -> None:
    """A number that no post can have is one that is not there, also where a list is asked for."""
    if pk > MAX_ID:
        raise Http404


def _shown(page: TrashPage, shelf: Moment | None = None) -> dict[str, object]:
    next_href = f"?before={page.next_cursor}" if page.next_cursor else ""
    return {"page": page, "next_href": next_href, "shelf_from": shelf}


def _joined(ids: list[int]) -> str:
    return ",".join(map(str, ids))


def _wall(request: HttpRequest) -> str:
    """The page that the form was on; the gallery if it was on the post's own, which is gone."""
    address = where_from(request)
    return reverse("gallery:post-list") if not address or "/posts/" in address else address


def _restored(posts: int, talks: int = 0) -> str:
    """What came back, in a sentence for each kind."""
    sentences = []
    if posts or not talks:
        text = ngettext("%(n)s post restored.", "%(n)s posts restored.", posts)
        sentences.append(text % {"n": posts})
    if talks:
        text = ngettext("%(n)s conversation restored.", "%(n)s conversations restored.", talks)
        sentences.append(text % {"n": talks})
    return " ".join(sentences)


def _with_missing(message: str, missing: int) -> str:
    """A message, and for how many of the chosen posts it does not hold."""
    if missing <= 0:
        return message
    return f"{message} {_('%(n)s not found.') % {'n': missing}}"


def _undone(request: PersonRequest, moved: Moved, talks: Moved) -> HttpResponse:
    """The cards as they are now, to stand where they stood; a list of conversations anew."""
    ids = moved.ids
    is_any = ids or talks.ids
    message = _restored(len(ids), len(talks.ids)) if is_any else _("Nothing was changed.")
    message = _with_missing(message, moved.missing + talks.missing)
    if talks.ids or not is_htmx(request):
        messages.success(request, message)
        page = _list_of_conversations(request) if talks.ids else _wall(request)
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


def go_to(request: HttpRequest, address: str) -> HttpResponse:
    """On to a page, also from a fragment."""
    if not is_htmx(request):
        return redirect(address)
    response = HttpResponse()
    response["HX-Redirect"] = address
    return response


def _already_deleted_from_wall(request: PersonRequest, pk: int) -> HttpResponse:
    """The card of a post that is deleted for good leaves the wall. 404 if it was not theirs."""
    if not deletion.was_theirs(request.user, Post, pk):
        raise Http404
    if not is_htmx(request):
        messages.info(request, _("Already deleted."))
        return redirect(_wall(request))
    context = {"gone": [pk], "counted": count_of_page(request)}
    response = render(request, "gallery/_undone.html", context)
    add_toast(response, _("Already deleted."))
    return response


def _not_in_trash(request: PersonRequest, pk: int) -> HttpResponse:
    """404. An open page of the trash takes the card away that it should not have any more."""
    if not is_htmx(request):
        raise Http404
    if deletion.was_theirs(request.user, Post, pk):
        message = _("Already deleted.")
    elif Post.objects.visible_to(request.user).filter(pk=pk).exists():
        message = _("This post is not in the trash any more.")
    else:
        raise Http404
    response = _gone_from_page(request, [str(pk)], message, "info")
    response.status_code = 404
    return response


def _gone_from_page(
    request: PersonRequest, names: list[str], message: str, level: Level = "success"
) -> HttpResponse:
    """The cards leave the page of the trash, and it says what is left."""
    if not is_htmx(request):
        return _anew(request, message, level)
    page = trash_page.figures_of(request.user)
    context = {"gone": names, **_shown(page), "shelf_anew": not page.shelf.count}
    response = render(request, "gallery/_trash_news.html", context)
    add_toast(response, message, level)
    return response


def _anew(request: HttpRequest, message: str, level: Level = "success") -> HttpResponse:
    """The page of the trash from its beginning."""
    messages.add_message(
        request, messages.SUCCESS if level == "success" else messages.INFO, message
    )
    return go_to(request, reverse("gallery:trash-list"))


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
