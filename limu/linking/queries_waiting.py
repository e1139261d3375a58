"""Rows that wait for a subject, as a desk lists them: why they wait and who might be meant."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.linking import store


@dataclass(frozen=True, slots=True)
class Possible:
    """A registered subject that may be meant, with the reasons in words."""

    uscc: str
    name: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A row that waits: what it says of the party, why it waits, and the candidates."""

    id: UUID
    item: str
    party_name: str
    uscc: str
    reason: str
    entered_at: datetime
    candidates: tuple[Possible, ...]


def waiting_rows(
    connection: Connection[Any], *, after: str = "", limit: int = 50
) -> tuple[tuple[WaitingRow, ...], str]:
    """List what row-level security opens, the oldest first, and where to go on (empty on the last page)."""
    try:
        place = UUID(after) if after else None
    except ValueError:
        place = None
    rows = store.waiting(connection, limit=limit + 1, after=place)
    found = tuple(_row(row) for row in rows[:limit])
    return found, str(found[-1].id) if len(rows) > limit else ""


def count_waiting(connection: Connection[Any]) -> int:
    """Count the rows that wait, within what row-level security opens."""
    return store.count_waiting(connection)


def _row(row: dict[str, Any]) -> WaitingRow:
    found = tuple(
        Possible(one.get("uscc", ""), one.get("name", ""), tuple(one.get("reasons", ()))) for one in row["candidates"]
    )
    party = row["party"]
    return WaitingRow(
        row["id"], row["item"], row["party_name"] or "", party.get("uscc", ""), row["reason"], row["entered_at"], found
    )
