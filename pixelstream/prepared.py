"""Statements whose SQL is written once. For the hottest addresses: writing takes the ORM several
times as long as the database takes to answer.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, cast

from django.db import connections, models, router, transaction
from django.db.models import QuerySet
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler

Value = str | int


class _Prepared(ABC):
    """A statement in which only some parameters differ from one time to the next."""

    def __init__(self, *samples: Value) -> None:
        self._samples = samples
        # What turns the database's values into Python's belongs to a connection, and that to a
        # thread.
        self._written = threading.local()

    @abstractmethod
    def _compiler(self) -> SQLCompiler:
        """Of the statement, with the samples in it."""

    def _ready(self, values: tuple[Value, ...]) -> tuple[Any, list[Any]]:
        """What was written for this thread's connection, and the parameters with these values."""
        if not self._is_for_this_connection():
            self._write()
        if len(values) != len(self._samples):
            raise ValueError(f"{len(self._samples)} values are needed, not {len(values)}")
        written = self._written
        parameters = list(written.parameters)
        for place, number in written.places:
            parameters[place] = values[number]
        return written, parameters

    def _is_for_this_connection(self) -> bool:
        compiler = getattr(self._written, "compiler", None)
        if compiler is None:
            return False
        return compiler.connection is connections[compiler.connection.alias]

    def _write(self) -> None:
        compiler = self._compiler()
        sql, parameters = compiler.as_sql()
        places = [
            (place, self._samples.index(parameter))
            for place, parameter in enumerate(parameters)
            if parameter in self._samples
        ]
        if len({number for _place, number in places}) != len(self._samples):
            raise ValueError("a sample stands nowhere in the query")
        self._written.sql, self._written.parameters = sql, parameters
        self._written.places = places
        self._written.converters = compiler.get_converters(
            [row[0] for row in compiler.select or ()]
        )
        self._written.compiler = compiler


class PreparedQuery(_Prepared):
    """A query of values.

    `build` makes it, as a queryset of `values_list` with fields only; whatever else it compares
    with is compared with for ever, so a time has to be the database's own (`Now()`). `samples` are
    values of the parameters that stand nowhere else in the query.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *samples: Value) -> None:
        super().__init__(*samples)
        self._build = build

    def rows(self, *values: Value) -> list[tuple[Any, ...]]:
        """The rows for these values of the parameters."""
        written, parameters = self._ready(values)
        with written.compiler.connection.cursor() as cursor:
            cursor.execute(written.sql, parameters)
            rows = cursor.fetchall()
        return [tuple(row) for row in written.compiler.apply_converters(rows, written.converters)]

    def _compiler(self) -> SQLCompiler:
        queryset = self._build(*self._samples)
        compiler: SQLCompiler = queryset.query.get_compiler(connection=connections[queryset.db])
        return compiler


class PreparedUpdate(_Prepared):
    """The same changes to the rows that `build` finds; what it says of a `PreparedQuery` holds."""

    def __init__(
        self,
        build: Callable[..., QuerySet[Any, Any]],
        changes: Mapping[str, Any],
        *samples: Value,
    ) -> None:
        super().__init__(*samples)
        self._build = build
        self._changes = changes

    def run(self, *values: Value) -> int:
        """Change the rows for these values of the parameters. Returns how many there were."""
        written, parameters = self._ready(values)
        connection = written.compiler.connection
        with (
            transaction.mark_for_rollback_on_error(using=connection.alias),
            connection.cursor() as cursor,
        ):
            cursor.execute(written.sql, parameters)
            return int(cursor.rowcount)

    def _compiler(self) -> SQLCompiler:
        queryset = self._build(*self._samples).order_by()
        query = cast("UpdateQuery", queryset.query.chain(UpdateQuery))
        query.add_update_values(dict(self._changes))
        database = connections[router.db_for_write(queryset.model)]
        compiler: SQLCompiler = query.get_compiler(connection=database)
        return compiler


class PreparedInsert:
    """One row with these fields, unless a unique constraint says that it is there already."""

    def __init__(self, model: type[models.Model], *names: str) -> None:
        self._model = model
        self._fields = [cast("models.Field[Any, Any]", model._meta.get_field(one)) for one in names]

    def add(self, *values: Any) -> bool:
        """Write the row. False when it was there."""
        connection = connections[router.db_for_write(self._model)]
        quote = connection.ops.quote_name
        table = quote(self._model._meta.db_table)
        columns = ", ".join(quote(str(field.column)) for field in self._fields)
        places = ", ".join(["%s"] * len(self._fields))
        sql = f"INSERT INTO {table} ({columns}) VALUES ({places}) ON CONFLICT DO NOTHING"  # noqa: S608
        parameters = [
            field.get_db_prep_save(value, connection)
            for field, value in zip(self._fields, values, strict=True)
        ]
        with (
            transaction.mark_for_rollback_on_error(using=connection.alias),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, parameters)
            return bool(cursor.rowcount)
