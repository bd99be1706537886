"""Projects: folders of posts."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
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

    Three queries, however many projects and posts there are; a project's posts are found from the
    end of its index, and not read all.
    """
    shown = Post.objects.live().filter(status__in=Post.SHOWABLE)
    newest = shown.filter(project=OuterRef("pk"), owner=OuterRef("owner")).order_by("-pk")
    places = [f"post_{place}" for place in range(SHEET_PICTURES)]
    projects = list(
        Project.objects.owned_by(owner)
        .annotate(
            **{
                name: Subquery(newest.values("pk")[place : place + 1])
                for place, name in enumerate(places)
            }
        )
        .order_by("-updated_at", "-id")[:limit]
    )
    on_sheets = {project.pk: [getattr(project, name) for name in places] for project in projects}
    posts = shown.filter(pk__in={pk for pks in on_sheets.values() for pk in pks if pk is not None})
    there = {post.pk: post for post in with_covers(posts.for_cards())}
    return [
        ContactSheet(project, [there[pk] for pk in on_sheets[project.pk] if pk in there])
        for project in projects
    ]


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
