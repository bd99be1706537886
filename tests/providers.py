"""A vendor that does what a test says and counts what it was asked (and would have charged) for."""

from __future__ import annotations

from collections.abc import Callable
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
from tests.factories import picture_bytes

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
            aspect_ratios=("1:1", "4:5", "3:2"),
            resolutions=("1K",),
            max_references=4,
            seed=True,
            negative_prompt=True,
            safe_retry=safe_retry,
        ),
        typical_seconds=1,
    )


MODELS = [
    spec("test/a"),
    spec("test/b"),
    spec("test/c"),
    spec("test/safe", safe_retry=True),
    spec("test/caption", kind=Kind.CAPTION),
    spec("test/edit", kind=Kind.EDIT),
    spec("test/other-edit", kind=Kind.EDIT),
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

    @staticmethod
    def picture() -> Done:
        """A sound answer."""
        return Done(artifacts=(Artifact(picture_bytes(), "image/jpeg"),), cost=Cost())

    def submit(self, request: GenerationRequest, connection: Connection) -> Done | Pending:
        """Count, then answer."""
        self.calls.append(request)
        self.connections.append(connection)
        if request.kind is Kind.CAPTION:
            return self._give(self.caption, Done(text="Scripted.\n\n#Test"))
        if self.before_answer is not None:
            self.before_answer()
        return self._give(self.answers.get(request.model.key), self.picture())

    def poll(self, pending: Pending, connection: Connection) -> Done | Pending:
        """What the test laid out for polls."""
        self.polls.append(pending)
        return self._give(self.results, self.picture())

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
