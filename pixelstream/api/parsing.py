"""Reads what is sent: JSON, forms and parameters."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn, cast

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from pixelstream.api.errors import ApiError

UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
"""What no database keeps: NUL, and halves of characters."""


class StrictParser(Parser):
    """JSON as RFC 8259 has it, and text that can be written down."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body. Raises ApiError 400 INVALID_JSON, 422 VALIDATION."""
        body = request.body
        try:
            # Of bytes `json.loads` would guess UTF-16 and 32, and let halves of characters through.
            data = json.loads(body.decode(), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise ApiError(400, "INVALID_JSON", "The body is not JSON") from error
        if b"\\u" in body:  # nothing else brings them into a text
            _require_writable(data)
        return cast("dict[str, Any]", data)

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """Parameters, fields or files. Raises ApiError 422 VALIDATION."""
        for name, values in data.lists():
            _require_writable([name, *(value for value in values if isinstance(value, str))])
        found: dict[str, Any] = super().parse_querydict(data, list_fields, request)
        return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _require_writable(data: Any) -> None:
    """Not by recursion: JSON may be as deep as its reader allows."""
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if UNWRITABLE.search(value):
                raise ApiError(422, "VALIDATION", "Text must have no NUL and no lone surrogate")
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            waiting.extend(value)
            waiting.extend(value.values())
