"""What is done to several posts at once, from the list of posts and from what was reported."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gallery.models import Post
from gallery.services import moderation
from pixelstream.accounts.models import User
from pixelstream.admin import note
from pixelstream.admin_questions import Question, ask, reason_of


def disable_posts(
    modeladmin: admin.ModelAdmin[Any],
    request: HttpRequest,
    *,
    chosen: Collection[int],
    posts: list[int],
) -> HttpResponse | None:
    """Ask why, then disable these posts. `chosen` are the ticked rows of the list."""
    form = reason_of(request)
    if not form.is_valid():
        rows = Post.objects.select_related("owner")
        question = _about_disabling(len(posts))
        return ask(modeladmin, request, question, chosen=chosen, meant=posts, rows=rows, form=form)
    reason = form.cleaned_data["reason"]
    changed = moderation.disable(posts, reason=reason, by=cast(User, request.user))
    note(request, Post, changed, because_disabled(reason))
    said = ngettext("%(n)s post disabled.", "%(n)s posts disabled.", len(changed))
    say(modeladmin, request, said, changed)
    return None


def keep_posts(
    modeladmin: admin.ModelAdmin[Any], request: HttpRequest, *, posts: list[int]
) -> None:
    """Leave these posts as they are; nobody has to look at what was reported of them any more."""
    kept = moderation.keep(posts, by=cast(User, request.user))
    note(request, Post, kept, _("Kept."))
    said = ngettext("%(n)s post kept as it is.", "%(n)s posts kept as they are.", len(kept))
    say(modeladmin, request, said, kept)


def because_disabled(reason: str) -> str:
    """What the history of a post says."""
    return _("Disabled: %(reason)s") % {"reason": reason}


def say(
    modeladmin: admin.ModelAdmin[Any],
    request: HttpRequest,
    said: str,
    changed: Collection[int],
    more: str = "",
) -> None:
    """What was done, with the number of posts; that it was nothing when somebody was faster."""
    text = said % {"n": len(changed)} if changed else _("Nothing was changed.")
    level = messages.SUCCESS if changed else messages.WARNING
    modeladmin.message_user(request, f"{text} {more}".strip(), level)


def _about_disabling(number: int) -> Question:
    title = ngettext("Disable %(n)s post?", "Disable %(n)s posts?", number) % {"n": number}
    body = ngettext(
        "Nobody but its owner sees it any more, from the next request on. Its owner reads the "
        "reason, and cannot make it public.",
        "Nobody but their owners sees them any more, from the next request on. Their owners read "
        "the reason, and cannot make them public.",
        number,
    )
    return Question("disable", title, body, _("Disable"))
