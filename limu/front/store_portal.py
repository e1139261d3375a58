"""What a subject may read of where its own record went: slips of the window, and holders of copies."""

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row, tuple_row


def slips_on(connection: Connection[Any], record: UUID, *, limit: int = 50) -> list[dict[str, Any]]:
    """Slips whose answer rests on a record, within what row-level security opens; the newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT c.number, c.checked_at, d.name AS department FROM limu.measure_check c
               JOIN limu.department d ON d.id = c.department
               WHERE c.subject = (SELECT limu.current_subject()) AND EXISTS (
                   SELECT FROM jsonb_array_elements(c.answer) one WHERE one ->> 'ground' = %s)
               ORDER BY c.checked_at DESC LIMIT %s""",
            (str(record), limit),
        ).fetchall()


def returned_by(connection: Connection[Any], record: UUID) -> dict[str, datetime | None] | None:
    """Once a record has ended: each holder that was told, and when it acknowledged; None while it has not ended."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        ended = cursor.execute(
            "SELECT timepoint FROM limu.feed_event WHERE record = %s AND is_current AND is_end", (record,)
        ).fetchone()
        if ended is None:
            return None
        cursor.execute(
            """SELECT h.name, (SELECT min(r.at) FROM limu.feed_receipt r
                               WHERE r.holder = h.id AND r.is_acknowledged AND r.span @> %s::bigint)
               FROM limu.feed_holder h""",
            (ended[0],),
        )
        return dict(cursor.fetchall())
