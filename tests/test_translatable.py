"""Whatever a person can read stands in a translation: in templates, in Python, in scripts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.apps import apps
from django.utils.functional import Promise

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
PACKAGES = ("pixelstream", "gallery", "generation")
DEVELOPERS_ONLY = {"components.html"}
"""Is shown with DEBUG only."""

UNREAD = {"script", "style", "code", "kbd", "samp"}
SPOKEN = {"title", "aria-label", "aria-description", "alt", "placeholder", "data-text"}
SAME_EVERYWHERE = {
    *(
        "Pixelstream",
        "Prompt",
        "English",
        "Português",
        "Lumen",
        "Gouache",
        "Poster",
        "Sketch",
        "Papercut",
    ),
    *(
        "Ctrl",
        "Enter",
        "Esc",
        "Shift",
        "Delete",
        "Space",
        "Home",
        "End",
        "Tab",
        "Alt",
        "Cmd",
        "Del",
    ),
    *("UTC", "x", "RSS", "px", "KB", "MB", "GB", "MP4", "SHA", "Failure"),
}
"""Names (of the API's shapes, too), keys of a keyboard, units."""


# --- templates

BLOCKS = re.compile(
    r"{%-?\s*(blocktranslate|blocktrans|comment|trans|verbatim)\b.*?{%-?\s*end\1\s*-?%}", re.DOTALL
)
IN_ATTRIBUTES = re.compile(r"{%\s*block\s+(?:\w+_)?(?:body)?(?:class|style)\b.*?endblock.*?%}")
TAGS = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
CODE = re.compile(r"{%-?\s*(include|with|control|icon|card|cards)\b(.*?)-?%}", re.DOTALL)
WRITTEN_IN_CODE = re.compile(r"""\b\w+=("[^"]*"|'[^']*')""")
LOOKS_SAID = re.compile(r"[A-ZÀ-Ý][a-zà-ý]+")
WORD = re.compile(r"[^\W\d_]{2,}")


class Reader(HTMLParser):
    """Gathers what would be read, without what the template engine fills in."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in UNREAD
        values = dict(attrs)
        for name, value in values.items():
            is_button = tag == "input" and name == "value" and values.get("type") == "submit"
            is_told = tag == "meta" and name == "content" and values.get("name") == "description"
            if name in SPOKEN or name.startswith("data-text-") or is_button or is_told:
                self.said.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in UNREAD

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said.append(data)


def untranslated(source: str) -> list[str]:
    """What a template says in the language of its author only."""
    source = IN_ATTRIBUTES.sub(" ", BLOCKS.sub(" ", source))
    found = [
        value[1:-1]
        for _, code in CODE.findall(source)
        for value in WRITTEN_IN_CODE.findall(code)
        if LOOKS_SAID.search(value)
    ]
    reader = Reader()
    # An element whose name is filled in has to stay one.
    reader.feed(TAGS.sub("\u00b7", re.sub(r"(</?){{.*?}}", r"\1i", source)))
    reader.close()
    for text in reader.said:
        words = [word for word in WORD.findall(text) if word not in SAME_EVERYWHERE]
        if words:
            found.append(" ".join(text.split()))
    return found


def templates() -> list[Path]:
    """Every file of the templates that a person may read."""
    files = (path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".jinja", ".txt"})
    return sorted(path for path in files if path.name not in DEVELOPERS_ONLY)


def test_every_text_of_a_template_is_in_a_translation() -> None:
    found = {
        str(path.relative_to(TEMPLATES)): said
        for path in templates()
        if (said := untranslated(path.read_text(encoding="utf-8")))
    }
    assert len(templates()) > 200
    assert found == {}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<p>Fine weather</p>", ["Fine weather"]),
        ('<p>{% translate "Fine weather" %}</p>', []),
        ("{% blocktranslate with n=1 %}Fine {{ n }}{% endblocktranslate %}", []),
        ("{% trans %}Fine{% endtrans %}{{ _('Fine') }}", []),
        ('<img alt="Fine weather">', ["Fine weather"]),
        ('<img alt="{{ text }}">', []),
        ("<img alt=\"{% translate 'Fine' %}, Lumen\">", []),
        ('<b data-text-sent="Sent">', ["Sent"]),
        ('<input type="submit" value="Send">', ["Send"]),
        ('<a class="btn btn--quiet" href="/x/y" data-key="left">{{ name }} · 1 x</a>', []),
        ('{% include "a.html" with title="Fine weather" %}', ["Fine weather"]),
        ('{% include "a.html" with title=_("Fine weather") kind="big" %}', []),
        ("{# Fine weather #}{% comment %}Fine{% endcomment %}", []),
        ("<script>const fine = 'Weather';</script>", []),
    ],
)
def test_a_text_outside_of_a_translation_is_found(source: str, said: list[str]) -> None:
    assert untranslated(source) == said


# --- Python

TRANSLATES = {"_", "gettext", "gettext_lazy", "pgettext", "pgettext_lazy", "ngettext"}
TRANSLATES |= {"ngettext_lazy", "npgettext", "npgettext_lazy"}
SAYS = {"label", "help_text", "verbose_name", "verbose_name_plural", "description", "empty_label"}
"""Arguments and attributes that are shown."""

CALLS = {"ValidationError": 0, "add_error": 1, "message_user": 1, "RegexValidator": 1}
CALLS |= dict.fromkeys(["messages.success", "messages.error", "messages.warning"], 1)
CALLS |= {"messages.info": 1}
"""Calls that show an argument, and which."""

NAMED_FIRST = re.compile(r"models\.(?!OneToOne|ManyToMany)\w+Field")


def name_of(call: ast.expr) -> str:
    """What is called, as written."""
    return ast.unparse(call)


def is_said(node: ast.expr) -> bool:
    """Whether an expression is a text as it stands here."""
    if isinstance(node, ast.JoinedStr):
        return any(is_said(part) for part in node.values)
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and WORD.search(node.value) is not None
        and node.value not in SAME_EVERYWHERE
    )


def said_by_call(node: ast.Call) -> Iterator[ast.expr]:
    """The arguments of a call that are shown."""
    called = name_of(node.func)
    yield from (word.value for word in node.keywords if word.arg in SAYS)
    for name, place in CALLS.items():
        if (called == name or called.endswith(f".{name}")) and len(node.args) > place:
            yield node.args[place]
    if NAMED_FIRST.fullmatch(called) and node.args:
        yield node.args[0]


def said_by_class(node: ast.ClassDef) -> Iterator[ast.expr]:
    """What a class says of itself: the words of its choices, of its model, of its list."""
    bases = {name_of(base).rpartition(".")[2] for base in node.bases}
    for line in node.body:
        if not isinstance(line, ast.Assign) or not isinstance(line.targets[0], ast.Name):
            continue
        name = line.targets[0].id
        if bases & {"TextChoices", "IntegerChoices"}:
            if isinstance(line.value, ast.Tuple):
                yield line.value.elts[-1]
        elif (name in SAYS and "AppConfig" not in bases) or (
            name == "title" and any("Filter" in base for base in bases)
        ):
            yield line.value


def said_in(source: str) -> list[str]:
    """What Python code shows in the language of its author only, and translations inside of
    f-strings, which no catalogue can find.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        said: list[ast.expr] = []
        if isinstance(node, ast.Call):
            said = [text for text in said_by_call(node) if is_said(text)]
        elif isinstance(node, ast.ClassDef):
            said = [text for text in said_by_class(node) if is_said(text)]
        elif isinstance(node, ast.JoinedStr):
            inner = (part for value in node.values for part in ast.walk(value))
            said = [
                part
                for part in inner
                if isinstance(part, ast.Call)
                and name_of(part.func) in TRANSLATES
                and any(isinstance(text, ast.JoinedStr) for text in part.args)
            ]
        if isinstance(node, ast.Call) and name_of(node.func) in TRANSLATES:
            said += [text for text in node.args if isinstance(text, ast.JoinedStr)]
        found += [f"{text.lineno}: {ast.unparse(text)}" for text in said]
    return found


FOR_MACHINES = ("management", "migrations", "api", "providers", "bench")
"""Folders whose words are for operators and programs."""
FOR_OPERATORS = {"import_records.py", "service_addresses.py"}
"""What is wrong with a file that `manage.py import_account` was given, and with variables."""


def modules() -> list[Path]:
    """Every module whose words people may see."""
    return sorted(
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if not set(path.relative_to(ROOT).parts) & set(FOR_MACHINES)
        and path.name not in FOR_OPERATORS
    )


def test_every_text_that_code_shows_is_in_a_translation() -> None:
    found = {
        str(path.relative_to(ROOT)): said
        for path in modules()
        if (said := said_in(path.read_text(encoding="utf-8")))
    }
    assert len(modules()) > 200
    assert found == {}


@pytest.mark.parametrize(
    ("source", "is_found"),
    [
        ("forms.CharField(label='Name')", True),
        ("forms.CharField(label=_('Name'))", False),
        ("models.CharField('Name')", True),
        ("raise ValidationError('Too long')", True),
        ("raise ValidationError(_('Too long'))", False),
        ("messages.success(request, f'{n} are gone')", True),
        ("form.add_error(None, 'Not so')", True),
        ("class Kind(models.TextChoices):\n    A = 'a', 'Word'", True),
        ("class Kind(models.TextChoices):\n    A = 'a', _('Word')", False),
        ("class Meta:\n    verbose_name = 'thing'", True),
        ("_(f'{n} are gone')", True),
        ("f\"{_('gone')} · {n}\"", False),
        ("logger.warning('Too long')", False),
    ],
)
def test_a_text_that_code_shows_untranslated_is_found(source: str, is_found: bool) -> None:
    assert bool(said_in(source)) == is_found


def test_every_model_and_every_field_has_a_name_in_both_languages() -> None:
    ours = [model for model in apps.get_models() if model.__module__.startswith(PACKAGES)]
    nameless = {model._meta.label for model in ours if isinstance(model._meta.verbose_name, str)}
    assert nameless == set()
    assert all(isinstance(model._meta.verbose_name_plural, Promise) for model in ours)


# --- scripts

SHOWN = re.compile(
    r"""(?:textContent|innerText|innerHTML|ariaLabel|\.title|\.alt|\.placeholder)\s*=\s*
        (?P<set>"[^"]*"|'[^']*'|`[^`]*`)
      | setAttribute\(\s*["'](?:aria-label|title|alt|placeholder)["']\s*,\s*
        (?P<attribute>"[^"]*"|'[^']*'|`[^`]*`)
      | \b(?:announce|toast|alert|confirm|prompt)\(\s*(?P<told>"[^"]*"|'[^']*'|`[^`]*`)""",
    re.VERBOSE,
)
FILLED_IN = re.compile(r"\$\{[^{}]*\}")


def said_by_script(source: str) -> list[str]:
    """The texts that a script shows and did not get from its page."""
    texts = (next(filter(None, match.groups())) for match in SHOWN.finditer(source))
    return [text for text in texts if WORD.search(FILLED_IN.sub("", text))]


def test_scripts_show_only_texts_of_their_page() -> None:
    scripts = sorted((ROOT / "static" / "js").glob("*.js"))
    found = {path.name: said for path in scripts if (said := said_by_script(path.read_text()))}
    assert len(scripts) > 30
    assert found == {}


@pytest.mark.parametrize(
    ("source", "is_found"),
    [
        ('button.textContent = "Done";', True),
        ("button.setAttribute('aria-label', `Remove ${name}`);", True),
        ('announce("It is gone");', True),
        ("button.textContent = `${count}: ${box.dataset.textDone}`;", False),
        ('button.textContent = "×";', False),
    ],
)
def test_a_text_of_a_script_s_own_is_found(source: str, is_found: bool) -> None:
    assert bool(said_by_script(source)) == is_found
