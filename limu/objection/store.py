"""Queries of objections: reliance notices and their answers, records on their way to the right subject, statistics."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, dict_row, tuple_row

from limu.objection.rules import Statistic


@dataclass(frozen=True, slots=True)
class Reader:
    """A body, or a holder of copies outside, that had the record: how, and when last."""

    department: UUID | None
    holder: str | None
    way: str
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Reliance:
    """A notice to one who relied on the record, with the answer once it came."""

    id: UUID
    case_file: UUID
    department: UUID
    subject: UUID
    record: UUID
    to_department: UUID | None
    holder: str | None
    to_name: str
    ways: tuple[str, ...]
    last_read_at: datetime
    notified_on: date
    answer_by: date | None
    outcome: str | None
    text: str | None
    answered_on: date | None


_RELIANCE = """
    SELECT n.id, n.case_file, n.department, n.subject, n.record, n.to_department, n.holder,
           coalesce(d.name, n.holder) AS to_name, n.ways, n.last_read_at, n.notified_on, n.answer_by, a.outcome, a.text,
           a.answered_on
    FROM limu.reliance_notice n LEFT JOIN limu.department d ON d.id = n.to_department
    LEFT JOIN limu.reliance_answer a ON a.notice = n.id"""


def readers_of(connection: Connection[Any], *, subject: UUID, record: UUID, since: datetime) -> list[Reader]:
    """Who read the subject's closed data or used a measure resting on the record, since it was entered."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SELECT department, way, last_at FROM shown.readers_of(%s, %s, %s)", (subject, record, since))
        return [Reader(row["department"], None, row["way"], row["last_at"]) for row in cursor]


def insert_reliance(
    connection: Connection[Any], *, id: UUID, case_file: UUID, department: UUID, subject: UUID, record: UUID,  # noqa: A002
    reader: Reader, ways: Sequence[str], answer_by: date | None,
) -> None:  # fmt: skip
    """Write one notice."""
    connection.execute(
        """INSERT INTO limu.reliance_notice (id, case_file, department, subject, record, to_department, holder, ways,
               last_read_at, answer_by)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (id, case_file, department, subject, record, reader.department, reader.holder, list(ways), reader.last_at,
         answer_by),
    )  # fmt: skip


def _reliances(connection: Connection[Any], where: str, values: tuple[Any, ...]) -> tuple[Reliance, ...]:
    with connection.cursor(row_factory=_rows) as cursor:
        return tuple(cursor.execute(_RELIANCE + where + " ORDER BY n.notified_on DESC, n.id", values).fetchall())


def _rows(cursor: Any) -> Any:
    names = [column.name for column in cursor.description or ()]

    def made(values: Any) -> Reliance:
        columns = dict(zip(names, values, strict=True))
        return Reliance(**{**columns, "ways": tuple(columns["ways"])})

    return made


def reliances_of_case(connection: Connection[Any], case: UUID) -> tuple[Reliance, ...]:
    """The notices that went out on one case."""
    return _reliances(connection, " WHERE n.case_file = %s", (case,))


def reliances_of_subject(connection: Connection[Any], subject: UUID) -> tuple[Reliance, ...]:
    """The notices about one subject, with the answers it may read."""
    return _reliances(connection, " WHERE n.subject = %s", (subject,))


def reliances_to(
    connection: Connection[Any], department: UUID, *, limit: int, skip: int = 0
) -> tuple[Reliance, ...]:  # fmt: skip
    """The notices a body has to answer, the most pressing first, and then those it has answered."""
    with connection.cursor(row_factory=_rows) as cursor:
        cursor.execute(
            _RELIANCE + """ WHERE n.to_department = %s ORDER BY a.notice IS NOT NULL,
                CASE WHEN a.notice IS NULL THEN n.answer_by END NULLS LAST, n.notified_on DESC, n.id
                LIMIT %s OFFSET %s""",
            (department, limit, skip),
        )  # fmt: skip
        return tuple(cursor.fetchall())


def enter_holder(connection: Connection[Any], holder: str) -> None:
    """Open the notices of one holder of copies for the present transaction: what its own agreement lets it see."""
    connection.execute("SELECT set_config('limu.holder', %s, true)", (holder,))


def reliances_to_holder(connection: Connection[Any], holder: str) -> tuple[Reliance, ...]:
    """The notices a holder of copies has to answer, or has answered (after `enter_holder`)."""
    return _reliances(connection, " WHERE n.holder = %s", (holder,))


def unanswered(connection: Connection[Any], *, limit: int = 200) -> tuple[Reliance, ...]:
    """The notices nobody has answered yet, within what row-level security opens, the most pressing first."""
    with connection.cursor(row_factory=_rows) as cursor:
        cursor.execute(
            _RELIANCE + " WHERE a.notice IS NULL ORDER BY n.answer_by NULLS LAST, n.notified_on, n.id LIMIT %s",
            (limit,),
        )
        return tuple(cursor.fetchall())


def find_reliance(connection: Connection[Any], notice: UUID) -> Reliance | None:
    """One notice within what row-level security opens."""
    found = _reliances(connection, " WHERE n.id = %s", (notice,))
    return found[0] if found else None


def insert_answer(connection: Connection[Any], notice: Reliance, *, outcome: str, text: str, by: str) -> bool:
    """Write the answer down; False where there is one."""
    made = connection.execute(
        """INSERT INTO limu.reliance_answer (notice, department, subject, to_department, outcome, text, by)
           VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
        (notice.id, notice.department, notice.subject, notice.to_department, outcome, text, by),
    )
    return made.rowcount == 1


def insert_relink(
    connection: Connection[Any], *, id: UUID, case_file: UUID, department: UUID, record: UUID, subject: UUID,  # noqa: A002
    letter: UUID, officer: UUID,
) -> None:  # fmt: skip
    """Let a record wait until the right subject has been told."""
    connection.execute(
        """INSERT INTO limu.relink (id, case_file, department, record, subject, letter, officer)
           VALUES (%s, %s, %s, %s, %s, %s, %s)""",
        (id, case_file, department, record, subject, letter, officer),
    )


def waiting_relink(connection: Connection[Any], letter: UUID) -> dict[str, Any] | None:
    """The record that waits for the service of this letter."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT r.id, r.department, r.record, r.subject, r.officer FROM limu.relink r
               WHERE r.letter = %s AND NOT EXISTS (SELECT FROM limu.relink_done d WHERE d.relink = r.id)""",
            (letter,),
        ).fetchone()


def insert_relink_done(
    connection: Connection[Any], relink: UUID, *, department: UUID, subject: UUID, record: UUID
) -> None:
    """Write down under which record it now stands."""
    connection.execute(
        "INSERT INTO limu.relink_done (relink, department, subject, record) VALUES (%s, %s, %s, %s)",
        (relink, department, subject, record),
    )


def find_subject(connection: Connection[Any], uscc: str) -> UUID | None:
    """A subject by its code."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT id FROM limu.subject WHERE uscc = %s", (uscc,)).fetchone()
    return row[0] if row else None


def open_counts(connection: Connection[Any]) -> list[dict[str, Any]]:
    """Objections still open with a running clock, by body and day."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "SELECT department, region, opened_on, is_extended, cases FROM shown.objection_open"
        ).fetchall()


def statistics(connection: Connection[Any]) -> tuple[Statistic, ...]:
    """Objections by body, as the public may read them."""
    with connection.cursor(row_factory=class_row(Statistic)) as cursor:
        return tuple(
            cursor.execute(
                """SELECT department, opened, decided, median_days, upheld, late FROM shown.objection_statistic
                   ORDER BY department"""
            ).fetchall()
        )
