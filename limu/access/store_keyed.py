"""Tickets of reads under a key: written only for a key that lives, and spent, many in one statement."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection, Cursor
from psycopg.rows import tuple_row

from limu.access.rules import KeyedRead, Purpose
from limu.department.store import enter


def insert_keyed(
    connection: Connection[Any], reads: Sequence[KeyedRead], *, department: UUID, act: str, purpose: Purpose,
    roles: Sequence[str],
) -> "Cursor[tuple[UUID, UUID]]":  # fmt: skip
    """Write a trace for each read whose key, secret and account live now; returns ticket and subject when fetched.

    The law of keys is in this statement, so no process can go on with a key that another has closed."""
    enter(connection, department=department)
    cursor = connection.cursor(row_factory=tuple_row)
    return cursor.execute(
        """INSERT INTO limu.read_ticket (id, officer, department, purpose, subject, scope)
           SELECT a.ticket, k.officer, k.department, %s, s.id, a.scope
           FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[]) a(ticket, key, secret, uscc, scope)
           JOIN limu.api_key k ON k.id = a.key AND k.is_agreed AND k.revoked_at IS NULL
               AND k.department = %s AND limu.register_today() < k.expires_on AND %s = ANY (k.acts)
           JOIN limu.api_secret x ON x.id = a.secret AND x.key = k.id
               AND (x.dies_at IS NULL OR x.dies_at > limu.register_now())
           JOIN limu.officer o ON o.id = k.officer AND o.is_active AND o.roles && %s
           JOIN limu.subject s ON s.uscc = a.uscc
           RETURNING id, subject""",
        (
            purpose, [one.ticket for one in reads], [one.key for one in reads], [one.secret for one in reads],
            [one.uscc for one in reads], [one.scope for one in reads], department, act, list(roles),
        ),
    )  # fmt: skip


def spend_keyed(
    connection: Connection[Any], tickets: Sequence[UUID], *, department: UUID
) -> "Cursor[tuple[UUID]]":  # fmt: skip
    """Mark committed tickets as used, each once; the mark need not survive a crash, the ticket does already."""
    connection.execute("SELECT set_config('synchronous_commit', 'off', true)")
    enter(connection, department=department)
    cursor = connection.cursor(row_factory=tuple_row)
    return cursor.execute(
        """INSERT INTO limu.read_ticket_spent (ticket)
           SELECT id FROM limu.read_ticket WHERE id = ANY (%s) AND department = %s
               AND opened_in <> coalesce(pg_current_xact_id_if_assigned(), '0')
               AND pg_xact_status(opened_in) = 'committed'
           RETURNING ticket""",
        (list(tickets), department),
    )
