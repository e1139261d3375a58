"""What the matching desk may read: rows that wait for a person, within what row-level security opens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.linking import store


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reported row without a subject: what it says, why it waits, and who could be meant."""

    id: UUID
    department: UUID
    item: str
    party_name: str | None
    party: dict[str, Any]
    reason: str
    candidates: list[dict[str, Any]]
    entered_at: datetime


def waiting_rows(connection: Connection[Any], *, limit: int = 20, after: UUID | None = None) -> tuple[Waiting, ...]:
    """List waiting rows, the oldest first; `after` is the last row of the page before."""
    return tuple(Waiting(**row) for row in store.waiting(connection, limit=limit, after=after))
