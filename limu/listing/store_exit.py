"""Queries on wishes to end an entry, and on what the desk shows of entries and of the measures they carry."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, dict_row, tuple_row

from limu.department.rules import Officer
from limu.listing.rules import ExitKind


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish to end an entry that nobody has answered: how, by which document, and who asked."""

    id: UUID
    entry: UUID
    department: UUID
    exit_kind: ExitKind
    document_number: str
    text: str
    asked_code: str
    asked_person: UUID
    asked_name: str
    asked_at: datetime


_OPEN = """
    SELECT w.id, w.entry, w.department, w.exit_kind, w.document_number, w.text, o.code AS asked_code,
           w.person AS asked_person, p.name AS asked_name, w.asked_at
    FROM limu.list_exit_wish w JOIN limu.officer o ON o.id = w.officer JOIN limu.person p ON p.id = w.person
    WHERE NOT EXISTS (SELECT FROM limu.list_exit_answer a WHERE a.wish = w.id)"""


def open_wish(connection: Connection[Any], entry: UUID) -> Wish | None:
    """Find the wish for an entry that waits for a second person."""
    with connection.cursor(row_factory=class_row(Wish)) as cursor:
        return cursor.execute(_OPEN + " AND w.entry = %s", (entry,)).fetchone()


def insert_wish(
    connection: Connection[Any], *, wish: UUID, entry: UUID, exit_kind: ExitKind, document: tuple[str, str],
    officer: Officer,
) -> None:  # fmt: skip
    """Keep a wish; the database refuses a second open one."""
    connection.execute(
        """INSERT INTO limu.list_exit_wish (id, entry, exit_kind, document_number, text, officer, person, department)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s)""",
        (wish, entry, exit_kind, *document, officer.id, officer.person, officer.department),
    )


def insert_answer(connection: Connection[Any], wish: Wish, *, officer: Officer, is_agreed: bool) -> None:
    """Write down what was answered."""
    connection.execute(
        """INSERT INTO limu.list_exit_answer (wish, asked_by, department, officer, person, is_agreed)
           VALUES (%s, %s, %s, %s, %s, %s)""",
        (wish.id, wish.asked_person, wish.department, officer.id, officer.person, is_agreed),
    )


def untold_expiries(connection: Connection[Any]) -> list[tuple[UUID, UUID]]:
    """Entries that left their list by their date and whose subject was not told: entry and body, the oldest first."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """SELECT e.id, e.department FROM limu.list_entry e
               WHERE e.served_on IS NOT NULL AND e.exited_on IS NULL AND e.ends_on <= limu.register_today()
                 AND NOT EXISTS (SELECT FROM limu.list_expiry x WHERE x.entry = e.id)
               ORDER BY e.ends_on, e.id"""
        )
        return [(row[0], row[1]) for row in cursor]


def note_expiry(connection: Connection[Any], entry: UUID) -> date | None:
    """Keep that it is told now, and return its date; None where that was done, or an exit came first."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(
            """WITH ended AS (SELECT id, department, ends_on FROM limu.list_entry
                              WHERE id = %s AND exited_on IS NULL AND ends_on <= limu.register_today()),
               told AS (INSERT INTO limu.list_expiry (entry, department) SELECT id, department FROM ended
                        ON CONFLICT DO NOTHING RETURNING entry)
               SELECT ended.ends_on FROM ended JOIN told ON told.entry = ended.id""",
            (entry,),
        ).fetchone()
    return row[0] if row else None


_SHOWN = """
    SELECT e.id, e.list, k.name AS list_name, b.citation AS basis, r.citation AS rule, s.uscc::text AS uscc,
           coalesce(s.public_name, s.name) AS name, e.subject, e.facts, e.evidence, e.proposed_at,
           p.name AS proposed_name, d.name AS decided_name, e.exit_kind,
           EXISTS (SELECT FROM limu.list_exit_wish w WHERE w.entry = e.id
                     AND NOT EXISTS (SELECT FROM limu.list_exit_answer a WHERE a.wish = w.id)) AS is_wished
    FROM limu.list_entry e JOIN limu.listing_kind k ON k.code = e.list JOIN limu.subject s ON s.id = e.subject
    JOIN limu.measure_basis b ON b.article = k.basis JOIN limu.measure_basis r ON r.article = k.rule
    JOIN limu.person p ON p.id = e.proposed_by LEFT JOIN limu.person d ON d.id = e.decided_by
    WHERE e.department = %(department)s"""


def shown_of_department(
    connection: Connection[Any], department: UUID, *, limit: int, skip: int = 0
) -> tuple[dict[str, Any], ...]:  # fmt: skip
    """What a body's desk shows of its entries, the newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            _SHOWN + " ORDER BY e.proposed_at DESC, e.id LIMIT %(limit)s OFFSET %(skip)s",
            {"department": department, "limit": limit, "skip": skip},
        )
        return tuple(cursor.fetchall())


def shown_of_entry(connection: Connection[Any], entry: UUID, *, department: UUID) -> dict[str, Any] | None:
    """What a body's desk shows of one entry."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_SHOWN + " AND e.id = %(entry)s", {"department": department, "entry": entry}).fetchone()


def steps_at_desk(connection: Connection[Any], entry: UUID) -> tuple[dict[str, Any], ...]:
    """The dated documents of an entry with the people who made them."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT s.id, s.kind, s.on_day, s.document_number, s.text, s.until_day, s.exit_kind,
                      coalesce(p.name, '主体经办人') AS by_name, q.name AS second_name, s.agent IS NOT NULL AS is_own
               FROM limu.list_step s LEFT JOIN limu.person p ON p.id = s.person
               LEFT JOIN limu.person q ON q.id = s.second_person
               WHERE s.entry = %s ORDER BY s.recorded_at, s.on_day""",
            (entry,),
        )
        return tuple(cursor.fetchall())


def measures_of(connection: Connection[Any], kind: str) -> tuple[dict[str, Any], ...]:
    """The measures that the law ties to a list, each with its article."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT DISTINCT k.number, k.name, b.citation FROM limu.measure_rule r
               JOIN limu.measure_kind k ON k.code = r.kind JOIN limu.measure_basis b ON b.article = r.basis
               WHERE r.ground_kind = %s AND r.is_confirmed ORDER BY k.number, b.citation""",
            (kind,),
        )
        return tuple(cursor.fetchall())


def measures_of_entry(connection: Connection[Any], entry: UUID) -> tuple[dict[str, Any], ...]:
    """The measures that follow from an entry."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("SELECT list FROM limu.list_entry WHERE id = %s", (entry,)).fetchone()
    return measures_of(connection, row["list"]) if row else ()
