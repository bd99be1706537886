"""Whether a test that counts the rows of a table leaves the next ones alone."""

from __future__ import annotations

import contextlib

import pytest
from django.db import connection

from tests.planner import counting


@pytest.mark.django_db
def test_a_table_that_was_counted_is_planned_by_its_size_again() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite takes its counts back with the transaction")
    with counting() as count:
        count("gallery_post")
        assert _known_rows() >= 0
    assert _known_rows() == -1


def _known_rows() -> int:
    with contextlib.closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'gallery_post'")
        return int(cursor.fetchone()[0])
