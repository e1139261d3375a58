"""Queries of the credit centre over what checks have found: how often each refused a row, item by item."""

from datetime import date
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from limu.intake.rules import Submission
from limu.intake.store import _SELECT, _submission


def fired_since(connection: Connection[Any], since: date) -> dict[str, list[tuple[str, int]]]:
    """Count the rows each check turned away since a day: code → (item, rows), the most often first."""
    found: dict[str, list[tuple[str, int]]] = {}
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT code, s.item, count(*) AS n
               FROM limu.submission s JOIN limu.submission_row r ON r.submission = s.id, unnest(r.codes) code
               WHERE s.received_at >= %s GROUP BY code, s.item ORDER BY n DESC""",
            (since,),
        )
        for row in cursor:
            found.setdefault(row["code"], []).append((row["item"], row["n"]))
    return found


def recent_of_item(connection: Connection[Any], item: str, *, most: int = 20) -> tuple[Submission, ...]:
    """List the newest batches of an item that brought rows."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            _SELECT + " WHERE s.item = %s AND s.intent <> 'nil' AND s.received > 0"
            " ORDER BY s.received_at DESC LIMIT %s",
            (item, most),
        )
        return tuple(_submission(row) for row in cursor)
