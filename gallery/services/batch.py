"""One action on many posts: all of it or nothing, with what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gallery.models import AuditEvent, Post, Project
from gallery.services import posts, review
from pixelstream.accounts.models import User
from pixelstream.live_bus import announce_on_commit

CHUNK = 500
FIELDS = (
    *("owner_id", "status", "caption", "prompt", "visibility", "project_id"),
    "is_disabled_by_admin",
)


class Reason(models.TextChoices):
    """Why a post was left as it is."""

    AS_WANTED = "as_wanted", _("already so")
    DISABLED = "disabled", _("disabled by an administrator")


@dataclass(frozen=True)
class Skipped:
    """A post that was left as it is."""

    post: Post
    reason: Reason


@dataclass
class Outcome:
    """What became of each post. `missing` counts what is not there or not this person's."""

    done: list[int] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    missing: int = 0

    @property
    def reasons(self) -> list[tuple[Reason, int]]:
        """Why posts were skipped and how many for that reason, the most frequent first."""
        return Counter(skipped.reason for skipped in self.skipped).most_common()


def set_visibility(*, owner: User, ids: Iterable[int], visibility: Post.Visibility) -> Outcome:
    """List the posts for everybody, or take them out of the lists.

    What an administrator disabled cannot be made public.
    """

    def reason_to_skip(post: Post) -> Reason | None:
        if post.visibility == visibility:
            return Reason.AS_WANTED
        if posts.is_barred(post, visibility):
            return Reason.DISABLED
        return None

    action = f"post.batch.{visibility.value}"
    return _change(owner, ids, action, reason_to_skip, visibility=visibility)


def move_to_project(*, owner: User, ids: Iterable[int], project: Project | None) -> Outcome:
    """Put the posts into a project of the same person, or take them out of theirs."""
    target = project.pk if project else None

    def reason_to_skip(post: Post) -> Reason | None:
        return Reason.AS_WANTED if post.project_id == target else None

    return _change(owner, ids, "post.batch.project", reason_to_skip, project=project)


@transaction.atomic
def _change(
    owner: User,
    ids: Iterable[int],
    action: str,
    reason_to_skip: Callable[[Post], Reason | None],
    **values: Any,
) -> Outcome:
    """Give the posts these values, in chunks: two queries each, however many posts there are."""
    wanted = list(dict.fromkeys(ids))
    outcome = Outcome()
    for at in range(0, len(wanted), CHUNK):
        _change_chunk(owner, wanted[at : at + CHUNK], reason_to_skip, values, outcome)
    AuditEvent.objects.record(
        action,
        actor=owner,
        done=len(outcome.done),
        skipped=len(outcome.skipped),
        missing=outcome.missing,
    )
    return outcome


def _change_chunk(
    owner: User,
    ids: Sequence[int],
    reason_to_skip: Callable[[Post], Reason | None],
    values: dict[str, Any],
    outcome: Outcome,
) -> None:
    own = Post.objects.visible_to(owner).filter(pk__in=ids).order_by("-pk").only(*FIELDS)
    found = list(own.select_for_update(of=("self",)))
    reasons = {post: reason_to_skip(post) for post in found}
    changing = [post for post, reason in reasons.items() if reason is None]
    outcome.missing += len(ids) - len(found)
    outcome.skipped += [Skipped(post, reason) for post, reason in reasons.items() if reason]
    outcome.done += [post.pk for post in changing]
    Post.objects.filter(pk__in=[post.pk for post in changing]).update(
        **values, revision=F("revision") + 1, updated_at=timezone.now()
    )
    if values.get("visibility") == Post.Visibility.PUBLIC:
        review.became_public([post.pk for post in changing])
    for post in changing:
        # The others have no stream: their pages see the revision when they ask the next time.
        if post.is_unfinished:
            announce_on_commit(post_id=post.pk, owner_id=post.owner_id)
