"""The two envelopes that everything is answered in, and how names are written.

Operations return `answer(...)`, which is sent as it is: the schemas that they declare document it,
and schemathesis compares (tests/pixelstream/api). Reading every row through pydantic again would
cost more than the query.
"""

from __future__ import annotations

from typing import Any, Generic, Literal, TypeVar

from django.http import JsonResponse
from ninja import Schema
from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

Data = TypeVar("Data")


class CamelSchema(Schema):
    """Python's names are snake_case, JSON's are camelCase."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class StrictSchema(CamelSchema):
    """Of a body that is sent. Nothing is overlooked and nothing guessed: refused are a field that
    is not known, a name as Python has it, and `true` or "1" where a number is meant.
    """

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=False)


class Success(CamelSchema, Generic[Data]):
    """What went well."""

    success: Literal[True]
    data: Data


class Error(CamelSchema):
    """A code for programs and a sentence for people."""

    code: str
    message: str


class Failure(CamelSchema):
    """What did not."""

    success: Literal[False]
    error: Error


def answer(data: Any, status: int = 200) -> JsonResponse:
    """The envelope of success around this."""
    return JsonResponse({"success": True, "data": data}, status=status)


def accepted(data: dict[str, Any]) -> JsonResponse:
    """202 for what was begun; its `statusUrl` is where to ask for it."""
    response = answer(data, 202)
    response["Location"] = data["statusUrl"]
    return response


def refusal(status: int, code: str, message: str) -> JsonResponse:
    """The envelope of failure."""
    error = {"code": code, "message": message}
    return JsonResponse({"success": False, "error": error}, status=status)
