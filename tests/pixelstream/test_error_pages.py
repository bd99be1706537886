"""Error pages: friendly, translated, and standing on as little as possible."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.urls import path
from django.utils import translation
from django.views.defaults import server_error

from pixelstream import urls, views
from pixelstream.accounts.models import User

PAGES = ["400", "403", "403_csrf", "404", "413", "429", "500", "503", "mail_unsent"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "pt-br"])
def test_an_error_page_needs_no_request_database_or_manifest(page: str, language: str) -> None:
    # No database is allowed in this test, and no context is given.
    with translation.override(language):
        html = get_template(f"{page}.html").render()
    assert f'<html lang="{language}">' in html
    assert html.count("<h1>") == 1
    assert 'href="/static/css/app.css"' in html
    assert 'href="/"' in html


def test_the_500_page_answers_through_djangos_own_handler() -> None:
    answer = server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert b"Something went wrong" in answer.content


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A browser before a site whose home page fails as asked for: `?as=`."""
    faults = {
        "400": SuspiciousOperation("x"),
        "403": PermissionDenied("x"),
        "500": RuntimeError("x"),
        "503": OperationalError("x"),
    }

    def broken(request: HttpRequest) -> HttpResponse:
        raise faults[request.GET["as"]]

    broken.login_required = False  # type: ignore[attr-defined]
    monkeypatch.setattr(urls, "urlpatterns", [path("broken/", broken), *urls.urlpatterns])
    from django.urls import clear_url_caches

    clear_url_caches()
    yield Client(raise_request_exception=False)
    clear_url_caches()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("400", "This request makes no sense here."),
        ("403", "This is not for you."),
        ("500", "Something went wrong"),
        ("503", "We are away for a moment."),
    ],
)
def test_a_fault_is_told_in_our_words(breaking: Client, code: str, words: str) -> None:
    answer = breaking.get(f"/broken/?as={code}")
    assert answer.status_code == int(code)
    assert words in answer.content.decode()
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.django_db
def test_a_fault_is_told_in_the_persons_language(breaking: Client) -> None:
    breaking.cookies["django_language"] = "pt-br"
    assert '<html lang="pt-br">' in breaking.get("/broken/?as=500").content.decode()


@pytest.mark.django_db
def test_a_wrong_address_is_told_to_strangers_and_people_alike(
    anonymous: Client, as_alice: Client
) -> None:
    for client in (anonymous, as_alice):
        answer = client.get("/there/is/nothing/")
        assert answer.status_code == 404
        assert "There is nothing here." in answer.content.decode()


@pytest.mark.django_db
def test_home_away_of_its_database_answers_503(
    as_alice: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(user: User) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr(views, "contact_sheets", away)
    answer = as_alice.get("/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
