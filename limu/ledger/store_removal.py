"""Queries on wishes to take records down, and on what stands in the way."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, dict_row

from limu.wire.clock import SHANGHAI

Kind = Literal["record_withdrawn", "record_revoked"]


@dataclass(frozen=True, slots=True)
class Removal:
    """A wish to take a record, or all a submission brought, down: who asked, why, and what became of it."""

    id: UUID
    department: UUID
    record: UUID | None
    submission: UUID | None
    kind: Kind
    reason: str
    citation: str
    asked_by: UUID
    asked_code: str
    asked_person: UUID
    asked_name: str
    asked_at: datetime
    settled_at: datetime | None
    is_done: bool | None
    revoked_on: date | None = None
    due_on: date | None = None

    @property
    def asked_on(self) -> date:
        """The day of the wish, in China."""
        return self.asked_at.astimezone(SHANGHAI).date()

    def is_late(self, today: date) -> bool:
        """Whether the day by which the law asks for the withdrawal is over, or was when it was settled."""
        ended = self.settled_at.astimezone(SHANGHAI).date() if self.settled_at else today
        return self.due_on is not None and ended > self.due_on


_SELECT = """
    SELECT r.id, r.department, r.record, r.submission, r.kind, r.reason, r.citation, r.asked_by, o.code AS asked_code,
           o.person AS asked_person, p.name AS asked_name, r.asked_at, r.settled_at, r.is_done, r.revoked_on, r.due_on
    FROM limu.removal r JOIN limu.officer o ON o.id = r.asked_by JOIN limu.person p ON p.id = o.person
"""


def insert_removal(
    connection: Connection[Any], *, id: UUID, department: UUID, record: UUID | None, submission: UUID | None,  # noqa: A002
    kind: Kind, said: tuple[str, str], asked_by: UUID, fallen: tuple[date | None, date | None] = (None, None),
) -> bool:  # fmt: skip
    """Keep a wish; False where one for the same thing is open. `said`: reason and basis; `fallen`: since, and due."""
    row = connection.execute(
        """INSERT INTO limu.removal (id, department, record, submission, kind, reason, citation, asked_by, revoked_on,
               due_on)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
           ON CONFLICT (coalesce(record, submission)) WHERE settled_at IS NULL DO NOTHING RETURNING id""",
        (id, department, record, submission, kind, *said, asked_by, *fallen),
    ).fetchone()
    return row is not None


def find_removal(connection: Connection[Any], removal: UUID) -> Removal | None:
    """Find a wish, locked for the decision on it."""
    with connection.cursor(row_factory=class_row(Removal)) as cursor:
        return cursor.execute(_SELECT + " WHERE r.id = %s FOR UPDATE OF r", (removal,)).fetchone()


def open_removal(connection: Connection[Any], target: UUID) -> Removal | None:
    """Find the open wish for a record or a submission."""
    with connection.cursor(row_factory=class_row(Removal)) as cursor:
        return cursor.execute(
            _SELECT + " WHERE coalesce(r.record, r.submission) = %s AND r.settled_at IS NULL", (target,)
        ).fetchone()


def open_removals(connection: Connection[Any], *, department: UUID) -> tuple[Removal, ...]:
    """List a department's open wishes, the oldest first."""
    with connection.cursor(row_factory=class_row(Removal)) as cursor:
        return tuple(
            cursor.execute(
                _SELECT + " WHERE r.department = %s AND r.settled_at IS NULL ORDER BY r.asked_at", (department,)
            )
        )


def settle_removal(connection: Connection[Any], removal: UUID, *, officer: UUID, is_done: bool) -> None:
    """Write down what the second person decided."""
    connection.execute(
        "UPDATE limu.removal SET settled_by = %s, settled_at = limu.register_now(), is_done = %s WHERE id = %s",
        (officer, is_done, removal),
    )


def open_records_of(connection: Connection[Any], *, department: UUID, submission: UUID) -> list[tuple[UUID, UUID]]:
    """List (record, subject) of what a submission brought and nothing has ended."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT r.id, r.subject FROM limu.record r
               WHERE r.department = %s AND r.submission = %s AND NOT EXISTS (
                   SELECT FROM limu.publication p WHERE p.subject = r.subject AND p.record = r.id
                     AND p.known_until = 'infinity' AND p.decision = 'ended')
               ORDER BY r.row_number""",
            (department, submission),
        )
        return [(row["id"], row["subject"]) for row in cursor]


def built_upon(connection: Connection[Any], *, department: UUID, submission: UUID) -> int:
    """Count what stands on a submission: records that another file has corrected, rows that an officer has judged."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """SELECT (SELECT count(*) FROM limu.record r JOIN limu.record_event e ON e.subject = r.subject
                         AND e.record = r.id AND e.kind = 'record_superseded'
                       WHERE r.department = %(department)s AND r.submission = %(submission)s)
                    + (SELECT count(*) FROM limu.pending_record p
                       WHERE p.submission = %(submission)s AND p.settled_at IS NOT NULL) AS rows""",
            {"department": department, "submission": submission},
        ).fetchone()
    assert row is not None
    return int(row["rows"])


def settle_waiting(connection: Connection[Any], submission: UUID) -> None:
    """Close what a submission left waiting for a subject."""
    connection.execute(
        "UPDATE limu.pending_record SET settled_at = limu.register_now() WHERE submission = %s AND settled_at IS NULL",
        (submission,),
    )
