"""Deleting posts for good from the admin: whoever owns them, in the trash or not.

A person deletes out of the trash only. An administrator removes what must not stay, at once, by
the same service and with the same receipts.
"""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gallery.models import Post
from gallery.questions import deleted_text
from gallery.services import deletion
from gallery.trash_forms import DeleteForm
from pixelstream.accounts.models import User

NAMED = 20
"""Posts that the question names; the others it counts."""


@admin.action(
    description=gettext_lazy("Delete the selected posts for good"), permissions=["change"]
)
def delete_for_good(
    modeladmin: admin.ModelAdmin[Post], request: HttpRequest, queryset: QuerySet[Post]
) -> HttpResponse | None:
    """Ask once, then delete the chosen posts, by default with all that was made from them."""
    form = DeleteForm(request.POST)
    chosen = list(queryset.order_by("pk").values_list("pk", flat=True))
    if not form.is_confirmed:
        return _ask(modeladmin, request, chosen)
    deleted = deletion.delete_chosen(
        Post.objects.all(),
        chosen,
        by=cast(User, request.user),
        include_generated=form.cleaned_data["include_generated"],
    )
    if not deleted.total:
        modeladmin.message_user(request, _("Already deleted."), messages.INFO)
        return None
    lost = ngettext(
        "The user can no longer access this photo.",
        "The users can no longer access these photos.",
        deleted.total - deleted.generated,
    )
    modeladmin.message_user(request, f"{deleted_text(deleted)} {lost}", messages.SUCCESS)
    return None


def _ask(
    modeladmin: admin.ModelAdmin[Post], request: HttpRequest, chosen: list[int]
) -> TemplateResponse:
    number = len(chosen)
    body = ngettext(
        "Deleting will remove this photo and every generated version for the user. "
        "This cannot be undone.",
        "Deleting will remove these photos and every generated version for their users. "
        "This cannot be undone.",
        number,
    )
    title = _("Delete image?")
    if number > 1:
        title = ngettext("Delete %(n)s post?", "Delete %(n)s posts?", number) % {"n": number}
    context: dict[str, Any] = {
        **modeladmin.admin_site.each_context(request),
        "opts": modeladmin.model._meta,
        "title": title,
        "body": body,
        "lost": ngettext(
            "The user will lose access immediately.",
            "The users will lose access immediately.",
            number,
        ),
        "posts": Post.objects.filter(pk__in=chosen[:NAMED]).select_related("owner").order_by("pk"),
        "more": max(0, number - NAMED),
        "ids": chosen,
        "checkbox": ACTION_CHECKBOX_NAME,
        "action": delete_for_good.__name__,
    }
    return TemplateResponse(request, "admin/gallery/post/delete_for_good.html", context)
