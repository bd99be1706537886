"""Choosing the picture that stands for a post."""

from __future__ import annotations

import pytest

from gallery.covers import with_covers
from gallery.models import AuditEvent, Post
from gallery.services.covers import NoSuchPictureError, choose_cover
from pixelstream.accounts.models import User
from tests.factories import create_image, create_post

pytestmark = pytest.mark.django_db


def cover_of(post: Post) -> int:
    cover = with_covers(Post.objects.filter(pk=post.pk))[0].cover
    assert cover is not None
    return cover.position


def test_the_chosen_picture_is_the_one_that_cards_show(alice: User) -> None:
    post = create_post(alice, images=3)
    assert cover_of(post) == 0
    assert choose_cover(post=post, img=3, by=alice)
    assert cover_of(post) == 2
    before, post = post, Post.objects.get(pk=post.pk)
    assert post.revision == before.revision + 1
    assert AuditEvent.objects.get(action="post.cover").counts == {"position": 2}


def test_pictures_are_counted_and_failures_are_not(alice: User) -> None:
    post = create_post(alice, images=1)
    create_image(post, position=3)  # 1 and 2 failed
    choose_cover(post=post, img=2, by=alice)
    assert cover_of(post) == 3


def test_the_same_cover_twice_is_one_change(alice: User) -> None:
    post = create_post(alice, images=2)
    assert choose_cover(post=post, img=2, by=alice)
    assert not choose_cover(post=post, img=2, by=alice)


@pytest.mark.parametrize("img", [-1, 0, 3])
def test_a_picture_that_is_not_there_is_no_cover(alice: User, img: int) -> None:
    post = create_post(alice, images=2)
    with pytest.raises(NoSuchPictureError):
        choose_cover(post=post, img=img, by=alice)
    post.refresh_from_db()
    assert post.cover_position is None
