"""What must be there: the library as a few sets in memory, to compare the database with."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

RETENTION_DAYS = 30


@dataclass
class Upload:
    """A reference."""

    pk: int
    owner: int
    kept: bool
    size: int
    days: int = 0
    """Since it was uploaded."""


@dataclass
class Entry:
    """A post."""

    pk: int
    owner: int
    parent: int | None
    pictures_wanted: int
    root: int | None = None
    """The first of its line."""
    talk: int | None = None
    """The conversation in which it was made."""
    uploads: set[int] = field(default_factory=set)
    sizes: list[int] = field(default_factory=list)
    """Of its pictures, in bytes."""
    is_unfinished: bool = True
    was_disturbed: bool = False
    """While it was made: it may lack pictures."""
    is_public: bool = False
    is_shared: bool = True
    share_ended: bool = False
    is_trashed: bool = False
    days: int = 0
    """In the trash."""

    @property
    def is_over(self) -> bool:
        """In the trash for so long that it is as good as gone."""
        return self.is_trashed and self.days >= RETENTION_DAYS

    @property
    def is_seen(self) -> bool:
        """Whether somebody else who has the link sees it."""
        return not self.is_trashed and self.is_shared and not self.share_ended

    @property
    def is_listed(self) -> bool:
        """Whether everybody finds it."""
        return self.is_seen and self.is_public and bool(self.sizes) and not self.is_unfinished


@dataclass
class Talk:
    """A conversation."""

    pk: int
    owner: int
    is_trashed: bool = False
    days: int = 0
    """In the trash."""

    @property
    def is_over(self) -> bool:
        """In the trash for so long that it is as good as gone."""
        return self.is_trashed and self.days >= RETENTION_DAYS


class Library:
    """Everything that people have."""

    def __init__(self) -> None:
        self.posts: dict[int, Entry] = {}
        self.talks: dict[int, Talk] = {}
        self.uploads: dict[int, Upload] = {}
        self.emptyings: dict[int, set[int]] = {}
        """Owner to what was in their trash when they asked for it to be emptied, and still is."""
        self.emptied_talks: dict[int, set[int]] = {}
        """The same of the conversations."""
        self.emptied: dict[int, int] = {}
        """Owner to the posts that their emptying has deleted."""

    def live(self, owner: int) -> set[int]:
        """What its owner sees outside of the trash."""
        return {p.pk for p in self.posts.values() if p.owner == owner and not p.is_trashed}

    def trash(self, owner: int) -> set[int]:
        """What its owner can restore or delete."""
        mine = (p for p in self.posts.values() if p.owner == owner)
        return {p.pk for p in mine if p.is_trashed and not p.is_over}

    def in_trash_at_all(self, owner: int) -> set[int]:
        """The same with what only waits for the purge."""
        return {p.pk for p in self.posts.values() if p.owner == owner and p.is_trashed}

    def over(self) -> set[int]:
        """What the purge takes."""
        return {p.pk for p in self.posts.values() if p.is_over}

    def family(self, ids: Iterable[int]) -> set[int]:
        """These with everything that was made from them: of the first of a line all of its line."""
        first = set(ids)
        found = first | {p.pk for p in self.posts.values() if p.root in first}
        while more := {p.pk for p in self.posts.values() if p.parent in found} - found:
            found |= more
        return found

    def line_of(self, parent: int | None) -> int | None:
        """The first of the line of what is made from this post."""
        return None if parent is None else self.posts[parent].root or parent

    def is_shared_by_default(self, parent: int, root: int | None) -> bool:
        """Whether what is made from a post begins as shared: as that post is, else its line's
        first; without either as every new post.
        """
        nearest = self.posts.get(parent) or self.posts.get(root or 0)
        return nearest is None or (nearest.is_shared and not nearest.share_ended)

    def made_in(self, talk: int) -> set[int]:
        """The posts that a conversation made and that are still there."""
        return {p.pk for p in self.posts.values() if p.talk == talk}

    def live_talks(self, owner: int) -> set[int]:
        """The conversations that their owner may open."""
        return {t.pk for t in self.talks.values() if t.owner == owner and not t.is_trashed}

    def trashed_talks(self, owner: int) -> set[int]:
        """Those that their owner can restore or delete."""
        mine = (t for t in self.talks.values() if t.owner == owner)
        return {t.pk for t in mine if t.is_trashed and not t.is_over}

    def talks_in_trash_at_all(self, owner: int) -> set[int]:
        """The same with what only waits for the purge."""
        return {t.pk for t in self.talks.values() if t.owner == owner and t.is_trashed}

    def talks_over(self) -> set[int]:
        """What the purge takes of them."""
        return {t.pk for t in self.talks.values() if t.is_over}

    def talks_trashed(self, ids: Iterable[int]) -> None:
        """These went to the trash."""
        for pk in ids:
            self.talks[pk].is_trashed, self.talks[pk].days = True, 0

    def talks_restored(self, ids: Collection[int]) -> None:
        """These came back."""
        for pk in ids:
            self.talks[pk].is_trashed = False
        for asked in self.emptied_talks.values():
            asked.difference_update(ids)

    def talks_deleted(self, ids: Collection[int]) -> None:
        """These are gone; their posts are posts like others now."""
        for pk in ids:
            del self.talks[pk]
            for post in self.made_in(pk):
                self.posts[post].talk = None
        for asked in self.emptied_talks.values():
            asked.difference_update(ids)

    def made_with(self, upload: int) -> set[int]:
        """Posts that were made with an upload."""
        return {p.pk for p in self.posts.values() if upload in p.uploads}

    def is_in_use(self, upload: int) -> bool:
        """Whether something unfinished needs it."""
        return any(self.posts[pk].is_unfinished for pk in self.made_with(upload))

    def size_of(self, ids: Iterable[int]) -> int:
        """Bytes of the pictures of these posts."""
        return sum(sum(self.posts[pk].sizes) for pk in ids)

    def pictures_of(self, ids: Iterable[int]) -> int:
        """How many pictures these posts have."""
        return sum(len(self.posts[pk].sizes) for pk in ids)

    def trashed(self, ids: Iterable[int]) -> None:
        """These went to the trash; what was being made for them stopped."""
        for pk in ids:
            self.posts[pk].is_trashed, self.posts[pk].days = True, 0
            self.posts[pk].is_unfinished = False

    def restored(self, ids: Collection[int]) -> None:
        """These came back."""
        for pk in ids:
            self.posts[pk].is_trashed = False
        self._no_longer_emptied(ids)

    def deleted(self, ids: Collection[int]) -> None:
        """These are gone, and what was uploaded for them and nothing unfinished needs."""
        used = {upload for pk in ids for upload in self.posts[pk].uploads}
        for pk in ids:
            del self.posts[pk]
        self._no_longer_emptied(ids)
        for upload in used:
            if not self.uploads[upload].kept and not self.is_in_use(upload):
                self.upload_deleted(upload)

    def upload_deleted(self, upload: int) -> None:
        """It is gone, and what stays of what was made with it forgets it."""
        self.uploads.pop(upload, None)
        for post in self.posts.values():
            post.uploads.discard(upload)

    def outlived(self) -> set[int]:
        """Uploads whose last job has ended: the sweep takes them."""
        transient = (pk for pk, upload in self.uploads.items() if not upload.kept)
        return {pk for pk in transient if self.made_with(pk) and not self.is_in_use(pk)}

    def days_passed(self, days: int) -> None:
        """For everything that is in the trash or was uploaded."""
        for post in self.posts.values():
            post.days += days if post.is_trashed else 0
        for talk in self.talks.values():
            talk.days += days if talk.is_trashed else 0
        for upload in self.uploads.values():
            upload.days += days

    def bytes_of(self, owner: int) -> int:
        """What counts for a person."""
        uploads = sum(upload.size for upload in self.uploads.values() if upload.owner == owner)
        return uploads + self.size_of(p.pk for p in self.posts.values() if p.owner == owner)

    def _no_longer_emptied(self, ids: Iterable[int]) -> None:
        for asked in self.emptyings.values():
            asked.difference_update(ids)
