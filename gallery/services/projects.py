"""Projects: folders of posts."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from gallery.covers import with_covers
from gallery.models import AuditEvent, Post, Project
from gallery.services.posts import lock
from pixelstream.accounts.models import User
from pixelstream.live_bus import announce_on_commit

SHEET_PICTURES = 4


@dataclass(frozen=True)
class ContactSheet:
    """A project with the newest pictures of it."""

    project: Project
    posts: list[Post]


def contact_sheets(owner: User, *, limit: int = 8) -> list[ContactSheet]:
    """The person's projects, last used first, each with its newest posts that have a picture.

    The number of queries does not depend on the number of projects.
    """
    projects = list(Project.objects.owned_by(owner).order_by("-updated_at", "-id")[:limit])
    newest = Window(RowNumber(), partition_by=F("project"), order_by=F("id").desc())
    posts = (
        Post.objects.live()
        .filter(project__in=projects, status__in=Post.SHOWABLE)
        .annotate(place=newest)
        .filter(place__lte=SHEET_PICTURES)
        .order_by("-id")
        .for_cards()
    )
    sheets = {project.pk: ContactSheet(project, []) for project in projects}
    for post in with_covers(posts):
        if post.project_id is not None:
            sheets[post.project_id].posts.append(post)
    return list(sheets.values())


def move_post(*, post: Post, project: Project | None, by: User) -> bool:
    """Put a post into a project of its owner, or into none. Returns whether it was elsewhere.

    Raises Post.DoesNotExist when the post went.
    """
    with transaction.atomic():
        locked = lock(post)
        if locked.project_id == (project.pk if project else None):
            return False
        Post.objects.filter(pk=locked.pk).update(
            project=project, revision=F("revision") + 1, updated_at=timezone.now()
        )
        AuditEvent.objects.record("post.project", actor=by, target=locked)
        announce_on_commit(post_id=locked.pk, owner_id=locked.owner_id)
    return True
