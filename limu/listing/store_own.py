"""Queries on what a subject sees and states of its own entries, and on what their letters say."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, dict_row

from limu.listing.rules import Entry
from limu.listing.rules_letter import About


def find_about(connection: Connection[Any], entry: UUID) -> About | None:
    """What the letters of an entry name."""
    with connection.cursor(row_factory=class_row(About)) as cursor:
        return cursor.execute(
            """SELECT e.id AS entry, e.subject, e.department, k.name AS list_name, b.citation AS basis,
                      r.citation AS rule, e.facts, e.evidence,
                      nullif((extract(year FROM k.early) * 12 + extract(month FROM k.early))::int, 0) AS early_months
               FROM limu.list_entry e JOIN limu.listing_kind k ON k.code = e.list
               JOIN limu.measure_basis b ON b.article = k.basis JOIN limu.measure_basis r ON r.article = k.rule
               WHERE e.id = %s""",
            (entry,),
        ).fetchone()


def find_step(connection: Connection[Any], entry: UUID, *, kind: str) -> dict[str, Any] | None:
    """The one step of a kind that an entry has."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT id, on_day, document_number, text, until_day, exit_kind FROM limu.list_step
               WHERE entry = %s AND kind = %s ORDER BY recorded_at DESC LIMIT 1""",
            (entry, kind),
        ).fetchone()


def served_at(connection: Connection[Any], entry: UUID) -> datetime:
    """When the entry became active."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            "SELECT recorded_at FROM limu.list_step WHERE entry = %s AND kind = 'service'", (entry,)
        ).fetchone()
    assert row is not None
    at: datetime = row["recorded_at"]
    return at


def insert_own_step(
    connection: Connection[Any], entry: Entry, *, kind: str, step: UUID, on: date, document: str, text: str, agent: str
) -> None:  # fmt: skip
    """Append what a subject's agent states, or its wish for a hearing; no officer stands behind it."""
    connection.execute(
        """INSERT INTO limu.list_step (id, entry, kind, on_day, document_number, text, department, agent)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s)""",
        (step, entry.id, kind, on, document, text, entry.department, agent),
    )


_OWN = """
    SELECT e.id, k.name AS list_name, k.code AS list, b.citation AS basis, r.citation AS rule, e.facts, e.evidence,
           d.name AS department_name, e.exit_kind
    FROM limu.list_entry e JOIN limu.listing_kind k ON k.code = e.list JOIN limu.department d ON d.id = e.department
    JOIN limu.measure_basis b ON b.article = k.basis JOIN limu.measure_basis r ON r.article = k.rule
    WHERE e.subject = %(subject)s AND e.noticed_on IS NOT NULL"""


def shown_of_subject(connection: Connection[Any], subject: UUID) -> tuple[dict[str, Any], ...]:
    """A subject's entries as its portal shows them, the newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(_OWN + " ORDER BY e.proposed_at DESC, e.id", {"subject": subject})
        return tuple(cursor.fetchall())
