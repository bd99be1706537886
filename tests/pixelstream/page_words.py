"""What a page says: its texts as a person reads them or hears them, and every page there is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from pixelstream.accounts.models import User
from tests.pixelstream import access_world as world

SPOKEN = {"title", "aria-label", "aria-description", "aria-roledescription", "alt", "placeholder"}
SPOKEN |= {"aria-valuetext", "summary"}
UNREAD = {"script", "style", "template", "code", "kbd", "pre", "samp", "textarea"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"}
VOID |= {"track", "wbr"}
NO_PAGES = {"admin:autocomplete", "admin:jsi18n", "admin:logout"}
CARRIED = "data-text"
"""Attributes with texts that scripts show later."""


class _Texts(HTMLParser):
    """Gathers texts of one language: what is marked as another one's is left out."""

    def __init__(self, letter: re.Pattern[str]) -> None:
        super().__init__()
        self.letter = letter
        self.texts: set[str] = set()
        self.silent = 0
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        is_foreign = "lang" in values and tag != "html"
        if tag not in VOID:
            self.open.append((tag, tag in UNREAD or is_foreign))
            self.silent += self.open[-1][1]
        if self.silent and (tag in {"script", "style"} or is_foreign):
            return
        for name, value in values.items():
            is_button = tag == "input" and name == "value" and values.get("type") == "submit"
            if name in SPOKEN or name.startswith(CARRIED) or is_button:
                self.add(value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in {name for name, _ in self.open}:
            return
        while self.open:
            name, was_silent = self.open.pop()
            self.silent -= was_silent
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.add(data)

    def add(self, text: str) -> None:
        """Keep a text that has letters."""
        text = " ".join(text.split())
        if self.letter.search(text):
            self.texts.add(text)


LETTER = re.compile(r"[^\W\d_]")
LETTER_OR_NUMBER = re.compile(r"[^\W_]")


def texts_of(html: str, *, with_numbers: bool = False) -> set[str]:
    """Every text of a page with letters in it, without those marked as another language."""
    reader = _Texts(LETTER_OR_NUMBER if with_numbers else LETTER)
    reader.feed(html)
    return reader.texts


def admin_paths() -> Iterator[str]:
    """Every page of the admin: of each model the list, the form for a new one and, of the newest
    row, the form, the question before it is deleted and its history.
    """
    yield reverse("admin:index")
    yield reverse("admin:password_change")
    yield from {
        reverse("admin:app_list", args=[model._meta.app_label]): None
        for model in admin.site._registry
    }
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        yield reverse(f"{name}_add")
        newest = model._default_manager.order_by("-pk").first()
        if newest is not None:
            yield from (
                reverse(f"{name}_{page}", args=[newest.pk])
                for page in ("change", "delete", "history")
            )
    for name in world.names():
        is_model = any(
            name.startswith(f"admin:{model._meta.app_label}_{model._meta.model_name}_")
            for model in admin.site._registry
        )
        if name.startswith("admin:") and name not in NO_PAGES and not is_model:
            try:
                yield reverse(name)
            except NoReverseMatch:
                continue  # of something: the pages above lead to it


def paths(lines: Iterable[tuple[str, str]], owner: User) -> dict[str, str]:
    """The address of each route, of something of the owner's."""
    return {route: world.path_of(route, world.make(of, owner)) for route, of in lines}


def html_of(client: Client, language: str, path: str) -> str | None:
    """The page at an address in a language; nothing where no page is."""
    answer = client.get(path, headers={"Accept-Language": language})
    body = world.body_of(answer)
    if not answer.get("Content-Type", "").startswith("text/html"):
        return None
    return body.decode()
