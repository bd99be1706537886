"""Request bodies: JSON, a form, or a form with files."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

Part = tuple[str, tuple[str, bytes, str]]
"""A file of a multipart form: field name, (file name, bytes, content type)."""


def encode(
    content: Mapping[str, Any] | None,
    form: Mapping[str, str] | None,
    files: Sequence[Part] | None,
) -> tuple[bytes | None, str]:
    """The body and its content type; None and an empty one when there is nothing to send.

    A body is JSON or a form, never both: ValueError.
    """
    if content is not None:
        if form is not None or files is not None:
            raise ValueError("JSON and a form in one request")
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode(), (
            "application/json"
        )
    if files:
        boundary = secrets.token_hex(16)
        return _multipart(boundary, form or {}, files), f"multipart/form-data; boundary={boundary}"
    if form is not None:
        return urlencode(form).encode(), "application/x-www-form-urlencoded"
    return None, ""


def _multipart(boundary: str, form: Mapping[str, str], files: Sequence[Part]) -> bytes:
    lines: list[bytes] = []
    for name, value in form.items():
        lines += [_part(boundary, f'name="{_escaped(name)}"', ""), value.encode(), b"\r\n"]
    for name, (file_name, data, media_type) in files:
        disposition = f'name="{_escaped(name)}"; filename="{_escaped(file_name)}"'
        lines += [_part(boundary, disposition, media_type), data, b"\r\n"]
    lines.append(f"--{boundary}--\r\n".encode())
    return b"".join(lines)


def _part(boundary: str, disposition: str, media_type: str) -> bytes:
    head = f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n"
    if media_type:
        head += f"Content-Type: {media_type}\r\n"
    return (head + "\r\n").encode()


def _escaped(text: str) -> str:
    """As browsers do it (HTML, "multipart/form-data encoding algorithm")."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
