"""Bytes on their way to and from a server, with an end to the patience.

Botocore's time-outs count from the last sign of life. A server that takes or gives one byte a
second would hold a thread for hours.
"""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core.files.base import File

from pixelstream.storages import StorageUnavailableError

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import GetObjectOutputTypeDef

PATIENCE = 15.0
"""Seconds that any transfer may take."""

SLOWEST = 256 * 1024
"""Bytes a second that a longer one has to make on top."""

PIECE = 256 * 1024

IN_MEMORY = 64 * 1024**2
"""Bytes up to which an object that is read is kept in memory. Pictures are smaller; parts of an
export may have a gigabyte, and wait on the disk.
"""


def deadline(size: int) -> float:
    """When a transfer of so many bytes has taken too long, on the monotonic clock."""
    return time.monotonic() + PATIENCE + size / SLOWEST


class Upload:
    """A file as the body of a request. Raises StorageUnavailableError after its deadline."""

    def __init__(self, content: File[bytes]) -> None:
        self._file: IO[bytes] = content.open("rb") if content.closed else content
        self._file.seek(0)
        self.size: int = content.size
        self._until = deadline(self.size)

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        if time.monotonic() > self._until:
            raise StorageUnavailableError("the server takes the object too slowly")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go elsewhere, as for a second try."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Where reading is."""
        return self._file.tell()

    def is_what(self, answer: GetObjectOutputTypeDef) -> bool:
        """Whether the object of an answer is the same, byte for byte."""
        self._file.seek(0)
        if answer["ContentLength"] != self.size:
            answer["Body"].close()
            return False
        return all(self._file.read(len(piece)) == piece for piece in _pieces(answer))


def download(answer: GetObjectOutputTypeDef) -> IO[bytes]:
    """The whole object of an answer, to be read and closed. Raises StorageUnavailableError."""
    if answer["ContentLength"] <= IN_MEMORY:
        file: IO[bytes] = io.BytesIO()
    else:
        # On the disk of the data: /tmp may be memory. Without a name, so it goes with the process.
        file = cast(IO[bytes], tempfile.TemporaryFile(dir=settings.DATA_DIR))  # noqa: SIM115
    try:
        for piece in _pieces(answer):
            file.write(piece)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _pieces(answer: GetObjectOutputTypeDef) -> Iterator[bytes]:
    """All that an answer has to give. Raises StorageUnavailableError after its deadline, and when
    it was not everything.
    """
    left = answer["ContentLength"]
    until = deadline(left)
    # Botocore's own reading waits for a full piece, however slowly it comes.
    body: Any = answer["Body"]
    stream = body._raw_stream
    try:
        while piece := stream.read1(PIECE):
            left -= len(piece)
            if time.monotonic() > until:
                raise StorageUnavailableError("the server gives the object too slowly")
            yield piece
        if left:
            size = answer["ContentLength"]
            raise StorageUnavailableError(f"{size - left} of {size} bytes came")
    except BaseException:  # the rest, if there is one, is for nobody
        stream.close()
        raise
