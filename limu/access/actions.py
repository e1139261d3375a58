"""Opening a ticket: on a connection of its own, committed before anything is read."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.access import store
from limu.access.rules import ACT_OF, Purpose, Ticket, may_state
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise, reach_of
from limu.department.store import enter

Connect = Callable[[], AbstractContextManager[Connection[Any]]]


def open_ticket(
    connect: Connect, *, officer: Officer, purpose: Purpose, subject: UUID | None, scope: str
) -> Ticket | Refusal:
    """Write down who reads what and why, and commit it; only then is there a ticket to read with."""
    if _may_not(officer, purpose):
        return NOT_THERE
    ticket = Ticket(uuid4(), officer.id, officer.department, purpose, subject, scope)
    with connect() as connection:
        store.insert_ticket(connection, ticket)
        connection.commit()
    return ticket


def open_tickets(
    connect: Connect, *, officer: Officer, purpose: Purpose, subjects: Sequence[UUID], scope: str
) -> Refusal | None:
    """The same for many subjects read in one act: one trace a subject, all committed before the read."""
    if _may_not(officer, purpose):
        return NOT_THERE
    with connect() as connection:
        store.insert_tickets(connection, officer=officer, purpose=purpose, subjects=subjects, scope=scope)
        connection.commit()
    return None


def read_traced(
    connect: Connect, connection: Connection[Any], *, officer: Officer, act: str, purpose: Purpose,
    scope: str, subject: UUID | None = None,
) -> Refusal | None:  # fmt: skip
    """Leave a trace, committed, spend it, and open the connection again as far as the act reaches."""
    ticket = open_ticket(connect, officer=officer, purpose=purpose, subject=subject, scope=scope)
    if isinstance(ticket, Refusal):
        return ticket
    store.spend_ticket(connection, ticket)
    enter(connection, department=officer.department, reach=reach_of(officer, act))
    return None


def _may_not(officer: Officer, purpose: Purpose) -> bool:
    act = ACT_OF.get(purpose, "read_history")
    return authorise(officer, act, officer.department) is not None or not may_state(officer.roles, purpose)
