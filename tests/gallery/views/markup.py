"""What a page consists of, so that two can be compared: nothing that was typed may add to it."""

from __future__ import annotations

from html.parser import HTMLParser

from django.http import HttpResponseBase

HARMLESS = ("/", "?", "#", "data:image/")
"""How the addresses begin that our own pages name."""

LEADING = {"href", "src", "action", "formaction", "srcset", "hx-get", "hx-post", "poster"}


class _Reader(HTMLParser):
    """Gathers every kind of thing on a page: elements, their attributes, code, odd addresses."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        for name, value in attrs:
            self.found.add(f"{tag} {name}")
            if name in LEADING and not (value or "/").startswith(HARMLESS):
                self.found.add(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            self.found.add(f"{self.cdata_elem}: {data}")
        elif "<" in data:
            self.found.add("< in the text")

    def handle_comment(self, data: str) -> None:
        self.found.add("a comment")

    def handle_decl(self, decl: str) -> None:
        self.found.add(f"!{decl}")

    def handle_pi(self, data: str) -> None:
        self.found.add("?")

    def unknown_decl(self, data: str) -> None:
        self.found.add("![")


def parts_of(html: str) -> set[str]:
    """The kinds of things on a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


def content(answer: HttpResponseBase) -> str:
    """The text of an answer, empty if it is none."""
    is_text = answer.get("Content-Type", "").startswith("text/html")
    return answer.content.decode() if is_text else ""  # type: ignore[attr-defined]
