"""Who may come in at each address of the library, by which method; strangers learn nothing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gallery.models import AuditEvent
from gallery.urls import urlpatterns
from pixelstream.accounts.models import User
from tests.gallery.views.addresses import (
    ADDRESSES,
    OWNED,
    PUBLIC,
    Address,
    by_name,
    make,
    rows,
)

pytestmark = pytest.mark.django_db

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}


def every(addresses: list[Address]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("address", addresses, ids=by_name)


def ask(client: Client, address: Address, path: str, method: str = "") -> int:
    """Ask as it is meant to be asked, with what is needed for it to work; gives the status."""
    method = method or ("POST" if address.verb else "GET")
    sent = address.sends if method == "POST" else None
    answer = client.post(path, sent) if sent else client.generic(method, path)
    b"".join(answer)  # a stream keeps its place until it is read
    return int(answer.status_code)


def test_every_address_is_classified() -> None:
    names = [pattern.name for pattern in urlpatterns]
    classified = [address.name for address in ADDRESSES]
    assert sorted([*classified, *PUBLIC]) == sorted(names)


@every(ADDRESSES)
def test_a_stranger_is_sent_to_the_door(anonymous: Client, alice: User, address: Address) -> None:
    path = address.of_thing(make(address.of, alice))
    before = rows()
    for method in address.methods:
        answer = anonymous.generic(method, path)
        assert answer.status_code == 302
        assert answer["Location"] == f"/accounts/login/?next={path}"
    assert rows() == before


@every(OWNED)
def test_what_is_anothers_is_not_there_and_not_for_staff_either(
    as_bob: Client, alice: User, sam: User, address: Address
) -> None:
    path = address.of_thing(make(address.of, alice))
    as_sam = Client()
    as_sam.force_login(sam)
    before = rows()
    assert ask(as_bob, address, path) == 404
    assert ask(as_sam, address, path) == 404
    assert rows() == before
    assert not AuditEvent.objects.exclude(actor=alice).exists()


@every(OWNED)
def test_the_owner_comes_in(as_alice: Client, alice: User, address: Address) -> None:
    path = address.of_thing(make(address.of, alice))
    assert ask(as_alice, address, path) in {200, 302}


@every([address for address in OWNED if address.of == "post" and not address.twice])
def test_what_is_in_the_trash_is_not_there(as_alice: Client, alice: User, address: Address) -> None:
    path = address.of_thing(make(address.of, alice, trashed=True))
    before = rows()
    assert ask(as_alice, address, path) == 404
    assert rows() == before


@every(OWNED)
def test_what_never_was_is_not_there(as_alice: Client, alice: User, address: Address) -> None:
    thing = make(address.of, alice)
    assert thing is not None
    for pk in (0, 987_654_321, 2**31, 2**63 - 1, 2**63, 2**64, 10**30):
        path = address.of_thing(thing).replace(f"/{thing.pk}/", f"/{pk}/")
        assert ask(as_alice, address, path) == 404, pk


@every(ADDRESSES)
def test_no_other_method_is_answered_and_none_of_them_writes(
    as_alice: Client, alice: User, address: Address
) -> None:
    path = address.of_thing(make(address.of, alice))
    before = rows()
    for method in sorted(METHODS - address.methods):
        assert ask(as_alice, address, path, method) == 405, method
    assert rows() == before


@every([address for address in ADDRESSES if not address.verb])
def test_looking_writes_nothing(as_alice: Client, alice: User, address: Address) -> None:
    path = address.of_thing(make(address.of, alice))
    with CaptureQueriesContext(connection) as queries:
        for method in ("GET", "HEAD"):
            answer = as_alice.generic(method, path)
            assert answer.status_code == 200
            body = b"".join(answer)
            assert method == "GET" or body == b""
    # PostgreSQL is asked for a union in brackets.
    asked = [query["sql"].lstrip("( \n") for query in queries]
    written = [sql for sql in asked if not sql.startswith(("SELECT", "WITH"))]
    assert written == []


@every([address for address in ADDRESSES if address.takes])
def test_a_form_of_another_site_is_refused(alice: User, address: Address) -> None:
    path = address.of_thing(make(address.of, alice))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    before = rows()
    assert strict.post(path, address.sends).status_code == 403
    assert rows() == before
