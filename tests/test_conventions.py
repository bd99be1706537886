"""What reviews forget: rules of the house that a machine can check."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from tests.prove.mutants import MUTANTS

ROOT = Path(__file__).resolve().parent.parent
CODE = ("pixelstream", "gallery", "generation")
OWNS_OBJECTS = {"StoredObject", "GeneratedImage", "ReferenceImage", "Post", "GenerationJob"}


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_gallery_never_imports_generation() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for path in sources("gallery")
        if any(name.split(".")[0] == "generation" for name in imports(path))
    ]
    assert guilty == []


def test_only_providers_know_vendors_and_engines() -> None:
    for path in sources("gallery", "pixelstream"):
        assert not any(name.startswith("generation.providers.builtin") for name in imports(path))


def test_imaging_and_the_engine_stand_without_django() -> None:
    for path in [*sources("gallery/imaging"), *sources("generation/providers/builtin")]:
        assert not any(name.split(".")[0] == "django" for name in imports(path)), path


def test_no_module_is_a_junk_drawer() -> None:
    names = {path.name for path in sources(*CODE)}
    assert not names & {"utils.py", "helpers.py", "misc.py", "common.py"}


def test_no_except_is_silent() -> None:
    for path in sources(*CODE):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, f"{path}:{node.lineno}: bare except"
                broad = ast.unparse(node.type) in {"Exception", "BaseException"}
                silent = all(isinstance(step, ast.Pass) for step in node.body)
                assert not (broad and silent), f"{path}:{node.lineno}: silent except"


def test_tasks_are_rung_after_the_commit_only() -> None:
    """`.delay(` stands where no transaction is open: the doorbell, which itself is called on
    commit, and the wish of an administrator that writes nothing."""
    found = [
        f"{path.relative_to(ROOT)}"
        for path in sources(*CODE)
        if re.search(r"\.(delay|apply_async|delay_on_commit)\(", path.read_text("utf-8"))
    ]
    assert found == [
        "gallery/tasks.py",
        "generation/services/discovery.py",
        "generation/services/jobs.py",
    ]


def test_query_parameters_never_reach_the_orm_unchecked() -> None:
    for path in sources(*CODE):
        text = path.read_text("utf-8")
        assert not re.search(r"request\.(GET|POST)(\[|\.get\()", text), path
        assert not re.search(r"filter\(\*\*request", text), path


def test_no_table_that_owns_an_object_cascades() -> None:
    """Deleting such a row by cascade would leave its bytes behind."""
    guilty = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model.__name__ in OWNS_OBJECTS
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE
    ]
    assert guilty == []


@pytest.mark.django_db
def test_the_database_itself_cascades_nowhere() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
            assert [name for name, sql in cursor.fetchall() if "ON DELETE CASCADE" in sql] == []
        else:
            cursor.execute("SELECT conname FROM pg_constraint WHERE confdeltype = 'c'")
            assert cursor.fetchall() == []


def test_templates_have_no_inline_code_and_no_text_in_style_attributes() -> None:
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix not in {".html", ".jinja"}:
            continue
        text = path.read_text("utf-8")
        assert not re.search(r"\son\w+=", text), f"{path}: inline handler"
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), f"{path}: inline script"
        assert "<style" not in text, path
        assert not re.search(r'\sstyle="', text), f"{path}: use style_vars"


LIVE_FRAGMENTS = ("generation/_post_body.html", "generation/_studio_results.html")


def test_templates_speak_htmx_four() -> None:
    """The package's own checker finds what is left of version 2.

    A live fragment's `hx-swap` is for its own stream and not meant to be inherited: the forms in
    it say how they swap themselves. And a player's `preload` is HTML's, not the extension's. The
    checker cannot know that.
    """
    checker = ROOT / "tools" / "vendored" / "htmx_upgrade_check.py"
    command = [sys.executable, str(checker), str(ROOT / "templates")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    findings = [
        line
        for line in result.stdout.splitlines()
        if line.startswith(str(ROOT))
        and not ("hx-swap needs :inherited" in line and any(f in line for f in LIVE_FRAGMENTS))
        and not _is_preload_of_a_player(line)
    ]
    assert "Scanning" in result.stderr + result.stdout
    assert findings == []


def _is_preload_of_a_player(finding: str) -> bool:
    """Whether the finding, as "path:line: [ext] preload ...", is about a <video> or <audio>."""
    found = re.match(r"(.+?):(\d+): \[ext\] preload ", finding)
    if found is None:
        return False
    lines = Path(found[1]).read_text("utf-8").splitlines()
    return re.match(r"\s*<(video|audio)\s*$", lines[int(found[2]) - 1]) is not None


def test_a_preload_of_the_extension_is_still_found(tmp_path: Path) -> None:
    template = tmp_path / "page.html"
    template.write_text('<video\n  preload="none"></video>\n<a preload="mouseover">on</a>\n')
    findings = [f"{template}:{line}: [ext] preload → rename to hx-preload" for line in (1, 3)]
    assert [_is_preload_of_a_player(finding) for finding in findings] == [True, False]


def test_the_fault_points_and_the_fault_models_are_off_unless_asked_for() -> None:
    from django.conf import settings

    assert settings.FAULTPOINTS == ""
    assert settings.BUILTIN_ENGINE_FAULTS is False


def test_the_settings_of_the_job_machine_are_the_documented_ones() -> None:
    from django.conf import settings

    assert settings.JOB_LEASE.total_seconds() == 15
    assert settings.JOB_LEASE_RENEWAL.total_seconds() == 3
    assert settings.JOB_MAX_ATTEMPTS == 4
    assert settings.CELERY_TASK_ACKS_LATE is False
    assert settings.CELERY_TASK_IGNORE_RESULT is True
    assert settings.CELERY_WORKER_PREFETCH_MULTIPLIER == 1
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]
    assert settings.CELERY_BEAT_SCHEDULE["every-3-seconds-sweep-jobs"]["schedule"].seconds == 3


def test_every_planted_bug_still_fits_the_code() -> None:
    """`make prove` plants them; one that does not apply any more would prove nothing."""
    for mutant in MUTANTS:
        for file, code, _bug in mutant.edits:
            assert (ROOT / file).read_text("utf-8").count(code) == 1, f"{mutant.name}: {file}"
