"""Variables are declared once, with what they mean."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from environs import EnvError

from pixelstream.environment import Environment, Group, as_written
from tools import configuration

ROOT = Path(__file__).resolve().parents[2]
#: Written by other programs for what they start.
OF_OTHERS = {"PATH", "PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER"}


def test_what_is_read_is_remembered_as_it_would_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIZE", "7")
    monkeypatch.setenv("NAMES", "a,b")
    env = Environment()
    assert env.int("SIZE", 3, group=Group.SIZE, help="How many.") == 7
    assert env.bool("ON", True, group=Group.PLACE, help="Whether.") is True
    assert env.list("NAMES", ["x", "y"], group=Group.PLACE, help="Which.") == ["a", "b"]
    assert [(each.name, each.kind, each.default, each.help) for each in env.variables] == [
        ("ON", "true or false", "true", "Whether."),
        ("NAMES", "list", "x,y", "Which."),
        ("SIZE", "number", "3", "How many."),
    ]


def test_any_variable_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "size").write_text("12")
    monkeypatch.setenv("SIZE_FILE", str(tmp_path / "size"))
    assert Environment().int("SIZE", 3) == 12


def test_a_value_that_cannot_be_read_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIZE", "many")
    with pytest.raises(EnvError, match="SIZE"):
        Environment().int("SIZE", 3)


def test_what_is_declared_twice_would_have_two_meanings() -> None:
    env = Environment()
    env.str("NAME", help="One.")
    with pytest.raises(ValueError, match="NAME is declared twice"):
        env.str("NAME", help="Another.")


@pytest.mark.parametrize(
    ("value", "written"), [(True, "true"), (6, "6"), (0.8, "0.8"), (["a", "b"], "a,b"), ("", "")]
)
def test_defaults_are_written_as_in_the_environment(value: object, written: str) -> None:
    assert as_written(value) == written


def test_whatever_is_read_anywhere_is_documented() -> None:
    """In the settings, or in the list of what tools and tests read."""
    known = {variable.name for variable in configuration.declared()}
    known |= {name for name, _, _ in configuration.FOR_DEVELOPERS}
    known |= {*configuration.CONVENTIONS, *OF_OTHERS}
    known |= {f"{name}_FILE" for name in known}
    found = {name: place for place, name in reads()}
    assert {name: place for name, place in found.items() if name not in known} == {}
    assert {"DATA_DIR", "REDIS_URL", "SECRET_KEY_FILE", "DB", "NO_COLOR"} <= found.keys()


def test_what_tools_and_tests_are_said_to_read_is_read() -> None:
    make = (ROOT / "Makefile").read_text("utf-8")
    read = {name for _, name in reads()} | set(re.findall(r"\$\((\w+)\)", make))
    assert {name for name, _, _ in configuration.FOR_DEVELOPERS} - read == set()


def test_the_procfile_uses_documented_variables_only() -> None:
    used = set(re.findall(r"\$\{?(\w+)", (ROOT / "Procfile").read_text("utf-8")))
    assert used <= {variable.name for variable in configuration.declared()}
    assert "PORT" in used


def reads() -> Iterator[tuple[str, str]]:
    """Where a variable of the environment is read by its name: the place, and the name."""
    folders = ("pixelstream", "gallery", "generation", "tools", "tests")
    files = [
        ROOT / "manage.py",
        *(path for name in folders for path in (ROOT / name).rglob("*.py")),
    ]
    for file in files:
        # These two give names of their own to an Environment of their own.
        if file.name in {"test_environment.py", "test_configuration.py"}:
            continue
        if "vendored" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            for name in _names(node):
                if re.fullmatch(r"[A-Z][A-Z0-9_]+", name):
                    yield f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}", name


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(
            func=ast.Attribute(
                value=reader, attr="get" | "getenv" | "str" | "int" | "bool" | "list"
            ),
            args=[ast.Constant(value=str() as name), *_],
        ) if _reader(reader):
            yield name
        case ast.Subscript(value=reader, slice=ast.Constant(value=str() as name), ctx=ast.Load()):
            if _reader(reader):
                yield name
        case ast.Compare(
            left=ast.Constant(value=str() as name),
            ops=[ast.In() | ast.NotIn()],
            comparators=[reader],
        ):
            if _reader(reader):
                yield name


def _reader(node: ast.expr) -> bool:
    """Whether this is `os.environ`, `os`, `env` or `Env()`."""
    return ast.unparse(node) in {"os.environ", "os", "env", "Env()", "settings.env"}
