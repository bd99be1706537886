"""Variables of the environment: read, and remembered with what they mean.

Each is declared once, where `pixelstream.settings` reads it. `tools/configuration.py` writes
docs/configuration.md and .env.example from what is remembered here.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from environs import FileAwareEnv

Text = str
Number = int
Switch = bool
Fraction = float
Texts = list[str]


class Group(Enum):
    """The parts of the documents, in their order."""

    PLACE = "Where it runs"
    SECRETS = "Secrets and administrators"
    SERVICES = "Services"
    STORAGE = "Pictures in object storage"
    MODELS = "Models"
    PUBLIC = "The public side"
    API = "The API"
    SIGHT = "Health, logs and metrics"
    SIZE = "Size and limits"
    DEVELOPMENT = "For development and tests"


@dataclass(frozen=True, slots=True)
class Variable:
    """What the documents say of one variable.

    `default` is as it would be written into the environment; where it follows from something else,
    `shown_default` says so in words. `from_file` tells whether NAME_FILE is read, too.
    """

    name: str
    kind: str
    default: str
    group: Group
    help: str
    shown_default: str = ""
    example: str = ""
    from_file: bool = True


class Environment:
    """Reads variables (NAME, or what the file in NAME_FILE holds) and remembers each.

    Every method takes a name, a default and the words for the documents, and raises
    `environs.EnvError` with the name for a value that cannot be read. A variable without help still
    works; `make check` names it.
    """

    def __init__(self) -> None:
        self._env = FileAwareEnv()
        self._variables: dict[str, Variable] = {}

    def read_env(self, path: Text) -> None:
        """Take what the file at `path` sets and the environment does not; it may be missing."""
        self._env.read_env(path, recurse=False)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """What was declared, by group, and in the order of reading within one."""
        groups = builtins.list(Group)
        return tuple(sorted(self._variables.values(), key=lambda each: groups.index(each.group)))

    def str(self, name: Text, default: Text = "", *, validate: Any = None, **words: Any) -> Text:
        """Read a text."""
        self._remember(name, "text", default, words)
        return self._env.str(name, default, validate=validate)

    def int(self, name: Text, default: Number, *, validate: Any = None, **words: Any) -> Number:
        """Read a whole number."""
        self._remember(name, "number", default, words)
        return self._env.int(name, default, validate=validate)

    def float(
        self, name: Text, default: Fraction, *, validate: Any = None, **words: Any
    ) -> Fraction:
        """Read a number with a fraction."""
        self._remember(name, "fraction", default, words)
        return self._env.float(name, default, validate=validate)

    def bool(self, name: Text, default: Switch, **words: Any) -> Switch:
        """Read `true` or `false` (also `1`, `yes`, `on` and the like)."""
        self._remember(name, "true or false", default, words)
        return self._env.bool(name, default)

    def list(self, name: Text, default: Iterable[Text] = (), **words: Any) -> Texts:
        """Read texts that are separated by commas."""
        chosen = builtins.list(default)
        self._remember(name, "list", chosen, words)
        return builtins.list(self._env.list(name, chosen))

    def dj_db_url(self, name: Text, default: Text, **words: Any) -> dict[Text, Any]:
        """Read the address of a database as Django's settings for it."""
        self._remember(name, "address", default, words)
        return {**self._env.dj_db_url(name, default)}

    def declare(self, name: Text, default: Text = "", **words: Any) -> None:
        """Remember a variable that is read elsewhere, because it is needed before the settings."""
        self._remember(name, words.pop("kind", "text"), default, words)

    def _remember(self, name: Text, kind: Text, default: Any, words: dict[Text, Any]) -> None:
        if name in self._variables:
            raise ValueError(f"{name} is declared twice.")
        self._variables[name] = Variable(
            name=name,
            kind=kind,
            default=as_written(default),
            group=words.pop("group", Group.DEVELOPMENT),
            help=words.pop("help", ""),
            **words,
        )


def as_written(value: object) -> str:
    """Write a default as one would set it: `true`, `6`, `a,b`; nothing for what is empty."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(str(part) for part in value)
    return str(value)
