"""Opening and closing the way up."""

from typing import Any

from psycopg import Connection

from limu.department.rules import Officer, Refusal, authorise
from limu.upward import store


def set_channel(connection: Connection[Any], *, officer: Officer, is_open: bool) -> Refusal | None:
    """Open or close the way up."""
    if refusal := authorise(officer, "set_upward", officer.department):
        return refusal
    store.set_channel(connection, is_open=is_open, officer=officer.id)
    return None
