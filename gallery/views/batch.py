"""One action on many posts of the wall."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from gallery import questions
from gallery.batch_forms import Action, BatchForm
from gallery.covers import with_covers
from gallery.models import Post, Project
from gallery.services import batch, trash
from gallery.services.batch import Outcome
from gallery.views.downloads import archive_response, metadata_of
from gallery.views.trash_answers import ask, trashed_response
from pixelstream.accounts.requests import PersonRequest
from pixelstream.htmx import add_toast, is_htmx

SHOWN_AT_ONCE = 120
"""Cards that an answer brings anew; of more, the page shows the change when it is next loaded."""

ASKED_ABOVE = 50
"""More posts than these are not moved to the trash without a question."""


@require_POST
def batch_posts(request: PersonRequest) -> HttpResponseBase:
    """Download the posts, change who finds them, move them to a project or to the trash."""
    form = BatchForm(request.POST, owner=request.user)
    if not form.is_valid():
        return _refused(request, form)
    action = form.cleaned_data["action"]
    if action is Action.DOWNLOAD:
        name = f"pixelstream_{datetime.now(UTC).date().isoformat()}.zip"
        metadata = metadata_of(request, form.cleaned_data["metadata"])
        return archive_response(request, form.chosen(), metadata, name)
    if form.lacks_project:
        return _choose_project(request, form)
    if action is Action.TRASH:
        return _trash(request, form)
    if action is Action.VISIBILITY:
        return _set_visibility(request, form)
    return _move(request, form)


def _set_visibility(request: PersonRequest, form: BatchForm) -> HttpResponse:
    visibility = Post.Visibility(form.cleaned_data["visibility"])
    outcome = batch.set_visibility(owner=request.user, ids=form.chosen_ids(), visibility=visibility)
    count = len(outcome.done)
    if visibility is Post.Visibility.PUBLIC:
        message = ngettext("%(n)s post is public now.", "%(n)s posts are public now.", count)
    else:
        message = ngettext("%(n)s post is unlisted now.", "%(n)s posts are unlisted now.", count)
    return _answer(request, form, outcome, message % {"n": count})


def _move(request: PersonRequest, form: BatchForm) -> HttpResponse:
    project: Project | None = form.cleaned_data["project"]
    outcome = batch.move_to_project(owner=request.user, ids=form.chosen_ids(), project=project)
    count = len(outcome.done)
    if project:
        message = ngettext(
            "%(n)s post moved to “%(project)s”.", "%(n)s posts moved to “%(project)s”.", count
        )
    else:
        message = ngettext(
            "%(n)s post is in no project now.", "%(n)s posts are in no project now.", count
        )
    words = {"n": count, "project": project.name if project else ""}
    return _answer(request, form, outcome, message % words, are_elsewhere=True)


def _trash(request: PersonRequest, form: BatchForm) -> HttpResponse:
    ids, back = form.chosen_ids(), _back(form)
    if len(ids) > ASKED_ABOVE and not form.cleaned_data["confirm"]:
        # The ids of now: what comes to match later was not asked about.
        fields = {"action": Action.TRASH.value, "posts": ",".join(map(str, ids))}
        fields["filters"] = form.cleaned_data["filters"]
        fields["within"] = str(form.cleaned_data["within"] or "")
        return ask(request, questions.about_moving(len(ids), fields=fields, back=back))
    moved = trash.trash(owner=request.user, ids=ids)
    if moved.ids:
        return trashed_response(request, moved.ids, back=back, asked=ids)
    nothing = Outcome(missing=moved.missing)
    return _answer(request, form, nothing, _("Nothing was changed."))


def _choose_project(request: PersonRequest, form: BatchForm) -> HttpResponse:
    """All projects to choose from, when the few in the menu are not enough."""
    projects = Project.objects.owned_by(request.user).order_by("name")
    context = {"form": form, "projects": projects, "back": _back(form)}
    context["ids"] = ",".join(map(str, form.cleaned_data["posts"]))
    return render(request, "gallery/batch_projects.html", context)


def _answer(
    request: PersonRequest,
    form: BatchForm,
    outcome: Outcome,
    message: str,
    *,
    are_elsewhere: bool = False,
) -> HttpResponse:
    """The changed cards and a toast; without JavaScript a page that tells of every post.

    Posts that were not there leave the wall.
    `are_elsewhere`: what was done does not belong on the wall of a project any more.
    """
    sentences = list(_sentences(outcome))
    if not is_htmx(request):
        context = {"message": message, "sentences": sentences, "outcome": outcome}
        return render(request, "gallery/batch_result.html", {**context, "back": _back(form)})
    chosen = set(form.cleaned_data["posts"])
    there = {*outcome.done, *(skipped.post.pk for skipped in outcome.skipped)}
    gone = sorted(chosen - there)
    shown = [pk for pk in outcome.done if pk in chosen]
    if are_elsewhere and form.cleaned_data["within"]:
        gone, shown = gone + shown, []
    posts = Post.objects.visible_to(request.user).filter(pk__in=shown[:SHOWN_AT_ONCE])
    cards = [[post] for post in with_covers(posts.for_cards())] if shown else []
    context = {"posts": cards, "gone": gone}
    response = render(request, "gallery/_batch_done.html", context)
    told = " ".join([message, *sentences])
    add_toast(response, told, "success" if outcome.done else "info")
    return response


def _refused(request: PersonRequest, form: BatchForm) -> HttpResponse:
    message = str(next(iter(form.errors.values()))[0])
    if is_htmx(request):
        response = HttpResponse(status=422)
        add_toast(response, message, "error")
        return response
    context = {"title": _("Nothing was changed."), "text": message, "back": _back(form)}
    return render(request, "gallery/batch_problem.html", context, status=422)


def _sentences(outcome: Outcome) -> list[str]:
    """What was not done, and why."""
    sentences = [
        _("%(n)s skipped: %(reason)s.") % {"n": count, "reason": reason.label}
        for reason, count in outcome.reasons
    ]
    if outcome.missing:
        sentences.append(_("%(n)s not found.") % {"n": outcome.missing})
    return sentences


def _back(form: BatchForm) -> str:
    """The page that the form was on."""
    within = form.cleaned_data.get("within")
    page = reverse("gallery:project-detail", args=[within]) if within else None
    query = QueryDict(str(form.cleaned_data.get("filters") or "")).urlencode()
    return f"{page or reverse('gallery:post-list')}{'?' if query else ''}{query}"
