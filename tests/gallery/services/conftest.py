"""What tests of services begin with."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gallery.models import ChatMessage, GeneratedImage, Post
from gallery.services import outbox, trash
from pixelstream.accounts.models import User
from tests.factories import create_post, create_project, create_reference
from tests.gallery.services.archives import LONG_AGO, as_elsewhere, export_of, save_parts


@pytest.fixture
def stopped_at(settings: Any) -> Iterator[Callable[[str], None]]:
    """Let the process fail once at a place; `""` lets it run."""
    marks = settings.DATA_DIR / "faultpoints"

    def plan(place: str) -> None:
        shutil.rmtree(marks, ignore_errors=True)
        settings.FAULTPOINTS = f"{place}=raise" if place else ""

    yield plan
    shutil.rmtree(marks, ignore_errors=True)


@pytest.fixture
def library(alice: User) -> dict[str, Any]:
    """A bit of everything: a project, references, a family, a conversation, trash, a failure."""
    project = create_project(alice)
    reference = create_reference(alice, kept=True)
    first = create_post(
        alice,
        images=2,
        project=project,
        visibility="public",
        prompt_is_shared=True,
        downloads_allowed=False,
        prompt='a lighthouse, "quoted" & <tagged> \u2014 ção \U0001f30a',
        download_count=7,
    )
    message = first.messages.create(role="user", text="a lighthouse", snapshot={"seed": 5})
    message.attachments.set([reference])
    first.messages.create(role="assistant", text="Last light.", duration_ms=900)
    child = create_post(alice, parent=first, caption="Darker.", seed=42, cover_position=0)
    trashed = create_post(alice, parent=child, caption="Too dark.")
    failed = create_post(alice, images=0, status=Post.Status.FAILED, caption="")
    Post.objects.filter(pk=first.pk).update(created_at=LONG_AGO)
    GeneratedImage.objects.filter(post=first).update(created_at=LONG_AGO, cost="0.040000")
    ChatMessage.objects.filter(pk=message.pk).update(created_at=LONG_AGO)
    trash.trash(owner=alice, ids=[trashed.pk])
    outbox.run()
    return {
        "project": project,
        "reference": reference,
        "first": first,
        "child": child,
        "trashed": trashed,
        "failed": failed,
    }


@pytest.fixture
def parts(alice: User, library: dict[str, Any], tmp_path: Path) -> list[Path]:
    """The export of another installation."""
    paths = save_parts(export_of(alice), tmp_path)
    as_elsewhere()
    return paths
