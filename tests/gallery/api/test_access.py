"""Every address of the library's part of the API: who may come in, what foreign numbers and rubbish
come to, and that looking changes nothing.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gallery.api import routers
from gallery.services import trash
from pixelstream.accounts.models import User
from pixelstream.api.models import Scope
from tests.factories import create_post, create_reference
from tests.gallery.api.answers import data_of, error_of, refused
from tests.gallery.api.conftest import Program
from tests.gallery.views.rubbish import TYPED, UNENCODABLE, thinned

pytestmark = pytest.mark.django_db

READ, WRITE, DELETE = Scope.READ, Scope.WRITE, Scope.DELETE
ADDRESSES = {
    ("POST", "/upload"): WRITE,
    ("GET", "/posts"): READ,
    ("GET", "/search"): READ,
    ("GET", "/trash"): READ,
    ("GET", "/posts/{post_id}"): READ,
    ("PATCH", "/posts/{post_id}"): WRITE,
    ("DELETE", "/posts/{post_id}"): DELETE,
    ("POST", "/posts/{post_id}/trash"): WRITE,
    ("POST", "/posts/{post_id}/restore"): WRITE,
    ("GET", "/images"): READ,
    ("GET", "/images/{image_id}"): READ,
    ("GET", "/images/{image_id}/file"): READ,
    ("GET", "/references"): READ,
    ("GET", "/references/{reference_id}"): READ,
    ("PATCH", "/references/{reference_id}"): WRITE,
    ("DELETE", "/references/{reference_id}"): DELETE,
    ("GET", "/references/{reference_id}/file"): READ,
    ("GET", "/quota"): READ,
}
WITH_ID = [line for line in ADDRESSES if "{" in line[1]]
PAGE = ("cursor", "limit")
FILTERS = ("q", "kind", "model", "aspect", "from", "to", "sort", "project")
PARAMETERS = {
    "/posts": (*FILTERS, *PAGE),
    "/search": ("q", *PAGE),
    "/trash": PAGE,
    "/images": PAGE,
    "/references": ("kept", *PAGE),
    "/images/{image_id}/file": ("width",),
    "/posts/{post_id}": ("cursor",),
}
BAD_IDS = ["0", "-1", "1.0", "1e3", "²", "x", "%00", "%ff", "9" * 19, "9" * 400, "null", " 1", "+1"]


def send(client: Client, method: str, path: str, data: Any = None) -> Any:
    """A request as scripts send it."""
    body = "" if data is None else json.dumps(data)
    return client.generic(method, f"/api{path}", body, content_type="application/json")


def filled(path: str, pk: object) -> str:
    """The address with this in the place of the id."""
    head, brace, rest = path.partition("{")
    return f"{head}{pk}{rest.partition('}')[2]}" if brace else path


def registered() -> Iterator[tuple[str, str]]:
    """What the routers really have."""
    for _prefix, router in routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                yield from ((method, path) for method in operation.methods)


def test_every_address_stands_here() -> None:
    assert sorted(registered()) == sorted(ADDRESSES)


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_without_a_token_nobody_comes_in(
    method: str, path: str, as_alice: Client, alice: User
) -> None:
    address = filled(path, create_post(alice).pk)
    expected = (401, "UNAUTHORIZED", "Not authenticated")
    assert error_of(send(Client(), method, address)) == expected
    assert error_of(send(as_alice, method, address)) == expected, "a session is no token"
    with_rubbish = Client(headers={"Authorization": "Bearer pxs_nobody"})
    assert error_of(send(with_rubbish, method, address)) == expected


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_a_token_needs_the_scope(method: str, path: str, alice: User, program: Program) -> None:
    others = [scope for scope in Scope if scope != ADDRESSES[method, path]]
    address = filled(path, create_post(alice).pk)
    assert refused(send(program(alice, *others), method, address)) == (403, "FORBIDDEN")


@pytest.mark.parametrize(("method", "path"), WITH_ID)
def test_what_is_somebody_elses_is_not_there(
    method: str, path: str, alice: User, bobs: Client
) -> None:
    post, reference = create_post(alice), create_reference(alice)
    trashed = create_post(alice)
    trash.trash(owner=alice, ids=[trashed.pk])
    numbers = {
        "post": [post.pk, trashed.pk],
        "image": [post.images.get().pk, trashed.images.get().pk],
        "reference": [reference.pk],
    }
    kind = path.partition("{")[2].partition("_id")[0]
    message = "Not found" if kind == "post" else "Image not found"
    for pk in (*numbers[kind], 2**62):
        answer = error_of(send(bobs, method, filled(path, pk), {}))
        assert answer == (404, "NOT_FOUND", message)


@pytest.mark.parametrize(("method", "path"), WITH_ID)
def test_what_is_no_number_of_anything_is_refused(method: str, path: str, alices: Client) -> None:
    for text in BAD_IDS:
        status, code = refused(send(alices, method, filled(path, text), {}))
        assert (status, code) in {(404, "NOT_FOUND"), (422, "VALIDATION")}, text


@pytest.mark.parametrize("path", [path for method, path in ADDRESSES if method == "GET"])
def test_looking_changes_nothing(path: str, alices: Client, alice: User) -> None:
    post, reference = create_post(alice), create_reference(alice)
    numbers = {"post": post.pk, "image": post.images.get().pk, "reference": reference.pk}
    kind = path.partition("{")[2].partition("_id")[0]
    address = filled(path, numbers.get(kind, 0)) + ("?q=lighthouse" if path == "/search" else "")
    with CaptureQueriesContext(connection) as captured:
        assert send(alices, "GET", address).status_code in {200, 302}
    verbs = {query["sql"].lstrip("( \n").split()[0] for query in captured.captured_queries}
    assert verbs <= {"SELECT", "WITH"}


@pytest.mark.parametrize("path", PARAMETERS)
def test_no_parameter_breaks_anything(path: str, alices: Client, alice: User) -> None:
    address = f"/api{filled(path, create_post(alice).images.get().pk)}"
    texts = [
        *TYPED[:: thinned(13)],
        "\x00",
        "9" * 5000,
        str(2**63),
        "2026-02-30",
        "'",
        '"',
        "NEAR(",
    ]
    for name, text in itertools.product(PARAMETERS[path], texts):
        status = alices.get(address, {"q": "x", name: text}).status_code
        assert status < 500, (name, text[:80])
    for name, raw in itertools.product(PARAMETERS[path], UNENCODABLE):
        quoted = "".join(f"%{byte:02x}" for byte in raw)
        assert alices.get(f"{address}?{name}={quoted}").status_code < 500, (name, raw)


@pytest.mark.parametrize("path", ["/posts", "/references"])
def test_no_text_breaks_a_change(path: str, alices: Client, alice: User) -> None:
    number = (create_post(alice) if path == "/posts" else create_reference(alice)).pk
    texts = [*TYPED[:: thinned(7)], "\x00", "\ud800", "\udfff", "\ud83d", "9" * 5000]
    odd: list[Any] = [*texts, [], {}, [[]] * 50, 1e308, 2**70, -1, True, None]
    for name, value in itertools.product(("caption", "visibility", "name", "kept", "\ud800"), odd):
        answer = send(alices, "PATCH", f"{path}/{number}", {name: value})
        assert answer.status_code < 500, (name, value)
        if answer.status_code == 200:
            data_of(answer)
        else:
            error_of(answer)
    deep = '{"caption": ' * 5000
    for body in (deep, "[" * 100_000, '{"caption": NaN}', '{"caption": 1e999}', "\xff\xfe"):
        answer = alices.generic("PATCH", f"/api{path}/{number}", body, "application/json")
        assert refused(answer)[0] in {400, 422}, body[:20]
