"""The library of references by the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from gallery.api.schemas import ReferenceOut
from gallery.models import ReferenceImage, StoredObject
from gallery.services import references
from generation.models import GenerationJob
from pixelstream.accounts.models import User
from pixelstream.api import entry, tokens
from pixelstream.api.models import Scope
from tests.factories import create_reference, start
from tests.gallery.api.answers import data_of, error_of, ids, refused, walk

pytestmark = pytest.mark.django_db


def patch(client: Client, reference: ReferenceImage, **changes: Any) -> Any:
    """Change a reference."""
    return client.patch(f"/api/references/{reference.pk}", changes, content_type="application/json")


def test_references_are_listed_newest_first_page_after_page(
    alices: Client, alice: User, bob: User
) -> None:
    references = [create_reference(alice, kept=number != 1) for number in range(4)]
    create_reference(bob)
    newest = [reference.pk for reference in reversed(references)]
    pages = walk(alices, "/api/references", limit=3)
    assert [ids(page) for page in pages] == [newest[:3], newest[3:]]
    library = data_of(alices.get("/api/references?kept=true"))["items"]
    assert ids(library) == [pk for pk in newest if pk != references[1].pk]
    others = data_of(alices.get("/api/references?kept=false"))["items"]
    assert ids(others) == [references[1].pk]
    assert refused(alices.get("/api/references?kept=perhaps")) == (422, "VALIDATION")


def test_a_reference_comes_with_an_address_that_only_its_owner_opens(
    alices: Client, bobs: Client, alice: User, settings: Any
) -> None:
    reference = create_reference(alice)
    data = data_of(alices.get(f"/api/references/{reference.pk}"))
    ReferenceOut.model_validate(data)
    path = data["url"].removeprefix(settings.SITE_URL)
    file = alices.get(path)
    assert file["Content-Type"] == data["contentType"] == "image/jpeg"
    assert len(b"".join(file.streaming_content)) == data["sizeBytes"]
    expected = (404, "NOT_FOUND", "Image not found")
    assert error_of(bobs.get(path)) == expected
    assert error_of(bobs.get(f"/api/references/{reference.pk}")) == expected
    assert refused(Client().get(path)) == (401, "UNAUTHORIZED")


def test_a_part_of_a_file_is_given_where_it_is_asked_for(alices: Client, alice: User) -> None:
    path = f"/api/references/{create_reference(alice).pk}/file"
    whole = alices.get(path)
    data = b"".join(whole.streaming_content)
    part = alices.get(path, headers={"Range": "bytes=2-5"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, data[2:6])
    assert alices.get(path, headers={"If-None-Match": whole["ETag"]}).status_code == 304
    none = alices.get(path, headers={"Range": f"bytes={len(data)}-"})
    assert refused(none) == (416, "NO_SUCH_PART")
    assert none["Content-Range"] == f"bytes */{len(data)}"
    head = alices.head(path, headers={"Range": "bytes=2-5"})
    assert (head.status_code, head["Content-Length"]) == (200, str(len(data)))


def test_a_reference_gets_another_name_and_keeps_its_ending(alices: Client, alice: User) -> None:
    reference = create_reference(alice, kept=True)
    data = data_of(patch(alices, reference, name="  farol.JPG "))
    assert (data["filename"], data["kept"]) == ("farol.jpg", True)
    reference.refresh_from_db()
    assert reference.filename == "farol.jpg"


def test_a_reference_is_taken_into_the_library_or_let_go(alices: Client, alice: User) -> None:
    reference = create_reference(alice)
    assert data_of(patch(alices, reference, kept=True))["kept"] is True
    assert data_of(patch(alices, reference, kept=True))["kept"] is True
    assert data_of(patch(alices, reference, kept=False))["kept"] is False
    reference.refresh_from_db()
    assert not reference.kept


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": " \u200b"},
        {"name": "a/b"},
        {"name": "x" * 121},
        {"name": "\ud800"},
        {"name": 7},
        {"kept": "perhaps"},
        {"kept": "true"},
        {"kept": 1},
        {"owner": 1},
        {},
        {"name": None},
    ],
)
def test_changes_that_no_page_allows_are_refused(
    alices: Client, alice: User, changes: dict[str, Any]
) -> None:
    reference = create_reference(alice)
    assert refused(patch(alices, reference, **changes)) == (422, "VALIDATION")


def test_head_of_the_bytes_has_their_length_and_none_of_them(alices: Client, alice: User) -> None:
    path = f"/api/references/{create_reference(alice).pk}/file"
    whole = alices.get(path)
    _token, text = tokens.make(alice, name="raw", scopes=[Scope.READ])
    # Not by the client, which leaves the body out by itself.
    asked = RequestFactory().head(path, headers={"Authorization": f"Bearer {text}"})
    head = entry.respond(asked)
    assert (head.status_code, b"".join(head)) == (200, b"")
    assert head["Content-Length"] == whole["Content-Length"]
    head.close()


def test_both_changes_happen_or_neither(
    alices: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(**given: Any) -> None:
        raise ReferenceImage.DoesNotExist

    monkeypatch.setattr(references, "set_kept", gone)
    reference = create_reference(alice)
    assert refused(patch(alices, reference, name="farol", kept=True)) == (404, "NOT_FOUND")
    reference.refresh_from_db()
    assert reference.filename == "reference.jpg"


def test_references_of_somebody_else_are_not_changed(bobs: Client, alice: User) -> None:
    reference = create_reference(alice)
    assert refused(patch(bobs, reference, name="mine")) == (404, "NOT_FOUND")
    assert refused(bobs.delete(f"/api/references/{reference.pk}")) == (404, "NOT_FOUND")
    reference.refresh_from_db()
    assert reference.filename == "reference.jpg"


def test_a_reference_is_deleted_for_good(alices: Client, alice: User) -> None:
    reference = create_reference(alice)
    path = f"/api/references/{reference.pk}"
    assert data_of(alices.delete(path)) == {"deletedTotal": 1, "deletedGenerated": 0}
    assert not ReferenceImage.objects.exists()
    assert StoredObject.objects.get().state == StoredObject.State.DELETING
    assert data_of(alices.delete(path)) == {"deletedTotal": 0, "deletedGenerated": 0}
    assert refused(alices.get(path)) == (404, "NOT_FOUND")


def test_what_was_made_with_it_goes_along_or_stays(alices: Client, alice: User) -> None:
    for query, generated in (("", 1), ("?includeGenerated=false", 0)):
        reference = create_reference(alice)
        post = start(alice)
        GenerationJob.objects.filter(post=post).update(
            status=GenerationJob.Status.FAILED, error_code="canceled", finished_at=Now()
        )
        post.jobs.get(kind="image").references.add(reference)
        data = data_of(alices.delete(f"/api/references/{reference.pk}{query}"))
        assert data == {"deletedTotal": 1 + generated, "deletedGenerated": generated}


def test_a_reference_in_use_stays(alices: Client, alice: User) -> None:
    reference = create_reference(alice)
    start(alice).jobs.get(kind="image").references.add(reference)
    path = f"/api/references/{reference.pk}?includeGenerated=false"
    status, code, message = error_of(alices.delete(path))
    assert (status, code) == (409, "REFERENCE_IN_USE")
    assert "ready" in message


def test_more_references_take_no_more_queries(alices: Client, alice: User) -> None:
    create_reference(alice)
    with CaptureQueriesContext(connection) as one:
        data_of(alices.get("/api/references"))
    for _ in range(29):
        create_reference(alice)
    with CaptureQueriesContext(connection) as thirty:
        assert len(data_of(alices.get("/api/references?limit=30"))["items"]) == 30
    assert len(thirty) == len(one) <= 2
