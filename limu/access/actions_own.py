"""Reading one's own: a subject's agent leaves the same trace as everybody else, committed before the read."""

from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.access import store_own
from limu.access.actions import Connect
from limu.agent.rules import Account


def open_own(connect: Connect, *, agent: Account, scope: str) -> UUID:
    """Write down what an agent is about to read of its own subject, and commit it."""
    ticket = uuid4()
    with connect() as connection:
        store_own.insert_own(connection, ticket, agent=agent, scope=scope)
        connection.commit()
    return ticket


def spend_own(connection: Connection[Any], ticket: UUID, *, agent: Account) -> None:
    """Use the trace up in the transaction that reads."""
    store_own.spend_own(connection, ticket, agent=agent)
