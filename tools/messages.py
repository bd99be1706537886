#!/usr/bin/env python
"""Translations without the gettext programs: extract, update, compile, check.

    python tools/messages.py update     merge the sources' texts into the catalogues
    python tools/messages.py compile    write the .mo files that the application reads
    python tools/messages.py check      fail if a catalogue is stale or incomplete
    python tools/messages.py extract    print the texts of the sources as a template

The catalogues hold file names but no line numbers, and no dates: a change of the code that
changes no text changes no catalogue.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PROJECT_DIR = Path(__file__).resolve().parent.parent
PYTHON_DIRS = ("pixelstream", "gallery", "generation")
TEMPLATES_DIR = "templates"
JINJA_DIR = "templates/jinja2"
LOCALES = ("pt_BR",)  # English is the language of the sources

PLURAL_FORMS = {"pt_BR": "nplurals=2; plural=(n > 1);"}
KEYWORDS: dict[str, Any] = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
COMMENT_TAGS = ("Translators:",)
JINJA_OPTIONS = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}
PLACEHOLDER = re.compile(
    r"(?<!%)(?:%%)*(%(?:\(\w+\))?[#0\- +]*(?:\d+|\*)?(?:\.\d+)?[diouxXeEfFgGcrsa])"
    r"|(?<!\{)(?:\{\{)*(\{[\w.\[\]]*(?:![rsa])?(?::[^{}]*)?\})"
)

TAG = re.compile(r"</?\w[^>]*>")
WITH_PERCENT = re.compile(r"%%|%(?:\(\w+\))?[#0\-+]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa]")


def extract_template(project_dir: Path = PROJECT_DIR) -> Catalog:
    """Read the texts of the sources into a catalogue without translations."""
    template = Catalog(charset="utf-8")
    for path, method, source, options in _sources(project_dir):
        name = path.relative_to(project_dir).as_posix()
        try:
            found = list(extract(method, io.BytesIO(source), KEYWORDS, COMMENT_TAGS, options))
        except Exception as error:
            error.add_note(f"while reading {name}")
            raise
        for line, text, comments, context in found:
            template.add(text, None, [(name, line)], auto_comments=comments, context=context)
    return template


def updated_catalogue(
    locale: str, template: Catalog, project_dir: Path = PROJECT_DIR
) -> tuple[bytes, list[Message]]:
    """Merge the template into a locale's catalogue: its new content, and the texts that left.

    A new text close to an old one takes over its translation, marked fuzzy: to be looked at.
    """
    catalogue = _read(locale, project_dir)
    catalogue.obsolete.clear()
    catalogue.update(template)
    gone = list(catalogue.obsolete.values())
    body = io.BytesIO()
    write_po(
        body,
        catalogue,
        omit_header=True,
        sort_by_file=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    return _header(locale) + body.getvalue(), gone


def update(project_dir: Path = PROJECT_DIR) -> None:
    """Merge the texts of the sources into every catalogue."""
    template = extract_template(project_dir)
    for locale in LOCALES:
        path = _po_path(locale, project_dir)
        content, gone = updated_catalogue(locale, template, project_dir)
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, content)
        for message in gone:
            print(f"left the sources, dropped: {message.id!r} = {message.string!r}")
        catalogue = _read(locale, project_dir)
        texts = [message for message in catalogue if message.id]
        todo = [message for message in texts if message.fuzzy or not _is_translated(message)]
        print(f"{path.relative_to(project_dir)}: {len(texts)} texts, {len(todo)} to translate")


def compile_stale(project_dir: Path = PROJECT_DIR, *, force: bool = False) -> list[Path]:
    """Compile the catalogues that changed since they were last compiled; name the results."""
    written = []
    for source in sorted((project_dir / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if force or not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            locale = source.parent.parent.name
            content = io.BytesIO()
            write_mo(content, read_po(io.BytesIO(source.read_bytes()), locale=locale))
            _write(target, content.getvalue())
            written.append(target)
    return written


def check(project_dir: Path = PROJECT_DIR) -> list[str]:
    """Say what is wrong with the catalogues; empty when all is well."""
    template = extract_template(project_dir)
    problems = []
    for locale in LOCALES:
        path = _po_path(locale, project_dir)
        name = path.relative_to(project_dir).as_posix()
        if not path.exists():
            problems.append(f"{name} is missing: run `make messages`")
            continue
        content, _ = updated_catalogue(locale, template, project_dir)
        if path.read_bytes() != content:
            problems.append(f"{name} does not match the sources: run `make messages`")
        catalogue = _read(locale, project_dir)
        problems += [f"{name}: obsolete: {message.id!r}" for message in catalogue.obsolete.values()]
        for message in catalogue:
            if message.id:
                problems += [f"{name}: {problem}" for problem in _problems(message)]
    return problems


def _problems(message: Message) -> Iterator[str]:
    text = repr(message.id if isinstance(message.id, str) else message.id[0])
    if not _is_translated(message):
        yield f"not translated: {text}"
        return
    if message.fuzzy:
        yield f"fuzzy, look at it and remove the mark: {text}"
    originals = _as_tuple(message.id)
    if len(_as_tuple(message.string)) != len(originals):
        yield f"forms of the plural are missing: {text}"
    allowed = [_placeholders(original) for original in originals]
    for index, translation in enumerate(_as_tuple(message.string)):
        # The first form speaks of one thing, and may do so with or without its number.
        if _placeholders(translation) not in (allowed if index == 0 else allowed[-1:]):
            yield f"placeholders differ: {text} = {translation!r}"
        original = originals[min(index, len(originals) - 1)]
        if _tags(translation) != _tags(original):
            yield f"HTML differs: {text} = {translation!r}"
        if _is_formatted(original) and "%" in WITH_PERCENT.sub("", translation):
            yield f"a percent sign that is not doubled: {text} = {translation!r}"
        if _outer_newlines(original) != _outer_newlines(translation):
            yield f"newlines at the start or end differ: {text} = {translation!r}"


def _is_translated(message: Message) -> bool:
    return all(_as_tuple(message.string))


def _as_tuple(text: str | Iterable[str] | None) -> tuple[str, ...]:
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def _placeholders(text: str) -> list[str]:
    return sorted(percent or brace for percent, brace in PLACEHOLDER.findall(text))


def _tags(text: str) -> list[str]:
    return sorted(TAG.findall(text))


def _is_formatted(text: str) -> bool:
    """Whether something is put into the text by Python's % operator."""
    return bool(re.search(r"%\(\w+\)|%[sd]", text))


def _outer_newlines(text: str) -> tuple[bool, bool]:
    return text.startswith("\n"), text.endswith("\n")


def _sources(project_dir: Path) -> Iterator[tuple[Path, Any, bytes, dict[str, str]]]:
    """Every file with texts: its path, how Babel reads it, and what it is to read."""
    for directory in PYTHON_DIRS:
        for path in sorted((project_dir / directory).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, "python", path.read_bytes(), {}
    for path in sorted((project_dir / TEMPLATES_DIR).rglob("*")):
        if not path.is_file() or path.name.startswith(".") or path.suffix == ".md":
            continue
        if path.is_relative_to(project_dir / JINJA_DIR):
            yield path, "jinja2.ext:babel_extract", path.read_bytes(), JINJA_OPTIONS
        else:
            yield path, "python", _as_python(path), {}


def _as_python(path: Path) -> bytes:
    """Turn a Django template into gettext calls, line by line in the same place."""
    if not settings.configured:
        settings.configure()
        django.setup()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a comment for translators that would not reach them
        text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    # The indentation is the template's: to Python's tokenizer it would be an error.
    return "\n".join(line.lstrip() for line in text.split("\n")).encode()


def _po_path(locale: str, project_dir: Path) -> Path:
    return project_dir / "locale" / locale / "LC_MESSAGES" / "django.po"


def _read(locale: str, project_dir: Path) -> Catalog:
    path = _po_path(locale, project_dir)
    content = path.read_bytes() if path.exists() else _header(locale)
    return read_po(io.BytesIO(content), locale=locale)


def _header(locale: str) -> bytes:
    return (
        'msgid ""\n'
        'msgstr ""\n'
        f'"Language: {locale}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {PLURAL_FORMS[locale]}\\n"\n\n'
    ).encode()


def _write(path: Path, content: bytes) -> None:
    """Replace a file as a whole: a process that reads meanwhile sees the old or the new."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)


def main() -> int:
    """Run the subcommand that was asked for."""
    parser = argparse.ArgumentParser(description="Translations: see tools/messages.py.")
    parser.add_argument("command", choices=("extract", "update", "compile", "check"))
    command = parser.parse_args().command
    if command == "extract":
        write_po(
            sys.stdout.buffer,
            extract_template(),
            omit_header=True,
            sort_by_file=True,
            include_lineno=False,
        )
    elif command == "update":
        update()
    elif command == "compile":
        compile_stale()
    else:
        problems = check()
        print("\n".join(problems) or "translations: complete")
        return 1 if problems else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
