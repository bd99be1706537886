"""What holds at each address of the library, whoever asks: nothing is there that never was, no
other method is answered, and no other site sends a form. Who may come in: the access matrix
(tests/pixelstream/test_access_matrix.py).
"""

from __future__ import annotations

import pytest
from django.test import Client

from gallery.urls import urlpatterns
from pixelstream.accounts.models import User
from tests.gallery.views.addresses import (
    ADDRESSES,
    OWNED,
    PUBLIC,
    SHARED,
    Address,
    by_name,
    make,
    name_of,
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


@every(SHARED)
def test_what_nobody_ever_shared_is_not_there(
    as_bob: Client, alice: User, address: Address
) -> None:
    thing = make(address.of, alice)
    assert thing is not None
    name = name_of(thing, address.of)
    for other in ("x", "0", "x" * 22, "x" * 9000, f"{name}x", str(thing.pk), "%00", "%C3%A9" * 22):
        path = address.of_thing(thing).replace(str(name), other)
        assert ask(as_bob, address, path) == 404, other


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


@every([address for address in ADDRESSES if address.takes])
def test_a_form_of_another_site_is_refused(alice: User, address: Address) -> None:
    path = address.of_thing(make(address.of, alice))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    before = rows()
    assert strict.post(path, address.sends).status_code == 403
    assert rows() == before
