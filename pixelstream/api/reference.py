"""The OpenAPI document as a person reads it: what `/api/docs` shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

Schema = Mapping[str, Any]

MULTIPART = "multipart/form-data"


@dataclass(frozen=True)
class Kind:
    """Of a value: words, and the schema they name, if any."""

    words: str
    schema: str = ""


@dataclass(frozen=True)
class Field:
    """A parameter, or a part of a body."""

    name: str
    kinds: list[Kind]
    is_required: bool
    text: str
    where: str = ""
    """`path`, `query` or `header`, of a parameter."""


@dataclass(frozen=True)
class Answer:
    """What comes with a status."""

    status: int
    words: str
    data: list[Kind]


@dataclass(frozen=True)
class Operation:
    """A method of an address."""

    id: str
    method: str
    path: str
    summary: str
    text: str
    scope: str
    parameters: list[Field]
    body: list[Field]
    media_type: str
    answers: list[Answer]
    errors: list[int]
    example: str
    """What a shell runs: `$SITE` and `$TOKEN` are the reader's."""


@dataclass(frozen=True)
class Part:
    """What belongs together."""

    name: str
    operations: list[Operation] = field(default_factory=list)


@dataclass(frozen=True)
class Shape:
    """A schema that is named elsewhere."""

    name: str
    text: str
    fields: list[Field]
    values: list[str]


@dataclass(frozen=True)
class Reference:
    """All of it."""

    parts: list[Part]
    shapes: list[Shape]


def read(document: Schema) -> Reference:
    """What a document says. Parts stand in the order in which they come first."""
    schemas: Schema = document["components"]["schemas"]
    parts: dict[str, Part] = {}
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            [name] = told["tags"]
            part = parts.setdefault(name, Part(name))
            part.operations.append(_operation(path, method, told, schemas))
    named = [
        kind.schema
        for part in parts.values()
        for operation in part.operations
        for kinds in [
            *(one.kinds for one in (*operation.parameters, *operation.body)),
            *(answer.data for answer in operation.answers),
        ]
        for kind in kinds
        if kind.schema
    ]
    return Reference(list(parts.values()), list(_shapes(named, schemas)))


def _operation(path: str, method: str, told: Schema, schemas: Schema) -> Operation:
    parameters = [
        Field(
            one["name"],
            _kinds(one["schema"]),
            one["required"],
            one.get("description", ""),
            one["in"],
        )
        for one in told.get("parameters", [])
    ]
    media_type, body = _body(told, schemas)
    answers, errors = [], []
    for status, answer in sorted(told["responses"].items(), key=lambda pair: int(pair[0])):
        if int(status) < HTTPStatus.BAD_REQUEST:
            answers.append(_answer(int(status), answer, schemas))
        else:
            errors.append(int(status))
    needed = told.get("security") or [{}]
    scopes = [scope for scopes in needed[0].values() for scope in scopes]
    return Operation(
        id=f"{method}-{re.sub('[^a-z0-9]+', '-', path.lower()).strip('-')}",
        method=method.upper(),
        path=path,
        summary=told["summary"],
        text=told.get("description", ""),
        scope=", ".join(scopes),
        parameters=parameters,
        body=[] if body is None else _fields(body),
        media_type=media_type,
        answers=answers,
        errors=errors,
        example=_example(method, path, parameters, media_type, body, schemas, file=_is_file(told)),
    )


def _body(told: Schema, schemas: Schema) -> tuple[str, Schema | None]:
    content = told.get("requestBody", {}).get("content", {})
    for media_type, described in content.items():
        return media_type, _resolved(described["schema"], schemas)
    return "", None


def _answer(status: int, told: Schema, schemas: Schema) -> Answer:
    """What stands in `data` of the envelope, or which file comes."""
    kinds: list[Kind] = []
    for media_type, described in told.get("content", {}).items():
        envelope = _resolved(described.get("schema", {}), schemas)
        data = envelope.get("properties", {}).get("data")
        kinds += _kinds(data) if data is not None else [Kind(media_type)]
    return Answer(status, HTTPStatus(status).phrase, kinds)


def _shapes(names: list[str], schemas: Schema) -> Iterator[Shape]:
    """Those that are named, and those that these name."""
    waiting, seen = list(names), set()
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        schema = schemas[name]
        fields = _fields(schema)
        yield Shape(
            name, schema.get("description", ""), fields, [str(v) for v in schema.get("enum", [])]
        )
        waiting += [kind.schema for one in fields for kind in one.kinds if kind.schema]


def _fields(schema: Schema) -> list[Field]:
    required = set(schema.get("required", []))
    return [
        Field(name, _kinds(told), name in required, told.get("description", ""))
        for name, told in schema.get("properties", {}).items()
    ]


def _kinds(schema: Schema) -> list[Kind]:
    """Of what kinds a value may be; a list's are those of its items, with a word before."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return [Kind(name, name)]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return [kind for one in schema[several] for kind in _kinds(one)]
    if schema.get("type") == "array":
        items = _kinds(schema.get("items", {}))
        return [Kind(f"list of {kind.words}", kind.schema) for kind in items]
    if "const" in schema:
        return [Kind(json.dumps(schema["const"]))]
    if "enum" in schema:
        return [Kind(" | ".join(map(json.dumps, schema["enum"])))]
    words = str(schema.get("type", "any"))
    return [Kind(f"{words} ({schema['format']})" if "format" in schema else words)]


def _resolved(schema: Schema, schemas: Schema) -> Schema:
    if "$ref" in schema:
        found: Schema = schemas[schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def _is_file(told: Schema) -> bool:
    """Whether it answers with bytes that no terminal should show, or the way to them."""
    kinds = told["responses"].get("200", {}).get("content", {"application/json": {}})
    return "application/json" not in kinds


def _example(
    method: str,
    path: str,
    parameters: list[Field],
    media_type: str,
    body: Schema | None,
    schemas: Schema,
    *,
    file: bool,
) -> str:
    lines = ['curl -H "Authorization: Bearer $TOKEN"' + (" -L -o picture" if file else "")]
    if method != "get":
        lines[0] += f" -X {method.upper()}"
    if any(one.name == "Idempotency-Key" for one in parameters):
        lines.append('-H "Idempotency-Key: $(openssl rand -hex 16)"')
    if body is not None and media_type == MULTIPART:
        lines += [f"-F {name}=@picture.jpg" for name in body.get("required", ["file"]) or ["file"]]
    elif body is not None:
        lines.append('-H "Content-Type: application/json"')
        lines.append(f"-d '{json.dumps(_sample(body, schemas))}'")
    needed = "&".join(
        f"{one.name}=lighthouse" for one in parameters if one.where == "query" and one.is_required
    )
    address = re.sub(r"{[^}]*}", "1", path) + (f"?{needed}" if needed else "")
    lines.append(f'"$SITE{address}"')
    return " \\\n  ".join(lines)


def _sample(schema: Schema, schemas: Schema) -> Any:
    """A value of this schema: what it names as an example, else what it needs."""
    schema = _resolved(schema, schemas)
    for said in ("example", "examples", "const", "enum", "default"):
        if schema.get(said):
            return schema[said][0] if said in {"examples", "enum"} else schema[said]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return _sample(schema[several][0], schemas)
    match schema.get("type"):
        case "object":
            known = schema.get("properties", {})
            names = schema.get("required", []) or list(known)[:1]
            return {name: _sample(known[name], schemas) for name in names}
        case "array":
            return [_sample(schema.get("items", {}), schemas)]
        case "integer" | "number":
            return 1
        case "boolean":
            return True
    return "a lighthouse at dusk"
