"""Which posts the gallery shows: filters, search, pages of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db import connection, models
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext_lazy

from gallery import search
from gallery.covers import with_covers
from gallery.keyset import Page, beginning, newest_first, oldest_first
from gallery.models import GeneratedImage, Post

if TYPE_CHECKING:
    from gallery.models.posts import PostQuerySet
    from pixelstream.accounts.models import User

MATCHING_LIMIT = 10_000
"""Posts that "all matching" may mean: what one batch can be asked to do."""

MARK = "<mark>"
SEEN, LEAD = 32, 14
"""A match that begins within so many characters is seen; else so many are shown before it."""


class Kind(models.TextChoices):
    """How the pictures of a post came about. One with a clip is a video and nothing else."""

    CREATED = "created", pgettext_lazy("kind of post", "Created")
    EDITED = "edited", pgettext_lazy("kind of post", "Edited")
    VIDEO = "video", pgettext_lazy("kind of post", "Video")


@dataclass(frozen=True)
class Filters:
    """What is asked for. Days are whole days of the person's time zone, both included."""

    q: str = ""
    kind: str = ""
    model: str = ""
    aspect: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    newest: bool = True
    project_id: int | None = None

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return any([self.q, self.kind, self.model, self.aspect, self.since, self.until])

    def without(self, *names: str) -> Filters:
        """The same with these as if they had not been set."""
        plain: dict[str, Any] = {field.name: field.default for field in fields(self)}
        return replace(self, **{name: plain[name] for name in names})

    def parameters(self, **changes: Any) -> dict[str, str]:
        """As parameters of an address; what is not set is left out. The project is the page."""
        chosen = replace(self, **changes)
        parameters = {
            "q": chosen.q,
            "kind": chosen.kind,
            "model": chosen.model,
            "aspect": chosen.aspect,
            "from": chosen.since.isoformat() if chosen.since else "",
            "to": chosen.until.isoformat() if chosen.until else "",
            "sort": "" if chosen.newest else "oldest",
        }
        return {name: value for name, value in parameters.items() if value}

    def query_string(self, *, page: Page[Post] | None = None, **changes: Any) -> str:
        """As the end of an address, `?q=…`; with a page, that of the page after it."""
        parameters = self.parameters(**changes)
        if page and page.before:
            parameters["before"] = str(page.before)
        if page and page.after:
            parameters["after"] = str(page.after)
        return "?" + urlencode(parameters)


def browse(
    user: User,
    filters: Filters,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int,
    count_to: int = 0,
) -> Page[Post]:
    """A page of the person's posts, ready for cards.

    `before` is the cursor of a list with the newest first, `after` that of one with the oldest
    first; the other one means nothing and is ignored. With filters, the first page also knows how
    many posts there are up to `count_to`: finding them twice would cost twice.
    """
    cursor = before if filters.newest else after
    if filters.narrows:
        limit = size + 1 if cursor else max(size + 1, count_to)
        found = ids_of(user.pk, filters, cursor=cursor, limit=limit)
        page = _page_of(user, found[: size + 1], size=size, newest=filters.newest)
        return page if cursor else replace(page, found=len(found))
    rows = _everything(user, filters).for_cards()
    if filters.newest and cursor is None and filters.project_id is None:
        page = beginning(Post.objects.newest_of(user).for_cards(), size=size)
    elif filters.newest:
        page = newest_first(rows, size=size, before=cursor)
    else:
        page = oldest_first(rows, size=size, after=cursor)
    with_covers(page.items)
    return page


def matching(user: User, filters: Filters, *, limit: int = MATCHING_LIMIT) -> PostQuerySet:
    """All posts that the filters let through, at most `limit`: the first ones of the list."""
    if filters.narrows:
        found = ids_of(user.pk, filters, cursor=None, limit=limit)
    else:
        order = "-pk" if filters.newest else "pk"
        rows = _everything(user, filters).order_by(order)
        found = list(rows.values_list("pk", flat=True)[:limit])
    return Post.objects.visible_to(user).filter(pk__in=found)


def count_up_to(user: User, filters: Filters, limit: int) -> int:
    """How many posts there are, `limit` when there are that many or more."""
    if filters.narrows:
        return len(ids_of(user.pk, filters, cursor=None, limit=limit))
    return _everything(user, filters).order_by("-pk").values("pk")[:limit].count()


def count_since(user: User, filters: Filters, newest: int, *, limit: int) -> int:
    """How many posts came after the one with this id, `limit` when there are that many or more."""
    if filters.narrows:
        upwards = replace(filters, newest=False)
        return len(ids_of(user.pk, upwards, cursor=newest, limit=limit))
    since = _everything(user, filters).filter(pk__gt=newest)
    return since.order_by("pk").values("pk")[:limit].count()


def models_of(user: User) -> list[tuple[str, str]]:
    """Keys and display names of the models that this person has pictures of, by name.

    One look into an index for each model, however many pictures there are.
    """
    table = connection.ops.quote_name(GeneratedImage._meta.db_table)
    one_by_one = f"""
        WITH RECURSIVE used(model) AS (
            SELECT MIN(model) FROM {table} WHERE owner_id = %s
            UNION ALL
            SELECT (SELECT MIN(model) FROM {table} WHERE owner_id = %s AND model > used.model)
            FROM used WHERE used.model IS NOT NULL
        )
        SELECT model, (
            SELECT model_name FROM {table}
            WHERE owner_id = %s AND model = used.model ORDER BY post_id DESC LIMIT 1
        ) FROM used WHERE model IS NOT NULL
    """  # noqa: S608 (the table's own name)
    with connection.cursor() as cursor:
        cursor.execute(one_by_one, [user.pk] * 3)
        used = [(str(model), str(name)) for model, name in cursor.fetchall()]
    return sorted(used, key=lambda pair: pair[1].casefold())


@dataclass(frozen=True)
class Matches:
    """What a search found, for cards."""

    query: search.Query
    of_captions: bool = False
    """Nothing is shown of prompts: for strangers."""

    def words(self, post: Post) -> SafeString:
        """The caption with the matches in `<mark>`; the prompt if nothing matched in there.

        Cards show two lines, so the words begin shortly before the first match.
        """
        text = post.caption if self.of_captions else post.caption or post.prompt
        caption = search.highlight(text, self.query)
        if MARK in caption or not post.caption or self.of_captions:
            return _from_first_match(caption)
        prompt = search.highlight(post.prompt, self.query)
        return _from_first_match(prompt) if MARK in prompt else caption


def matches_of(filters: Filters) -> Matches | None:
    """What the cards are to set apart, None without a search."""
    return Matches(search.parse(filters.q)) if filters.q else None


def _from_first_match(words: SafeString) -> SafeString:
    before, mark, found = words.partition(MARK)
    if len(before) <= SEEN:
        return words
    # A space is in no tag and in no entity: what is cut there is still whole.
    lead = before[-LEAD:].partition(" ")[2]
    return mark_safe(f"… {lead}{mark}{found}")  # noqa: S308 (the end of what was escaped)


def better_spelled(user: User, filters: Filters) -> Filters | None:
    """What a search that found nothing may have meant; None without a guess that finds something.

    The other filters stay if that finds something as well.
    """
    text = search.suggest(search.parse(filters.q), user.pk) if filters.q else ""
    if not text:
        return None
    spelled = replace(filters, q=text)
    if ids_of(user.pk, spelled, cursor=None, limit=1):
        return spelled
    return Filters(q=text, newest=filters.newest)


def _everything(user: User, filters: Filters) -> PostQuerySet:
    posts = Post.objects.visible_to(user)
    if filters.project_id is not None:
        posts = posts.filter(project_id=filters.project_id)
    return posts


def ids_of(owner_id: int | None, filters: Filters, *, cursor: int | None, limit: int) -> list[int]:
    """Ids of what the filters let through, in the order of the list; of everybody's public posts
    with `search.PUBLIC` for an owner.

    The index of the search knows what every filter asks for, so that a rare model among a hundred
    thousand posts is found as fast as a rare word.
    """
    return search.search(
        owner_id,
        search.parse(filters.q),
        kind=filters.kind,
        model=filters.model,
        aspect=filters.aspect,
        since=filters.since,
        until=filters.until,
        project_id=filters.project_id,
        newest=filters.newest,
        cursor=cursor,
        limit=limit,
    )


def _page_of(user: User, found: list[int], *, size: int, newest: bool) -> Page[Post]:
    """The posts of these ids, in their order; one more than fits means that more follow."""
    shown = found[:size]
    posts = {
        post.pk: post for post in Post.objects.visible_to(user).filter(pk__in=shown).for_cards()
    }
    items = with_covers(posts[pk] for pk in shown if pk in posts)
    cursor = shown[-1] if len(found) > size else None
    return Page(items, before=cursor) if newest else Page(items, after=cursor)
