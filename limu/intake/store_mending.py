"""Queries on rows that were turned away: which still wait, what mended them, what was set aside by whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, dict_row, scalar_row

from limu.intake import store_dispatch
from limu.intake.rules import SPLIT_STEP
from limu.intake.rules_mending import RowStanding
from limu.ledger.rules import StoredRecord

_ROWS = f"""
    SELECT r.row_number %% {SPLIT_STEP} AS row, array_agg(DISTINCT r.verdict) AS verdicts,
           array_agg(DISTINCT c.code) FILTER (WHERE c.code IS NOT NULL) AS codes
    FROM limu.submission_row r LEFT JOIN LATERAL unnest(r.codes) AS c (code) ON true
    WHERE r.submission = %(submission)s AND r.verdict <> 'duplicate'
    GROUP BY 1
"""
_STANDING = f"""
    SELECT r.*, m.mended_by, m.mended_at, w.id AS waiver, w.is_granted
    FROM ({_ROWS}) r
    LEFT JOIN limu.mended_row m ON m.submission = %(submission)s AND m.row_number = r.row
    LEFT JOIN limu.waiver w ON w.submission = %(submission)s AND w.row_number = r.row
        AND (w.settled_at IS NULL OR (w.is_granted AND w.reversed_at IS NULL))
"""


def _standing(row: dict[str, Any]) -> RowStanding:
    return RowStanding(**{**row, "verdicts": frozenset(row["verdicts"]), "codes": tuple(row["codes"] or ())})


def rows_of(
    connection: Connection[Any], submission: UUID, *, after: int, limit: int
) -> tuple[RowStanding, ...]:  # fmt: skip
    """List the rows of a file that were turned away, in its order, and one more than asked."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            _STANDING + " WHERE r.row > %(after)s ORDER BY r.row LIMIT %(limit)s",
            {"submission": submission, "after": after, "limit": limit + 1},
        )
        return tuple(map(_standing, cursor))


def find_row(connection: Connection[Any], submission: UUID, *, row: int) -> RowStanding | None:
    """Find one row of a file that was turned away."""
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_STANDING + " WHERE r.row = %(row)s", {"submission": submission, "row": row}).fetchone()
    return None if found is None else _standing(found)


def insert_mended(
    connection: Connection[Any], *, submission: UUID, row: int, department: UUID, mended_by: UUID, officer: UUID
) -> None:  # fmt: skip
    """Write down which submission mended a row."""
    connection.execute(
        """INSERT INTO limu.mended_row (submission, row_number, department, mended_by, officer)
           VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
        (submission, row, department, mended_by, officer),
    )
    store_dispatch.close_mended(connection, department)


@dataclass(frozen=True, slots=True)
class Waiver:
    """A wish to set a row aside, and what the centre decided."""

    id: UUID
    submission: UUID
    row_number: int
    department: UUID
    department_name: str
    item: str
    codes: list[str]
    reason_code: str
    reason: str
    asked_by: UUID
    asked_person: UUID
    asked_name: str
    asked_at: datetime
    settled_name: str | None
    settled_at: datetime | None
    is_granted: bool | None
    reversed_at: datetime | None

    @property
    def state(self) -> str:
        """How it stands, in words."""
        if self.settled_at is None:
            return "待决定"
        if self.reversed_at is not None:
            return "已收回"
        return "同意忽略" if self.is_granted else "不同意"


_WAIVER = f"""
    SELECT w.id, w.submission, w.row_number, w.department, d.name AS department_name, s.item,
           ARRAY(SELECT DISTINCT c FROM limu.submission_row r, unnest(r.codes) AS c
                 WHERE r.submission = w.submission AND r.row_number %% {SPLIT_STEP} = w.row_number) AS codes,
           w.reason_code, w.reason, w.asked_by, o.person AS asked_person, p.name AS asked_name, w.asked_at,
           sp.name AS settled_name, w.settled_at, w.is_granted, w.reversed_at
    FROM limu.waiver w JOIN limu.submission s ON s.id = w.submission JOIN limu.department d ON d.id = w.department
    JOIN limu.officer o ON o.id = w.asked_by JOIN limu.person p ON p.id = o.person
    LEFT JOIN limu.officer so ON so.id = w.settled_by LEFT JOIN limu.person sp ON sp.id = so.person
"""


def insert_waiver(
    connection: Connection[Any], *, id: UUID, submission: UUID, row: int, department: UUID,  # noqa: A002
    said: tuple[str, str], asked_by: UUID,
) -> bool:  # fmt: skip
    """Keep a wish to set a row aside; False where one stands."""
    made = connection.execute(
        """INSERT INTO limu.waiver (id, submission, row_number, department, reason_code, reason, asked_by)
           VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id""",
        (id, submission, row, department, *said, asked_by),
    ).fetchone()
    return made is not None


def find_waiver(connection: Connection[Any], waiver: UUID) -> Waiver | None:
    """Find a wish, locked for the decision on it."""
    with connection.cursor(row_factory=class_row(Waiver)) as cursor:
        return cursor.execute(_WAIVER + " WHERE w.id = %s FOR UPDATE OF w", (waiver,)).fetchone()


def waivers(connection: Connection[Any], *, is_open: bool, limit: int, skip: int = 0) -> tuple[Waiver, ...]:
    """List wishes that wait, the oldest first; or those decided, the newest first."""
    where = " WHERE w.settled_at IS NULL ORDER BY w.asked_at, w.id" if is_open else (
        " WHERE w.settled_at IS NOT NULL ORDER BY w.settled_at DESC, w.id"
    )  # fmt: skip
    with connection.cursor(row_factory=class_row(Waiver)) as cursor:
        return tuple(cursor.execute(_WAIVER + where + " LIMIT %s OFFSET %s", (limit, skip)))


def settle_waiver(connection: Connection[Any], waiver: UUID, *, officer: UUID, is_granted: bool) -> None:
    """Write down what the centre decided."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        department = cursor.execute(
            "UPDATE limu.waiver SET settled_by = %s, settled_at = limu.register_now(), is_granted = %s"
            " WHERE id = %s RETURNING department",
            (officer, is_granted, waiver),
        ).fetchone()
    if department is not None:
        store_dispatch.close_mended(connection, department)


def reverse_waiver(connection: Connection[Any], waiver: UUID, *, officer: UUID) -> None:
    """Take back what was granted."""
    connection.execute(
        "UPDATE limu.waiver SET reversed_by = %s, reversed_at = limu.register_now() WHERE id = %s", (officer, waiver)
    )


@dataclass(frozen=True, slots=True)
class Correction:
    """A wish to correct a record: by whom, why, on which document, and what became of it."""

    id: UUID
    department: UUID
    record: UUID
    item: str
    kind: str
    reason: str
    citation: str
    file_hash: bytes
    asked_by: UUID
    asked_code: str
    asked_person: UUID
    asked_name: str
    asked_at: datetime
    settled_at: datetime | None
    is_done: bool | None
    submission: UUID | None


_CORRECTION = """
    SELECT c.id, c.department, c.record, c.item, c.kind, c.reason, c.citation, c.file_hash, c.asked_by,
           o.code AS asked_code, o.person AS asked_person, p.name AS asked_name, c.asked_at, c.settled_at, c.is_done,
           c.submission
    FROM limu.correction c JOIN limu.officer o ON o.id = c.asked_by JOIN limu.person p ON p.id = o.person
"""


def insert_correction(
    connection: Connection[Any], *, id: UUID, department: UUID, record: UUID, item: str,  # noqa: A002
    said: tuple[str, str, str], file_hash: bytes, asked_by: UUID,
) -> bool:  # fmt: skip
    """Keep a wish to correct a record (kind, reason, basis); False where one for it is open."""
    made = connection.execute(
        """INSERT INTO limu.correction (id, department, record, item, kind, reason, citation, file_hash, asked_by)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id""",
        (id, department, record, item, *said, file_hash, asked_by),
    ).fetchone()
    return made is not None


def find_correction(connection: Connection[Any], correction: UUID) -> Correction | None:
    """Find a wish, locked for the decision on it."""
    with connection.cursor(row_factory=class_row(Correction)) as cursor:
        return cursor.execute(_CORRECTION + " WHERE c.id = %s FOR UPDATE OF c", (correction,)).fetchone()


def open_corrections(
    connection: Connection[Any], *, department: UUID, record: UUID | None = None
) -> tuple[Correction, ...]:  # fmt: skip
    """List a department's open wishes, the oldest first; of one record, where it is named."""
    with connection.cursor(row_factory=class_row(Correction)) as cursor:
        return tuple(
            cursor.execute(
                _CORRECTION
                + """ WHERE c.department = %(department)s AND c.settled_at IS NULL
                        AND (%(record)s::uuid IS NULL OR c.record = %(record)s) ORDER BY c.asked_at""",
                {"department": department, "record": record},
            )
        )


def settle_correction(
    connection: Connection[Any], correction: UUID, *, officer: UUID, submission: UUID | None
) -> None:  # fmt: skip
    """Write down what the second person decided; done where a submission came of it."""
    connection.execute(
        """UPDATE limu.correction SET settled_by = %s, settled_at = limu.register_now(), is_done = %s, submission = %s
           WHERE id = %s""",
        (officer, submission is not None, submission, correction),
    )


def record_of_key(connection: Connection[Any], *, department: UUID, item: str, natural_key: bytes) -> UUID | None:
    """Find the department's newest record of a natural key."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        found = cursor.execute(
            """SELECT id FROM limu.record WHERE department = %s AND item = %s AND natural_key = %s
               ORDER BY version DESC LIMIT 1""",
            (department, item, natural_key),
        ).fetchone()
    return found if isinstance(found, UUID) else None


def versions_of(connection: Connection[Any], record: StoredRecord) -> list[dict[str, object]]:
    """List the versions of a record, the first one first: id and number."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT id, version FROM limu.record
               WHERE subject = %s AND department = %s AND item = %s AND natural_key = %s ORDER BY version""",
            (record.subject, record.department, record.item, record.natural_key),
        ).fetchall()
