"""Errors of the API: one envelope, a code for programs and a sentence for people."""

from __future__ import annotations


class ApiError(Exception):
    """Ends a request with this status, code and message.

    Raise it from an operation; `pixelstream.api.refusals` turns it into the envelope
    `{"success": false, "error": {"code", "message"}}`. `headers` are added to the answer.
    `is_undone` says that nothing is left of what was begun, so that the same `Idempotency-Key` may
    be used again.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        headers: dict[str, str] | None = None,
        is_undone: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}
        self.is_undone = is_undone


def not_found(message: str = "Not found") -> ApiError:
    """For what is not there, or is somebody else's: nobody learns which."""
    return ApiError(404, "NOT_FOUND", message)


def image_not_found() -> ApiError:
    """The same of a picture, a clip or a reference."""
    return not_found("Image not found")


def gone() -> ApiError:
    """For what was begun and deleted since. Unlike a 404 it is kept for an `Idempotency-Key`: the
    same request sent again begins nothing anew.
    """
    return ApiError(410, "GONE", "It was begun, and deleted or moved to the trash meanwhile")


def unauthorized() -> ApiError:
    """For who did not say who they are, or whose token is not good (any more)."""
    headers = {"WWW-Authenticate": "Bearer"}
    return ApiError(401, "UNAUTHORIZED", "Not authenticated", headers=headers)
