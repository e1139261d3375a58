"""Queries on the trail of reads: who read what, when, for which purpose, on which basis."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row


@dataclass(frozen=True, slots=True)
class Read:
    """One read that was not public, as its ticket states it."""

    id: UUID
    opened_at: datetime
    officer: str
    person_name: str
    department_name: str
    purpose: str
    basis: str
    subject_uscc: str | None
    subject_name: str | None
    scope: str
    is_spent: bool


@dataclass(frozen=True, slots=True)
class Purposes:
    """A purpose that may be stated, with its basis."""

    code: str
    label: str
    basis: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What part of the trail is asked for; empty texts ask for all of it."""

    officer: str = ""
    uscc: str = ""
    purpose: str = ""
    day: date | None = None


_READS = """
    SELECT t.id, t.opened_at, o.code AS officer, p.name AS person_name, d.name AS department_name, u.label AS purpose,
           u.basis, s.uscc AS subject_uscc, s.public_name AS subject_name, t.scope,
           EXISTS (SELECT FROM limu.read_ticket_spent x WHERE x.ticket = t.id) AS is_spent
    FROM limu.read_ticket t
    JOIN limu.officer o ON o.id = t.officer JOIN limu.person p ON p.id = o.person
    JOIN limu.department d ON d.id = t.department JOIN limu.purpose u ON u.code = t.purpose
    LEFT JOIN limu.subject s ON s.id = t.subject"""


def reads(connection: Connection[Any], asked: Asked, *, before: tuple[datetime, UUID] | None, limit: int) -> list[Read]:
    """List reads, the newest first, and one more than asked to tell whether there are more."""
    where = " WHERE true"
    where += " AND t.officer = (SELECT id FROM limu.officer WHERE code = %(officer)s)" if asked.officer else ""
    where += " AND t.subject = (SELECT id FROM limu.subject WHERE uscc = %(uscc)s)" if asked.uscc else ""
    where += " AND t.purpose = %(purpose)s" if asked.purpose else ""
    if asked.day:
        # A day is a day in China, and its bounds let the index be used.
        where += """ AND t.opened_at >= (%(day)s::date::timestamp AT TIME ZONE 'Asia/Shanghai')
                     AND t.opened_at < ((%(day)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')"""
    where += " AND (t.opened_at, t.id) < (%(at)s, %(id)s)" if before else ""
    values = {
        "officer": asked.officer, "uscc": asked.uscc, "purpose": asked.purpose, "day": asked.day,
        "at": before[0] if before else None, "id": before[1] if before else None, "limit": limit + 1,
    }  # fmt: skip
    with connection.cursor(row_factory=class_row(Read)) as cursor:
        return cursor.execute(
            _READS + where + " ORDER BY t.opened_at DESC, t.id DESC LIMIT %(limit)s", values
        ).fetchall()


def readers_of(connection: Connection[Any], uscc: str) -> list[dict[str, Any]]:
    """Sum up who has read about a subject: person, department, how often, first and last."""
    rows = connection.execute(
        """SELECT o.code, p.name AS person_name, d.name AS department_name, count(*) AS reads,
                  min(t.opened_at) AS first_at, max(t.opened_at) AS last_at
           FROM limu.read_ticket t JOIN limu.officer o ON o.id = t.officer JOIN limu.person p ON p.id = o.person
           JOIN limu.department d ON d.id = t.department
           WHERE t.subject = (SELECT id FROM limu.subject WHERE uscc = %s)
           GROUP BY o.code, p.name, d.name ORDER BY max(t.opened_at) DESC LIMIT 100""",
        (uscc,),
    ).fetchall()
    return [dict(row) for row in rows]


def purposes(connection: Connection[Any]) -> list[Purposes]:
    """List the closed list of purposes."""
    with connection.cursor(row_factory=class_row(Purposes)) as cursor:
        return cursor.execute("SELECT code, label, basis FROM limu.purpose ORDER BY label").fetchall()
