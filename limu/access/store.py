"""Queries on tickets. A ticket is good only when the transaction that wrote it has committed, and only once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.errors import UniqueViolation

from limu.access.rules import Purpose, Ticket, TicketError
from limu.department.rules import Officer, Reach
from limu.department.store import enter


def insert_ticket(connection: Connection[Any], ticket: Ticket) -> None:
    """Write the trace; the caller commits before it reads."""
    enter(connection, department=ticket.department)
    connection.execute(
        "INSERT INTO limu.read_ticket (id, officer, department, purpose, subject, scope)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (ticket.id, ticket.officer, ticket.department, ticket.purpose, ticket.subject, ticket.scope),
    )


def insert_past_ticket(connection: Connection[Any], ticket: Ticket, *, at: datetime) -> None:
    """Write the trace of a read that was made without the register, at the time it was made."""
    connection.execute(
        "INSERT INTO limu.read_ticket (id, officer, department, purpose, subject, scope, opened_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (ticket.id, ticket.officer, ticket.department, ticket.purpose, ticket.subject, ticket.scope, at),
    )


def insert_tickets(
    connection: Connection[Any], *, officer: Officer, purpose: Purpose, subjects: Sequence[UUID], scope: str
) -> None:
    """Write one trace for each of many subjects read in one act; the caller commits before it reads.

    Each is used up with it: it stands for this one read, and nobody reads by it again."""
    enter(connection, department=officer.department)
    connection.execute(
        """WITH made AS (
               INSERT INTO limu.read_ticket (id, officer, department, purpose, subject, scope)
               SELECT gen_random_uuid(), %s, %s, %s, subject, %s FROM unnest(%s::uuid[]) subject RETURNING id)
           INSERT INTO limu.read_ticket_spent (ticket) SELECT id FROM made""",
        (officer.id, officer.department, purpose, scope, list(subjects)),
    )


def spend_ticket(connection: Connection[Any], ticket: Ticket, *, reach: Reach = "own") -> None:
    """Use a ticket up in the reading transaction; refuse one that is not committed, or was used.

    A rolled-back read leaves the ticket's row, so the trace stays; the mark of use rolls back with the read, and a
    ticket reused after that names the same read again. `reach` is how far the read may go afterwards."""
    enter(connection, department=ticket.department, reach=reach)
    row = connection.execute(
        """SELECT FROM limu.read_ticket WHERE id = %s AND officer = %s
           AND opened_in <> coalesce(pg_current_xact_id_if_assigned(), '0')
           AND pg_xact_status(opened_in) = 'committed'""",
        (ticket.id, ticket.officer),
    ).fetchone()
    if row is None:
        raise TicketError
    try:
        with connection.transaction():
            connection.execute("INSERT INTO limu.read_ticket_spent (ticket) VALUES (%s)", (ticket.id,))
    except UniqueViolation as spent:
        raise TicketError from spent
