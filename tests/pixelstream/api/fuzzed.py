"""What Alice has when the API is called with made-up requests, and how these find it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from schemathesis import Case

from generation.models import GenerationJob
from pixelstream.accounts.models import User
from tests.factories import (
    create_clip_post,
    create_conversation,
    create_post,
    create_project,
    create_reference,
    create_turn,
    start,
)

MODELS = {
    "/api/generate": ["builtin/sketch", "builtin/lumen"],
    "/api/animate": ["builtin/drift", "builtin/parallax"],
}
EDITING = ["builtin/lumen"]


class World:
    """Something of everything, of Alice's and a little of Bob's."""

    def __init__(self, alice: User, bob: User) -> None:
        project = create_project(alice)
        finished = create_post(alice, images=2, project=project)
        making = start(alice)
        failed = start(alice)
        GenerationJob.objects.filter(post=failed).update(
            status=GenerationJob.Status.FAILED, error_code="invalid", finished_at=timezone.now()
        )
        type(failed).objects.filter(pk=failed.pk).update(status="failed")
        trashed = create_post(alice, deleted_at=timezone.now())
        clip = create_clip_post(alice)
        conversation = create_conversation(alice, finished.images.order_by("position")[0])
        turn = create_turn(conversation, outputs=1)
        lost = create_turn(conversation)
        GenerationJob.objects.create(
            turn=lost,
            kind=GenerationJob.Kind.EDIT,
            model="builtin/lumen",
            params=turn.jobs.get().params,
            status=GenerationJob.Status.FAILED,
            error_code="invalid",
            finished_at=timezone.now(),
        )
        posts = [failed, trashed, finished, making, clip, create_post(bob)]
        references = [create_reference(alice), create_reference(alice, kept=True)]
        images = [*finished.images.all(), *clip.images.all(), *trashed.images.all()]
        jobs = [*making.jobs.all(), *failed.jobs.all(), *turn.jobs.all(), *lost.jobs.all()]
        self._given: dict[str, dict[int, int]] = {}
        self.ids: dict[str, Sequence[int]] = {
            "post": [post.pk for post in posts],
            "image": [image.pk for image in images],
            "reference": [*(row.pk for row in references), create_reference(bob).pk],
            "job": [job.pk for job in jobs],
            # Not as many as there are numbers: each is to meet each.
            "conversation": [conversation.pk, create_conversation(bob).pk, conversation.pk],
            # First the one that can be tried again.
            "number": [lost.number, turn.number],
            "project": [project.pk, create_project(bob).pk],
            "base_image": [image.pk for image in finished.images.all()],
        }

    def aim(self, case: Case) -> None:
        """Let two of three made-up ids be some that there are, and models such as there are:
        otherwise hardly any request would be about anything.
        """
        for part in (case.path_parameters, case.query, case.body):
            if isinstance(part, dict):
                for name, value in list(part.items()):
                    part[name] = self._aimed(name, value, case.operation.path)

    def _aimed(self, name: str, value: Any, path: str) -> Any:
        if isinstance(value, list):
            aimed = [self._aimed(name, item, path) for item in value]
            return aimed[:3] if name == "models" else aimed
        if name == "models" and isinstance(value, str):
            known = MODELS.get(path, EDITING)
            return known[len(value) % len(known)]
        if name == "slot" and type(value) is int and value % 3:
            return 0
        ids = self._known(name)
        if ids and type(value) is int and value % 3:
            # Each new value gets the next id, and the same one always the same.
            given = self._given.setdefault(name, {})
            return given.setdefault(value, ids[len(given) % len(ids)])
        return value

    def _known(self, name: str) -> Sequence[int]:
        kind = name.removesuffix("s").removesuffix("_id").removesuffix("Id").removesuffix("_ids")
        kind = {"baseImage": "base_image", "lastImage": "image"}.get(kind, kind)
        return self.ids.get(kind, ())
