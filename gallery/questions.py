"""What is asked once before something is deleted for good, or very much is moved; and said after.

Where deleting one picture is what happens, the words are those that the product promised from the
start; for the other cases there are words of the same kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gallery.models import Post, ReferenceImage
from gallery.services import deletion, trash
from gallery.services.deletion import Deleted
from gallery.trash_page import TrashPage
from pixelstream.accounts.models import User
from pixelstream.file_sizes import file_size


@dataclass(frozen=True)
class Question:
    """A question with the form that answers it."""

    title: str
    body: str
    action: str
    """Where a yes is sent, with `fields` and `confirm=1`."""
    back: str
    verb: str
    facts: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    family: int = 0
    """Posts made from it, which go along on request; none is no choice."""
    takes_family: bool = False
    """Whether they go along unless somebody says no."""
    family_body: str = ""
    """Stands in the place of `body` while they go along."""
    is_final: bool = True
    """Whether it cannot be undone."""
    is_of_version: bool = False
    """Whether it is about a post that was made from another one, which stays."""


def about_post(user: User, pk: int) -> Question | None:
    """Before a post of the trash is deleted for good; None when it is not there."""
    in_trash = Post.objects.in_trash_of(user)
    post = in_trash.select_related("parent").filter(pk=pk).first()
    if post is None:
        return None
    family = len(deletion.descendants([pk]))
    body = whole = _original_and_versions()
    is_of_version = bool(post.parent and not post.parent.deleted_at)
    if is_of_version:
        body = whole = _("Deleting will remove this generated image. The original stays available.")
    elif family:
        body = _(
            "Deleting will remove this post with its pictures. What was made from it stays. "
            "This cannot be undone."
        )
    return Question(
        title=_("Delete image?"),
        body=body,
        facts=_frees(trash.size_of(in_trash.filter(pk=pk))),
        action=reverse("gallery:post-delete", args=[pk]),
        back=reverse("gallery:trash-list"),
        verb=_("Delete"),
        family=family,
        family_body=whole,
        is_of_version=is_of_version,
    )


def about_chosen(user: User, ids: Iterable[int]) -> Question | None:
    """Before chosen posts of the trash are deleted for good; None when none is there."""
    posts = Post.objects.in_trash_of(user).filter(pk__in=list(ids))
    found = list(posts.values_list("pk", flat=True))
    if len(found) == 1:
        return about_post(user, found[0])
    if not found:
        return None
    return Question(
        title=ngettext("Delete %(n)s post?", "Delete %(n)s posts?", len(found)) % {"n": len(found)},
        body=_("Deleting will remove these posts with their pictures. This cannot be undone."),
        facts=_frees(trash.size_of(posts)),
        action=reverse("gallery:trash-delete"),
        back=reverse("gallery:trash-list"),
        verb=_("Delete"),
        fields={"posts": _joined(found)},
        family=len(deletion.descendants(found)),
        family_body=_original_and_versions(),
    )


def about_emptying(page: TrashPage) -> Question:
    """Before the whole trash is deleted for good."""
    return Question(
        title=_("Empty trash?"),
        body=ngettext(
            "%(n)s post is deleted for good, with its pictures. This cannot be undone.",
            "%(n)s posts are deleted for good, with their pictures. This cannot be undone.",
            page.count,
        )
        % {"n": page.shown_count},
        facts=_frees(page.size) if page.is_counted else "",
        action=reverse("gallery:trash-empty"),
        back=reverse("gallery:trash-list"),
        verb=_("Empty trash"),
    )


def about_reference(reference: ReferenceImage) -> Question:
    """Before an uploaded original is deleted for good, by default with what was made with it."""
    made = list(deletion.made_with(reference).values_list("pk", flat=True))
    family = {*made, *deletion.descendants(made)}
    body = _original_and_versions()
    if family:
        body = _(
            "Deleting will remove this upload. Pictures made with it stay; made again, they are "
            "made without it. This cannot be undone."
        )
    return Question(
        title=_("Delete image?"),
        body=body,
        facts=_frees(reference.object.size),
        action=reverse("gallery:reference-delete", args=[reference.pk]),
        back=reverse("gallery:reference-list"),
        verb=_("Delete"),
        family=len(family),
        takes_family=True,
        family_body=_original_and_versions(),
    )


def about_moving(count: int, *, fields: dict[str, str], back: str) -> Question:
    """Before very many posts are moved to the trash at once."""
    return Question(
        title=ngettext("Move %(n)s post to the trash?", "Move %(n)s posts to the trash?", count)
        % {"n": count},
        body=_("They stay there for a while and can be restored."),
        action=reverse("gallery:batch"),
        back=back,
        verb=_("Move to trash"),
        fields=fields,
        is_final=False,
    )


def deleted_text(deleted: Deleted, *, of_version: bool = False) -> str:
    """What is gone, in a sentence. `of_version`: a post whose original stays."""
    if of_version and not deleted.generated:
        return _("Image deleted.")
    if deleted.total - deleted.generated == 1:
        return original_deleted_text(deleted)
    return ngettext(
        "%(n)s post deleted for good.", "%(n)s posts deleted for good.", deleted.total
    ) % {"n": deleted.total}


def original_deleted_text(deleted: Deleted) -> str:
    """What is gone with one original, in a sentence."""
    return ngettext(
        "Image deleted. Removed 1 original and %(n)s generated version.",
        "Image deleted. Removed 1 original and %(n)s generated versions.",
        deleted.generated,
    ) % {"n": deleted.generated}


def _original_and_versions() -> str:
    return _(
        "Deleting will cancel any in-progress generation and remove the original plus all "
        "generated versions. This cannot be undone."
    )


def _frees(size: int) -> str:
    return _("This frees %(size)s.") % {"size": file_size(size)} if size else ""


def _joined(ids: Iterable[int]) -> str:
    return ",".join(map(str, ids))
