"""Exporting a gigabyte of pictures, and moving it to buckets and back: the memory that it takes.

The pictures are JPEGs to whoever reads their segments; what they show is noise. Each step runs in a
process of its own (`tests.bench.exporting`).
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.bench import ground as common
from tests.bench.ground import Ground
from tests.bench.measures.purge import object_storage
from tests.bench.report import Figure

if TYPE_CHECKING:
    from pixelstream.accounts.models import User

TITLE = "exporting an account, and moving to another storage"
POSTS, QUICK_POSTS = 64, 8
PICTURES = 4
PICTURE_BYTES = 4 * 1024**2
MEMORY_LIMIT_MB = 200.0


def run(ground: Ground) -> Iterator[Figure]:
    """On the disk, then in buckets of an S3 server, where everything is moved to and back."""
    person = common.person("exporter")
    _fill(person, ground.rounds(POSTS, QUICK_POSTS))
    yield _measured("exporting from and to the disk", "export", str(person.pk))
    with object_storage() as place:
        variables = {**place.variables, "R2_REGION": "auto"}
        yield _measured("moving pictures and parts to buckets", "move", "s3", **variables)
        yield _measured("exporting from and to buckets", "export", str(person.pk), **variables)
        yield _measured("moving parts to the disk", "move", "local", **variables)


def _measured(what: str, *arguments: str, **variables: str) -> Figure:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.exporting", *arguments],
        cwd=common.PROJECT_DIR,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    size = f"{told['what']}, {told['bytes'] / 1024**2:,.0f} MB"
    note = f"{told['before_mb']:.0f} MB before; {size}; {told['seconds']:.0f} s"
    return Figure(f"most memory: {what}", told["peak_mb"], "MB", MEMORY_LIMIT_MB, note=note)


def _fill(person: User, posts: int) -> None:
    from django.core.files.base import ContentFile

    from gallery.models import StoredObject
    from pixelstream.storages import area_named
    from tests.bench import walls

    walls.fill(person, posts=posts, images=PICTURES)
    for obj in StoredObject.objects.filter(owner=person):
        data = _picture()
        area_named("public").save(obj.key, ContentFile(data))
        StoredObject.objects.filter(pk=obj.pk).update(
            size=len(data), sha256=hashlib.sha256(data).hexdigest(), rendition_widths=[]
        )


def _picture() -> bytes:
    """The segments of a JPEG, and noise where its pixels should be."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (64, 64)).save(buffer, "JPEG")
    data = buffer.getvalue()
    pixels = data.index(b"\xff\xda") + 14  # the last header is 12 bytes long
    noise = os.urandom(PICTURE_BYTES).replace(b"\xff", b"\x00")
    return data[:pixels] + noise + b"\xff\xd9"
