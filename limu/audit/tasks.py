"""What the worker does for the log: recompute a long one, asked for on a page, and keep what it found."""

from typing import Any
from uuid import UUID

from limu.audit import store
from limu.audit.queries import recompute
from limu.department.store import enter
from limu.wire.database import Connection


def recompute_log(connection: Connection, body: dict[str, Any]) -> None:
    """Recompute the whole log from the events and write down whether it agrees."""
    enter(connection, department=UUID(body["department"]), reach="centre")
    store.insert_check(connection, recompute(connection), officer=UUID(body["officer"]))
