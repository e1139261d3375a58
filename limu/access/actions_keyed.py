"""Opening tickets for reads under keys: those that arrive together are made durable by one commit.

Both acts take a connection outside any transaction: each statement is its own commit, and has it when it returns."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from limu.access import store_keyed
from limu.access.rules import PURPOSES_OF, KeyedRead, Purpose, TicketError
from limu.department.rules import ACTS

WINDOW: Final[Purpose] = "window_check"
_MAY: Final = sorted(role for role in frozenset().union(*ACTS["check_measures"]) if WINDOW in PURPOSES_OF.get(role, ()))


def open_keyed(
    connection: Connection[Any], reads: Sequence[KeyedRead], *, department: UUID, act: str
) -> dict[UUID, UUID]:
    """Write who reads what and why, and commit it; returns the subject by ticket, for the living keys alone.

    `act` is what the key must be for; its account must still hold a role that may check at a window."""
    assert connection.autocommit
    return store_keyed.open_keyed(connection, reads, department=department, act=act, purpose=WINDOW, roles=_MAY)


def spend_keyed(connection: Connection[Any], tickets: Sequence[UUID], *, department: UUID) -> tuple[int, str, date]:
    """Use tickets up, and tell the state of the register after that: its version, the edition of its law, its day.

    The whole read is refused if one ticket is not committed or was used before."""
    assert connection.autocommit
    spent, *state = store_keyed.spend_keyed(connection, tickets, department=department)
    if spent != len(tickets):
        raise TicketError
    version, edition, today = state
    return version, edition, today
