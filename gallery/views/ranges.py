"""A file, or the part of it that was asked for (RFC 9110, section 14): players seek by parts, and
Safari plays nothing without them.
"""

from __future__ import annotations

import re
from typing import IO

from django.core.files.base import File
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response

PIECE = 64 * 1024
"""Bytes that are read at a time."""

MOST_WITHOUT_END = 1024 * 1024
"""Bytes of a part without an end. A player asks for all the rest and stops reading when it has
enough: a longer answer would hold one of our threads for as long as a film is paused. It asks again
for what then follows (RFC 9110, 15.3.7 says that it has to expect this).
"""

_RANGE = re.compile(r"bytes=[\s,]*([0-9]{0,18})-([0-9]{0,18})[\s,]*", re.ASCII | re.IGNORECASE)


class _NothingThereError(Exception):
    """The part begins behind the end of the file."""


def file_response(
    request: HttpRequest, file: File[bytes], *, media_type: str, etag: str
) -> HttpResponseBase:
    """The file, a part of it (206), 416 where it has no such part, or 304 to whoever has it.

    `etag` is a strong one, with its quotation marks. Several ranges, and whatever is no range, are
    answered with the whole file. The file is read in pieces and closed with the response.
    """
    size = file.size
    headers = {"Accept-Ranges": "bytes", "Content-Disposition": "inline", "ETag": etag}
    without_body = HttpResponse(content_type=media_type, headers=headers)
    answer = get_conditional_response(request, etag=etag, response=without_body)
    if answer is not None and answer is not without_body:
        file.close()
        return answer
    if request.method == "HEAD":
        file.close()
        without_body["Content-Length"] = str(size)
        return without_body
    try:
        part = _part(request, size, etag)
    except _NothingThereError:
        file.close()
        headers["Content-Range"] = f"bytes */{size}"
        return HttpResponse(status=416, content_type=media_type, headers=headers)
    first, length = part or (0, size)
    response = FileResponse(_Part(file, first, length), content_type=media_type, headers=headers)
    response.block_size = PIECE
    response["Content-Length"] = str(length)
    if part is not None:
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{first + length - 1}/{size}"
    return response


def _part(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """The first byte that is asked for and how many; None for the whole file."""
    match = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if match is None or request.headers.get("If-Range", etag) != etag:
        return None
    begin, end = match.groups()
    if not begin:
        return _last(int(end), size) if end else None
    first = int(begin)
    if end and int(end) < first:
        return None
    if first >= size:
        raise _NothingThereError
    length = int(end) - first + 1 if end else MOST_WITHOUT_END
    return first, min(length, size - first)


def _last(length: int, size: int) -> tuple[int, int]:
    if not length or not size:
        raise _NothingThereError
    length = min(length, size)
    return size - length, length


class _Part:
    """What FileResponse needs of a file: to be read and closed."""

    def __init__(self, file: File[bytes], first: int, length: int) -> None:
        file.seek(first)
        self._file: IO[bytes] | File[bytes] = file
        self._left = length

    def read(self, size: int) -> bytes:
        """The next bytes, at most so many; none behind the end of the part."""
        piece: bytes = self._file.read(min(size, self._left))
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        """Close the file."""
        self._file.close()
