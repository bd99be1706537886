"""Every page in both languages: none of them says anything in the other one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.db import models, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import trans_real

from gallery.models import EditConversation, GeneratedImage, Post, ReferenceImage
from generation import catalogue
from generation.providers import registry
from generation.providers.types import SourceType
from pixelstream.accounts.models import User
from tests.pixelstream import access_world as world
from tests.pixelstream.page_words import admin_paths, html_of, paths, texts_of
from tests.pixelstream.test_access_matrix import LINES, SHARED, of_shared

pytestmark = pytest.mark.django_db

ENGLISH, PORTUGUESE = "en", "pt-BR"

NAMES = {
    *("Pixelstream", "English", "Português", "alice@example.com", "sam@example.com"),
    *("Ctrl", "Enter", "Esc", "Shift", "SHA-256", "JPEG", "PNG", "WebP", "MP4", "ZIP", "QR", "RSS"),
    # What the landing page shows as an example stands under pictures of the engine.
    *("Lumen", "Gouache", "Poster"),
    *map(str, SourceType),
    # Django's own pictures for yes and no, and how it lists permissions.
    *("True", "False", "MFA", "ID"),
    *("API", "GET", "POST", "PATCH", "PUT", "DELETE"),
}
"""What is called the same in every language."""

MACHINE = re.compile(
    r"""\S*[\w*]\S*[/@_=*.]\S+      # addresses, keys, models, files, hidden values
    | [#.][\w-]+                   # tags, endings of files
    | \w*\d[\w:.-]*             # numbers with their units, sizes, hashes, colours
    | [{].*[}]                      # what a model was asked
    | (?<!\w)(?:B|KB|MB|GB|s|d|x|h|min)(?!\w)  # units
    """,
    re.VERBOSE,
)

# Words that one language has and the other one has not.
ENGLISH_ONLY = """the and you your yours of with without this that these are was were been not
what which who when where how nothing none picture pictures image images model models delete
deleted add change save saved search settings account password sign today yesterday
january february april may june july august september october december
jan feb apr aug sept oct dec mon tue wed thu fri sat sun monday friday"""
PORTUGUESE_ONLY = """não você seu sua seus suas uma umas dos das pelo pela quando onde
imagem imagens modelo modelos excluir excluído salvar salvo buscar configurações conta senha
publicação publicações hoje ontem nenhum nenhuma
janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
segunda terça quarta quinta sexta sábado domingo"""


def is_one_of(words: str) -> re.Pattern[str]:
    """A pattern for any of these words, whole."""
    return re.compile(rf"(?<![\w'-])(?:{'|'.join(words.split())})(?![\w'-])", re.IGNORECASE)


FOREIGN = {ENGLISH: is_one_of(PORTUGUESE_ONLY), PORTUGUESE: is_one_of(ENGLISH_ONLY)}


# --- what is data and not ours to translate


def data() -> set[str]:
    """Every text in the database, and the names of models and providers."""
    found = {spec.name for spec in catalogue.everything()}
    found |= {info.title for info in registry.PROVIDERS.values()}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField | models.TextField) and not field.choices:
                values = model._default_manager.order_by().values_list(field.attname, flat=True)
                found |= {str(value) for value in values if value}
    found |= {line.strip() for text in tuple(found) for line in text.splitlines()}
    found |= {text.rstrip(".") for text in found} | {text[:1].upper() + text[1:] for text in found}
    return {" ".join(text.split()) for text in found if len(text) > 1} | NAMES


def without(known: set[str]) -> re.Pattern[str]:
    """A pattern for what says nothing in any language: data, names, numbers and units."""
    longest_first = sorted(known, key=len, reverse=True)
    return re.compile(
        rf"{MACHINE.pattern}|(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.VERBOSE
    )


@cache
def said_alike() -> re.Pattern[str]:
    """A pattern for what is translated by itself on purpose, here and in Django."""
    words: Any = trans_real.translation("pt-br")._catalog  # type: ignore[attr-defined]
    alike = set()
    for key in words.keys():  # noqa: SIM118 (no dictionary)
        text = key[0] if isinstance(key, tuple) else key
        if text and words[key] == (plain := text.rpartition("\x04")[2]):
            alike |= set(re.split(r"%(?:\(\w+\))?[sd]", plain))
    parts = sorted((part.strip() for part in alike if has_words(part)), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, parts))})(?!\w)", re.IGNORECASE)


def has_words(text: str) -> bool:
    """Whether there is a word of two letters in it."""
    return bool(re.search(r"[^\W\d_]{2}", text))


class Reader:
    """Looks at pages in both languages and remembers what is wrong."""

    def __init__(self) -> None:
        self.nothing = without(data())
        """What is not looked at: the data of when the reading began."""
        self.found: dict[str, str] = {}
        self.pages = 0

    @property
    def wrong(self) -> list[str]:
        """What is wrong, and the first page where it stands."""
        return [f"{text} on {where}" for text, where in sorted(self.found.items())]

    def compare(self, where: str, english: str | None, portuguese: str | None) -> None:
        """Look at a page in both languages."""
        if english is None or portuguese is None:
            return
        self.pages += 1
        said = {ENGLISH: texts_of(english), PORTUGUESE: texts_of(portuguese)}
        for language, pattern in FOREIGN.items():
            for text in said[language]:
                word = pattern.search(self.nothing.sub(" ", text))
                if word:
                    self.found.setdefault(f"{language}: {text!r} ({word[0]})", where)
        for text in said[ENGLISH] & said[PORTUGUESE]:
            left = self.nothing.sub(" ", text.strip("› :"))
            if has_words(left) and has_words(said_alike().sub(" ", left)):
                self.found.setdefault(f"in both: {text!r}", where)


def two_browsers(person: User | None) -> list[tuple[Client, str]]:
    """One for each language: what is kept for the next page is said in the language of the last."""
    return [(world.browser(person), language) for language in FOREIGN]


@pytest.fixture
def everything(alice: User) -> dict[str, str]:
    """The address of every route, of something of Alice's."""
    lines = [(line.route, line.of) for line in LINES if line.method == "GET"]
    found = paths(lines, alice)
    token = world.make_shared(alice, "public")
    for line in SHARED:
        found[line.route], _ = of_shared(line, token)
    return found


@pytest.mark.parametrize("who", ["a stranger", "the owner"])
def test_no_page_says_anything_in_the_other_language(
    who: str, alice: User, everything: dict[str, str]
) -> None:
    browsers = two_browsers(alice if who == "the owner" else None)
    reader = Reader()
    for route, path in everything.items():
        reader.compare(route, *(html_of(*browser, path) for browser in browsers))
    assert reader.wrong == []
    assert reader.pages > (20 if who == "a stranger" else 60)


def test_no_page_of_the_admin_says_anything_in_the_other_language(
    sam: User, everything: dict[str, str]
) -> None:
    assert everything
    browsers = two_browsers(sam)
    reader = Reader()
    for path in admin_paths():
        reader.compare(path, *(html_of(*browser, path) for browser in browsers))
    assert reader.wrong == []
    assert reader.pages > 100


def test_no_form_that_comes_back_says_anything_in_the_other_language(
    alice: User, everything: dict[str, str]
) -> None:
    assert everything
    browsers = two_browsers(alice)
    reader = Reader()
    lines = [line for line in LINES if line.method == "POST"]
    for line in lines:
        answers = []
        for browser, language in browsers:
            with transaction.atomic():
                path = world.path_of(line.route, world.make(line.of, alice))
                headers = {"Accept-Language": language}
                answer = browser.post(path, {}, headers=headers, follow=True)
                is_page = answer.get("Content-Type", "").startswith("text/html")
                answers.append(world.body_of(answer).decode() if is_page else None)
                transaction.set_rollback(True)
        reader.compare(str(line), *answers)
    assert reader.wrong == []
    assert reader.pages > 30


@pytest.mark.parametrize(
    ("english", "portuguese", "is_wrong"),
    [
        ("<p>Fine weather</p>", "<p>Fine weather</p>", True),
        ("<p>Fine weather</p>", "<p>Tempo bom</p>", False),
        ("<p>Lumen, 24 KB</p>", "<p>Lumen, 24 KB</p>", False),
        ("<p>Your weather</p>", "<p>O your tempo</p>", True),
        ("<p>O tempo de hoje</p>", "<p>O tempo</p>", True),
        ("<img alt='Fine weather'>", "<img alt='Fine weather'>", True),
        ("<b data-text-done='Done now'>x</b>", "<b data-text-done='Done now'>y</b>", True),
        ("<p>1 May 2026</p>", "<p>1 May 2026</p>", True),
        ("<p lang='pt-BR'>Tempo bom</p>", "<p lang='pt-BR'>Tempo bom</p>", False),
    ],
)
def test_what_stands_in_the_wrong_language_is_seen(
    english: str, portuguese: str, is_wrong: bool
) -> None:
    reader = Reader()
    reader.compare("here", english, portuguese)
    assert bool(reader.wrong) == is_wrong, reader.wrong


# --- letters


@pytest.mark.parametrize("language", ["en", "pt-br"])
def test_a_letter_speaks_the_language_of_who_gets_it_not_of_who_asks(
    language: str, alice: User, anonymous: Client
) -> None:
    User.objects.filter(pk=alice.pk).update(language=language)
    other = "pt-BR" if language == "en" else "en"
    form = {"email": alice.email}
    anonymous.post("/accounts/password/reset/", form, headers={"Accept-Language": other})
    (letter,) = mail.outbox
    told = "Choose a new password" if language == "en" else "Escolha uma senha nova"
    assert letter.subject.endswith(told)


@pytest.mark.parametrize(("asked", "language"), [("en-GB", "en"), ("pt-BR", "pt-br")])
def test_who_signs_up_gets_letters_in_the_language_of_the_page(
    asked: str, language: str, anonymous: Client
) -> None:
    form = {"email": "new@example.com", "password1": "a long enough phrase"}
    anonymous.post("/accounts/signup/", form, headers={"Accept-Language": asked})
    assert User.objects.get().language == language


# --- switching

NEXT = re.compile(r'class="languages".*?name="next" value="([^"]*)"', re.DOTALL)
QUERY = "?q=ch%C3%A1+%26+p%C3%A3o&from=2026-01-02"


@pytest.mark.parametrize("who", ["a stranger", "the owner"])
def test_switching_the_language_keeps_the_page_and_what_it_was_asked(
    who: str, alice: User, everything: dict[str, str]
) -> None:
    browser = world.browser(alice if who == "the owner" else None)
    switched = 0
    for route, path in everything.items():
        html = html_of(browser, ENGLISH, path + QUERY)
        if html is None or not (found := NEXT.search(html)):
            continue
        form = {"language": "pt-br", "next": unescape(found[1])}
        answer = browser.post(reverse("set-language"), form)
        assert answer["Location"] == path + QUERY, route
        assert '<html lang="pt-br">' in (html_of(browser, ENGLISH, answer["Location"]) or "")
        browser.cookies.pop(settings.LANGUAGE_COOKIE_NAME)
        switched += 1
    assert switched > (10 if who == "a stranger" else 30)


def test_who_switches_where_a_form_came_back_returns_to_where_it_was_sent_from(
    alice: User, everything: dict[str, str]
) -> None:
    assert everything
    browser = world.browser(alice)
    led: set[str] = set()
    for line in [line for line in LINES if line.method == "POST"]:
        with transaction.atomic():
            path = world.path_of(line.route, world.make(line.of, alice))
            came_from = {"Referer": f"http://testserver/gallery/{QUERY}"}
            answer = browser.post(path, {}, headers=came_from)
            is_page = answer.get("Content-Type", "").startswith("text/html")
            found = NEXT.search(world.body_of(answer).decode()) if is_page else None
            led |= {unescape(found[1])} if found else set()
            transaction.set_rollback(True)
        browser.force_login(alice)
    assert led == {f"/gallery/{QUERY}"}


@pytest.mark.parametrize("origin", ["", "https://elsewhere.example/x", "about:blank"])
def test_a_form_that_came_from_nowhere_leads_home(origin: str, as_alice: Client) -> None:
    answer = as_alice.post(reverse("studio"), {}, headers={"Referer": origin})
    found = NEXT.search(answer.content.decode())
    assert found
    assert found[1] == "/"


# --- dates and numbers

FEBRUARY = datetime(2026, 2, 3, 16, 5, tzinfo=UTC)
WRITTEN = {
    "en": ("February", "Feb", "4:05"),
    "pt-BR": ("Fevereiro", "fevereiro", "fev", "16:05"),
}


@pytest.mark.parametrize("language", WRITTEN)
def test_dates_are_written_as_the_language_writes_them(
    language: str, alice: User, everything: dict[str, str]
) -> None:
    for model in (Post, ReferenceImage, EditConversation, GeneratedImage):
        model.objects.update(created_at=FEBRUARY)
    browser = world.browser(alice)
    of_others = [word for name in WRITTEN if name != language for word in WRITTEN[name]]
    wrong = re.compile(rf"\b(?:{'|'.join(of_others)})\b")
    dated = 0
    for path in everything.values():
        html = html_of(browser, language, path)
        texts = texts_of(html, with_numbers=True) if html else set()
        assert [text for text in texts if wrong.search(text)] == [], path
        dated += any("2026" in text or "3" in text for text in texts)
    assert dated > 5
