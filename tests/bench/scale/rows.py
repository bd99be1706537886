"""The rows of the synthetic library: posts, their pictures and the pictures' stored objects.

Everything follows from a fixed seed and the number of posts. The library has one owner with a tenth
of all posts, two with 3 % and 1 %, and 5,000 whose shares follow Zipf's law. Posts have up to eight
pictures (four on average, by up to four of 20 models), prompts of some 28 words, and captions with
three hashtags. Their dates ascend with their ids but for 5 %. A quarter is public, some fifty of
them featured whatever the number of posts. The pictures have no bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np

from gallery.imaging.renditions import rendition_sizes
from tests.bench.scale import words

SEED = 20_251
CHUNK = 10_000
SMALL_OWNERS = 5_000
FLATTENED = 20  #: so that the first of them has fewer posts than the third large owner
#: The owners with the ids 1, 2 and 3 have these shares of the posts.
LARGE_OWNERS = (0.10, 0.03, 0.01)
OWNER = 1
SMALL_OWNER = len(LARGE_OWNERS) + 10  #: of a million posts some 0.5 %
PROJECTS_EACH = 20  #: the last one is empty
BEGIN = np.datetime64("2025-01-01T00:00:00", "us")
SPAN = timedelta(days=600)
OUT_OF_ORDER, ON_THE_HOUR = 0.05, 0.03
DELETED, PUBLIC, IN_PROJECT, EDITED, FAILED = 0.03, 0.25, 0.30, 0.03, 0.01
PICTURES = (0.12, 0.16, 0.16, 0.20, 0.12, 0.10, 0.06, 0.08)  #: one to eight: 4.0 on average
FEATURED = 200  #: so many posts, as far apart as can be; those of them that are public
BASE36 = np.frombuffer(b"0123456789abcdefghijklmnopqrstuvwxyz", dtype="S1")

ASPECTS = (
    ("1:1", 1024, 1024),
    ("4:5", 916, 1144),
    ("3:4", 886, 1182),
    ("9:16", 766, 1360),
    ("16:9", 1360, 766),
    ("3:2", 1254, 836),
    ("2:3", 836, 1254),
    ("4:3", 1182, 886),
)
ASPECT_SHARES = (0.34, 0.20, 0.06, 0.10, 0.14, 0.06, 0.05, 0.05)
MODELS = (
    ("builtin/lumen", "Lumen"),
    ("builtin/gouache", "Gouache"),
    ("builtin/poster", "Poster"),
    *((f"example/model-{number}", f"Model {number}") for number in range(4, 21)),
)
COLOURS = tuple(f"#{red:02x}{green:02x}60" for red in range(32, 224, 24) for green in (48, 96, 160))

Row = tuple[Any, ...]


class Table(NamedTuple):
    """A table of the library: the columns that differ, and what every row has in the others."""

    name: str
    columns: tuple[str, ...]
    constants: dict[str, Any]


PEOPLE = Table(
    "accounts_user",
    ("id", "email", "handle", "date_joined"),
    {
        "password": "!",
        "is_superuser": 0,
        "name": "",
        "bio": "",
        "posts_begin_public": 0,
        "language": "",
        "is_active": 1,
        "is_staff": 0,
        "suspended_reason": "",
        "bytes_to_follow": 0,
    },
)
PROJECTS = Table(
    "gallery_project", ("id", "owner_id", "name", "created_at", "updated_at"), {"brief": ""}
)
POSTS = Table(
    "gallery_post",
    (
        "id",
        "owner_id",
        "project_id",
        "status",
        "prompt",
        "aspect_ratio",
        "caption",
        "visibility",
        "share_token",
        "created_at",
        "updated_at",
        "deleted_at",
        "is_featured",
        "featured_at",
    ),
    {
        "revision": 1,
        "negative_prompt": "",
        "resolution": "1K",
        "seed": -1,
        "caption_model": "builtin/scribe",
        "sharing_enabled": 1,
        "prompt_is_shared": 0,
        "downloads_allowed": 1,
        "review": "",
        "is_disabled_by_admin": 0,
        "disabled_by_admin_reason": "",
        "download_count": 0,
    },
)
OBJECTS = Table(
    "gallery_storedobject",
    ("id", "key", "owner_id", "rendition_widths", "created_at"),
    {
        "area": "public",
        "state": "live",
        "moving_to": "",
        "is_revoked": 0,
        "content_type": "image/jpeg",
        "size": 400_000,
        "sha256": "0" * 64,
        "attempts": 0,
        "last_error": "",
    },
)
PICTURES_TABLE = Table(
    "gallery_generatedimage",
    (
        "id",
        "owner_id",
        "post_id",
        "object_id",
        "position",
        "width",
        "height",
        "aspect_ratio",
        "dominant_colour",
        "prompt",
        "model",
        "model_name",
        "created_at",
    ),
    {
        "filename": "picture.jpg",
        "resolution": "1K",
        "hue": 30,
        "has_sound": 0,
        "negative_prompt": "",
        "params": "{}",
        "duration_ms": 2300,
        "cost_basis": "",
        "selected": 1,
    },
)


@dataclass
class Chunk:
    """Some thousand posts in the order of their ids, with what belongs to them."""

    posts: list[Row]
    objects: list[Row]
    pictures: list[Row]


def people() -> list[Row]:
    """The owners."""
    count = len(LARGE_OWNERS) + SMALL_OWNERS
    begun = _text(BEGIN)
    return [(pk, f"person{pk}@example.com", handle_of(pk), begun) for pk in range(1, count + 1)]


def handle_of(pk: int) -> str:
    """The name of an owner's public page."""
    return f"person{pk}"


def projects() -> list[Row]:
    """The projects of the three large owners."""
    owners = range(1, len(LARGE_OWNERS) + 1)
    pairs = [(owner, number) for owner in owners for number in range(PROJECTS_EACH)]
    return [
        (pk, owner, f"Project {number + 1}", _text(BEGIN), _text(BEGIN))
        for pk, (owner, number) in enumerate(pairs, start=1)
    ]


def chunks(posts: int) -> Iterator[Chunk]:
    """All posts, the oldest first."""
    terms = np.array(words.vocabulary(), dtype=object)
    weights = words.cumulative_weights()
    pictures = 0
    for begin in range(0, posts, CHUNK):
        maker = _Maker(posts, begin, min(CHUNK, posts - begin), terms, weights)
        chunk = maker.chunk(pictures)
        pictures += len(chunk.pictures)
        yield chunk


class _Maker:
    """Draws the values of one chunk, all of a kind at once."""

    def __init__(
        self, posts: int, begin: int, size: int, terms: np.ndarray, weights: np.ndarray
    ) -> None:
        self._random = np.random.default_rng([SEED, begin])
        self._posts, self._begin, self._size = posts, begin, size
        self._terms, self._weights = terms, weights

    def chunk(self, pictures_before: int) -> Chunk:
        """Draw it. `pictures_before` tells which ids are taken."""
        owners = self._owners()
        created = self._created()
        times = [_text(moment) for moment in created]
        prompts = self._prompts(owners)
        aspects = self._random.choice(len(ASPECTS), self._size, p=ASPECT_SHARES).tolist()
        failed = self._random.random(self._size) < FAILED
        posts = self._post_rows(owners, created, times, prompts, aspects, failed)
        counts = self._random.choice(len(PICTURES), self._size, p=PICTURES) + 1
        counts[failed] = 0
        objects, pictures = self._picture_rows(posts, counts.tolist(), aspects, pictures_before)
        return Chunk(posts, objects, pictures)

    def _owners(self) -> np.ndarray:
        rest = 1 / (np.arange(SMALL_OWNERS) + FLATTENED)
        shares = np.concatenate([LARGE_OWNERS, rest / rest.sum() * (1 - sum(LARGE_OWNERS))])
        return np.searchsorted(np.cumsum(shares)[:-1], self._random.random(self._size)) + 1

    def _created(self) -> np.ndarray:
        span_us = int(SPAN.total_seconds() * 1e6)
        step = span_us / self._posts
        offsets = ((self._begin + np.arange(self._size)) * step).astype("int64")
        moved = self._random.random(self._size) < OUT_OF_ORDER
        offsets[moved] += self._random.integers(-30 * 86_400_000_000, 0, moved.sum())
        tied = self._random.random(self._size) < ON_THE_HOUR
        offsets[tied] -= offsets[tied] % 3_600_000_000
        return BEGIN + offsets.clip(0).astype("timedelta64[us]")

    def _prompts(self, owners: np.ndarray) -> list[str]:
        lengths = np.exp(self._random.normal(np.log(25), 0.45, self._size)).astype(int).clip(3, 140)
        texts = self._texts(lengths)
        for word, rate in words.INJECTED.items():
            chosen = self._random.random(self._size) < rate
            self._inject(texts, word, chosen)
        chosen = self._random.random(self._size) < words.ELSEWHERE_RATE
        self._inject(texts, words.ELSEWHERE, chosen & (owners != OWNER))
        return [", ".join((" ".join(text[:9]), " ".join(text[9:]))).rstrip(", ") for text in texts]

    def _inject(self, texts: list[list[str]], word: str, chosen: np.ndarray) -> None:
        for number in np.flatnonzero(chosen):
            text = texts[number]
            text.insert(int(self._random.integers(len(text) + 1)), word)

    def _texts(self, lengths: np.ndarray) -> list[list[str]]:
        ends = np.cumsum(lengths)
        ranks = np.searchsorted(self._weights[:-1], self._random.random(int(ends[-1])))
        drawn = self._terms[ranks].tolist()
        return [drawn[end - length : end] for length, end in zip(lengths, ends, strict=True)]

    def _post_rows(
        self,
        owners: np.ndarray,
        created: np.ndarray,
        times: Sequence[str],
        prompts: Sequence[str],
        aspects: Sequence[int],
        failed: np.ndarray,
    ) -> list[Row]:
        captions = self._texts(self._random.integers(7, 19, self._size))
        tokens = self._codes(22, self._size)
        deleted = self._random.random(self._size) < DELETED
        public = self._random.random(self._size) < PUBLIC
        edited = self._random.random(self._size) < EDITED
        filed = (self._random.random(self._size) < IN_PROJECT) & (owners <= len(LARGE_OWNERS))
        project = (owners - 1) * PROJECTS_EACH
        project += self._random.integers(1, PROJECTS_EACH, self._size)
        trashed = created + np.timedelta64(3, "D")
        numbers = self._begin + np.arange(self._size)
        featured = public & (numbers % max(1, self._posts // FEATURED) == 0)
        return [
            (
                self._begin + n + 1,
                int(owners[n]),
                int(project[n]) if filed[n] else None,
                "failed" if failed[n] else "edited" if edited[n] else "generated",
                prompts[n],
                ASPECTS[aspects[n]][0],
                _caption(captions[n]),
                "public" if public[n] else "unlisted",
                tokens[n],
                times[n],
                times[n],
                _text(trashed[n]) if deleted[n] else None,
                int(featured[n]),
                times[n] if featured[n] else None,
            )
            for n in range(self._size)
        ]

    def _picture_rows(
        self,
        posts: Sequence[Row],
        counts: Sequence[int],
        aspects: Sequence[int],
        pictures_before: int,
    ) -> tuple[list[Row], list[Row]]:
        """The stored objects, and the pictures. A post's pictures are by up to four models."""
        total = sum(counts)
        codes = iter(self._codes(26, total))
        colours = iter(self._random.integers(len(COLOURS), size=total).tolist())
        shares = 1 / np.arange(1, len(MODELS) + 1)
        models = self._random.choice(len(MODELS), (self._size, 4), p=shares / shares.sum()).tolist()
        widths = [
            json.dumps([name for name, _width, _height in rendition_sizes(width, height)])
            for _aspect, width, height in ASPECTS
        ]
        objects: list[Row] = []
        pictures: list[Row] = []
        for post, count, aspect, of_post in zip(posts, counts, aspects, models, strict=True):
            pk, owner, prompt, time = post[0], post[1], post[4], post[9]
            name, width, height = ASPECTS[aspect]
            for position in range(count):
                number = pictures_before + len(objects) + 1
                model, model_name = MODELS[of_post[position % 4]]
                key = f"generated/{owner}/{1_735_689_600_000 + pk * 1000}-{next(codes)}.jpg"
                objects.append((number, key, owner, widths[aspect], time))
                pictures.append(
                    (
                        number,
                        owner,
                        pk,
                        number,
                        position,
                        width,
                        height,
                        name,
                        COLOURS[next(colours)],
                        prompt,
                        model,
                        model_name,
                        time,
                    )
                )
        return objects, pictures

    def _codes(self, length: int, count: int) -> list[str]:
        """Random text of that length, as in keys and share tokens."""
        letters = BASE36[self._random.integers(len(BASE36), size=(count, length))]
        return letters.view(f"S{length}").ravel().astype(f"U{length}").tolist()


def _caption(text: list[str]) -> str:
    tags = " ".join(f"#{word.capitalize()}" for word in text[-3:])
    return f"{' '.join(text[:-3]).capitalize()}.\n\n{tags}"


def _text(moment: np.datetime64) -> str:
    """As Django writes a time into SQLite."""
    return str(moment).replace("T", " ")
