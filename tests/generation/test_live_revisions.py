"""A look at many streams: the revisions that drawing would give, in as many queries as for one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gallery.models import EditConversation, EditTurn, Post
from generation.fragments import IN_PROGRESS_SHOWN, render_for
from generation.live_revisions import revisions_of
from generation.live_token import Claims, Fragment, Reader
from pixelstream.accounts.models import User
from tests.factories import create_conversation, create_post, create_turn

pytestmark = pytest.mark.django_db

Status = Post.Status


def unfinished(owner: User, **fields: object) -> Post:
    """A post with something in the making."""
    return create_post(owner, images=0, **{"status": Status.GENERATING_IMAGES, **fields})


def discussed(owner: User, revision: int = 3) -> EditConversation:
    """A conversation whose last turn is in the making."""
    conversation = create_conversation(owner)
    create_turn(conversation, status=EditTurn.Status.GENERATING)
    EditConversation.objects.filter(pk=conversation.pk).update(revision=revision)
    return conversation


def a_post(owner: User, fragment: Fragment = Fragment.POST) -> Claims:
    return Claims(owner.pk, fragment, unfinished(owner, revision=5).pk, Reader("en"))


def a_studio(owner: User) -> Claims:
    return a_post(owner, Fragment.STUDIO)


def a_home(owner: User) -> Claims:
    unfinished(owner, revision=2)
    unfinished(owner, revision=9)
    create_post(owner)
    return Claims(owner.pk, Fragment.HOME, 0, Reader("en"))


def a_conversation(owner: User) -> Claims:
    return Claims(owner.pk, Fragment.CONVERSATION, discussed(owner).pk, Reader("en"), 1)


EACH_KIND = pytest.mark.parametrize("shown", [a_post, a_studio, a_home, a_conversation])


@EACH_KIND
def test_it_is_the_revision_that_drawing_gives(
    alice: User, bob: User, shown: Callable[[User], Claims]
) -> None:
    claims, of_bob = shown(alice), shown(bob)
    for each in (claims, of_bob):
        drawn = render_for(each)
        assert drawn is not None
        assert not drawn.is_final
        assert revisions_of([claims, of_bob])[each] == drawn.revision


@EACH_KIND
def test_nothing_is_found_for_somebody_who_was_suspended(
    alice: User, bob: User, shown: Callable[[User], Claims]
) -> None:
    claims, of_bob = shown(alice), shown(bob)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert render_for(claims) is None
    assert set(revisions_of([claims, of_bob])) == {of_bob}


@pytest.mark.parametrize("shown", [a_post, a_studio, a_conversation])
def test_nothing_is_found_of_another_person(
    alice: User, bob: User, shown: Callable[[User], Claims]
) -> None:
    claims = shown(alice)
    of_bob = Claims(bob.pk, claims.fragment, claims.target_id, Reader("en"), claims.since)
    assert render_for(of_bob) is None
    assert set(revisions_of([claims, of_bob])) == {claims}


@pytest.mark.parametrize("shown", [a_post, a_studio, a_home, a_conversation])
def test_nothing_is_found_in_the_trash(alice: User, shown: Callable[[User], Claims]) -> None:
    claims = shown(alice)
    Post.objects.update(deleted_at=timezone.now())
    EditConversation.objects.update(deleted_at=timezone.now())
    assert revisions_of([claims]) == {}


@pytest.mark.parametrize("shown", [a_post, a_studio, a_home])
def test_nothing_is_found_where_nothing_is_unfinished_any_more(
    alice: User, shown: Callable[[User], Claims]
) -> None:
    claims = shown(alice)
    Post.objects.update(status=Status.GENERATED)
    assert revisions_of([claims]) == {}
    drawn = render_for(claims)
    assert drawn is not None
    assert drawn.is_final


def test_the_list_of_somebody_with_many_is_its_beginning(alice: User) -> None:
    claims = Claims(alice.pk, Fragment.HOME, 0, Reader("en"))
    made = [unfinished(alice) for _ in range(IN_PROGRESS_SHOWN + 2)]
    before = revisions_of([claims])[claims]
    assert before.count(",") == IN_PROGRESS_SHOWN - 1
    Post.objects.filter(pk=made[0].pk).update(revision=8)
    assert revisions_of([claims])[claims] == before, "it is not shown"
    Post.objects.filter(pk=made[-1].pk).update(revision=8)
    drawn = render_for(claims)
    assert drawn is not None
    assert revisions_of([claims])[claims] == drawn.revision != before


def test_two_hundred_cost_as_many_queries_as_one_of_each(
    alice: User, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    kinds = (a_post, a_studio, a_home, a_conversation)
    few = {shown(alice) for shown in kinds}
    conversation = discussed(bob)
    many = {a_post(bob) for _ in range(200)} | {a_home(bob)}
    many |= {
        Claims(bob.pk, Fragment.CONVERSATION, conversation.pk, Reader("en"), n) for n in range(5)
    }
    for asked in (few, few | many):
        with django_assert_num_queries(3):
            found = revisions_of(asked)
        assert set(found) == asked


def test_to_look_at_nothing_asks_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert revisions_of([]) == {}
