"""Every page in every state: no barriers, and nothing wider than the screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.e2e import states
from tests.e2e.audits import audit
from tests.e2e.browsing import Browsing
from tests.e2e.pages import POSTER, SKETCH
from tests.e2e.ready import Ready

EXPECTED = r"status of (404|422)"


@pytest.fixture
def portuguese(browse: Browsing) -> Page:
    return browse(locale="pt-BR")


@pytest.fixture
def english(browse: Browsing) -> Page:
    return browse(locale="en-US")


@pytest.mark.parametrize("language", ["english", "portuguese"])
def test_public_pages(request: pytest.FixtureRequest, browse: Browsing, language: str) -> None:
    browse.allow(EXPECTED)
    page = request.getfixturevalue(language)
    assert audit(page, states.public_states(page), barriers=language == "english") == []


@pytest.mark.parametrize("language", ["english", "portuguese"])
def test_pages_of_a_person(
    request: pytest.FixtureRequest, browse: Browsing, ready: Ready, language: str
) -> None:
    browse.allow(EXPECTED)
    page = request.getfixturevalue(language)
    ready.person(page.context)
    barriers = language == "english"
    found = audit(page, states.empty_states(page), barriers=barriers)
    posts = states.make_posts(page)
    found += audit(page, states.filled_states(page, posts), barriers=barriers)
    assert found == []


@pytest.mark.parametrize("language", ["english", "portuguese"])
def test_the_studio(
    request: pytest.FixtureRequest, browse: Browsing, ready: Ready, language: str
) -> None:
    browse.allow(EXPECTED)
    page = request.getfixturevalue(language)
    ready.person(page.context)
    assert audit(page, states.studio_states(page), barriers=language == "english") == []


@pytest.mark.parametrize("language", ["english", "portuguese"])
def test_the_lightbox_and_the_library(
    request: pytest.FixtureRequest, browse: Browsing, ready: Ready, language: str
) -> None:
    browse.allow(EXPECTED)
    page = request.getfixturevalue(language)
    ready.posts(ready.person(page.context), ["A jetty at low tide"], models=[SKETCH, POSTER])
    barriers = language == "english"
    found = audit(page, states.lightbox_states(page), barriers=barriers)
    found += audit(page, states.library_states(page), barriers=barriers)
    assert found == []


@pytest.mark.parametrize("language", ["english", "portuguese"])
def test_conversations(
    request: pytest.FixtureRequest, browse: Browsing, ready: Ready, language: str
) -> None:
    browse.allow(EXPECTED)
    page = request.getfixturevalue(language)
    [post] = ready.posts(ready.person(page.context), ["A jetty at low tide"])
    in_state = states.conversation_states(page, post)
    assert audit(page, in_state, barriers=language == "english") == []
