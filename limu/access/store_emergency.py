"""Queries on emergency access."""

from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from limu.access.rules_emergency import ANSWERED_WITHIN, Emergency, EmergencyRequest

_REQUEST = """
    SELECT r.id, o.code AS officer, p.name AS person_name, r.reason, r.minutes, r.asked_at, a.is_agreed
    FROM limu.emergency_request r JOIN limu.officer o ON o.id = r.officer JOIN limu.person p ON p.id = o.person
    LEFT JOIN limu.emergency_answer a ON a.request = r.id"""
_EMERGENCY = """
    SELECT a.id, o.code AS officer, s.code AS second, a.reason, a.minutes, a.opened_at, c.closed_at,
           coalesce(c.why, '') AS why
    FROM limu.emergency_access a JOIN limu.officer o ON o.id = a.officer
    JOIN limu.officer s ON s.id = a.second LEFT JOIN limu.emergency_closed c ON c.emergency = a.id"""


def insert(
    connection: Connection[Any], emergency: Emergency, *, officer: UUID, second: UUID, request: UUID | None = None
) -> None:
    """Write one opening."""
    connection.execute(
        "INSERT INTO limu.emergency_access (id, officer, second, reason, minutes, request)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (emergency.id, officer, second, emergency.reason, emergency.minutes, request),
    )


def insert_request(connection: Connection[Any], *, id: UUID, officer: UUID, reason: str, minutes: int) -> None:  # noqa: A002 - the column's name
    """Write down what is asked for."""
    connection.execute(
        "INSERT INTO limu.emergency_request (id, officer, reason, minutes) VALUES (%s, %s, %s, %s)",
        (id, officer, reason, minutes),
    )


def insert_answer(connection: Connection[Any], *, request: UUID, officer: UUID, is_agreed: bool) -> None:
    """Write the answer of the second person; there is one."""
    connection.execute(
        "INSERT INTO limu.emergency_answer (request, officer, is_agreed) VALUES (%s, %s, %s)",
        (request, officer, is_agreed),
    )


def waiting_requests(connection: Connection[Any]) -> list[EmergencyRequest]:
    """List what still can be answered."""
    with connection.cursor(row_factory=class_row(EmergencyRequest)) as cursor:
        return cursor.execute(
            _REQUEST + " WHERE a.request IS NULL AND r.asked_at > clock_timestamp() - %s ORDER BY r.asked_at",
            (ANSWERED_WITHIN,),
        ).fetchall()


def find_request(connection: Connection[Any], request: UUID) -> EmergencyRequest | None:
    """Find one request with its answer, if it has one."""
    with connection.cursor(row_factory=class_row(EmergencyRequest)) as cursor:
        return cursor.execute(_REQUEST + " WHERE r.id = %s", (request,)).fetchone()


def find(connection: Connection[Any], emergency: str) -> Emergency | None:
    """Find one opening by its identifier as an address gives it."""
    with connection.cursor(row_factory=class_row(Emergency)) as cursor:
        return cursor.execute(_EMERGENCY + " WHERE a.id::text = %s", (emergency,)).fetchone()


def opened_by_request(connection: Connection[Any], request: UUID) -> Emergency | None:
    """Find the opening that a request led to."""
    with connection.cursor(row_factory=class_row(Emergency)) as cursor:
        return cursor.execute(_EMERGENCY + " WHERE a.request = %s", (request,)).fetchone()


def is_open(connection: Connection[Any]) -> bool:
    """Tell whether emergency access is open at this instant."""
    return connection.execute("SELECT WHERE limu.emergency_is_open()").fetchone() is not None


def overdue(connection: Connection[Any]) -> bool:
    """Tell whether an opening has passed its limit and nobody has written its end."""
    row = connection.execute(
        """SELECT FROM limu.emergency_access a
           WHERE clock_timestamp() >= a.opened_at + make_interval(mins => a.minutes)
             AND NOT EXISTS (SELECT FROM limu.emergency_closed c WHERE c.emergency = a.id)"""
    ).fetchone()
    return row is not None


def close_open(connection: Connection[Any], why: str) -> int:
    """Write the end of every opening that has none."""
    return connection.execute(
        """INSERT INTO limu.emergency_closed (emergency, why)
           SELECT id, %s FROM limu.emergency_access a
           WHERE NOT EXISTS (SELECT FROM limu.emergency_closed c WHERE c.emergency = a.id) ON CONFLICT DO NOTHING""",
        (why,),
    ).rowcount


def newest(connection: Connection[Any], *, limit: int = 20, skip: int = 0) -> list[Emergency]:
    """List openings, the newest first."""
    with connection.cursor(row_factory=class_row(Emergency)) as cursor:
        return cursor.execute(
            _EMERGENCY + " ORDER BY a.opened_at DESC, a.id LIMIT %s OFFSET %s", (limit, skip)
        ).fetchall()


def unseen(connection: Connection[Any], officer: UUID) -> list[Emergency]:
    """List openings that an officer has not taken note of, the newest first."""
    with connection.cursor(row_factory=class_row(Emergency)) as cursor:
        return cursor.execute(
            _EMERGENCY + " WHERE NOT EXISTS (SELECT FROM limu.emergency_seen n WHERE n.emergency = a.id"
            " AND n.officer = %s) ORDER BY a.opened_at DESC LIMIT 5",
            (officer,),
        ).fetchall()


def note_seen(connection: Connection[Any], officer: UUID) -> None:
    """Write down that an officer has taken note of every opening so far."""
    connection.execute(
        "INSERT INTO limu.emergency_seen (emergency, officer) SELECT id, %s FROM limu.emergency_access"
        " ON CONFLICT DO NOTHING",
        (officer,),
    )
