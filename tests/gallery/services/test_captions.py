"""Changing a caption: what is refused, what is kept, what is told."""

from __future__ import annotations

import pytest

from gallery.models import AuditEvent, Post
from gallery.services.captions import (
    CaptionBeingWrittenError,
    CaptionChangedError,
    edit_caption,
    mark_of,
)
from pixelstream.accounts.models import User
from tests.factories import create_post

pytestmark = pytest.mark.django_db


def test_an_edit_replaces_the_caption_and_counts_the_revision_up(alice: User) -> None:
    post = create_post(alice)
    before = post.revision
    assert edit_caption(post=post, text="Mine.", seen=mark_of(post.caption), by=alice)
    post.refresh_from_db()
    assert post.caption == "Mine."
    assert post.revision == before + 1
    event = AuditEvent.objects.get(action="post.caption")
    assert (event.actor, event.target_id, event.counts) == (alice, post.pk, {"characters": 5})


def test_a_caption_may_be_emptied(alice: User) -> None:
    post = create_post(alice)
    edit_caption(post=post, text="", seen=mark_of(post.caption), by=alice)
    post.refresh_from_db()
    assert post.caption == ""
    assert post.title == "a lighthouse at dusk"


def test_while_the_caption_is_written_nobody_edits_it(alice: User) -> None:
    post = create_post(alice, caption="", status=Post.Status.GENERATING_CAPTION)
    with pytest.raises(CaptionBeingWrittenError):
        edit_caption(post=post, text="Mine.", seen=mark_of(""), by=alice)
    post.refresh_from_db()
    assert post.caption == ""


def test_an_edit_of_an_older_caption_is_refused_with_the_present_one(alice: User) -> None:
    post = create_post(alice)
    seen = mark_of(post.caption)
    edit_caption(post=post, text="Theirs.", seen=seen, by=alice)
    with pytest.raises(CaptionChangedError) as refused:
        edit_caption(post=post, text="Mine.", seen=seen, by=alice)
    assert refused.value.current == "Theirs."
    post.refresh_from_db()
    assert post.caption == "Theirs."


def test_the_same_text_twice_is_one_change(alice: User) -> None:
    post = create_post(alice)
    seen = mark_of(post.caption)
    assert edit_caption(post=post, text="Mine.", seen=seen, by=alice)
    assert not edit_caption(post=post, text="Mine.", seen=seen, by=alice)
    assert AuditEvent.objects.filter(action="post.caption").count() == 1
