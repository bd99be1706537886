"""The outside witness: every call is a line in a file, written before anything is answered."""

from __future__ import annotations

import json
import os
import re
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from generation import catalogue
from generation.providers import registry
from generation.providers.types import (
    Artifact,
    Capabilities,
    Connection,
    Cost,
    Done,
    GenerationRequest,
    KeyStatus,
    Kind,
    ModelSpec,
    Pending,
)
from tests.factories import picture_bytes
from tests.faults.vendor.videos import MODEL as CLIP
from tests.faults.vendor.videos import REMOTE_MODEL, write_line

PAID = "counting/paid"
SAFE = "counting/safe"
LATER = "counting/later"
"""Takes the work, charges for it, and has the picture a second later."""
PAID_CAPTION = "counting/paid-caption"
SAFE_CAPTION = "counting/safe-caption"

COST = Cost(Decimal("0.04"), "reported")
PRICE = 2
"""Credits a picture or a caption, or a second of a clip, where credits are switched on."""


def ledger() -> Path:
    """The file of calls: JSON lines, oldest first. Several hosts are told one folder for it."""
    return Path(os.environ.get("VENDOR_DIR") or settings.DATA_DIR) / "calls.jsonl"


def calls() -> list[dict[str, Any]]:
    """Every call that reached the counting vendor."""
    path = ledger()
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def times_asked(request_id: str) -> int:
    """How often the vendor was asked for this."""
    return sum(call["request"] == request_id for call in calls())


class CountingProvider:
    """Charges, waits as long as the prompt says (`wait=2.5`, or `at first wait=60`), and gives a
    small picture.
    """

    slug = "counting"

    def submit(self, request: GenerationRequest, connection: Connection) -> Done | Pending:
        """The line is on the disk before the work starts: whatever follows, it is charged."""
        write_line(
            ledger(),
            request=request.request_id,
            model=request.model.key,
            pid=os.getpid(),
            at=time.time(),
        )
        if request.model.key == LATER:
            return Pending(f"task-{request.request_id}", poll_after=1, state={"since": "now"})
        wait = re.search(r"\bwait=(\d+(?:\.\d+)?)", request.prompt)
        if "at first" in request.prompt and times_asked(request.request_id) > 1:
            wait = None
        if wait and request.kind is not Kind.CAPTION:
            self._work(float(wait[1]), stubborn="stubborn" in request.prompt)
        if request.kind is Kind.CAPTION:
            return Done(text="Counted.\n\n#Once", cost=COST)
        return Done(artifacts=(Artifact(picture_bytes(), "image/jpeg"),), cost=COST)

    def _work(self, seconds: float, *, stubborn: bool) -> None:
        """A stubborn one is like a library that catches everything and tries again."""
        try:
            time.sleep(seconds)
        except Exception:
            if not stubborn:
                raise
            time.sleep(seconds)

    def poll(self, pending: Pending, connection: Connection) -> Done | Pending:
        """The picture of an accepted call; asking costs nothing and is no call."""
        return Done(artifacts=(Artifact(picture_bytes(), "image/jpeg"),), cost=COST)

    def check_key(self, connection: Connection) -> KeyStatus:
        """It has no key."""
        return KeyStatus()

    def discover(self, connection: Connection) -> list[ModelSpec]:
        """Nothing."""
        return []


def _spec(key: str, *kinds: Kind, safe_retry: bool) -> ModelSpec:
    return ModelSpec(
        key=key,
        provider=CountingProvider.slug,
        remote_id=key,
        name=key.partition("/")[2].title(),
        capabilities=Capabilities(
            kinds=frozenset(kinds),
            aspect_ratios=("1:1",),
            resolutions=("1K",),
            max_references=4,
            seed=True,
            safe_retry=safe_retry,
        ),
        price_credits=PRICE,
    )


CLIP_SPEC = ModelSpec(
    key=CLIP,
    provider="openrouter",
    remote_id=REMOTE_MODEL,
    name="Clip",
    capabilities=Capabilities(
        kinds=frozenset({Kind.VIDEO}),
        aspect_ratios=("16:9",),
        resolutions=("480p", "720p"),
        durations=(3, 5),
        max_references=2,
    ),
    price_credits=PRICE,
)
"""Made by a process of its own, which `tests.faults.vendor.videos` is."""

SPECS = {
    spec.key: spec
    for spec in (
        _spec(PAID, Kind.IMAGE, Kind.EDIT, safe_retry=False),
        _spec(SAFE, Kind.IMAGE, Kind.EDIT, safe_retry=True),
        _spec(LATER, Kind.IMAGE, Kind.EDIT, safe_retry=False),
        _spec(PAID_CAPTION, Kind.CAPTION, safe_retry=False),
        _spec(SAFE_CAPTION, Kind.CAPTION, safe_retry=True),
        CLIP_SPEC,
    )
}


def register() -> None:
    """Offer the vendor and its models in this process, for as long as it lives."""
    read_table = catalogue._read_table

    def extended() -> catalogue._Catalogue:
        known = read_table()
        return catalogue._Catalogue({**known.specs, **SPECS}, known.defaults)

    slug = CountingProvider.slug
    path = f"{__name__}.{CountingProvider.__name__}"
    registry.PROVIDERS[slug] = registry.ProviderInfo(slug, "Counting", path)
    catalogue._read_table = extended
