"""Makes what tests need, in the words of the house."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from functools import cache
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db.models.functions import Now
from PIL import Image

from gallery.imaging.renditions import develop, rendition_key
from gallery.models import GeneratedImage, Post, Project, ReferenceImage, StoredObject
from gallery.models.objects import new_key
from gallery.services import quota
from generation import catalogue
from generation.models import GenerationJob
from generation.providers.types import Kind
from generation.services import runner
from generation.services.studio import Wish, start_post
from pixelstream.accounts.models import User

PASSWORD = "correct horse battery staple"


def create_user(email: str, **fields: Any) -> User:
    """A person with the password PASSWORD."""
    return User.objects.create_user(email, PASSWORD, **fields)


@cache
def picture_bytes(width: int = 64, height: int = 64, colour: str = "#b04a2f") -> bytes:
    """A small JPEG."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def create_object(owner: User, *, area: str = "public", data: bytes | None = None) -> StoredObject:
    """A live object whose bytes are in storage."""
    data = picture_bytes() if data is None else data
    developed = develop(data, mark="algorithmicMedia")
    obj = StoredObject.objects.create(
        key=new_key("generated", owner.pk, "jpg"),
        area=area,
        state=StoredObject.State.LIVE,
        owner=owner,
        content_type=developed.media_type,
        size=len(developed.data),
        sha256=hashlib.sha256(developed.data).hexdigest(),
        rendition_widths=sorted(developed.renditions),
    )
    quota.count(Counter({owner.pk: obj.size}))
    storages[area].save(obj.key, ContentFile(developed.data))
    for width, rendition in developed.renditions.items():
        storages[area].save(rendition_key(obj.key, width), ContentFile(rendition))
    return obj


def create_image(
    post: Post, *, position: int = 0, data: bytes | None = None, **fields: Any
) -> GeneratedImage:
    """A picture of a post, with its bytes."""
    values: dict[str, Any] = {
        "filename": "picture.jpg",
        "width": 64,
        "height": 64,
        "aspect_ratio": "1:1",
        "resolution": "1K",
        "dominant_colour": "#b04a2f",
        "hue": 30,
        "prompt": post.prompt,
        "model": "builtin/lumen",
        "model_name": "Lumen",
        "duration_ms": 1300,
        **fields,
    }
    obj = create_object(post.owner, data=data)
    return GeneratedImage.objects.create(
        owner=post.owner, post=post, position=position, object=obj, **values
    )


def create_post(owner: User, *, images: int = 1, **fields: Any) -> Post:
    """A finished post with pictures."""
    values: dict[str, Any] = {
        "prompt": "a lighthouse at dusk",
        "caption": "Last light.\nThe sea keeps the diary.\n\n#Lighthouse #Dusk",
        "status": Post.Status.GENERATED,
        **fields,
    }
    post = Post.objects.create(owner=owner, **values)
    for position in range(images):
        create_image(post, position=position)
    return post


def create_project(owner: User, name: str = "Farol") -> Project:
    """A project."""
    return Project.objects.create(owner=owner, name=name)


def create_reference(owner: User, **fields: Any) -> ReferenceImage:
    """A private upload, with its bytes."""
    return ReferenceImage.objects.create(
        owner=owner,
        object=create_object(owner, area="private"),
        filename="reference.jpg",
        width=64,
        height=64,
        dominant_colour="#b04a2f",
        **fields,
    )


def a_wish(
    prompt: str = "a lighthouse at dusk", models: str = "builtin/sketch", **fields: Any
) -> Wish:
    """What the studio's form asks for; `models` are keys separated by spaces."""
    specs = [spec for key in models.split() if (spec := catalogue.find(key)) is not None]
    return Wish(prompt=prompt, models=specs, **fields)


def start(
    owner: User, prompt: str = "a lighthouse at dusk", models: str = "builtin/sketch", **fields: Any
) -> Post:
    """A post that was just asked for."""
    return start_post(owner=owner, wish=a_wish(prompt, models, **fields))


def job_of(post: Post, kind: Kind = Kind.IMAGE, slot: int = 0) -> GenerationJob:
    """The latest job of a slot."""
    return post.jobs.filter(kind=kind, slot=slot).order_by("-id")[0]


def work_off(post: Post, *, rounds: int = 10) -> None:
    """Do what the workers would do, in this process, until nothing is due."""
    for _ in range(rounds):
        due = list(post.jobs.claimable().filter(run_after__lte=Now()).values_list("pk", flat=True))
        if not due:
            break
        for job_id in due:
            runner.run(job_id)
    post.refresh_from_db()
