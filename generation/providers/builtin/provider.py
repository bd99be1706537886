"""The built-in engine as a provider."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal

from PIL import Image

from generation.providers.builtin import faults
from generation.providers.builtin.captions import write_caption
from generation.providers.builtin.clips import vendor
from generation.providers.builtin.edits.answer import answer
from generation.providers.builtin.pictures import paint
from generation.providers.builtin.reference import tint_towards
from generation.providers.types import (
    Artifact,
    Connection,
    Cost,
    Done,
    GenerationRequest,
    KeyStatus,
    Kind,
    ModelSpec,
    Pending,
)

FREE = Cost(Decimal("0"), "reported")
JPEG_QUALITY = 92


class BuiltinProvider:
    """Paints and writes with procedures: the same request always gives the same answer."""

    slug = "builtin"

    def submit(self, request: GenerationRequest, connection: Connection) -> Done | Pending:
        """Paint, edit or write at once; a clip is called back about and fetched (`clips.vendor`).

        A picture from a prompt with references is none of the edits: it is painted in their
        colours, because such a prompt describes a picture and gives no instruction.
        """
        fault = faults.for_model(request.model.key)
        if fault is not None:
            return fault(request)
        if request.kind is Kind.CAPTION:
            text = write_caption(prompt=request.prompt, seed=request.seed)
            return Done(text=text, cost=FREE)
        if request.kind is Kind.VIDEO:
            return vendor.begin(request)
        if request.bases:
            return replace(answer(request), cost=FREE)
        return Done(artifacts=(_picture(request),), cost=FREE)

    def poll(self, pending: Pending, connection: Connection) -> Done | Pending:
        """Fetch a clip; everything else is answered at once."""
        waiting = faults.still_pending(pending)
        if waiting is not None:
            return waiting
        return Done(artifacts=(vendor.fetch(pending),), cost=FREE, remote_id=pending.remote_id)

    def check_key(self, connection: Connection) -> KeyStatus:
        """It has no key."""
        return KeyStatus()

    def discover(self, connection: Connection) -> list[ModelSpec]:
        """Nothing: its models ship with it."""
        return []


def _picture(request: GenerationRequest) -> Artifact:
    image = paint(
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        seed=request.seed,
        model=request.model.key,
        width=request.width,
        height=request.height,
    )
    for reference in request.references:
        image = tint_towards(image, reference.data, share=1 / len(request.references))
    return encode(image)


def encode(image: Image.Image) -> Artifact:
    """The picture as a JPEG: small, quick to make, and opened by everything."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return Artifact(buffer.getvalue(), "image/jpeg")
