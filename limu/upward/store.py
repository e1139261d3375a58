"""Queries on what goes up; set-wise in the transaction of intake, row by row where an answer comes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from limu.upward.rules import MOST_ROWS, REPAIRED, Answer, Operation, Package, Settled


def note_entered(connection: Connection[Any], submission: UUID, *, first_row: int = 0) -> None:
    """Write down that a submission's records go up, those from a row on; nothing while the channel is closed."""
    connection.execute(
        """INSERT INTO limu.upward_row (record, operation, subject, department, item, submission, row_number)
           SELECT r.id, 'report', r.subject, r.department, r.item, r.submission, r.row_number FROM limu.record r
           WHERE (SELECT is_open FROM limu.upward_channel) AND r.submission = %s AND r.row_number >= %s
           ON CONFLICT DO NOTHING""",
        (submission, first_row),
    )


def note_turn(
    connection: Connection[Any], record: UUID, *, operation: Operation, reason: str, document: str = ""
) -> None:
    """Write down that the platform above must be told of an ending, or of a lawful return, after what it was told last.

    Of what never went up nothing need be said; an answer to an application is not what a record was told last. The
    caller has locked the record, so that no turn is taken twice."""
    connection.execute(
        """INSERT INTO limu.upward_row
               (record, turn, operation, reason, document, subject, department, item, submission, row_number)
           SELECT record, (SELECT max(turn) + 1 FROM limu.upward_row WHERE record = %(record)s), %(operation)s,
                  %(reason)s, %(document)s, subject, department, item, submission, row_number
           FROM (SELECT * FROM limu.upward_row WHERE record = %(record)s AND operation <> 'answer'
                 ORDER BY turn DESC LIMIT 1) last
           WHERE operation <> %(operation)s ON CONFLICT DO NOTHING""",
        {"record": record, "operation": operation, "reason": reason, "document": document},
    )


def note_repaired(connection: Connection[Any], record: UUID, *, subject: UUID, document: str) -> None:
    """Write down a repair decision of ours: it goes up also where the record itself never went by this way."""
    note_turn(connection, record, operation="withdraw", reason=REPAIRED, document=document)
    connection.execute(
        """INSERT INTO limu.upward_row
               (record, turn, operation, reason, document, subject, department, item, submission, row_number)
           SELECT r.id, coalesce((SELECT max(turn) FROM limu.upward_row u WHERE u.record = r.id), 0) + 1, 'withdraw',
                  %s, %s, r.subject, r.department, r.item, r.submission, r.row_number
           FROM limu.record r WHERE (SELECT is_open FROM limu.upward_channel) AND r.subject = %s AND r.id = %s
             AND NOT EXISTS (SELECT FROM limu.upward_row u WHERE u.record = r.id AND u.operation <> 'answer')
           ON CONFLICT DO NOTHING""",
        (REPAIRED, document, subject, record),
    )


def note_refused(connection: Connection[Any], record: UUID, *, subject: UUID, reason: str, document: str) -> None:
    """Write down that an application from above was refused, with the reasons. The caller has locked the record."""
    connection.execute(
        """INSERT INTO limu.upward_row
               (record, turn, operation, reason, document, subject, department, item, submission, row_number)
           SELECT r.id, coalesce((SELECT max(turn) FROM limu.upward_row u WHERE u.record = r.id), 0) + 1, 'answer', %s,
                  %s, r.subject, r.department, r.item, r.submission, r.row_number
           FROM limu.record r WHERE (SELECT is_open FROM limu.upward_channel) AND r.subject = %s AND r.id = %s""",
        (reason, document, subject, record),
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
               SELECT u.record, u.turn, u.department, u.item, d.uscc AS department_uscc
               FROM limu.upward_row u JOIN first f ON f.department = u.department AND f.item = u.item
               JOIN limu.department d ON d.id = u.department
               JOIN limu.submission s ON s.id = u.submission AND s.state <> 'entering'
               WHERE u.state = 'waiting' ORDER BY u.entered_at, u.record, u.turn LIMIT %s""",
            (MOST_ROWS,),
        ).fetchall()


def rows_of(connection: Connection[Any], keys: Sequence[tuple[UUID, int]]) -> list[dict[str, Any]]:
    """Read what some rows say."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT u.record, u.turn, u.operation, u.reason, u.document, r.party_name, s.uscc, r.content
               FROM unnest(%s::uuid[], %s::integer[]) AS w (record, turn)
               JOIN limu.upward_row u ON u.record = w.record AND u.turn = w.turn
               JOIN limu.record r ON r.subject = u.subject AND r.id = u.record
               JOIN limu.subject s ON s.id = u.subject""",
            ([key[0] for key in keys], [key[1] for key in keys]),
        ).fetchall()


def insert_package(connection: Connection[Any], package: Package, keys: Sequence[tuple[UUID, int]]) -> None:
    """Keep a package and put its rows into it."""
    connection.execute(
        """INSERT INTO limu.upward_package (number, department, item, rows, digest, content)
           VALUES (%s, %s, %s, %s, %s, %s)""",
        (package.number, package.department, package.item, package.rows, package.digest, package.content),
    )
    connection.execute(
        """UPDATE limu.upward_row u SET state = 'packed', package = %s
           FROM unnest(%s::uuid[], %s::integer[]) AS w (record, turn)
           WHERE u.record = w.record AND u.turn = w.turn AND u.state = 'waiting'""",
        (package.number, [key[0] for key in keys], [key[1] for key in keys]),
    )


def due(connection: Connection[Any], now: datetime) -> tuple[Package, ...]:
    """List packages that are to be sent now, first or again."""
    with connection.cursor(row_factory=class_row(Package)) as cursor:
        cursor.execute(
            """SELECT number, department, item, rows, digest, attempts, content FROM limu.upward_package
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


def settle(connection: Connection[Any], answer: Answer) -> tuple[Settled, ...]:
    """End the rows an answer speaks of that nothing has ended before."""
    told = [{"record": str(v[0]), "turn": v[1], "verdict": v[2], "codes": v[3]} for v in answer.verdicts]
    with connection.cursor(row_factory=class_row(Settled)) as cursor:
        cursor.execute(
            """UPDATE limu.upward_row u SET state = w.verdict, settled_at = limu.register_now(),
                   codes = ARRAY (SELECT jsonb_array_elements_text(w.codes))
               FROM jsonb_to_recordset(%s) AS w (record uuid, turn integer, verdict text, codes jsonb)
               WHERE u.record = w.record AND u.turn = w.turn AND u.package = %s AND u.state = 'packed'
               RETURNING u.record, u.operation, u.reason, u.document, u.state""",
            (Jsonb(told), answer.number),
        )
        settled = tuple(cursor)
    connection.execute(
        """UPDATE limu.upward_package SET answered_at = limu.register_now(), content = NULL
           WHERE number = %s AND answered_at IS NULL
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
    """Count rows by department, item, what was told and state."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT d.name AS department, u.item, u.operation, u.state, count(*)::int AS rows FROM limu.upward_row u
               JOIN limu.department d ON d.id = u.department GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"""
        ).fetchall()


def states_of(connection: Connection[Any], records: Sequence[UUID]) -> list[dict[str, Any]]:
    """Tell how far the last of what was said of some records has come on the way up."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT DISTINCT ON (record) record, operation, state, codes, settled_at FROM limu.upward_row
               WHERE record = ANY (%s) AND operation <> 'answer' ORDER BY record, turn DESC""",
            (list(records),),
        ).fetchall()


def answers_of(connection: Connection[Any], documents: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Tell how far the answers to applications from above have come, by the number of the case; the last counts."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT DISTINCT ON (document) document, operation, state, codes, settled_at FROM limu.upward_row
               WHERE operation = 'answer' AND document = ANY (%s) ORDER BY document, turn DESC""",
            (list(documents),),
        )
        return {row.pop("document"): row for row in cursor}


def returned(connection: Connection[Any], *, department: UUID, limit: int) -> list[dict[str, Any]]:
    """List what the platform above gave back and nothing has replaced since, the newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT u.record, u.item, u.submission, u.row_number, u.codes, u.settled_at, r.document_number,
                      r.party_name
               FROM limu.upward_row u JOIN limu.record r ON r.subject = u.subject AND r.id = u.record
               WHERE u.department = %s AND u.state = 'returned' AND u.operation = 'report'
                 AND NOT EXISTS (SELECT FROM limu.upward_row l WHERE l.record = u.record AND l.turn > u.turn
                                 AND l.operation <> 'answer')
               ORDER BY u.settled_at DESC LIMIT %s""",
            (department, limit),
        ).fetchall()
