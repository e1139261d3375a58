"""Opening tickets for reads under keys: those that arrive together are made durable by one commit."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection, Cursor

from limu.access import store_keyed
from limu.access.rules import PURPOSES_OF, KeyedRead, Purpose, TicketError
from limu.department.rules import ACTS


def open_keyed(
    connection: Connection[Any], reads: Sequence[KeyedRead], *, department: UUID, act: str, purpose: Purpose
) -> dict[UUID, UUID]:
    """Write who reads what and why, and commit it; returns the subject by ticket, for the living keys alone.

    `act` is what the key must be for; its account must still hold a role that may state the purpose."""
    own, everywhere = ACTS["check_measures"]
    roles = [role for role in sorted(own | everywhere) if purpose in PURPOSES_OF.get(role, ())]
    with connection.pipeline():
        made = store_keyed.insert_keyed(connection, reads, department=department, act=act, purpose=purpose, roles=roles)
        connection.commit()
    return dict(made.fetchall())


def must_be_spent(spent: "Cursor[tuple[UUID]]", tickets: Sequence[UUID]) -> None:
    """Refuse the whole read if one of its tickets is not committed, or was used before."""
    if {row[0] for row in spent.fetchall()} != set(tickets):
        raise TicketError
