"""What a post takes over from the one that it comes from."""

from __future__ import annotations

from typing import Any

from gallery.models import Post, Project
from gallery.services.posts import first_visibility
from pixelstream.accounts.models import User


def inherited(source: Post | None, owner: User) -> dict[str, Any]:
    """Caption, project and how it is shared, as fields of the new post: not further than the
    source. Nothing where that is gone. Call it in the transaction that makes the post.
    """
    if source is None:
        return {}
    return {
        "caption": source.caption,
        "caption_model": source.caption_model,
        "project": _still_there(source.project_id),
        "visibility": _visibility(source, owner),
        # An end was set for the one link; what has ended stays so.
        "sharing_enabled": source.is_shared,
        "prompt_is_shared": source.prompt_is_shared,
        "downloads_allowed": source.downloads_allowed,
    }


def _visibility(source: Post, owner: User) -> Post.Visibility:
    """As the person's new posts begin, but never found by more people than the source."""
    is_listed = source.visibility == Post.Visibility.PUBLIC and not source.is_disabled_by_admin
    return first_visibility(owner) if is_listed else Post.Visibility.UNLISTED


def _still_there(project_id: int | None) -> Project | None:
    """The project, which is not deleted before the transaction ends."""
    if project_id is None:
        return None
    return Project.objects.select_for_update(no_key=True).filter(pk=project_id).first()
