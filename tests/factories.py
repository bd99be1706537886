"""Makes what tests need, in the words of the house."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db.models.functions import Now
from PIL import Image

from gallery.imaging.clips import DevelopedClip, develop_clip
from gallery.imaging.formats import is_clip
from gallery.imaging.renditions import Developed, develop, rendition_key
from gallery.models import (
    EditConversation,
    EditTurn,
    GeneratedImage,
    Post,
    Project,
    ReferenceImage,
    StoredObject,
    TurnBase,
)
from gallery.models.objects import new_key
from gallery.services import quota
from generation import catalogue
from generation.models import GenerationJob
from generation.providers.types import Kind
from generation.services import runner
from generation.services.animating import ClipWish, start_clip
from generation.services.editing import EditWish, start_conversation
from generation.services.studio import Wish, start_post
from pixelstream.accounts.models import User
from tests.gallery.imaging.films import create_film
from tests.gallery.imaging.pictures import create_scene

PASSWORD = "correct horse battery staple"
FRAMES_PER_SECOND = 12


def create_user(email: str, **fields: Any) -> User:
    """A person with the password PASSWORD."""
    return User.objects.create_user(email, PASSWORD, **fields)


@cache
def picture_bytes(width: int = 64, height: int = 64, colour: str = "#b04a2f") -> bytes:
    """A small JPEG."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "JPEG")
    return buffer.getvalue()


@cache
def film_bytes(
    width: int = 160, height: int = 96, *, seconds: int = 2, has_sound: bool = False
) -> bytes:
    """A small MP4 that browsers play. Nothing moves in it."""
    scenes = [create_scene((width, height))] * (seconds * FRAMES_PER_SECOND)
    return create_film(scenes, rate=FRAMES_PER_SECOND, has_sound=has_sound)


@lru_cache(maxsize=64)
def _developed(data: bytes) -> Developed | DevelopedClip:
    """Many have the same picture; one of a real size takes a tenth of a second."""
    if is_clip(data):
        return develop_clip(data, mark="algorithmicMedia")
    return develop(data, mark="algorithmicMedia")


def create_object(
    owner: User, *, area: str = "public", data: bytes | None = None, kind: str = "generated"
) -> StoredObject:
    """A live object whose bytes, of a picture or of a clip, are in storage."""
    data = picture_bytes() if data is None else data
    developed = _developed(data)
    obj = StoredObject.objects.create(
        key=new_key(kind, owner.pk, "mp4" if is_clip(data) else "jpg"),
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


def create_clip(
    post: Post, *, position: int = 0, data: bytes | None = None, **fields: Any
) -> GeneratedImage:
    """A clip of a post, with its bytes and those of its poster."""
    data = film_bytes() if data is None else data
    developed = _developed(data)
    assert isinstance(developed, DevelopedClip)
    values: dict[str, Any] = {
        "filename": "clip.mp4",
        "width": developed.width,
        "height": developed.height,
        "clip_ms": developed.clip_ms,
        "has_sound": developed.has_sound,
        "aspect_ratio": "5:3",
        "resolution": "480p",
        "model": "builtin/drift",
        "model_name": "Drift",
        **fields,
    }
    return create_image(post, position=position, data=data, **values)


def create_clip_post(owner: User, *, clips: int = 1, **fields: Any) -> Post:
    """A finished post with clips."""
    post = create_post(owner, images=0, aspect_ratio="5:3", resolution="480p", **fields)
    for position in range(clips):
        create_clip(post, position=position)
    return post


def create_post(owner: User, *, images: int = 1, **fields: Any) -> Post:
    """A finished post with pictures; one with a parent is of its line."""
    parent = fields.get("parent")
    if parent is not None and not {"root", "root_id"} & set(fields):
        fields["root_id"] = parent.root_id or parent.pk
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


def create_conversation(
    owner: User, source: GeneratedImage | None = None, **fields: Any
) -> EditConversation:
    """A conversation without a turn, about a picture of its own unless one is named."""
    if source is None:
        source = create_post(owner).images.get()
    values: dict[str, Any] = {
        "title": "Make the sky darker",
        "aspect_ratio": source.aspect_ratio,
        "resolution": source.resolution,
        **fields,
    }
    return EditConversation.objects.create(owner=owner, source_image=source, **values)


def create_turn(
    conversation: EditConversation,
    *,
    outputs: int = 0,
    bases: Sequence[GeneratedImage] | None = None,
    **fields: Any,
) -> EditTurn:
    """A finished turn with as many outputs; it starts from the source unless bases are named."""
    values: dict[str, Any] = {
        "number": conversation.turns.count() + 1,
        "message": "make the sky darker",
        "status": EditTurn.Status.COMPLETED if outputs else EditTurn.Status.ERROR,
        **fields,
    }
    turn = EditTurn.objects.create(conversation=conversation, **values)
    for position, image in enumerate([conversation.source_image] if bases is None else bases):
        TurnBase.objects.create(turn=turn, position=position, image=image, post_id=image.post_id)
    for slot in range(outputs):
        create_output(turn, slot=slot)
    return turn


def create_output(turn: EditTurn, *, slot: int = 0, **fields: Any) -> GeneratedImage:
    """What a model made of a turn: the picture in its own post, and the job that ended well."""
    first = turn.bases.select_related("image__post").first()
    parent = first.image.post if first else None
    post = create_post(
        turn.conversation.owner,
        images=0,
        status=Post.Status.EDITED,
        prompt=turn.message,
        parent=parent,
        root_id=(parent.root_id or parent.pk) if parent else None,
    )
    image = create_image(post, turn=turn, turn_slot=slot, **fields)
    GenerationJob.objects.create(
        turn=turn,
        kind=Kind.EDIT,
        slot=slot,
        model=image.model,
        status=GenerationJob.Status.COMPLETED,
        attempts=1,
        finished_at=Now(),
        output=image.object,
        params={"seed": 1},
        duration_ms=image.duration_ms,
        cost=image.cost,
    )
    return image


def create_project(owner: User, name: str = "Farol") -> Project:
    """A project."""
    return Project.objects.create(owner=owner, name=name)


def create_reference(owner: User, **fields: Any) -> ReferenceImage:
    """A private upload, with its bytes."""
    return ReferenceImage.objects.create(
        owner=owner,
        object=create_object(owner, area="private", kind="reference"),
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


def a_clip_wish(
    prompt: str = "the light turns", models: str = "builtin/drift", **fields: Any
) -> ClipWish:
    """What the form of a clip asks for, as short and small as can be; `models` are keys separated
    by spaces.
    """
    specs = [spec for key in models.split() if (spec := catalogue.find(key)) is not None]
    values: dict[str, Any] = {"seconds": 3, "resolution": "480p", **fields}
    return ClipWish(prompt=prompt, models=specs, **values)


def animate(
    owner: User, prompt: str = "the light turns", models: str = "builtin/drift", **fields: Any
) -> Post:
    """A clip that was just asked for."""
    return start_clip(owner=owner, wish=a_clip_wish(prompt, models, **fields))


def an_edit_wish(
    message: str = "make the sky darker", models: str = "test/edit", **fields: Any
) -> EditWish:
    """What the form of a turn asks for; `models` are keys separated by spaces."""
    specs = [spec for key in models.split() if (spec := catalogue.find(key)) is not None]
    return EditWish(message=message, models=specs, **fields)


def start_editing(
    source: GeneratedImage, message: str = "make the sky darker", models: str = "test/edit"
) -> EditTurn:
    """The first turn of a conversation about a picture, just asked for."""
    conversation = start_conversation(
        owner=source.owner, source=source, wish=an_edit_wish(message, models)
    )
    return conversation.turns.get()


def job_of(target: Post | EditTurn, kind: Kind | None = None, slot: int = 0) -> GenerationJob:
    """The latest job of a slot: of a post's pictures or clips unless another kind is named, or a
    turn's.
    """
    kinds = [kind] if kind else [Kind.IMAGE, Kind.EDIT, Kind.VIDEO]
    return target.jobs.filter(kind__in=kinds, slot=slot).order_by("-id")[0]


def work_off(target: Post | EditTurn, *, rounds: int = 10) -> None:
    """Do what the workers would do, in this process, until nothing is due."""
    for _ in range(rounds):
        due = target.jobs.claimable().filter(run_after__lte=Now())
        job_ids = list(due.values_list("pk", flat=True))
        if not job_ids:
            break
        for job_id in job_ids:
            runner.run(job_id)
    target.refresh_from_db()
