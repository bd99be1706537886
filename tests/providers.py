"""A vendor that does what a test says and counts what it was asked (and would have charged) for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from generation.providers.errors import ErrorKind, ProviderError
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
from tests.factories import film_bytes, picture_bytes

Answer = Done | Pending | Exception


def spec(key: str, *, kind: Kind = Kind.IMAGE, safe_retry: bool = False) -> ModelSpec:
    """A model of the scripted provider that can do everything."""
    return ModelSpec(
        key=key,
        provider="scripted",
        remote_id=key,
        name=key.rpartition("/")[2].title(),
        capabilities=Capabilities(
            kinds=frozenset({kind}),
            aspect_ratios=("16:9", "1:1") if kind is Kind.VIDEO else ("1:1", "4:5", "3:2"),
            resolutions=("480p",) if kind is Kind.VIDEO else ("1K",),
            durations=(3,) if kind is Kind.VIDEO else (),
            max_references=2 if kind is Kind.VIDEO else 4,
            seed=True,
            negative_prompt=True,
            safe_retry=safe_retry,
        ),
        typical_seconds=1,
    )


def clip_spec(key: str, *, max_references: int, durations: tuple[int, ...] = (3,)) -> ModelSpec:
    """One that makes clips and takes fewer frames, or makes them of other lengths."""
    made = spec(key, kind=Kind.VIDEO)
    able = replace(made.capabilities, max_references=max_references, durations=durations)
    return replace(made, capabilities=able)


MODELS = [
    spec("test/a"),
    spec("test/b"),
    spec("test/c"),
    spec("test/safe", safe_retry=True),
    spec("test/caption", kind=Kind.CAPTION),
    spec("test/edit", kind=Kind.EDIT),
    spec("test/other-edit", kind=Kind.EDIT),
    spec("test/clip", kind=Kind.VIDEO),
    spec("test/other-clip", kind=Kind.VIDEO),
    clip_spec("test/words-clip", max_references=0),
    clip_spec("test/long-clip", max_references=1, durations=(10,)),
]


class ScriptedProvider:
    """Answers as told; a list is worked off one by one, its last entry repeats."""

    slug = "scripted"

    def __init__(self) -> None:
        self.answers: dict[str, Answer | list[Answer]] = {}
        self.caption: Answer | list[Answer] | None = None
        self.calls: list[GenerationRequest] = []
        self.connections: list[Connection] = []
        self.polls: list[Pending] = []
        self.results: Answer | list[Answer] | None = None
        self.models: list[ModelSpec] = []
        self.before_answer: Callable[[], Any] | None = None

    @property
    def picture_calls(self) -> list[GenerationRequest]:
        """The paid calls for pictures."""
        return [call for call in self.calls if call.kind in {Kind.IMAGE, Kind.EDIT}]

    @property
    def clip_calls(self) -> list[GenerationRequest]:
        """The paid calls for clips."""
        return [call for call in self.calls if call.kind is Kind.VIDEO]

    @staticmethod
    def picture() -> Done:
        """A sound answer."""
        return Done(artifacts=(Artifact(picture_bytes(), "image/jpeg"),), cost=Cost())

    @staticmethod
    def clip() -> Done:
        """A sound answer of a model that makes clips."""
        return Done(artifacts=(Artifact(film_bytes(), "video/mp4"),), cost=Cost())

    def submit(self, request: GenerationRequest, connection: Connection) -> Done | Pending:
        """Count, then answer."""
        self.calls.append(request)
        self.connections.append(connection)
        if request.kind is Kind.CAPTION:
            return self._give(self.caption, Done(text="Scripted.\n\n#Test"))
        if self.before_answer is not None:
            self.before_answer()
        usual = self.clip if request.kind is Kind.VIDEO else self.picture
        return self._give(self.answers.get(request.model.key), usual())

    def poll(self, pending: Pending, connection: Connection) -> Done | Pending:
        """What the test laid out for polls."""
        self.polls.append(pending)
        is_clip = bool(self.calls) and self.calls[-1].kind is Kind.VIDEO
        return self._give(self.results, self.clip() if is_clip else self.picture())

    def check_key(self, connection: Connection) -> KeyStatus:
        """Keys that begin with "bad" are refused."""
        if connection.key.startswith("bad"):
            raise ProviderError(ErrorKind.AUTH, "the scripted vendor refuses it")
        return KeyStatus()

    def discover(self, connection: Connection) -> list[ModelSpec]:
        """What the test laid out."""
        return self.models

    def _give(self, answer: Answer | list[Answer] | None, default: Done) -> Done | Pending:
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Exception):
            raise answer
        return answer or default
