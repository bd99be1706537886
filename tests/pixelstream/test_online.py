"""Migrations that run while people work do the same on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState

from pixelstream.online import (
    AddConstraintOnline,
    AddIndexOnline,
    RemoveIndexOnline,
    ValidateConstraintOnline,
)

INDEX = models.Index(fields=["name"], name="thing_name")
CHECK = models.CheckConstraint(condition=models.Q(age__gte=0), name="thing_age_known")

pytestmark = pytest.mark.django_db(transaction=True)


class Table:
    """A table that is migrated step by step."""

    def __init__(self) -> None:
        self.state = ProjectState()
        self.steps: list[tuple[Any, ProjectState, ProjectState]] = []

    def migrate(self, operation: Any) -> None:
        after = self.state.clone()
        operation.state_forwards("gallery", after)
        with connection.schema_editor(atomic=False) as editor:
            operation.database_forwards("gallery", editor, self.state, after)
        self.steps.append((operation, self.state, after))
        self.state = after

    def migrate_back(self) -> None:
        operation, before, after = self.steps.pop()
        with connection.schema_editor(atomic=False) as editor:
            operation.database_backwards("gallery", editor, after, before)
        self.state = before

    @property
    def rows(self) -> Any:
        return self.state.apps.get_model("gallery", "Thing").objects


@pytest.fixture
def table() -> Any:
    """An empty table, which is gone afterwards."""
    made = Table()
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=20)),
        ("age", models.IntegerField()),
    ]
    made.migrate(CreateModel("Thing", fields))
    yield made
    with connection.schema_editor(atomic=False) as editor:
        editor.delete_model(made.state.apps.get_model("gallery", "Thing"))


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, "gallery_thing"))


def test_an_index_comes_and_goes(table: Table) -> None:
    table.migrate(AddIndexOnline("thing", INDEX))
    assert "thing_name" in indexes()
    table.migrate(RemoveIndexOnline("thing", "thing_name"))
    assert "thing_name" not in indexes()
    table.migrate_back()
    assert "thing_name" in indexes()
    table.migrate_back()
    assert "thing_name" not in indexes()


def test_a_check_counts_for_new_rows_at_once_and_for_old_ones_when_it_is_validated(
    table: Table,
) -> None:
    if connection.vendor == "postgresql":
        table.rows.create(name="old", age=-1)
    table.migrate(AddConstraintOnline("thing", CHECK))
    with pytest.raises(IntegrityError), transaction.atomic():
        table.rows.create(name="new", age=-1)
    if connection.vendor == "postgresql":
        with pytest.raises(IntegrityError):
            table.migrate(ValidateConstraintOnline("thing", "thing_age_known"))
        table.rows.filter(name="old").update(age=0)
    table.migrate(ValidateConstraintOnline("thing", "thing_age_known"))
    table.migrate_back()
    table.migrate_back()
    table.rows.create(name="without", age=-1)
