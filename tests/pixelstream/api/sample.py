"""An API of a few operations that tests can watch, on the ground of the real one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLResolver
from django.urls.resolvers import RegexPattern
from ninja import File, Form, Query, Router, UploadedFile

from pixelstream.api.assembly import put_together
from pixelstream.api.envelopes import CamelSchema, Success, answer
from pixelstream.api.errors import ApiError
from pixelstream.api.idempotency import idempotent, idempotent_form
from pixelstream.api.lists import PageIn
from pixelstream.api.models import Scope
from pixelstream.api.security import Token

router = Router()


class Watched:
    """What the operations did, and what they are to do next."""

    def __init__(self) -> None:
        self.runs: list[Any] = []
        self.does: Callable[[], None] = lambda: None
        self._lock = threading.Lock()

    def run(self, what: Any) -> int:
        """Note that an operation ran; the number of its run."""
        with self._lock:
            self.runs.append(what)
            number = len(self.runs)
        self.does()
        return number


watched = Watched()


class Wish(CamelSchema):
    """What is sent."""

    words: str
    how_many: int = 1


@router.get("/things", auth=Token(Scope.READ), response={200: Success[dict[str, Any]]})
def things(request: HttpRequest, page: Query[PageIn]) -> HttpResponse:
    """Looks."""
    return answer({"number": watched.run(page.after), "limit": page.limit})


@router.post("/things", auth=Token(Scope.WRITE))
@idempotent
def make(request: HttpRequest, wish: Wish, tag: Query[str] = "") -> HttpResponse:
    """Makes a thing."""
    return answer({"number": watched.run(wish.words)}, status=201)


@router.put("/things", auth=Token(Scope.WRITE))
@idempotent
def put(request: HttpRequest, wish: Wish) -> HttpResponse:
    """Makes a thing otherwise, from the same address and body."""
    return answer({"number": watched.run(wish.words)})


@router.post("/files", auth=Token(Scope.WRITE))
@idempotent_form
def keep(request: HttpRequest, file: File[UploadedFile], name: Form[str] = "") -> HttpResponse:
    """Takes a file."""
    return answer({"number": watched.run(file.read()), "name": name})


@router.post("/generate", auth=Token(Scope.GENERATE))
def generate(request: HttpRequest) -> HttpResponse:
    """Costs."""
    return answer({"number": watched.run("generate")})


@router.get("/refused", auth=Token(Scope.READ))
def refused(request: HttpRequest) -> HttpResponse:
    """Says no."""
    raise ApiError(402, "NOT_ENOUGH_CREDITS", "2 credits are needed", headers={"X-Left": "1"})


api = put_together([("", router)], namespace="sample")
addresses = URLResolver(RegexPattern(r"^/api/"), api.urls[0])  # type: ignore[arg-type]
