"""Days of decision and of receipt, counted: by the worker for good, and at once for what it has not come to yet."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, scalar_row

from limu.wire.clock import midnight


@dataclass(frozen=True, slots=True)
class Lag:
    """How many records of an item were decided on one day and received on another."""

    item: str
    decided_on: date
    received_on: date
    rows: int


_RECEIVED = "(r.recorded_at AT TIME ZONE 'Asia/Shanghai')::date"


AT_ONCE = 20_000
"""So many records are counted while a page waits; what is beyond them waits for the worker, and the page says so."""
_UNCOUNTED = """WITH uncounted AS MATERIALIZED (
    SELECT s.id AS submission, s.item, s.accepted,
           sum(s.accepted) OVER (ORDER BY s.accepted, s.id) <= %(at_once)s AS is_now
    FROM limu.submission s
    WHERE s.id IN (SELECT submission FROM limu.record_uncounted WHERE department = %(department)s))"""


def lags(connection: Connection[Any], *, department: UUID, since: date) -> tuple[Lag, ...]:
    """Count records by item, day of decision and day of receipt, for timeliness in working days."""
    with connection.cursor(row_factory=class_row(Lag)) as cursor:
        return tuple(
            cursor.execute(
                f"""{_UNCOUNTED}
                    SELECT item, decided_on, received_on, sum(rows)::int AS rows FROM (
                        SELECT l.item, l.decided_on, l.received_on, l.rows FROM limu.record_lag l
                        WHERE l.department = %(department)s AND l.received_on >= %(since)s
                          AND l.submission NOT IN (SELECT submission FROM uncounted)
                        UNION ALL
                        SELECT r.item, r.decided_on, {_RECEIVED}, count(*) FROM uncounted u
                        JOIN limu.record r ON r.submission = u.submission
                        WHERE u.is_now AND r.department = %(department)s AND r.recorded_at >= %(from)s
                          AND r.decided_on IS NOT NULL
                        GROUP BY 1, 2, 3) counted
                    GROUP BY 1, 2, 3""",
                {"department": department, "since": since, "from": midnight(since), "at_once": AT_ONCE},
            )
        )


def being_counted(connection: Connection[Any], *, department: UUID) -> dict[str, int]:
    """How many records of each item wait to be counted by the worker."""
    rows = connection.execute(
        f"{_UNCOUNTED} SELECT item, sum(accepted)::int AS rows FROM uncounted WHERE NOT is_now GROUP BY 1",
        {"department": department, "at_once": AT_ONCE},
    ).fetchall()
    return {row["item"]: row["rows"] for row in rows}


def take_uncounted(connection: Connection[Any]) -> UUID | None:
    """Take away the marks of one submission whose records are to be counted; one worker at a time."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(
            """WITH taken AS (
                   DELETE FROM limu.record_uncounted WHERE submission = (
                       SELECT submission FROM limu.record_uncounted
                       WHERE pg_try_advisory_xact_lock(hashtext('limu.record_lag')) LIMIT 1)
                   RETURNING submission)
               SELECT submission FROM taken LIMIT 1"""
        ).fetchone()


def count_again(connection: Connection[Any], submission: UUID) -> None:
    """Count a submission's records anew, whatever was counted of it before."""
    connection.execute("DELETE FROM limu.record_lag WHERE submission = %s", (submission,))
    connection.execute(
        f"""INSERT INTO limu.record_lag (submission, department, item, decided_on, received_on, rows)
            SELECT r.submission, r.department, r.item, r.decided_on, {_RECEIVED}, count(*) FROM limu.record r
            WHERE r.submission = %s AND r.decided_on IS NOT NULL GROUP BY 1, 2, 3, 4, 5""",
        (submission,),
    )
