"""Queries on what goes up; set-wise in the transaction of intake, row by row where an answer comes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import class_row, dict_row

from limu.upward.rules import MOST_ROWS, Answer, Package


def note_entered(connection: Connection[Any], submission: UUID) -> None:
    """Write down that a submission's records go up; nothing while the channel is closed."""
    connection.execute(
        """INSERT INTO limu.upward_row (record, operation, subject, department, item, submission, row_number)
           SELECT r.id, 'report', r.subject, r.department, r.item, r.submission, r.row_number FROM limu.record r
           WHERE (SELECT is_open FROM limu.upward_channel) AND r.submission = %s
           ON CONFLICT DO NOTHING""",
        (submission,),
    )


def note_ended(connection: Connection[Any], *, record: UUID) -> None:
    """Write down that the platform above must be told of an ending; of what never went up nothing need be said."""
    connection.execute(
        """INSERT INTO limu.upward_row (record, operation, subject, department, item, submission, row_number)
           SELECT record, 'withdraw', subject, department, item, submission, row_number FROM limu.upward_row
           WHERE record = %s AND operation = 'report' ON CONFLICT DO NOTHING""",
        (record,),
    )


def set_channel(connection: Connection[Any], *, is_open: bool, officer: UUID) -> None:
    """Open or close the way up."""
    connection.execute(
        "UPDATE limu.upward_channel SET is_open = %s, changed_by = %s, changed_at = limu.register_now()",
        (is_open, officer),
    )


def lock_round(connection: Connection[Any]) -> bool:
    """Let one process pack and send at a time; the lock ends with the transaction."""
    row = connection.execute("SELECT pg_try_advisory_xact_lock(7105) AS held").fetchone()
    return bool(row and row["held"])


def waiting(connection: Connection[Any]) -> list[dict[str, Any]]:
    """Take the longest waiting rows of one department and item, at most a package full."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """WITH first AS (SELECT u.department, u.item FROM limu.upward_row u
                              JOIN limu.submission s ON s.id = u.submission AND s.state <> 'entering'
                              WHERE u.state = 'waiting' ORDER BY u.entered_at LIMIT 1)
               SELECT u.record, u.operation, u.department, u.item, d.uscc AS department_uscc
               FROM limu.upward_row u JOIN first f ON f.department = u.department AND f.item = u.item
               JOIN limu.department d ON d.id = u.department
               JOIN limu.submission s ON s.id = u.submission AND s.state <> 'entering'
               WHERE u.state = 'waiting' ORDER BY u.entered_at, u.record, u.operation LIMIT %s""",
            (MOST_ROWS,),
        ).fetchall()


def rows_of(connection: Connection[Any], *, package: str | None, records: Sequence[UUID] = ()) -> list[dict[str, Any]]:
    """Read what the rows of a package, or some records, say."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT u.record, u.operation, r.party_name, s.uscc, r.content
               FROM limu.upward_row u JOIN limu.record r ON r.subject = u.subject AND r.id = u.record
               JOIN limu.subject s ON s.id = u.subject
               WHERE u.package = %s OR u.record = ANY (%s)""",
            (package, list(records)),
        ).fetchall()


def insert_package(connection: Connection[Any], package: Package, rows: Sequence[tuple[UUID, str]]) -> None:
    """Keep a package and put its rows into it."""
    connection.execute(
        "INSERT INTO limu.upward_package (number, department, item, rows, digest) VALUES (%s, %s, %s, %s, %s)",
        (package.number, package.department, package.item, package.rows, package.digest),
    )
    connection.execute(
        """UPDATE limu.upward_row u SET state = 'packed', package = %s
           FROM unnest(%s::uuid[], %s::text[]) AS w (record, operation)
           WHERE u.record = w.record AND u.operation = w.operation AND u.state = 'waiting'""",
        (package.number, [row[0] for row in rows], [row[1] for row in rows]),
    )


def due(connection: Connection[Any], now: datetime) -> tuple[Package, ...]:
    """List packages that are to be sent now, first or again."""
    with connection.cursor(row_factory=class_row(Package)) as cursor:
        cursor.execute(
            """SELECT number, department, item, rows, digest, attempts FROM limu.upward_package
               WHERE answered_at IS NULL AND next_at <= %s ORDER BY made_at, number LIMIT 100""",
            (now,),
        )
        return tuple(cursor)


def note_sent(connection: Connection[Any], number: str, *, next_at: datetime, failure: str | None) -> None:
    """Write down a try and when the next one is due."""
    connection.execute(
        """UPDATE limu.upward_package SET attempts = attempts + 1, next_at = %s, failure = %s,
               sent_at = CASE WHEN %s::text IS NULL THEN limu.register_now() ELSE sent_at END WHERE number = %s""",
        (next_at, failure, failure, number),
    )


def find_package(connection: Connection[Any], number: str) -> Package | None:
    """Find a package by its number, locked for the answer to it."""
    with connection.cursor(row_factory=class_row(Package)) as cursor:
        return cursor.execute(
            """SELECT number, department, item, rows, digest, attempts FROM limu.upward_package
               WHERE number = %s FOR UPDATE""",
            (number,),
        ).fetchone()


def settle(connection: Connection[Any], answer: Answer) -> int:
    """End the rows an answer speaks of that nothing has ended before; returns how many."""
    settled = 0
    for record, operation, verdict, codes in answer.verdicts:
        settled += connection.execute(
            """UPDATE limu.upward_row SET state = %s, codes = %s, settled_at = limu.register_now()
               WHERE record = %s AND operation = %s AND package = %s AND state = 'packed'""",
            (verdict, list(codes), record, operation, answer.number),
        ).rowcount
    connection.execute(
        """UPDATE limu.upward_package SET answered_at = limu.register_now() WHERE number = %s AND answered_at IS NULL
           AND NOT EXISTS (SELECT FROM limu.upward_row WHERE package = number AND state = 'packed')""",
        (answer.number,),
    )
    return settled


def note_answer(connection: Connection[Any], *, number: str, digest: bytes, settled: int, told: str) -> None:
    """Keep that an answer came and what came of it."""
    connection.execute(
        "INSERT INTO limu.upward_answer (id, number, digest, settled, told) VALUES (%s, %s, %s, %s, %s)",
        (uuid4(), number, digest, settled, told),
    )


def counts(connection: Connection[Any]) -> list[dict[str, Any]]:
    """Count rows by department, item and state."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT d.name AS department, u.item, u.state, count(*)::int AS rows FROM limu.upward_row u
               JOIN limu.department d ON d.id = u.department GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
        ).fetchall()


def states_of(connection: Connection[Any], records: Sequence[UUID]) -> list[dict[str, Any]]:
    """Tell how far some records have come on the way up."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT record, state, codes, settled_at FROM limu.upward_row
               WHERE record = ANY (%s) AND operation = 'report'""",
            (list(records),),
        ).fetchall()


def returned(connection: Connection[Any], *, department: UUID, limit: int) -> list[dict[str, Any]]:
    """List what the platform above gave back and nothing has replaced since, the newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT u.record, u.item, u.submission, u.row_number, u.codes, u.settled_at, r.document_number,
                      r.party_name
               FROM limu.upward_row u JOIN limu.record r ON r.subject = u.subject AND r.id = u.record
               WHERE u.department = %s AND u.state = 'returned' AND u.operation = 'report'
                 AND NOT EXISTS (SELECT FROM limu.record_event e WHERE e.subject = u.subject AND e.record = u.record
                     AND e.kind IN ('record_superseded', 'record_withdrawn', 'record_revoked', 'record_unlinked'))
               ORDER BY u.settled_at DESC LIMIT %s""",
            (department, limit),
        ).fetchall()
