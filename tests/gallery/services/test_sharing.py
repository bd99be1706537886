"""Who may look at a post: what its owner says, and what becomes of the bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from gallery.models import AuditEvent, Post, StoredObject
from gallery.services import outbox, posts, sharing, trash
from gallery.services.sharing import SharingChoice
from generation.services import runner
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import create_post, start
from tests.gallery.services.test_at_once import at_once

pytestmark = pytest.mark.django_db

PUBLIC, UNLISTED = Post.Visibility.PUBLIC, Post.Visibility.UNLISTED
AS_IT_BEGINS = SharingChoice(
    visibility=UNLISTED,
    sharing_enabled=True,
    share_expires_at=None,
    prompt_is_shared=False,
    downloads_allowed=True,
)
NOT_SHARED = replace(AS_IT_BEGINS, sharing_enabled=False)


def is_seen(post: Post) -> bool:
    """Whether somebody else who has the link sees it."""
    return Post.objects.viewable_by_others().filter(pk=post.pk).exists()


def object_of(post: Post) -> StoredObject:
    """The object of its picture, as it is now."""
    return StoredObject.objects.get(image__post=post)


# --- what the owner says


def test_everything_is_saved_at_once_and_the_log_says_what_changed(alice: User) -> None:
    post = create_post(alice)
    end = timezone.now() + timedelta(days=7)
    choice = SharingChoice(PUBLIC, True, end, True, False)
    assert sharing.set_sharing(post=post, choice=choice, by=alice)
    saved = Post.objects.get(pk=post.pk)
    for one in (saved, post):
        assert one.visibility == PUBLIC
        assert one.share_expires_at == end
        assert (one.prompt_is_shared, one.downloads_allowed) == (True, False)
    assert saved.revision > 1
    listed, shared = AuditEvent.objects.order_by("pk")
    assert (listed.action, shared.action) == ("post.public", "post.share")
    assert (shared.actor, shared.target_id) == (alice, post.pk)
    assert shared.counts == {
        "share_expires_at": int(end.timestamp()),
        "prompt_is_shared": 1,
        "downloads_allowed": 0,
    }
    assert post.share_token not in str(shared.counts)


def test_the_same_twice_is_one_change(alice: User) -> None:
    post = create_post(alice)
    assert not sharing.set_sharing(post=post, choice=AS_IT_BEGINS, by=alice)
    week = replace(AS_IT_BEGINS, share_expires_at=timezone.now() + timedelta(days=7))
    assert sharing.set_sharing(post=post, choice=week, by=alice)
    revision = post.revision
    again = replace(week, share_expires_at=timezone.now() + timedelta(days=7))
    assert not sharing.set_sharing(post=post, choice=again, by=alice)
    assert Post.objects.get(pk=post.pk).revision == revision
    assert AuditEvent.objects.count() == 1


def test_what_is_not_shared_any_more_leaves_the_public_area(alice: User) -> None:
    post = create_post(alice, visibility=PUBLIC)
    old = object_of(post)
    sharing.set_sharing(post=post, choice=replace(NOT_SHARED, visibility=PUBLIC), by=alice)
    assert not is_seen(post)
    outbox.run()
    assert object_of(post).area == "private"
    assert not any(storages["public"].exists(key) for key in old.all_keys)

    sharing.set_sharing(post=post, choice=AS_IT_BEGINS, by=alice)
    assert is_seen(post)
    outbox.run()
    assert object_of(post).area == "public"
    assert object_of(post).key != old.key
    assert broken() == []


def test_what_changes_not_whether_others_see_it_moves_nothing(alice: User) -> None:
    post = create_post(alice)
    before = object_of(post).key
    for visibility in (PUBLIC, UNLISTED):
        choice = replace(
            AS_IT_BEGINS, visibility=visibility, prompt_is_shared=True, downloads_allowed=False
        )
        sharing.set_sharing(post=post, choice=choice, by=alice)
        outbox.run()
    assert object_of(post).key == before


def test_what_was_disabled_cannot_be_made_public_and_then_nothing_is_saved(alice: User) -> None:
    post = create_post(alice, is_disabled_by_admin=True, disabled_by_admin_reason="A real person.")
    choice = replace(AS_IT_BEGINS, visibility=PUBLIC, prompt_is_shared=True)
    with pytest.raises(posts.BarredByAdminError):
        sharing.set_sharing(post=post, choice=choice, by=alice)
    assert not Post.objects.get(pk=post.pk).prompt_is_shared
    assert not AuditEvent.objects.exists()
    assert sharing.set_sharing(post=post, choice=NOT_SHARED, by=alice)


def test_what_was_disabled_stays_out_of_reach_however_it_is_shared(alice: User) -> None:
    post = create_post(alice, is_disabled_by_admin=True)
    sharing.set_sharing(post=post, choice=NOT_SHARED, by=alice)
    sharing.set_sharing(post=post, choice=AS_IT_BEGINS, by=alice)
    outbox.run()
    assert not is_seen(post)
    assert object_of(post).area == "private"


def test_what_went_to_the_trash_meanwhile_is_not_there(alice: User) -> None:
    post = create_post(alice)
    trash.trash(owner=alice, ids=[post.pk])
    with pytest.raises(Post.DoesNotExist):
        sharing.set_sharing(post=post, choice=NOT_SHARED, by=alice)
    with pytest.raises(Post.DoesNotExist):
        sharing.revoke(post=post, by=alice)


def test_a_post_that_is_being_made_is_not_shared_from_its_first_picture_on(alice: User) -> None:
    post = start(alice)
    sharing.set_sharing(post=post, choice=NOT_SHARED, by=alice)
    for _ in range(3):
        for job_id in post.jobs.claimable().values_list("pk", flat=True):
            runner.run(job_id)
    assert post.images.exists()
    outbox.run()
    assert set(post.images.values_list("object__area", flat=True)) == {"private"}
    assert broken() == []


# --- the end


def test_sharing_ends_by_itself_and_the_bytes_follow(alice: User) -> None:
    post = create_post(alice)
    soon = replace(AS_IT_BEGINS, share_expires_at=timezone.now() + timedelta(hours=1))
    sharing.set_sharing(post=post, choice=soon, by=alice)
    assert is_seen(post)
    assert sharing.expire(limit=9) == 0
    over = timezone.now() - timedelta(seconds=1)
    Post.objects.filter(pk=post.pk).update(share_expires_at=over)
    post.refresh_from_db()
    assert post.is_sharing_over
    assert not post.is_shared
    assert not is_seen(post)
    assert sharing.expire(limit=9) == 1
    assert sharing.expire(limit=9) == 0
    outbox.run()
    assert object_of(post).area == "private"

    sharing.set_sharing(post=post, choice=AS_IT_BEGINS, by=alice)
    outbox.run()
    assert is_seen(post)
    assert object_of(post).area == "public"
    assert broken() == []


def test_what_gets_another_address_when_its_time_ends_leaves_nevertheless(alice: User) -> None:
    post = create_post(alice)
    sharing.revoke(post=post, by=alice)
    Post.objects.filter(pk=post.pk).update(share_expires_at=timezone.now())
    assert sharing.expire(limit=9) == 1
    outbox.run()
    assert object_of(post).area == "private"


# --- another link


def test_a_new_link_ends_the_old_one_at_once_and_the_addresses_of_pictures_soon(
    alice: User,
) -> None:
    post = create_post(alice, images=2, visibility=PUBLIC)
    token = post.share_token
    old = list(StoredObject.objects.filter(image__post=post).order_by("pk"))
    sharing.revoke(post=post, by=alice)
    assert post.share_token != token
    assert not Post.objects.filter(share_token=token).exists()
    shown = StoredObject.objects.filter(image__post=post).order_by("pk")
    assert list(shown) == old, "nothing is missing meanwhile"
    outbox.run()
    assert not any(storages["public"].exists(key) for obj in old for key in obj.all_keys)
    assert set(shown.values_list("area", "state")) == {("public", "live")}
    assert not {obj.key for obj in shown.all()} & {obj.key for obj in old}
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.counts) == ("post.share.revoke", alice, {})
    assert broken() == []


def test_a_new_link_of_what_is_not_shared_moves_nothing(alice: User) -> None:
    post = create_post(alice)
    sharing.set_sharing(post=post, choice=NOT_SHARED, by=alice)
    outbox.run()
    before, token = object_of(post).key, post.share_token
    sharing.revoke(post=post, by=alice)
    outbox.run()
    assert post.share_token != token
    assert object_of(post).key == before


# --- at once


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_tabs_both_are_whole(alice: User) -> None:
    choices = [NOT_SHARED, replace(AS_IT_BEGINS, visibility=PUBLIC, prompt_is_shared=True)]
    for _ in range(5):
        post = create_post(alice)
        tabs = [Post.objects.get(pk=post.pk) for _ in choices]
        save = sharing.set_sharing
        pairs = zip(tabs, choices, strict=True)
        done = at_once(*(partial(save, post=tab, choice=one, by=alice) for tab, one in pairs))
        assert done == [True, True]
        post.refresh_from_db()
        now = (post.visibility, post.sharing_enabled, post.prompt_is_shared)
        assert now in {(UNLISTED, False, False), (PUBLIC, True, True)}
        outbox.run()
        assert (object_of(post).area == "public") == post.sharing_enabled
    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_revoked_and_trashed_and_moved_at_once_nothing_of_the_old_address_is_left(
    alice: User,
) -> None:
    for _ in range(5):
        post = create_post(alice)
        old = object_of(post)
        done = at_once(
            partial(sharing.revoke, post=Post.objects.get(pk=post.pk), by=alice),
            partial(trash.trash, owner=alice, ids=[post.pk]),
            outbox.run,
        )
        assert not [one for one in done if isinstance(one, AssertionError)]
        trash.restore(owner=alice, ids=[post.pk])
        for _again in range(2):
            StoredObject.objects.update(next_attempt_at=None)
            outbox.run()
        assert object_of(post).area == "public"
        gone = not any(storages["public"].exists(key) for key in old.all_keys)
        assert gone or isinstance(done[0], Post.DoesNotExist)
    assert broken() == []
