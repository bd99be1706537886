"""The tree of a post's line, whatever becomes of the posts in it."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gallery.lineage import (
    CHILDREN,
    LEVELS,
    SHOWN,
    Branch,
    State,
    Tree,
    made_from,
    origin_of,
    output_label,
    tree_of,
)
from gallery.models import EditConversation, GeneratedImage, Post
from gallery.services import deletion, trash
from generation import catalogue
from generation.services import runner
from generation.services.editing import EditWish, send_turn, start_conversation
from pixelstream.accounts.models import User
from tests.factories import create_conversation, create_image, create_post, create_turn
from tests.gallery.rows import add_edit
from tests.gallery.search.library import add_image, add_post
from tests.providers import ScriptedProvider

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("LINEAGE_EXAMPLES", "8"))


def shape(tree: Tree) -> list[tuple[int, int]]:
    """Which posts in which depth."""
    return [(node.post_id, node.depth) for node in tree.nodes]


def states(tree: Tree) -> dict[int, str]:
    """What became of the posts."""
    return {node.post_id: node.state.value for node in tree.nodes}


def purge(*posts: Post) -> None:
    """Delete the posts for good."""
    deletion.delete_posts(Post.objects.filter(pk__in=[post.pk for post in posts]), by=None)


def test_a_line_is_one_tree_seen_from_each_of_its_posts(alice: User) -> None:
    first = add_post(alice, "a lighthouse")
    left = add_edit(first)
    below = add_edit(left)
    right = add_edit(first)
    expected = [(first.pk, 0), (left.pk, 1), (below.pk, 2), (right.pk, 1)]
    for post in (first, left, below, right):
        tree = tree_of(post)
        assert shape(tree) == expected
        assert [node.post_id for node in tree.nodes if node.is_current] == [post.pk]
        assert (tree.left_out, tree.above, tree.is_alone) == (0, None, False)


def test_a_post_made_from_words_that_nothing_was_made_from_is_alone(alice: User) -> None:
    add_edit(add_post(alice, "another line"))
    assert tree_of(add_post(alice, "a lighthouse")).is_alone


def test_posts_of_others_are_never_in_it(alice: User, bob: User) -> None:
    theirs = add_post(bob, "a lighthouse")
    mine = add_post(alice, "mine", parent=theirs, root=theirs, status=Post.Status.EDITED)
    add_post(bob, "theirs", parent=theirs, root=theirs, status=Post.Status.EDITED)
    tree = tree_of(mine)
    assert shape(tree) == [(theirs.pk, 0), (mine.pk, 1)]
    assert states(tree) == {theirs.pk: "gone", mine.pk: "live"}
    origin = origin_of(mine)
    assert origin is not None
    assert (origin.state, origin.post) == (State.GONE, None)


def test_what_is_in_the_trash_says_so_and_what_expired_there_is_gone(alice: User) -> None:
    first = add_post(alice, "a lighthouse")
    middle = add_edit(first, deleted_at=timezone.now())
    last = add_edit(middle)
    assert states(tree_of(last)) == {first.pk: "live", middle.pk: "trashed", last.pk: "live"}
    over = timezone.now() - settings.TRASH_RETENTION
    Post.objects.filter(pk=middle.pk).update(deleted_at=over)
    assert states(tree_of(last)) == {first.pk: "live", middle.pk: "gone", last.pk: "live"}
    leaf = add_edit(last, deleted_at=over)
    assert leaf.pk not in states(tree_of(last)), "as if it had been purged in time"


def test_a_purged_post_leaves_its_place_under_the_first_one(alice: User) -> None:
    first = create_post(alice)
    middle, lower, leaf = (create_post(alice) for _ in range(3))
    for child, parent in ((middle, first), (lower, middle), (leaf, lower)):
        Post.objects.filter(pk=child.pk).update(parent=parent, root=first)
    last = create_post(alice, parent=lower, root=first)
    purge(middle, lower, leaf)
    assert shape(tree_of(last)) == [(first.pk, 0), (lower.pk, 1), (last.pk, 2)]
    assert states(tree_of(last))[lower.pk] == "gone"
    purge(first)
    assert shape(tree_of(last)) == [(first.pk, 0), (lower.pk, 1), (last.pk, 2)]
    assert [node.name for node in tree_of(last).nodes[:2]] == ["Deleted picture"] * 2
    trash.trash(owner=alice, ids=[last.pk])
    trash.restore(owner=alice, ids=[last.pk])
    assert shape(tree_of(last)) == [(first.pk, 0), (lower.pk, 1), (last.pk, 2)]


def test_outputs_have_the_names_that_they_have_in_their_conversation(alice: User) -> None:
    conversation = create_conversation(alice)
    turn = create_turn(conversation, outputs=2)
    create_turn(conversation, outputs=1, bases=[turn.images.get(turn_slot=1)])
    tree = tree_of(conversation.source_image.post)
    assert [node.name for node in tree.nodes] == ["Source", "1a", "1b", "2a"]
    assert [node.depth for node in tree.nodes] == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("number", "slot", "label"),
    [
        (1, 0, "1a"),
        (2, 1, "2b"),
        (10, 25, "10z"),
        (3, 26, "3aa"),
        (3, 701, "3zz"),
    ],
)
def test_a_label_is_the_turn_and_the_letter_of_the_model(
    number: int, slot: int, label: str
) -> None:
    assert output_label(number, slot) == label


@pytest.mark.parametrize("edits", [1, 40])
def test_a_tree_takes_four_queries_however_large_it_is(
    alice: User, edits: int, django_assert_num_queries: Any
) -> None:
    first = add_post(alice, "a lighthouse")
    add_image(first)
    last = first
    for _ in range(edits):
        last = add_edit(last)
        add_edit(first)
    with django_assert_num_queries(4):
        tree = tree_of(last)
        assert [node.name for node in tree.nodes]
        assert all(node.post and node.post.cover and node.post.prompt for node in tree.nodes)


def test_of_a_long_line_the_nearest_posts_are_shown(alice: User) -> None:
    chain = [add_post(alice, "a lighthouse")]
    for _ in range(9):
        chain.append(add_edit(chain[-1]))
    many = [add_edit(chain[5]) for _ in range(9)]
    tree = tree_of(chain[5], limit=6)
    assert set(states(tree)) == {chain[4].pk, chain[5].pk, *[post.pk for post in many[-4:]]}
    assert (tree.left_out, tree.above) == (13, chain[3].pk)
    assert [node.left_out for node in tree.nodes] == [0, 6, 0, 0, 0, 0]
    assert tree.nodes[0].parent is None
    assert not tree.is_alone


def test_lists_are_nested_so_deep_and_no_deeper(alice: User) -> None:
    chain = [add_post(alice, "a lighthouse")]
    for _ in range(LEVELS + 4):
        chain.append(add_edit(chain[-1]))

    def deepest(branches: list[Branch]) -> int:
        return max((1 + deepest(branch.branches) for branch in branches), default=0)

    def count(branches: list[Branch]) -> int:
        return sum(1 + count(branch.branches) for branch in branches)

    tree = tree_of(chain[0])
    assert deepest(tree.branches) == LEVELS + 1
    assert count(tree.branches) == len(chain)
    assert [node.says_parent for node in tree.nodes] == [False] * (LEVELS + 1) + [True] * 4


def test_a_line_of_a_thousand_edits_in_a_row_is_no_deeper_than_the_stack(alice: User) -> None:
    posts = [add_post(alice, "a lighthouse")]
    for _ in range(1200):
        parent = posts[-1]
        root = parent.root_id or parent.pk
        posts.append(Post(pk=parent.pk + 1, owner=alice, prompt="x", parent=parent, root_id=root))
    Post.objects.bulk_create(posts[1:])
    tree = tree_of(posts[-1])
    assert len(tree.nodes) == SHOWN
    assert tree.branches


def test_the_origin_is_the_picture_that_was_edited(alice: User) -> None:
    source = create_post(alice, images=3)
    picture = source.images.get(position=2)
    turn = create_turn(create_conversation(alice, picture), outputs=1)
    output = turn.images.get()
    origin = origin_of(output.post)
    assert origin is not None
    assert (origin.state, origin.post, origin.image) == (State.LIVE, source, picture)
    assert origin.label == ""
    again = create_turn(turn.conversation, outputs=1, bases=[output]).images.get()
    next_origin = origin_of(again.post)
    assert next_origin is not None
    assert (next_origin.image, next_origin.label) == (output, "1a")
    assert origin_of(source) is None


def test_an_origin_in_the_trash_is_shown_by_the_address_of_its_owner(alice: User) -> None:
    turn = create_turn(create_conversation(alice), outputs=1)
    source = turn.conversation.source_image
    trash.trash(owner=alice, ids=[source.post_id])
    origin = origin_of(turn.images.get().post)
    assert origin is not None
    assert origin.image is not None
    assert origin.state is State.TRASHED
    assert origin.image.url == f"/pictures/{source.pk}/"
    node = tree_of(turn.images.get().post).nodes[0]
    assert node.post is not None
    assert node.post.cover is not None
    assert node.post.cover.url == f"/pictures/{source.pk}/"


def test_the_origin_takes_two_queries_and_none_for_a_first_post(
    alice: User, django_assert_num_queries: Any
) -> None:
    conversation = create_conversation(alice)
    output = create_turn(conversation, outputs=2).images.first()
    assert output is not None
    post, source = output.post, conversation.source_image.post
    with django_assert_num_queries(2):
        origin = origin_of(post)
        assert origin
        assert origin.post
        assert origin.image
        assert origin.post.title
        assert origin.image.thumbnail_url
    with django_assert_num_queries(0):
        assert origin_of(source) is None


def test_the_newest_of_what_was_made_from_a_post(
    alice: User, django_assert_num_queries: Any
) -> None:
    first = add_post(alice, "a lighthouse")
    assert made_from(first) == ([], False)
    add_edit(first, deleted_at=timezone.now())
    children = [add_edit(first) for _ in range(CHILDREN)]
    add_edit(children[0])
    assert made_from(first) == (children[::-1], False)
    children.append(add_edit(first))
    with django_assert_num_queries(2):
        found, has_more = made_from(first)
        assert all(child.cover for child in found)
    assert (found, has_more) == (children[:0:-1], True)


# --- through anything that may happen ------------------------------------------------------------


class Family:
    """What the lineage has to be: who was made from whom, and what became of them."""

    def __init__(self, owner: User) -> None:
        self.owner = owner
        self.parents: dict[int, int | None] = {}
        self.trashed: set[int] = set()
        self.expired: set[int] = set()
        self.purged: set[int] = set()
        self.conversations: list[EditConversation] = []

    @property
    def live(self) -> list[int]:
        return sorted(self.parents.keys() - self.trashed - self.expired - self.purged)

    @property
    def there(self) -> set[int]:
        return self.parents.keys() - self.expired - self.purged

    def root(self, pk: int) -> int:
        """The first of its line, climbing over everything that ever was."""
        parent = self.parents[pk]
        return pk if parent is None else self.root(parent)

    def add(self, pk: int, parent: int | None) -> None:
        assert pk not in self.parents, "an id is never used twice"
        self.parents[pk] = parent

    def family(self, pk: int) -> set[int]:
        """The post and all that can be found to come from it: of the first of a line the whole
        line, of any other what no deleted post separates from it.
        """
        there = self.parents.keys() - self.purged
        if self.parents[pk] is None:
            return {pk} | {p for p in there if self.root(p) == pk}
        below = [p for p in there if self.parents[p] == pk]
        return {pk}.union(*(self.family(child) for child in below))


ACTIONS = ("edit", "edit", "edit", "go on", "go on", "late", "trash", "trash", "restore", "expire")
ENDS = ("purge", "purge", "purge all", "trash conversation")
programs = st.lists(
    st.tuples(st.sampled_from(ACTIONS + ENDS), st.integers(0, 20)), min_size=4, max_size=16
)


def picture_of(pk: int) -> GeneratedImage:
    return GeneratedImage.objects.select_related("post", "object").get(post=pk)


def edit(family: Family, parent: int, *, goes_on: bool = False, late: bool = False) -> None:
    """Through the service and the machine, with the models of the scripted vendor."""
    models = [spec for key in ("test/edit", "test/other-edit") if (spec := catalogue.find(key))]
    base = picture_of(parent)
    wish = EditWish("darker", models[: 1 + parent % 2], bases=[base])
    conversations = [c for c in family.conversations if c.deleted_at is None]
    if goes_on and conversations:
        turn = send_turn(conversation=conversations[parent % len(conversations)], wish=wish)
    else:
        conversation = start_conversation(owner=family.owner, source=base, wish=wish)
        family.conversations.append(conversation)
        turn = conversation.turns.get()
    if late:
        trash.trash(owner=family.owner, ids=[parent])
        family.trashed.add(parent)
    for job in turn.jobs.all():
        runner.run(job.pk)
    images = list(turn.images.order_by("turn_slot"))
    assert len(images) == len(wish.models)
    for image in images:
        family.add(image.post_id, parent)


def happen(family: Family, action: str, pick: int) -> None:
    """One step of a program, if there is something that it could be about."""
    live, trashed = family.live, sorted(family.trashed)
    if action in {"edit", "go on", "late"} and live:
        parent = live[pick % len(live)]
        edit(family, parent, goes_on=action == "go on", late=action == "late")
    elif action == "trash" and live:
        pk = live[pick % len(live)]
        trash.trash(owner=family.owner, ids=[pk])
        family.trashed.add(pk)
    elif action == "restore" and trashed:
        pk = trashed[pick % len(trashed)]
        trash.restore(owner=family.owner, ids=[pk])
        family.trashed.remove(pk)
    elif action == "expire" and trashed:
        pk = trashed[pick % len(trashed)]
        over = timezone.now() - settings.TRASH_RETENTION - dt.timedelta(seconds=1)
        Post.objects.filter(pk=pk).update(deleted_at=over)
        family.trashed.remove(pk)
        family.expired.add(pk)
    elif action.startswith("purge") and (rows := sorted(family.parents.keys() - family.purged)):
        pk = rows[pick % len(rows)]
        takes_all = action == "purge all"
        posts = Post.objects.filter(pk=pk)
        deletion.delete_posts(posts, by=family.owner, include_generated=takes_all)
        gone = family.family(pk) if takes_all else {pk}
        family.purged |= gone
        family.trashed -= gone
        family.expired -= gone
    elif action == "trash conversation" and family.conversations:
        conversation = family.conversations[pick % len(family.conversations)]
        conversation.deleted_at = timezone.now()
        conversation.save(update_fields=["deleted_at"])


def check(family: Family) -> None:
    """What the database has, and what is shown of it from each post that can be opened."""
    rows = Post.objects.filter(owner=family.owner).values_list("pk", "parent_id", "root_id")
    assert {pk: parent for pk, parent, _root in rows} == {
        pk: parent for pk, parent in family.parents.items() if pk not in family.purged
    }
    for pk, parent, root in rows:
        assert root == (None if parent is None else family.root(pk))
    for pk in family.live:
        tree = tree_of(Post.objects.get(pk=pk))
        root = family.root(pk)
        there = {each for each in family.there if family.root(each) == root}
        tombstones = ({family.parents[each] for each in there} | {root}) - there - {None}
        assert len(tree.nodes) == len(there) + len(tombstones)
        met: set[int] = set()
        for node in tree.nodes:
            above = node.parent.post_id if node.parent else None
            assert above is None or above in met, "each one after what it was made from"
            met.add(node.post_id)
            if node.post_id in there:
                assert above == family.parents[node.post_id]
                assert (node.state is State.TRASHED) == (node.post_id in family.trashed)
            else:
                assert node.post_id in tombstones
                assert (above, node.state) == (None if node.post_id == root else root, State.GONE)
        assert met == there | tombstones
        origin = origin_of(Post.objects.get(pk=pk))
        assert (origin.post_id if origin else None) == family.parents[pk]
        children = {each for each in family.live if family.parents[each] == pk}
        assert {child.pk for child in made_from(Post.objects.get(pk=pk))[0]} <= children


@pytest.mark.timeout(60 + 10 * EXAMPLES)
@given(program=programs)
@hypothesis_settings(
    deadline=None,
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_lines_stay_trees_with_the_right_roots_whatever_happens(
    alice: User, scripted: ScriptedProvider, program: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        family = Family(alice)
        for prompt in ("a lighthouse", "a heron"):
            post = create_post(alice, images=0, prompt=prompt)
            create_image(post)
            family.add(post.pk, None)
        for action, pick in program:
            happen(family, action, pick)
            if action not in {"edit", "trash"}:
                check(family)
        check(family)
        transaction.set_rollback(True)
