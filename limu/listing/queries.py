"""What doors may read of lists: the kinds with basis and rule, the public entries, an entry's file."""

from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.listing import store, store_own
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


def open_of_subject(connection: Connection[Any], subject: UUID, *, on: date) -> list[tuple[dict[str, Any], str]]:
    """A subject's entries that are intended or in force on a day, each with its state in words."""
    of = {one.id: one for one in store.entries(connection, subject=subject)}
    shown = store_own.shown_of_subject(connection, subject)
    return [
        (one, of[one["id"]].state(on)) for one in shown if one["id"] in of and of[one["id"]].is_open(on)
    ]  # fmt: skip


def steps(connection: Connection[Any], entry: UUID) -> tuple[dict[str, Any], ...]:
    """The dated documents of an entry, in order."""
    return store.steps_of(connection, entry)
