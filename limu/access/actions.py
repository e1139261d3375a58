"""Opening a ticket: on a connection of its own, committed before anything is read."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.access import store
from limu.access.rules import ACT_OF, Purpose, Ticket, may_state
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise

Connect = Callable[[], AbstractContextManager[Connection[Any]]]


def open_ticket(
    connect: Connect, *, officer: Officer, purpose: Purpose, subject: UUID | None, scope: str
) -> Ticket | Refusal:
    """Write down who reads what and why, and commit it; only then is there a ticket to read with."""
    act = ACT_OF.get(purpose, "read_history")
    if authorise(officer, act, officer.department) is not None or not may_state(officer.roles, purpose):
        return NOT_THERE
    ticket = Ticket(uuid4(), officer.id, officer.department, purpose, subject, scope)
    with connect() as connection:
        store.insert_ticket(connection, ticket)
        connection.commit()
    return ticket
