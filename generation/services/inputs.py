"""The pictures that go along with a job: made ready to be sent, and where vendors fetch them.

What runs on this machine gets our bytes as they are; what leaves it is made smaller and carries
nothing but pixels. A vendor that fetches pictures gets an address, which opens this one picture
while the job is unfinished and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from gallery.imaging.formats import ImageRefused
from gallery.imaging.sending import ready_to_send
from gallery.models import StoredObject
from gallery.services import objects
from generation.models import GenerationJob
from generation.providers import registry
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import ImageInput, Kind, ModelSpec
from generation.services import frames, outputs

SALT = "generation.inputs"

ADDRESS_SECONDS = 60 * 60
"""How long an address is good. Vendors fetch at once, or when the work leaves their queue; after
an hour it is given up (`calls.CLIP_DEADLINE`)."""

USUAL_LONGEST_EDGE = 2048
"""Pixels of a picture's longest edge where nobody knows what the model takes. The least of the
limits that vendors name (Alibaba's clips 2000, OpenAI's finest detail 2048) is about that."""


class NothingThereError(Exception):
    """The address is none of ours, or too old, or its job has ended."""


@dataclass(frozen=True)
class Fit:
    """What a picture has to be like for a vendor."""

    longest: int
    """Pixels of its longest edge, at most."""
    takes_webp: bool


def ready(
    job: GenerationJob,
    spec: ModelSpec,
    pictures: Sequence[ImageInput],
    *,
    asked_edge: int = 0,
) -> tuple[ImageInput, ...]:
    """The pictures of this job as the model's provider gets them, in the same order.

    `pictures` are the stored ones in the order of `objects_of`. `asked_edge` is the longest edge in
    pixels of what is to be made: a picture is not sent smaller than what is asked for. Raises
    ProviderError (INVALID) for a file that cannot be read.
    """
    if spec.provider in registry.ON_THIS_MACHINE:
        return tuple(pictures)
    fit = _fit(job, spec, asked_edge)
    by_address = registry.PROVIDERS[spec.provider].takes_addresses_only or job.kind == Kind.VIDEO
    return tuple(
        _ready(picture, fit, _address(job, number, fit) if by_address else "")
        for number, picture in enumerate(pictures)
    )


def objects_of(job: GenerationJob) -> list[StoredObject | None]:
    """What goes along with the job, in the order in which it is sent; None for what is gone.

    A clip's are its first and its last frame; an edit's what it starts from, then the references.
    """
    if job.kind == Kind.VIDEO:
        return frames.objects_of(job)
    used = job.references.select_related("object").order_by("id")
    references: list[StoredObject | None] = [reference.object for reference in used]
    return [*(outputs.bases_of(job) if job.kind == Kind.EDIT else ()), *references]


def token_of(job: GenerationJob, number: int, fit: Fit) -> str:
    """What opens this picture of the job, by its number from 0, made to fit."""
    return signing.dumps([job.pk, number, fit.longest, fit.takes_webp], salt=SALT)


def fetch(token: str) -> ImageInput:
    """The picture that an address stands for, byte for byte as it was announced.

    Raises NothingThereError.
    """
    try:
        job_id, number, longest, takes_webp = signing.loads(
            token, salt=SALT, max_age=ADDRESS_SECONDS
        )
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NothingThereError("no address of ours, or an old one") from error
    job = (
        GenerationJob.objects.unfinished()
        .select_related("post", "turn__conversation")
        .filter(pk=job_id)
        .first()
    )
    stored = None if job is None else _stored(job, number)
    if stored is None:
        raise NothingThereError("the job has ended, or its picture is gone")
    try:
        return _ready(stored, Fit(longest, takes_webp))
    except ProviderError as error:
        raise NothingThereError(error.detail) from error


def _stored(job: GenerationJob, number: int) -> ImageInput | None:
    """The picture as we have it; None when it is gone."""
    for _attempt in range(2):  # the first one may find it on its way into the trash
        sent = objects_of(job)
        obj = sent[number] if number < len(sent) else None
        data = None if obj is None else objects.read_if_complete(obj)
        if obj is not None and data is not None:
            return ImageInput(data, obj.content_type)
    return None


def _fit(job: GenerationJob, spec: ModelSpec, asked_edge: int) -> Fit:
    longest = spec.capabilities.max_input_edge or max(USUAL_LONGEST_EDGE, asked_edge)
    # JPEG and PNG, everyone reads: vendors of clips, to whom others pass our frames on, and servers
    # of one's own, which have what they have.
    is_own_server = registry.base_url(spec.provider) != registry.PROVIDERS[spec.provider].base_url
    return Fit(longest, takes_webp=job.kind != Kind.VIDEO and not is_own_server)


def _ready(picture: ImageInput, fit: Fit, address: str = "") -> ImageInput:
    try:
        data, media_type = ready_to_send(
            picture.data, longest=fit.longest, takes_webp=fit.takes_webp
        )
    except ImageRefused as refused:
        raise ProviderError(ErrorKind.INVALID, f"a picture to send: {refused}") from refused
    return ImageInput(data, media_type, address)


def _address(job: GenerationJob, number: int, fit: Fit) -> str:
    """Where the vendor can fetch this picture of the job; "" where it cannot reach us."""
    if not settings.HTTPS:
        return ""
    token = token_of(job, number, fit)
    return f"{settings.SITE_URL}{reverse('job-input', args=[token])}"
