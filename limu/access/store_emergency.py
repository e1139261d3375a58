"""Queries on emergency access."""

from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from limu.access.rules_emergency import Emergency


def insert(connection: Connection[Any], emergency: Emergency, *, officer: UUID, second: UUID) -> None:
    """Write one opening."""
    connection.execute(
        "INSERT INTO limu.emergency_access (id, officer, second, reason, minutes) VALUES (%s, %s, %s, %s, %s)",
        (emergency.id, officer, second, emergency.reason, emergency.minutes),
    )


def close_open(connection: Connection[Any], why: str) -> int:
    """Write the end of every opening that has none."""
    return connection.execute(
        """INSERT INTO limu.emergency_closed (emergency, why)
           SELECT id, %s FROM limu.emergency_access a
           WHERE NOT EXISTS (SELECT FROM limu.emergency_closed c WHERE c.emergency = a.id)""",
        (why,),
    ).rowcount


def newest(connection: Connection[Any], *, limit: int = 20) -> list[Emergency]:
    """List openings, the newest first."""
    with connection.cursor(row_factory=class_row(Emergency)) as cursor:
        return cursor.execute(
            """SELECT a.id, o.code AS officer, s.code AS second, a.reason, a.minutes, a.opened_at, c.closed_at
               FROM limu.emergency_access a JOIN limu.officer o ON o.id = a.officer
               JOIN limu.officer s ON s.id = a.second LEFT JOIN limu.emergency_closed c ON c.emergency = a.id
               ORDER BY a.opened_at DESC LIMIT %s""",
            (limit,),
        ).fetchall()
