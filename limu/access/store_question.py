"""Queries on questions about reads and on their replies."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, tuple_row

from limu.access.rules_question import Reading
from limu.department.rules import Officer


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the centre meets it: who asks, and who had read what and why."""

    ticket: UUID
    subject: UUID
    uscc: str
    name: str
    text: str
    asked_at: datetime
    opened_at: datetime
    department_name: str
    reader: str
    reader_person: UUID
    purpose: str
    basis: str
    scope: str
    reply: str | None
    replied_at: datetime | None
    replied_by: str | None


_READING = """
    SELECT t.id AS ticket, t.subject, t.opened_at, d.name AS department_name, p.label AS purpose, p.basis,
           t.scope, q.text AS question, q.asked_at, r.text AS reply, r.replied_at
    FROM limu.read_ticket t JOIN limu.purpose p ON p.code = t.purpose JOIN limu.department d ON d.id = t.department
    LEFT JOIN limu.read_question q ON q.ticket = t.id LEFT JOIN limu.read_reply r ON r.ticket = t.id
    WHERE t.agent IS NULL"""
_ASKED = """
    SELECT q.ticket, q.subject, coalesce(s.uscc::text, '') AS uscc, s.public_name AS name, q.text, q.asked_at,
           t.opened_at, d.name AS department_name, o.code AS reader, o.person AS reader_person, p.label AS purpose,
           p.basis, t.scope, r.text AS reply, r.replied_at, b.name AS replied_by
    FROM limu.read_question q JOIN limu.read_ticket t ON t.id = q.ticket JOIN limu.subject s ON s.id = q.subject
    JOIN limu.officer o ON o.id = t.officer JOIN limu.department d ON d.id = t.department
    JOIN limu.purpose p ON p.code = t.purpose
    LEFT JOIN limu.read_reply r ON r.ticket = q.ticket LEFT JOIN limu.person b ON b.id = r.person"""


def find_reading(connection: Connection[Any], ticket: UUID, *, subject: UUID) -> Reading | None:
    """One read of a subject's data by an officer or a machine of a body."""
    with connection.cursor(row_factory=class_row(Reading)) as cursor:
        return cursor.execute(_READING + " AND t.id = %s AND t.subject = %s", (ticket, subject)).fetchone()


def insert_question(connection: Connection[Any], reading: Reading, *, text: str, agent: str) -> bool:
    """Keep a question; False where there is one already."""
    cursor = connection.execute(
        """INSERT INTO limu.read_question (ticket, subject, text, agent) VALUES (%s, %s, %s, %s)
           ON CONFLICT DO NOTHING""",
        (reading.ticket, reading.subject, text, agent),
    )
    return cursor.rowcount == 1


def questions(connection: Connection[Any], *, limit: int, skip: int = 0) -> tuple[Asked, ...]:
    """Questions within what row-level security opens: those without a reply first, the oldest first of them."""
    with connection.cursor(row_factory=class_row(Asked)) as cursor:
        return tuple(
            cursor.execute(
                _ASKED + " ORDER BY r.replied_at DESC NULLS FIRST, q.asked_at, q.ticket LIMIT %s OFFSET %s",
                (limit, skip),
            ).fetchall()
        )


def unanswered(connection: Connection[Any]) -> tuple[int, datetime | None]:
    """How many questions have no reply, and since when the oldest waits."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(
            """SELECT count(*), min(q.asked_at) FROM limu.read_question q
               WHERE NOT EXISTS (SELECT FROM limu.read_reply r WHERE r.ticket = q.ticket)"""
        ).fetchone()
    assert row is not None
    return row[0], row[1]


def find_question(connection: Connection[Any], ticket: UUID) -> Asked | None:
    """One question."""
    with connection.cursor(row_factory=class_row(Asked)) as cursor:
        return cursor.execute(_ASKED + " WHERE q.ticket = %s", (ticket,)).fetchone()


def insert_reply(connection: Connection[Any], asked: Asked, *, text: str, officer: Officer) -> bool:
    """Keep a reply; False where somebody else was first."""
    cursor = connection.execute(
        """INSERT INTO limu.read_reply (ticket, subject, text, officer, person, department)
           VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
        (asked.ticket, asked.subject, text, officer.id, officer.person, officer.department),
    )
    return cursor.rowcount == 1
