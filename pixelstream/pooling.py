"""PostgreSQL behind a pool that gives each transaction another connection (pgbouncer).

What a session was told is then told to somebody else's: no cursors on the server, no settings of a
session, no `options` when connecting. The one setting that we need, how long a transaction may do
nothing, therefore belongs to the role, and `migrate` sees to it. How long a network may be silent
concerns our own end of a connection, and holds with a pool and without.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.db import connections

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

IDLE_LIMIT = "15s"
"""A worker that freezes (or whose network does) in a commit would hold its locks for hours, and
every sweep would wait for them.
"""

SILENCE = {
    "connect_timeout": 3,  # seconds for each address; psycopg's own are 130
    "tcp_user_timeout": 10_000,  # milliseconds until what was sent must have arrived; Linux only
    "keepalives_idle": 30,  # seconds without a word until we ask whether the other end is there
    "keepalives_interval": 10,
}
"""Where packets are dropped (a firewall, a host that is gone) nobody says no: a thread of a web
process would wait for minutes, and soon all of them. Through a socket of the machine nothing of
this has a meaning but the first.
"""

Row = TypeVar("Row", bound="Model")


def in_steps(rows: QuerySet[Row], *, step: int) -> Iterator[Row]:
    """Every row by ascending id, in constant memory, also where there are no cursors.

    Each `step` is a query of its own: what is added meanwhile is found, what goes is not.
    """
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk")[:step]):
        yield from found
        last = found[-1].pk


def prepare_settings(database: dict[str, Any], *, is_pooled: bool) -> None:
    """Complete Django's settings of a PostgreSQL database, in place.

    What its address says wins: `?connect_timeout=10` for example, and `?options=` replaces the
    limit of transactions that do nothing.
    """
    database["CONN_HEALTH_CHECKS"] = True
    options = database.setdefault("OPTIONS", {})
    for name, value in SILENCE.items():
        options.setdefault(name, value)
    if is_pooled:
        database["DISABLE_SERVER_SIDE_CURSORS"] = True
        return
    options.setdefault("options", f"-c idle_in_transaction_session_timeout={IDLE_LIMIT}")


def limit_idle_transactions(using: str, **kwargs: Any) -> None:
    """After a migrate: give the role the limit, for this database only, where we connect to a pool.

    Connections that the pool has open keep what they had until it opens new ones.
    """
    connection = connections[using]
    if connection.vendor != "postgresql" or not settings.DATABASE_POOLED:
        return
    from psycopg import sql  # not needed on SQLite

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        role, database = cursor.fetchone()
        alter = sql.SQL("ALTER ROLE {} IN DATABASE {} SET idle_in_transaction_session_timeout = {}")
        cursor.execute(
            alter.format(sql.Identifier(role), sql.Identifier(database), sql.Literal(IDLE_LIMIT))
        )
