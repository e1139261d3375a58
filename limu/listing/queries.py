"""What doors may read of lists: the kinds with basis and rule, the public entries, an entry's file."""

from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.listing import store
from limu.listing.rules import Entry, ListKind

SHOWN = 100


def kinds(connection: Connection[Any]) -> tuple[ListKind, ...]:
    """Every list that can exist, confirmed or not."""
    return store.list_kinds(connection)


def public_entries(connection: Connection[Any], kind: str) -> tuple[dict[str, Any], ...]:
    """Who stands on a list today."""
    return store.shown_entries(connection, kind, limit=SHOWN)


def public_counts(connection: Connection[Any]) -> dict[str, int]:
    """How many organisations stand on each list today."""
    return store.shown_counts(connection)


def entries_of(connection: Connection[Any], uscc: str) -> tuple[Entry, ...]:
    """Every entry of a subject that the reader's department holds."""
    subject = store.find_subject(connection, uscc)
    return store.entries(connection, subject=subject) if subject else ()


def steps(connection: Connection[Any], entry: UUID) -> tuple[dict[str, Any], ...]:
    """The dated documents of an entry, in order."""
    return store.steps_of(connection, entry)
