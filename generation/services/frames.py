"""The pictures that a clip begins and ends with, as the settings of its job name them.

A frame is a picture of the library or an uploaded one. A clip is none: it has no one picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gallery.forms import MAX_ID
from gallery.models import GeneratedImage, ReferenceImage, StoredObject
from generation.models import GenerationJob
from pixelstream.accounts.models import User

Frame = GeneratedImage | ReferenceImage

PLACES = ("first", "last")


def names_of(first: Frame | None, last: Frame | None) -> dict[str, dict[str, int]]:
    """These frames as a job's settings name them; what there is none of is left out."""
    there = zip(PLACES, (first, last), strict=True)
    return {
        place: {"image" if isinstance(frame, GeneratedImage) else "reference": frame.pk}
        for place, frame in there
        if frame is not None
    }


def named(params: Mapping[str, Any], owner: User) -> dict[str, Frame | None]:
    """The frames that these settings name, by their places; None for one that is gone, is in the
    trash, or is not this person's.
    """
    return {place: _find(params[place], owner) for place in PLACES if place in params}


def is_picture_lost(params: Mapping[str, Any], owner: User) -> bool:
    """Whether a picture of the library that these settings name cannot be used any more."""
    there = named(params, owner)
    return any(frame is None and "image" in params[place] for place, frame in there.items())


def objects_of(job: GenerationJob) -> list[StoredObject | None]:
    """The files of a job's frames, the first one first; None for one that was deleted for good.

    What went to the trash since the clip was asked for still counts.
    """
    return [_object(job.params[place]) for place in PLACES if place in job.params]


def usable_image(pk: int, owner: User) -> GeneratedImage | None:
    """The picture, if this person may begin a clip with it: their own, not in the trash."""
    own = GeneratedImage.objects.live().filter(pk=pk, owner=owner, clip_ms=None)
    return own.select_related("post", "object").first()


def _find(name: object, owner: User) -> Frame | None:
    kind, pk = read(name)
    if kind == "image":
        return usable_image(pk, owner)
    return ReferenceImage.objects.owned_by(owner).select_related("object").filter(pk=pk).first()


def _object(name: object) -> StoredObject | None:
    kind, pk = read(name)
    owned: dict[str, Any] = {"image__pk" if kind == "image" else "reference_image__pk": pk}
    return StoredObject.objects.filter(**owned).first()


def read(name: object) -> tuple[str, int]:
    """What kind of frame a name speaks of, and its id: 0, which nothing has, for what is no name.

    Settings that came with an import may say anything.
    """
    if isinstance(name, dict) and len(name) == 1:
        ((kind, pk),) = name.items()
        if kind in {"image", "reference"} and type(pk) is int and 0 < pk <= MAX_ID:
            return kind, pk
    return "reference", 0
