"""What a person does to a post."""

from __future__ import annotations

import pytest

from gallery.models import AuditEvent, Post
from gallery.search import parse, search
from gallery.services import posts
from pixelstream.accounts.models import User
from tests.factories import create_post

pytestmark = pytest.mark.django_db

PUBLIC, UNLISTED = Post.Visibility.PUBLIC, Post.Visibility.UNLISTED


def test_a_change_of_visibility_is_a_new_revision_and_a_line_in_the_log(alice: User) -> None:
    post = create_post(alice)
    before = Post.objects.get(pk=post.pk)
    assert posts.set_visibility(post=post, visibility=PUBLIC, by=alice)
    after = Post.objects.get(pk=post.pk)
    assert after.visibility == post.visibility == PUBLIC
    assert after.revision == before.revision + 1
    assert after.updated_at > before.updated_at
    assert Post.objects.in_feed().get() == post
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.target_id) == ("post.public", alice, post.pk)
    assert posts.set_visibility(post=post, visibility=UNLISTED, by=alice)
    assert not Post.objects.in_feed().exists()
    assert AuditEvent.objects.filter(action="post.unlisted").count() == 1


def test_the_same_visibility_again_changes_nothing(alice: User) -> None:
    post = create_post(alice, visibility=PUBLIC)
    assert not posts.set_visibility(post=post, visibility=PUBLIC, by=alice)
    assert Post.objects.get(pk=post.pk).revision == post.revision
    assert not AuditEvent.objects.exists()


def test_its_owner_finds_it_either_way(alice: User) -> None:
    post = create_post(alice)
    for visibility in (PUBLIC, UNLISTED):
        posts.set_visibility(post=post, visibility=visibility, by=alice)
        assert search(alice.pk, parse("lighthouse"), limit=9) == [post.pk]
