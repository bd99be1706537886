"""Who finds a post that was just made: as its owner wants it, an edit no more than its source."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from gallery.models import Post
from gallery.services import deletion, outbox
from generation.services import regenerate
from pixelstream.accounts.models import User
from tests.factories import create_post, start, start_editing, work_off
from tests.providers import ScriptedProvider

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scripted")]

PUBLIC, UNLISTED = Post.Visibility.PUBLIC, Post.Visibility.UNLISTED
YESTERDAY, TOMORROW = timedelta(days=-1), timedelta(days=1)


def edited(owner: User, **fields: Any) -> Post:
    """What an edit makes of a post like this."""
    source = create_post(owner, **fields)
    turn = start_editing(source.images.select_related("object").get())
    work_off(turn)
    return Post.objects.get(parent=source)


@pytest.mark.parametrize("begins", [UNLISTED, PUBLIC])
def test_new_posts_begin_as_their_owner_wants_it(alice: User, begins: Post.Visibility) -> None:
    alice.posts_begin_public = begins == PUBLIC
    post = start(alice)
    assert post.visibility == begins
    assert not Post.objects.in_feed().exists(), "there is nothing to see yet"
    again = regenerate.regenerate(post=post).made
    assert isinstance(again, Post)
    assert again.visibility == begins


@pytest.mark.parametrize(
    ("wants", "fields", "begins"),
    [
        (True, {"visibility": PUBLIC}, PUBLIC),
        (True, {"visibility": UNLISTED}, UNLISTED),
        (True, {"visibility": PUBLIC, "is_disabled_by_admin": True}, UNLISTED),
        (False, {"visibility": PUBLIC}, UNLISTED),
        (False, {"visibility": UNLISTED}, UNLISTED),
    ],
)
def test_an_edit_is_found_by_no_more_people_than_its_source(
    alice: User, wants: bool, fields: dict[str, Any], begins: Post.Visibility
) -> None:
    User.objects.filter(pk=alice.pk).update(posts_begin_public=wants)
    assert edited(User.objects.get(pk=alice.pk), **fields).visibility == begins


@pytest.mark.parametrize("yes", [True, False])
def test_an_edit_shows_and_allows_what_its_source_does(alice: User, yes: bool) -> None:
    post = edited(alice, prompt_is_shared=yes, downloads_allowed=yes, sharing_enabled=yes)
    assert (post.prompt_is_shared, post.downloads_allowed) == (yes, yes)
    assert post.sharing_enabled == yes
    outbox.run()
    assert post.images.get().object.area == ("public" if yes else "private")


@pytest.mark.parametrize(("ends", "shared"), [(YESTERDAY, False), (TOMORROW, True)])
def test_what_has_ended_does_not_begin_again_with_an_edit(
    alice: User, ends: timedelta, shared: bool
) -> None:
    post = edited(alice, share_expires_at=timezone.now() + ends)
    assert (post.sharing_enabled, post.share_expires_at) == (shared, None)
    assert Post.objects.viewable_by_others().filter(pk=post.pk).exists() is shared


def test_without_its_source_an_edit_is_unlisted(alice: User, scripted: ScriptedProvider) -> None:
    User.objects.filter(pk=alice.pk).update(posts_begin_public=True)
    source = create_post(User.objects.get(pk=alice.pk), visibility=PUBLIC)
    turn = start_editing(source.images.select_related("object").get())

    def purge_the_source() -> None:
        deletion.delete_posts(Post.objects.filter(pk=source.pk), by=None)

    scripted.before_answer = purge_the_source
    work_off(turn)
    assert turn.images.get().post.visibility == UNLISTED
