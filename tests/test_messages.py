"""The translations' tool, on small projects of its own."""

import gettext
import textwrap

import pytest

from tools import messages

HEADER = """\
msgid ""
msgstr ""
"Language: pt_BR\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"""


class Project:
    """A project directory that is written and read in one line each."""

    def __init__(self, path):
        self.path = path
        self.catalogue = path / "locale" / "pt_BR" / "LC_MESSAGES" / "django.po"

    def write(self, name, text):
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(textwrap.dedent(text), encoding="utf-8")

    def translate(self, **translations):
        """Write a catalogue with these entries, as the tool itself would write it."""
        messages.update(self.path)
        text = self.catalogue.read_text()
        for original, translation in translations.items():
            before = f'msgid "{original}"\nmsgstr ""\n'
            assert before in text
            text = text.replace(before, f'msgid "{original}"\nmsgstr "{translation}"\n')
        self.catalogue.write_text(text)

    def entries(self):
        template = messages.extract_template(self.path)
        return {(message.context, message.id) for message in template if message.id}

    def check(self):
        return messages.check(self.path)


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def test_texts_of_python_code_are_found(project):
    project.write(
        "gallery/views.py",
        """
        from django.utils.translation import gettext_lazy as _, ngettext, npgettext_lazy, pgettext
        title = _("Gallery")
        joined = _("one " "text")
        count = ngettext("%(count)s picture", "%(count)s pictures", n) % {"count": n}
        month = pgettext("calendar", "May")
        lazy = npgettext_lazy("of a post", "%(n)s model", "%(n)s models", "n")
        not_one = unrelated("nothing")
        """,
    )
    assert project.entries() == {
        (None, "Gallery"),
        (None, "one text"),
        (None, ("%(count)s picture", "%(count)s pictures")),
        ("calendar", "May"),
        ("of a post", ("%(n)s model", "%(n)s models")),
    }


def test_texts_of_django_templates_are_found(project):
    project.write(
        "templates/gallery/list.html",
        """\
        {% load i18n %}
              <h1>{% translate "Gallery" %}</h1>
            <p title="{% translate 'May' context "calendar" %}">100 % {{ x|default:_("nothing") }}
          <b>{% include "part.html" with title=_("Part") %}
        {% blocktranslate trimmed count n=posts|length %}
            {{ n }} picture
            of yours
        {% plural %}
            {{ n }} pictures
            of yours
        {% endblocktranslate %}
        {% blocktranslate with name=user.name %}Hello {{ name }}{% endblocktranslate %}
        """,
    )
    assert project.entries() == {
        (None, "Gallery"),
        ("calendar", "May"),
        (None, "nothing"),
        (None, "Part"),
        (None, ("%(n)s picture of yours", "%(n)s pictures of yours")),
        (None, "Hello %(name)s"),
    }


def test_texts_of_jinja_templates_are_found(project):
    project.write(
        "templates/jinja2/card.html",
        """
        {{ _("Open") }} {{ ngettext("%(num)s picture", "%(num)s pictures", n) }}
        {{ pgettext("verb", "Share") }}
        {% trans %}
            In the
            trash
        {% endtrans %}
        """,
    )
    assert project.entries() == {
        (None, "Open"),
        (None, ("%(num)s picture", "%(num)s pictures")),
        ("verb", "Share"),
        (None, "In the trash"),
    }


def test_notes_for_translators_come_along(project):
    project.write(
        "templates/a.html", '{# Translators: the month #}\n{% translate "May" context "month" %}\n'
    )
    project.write("gallery/a.py", "# Translators: a verb\nx = _('Share')\n")
    messages.update(project.path)
    text = project.catalogue.read_text()
    assert "#. Translators: the month" in text
    assert "#. Translators: a verb" in text


def test_a_broken_template_stops_with_its_name(project):
    project.write("templates/jinja2/broken.html", "{% if %}")
    with pytest.raises(Exception) as error:
        messages.extract_template(project.path)
    assert "templates/jinja2/broken.html" in "".join(error.value.__notes__)


def test_the_catalogue_has_file_names_but_no_lines_and_no_dates(project):
    project.write("gallery/b.py", "x = _('Beta')\n")
    project.write("gallery/a.py", "x = _('Zeta')\ny = _('Alpha')\n")
    messages.update(project.path)
    assert project.catalogue.read_text() == HEADER + textwrap.dedent(
        """
        #: gallery/a.py
        msgid "Zeta"
        msgstr ""

        #: gallery/a.py
        msgid "Alpha"
        msgstr ""

        #: gallery/b.py
        msgid "Beta"
        msgstr ""

        """
    )


def test_a_second_update_changes_nothing(project):
    project.write("gallery/a.py", "x = _('Create')\ny = ngettext('%(n)s day', '%(n)s days', n)\n")
    project.translate(Create="Criar")
    messages.update(project.path)
    first = project.catalogue.read_bytes()
    messages.update(project.path)
    assert project.catalogue.read_bytes() == first
    assert b'msgstr "Criar"' in first


def test_a_text_that_left_is_dropped_and_shown_once_more(project, capsys):
    project.write("gallery/a.py", "x = _('Create')\ny = _('Something else')\n")
    project.translate(Create="Criar")
    project.write("gallery/a.py", "y = _('Something else')\n")
    messages.update(project.path)
    assert "Criar" not in project.catalogue.read_text()
    assert "'Create' = 'Criar'" in capsys.readouterr().out


def test_a_complete_catalogue_passes_the_check(project):
    project.write("gallery/a.py", "x = _('Create')\n")
    project.translate(Create="Criar")
    assert project.check() == []


def test_a_new_text_fails_the_check_until_it_is_translated(project):
    project.write("gallery/a.py", "x = _('Create')\n")
    project.translate(Create="Criar")
    project.write("gallery/b.py", "x = _('Gallery of everything')\n")
    assert any("does not match the sources" in problem for problem in project.check())
    messages.update(project.path)
    assert [problem.split(": ", 1)[1] for problem in project.check()] == [
        "not translated: 'Gallery of everything'"
    ]


def test_a_missing_catalogue_fails_the_check(project):
    project.write("gallery/a.py", "x = _('Create')\n")
    assert "is missing" in project.check()[0]


def test_a_changed_text_is_fuzzy_and_fails_the_check(project):
    project.write("gallery/a.py", "x = _('Create a picture')\n")
    project.translate(**{"Create a picture": "Criar uma imagem"})
    project.write("gallery/a.py", "x = _('Create a new picture')\n")
    messages.update(project.path)
    assert "#, fuzzy" in project.catalogue.read_text()
    assert any("fuzzy" in problem for problem in project.check())


def test_obsolete_entries_fail_the_check(project):
    project.write("gallery/a.py", "x = _('Create')\n")
    project.translate(Create="Criar")
    with project.catalogue.open("a") as file:
        file.write('#~ msgid "Old"\n#~ msgstr "Velho"\n')
    assert any("obsolete: 'Old'" in problem for problem in project.check())


@pytest.mark.parametrize(
    ("original", "translation", "problem"),
    [
        ("Hello %(name)s", "Olá %(nome)s", "placeholders"),
        ("Hello %(name)s", "Olá", "placeholders"),
        ("Hello {name}", "Olá {nome}", "placeholders"),
        ("%s of %s", "%s de", "placeholders"),
        ("Hello", "Olá %s", "placeholders"),
        ("Hello %(name)s", "%(name)s, olá", None),
        ("100%% sure", "Certeza 100%%", None),
        ("Hello", "Olá\\n", "newlines"),
        ("\\nHello", "Olá", "newlines"),
        ("Hello\\n", "Olá\\n", None),
        ("See <b>this</b>", "Veja <b>isto</b>", None),
        ("See <b>this</b>", "Veja isto", "HTML"),
        ("See <b>this</b>", "Veja <i>isto</i>", "HTML"),
        ("%(n)s of it", "%(n)s %, disso", "percent"),
        ("%(n)s%% of it", "%(n)s%, disso", "percent"),
        ("%(n)s%% of it", "%(n)s%% disso", None),
        ("Half: 50 %", "Metade: 50 %", None),
    ],
)
def test_a_translation_must_keep_placeholders_and_outer_newlines(
    project, original, translation, problem
):
    project.write("gallery/a.py", f'x = _("{original}")\n')
    messages.update(project.path)
    text = project.catalogue.read_text()
    before, _, after = text.rpartition('msgstr ""')
    project.catalogue.write_text(before + f'msgstr "{translation}"' + after)
    found = [line for line in project.check() if "does not match" not in line]
    assert [problem in line for line in found] == ([True] if problem else [])


@pytest.mark.parametrize(
    ("one", "many", "is_fine"),
    [
        ("%(n)s imagem", "%(n)s imagens", True),
        ("uma imagem", "%(n)s imagens", True),  # as in the original
        ("%(n)s imagem", "imagens", False),
        ("%(n)s imagem", "", False),
        ("", "%(n)s imagens", False),
    ],
)
def test_plural_forms_must_keep_the_number(project, one, many, is_fine):
    project.write("gallery/a.py", "x = ngettext('one picture', '%(n)s pictures', n)\n")
    messages.update(project.path)
    text = project.catalogue.read_text()
    text = text.replace('msgstr[0] ""', f'msgstr[0] "{one}"')
    project.catalogue.write_text(text.replace('msgstr[1] ""', f'msgstr[1] "{many}"'))
    assert (project.check() == []) == is_fine


def test_compiling_writes_what_changed_and_only_that(project):
    project.write("gallery/a.py", "x = _('Create')\ny = ngettext('%(n)s day', '%(n)s days', n)\n")
    project.translate(Create="Criar")
    text = project.catalogue.read_text().replace('msgstr[0] ""', 'msgstr[0] "%(n)s dia"')
    project.catalogue.write_text(text.replace('msgstr[1] ""', 'msgstr[1] "%(n)s dias"'))

    assert messages.compile_stale(project.path) == [project.catalogue.with_suffix(".mo")]
    assert messages.compile_stale(project.path) == []
    with project.catalogue.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.gettext("Create") == "Criar"
    # In Brazilian Portuguese zero and one share a form.
    forms = [compiled.ngettext("%(n)s day", "%(n)s days", n) for n in (0, 1, 2)]
    assert forms == ["%(n)s dia", "%(n)s dia", "%(n)s dias"]
