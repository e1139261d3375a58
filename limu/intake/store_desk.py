"""Queries of the department's desk on submissions; row-level security opens the own department's alone."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import class_row, dict_row, scalar_row
from psycopg.types.json import Jsonb

from limu.intake.rules import SPLIT_STEP, Submission
from limu.intake.rules_mapping import HeaderMapping, stored_mapping
from limu.intake.store import _SELECT, _submission
from limu.intake.store_tally import rows_of_line
from limu.wire.clock import midnight


@dataclass(frozen=True, slots=True)
class Filed:
    """What a department filed of an item on a day."""

    department: UUID
    item: str
    day: date
    is_nil: bool
    received: int
    accepted: int
    refused: int
    unlinked: int


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A row that did not enter: where it stands and under which codes; nothing of what it says."""

    submission: UUID
    item: str
    received_at: datetime
    row_number: int
    verdict: str
    codes: tuple[str, ...]


def filed_since(connection: Connection[Any], day: date, *, department: UUID | None) -> tuple[Filed, ...]:
    """Sum what was filed, by department, item and day; what was undone or could not be read counts for nothing."""
    with connection.cursor(row_factory=class_row(Filed)) as cursor:
        return tuple(
            cursor.execute(
                """SELECT department, item, (received_at AT TIME ZONE 'Asia/Shanghai')::date AS day,
                          intent = 'nil' AS is_nil, sum(received)::int AS received, sum(accepted)::int AS accepted,
                          (sum(refused) + sum(conflict))::int AS refused, sum(unlinked)::int AS unlinked
                   FROM limu.submission
                   WHERE state = 'done' AND received_at >= %(day)s
                     AND (%(department)s::uuid IS NULL OR department = %(department)s)
                     AND (intent = 'nil' OR accepted + duplicate > 0)
                   GROUP BY 1, 2, 3, 4 ORDER BY 3""",
                {"day": midnight(day), "department": department},
            )
        )


def submissions_page(
    connection: Connection[Any], *, department: UUID, item: str, before: datetime | None, limit: int
) -> tuple[Submission, ...]:
    """List a department's submissions, the newest first, and one more than asked to tell whether there are more."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            _SELECT
            + """ WHERE s.department = %(department)s AND (%(item)s = '' OR s.item = %(item)s)
                  AND (%(before)s::timestamptz IS NULL OR s.received_at < %(before)s)
                  ORDER BY s.received_at DESC LIMIT %(limit)s""",
            {"department": department, "item": item, "before": before, "limit": limit + 1},
        )
        return tuple(_submission(row) for row in cursor)


def mapping_of(connection: Connection[Any], submission: UUID) -> HeaderMapping:
    """Return how a submission's file was read."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("SELECT mapping FROM limu.submission WHERE id = %s", (submission,)).fetchone()
    return HeaderMapping() if row is None else stored_mapping(row["mapping"])


_PROBLEMS = """
    SELECT r.submission, s.item, s.received_at, r.row_number, r.verdict, r.codes
    FROM limu.submission_row r JOIN limu.submission s ON s.id = r.submission
    WHERE s.department = %(department)s AND s.state = 'done' AND r.verdict <> 'duplicate'
"""


def problems_of(
    connection: Connection[Any], *, department: UUID, submission: UUID, after: int, limit: int
) -> tuple[ProblemRow, ...]:
    """List the problem rows of one submission in the order of its file, and one more than asked."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            _PROBLEMS + " AND r.submission = %(submission)s AND r.row_number > %(after)s"
            " ORDER BY r.row_number LIMIT %(limit)s",
            {"department": department, "submission": submission, "after": after, "limit": limit + 1},
        )
        return tuple(ProblemRow(**{**row, "codes": tuple(row["codes"])}) for row in cursor)


@dataclass(frozen=True, slots=True)
class OpenProblems:
    """A submission that still has rows to mend."""

    submission: UUID
    item: str
    received_at: datetime
    waiting: int
    conflict: int
    persons: int


_OPEN = """WITH filed AS MATERIALIZED (
    SELECT s.id, s.item, s.received_at FROM limu.submission s
    WHERE s.department = %(department)s AND s.state = 'done' AND s.refused + s.conflict > 0
      AND (%(item)s = '' OR s.item = %(item)s))"""
# Lines that were turned away, as they were counted; of those that stand for several rows, each once.
_TURNED = f"""
    SELECT coalesce(sum(t.rows) FILTER (WHERE NOT t.is_part AND NOT t.codes @> ARRAY['person']), 0) AS plain,
           coalesce(sum(t.rows) FILTER (WHERE t.verdict = 'conflict' AND NOT t.codes @> ARRAY['person']), 0)
             AS conflict,
           coalesce(sum(t.rows) FILTER (WHERE t.codes @> ARRAY['person']), 0) AS persons,
           (SELECT count(DISTINCT r.row_number %% {SPLIT_STEP}) FROM limu.submission_row r
            WHERE r.submission = o.id AND r.row_number >= {SPLIT_STEP} AND r.verdict <> 'duplicate'
              AND NOT r.codes @> ARRAY['person'] AND NOT EXISTS (
                SELECT FROM limu.submission_row b WHERE b.submission = r.submission
                  AND b.row_number = r.row_number %% {SPLIT_STEP} AND b.verdict <> 'duplicate'
                  AND NOT b.codes @> ARRAY['person'])) AS parted
    FROM limu.submission_tally t WHERE t.submission = o.id AND t.verdict <> 'duplicate'"""
# Lines of them that were mended in place, are set aside, or are asked to be.
_SETTLED = f"""
    SELECT count(DISTINCT l.row_number) AS lines, count(*) FILTER (WHERE r.verdict = 'conflict') AS conflict
    FROM (SELECT m.submission, m.row_number FROM limu.mended_row m WHERE m.submission = o.id
          UNION SELECT v.submission, v.row_number FROM limu.waiver v WHERE v.submission = o.id
            AND (v.settled_at IS NULL OR (v.is_granted AND v.reversed_at IS NULL))) l
    CROSS JOIN LATERAL ({rows_of_line("l")}) r"""


def open_problems(
    connection: Connection[Any], *, department: UUID, item: str, limit: int, skip: int = 0
) -> tuple[OpenProblems, ...]:  # fmt: skip
    """List submissions with rows that wait to be mended, the newest first; what was mended or set aside is done."""
    with connection.cursor(row_factory=class_row(OpenProblems)) as cursor:
        return tuple(
            cursor.execute(
                f"""{_OPEN} SELECT o.id AS submission, o.item, o.received_at,
                        (t.plain + t.parted - d.lines)::int AS waiting, (t.conflict - d.conflict)::int AS conflict,
                        t.persons::int AS persons
                    FROM filed o CROSS JOIN LATERAL ({_TURNED}) t CROSS JOIN LATERAL ({_SETTLED}) d
                    WHERE t.plain + t.parted > d.lines
                    ORDER BY o.received_at DESC, o.id LIMIT %(limit)s OFFSET %(skip)s""",
                {"department": department, "item": item, "limit": limit, "skip": skip},
            )
        )


def queue_submission(
    connection: Connection[Any], submission: UUID, *, department: UUID, mapping: HeaderMapping, name: str
) -> None:
    """Leave a large file to the worker; the row is told after the commit (limu.outbox)."""
    connection.execute(
        "INSERT INTO limu.outbox (id, kind, body) VALUES (%s, 'enter_submission', %s)",
        (
            uuid4(),
            Jsonb(
                {
                    "submission": str(submission),
                    "department": str(department),
                    "mapping": mapping.as_json(),
                    "name": name,
                }
            ),
        ),
    )


@dataclass(frozen=True, slots=True)
class Quality:
    """What a department sent of one item over a time, and how soon after the decisions."""

    item: str
    submissions: int
    received: int
    accepted: int
    refused: int
    duplicate: int
    conflict: int
    linked: int
    unlinked: int
    nil: int


def quality(connection: Connection[Any], *, department: UUID, since: date) -> tuple[Quality, ...]:
    """Count by item what a department sent since a day."""
    with connection.cursor(row_factory=class_row(Quality)) as cursor:
        return tuple(
            cursor.execute(
                """SELECT item, (count(*) FILTER (WHERE intent <> 'nil'))::int AS submissions,
                          sum(received)::int AS received, sum(accepted)::int AS accepted, sum(refused)::int AS refused,
                          sum(duplicate)::int AS duplicate, sum(conflict)::int AS conflict, sum(linked)::int AS linked,
                          sum(unlinked)::int AS unlinked, (count(*) FILTER (WHERE intent = 'nil'))::int AS nil
                   FROM limu.submission WHERE department = %s AND state = 'done' AND received_at >= %s
                   GROUP BY item ORDER BY item""",
                (department, midnight(since)),
            )
        )


def is_file_used(connection: Connection[Any], file_hash: bytes) -> bool:
    """Tell whether anybody's submission stands on a stored file; says nothing of whose."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        return bool(cursor.execute("SELECT limu.is_file_used(%s)", (file_hash,)).fetchone())


def note_expected(connection: Connection[Any], submission: UUID, rows: int | None) -> None:
    """Write down how many rows a file has, for the page that shows how far it is."""
    connection.execute("UPDATE limu.submission SET expected = %s WHERE id = %s", (rows, submission))


def expected_of(connection: Connection[Any], submission: UUID) -> int | None:
    """How many rows the file of a submission has, where that was counted."""
    row = connection.execute("SELECT expected FROM limu.submission WHERE id = %s", (submission,)).fetchone()
    return None if row is None else row["expected"]
