"""The dialog that begins a conversation: what is to be changed in a picture."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from gallery.models import EditConversation, GeneratedImage, Post
from generation.conversation_forms import EditQuery, EditStartForm
from generation.services import editing
from generation.views.source_pictures import source_picture
from generation.views.wishes import fulfil, sent_form
from pixelstream.accounts.requests import PersonRequest
from pixelstream.htmx import is_htmx


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request", "Cookie")
def post_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """What is to be changed in a picture of a post; a POST begins the conversation.

    A dialog for the page that asks for it, else a page of its own.
    """
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    if request.method == "POST":
        return _start(request, post)
    query = EditQuery(request.GET)
    image = source_picture(post, image_id=query.value("image"), number=query.value("img"))
    models = [spec.key for spec in editing.default_models_for(image, request.user)]
    form = EditStartForm(owner=request.user, initial={"models": models})
    template = "_edit_dialog" if is_htmx(request) else "post_edit"
    return _render(request, template, post, image, form)


def _start(request: PersonRequest, post: Post) -> HttpResponse:
    form = sent_form(request, partial(EditStartForm, owner=request.user))
    image_id = form.cleaned_data.get("image") if form.is_valid() else None
    image = source_picture(post, image_id=image_id)
    if image_id is not None and image.pk != image_id:
        form.add_error(None, _("This picture is not there any more."))
    begun = _begin(request, form, image) if form.is_valid() else None
    if begun is None:
        template = "_edit_start" if is_htmx(request) else "post_edit"
        return _render(request, template, post, image, form, status=422)
    for notice in form.notices:
        messages.info(request, notice)
    if is_htmx(request):
        return HttpResponse(headers={"HX-Redirect": begun.get_absolute_url()})
    return redirect(begun)


def _begin(
    request: PersonRequest, form: EditStartForm, image: GeneratedImage
) -> EditConversation | None:
    begin = partial(
        editing.start_conversation,
        owner=request.user,
        source=image,
        wish=form.wish(image),
        form_key=form.cleaned_data["form_key"],
    )
    return fulfil(request.user, form, begin)


def _render(
    request: PersonRequest,
    template: str,
    post: Post,
    image: GeneratedImage,
    form: EditStartForm,
    status: int = 200,
) -> HttpResponse:
    context = {"post": post, "image": image, "form": form, "is_dialog": is_htmx(request)}
    return render(request, f"generation/{template}.html", context, status=status)
