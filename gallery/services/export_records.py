"""The rows of a person as an export writes them down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gallery import signals
from gallery.models import GeneratedImage, Post, Project, ReferenceImage, Report
from gallery.services.export_files import fields_of
from pixelstream.accounts.models import User

OWN = frozenset({"owner_id", "object_id"})
"""Columns that say nothing elsewhere."""

OF_OTHERS = frozenset({"post_id", "reporter_id", "resolved_by_id"})
"""What a report says of others, whose it is not to take along."""


def reference_record(reference: ReferenceImage, name: str) -> dict[str, Any]:
    """A reference, whose file in the archive has this name."""
    return {
        **fields_of(reference, without=OWN),
        "file": name,
        "media_type": reference.object.content_type,
    }


def post_record(
    post: Post, images: Iterable[GeneratedImage], names: dict[int, str]
) -> dict[str, Any]:
    """A post with its messages and pictures, whose files have these names by their ids."""
    messages = [
        {
            **fields_of(message, without=frozenset({"post_id"})),
            "attachments": sorted(message.attachments.values_list("pk", flat=True)),
        }
        for message in post.messages.order_by("pk")
    ]
    pictures = [
        {
            **fields_of(image, without=OWN | {"post_id"}),
            "file": names[image.pk],
            "media_type": image.object.content_type,
        }
        for image in images
    ]
    return {
        **fields_of(post, without=OWN),
        "is_in_trash": post.deleted_at is not None,
        "messages": messages,
        "images": pictures,
    }


def account_record(owner: User) -> dict[str, Any]:
    """The person, their projects, what they reported, and what else is kept of them (`signals`). No
    password, no settings that mean something only here.
    """
    projects = Project.objects.owned_by(owner).order_by("pk")
    reports = Report.objects.filter(reporter=owner).order_by("pk")
    record: dict[str, Any] = {
        "email": owner.email,
        "name": owner.name,
        "handle": owner.handle,
        "bio": owner.bio,
        "posts_begin_public": owner.posts_begin_public,
        "language": owner.language,
        "date_joined": owner.date_joined,
        "projects": [fields_of(project, without=OWN) for project in projects],
        "reports": [fields_of(report, without=OF_OTHERS) for report in reports],
    }
    signals.account_described.send(User, person=owner, record=record)
    return record
