"""What PostgreSQL is told, with a pool before it and without; the whole way: tests/hosts."""

from __future__ import annotations

from typing import Any

import dj_database_url
import psycopg
import pytest
from pytest_django import DjangoAssertNumQueries

from gallery.models import Post
from pixelstream import pooling
from pixelstream.accounts.models import User
from tests.factories import create_post

IDLE = "-c idle_in_transaction_session_timeout=15s"


def test_a_connection_of_our_own_is_told_the_limit_of_idle_transactions() -> None:
    database: dict[str, Any] = {"OPTIONS": {"sslmode": "require"}}
    pooling.prepare_settings(database, is_pooled=False)
    assert database["OPTIONS"] == {**pooling.SILENCE, "sslmode": "require", "options": IDLE}
    assert not database.get("DISABLE_SERVER_SIDE_CURSORS")


def test_what_the_address_says_of_options_is_kept() -> None:
    database: dict[str, Any] = {"OPTIONS": {"options": "-c statement_timeout=1s"}}
    pooling.prepare_settings(database, is_pooled=False)
    assert database["OPTIONS"]["options"] == "-c statement_timeout=1s"


def test_a_connection_of_a_pool_is_told_nothing() -> None:
    database: dict[str, Any] = {}
    pooling.prepare_settings(database, is_pooled=True)
    assert database["OPTIONS"] == pooling.SILENCE, "of our own end only"
    assert database["DISABLE_SERVER_SIDE_CURSORS"]


@pytest.mark.parametrize("is_pooled", [False, True])
def test_what_the_address_says_of_waiting_is_kept(is_pooled: bool) -> None:
    database: dict[str, Any] = {**dj_database_url.parse("postgres://h/name?connect_timeout=30")}
    pooling.prepare_settings(database, is_pooled=is_pooled)
    assert int(database["OPTIONS"]["connect_timeout"]) == 30
    assert database["OPTIONS"]["keepalives_idle"] == 30


def test_the_settings_of_silence_are_words_that_the_library_knows() -> None:
    known = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
    assert set(pooling.SILENCE) <= known


@pytest.mark.django_db
def test_a_table_is_read_in_steps(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = [create_post(alice, images=0).pk for _ in range(5)]
    with django_assert_num_queries(4):
        found = [post.pk for post in pooling.in_steps(Post.objects.order_by("-id"), step=2)]
    assert found == made
