"""Projects: folders of posts."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from gallery.models import Post, Project
from pixelstream.accounts.models import User

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
        .with_pictures()
    )
    sheets = {project.pk: ContactSheet(project, []) for project in projects}
    for post in posts:
        if post.project_id is not None:
            sheets[post.project_id].posts.append(post)
    return list(sheets.values())
