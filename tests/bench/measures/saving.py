"""Saving a post in a library of a million, with the index of the search and without it.

As the job machine does it: the row, then its caption, then four pictures with their objects, six
transactions in all. The triggers that keep the index are taken away and brought back in turns; what
was saved is deleted again. Wall-clock time (a save is mostly the journal), and processor time.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from tests.bench.ground import Ground
from tests.bench.report import Figure, median
from tests.bench.scale import rows
from tests.bench.scale.compare import ratio
from tests.bench.scale.shelf import cpu_seconds, owner, shelves

TITLE = "saving a post in a large library"
LIMIT = 2.0
SAVES = 40
PICTURES = 4


def run(ground: Ground) -> Iterator[Figure]:
    """Save with the index and without it, in turns."""
    with shelves(ground, ground.posts) as (shelf,), shelf.open():
        off, on = _switches()
        texts = [post[4] for post in next(rows.chunks(ground.posts)).posts[:SAVES]]
        _save_ms(texts)
        wall, cpu, bare_wall, bare_cpu = [], [], [], []
        for _ in range(ground.rounds(9, 3)):
            for walls, cpus, switched in ((wall, cpu, ([], [])), (bare_wall, bare_cpu, (off, on))):
                with _after(*switched):
                    taken_wall, taken_cpu = _save_ms(texts)
                walls.append(taken_wall)
                cpus.append(taken_cpu)
        for what, mine, bare in (
            ("wall clock", wall, bare_wall),
            ("processor time", cpu, bare_cpu),
        ):
            yield ratio(f"with search, against without ({what})", mine, bare, LIMIT)


def _save_ms(texts: list[str]) -> tuple[float, float]:
    """Wall-clock and processor time of one save, in milliseconds: medians of all texts."""
    from django.db import transaction

    from gallery.models import Post
    from tests.bench.walls import picture, stored_object

    person = owner()
    walls, cpus, saved = [], [], []
    for text in texts:
        wall, cpu = time.perf_counter(), cpu_seconds()
        with transaction.atomic():
            post = Post.objects.create(owner=person, prompt=text)
        with transaction.atomic():
            post.caption, post.status = text[:200], Post.Status.GENERATED
            post.save(update_fields=["caption", "status", "updated_at"])
        for position in range(PICTURES):
            with transaction.atomic():
                obj = stored_object(person, post)
                obj.save()
                picture(post, position, obj).save()
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((cpu_seconds() - cpu) * 1000)
        saved.append(post.pk)
    _delete(saved)
    return median(walls), sum(cpus) / len(cpus)


def _delete(saved: list[int]) -> None:
    from django.db import transaction

    from gallery.models import GeneratedImage, Post, StoredObject

    pictures = GeneratedImage.objects.filter(post__in=saved)
    objects = StoredObject.objects.filter(pk__in=list(pictures.values_list("object", flat=True)))
    with transaction.atomic():
        for gone in (pictures, objects, Post.objects.filter(pk__in=saved)):
            gone._raw_delete(gone.db)


def _switches() -> tuple[list[str], list[str]]:
    """Statements that take the triggers of posts and pictures away, and that bring them back."""
    from django.db import connection

    tables = [rows.POSTS.name, rows.PICTURES_TABLE.name]
    if connection.vendor == "postgresql":
        return (
            [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables],
            [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables],
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (%s, %s)",
            tables,
        )
        triggers = cursor.fetchall()
    return [f'DROP TRIGGER "{name}"' for name, _sql in triggers], [sql for _name, sql in triggers]


@contextlib.contextmanager
def _after(before: list[str], afterwards: list[str]) -> Iterator[None]:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in before:
            cursor.execute(statement)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for statement in afterwards:
                cursor.execute(statement)
