"""What one can do with a post of the library."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gallery.covers import with_covers
from gallery.forms import VisibilityForm
from gallery.models import Post
from gallery.post_forms import CaptionForm, CoverForm, PostProjectForm
from gallery.services import captions, covers, posts, projects
from pixelstream.accounts.requests import PersonRequest
from pixelstream.htmx import add_toast, is_htmx

View = Callable[[PersonRequest, int], HttpResponse]


def not_found_once_gone(view: View) -> View:
    """A post that went to the trash between look-up and change is not there, as before it."""

    @wraps(view)
    def look(request: PersonRequest, pk: int) -> HttpResponse:
        try:
            return view(request, pk)
        except Post.DoesNotExist as error:
            raise Http404 from error

    return look


@require_POST
@not_found_once_gone
def post_visibility(request: PersonRequest, pk: int) -> HttpResponse:
    """List a post for everybody, or take it out of the lists. Answers with its card."""
    post = get_object_or_404(Post.objects.visible_to(request.user).for_cards(), pk=pk)
    form = VisibilityForm(request.POST)
    if not form.is_valid():
        return HttpResponse(_("Say who finds the post."), status=422, content_type="text/plain")
    visibility = Post.Visibility(form.cleaned_data["visibility"])
    is_public = visibility is Post.Visibility.PUBLIC
    message = _("Everybody finds this post now.") if is_public else _("This post is unlisted now.")
    level, status = messages.SUCCESS, 200
    try:
        posts.set_visibility(post=post, visibility=visibility, by=request.user)
    except posts.BarredByAdminError:
        message = _("An administrator disabled this post. It cannot be made public.")
        level, status = messages.ERROR, 422
    if form.cleaned_data["view"]:
        return _back_to_post(request, post, message, level)
    if is_htmx(request):
        response = render(request, "gallery/_card.html", {"posts": with_covers([post])})
        response.status_code = status
        add_toast(response, message, "success" if status == 200 else "error")
        return response
    messages.add_message(request, level, message)
    return redirect(where_from(request) or post)


@require_POST
@not_found_once_gone
def post_caption(request: PersonRequest, pk: int) -> HttpResponse:
    """Change the caption. What was typed is kept when that does not work."""
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    form = CaptionForm(request.POST)
    if form.is_valid():
        text, seen = form.cleaned_data["caption"], form.cleaned_data["seen"]
        try:
            captions.edit_caption(post=post, text=text, seen=seen, by=request.user)
        except captions.CaptionBeingWrittenError:
            form.add_error(None, _("The caption is being written. Change it when it is there."))
        except captions.CaptionChangedError as error:
            form.show_conflict(error.current)
        else:
            return _back_to_post(request, post, _("The caption is saved."))
    template = "_post_caption_form" if is_htmx(request) else "post_caption"
    return render(request, f"gallery/{template}.html", {"post": post, "form": form}, status=422)


@require_POST
@not_found_once_gone
def post_cover(request: PersonRequest, pk: int) -> HttpResponse:
    """Choose the picture that stands for the post."""
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    form = CoverForm(request.POST)
    try:
        if not form.is_valid():
            raise covers.NoSuchPictureError
        covers.choose_cover(post=post, img=form.cleaned_data["img"], by=request.user)
    except covers.NoSuchPictureError:
        message = _("This picture is not there any more.")
        return _back_to_post(request, post, message, messages.ERROR)
    return _back_to_post(request, post, _("This picture is the cover now."))


@require_POST
@not_found_once_gone
def post_project(request: PersonRequest, pk: int) -> HttpResponse:
    """Move the post to another project, or out of its project."""
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    form = PostProjectForm(request.POST, owner=request.user)
    if not form.is_valid():
        return _back_to_post(request, post, _("This project is not there."), messages.ERROR)
    project = form.cleaned_data["project"]
    projects.move_post(post=post, project=project, by=request.user)
    moved, taken_out = _("Moved to “%(project)s”."), _("The post is in no project now.")
    message = moved % {"project": project.name} if project else taken_out
    return _back_to_post(request, post, message)


def _back_to_post(
    request: PersonRequest, post: Post, message: str, level: int = messages.SUCCESS
) -> HttpResponse:
    """On to the post's page, or to the live part of it; that is where the message is shown."""
    messages.add_message(request, level, message)
    return redirect("post-results" if is_htmx(request) else "post-detail", post.pk)


def where_from(request: HttpRequest) -> str:
    """The page of ours that the form was on, empty when that is not known."""
    address = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if ours else ""
