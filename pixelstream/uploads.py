"""Uploads on their way in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class UploadNotKeptError(BadRequest):
    """The disk did not take what is being uploaded. Nothing was kept.

    A BadRequest, because that is what Django lets a page answer wherever it reads an upload: mostly
    in the middleware that checks where it comes from (`pixelstream.views.unreadable`).
    """


class DiskUploadHandler(TemporaryFileUploadHandler):
    """Writes large uploads to temporary files, and says so when there is no room for them."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file. Raises UploadNotKeptError."""
        with _disk_errors_told():
            super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Write a piece. Raises UploadNotKeptError."""
        with _disk_errors_told():
            return super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Write the rest. Raises UploadNotKeptError."""
        with _disk_errors_told():
            return super().file_complete(file_size)


@contextmanager
def _disk_errors_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UploadNotKeptError(f"The upload was not written: {error}") from error
