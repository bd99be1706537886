"""Rubbish in every field and parameter of the library: answered, and never part of a page."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from urllib.parse import quote_from_bytes

import pytest
from django.test import Client

from gallery.models import Post
from pixelstream.accounts.models import User
from tests.factories import create_post, create_reference
from tests.gallery.views.addresses import ADDRESSES, PAGES, Address, by_name, make, named
from tests.gallery.views.markup import content, parts_of
from tests.gallery.views.rubbish import TYPED, UNENCODABLE, thinned

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}

FREE = {"q", "caption", "filters"}
"""Fields for more than a number or a choice: they get every string, others every sixth one."""


def step_of(*names: str, thin: int = 6) -> int:
    """Every how many-th string these fields are tried with."""
    return 1 if FREE & {*names} else thinned(thin)


def strings_for(address: Address, name: str) -> list[str]:
    """What this field is tried with. Fields of one kind begin at different strings: together they
    get each of them.
    """
    step = step_of(name)
    place = [(one, of) for one in ADDRESSES for of in one.reads].index((address, name))
    return TYPED[place % step :: step]


NO_FORMS = [
    (b"{", "application/json"),
    (b"", "multipart/form-data"),
    (b"--x\r\nrubbish", "multipart/form-data; boundary=x"),
    (b"\xff\xfe", "multipart/form-data; boundary=\xff"),
    (b"name=a", "application/x-www-form-urlencoded; charset=klingon"),
    (b"\xff" * 1000, "text/plain; charset=utf-16"),
]


def plain_parts(client: Client, address: Address, path: str, names: Iterable[str]) -> set[str]:
    """What may be on the pages of an address, whatever is typed that is no markup."""
    values = ("1", "light", "nothing", "2026-01-01", "\x00", "x" * 9000)
    harmless = [{}, *(dict.fromkeys(address.reads, value) for value in values)]
    harmless += [{name: value} for name in names for value in ("1", "light", "\x00", "x" * 9000)]
    ask = client.post if address.takes else client.get
    parts: set[str] = set()
    for sent in harmless:
        for headers in ({}, HTMX):
            parts |= parts_of(content(ask(path, {**address.sends, **sent}, headers=headers)))
    return parts


@pytest.fixture(autouse=True)
def _no_log_of_refusals() -> Iterator[None]:
    """Thousands of lines that say "Unprocessable Entity" are of no use."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("address", [page for page in PAGES if page.reads], ids=by_name)
def test_whatever_stands_in_an_address_is_answered_and_is_never_markup(
    as_alice: Client, alice: User, address: Address
) -> None:
    """Each string stands once in every parameter, beside other strings in the other ones."""
    path = address.of_thing(make(address.of, alice))
    known = plain_parts(as_alice, address, path, address.reads)
    of_gallery = address.name == "project-detail"  # it is the gallery again
    step = thinned(5) if of_gallery else step_of(*address.reads, thin=3)
    for count, number in enumerate(range(0, len(TYPED), step)):
        sent = {
            name: TYPED[(number + 101 * place) % len(TYPED)]
            for place, name in enumerate(address.reads)
        }
        # Every fifth one as a whole page, of which the others are the parts that change.
        answer = as_alice.get(path, sent, headers={} if count % 5 == 0 else HTMX)
        assert answer.status_code in {200, 404}, sent
        assert parts_of(content(answer)) <= known, sent


@pytest.mark.parametrize(
    ("address", "name"),
    [(address, name) for address in ADDRESSES if address.takes for name in address.reads],
    ids=str,
)
def test_whatever_is_sent_is_answered_and_is_never_markup(
    as_alice: Client, alice: User, address: Address, name: str
) -> None:
    """Each string alone, beside other fields that are right."""
    path = address.of_thing(make(address.of, alice))
    known = plain_parts(as_alice, address, path, [name])
    for number, text in enumerate(strings_for(address, name)):
        sent = {**address.sends, name: text}
        answer = as_alice.post(path, sent, headers={} if number % 5 == 0 else HTMX)
        assert answer.status_code in {200, 201, 302, 404, 422}, sent
        assert parts_of(content(answer)) <= known, sent


@pytest.mark.parametrize("address", [a for a in ADDRESSES if a.reads], ids=by_name)
def test_bytes_that_are_no_text_are_answered(
    as_alice: Client, alice: User, address: Address
) -> None:
    path = address.of_thing(make(address.of, alice))
    known = plain_parts(as_alice, address, path, [])
    form = "application/x-www-form-urlencoded"
    for rubbish in UNENCODABLE:
        for raw in (rubbish, quote_from_bytes(rubbish).encode(), rubbish + b"=1&%=&&;=\xff&"):
            query = "&".join(f"{name}={raw.decode('latin-1')}" for name in address.reads)
            if address.takes:
                answer = as_alice.generic("POST", path, query.encode("latin-1"), form)
            else:
                answer = as_alice.generic("GET", path, QUERY_STRING=query)
            assert answer.status_code in {200, 302, 404, 422}, raw
            assert parts_of(content(answer)) <= known, raw


@pytest.mark.parametrize("address", [a for a in ADDRESSES if a.takes], ids=by_name)
def test_a_body_that_is_no_form_is_answered(
    as_alice: Client, alice: User, address: Address
) -> None:
    path = address.of_thing(make(address.of, alice))
    for body, content_type in NO_FORMS:
        answer = as_alice.generic("POST", path, body, content_type)
        assert answer.status_code in {200, 302, 400, 404, 422}, content_type


@pytest.mark.parametrize("address", [a for a in ADDRESSES if a.reads], ids=by_name)
def test_parameters_may_come_more_than_once(
    as_alice: Client, alice: User, address: Address
) -> None:
    path = address.of_thing(make(address.of, alice))
    known = plain_parts(as_alice, address, path, [])
    ask = as_alice.post if address.takes else as_alice.get
    for values in (["1", "<b x=y>", "1"], ["<b x=y>"] * 9, ["", "", ""]):
        answer = ask(path, dict.fromkeys(address.reads, values))
        assert answer.status_code in {200, 302, 404, 422}
        assert parts_of(content(answer)) <= known


def test_more_fields_than_a_form_may_have_are_refused_in_a_sentence(as_alice: Client) -> None:
    """Scripts send the ids in one field; this is what is not them."""
    ids = {"visibility": "public", "posts": list(range(1, 20_001))}
    answer = as_alice.post("/gallery/batch/", ids)
    assert answer.status_code == 413
    assert "Go back and send less at a time." in answer.content.decode()


def test_a_form_that_is_too_large_is_refused_in_a_sentence(as_alice: Client) -> None:
    answer = as_alice.post("/gallery/batch/", {"filters": "x" * 3_000_000})
    assert answer.status_code == 413
    assert "Go back and send less at a time." in answer.content.decode()


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_the_cursor_of_a_post_that_is_gone_goes_on_where_it_was(
    as_alice: Client, alice: User, sort: str
) -> None:
    first, second, third = (create_post(alice, images=0) for _ in range(3))
    Post.objects.filter(pk=second.pk).delete()
    side, left = ("before", first) if sort == "newest" else ("after", third)
    answer = as_alice.get("/gallery/", {"sort": sort, side: second.pk}, headers=HTMX)
    assert [f'id="post-{p.pk}"' in content(answer) for p in (first, third)] == [
        left == first,
        left == third,
    ]


@pytest.mark.parametrize("before", ["-1", "0", "-9223372036854775809", "9" * 5000])
@pytest.mark.parametrize("name", ["post-list", "reference-list", "reference-library"])
def test_a_cursor_that_cannot_be_is_the_first_page(
    as_alice: Client, alice: User, name: str, before: str
) -> None:
    post, reference = create_post(alice), create_reference(alice, kept=True)
    page = content(as_alice.get(named(name).of_thing(None), {"before": before}))
    assert (f'id="post-{post.pk}"' if name == "post-list" else reference.url) in page


@pytest.mark.parametrize("query", ["", "?q=a", "?kind=created&aspect=1:1"])
def test_what_htmx_tells_of_the_page_may_be_anything(
    as_alice: Client, alice: User, query: str
) -> None:
    create_post(alice)
    for text in TYPED[::15]:
        told = text[:500].encode("ascii", "replace").decode().replace("\r", "").replace("\n", "")
        for url in (told, f"http://[{told}", f"http://testserver/gallery/?{told}"):
            headers = {**HTMX, "HX-Current-URL": url, "HX-Source": told, "Referer": url}
            answer = as_alice.get(f"/gallery/{query}", headers=headers)
            assert answer.status_code == 200, url
