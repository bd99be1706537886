"""What is asked once before something is deleted for good, or very much is moved; and said after.

Where deleting one picture is what happens, the words are those that the product promised from the
start; for the other cases there are words of the same kind.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gallery.models import EditConversation, Post, ReferenceImage
from gallery.models.conversations import EditConversationQuerySet
from gallery.services import conversations, deletion, trash
from gallery.services.deletion import Deleted
from gallery.trash_forms import Chosen
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


def about_conversation(user: User, pk: int) -> Question | None:
    """Before a conversation of the trash is deleted for good; None when it is not there."""
    found = EditConversation.objects.in_trash_of(user).filter(pk=pk)
    if not found.exists():
        return None
    return _about_conversations(found, Chosen([], [pk]))


def about_chosen(user: User, chosen: Chosen) -> Question | None:
    """Before chosen posts and conversations of the trash are deleted for good; None when none is
    there.
    """
    posts = Post.objects.in_trash_of(user).filter(pk__in=chosen.posts)
    talks = EditConversation.objects.in_trash_of(user).filter(pk__in=chosen.conversations)
    found = Chosen(
        list(posts.values_list("pk", flat=True)), list(talks.values_list("pk", flat=True))
    )
    if found.conversations and not found.posts:
        return _about_conversations(talks, found)
    if len(found) == 1:
        return about_post(user, found.posts[0])
    if not found:
        return None
    count = len(found.posts)
    body = _("Deleting will remove these posts with their pictures. This cannot be undone.")
    if found.conversations:
        body = _(
            "Deleting will remove these posts with their pictures, and these conversations. What "
            "was made in them stays. This cannot be undone."
        )
    family = deletion.descendants(found.posts) | (_made_in(talks) - {*found.posts})
    return Question(
        title=_title(count, len(found.conversations)),
        body=body,
        facts=_frees(trash.size_of(posts)),
        action=reverse("gallery:trash-delete"),
        back=reverse("gallery:trash-list"),
        verb=_("Delete"),
        fields={"posts": ",".join(found.names)},
        family=len(family),
        family_body=_original_and_versions(),
    )


def about_emptying(page: TrashPage) -> Question:
    """Before the whole trash is deleted for good."""
    sentences = []
    if page.shelf.count:
        text = ngettext(
            "%(n)s conversation is deleted for good. What was made in it stays, unless it is in "
            "the trash too.",
            "%(n)s conversations are deleted for good. What was made in them stays, unless it is "
            "in the trash too.",
            page.shelf.count,
        )
        sentences.append(text % {"n": page.shelf.shown_count})
    if page.count:
        text = ngettext(
            "%(n)s post is deleted for good, with its pictures. This cannot be undone.",
            "%(n)s posts are deleted for good, with their pictures. This cannot be undone.",
            page.count,
        )
        sentences.append(text % {"n": page.shown_count})
    else:
        sentences.append(_("This cannot be undone."))
    return Question(
        title=_("Empty trash?"),
        body=" ".join(sentences),
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
    """What is gone, in a sentence or two. `of_version`: a post whose original stays."""
    if deleted.conversations:
        text = ngettext(
            "%(n)s conversation deleted for good.",
            "%(n)s conversations deleted for good.",
            deleted.conversations,
        ) % {"n": deleted.conversations}
        posts = replace(deleted, conversations=0)
        return f"{text} {deleted_text(posts)}" if deleted.total else text
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


def _about_conversations(talks: EditConversationQuerySet, found: Chosen) -> Question:
    count = len(found.conversations)
    made = _made_in(talks)
    body = ngettext(
        "Deleting will remove this conversation with its messages. What was made in it stays. "
        "This cannot be undone.",
        "Deleting will remove these conversations with their messages. What was made in them "
        "stays. This cannot be undone.",
        count,
    )
    whole = ngettext(
        "Deleting will remove this conversation with its messages, and all images made in it "
        "or from these. This cannot be undone.",
        "Deleting will remove these conversations with their messages, and all images made in "
        "them or from these. This cannot be undone.",
        count,
    )
    frees = _frees(trash.size_of(Post.objects.filter(pk__in=made)))
    return Question(
        title=_("Delete conversation?") if count == 1 else _title(0, count),
        body=body,
        action=reverse("gallery:trash-delete"),
        back=reverse("gallery:trash-list"),
        verb=_("Delete"),
        fields={"posts": ",".join(found.names)},
        family=len(made),
        family_body=f"{whole} {frees}".strip(),
    )


def _made_in(talks: EditConversationQuerySet) -> set[int]:
    """The posts that were made in conversations, and everything that was made from those."""
    made = set(conversations.outputs_of(talks).values_list("pk", flat=True))
    return made | deletion.descendants(made)


def _title(posts: int, talks: int) -> str:
    """Of the question about so many posts and conversations, not a single one of either alone."""
    if not talks:
        return ngettext("Delete %(n)s post?", "Delete %(n)s posts?", posts) % {"n": posts}
    if not posts:
        return ngettext("Delete %(n)s conversation?", "Delete %(n)s conversations?", talks) % {
            "n": talks
        }
    return _("Delete %(posts)s and %(conversations)s?") % {
        "posts": ngettext("%(n)s post", "%(n)s posts", posts) % {"n": posts},
        "conversations": ngettext("%(n)s conversation", "%(n)s conversations", talks)
        % {"n": talks},
    }


def _original_and_versions() -> str:
    return _(
        "Deleting will cancel any in-progress generation and remove the original plus all "
        "generated versions. This cannot be undone."
    )


def _frees(size: int) -> str:
    return _("This frees %(size)s.") % {"size": file_size(size)} if size else ""
