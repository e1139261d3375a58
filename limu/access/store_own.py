"""Tickets of a subject's own agents: the same trace, with the agent in place of an officer."""

from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.errors import UniqueViolation

from limu.access.rules import TicketError
from limu.agent.rules import Account


def insert_own(connection: Connection[Any], ticket: UUID, *, agent: Account, scope: str) -> None:
    """Write the trace; the caller commits before it reads."""
    connection.execute("SELECT set_config('limu.subject', %s, true)", (str(agent.subject),))
    connection.execute(
        "INSERT INTO limu.read_ticket (id, agent, purpose, subject, scope) VALUES (%s, %s, 'own_record', %s, %s)",
        (ticket, agent.id, agent.subject, scope),
    )


def spend_own(connection: Connection[Any], ticket: UUID, *, agent: Account) -> None:
    """Use a ticket up in the reading transaction; refuse one that is not committed, or was used."""
    row = connection.execute(
        """SELECT FROM limu.read_ticket WHERE id = %s AND agent = %s
           AND opened_in <> coalesce(pg_current_xact_id_if_assigned(), '0')
           AND pg_xact_status(opened_in) = 'committed'""",
        (ticket, agent.id),
    ).fetchone()
    if row is None:
        raise TicketError
    try:
        with connection.transaction():
            connection.execute("INSERT INTO limu.read_ticket_spent (ticket) VALUES (%s)", (ticket,))
    except UniqueViolation as spent:
        raise TicketError from spent
