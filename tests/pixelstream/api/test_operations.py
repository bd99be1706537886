"""What holds for every operation of the API, whoever wrote it, and for the page about them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from gallery.imaging.formats import RefusalCode
from pixelstream.accounts.models import User
from pixelstream.api import reference, views
from pixelstream.api.models import Scope
from tests.pixelstream.api.conftest import Program
from tests.pixelstream.api.test_entry import error_of
from tests.pixelstream.test_every_view import routes

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[3]
DOCUMENT: dict[str, Any] = json.loads(views._document_as_json())
OPERATIONS = [(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods]
READS = {"get"}
EVERYWHERE = {"401", "403", "422", "429", "500", "503"}
FAILURE = {"$ref": "#/components/schemas/Failure"}


def told(method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][path][method]
    return found


def scope_of(method: str, path: str) -> str:
    [needed] = told(method, path)["security"]
    [scope] = needed["Token"]
    return str(scope)


def send(client: Client, method: str, path: str) -> Any:
    address = re.sub("{[^}]*}", "1", path)
    return client.generic(method.upper(), address, b"{}", "application/json")


def test_there_are_operations_and_all_are_described() -> None:
    assert len(OPERATIONS) > 20
    described = {re.sub("{[^}]*}", "<>", path[1:]) for path in DOCUMENT["paths"]}
    ours = {re.sub("<[^>]*>", "<>", route) for route in routes() if route.startswith("api/")}
    others = {"api/", "api/docs", "api/openapi.json", "api/inputs/<>/", "api/video-callback/<>/"}
    assert ours - others == described


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_nobody_gets_anything(method: str, path: str, as_alice: Client) -> None:
    for client in (Client(), as_alice, Client(headers={"Authorization": "Bearer pxs_x"})):
        with CaptureQueriesContext(connection) as queries:
            answer = send(client, method, path)
        assert error_of(answer, 401) == ("UNAUTHORIZED", "Not authenticated")
        assert answer["WWW-Authenticate"] == "Bearer"
        assert len(queries) <= 1


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_token_without_the_scope_gets_nothing(
    method: str, path: str, alice: User, program: Program
) -> None:
    needed = Scope(scope_of(method, path))
    client = program(alice, *(scope for scope in Scope if scope != needed))
    client.get("/api/nothing")
    with CaptureQueriesContext(connection) as queries:
        assert error_of(send(client, method, path), 403)[0] == "FORBIDDEN"
    # The token, and when it was used.
    assert len(queries) <= 2


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_the_scope_fits_the_method(method: str, path: str) -> None:
    scope = scope_of(method, path)
    assert (scope == Scope.READ) == (method in READS)
    if method == "delete":
        assert scope == Scope.DELETE


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_what_may_go_wrong_is_described(method: str, path: str) -> None:
    answers = told(method, path)["responses"]
    assert set(answers) >= EVERYWHERE
    for status, answer in answers.items():
        if int(status) >= 400:
            assert answer["content"]["application/json"]["schema"] == FAILURE, status


@pytest.mark.parametrize("path", [path for method, path in OPERATIONS if method == "post"])
def test_every_post_may_be_sent_again(path: str) -> None:
    headers = [one["name"] for one in told("post", path)["parameters"] if one["in"] == "header"]
    assert "Idempotency-Key" in headers
    assert "409" in told("post", path)["responses"]


def test_the_document_is_for_everybody_and_kept_for_a_moment(anonymous: Client) -> None:
    answer = anonymous.get("/api/openapi.json")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer["Cache-Control"] == "public, max-age=300"
    assert answer.json()["openapi"].startswith("3.1")
    assert not answer.cookies


def test_every_code_stands_in_the_document_for_people() -> None:
    said = (ROOT / "docs/api.md").read_text()
    code = re.compile(r'(?:ApiError|refusal)\(\s*([0-9]{3}),\s*"([A-Z_]+)"')
    found = {
        pair
        for folder in ("pixelstream/api", "gallery/api", "generation/api")
        for module in (ROOT / folder).glob("*.py")
        for pair in code.findall(module.read_text())
    }
    found |= {("400", code.value) for code in RefusalCode}
    assert len(found) > 25
    for status, name in found:
        assert re.search(rf"^\| {status} \| .*`{name}`", said, re.MULTILINE), (status, name)


# --- the page


@pytest.fixture
def page(anonymous: Client) -> str:
    """As a stranger reads it."""
    answer = anonymous.get("/api/docs")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_has_every_operation_with_its_parameters_and_a_command(page: str) -> None:
    for method, path in OPERATIONS:
        assert f"<code>{path}</code>" in page
        for one in told(method, path).get("parameters", []):
            assert f"<code>{one['name']}</code>" in page
    assert page.count("curl -H") == len(OPERATIONS) + 1


def test_the_page_runs_nothing_and_is_in_both_languages(anonymous: Client) -> None:
    with translation.override("en"):  # and back: no test after this one is in Portuguese
        answer = anonymous.get("/api/docs", headers={"Accept-Language": "pt-BR"})
    html = answer.content.decode()
    assert '<html lang="pt-br">' in html
    assert "<script>" not in html
    assert "unsafe" not in answer["Content-Security-Policy"].split("style-src-attr")[0]


@pytest.mark.parametrize("path", ["/api/generate", "/api/animate"])
def test_what_the_page_shows_can_be_sent(path: str, alice: User, program: Program) -> None:
    [shown] = [
        operation.example
        for part in reference.read(DOCUMENT).parts
        for operation in part.operations
        if operation.path == path
    ]
    [body] = re.findall("-d '(.*)'", shown)
    assert program(alice).post(path, body, "application/json").status_code == 202


def test_the_page_shows_no_bytes_in_a_terminal(page: str) -> None:
    files = [path for _method, path in OPERATIONS if path.endswith("/file")]
    assert page.count(" -L -o picture") == len(files) == 2


def test_schemas_that_name_each_other_are_all_shown_once() -> None:
    found = reference.read(DOCUMENT)
    names = [shape.name for shape in found.shapes]
    assert len(names) == len(set(names))
    named = {kind.schema for shape in found.shapes for one in shape.fields for kind in one.kinds}
    assert named - {""} <= set(names)


def test_a_schema_that_names_itself_ends() -> None:
    tree = {
        "type": "object",
        "properties": {
            "left": {"anyOf": [{"$ref": "#/components/schemas/Tree"}, {"type": "null"}]},
            "kind": {"enum": ["a", "b"]},
            "names": {"type": "array", "items": {"type": "string", "format": "uuid"}},
        },
    }
    answer = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S"}}}}
    envelope = {"type": "object", "properties": {"data": {"$ref": "#/components/schemas/Tree"}}}
    operation = {
        "tags": ["trees"],
        "summary": "One",
        "responses": {"200": answer, "404": {}},
        "security": [{"Token": ["read"]}],
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
        ],
    }
    document = {
        "paths": {"/api/trees/{id}": {"get": operation}},
        "components": {"schemas": {"Tree": tree, "S": envelope}},
    }
    found = reference.read(document)
    [shape] = found.shapes
    assert [[kind.words for kind in one.kinds] for one in shape.fields] == [
        ["Tree", "null"],
        ['"a" | "b"'],
        ["list of string (uuid)"],
    ]
    [one] = found.parts[0].operations
    assert one.example.splitlines()[-1].strip() == '"$SITE/api/trees/1"'
    assert (one.scope, one.errors) == ("read", [404])
