"""Tickets of reads under a key: written only for a key that lives, and spent, many in one statement."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from limu.access.rules import KeyedRead, Purpose


def open_keyed(
    connection: Connection[Any], reads: Sequence[KeyedRead], *, department: UUID, act: str, purpose: Purpose,
    roles: Sequence[str],
) -> dict[UUID, UUID]:  # fmt: skip
    """Write a trace for each read whose key, secret and account live now; returns the subject by ticket."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            "SELECT * FROM limu.open_keyed(%s, %s, %s, %s, %s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[])",
            (
                department, act, purpose, list(roles), [one.ticket for one in reads], [one.key for one in reads],
                [one.secret for one in reads], [one.uscc for one in reads], [one.scope for one in reads],
            ),
        )  # fmt: skip
        return dict(cursor.fetchall())


def spend_keyed(
    connection: Connection[Any], tickets: Sequence[UUID], *, department: UUID
) -> tuple[int, int, str, Any]:  # fmt: skip
    """Mark committed tickets as used, each once; returns how many, and the register's version, law and day after it."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT * FROM limu.spend_keyed(%s, %s::uuid[])", (department, list(tickets))).fetchone()
    assert row is not None
    return row[0], row[1], row[2], row[3]
