"""Rows that did not enter, as they were counted on entering: statements that read counts and not rows."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from limu.intake.rules import SPLIT_STEP
from limu.wire.clock import midnight


def rows_of_line(line: str) -> str:
    """The rows to mend of a line of a file, `submission` and `row_number` of an alias, each found by its index."""
    of_line = f"r.submission = {line}.submission AND r.verdict <> 'duplicate' AND NOT r.codes @> ARRAY['person']"
    return f"""SELECT r.row_number, r.verdict, r.codes FROM limu.submission_row r
        WHERE {of_line} AND r.row_number = {line}.row_number
        UNION ALL SELECT r.row_number, r.verdict, r.codes FROM limu.submission_row r
        WHERE {of_line} AND r.row_number >= {SPLIT_STEP} AND r.row_number %% {SPLIT_STEP} = {line}.row_number"""


def codes_of_all(connection: Connection[Any], submissions: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Count the codes under which rows of these submissions were turned away."""
    counted: dict[UUID, dict[str, int]] = {submission: {} for submission in submissions}
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT t.submission, c.code, sum(t.rows)::int AS rows
               FROM limu.submission_tally t CROSS JOIN unnest(t.codes) AS c (code)
               WHERE t.submission = ANY (%s) AND t.verdict <> 'duplicate' GROUP BY 1, 2 ORDER BY 3 DESC, 2""",
            (list(submissions),),
        )
        for row in cursor:
            counted[row["submission"]][row["code"]] = row["rows"]
    return counted


def fired_since(connection: Connection[Any], since: date) -> dict[str, list[tuple[str, int]]]:
    """Count the rows each check turned away since a day: code → (item, rows), the most often first."""
    found: dict[str, list[tuple[str, int]]] = {}
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT c.code, s.item, sum(t.rows)::int AS n
               FROM limu.submission s JOIN limu.submission_tally t ON t.submission = s.id
               CROSS JOIN unnest(t.codes) AS c (code)
               WHERE s.received_at >= %s GROUP BY 1, 2 ORDER BY 3 DESC""",
            (midnight(since),),
        )
        for row in cursor:
            found.setdefault(row["code"], []).append((row["item"], row["n"]))
    return found


def refused_on(connection: Connection[Any], *, since: datetime, most: int) -> list[dict[str, Any]]:
    """Count by rule the rows that were refused since an instant, the most frequent first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT c.code, sum(t.rows)::int AS rows
               FROM limu.submission s JOIN limu.submission_tally t ON t.submission = s.id
               CROSS JOIN unnest(t.codes) AS c (code)
               WHERE s.received_at >= %s AND s.state = 'done' AND t.verdict = 'refused'
               GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %s""",
            (since, most),
        ).fetchall()
