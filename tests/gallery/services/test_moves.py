"""Objects on their way: out of everybody's reach, back, and to another address."""

from __future__ import annotations

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, transaction

from gallery.models import GeneratedImage, Post, StoredObject
from gallery.services import claims, moves, outbox, trash
from pixelstream import cdn
from pixelstream.accounts.models import User
from pixelstream.invariants import broken
from tests.factories import create_post

pytestmark = pytest.mark.django_db


def object_of(post: Post) -> StoredObject:
    """The object of its picture, as it is now."""
    return StoredObject.objects.get(image__post=post)


def renew(*posts: Post) -> None:
    """As whoever takes links away does."""
    with transaction.atomic():
        moves.renew([post.pk for post in posts])


def is_there(obj: StoredObject, area: str = "public") -> bool:
    """Whether any of its bytes are there."""
    return any(storages[area].exists(key) for key in obj.all_keys)


def test_a_renewed_picture_lies_in_the_same_area_under_another_key(alice: User) -> None:
    post = create_post(alice)
    old = object_of(post)
    renew(post)
    assert object_of(post) == old, "shown until the new one is there"
    assert is_there(old)
    assert broken() == []

    assert outbox.run() == (1, 1)
    new = object_of(post)
    assert (new.area, new.state, new.moving_to, new.is_revoked) == ("public", "live", "", False)
    assert new.key != old.key
    assert all(storages["public"].exists(key) for key in new.all_keys)
    assert not is_there(old)
    assert StoredObject.objects.get(pk=old.pk).state == "gone"
    assert outbox.run() == (0, 0), "once is enough"
    assert broken() == []


def test_a_cache_in_front_is_told_of_the_old_address(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(cdn.Cache, "forget", lambda _self, keys: told.extend(keys) or {})
    post = create_post(alice)
    old = object_of(post)
    renew(post)
    outbox.run()
    assert sorted(told) == sorted(old.all_keys)


def test_what_nobody_else_sees_is_not_renewed(alice: User) -> None:
    trashed, unshared = create_post(alice), create_post(alice)
    trash.trash(owner=alice, ids=[trashed.pk])
    Post.objects.filter(pk=unshared.pk).update(sharing_enabled=False)
    renew(trashed, unshared)
    outbox.run()
    known = [object_of(post).key for post in (trashed, unshared)]
    assert {object_of(post).area for post in (trashed, unshared)} == {"private"}
    renew(trashed, unshared)
    outbox.run()
    assert [object_of(post).key for post in (trashed, unshared)] == known
    assert broken() == []


@pytest.mark.parametrize("revoked_first", [True, False])
def test_what_was_hidden_meanwhile_and_came_back_has_another_address_nevertheless(
    alice: User, revoked_first: bool
) -> None:
    post = create_post(alice)
    old = object_of(post)
    if revoked_first:
        renew(post)
    trash.trash(owner=alice, ids=[post.pk])
    assert object_of(post).moving_to == "private"
    assert broken() == []
    if not revoked_first:
        renew(post)
        assert object_of(post).moving_to == "private"
    trash.restore(owner=alice, ids=[post.pk])
    assert object_of(post).moving_to == "public"
    outbox.run()
    assert object_of(post).area == "public"
    assert object_of(post).key != old.key
    assert not is_there(old)
    assert broken() == []


def test_who_copied_to_the_old_wish_does_not_undo_the_new_one(alice: User) -> None:
    post = create_post(alice)
    old = object_of(post)
    renew(post)
    [claimed] = claims.take(StoredObject.objects.to_be_moved(), limit=9)
    trash.trash(owner=alice, ids=[post.pk])
    assert moves._move([claimed]) == 0
    outbox.run()
    assert object_of(post).area == "private"
    assert not is_there(old)
    assert broken() == []


def test_two_renewals_in_one_go_are_one(alice: User) -> None:
    post = create_post(alice)
    renew(post)
    [claimed] = claims.take(StoredObject.objects.to_be_moved(), limit=9)
    renew(post)
    assert moves._move([claimed]) == 1, "the claim still holds"
    assert outbox.run() == (0, 1)
    assert StoredObject.objects.filter(state="live").count() == 1


def test_a_renewed_picture_that_is_not_there_is_left_to_the_audit(alice: User) -> None:
    post = create_post(alice)
    obj = object_of(post)
    storages["public"].delete(obj.key)
    renew(post)
    outbox.run()
    obj.refresh_from_db()
    assert (obj.state, obj.moving_to, obj.last_error) == ("live", "", "missing")


def test_a_private_object_never_moves_to_where_it_is(alice: User) -> None:
    post = create_post(alice)
    private = StoredObject.objects.filter(image__post=post)
    private.update(area="private")
    with pytest.raises(IntegrityError), transaction.atomic():
        private.update(moving_to="private")
    private.update(moving_to="public")


def test_the_page_learns_of_the_new_address(alice: User) -> None:
    post = create_post(alice)
    before = Post.objects.get(pk=post.pk).revision
    renew(post)
    outbox.run()
    assert Post.objects.get(pk=post.pk).revision == before + 1
    image = GeneratedImage.objects.select_related("object").get(post=post)
    assert image.object.key in image.url
