"""What doors may read of declarations: the subject its own, the centre what waits, the public what is shown."""

from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.objection import store_declaration as store
from limu.objection.rules_declaration import Declaration
from limu.objection.store_declaration import Shown, Waiting


def declarations_of(connection: Connection[Any], record: UUID) -> tuple[Declaration, ...]:
    """What a subject has declared about a record, the newest first (after `enter_subject`, or at the centre)."""
    return store.declarations_of(connection, record)


def waiting(connection: Connection[Any], *, limit: int = 50, skip: int = 0) -> tuple[Waiting, ...]:
    """What the centre has to look at, the oldest first."""
    return store.waiting(connection, limit=limit, skip=skip)


def shown_of(connection: Connection[Any], record: UUID) -> Shown | None:
    """What the public reads beside a record; nothing once the record is public no more."""
    return store.shown_of(connection, record)


def shown_among(connection: Connection[Any], subject: UUID) -> dict[UUID, Shown]:
    """What the public reads beside the records of one subject."""
    return store.shown_among(connection, subject)
