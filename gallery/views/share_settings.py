"""What the owner of a post says about who may open it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from gallery.models import Post
from gallery.qr_code import qr_code_of
from gallery.questions import Question
from gallery.services import posts, sharing
from gallery.share_forms import PlaceQuery, RevokeForm, SharingForm
from gallery.views.posts import not_found_once_gone
from gallery.views.trash_answers import ask
from pixelstream.absolute import absolute
from pixelstream.accounts.requests import PersonRequest
from pixelstream.htmx import add_toast, is_htmx


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request", "Cookie")
@not_found_once_gone
def share_settings(request: PersonRequest, pk: int) -> HttpResponse:
    """Who may see a post, and its link; a POST changes that.

    A dialog for the page that asks for it, else a page of its own.
    """
    post = _own_post(request, pk)
    if request.method == "POST":
        return _save(request, post)
    place = PlaceQuery(request.GET).place
    template = "_share_settings_dialog" if is_htmx(request) else "share_settings"
    return _render(request, template, post, SharingForm(post=post), place)


@require_POST
@not_found_once_gone
def share_revoke(request: PersonRequest, pk: int) -> HttpResponse:
    """Give the post another link, once that is confirmed."""
    post = _own_post(request, pk)
    form = RevokeForm(request.POST)
    if not form.is_confirmed:
        return ask(request, _about_revoking(post, form.place))
    sharing.revoke(post=post, by=request.user)
    return _saved(request, post, form.place, _("The old link is dead. This is the new one."))


def _own_post(request: PersonRequest, pk: int) -> Post:
    return get_object_or_404(Post.objects.visible_to(request.user), pk=pk)


def _save(request: PersonRequest, post: Post) -> HttpResponse:
    form = SharingForm(request.POST, post=post)
    if form.is_valid():
        try:
            sharing.set_sharing(post=post, choice=form.choice(), by=request.user)
        except posts.BarredByAdminError:
            message = _("An administrator disabled this post. It cannot be made public.")
            form.add_error("visibility", message)
        else:
            return _saved(request, post, form.place, _("The sharing of this post is saved."))
    template = "_share_settings" if is_htmx(request) else "share_settings"
    return _render(request, template, post, form, form.place, status=422)


def _saved(request: HttpRequest, post: Post, place: str, message: str) -> HttpResponse:
    """The dialog as it is now, with the part of the page below it that shows the same."""
    if not is_htmx(request):
        messages.success(request, message)
        return redirect("gallery:share-settings", post.pk)
    form = SharingForm(post=post)
    response = _render(request, "_share_settings_saved", post, form, place)
    add_toast(response, message, "success")
    return response


def _render(
    request: HttpRequest,
    template: str,
    post: Post,
    form: SharingForm,
    place: str,
    status: int = 200,
) -> HttpResponse:
    link = absolute(post.public_address)
    context = {"post": post, "form": form, "place": place, "link": link, "qr": qr_code_of(link)}
    return render(request, f"gallery/{template}.html", context, status=status)


def _about_revoking(post: Post, place: str) -> Question:
    return Question(
        title=_("Make a new link?"),
        body=_(
            "The old link stops working at once, for everybody who has it, and the addresses of "
            "the pictures a few seconds later. It never works again."
        ),
        action=reverse("gallery:share-revoke", args=[post.pk]),
        back=reverse("gallery:share-settings", args=[post.pk]),
        verb=_("Make a new link"),
        fields={"view": place},
    )
