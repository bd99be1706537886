"""What a picture was made from, and what was made from it: a tree of posts.

A post keeps the ids of its parent and of the first of its line, also when those are deleted for
good. So a picture that is gone still has its place, and no query has to climb.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from string import ascii_lowercase

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gallery.covers import with_covers
from gallery.models import GeneratedImage, Post, StoredObject, TurnBase
from gallery.models.posts import PostQuerySet

SHOWN = 150
"""Posts of one tree on a page: those nearest to the one that it is about."""
LEVELS = 6
"""How deep lists are nested; what is deeper stands in the last of them and says what it is from.
A conversation of 200 turns is 200 edits deep, and a phone has room for six steps to the right.
"""
CHILDREN = 12
"""Of what was made from a post, so many are shown on its page."""


class State(StrEnum):
    """Whether a post of the tree can be opened."""

    LIVE = "live"
    TRASHED = "trashed"
    GONE = "gone"


@dataclass(frozen=True)
class Node:
    """A post in its line. Of one that is deleted for good only the id is known."""

    post_id: int
    depth: int
    """Edits between it and the first one that is shown."""
    state: State
    is_current: bool
    parent: Node | None
    """None for the first one that is shown."""
    post: Post | None = None
    label: str = ""
    """Turn and model, as "2a"; empty for what no conversation made."""
    left_out: int = 0
    """How many that were made from it are not shown."""

    @property
    def name(self) -> str:
        """What it is called in its line."""
        if self.post is None:
            return _("Deleted picture")
        if self.is_clip:
            return pgettext("of a line", "Clip")
        is_edit = self.post.status == Post.Status.EDITED
        return self.label or (pgettext("of a line", "Edit") if is_edit else _("Source"))

    @property
    def is_clip(self) -> bool:
        """Whether it was made by animating, and not by editing."""
        cover = self.post.cover if self.post else None
        return bool(cover and cover.is_clip)

    @property
    def says_parent(self) -> bool:
        """Whether the lists are too deep to show what it is from."""
        return self.depth > LEVELS


@dataclass
class Branch:
    """A node with the list that hangs under it."""

    node: Node
    branches: list[Branch] = field(default_factory=list)


@dataclass(frozen=True)
class Tree:
    """The line of a post, or what of it is near the post."""

    post: Post
    nodes: tuple[Node, ...]
    """Depth first: each one after what it was made from."""
    left_out: int
    """How many posts of the line are not shown."""
    above: int | None
    """The post that the first one shown was made from, if it is not shown itself."""

    @property
    def is_alone(self) -> bool:
        """Whether the post neither comes from another one nor has another one come from it."""
        return len(self.nodes) == 1 and not self.left_out

    @property
    def mark(self) -> tuple[object, ...]:
        """Differs when a page has to show something else."""
        covers = (node.post.cover if node.post else None for node in self.nodes)
        shown = zip(self.nodes, covers, strict=True)
        return (
            tuple((n.post_id, n.state, n.depth, n.left_out, c and c.pk) for n, c in shown),
            self.left_out,
        )

    @cached_property
    def branches(self) -> list[Branch]:
        """The nodes as nested lists, LEVELS deep at most."""
        roots: list[Branch] = []
        path: list[Branch] = []  # from the outermost list to the innermost one
        for node in self.nodes:
            level = min(node.depth, LEVELS)
            del path[level:]
            branch = Branch(node)
            (path[-1].branches if path else roots).append(branch)
            path.append(branch)
        return roots


@dataclass(frozen=True)
class Origin:
    """What a post was made from."""

    post_id: int
    state: State
    post: Post | None = None
    image: GeneratedImage | None = None
    """The picture of it that was edited."""
    label: str = ""

    @property
    def mark(self) -> str:
        """Differs when a page has to show something else."""
        shown = self.post and self.post.title, self.image and self.image.pk
        return f"{self.post_id}{self.state}{shown}"


def output_label(number: int, slot: int) -> str:
    """What a picture of a conversation is called: its turn and the letter of its model, "2a"."""
    letters = ""
    slot += 1
    while slot:
        slot, letter = divmod(slot - 1, len(ascii_lowercase))
        letters = ascii_lowercase[letter] + letters
    return f"{number}{letters}"


def tree_of(post: Post, *, limit: int = SHOWN) -> Tree:
    """The whole line of a post, at most `limit` of it, in four queries however long it is."""
    root = post.root_id or post.pk
    # As a union: asked for either, SQLite reads all posts of the person. Ids and parents only, so
    # that a line of 10,000 posts is read in 20 ms.
    there = _there(post.owner_id).values_list("pk", "parent_id")
    parents: dict[int, int | None] = {}
    parents.update(there.filter(root=root).union(there.filter(pk=root), all=True))
    parents.setdefault(post.pk, post.parent_id)
    for gone in {pk for pk in parents.values() if pk is not None} - parents.keys():
        # Deleted for good, and with it what it was made from: that is somewhere under the first.
        parents[gone] = None if gone == root else root
    parents.setdefault(root, None)
    children: dict[int, list[int]] = defaultdict(list)
    for pk, parent in sorted(parents.items()):
        if parent is not None:
            children[parent].append(pk)
    shown = _nearest(post.pk, parents, children, limit)
    first = next(pk for pk in shown if parents[pk] not in shown)
    nodes = _nodes(post, first, shown, children)
    return Tree(post, tuple(nodes), len(parents) - len(shown), parents[first])


def origin_of(post: Post) -> Origin | None:
    """What the post was made from, None if it was made from words. Two queries if there is one."""
    if post.parent_id is None:
        return None
    parent = _there(post.owner_id).filter(pk=post.parent_id).for_cards().first()
    if parent is None:
        return Origin(post.parent_id, State.GONE)
    was_base = TurnBase.objects.filter(image=OuterRef("pk"), turn__images__post=post)
    images = parent.images.annotate(was_base=Exists(was_base)).order_by("-was_base", "position")
    image = images.select_related("object", "turn").first()
    if image is not None:
        seen_by_owner(image, parent)
    label = _label(image.turn.number, image.turn_slot) if image and image.turn else ""
    return Origin(parent.pk, _state(parent), parent, image, label)


def made_from(post: Post) -> tuple[list[Post], bool]:
    """The newest CHILDREN live posts that were made from this one, with covers, and whether there
    are more. Two queries.
    """
    # Whose they are is no index to look in: SQLite, which counts no rows, would go through all that
    # the person has. Those made from one post are few.
    of_owner = Post.objects.live().alias(whose=F("owner_id") + 0).filter(whose=post.owner_id)
    found = list(of_owner.filter(parent=post).for_cards().order_by("-pk")[: CHILDREN + 1])
    return with_covers(found[:CHILDREN]), len(found) > CHILDREN


def seen_by_owner(image: GeneratedImage, post: Post) -> None:
    """Give a picture of the trash the address that only its owner can open: the public one ends
    at some moment after the post went there.
    """
    if post.deleted_at is not None:
        image.object.area = StoredObject.Area.PRIVATE


def _there(owner_id: int) -> PostQuerySet:
    """The person's posts, without those whose time in the trash is over: they are as good as gone,
    however late the purge is.
    """
    is_live, is_kept = Q(deleted_at=None), Q(deleted_at__gt=Now() - settings.TRASH_RETENTION)
    return Post.objects.filter(is_live | is_kept, owner_id=owner_id)


def _nearest(
    here: int, parents: dict[int, int | None], children: dict[int, list[int]], limit: int
) -> set[int]:
    """The posts fewest edits away, upwards first, then the newest. Always one connected part."""
    near = {here}
    queue = deque(near)
    while queue and len(near) < limit:
        pk = queue.popleft()
        parent = parents.get(pk)
        beside = [*([] if parent is None else [parent]), *reversed(children[pk])]
        new = [other for other in beside if other not in near][: limit - len(near)]
        near.update(new)
        queue.extend(new)
    return near


def _nodes(
    post: Post, first: int, shown: Collection[int], children: dict[int, list[int]]
) -> Iterable[Node]:
    """The shown posts, each after its parent. Without recursion: a line may be long."""
    rows = _there(post.owner_id).filter(pk__in=shown).for_cards()
    posts = {each.pk: each for each in with_covers(rows)}
    labels = _labels(posts)
    stack: list[tuple[int, Node | None]] = [(first, None)]
    while stack:
        pk, parent = stack.pop()
        own = posts.get(pk)
        if own and own.cover:
            seen_by_owner(own.cover, own)
        below = [child for child in children[pk] if child in shown]
        node = Node(
            pk,
            depth=parent.depth + 1 if parent else 0,
            state=_state(own),
            is_current=pk == post.pk,
            parent=parent,
            post=own,
            label=labels.get(pk, ""),
            left_out=len(children[pk]) - len(below),
        )
        yield node
        stack.extend((child, node) for child in reversed(below))


def _labels(posts: Collection[int]) -> dict[int, str]:
    made = GeneratedImage.objects.filter(post__in=posts, turn__isnull=False)
    rows = made.values_list("post_id", "turn__number", "turn_slot")
    return {post_id: _label(number, slot) for post_id, number, slot in rows}


def _label(number: int, slot: int | None) -> str:
    return output_label(number, slot or 0)


def _state(post: Post | None) -> State:
    if post is None:
        return State.GONE
    return State.LIVE if post.deleted_at is None else State.TRASHED
