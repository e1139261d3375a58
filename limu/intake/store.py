"""Every query on submissions. A department's rows alone are open: the caller has entered row-level security."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row, scalar_row
from psycopg.types.json import Jsonb

from limu.intake import store_dispatch
from limu.intake.rules import CHUNK_ROWS, FIRST_ROWS, LAST_ROWS, Counts, Intent, Submission, Verdict
from limu.intake.rules_mapping import HeaderMapping, stored_mapping

_COUNTS = ("received", "accepted", "refused", "duplicate", "conflict", "linked", "unlinked", "published", "withheld")
_SELECT = f"""
    SELECT s.id, s.department, s.item, s.item_version, s.officer, s.file_hash, s.intent, s.state, s.chunks_done,
           s.first_chunk, s.largest_chunk, s.last_chunk, s.rows, s.received_at, s.done_at, d.name AS department_name,
           o.code AS officer_code, {", ".join("s." + name for name in _COUNTS)}
    FROM limu.submission s JOIN limu.department d ON d.id = s.department JOIN limu.officer o ON o.id = s.officer
"""


def _submission(row: dict[str, Any]) -> Submission:
    counts = Counts(**{name: row.pop(name) for name in _COUNTS})
    return Submission(**{**row, "file_hash": bytes(row["file_hash"]), "counts": counts})


def find_same(
    connection: Connection[Any], *, department: UUID, item: str, file_hash: bytes, intent: Intent
) -> Submission | None:
    """Find the submission of this very file, whatever its state."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            _SELECT + " WHERE s.department = %s AND s.item = %s AND s.file_hash = %s AND s.intent = %s",
            (department, item, file_hash, intent),
        ).fetchone()
    return None if row is None else _submission(row)


def find_submission(connection: Connection[Any], submission: UUID) -> Submission | None:
    """Find a submission by its id."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_SELECT + " WHERE s.id = %s", (submission,)).fetchone()
    return None if row is None else _submission(row)


def list_submissions(connection: Connection[Any], *, most: int) -> tuple[Submission, ...]:
    """List what row-level security opens, the newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(_SELECT + " ORDER BY s.received_at DESC, s.id LIMIT %s", (most,))
        return tuple(_submission(row) for row in cursor)


def refresh_statistics(connection: Connection[Any]) -> None:
    """Let the planner know what has been stored since the server's own last look at it."""
    connection.execute("SELECT limu.refresh_statistics()")


def insert_submission(
    connection: Connection[Any], *, id: UUID, department: UUID, item: tuple[str, int], officer: UUID,  # noqa: A002
    file_hash: bytes, mapping: HeaderMapping, intent: Intent, state: str,
) -> Submission:  # fmt: skip
    """Open a submission; a nil return is done as soon as it is there."""
    connection.execute(
        """INSERT INTO limu.submission (id, department, item, item_version, officer, file_hash, mapping, intent, state,
               first_chunk, largest_chunk, last_chunk, done_at)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,
                   CASE WHEN %s = 'done' THEN limu.register_now() END)""",
        (
            id,
            department,
            *item,
            officer,
            file_hash,
            Jsonb(mapping.as_json()),
            intent,
            state,
            FIRST_ROWS,
            CHUNK_ROWS,
            LAST_ROWS,
            state,
        ),
    )
    opened = find_submission(connection, id)
    assert opened is not None
    return opened


def lock_submission(connection: Connection[Any], submission: UUID) -> bool:
    """Hold a submission against a second process until this connection closes; False where another holds it."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 7))", (str(submission),))
        if not cursor.fetchone():
            return False
        # A killed process may have left a second connection whose last statement the server is still at.
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 8))", (str(submission),))
        cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 8))", (str(submission),))
        return True


def share_submission(connection: Connection[Any], submission: UUID) -> None:
    """Write for a submission beside the connection that holds it, until this one closes."""
    connection.execute("SELECT pg_advisory_lock_shared(hashtextextended(%s, 8))", (str(submission),))


def unlock_submission(connection: Connection[Any], submission: UUID) -> None:
    """Let a submission go."""
    connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 7))", (str(submission),))


def add_chunk(connection: Connection[Any], submission: UUID, *, chunks_done: int, counts: Counts) -> None:
    """Move the durable cursor past a chunk and add its account, in the transaction that entered it."""
    added = ", ".join(f"{name} = {name} + %({name})s" for name in _COUNTS)
    connection.execute(
        f"UPDATE limu.submission SET chunks_done = %(done)s, {added} WHERE id = %(id)s AND chunks_done = %(done)s - 1",
        {"id": submission, "done": chunks_done, **{name: getattr(counts, name) for name in _COUNTS}},
    )


def insert_rows(
    connection: Connection[Any], *, submission: UUID, department: UUID,
    rows: Sequence[tuple[int, Verdict, Sequence[str]]],
) -> None:  # fmt: skip
    """Keep the verdict and codes of rows that did not enter; nothing of what they say."""
    if not rows:
        return
    connection.execute(
        """INSERT INTO limu.submission_row (submission, department, row_number, verdict, codes)
           SELECT %s, %s, n, v, string_to_array(c, ' ')
           FROM unnest(%s::integer[], %s::text[], %s::text[]) AS r(n, v, c)""",
        (submission, department, [r[0] for r in rows], [r[1] for r in rows], [" ".join(r[2]) for r in rows]),
    )


def set_state(connection: Connection[Any], submission: UUID, state: str, *, rows: int | None = None) -> None:
    """Say how a submission stands, and how many rows its file had; 'done' is what makes its records visible."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        department = cursor.execute(
            """UPDATE limu.submission SET state = %(state)s, rows = coalesce(%(rows)s, rows),
                   done_at = CASE WHEN %(state)s = 'done' THEN limu.register_now() ELSE done_at END
               WHERE id = %(id)s RETURNING department""",
            {"state": state, "rows": rows, "id": submission},
        ).fetchone()
    if department is not None:
        store_dispatch.close_mended(connection, department)


def codes_of(connection: Connection[Any], submission: UUID) -> dict[str, int]:
    """Count the codes under which rows were turned away."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT code, count(*) AS rows FROM limu.submission_row, unnest(codes) AS code
               WHERE submission = %s GROUP BY code ORDER BY code""",
            (submission,),
        )
        return {row["code"]: row["rows"] for row in cursor}


def verdicts_of(connection: Connection[Any], submission: UUID) -> dict[int, Verdict]:
    """List the rows that did not enter, with their verdicts."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SELECT row_number, verdict FROM limu.submission_row WHERE submission = %s", (submission,))
        return {row["row_number"]: row["verdict"] for row in cursor}


def ended_rows_of(connection: Connection[Any], submission: UUID) -> dict[int, str]:
    """List the rows that were refused because what they report has ended, with their codes."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT row_number, code FROM limu.submission_row, unnest(codes) AS code
               WHERE submission = %s AND starts_with(code, 'ended_') ORDER BY row_number""",
            (submission,),
        )
        return {row["row_number"]: row["code"] for row in cursor}


def remembered_mapping(connection: Connection[Any], *, department: UUID, item: str) -> HeaderMapping | None:
    """Return the mapping that a department used last for an item."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        stored = cursor.execute(
            "SELECT mapping FROM limu.header_mapping WHERE department = %s AND item = %s", (department, item)
        ).fetchone()
    return None if stored is None else stored_mapping(stored)


def remember_mapping(connection: Connection[Any], *, department: UUID, item: str, mapping: HeaderMapping) -> None:
    """Keep the mapping a department used, so that it is not asked twice."""
    connection.execute(
        """INSERT INTO limu.header_mapping (department, item, mapping) VALUES (%s, %s, %s)
           ON CONFLICT (department, item) DO UPDATE SET mapping = excluded.mapping, used_at = limu.register_now()""",
        (department, item, Jsonb(mapping.as_json())),
    )
