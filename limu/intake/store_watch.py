"""Queries of the credit centre over what checks have found: how often each refused a row, item by item."""

from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from limu.intake.rules import Submission
from limu.intake.store import _SELECT, _submission


def recent_of_item(connection: Connection[Any], item: str, *, most: int = 20) -> tuple[Submission, ...]:
    """List the newest batches of an item that brought rows."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            _SELECT + " WHERE s.item = %s AND s.intent <> 'nil' AND s.received > 0"
            " ORDER BY s.received_at DESC LIMIT %s",
            (item, most),
        )
        return tuple(_submission(row) for row in cursor)
