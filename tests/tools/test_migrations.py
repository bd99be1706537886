"""Migrations that would stand in the way of the release before are found."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.state import ProjectState
from packaging.version import Version

from pixelstream.online import AddConstraintOnline, AddIndexOnline, RemoveIndexOnline
from tools import migrations

INDEX = models.Index(fields=["name"], name="thing_name")
CHECK = models.CheckConstraint(condition=~models.Q(name=""), name="thing_has_name")


def found(*operations: Any, source: str = "", atomic: bool = True) -> list[str]:
    """What is said of a migration after one that made `thing` with a few columns."""
    before = ProjectState()
    ops.CreateModel(
        "Thing",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("name", models.CharField(max_length=20)),
            ("age", models.IntegerField(null=True)),
        ],
    ).state_forwards("gallery", before)
    migration = Migration("0099_test", "gallery")
    migration.operations = list(operations)
    migration.atomic = atomic
    return list(migrations.check(migration, before, source, Version("1.4.0")))


def add(field: models.Field[Any, Any]) -> ops.AddField:
    return ops.AddField("thing", "extra", field)


def test_the_migrations_of_this_project_let_the_release_before_work() -> None:
    assert list(migrations.problems()) == []


@pytest.mark.parametrize(
    "field",
    [
        models.IntegerField(null=True),
        models.IntegerField(db_default=0),
        models.CharField(max_length=9, db_default="", default=""),
        models.ForeignKey("gallery.Thing", models.CASCADE, null=True, db_index=False),
        models.ManyToManyField("gallery.Thing"),
    ],
)
def test_a_column_that_the_old_release_may_leave_out_is_fine(field: models.Field[Any, Any]) -> None:
    assert found(add(field)) == []


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (models.IntegerField(default=0), "writes rows without it"),
        (models.CharField(max_length=9), "writes rows without it"),
        (models.IntegerField(null=True, unique=True), "builds its index under a lock"),
        (models.IntegerField(null=True, db_index=True), "builds its index under a lock"),
        (models.ForeignKey("gallery.Thing", models.CASCADE, null=True), "builds its index"),
    ],
)
def test_other_columns_are_not(field: models.Field[Any, Any], words: str) -> None:
    (problem,) = found(add(field))
    assert words in problem


def test_a_table_of_the_same_migration_has_no_rows_to_wait_for() -> None:
    fields = [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]
    assert (
        found(
            ops.CreateModel("Other", fields),
            ops.AddField("other", "extra", models.IntegerField(default=0, db_index=True)),
            ops.AddIndex("other", INDEX),
            ops.AddConstraint("other", CHECK),
        )
        == []
    )


@pytest.mark.parametrize(
    "operation",
    [
        ops.RenameField("thing", "name", "title"),
        ops.RenameModel("Thing", "Object"),
        ops.AlterModelTable("thing", "things"),
    ],
)
def test_nothing_is_renamed_whatever_a_comment_says(operation: Any) -> None:
    source = "operations = [\n    # online: quick. contract: 1.0\n    x,\n]"
    assert "the old release knows the old name" in found(operation, source=source)[0]


@pytest.mark.parametrize("operation", [ops.RemoveField("thing", "age"), ops.DeleteModel("Thing")])
@pytest.mark.parametrize(
    ("comment", "is_fine"),
    [
        ("# contract: 1.3.0", True),
        ("# contract: 1.4.0", False),
        ("# contract: last year", False),
        ("# online: quick", False),
        ("", False),
    ],
)
def test_what_is_removed_was_not_used_by_the_release_before(
    operation: Any, comment: str, is_fine: bool
) -> None:
    source = f"class Migration:\n    operations = [\n        {comment}\n        x,\n    ]\n"
    assert (found(operation, source=source) == []) is is_fine


def test_an_index_is_built_online() -> None:
    assert "locks the table" in found(ops.AddIndex("thing", INDEX))[0]
    assert "atomic = False" in found(AddIndexOnline("thing", INDEX))[0]
    assert found(AddIndexOnline("thing", INDEX), atomic=False) == []
    built = AddIndexOnline("thing", INDEX)
    assert found(built, RemoveIndexOnline("thing", "thing_name"), atomic=False) == []


def test_a_check_is_added_without_reading_the_table() -> None:
    assert "reads the table under a lock" in found(ops.AddConstraint("thing", CHECK))[0]
    assert found(AddConstraintOnline("thing", CHECK)) == []


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (models.IntegerField(), "reads the table under a lock"),
        (models.IntegerField(null=True, unique=True), "builds an index"),
        (models.IntegerField(null=True, db_index=True), "builds an index"),
        (models.BigIntegerField(null=True), "may write the table anew"),
    ],
)
def test_a_column_is_not_changed_in_place(field: models.Field[Any, Any], words: str) -> None:
    (problem,) = found(ops.AlterField("thing", "age", field))
    assert words in problem


@pytest.mark.parametrize(
    "field",
    [
        models.IntegerField(null=True, help_text="In years.", verbose_name="years"),
        models.IntegerField(null=True, choices=[(1, "one")], default=1, blank=True),
    ],
)
def test_what_no_database_knows_may_change(field: models.Field[Any, Any]) -> None:
    assert found(ops.AlterField("thing", "age", field)) == []


def test_code_says_how_it_works_through_many_rows() -> None:
    def fill(_apps: Any, _editor: Any) -> None: ...

    def triggers_off(_apps: Any, _editor: Any) -> None: ...

    operations = (ops.RunPython(fill), ops.RunSQL("UPDATE thing SET age = 0"))
    assert len(found(*operations)) == 2
    assert found(ops.RunPython(triggers_off)) == []


def test_a_comment_answers_for_the_operation_under_it_and_no_other() -> None:
    operations = (ops.RunSQL("SELECT 1"), ops.RunSQL("SELECT 2"), ops.RunSQL("SELECT 3"))
    source = (
        "class Migration:\n"
        "    operations = [\n"
        "        x,\n"
        "        # online: in batches of 500, each its own transaction\n"
        "        y(\n            1\n        ),\n"
        "        z,\n"
        "    ]\n"
    )
    said = found(*operations, source=source)
    assert len(said) == 2
    everywhere = "operations = made()  # online: a table of ten rows"
    assert found(*operations, source=everywhere) == []


def test_a_state_alone_changes_nothing() -> None:
    assert found(ops.SeparateDatabaseAndState(state_operations=[ops.DeleteModel("Thing")])) == []
