"""Queries on the log. The sequencer's role alone writes it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from limu.audit.rules import Audit, Head, LogCheck, Unsequenced
from limu.record.event import Event

# Any number will do, as long as every sequencer takes the same one: there is one sequencer at a time.
SEQUENCER_LOCK = 0x4C6F67


def lock_sequencer(connection: Connection[Any]) -> None:
    """Be the only sequencer until the transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (SEQUENCER_LOCK,))


def unsequenced(connection: Connection[Any], *, limit: int) -> list[Unsequenced]:
    """List committed events without a place, in the order they were recorded."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT e.id AS event, e.subject, e.record, e.kind, e.recorded_at, e.commitment FROM limu.record_event e
               WHERE NOT EXISTS (SELECT FROM limu.log_sequence s WHERE s.event = e.id)
               ORDER BY e.recorded_at, e.id LIMIT %s""",
            (limit,),
        )
        return [Unsequenced(**row) for row in cursor]


def copy_leaves(connection: Connection[Any], *, first: int, events: list[Unsequenced], hashes: list[bytes]) -> None:
    """Give events their positions, from `first` on, without a gap."""
    target = "COPY limu.log_sequence (position, event, subject, record, leaf_hash) FROM STDIN"
    with connection.cursor().copy(target) as copy:
        for offset, (event, digest) in enumerate(zip(events, hashes, strict=True)):
            copy.write_row((first + offset, event.event, event.subject, event.record, digest))


def last_head(connection: Connection[Any]) -> Head | None:
    """Find the newest head."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("SELECT size, root, frontier FROM limu.log_head ORDER BY size DESC LIMIT 1").fetchone()
    return None if row is None else Head(**row)


def insert_head(connection: Connection[Any], head: Head) -> None:
    """Keep a head; a size has one root for ever."""
    connection.execute(
        "INSERT INTO limu.log_head (size, root, frontier) VALUES (%s, %s, %s)", (head.size, head.root, head.frontier)
    )


def leaf_hashes(connection: Connection[Any], *, below: int | None = None) -> list[bytes]:
    """List the leaf hashes in order."""
    rows = connection.execute(
        "SELECT leaf_hash FROM limu.log_sequence WHERE %s::bigint IS NULL OR position < %s ORDER BY position",
        (below, below),
    ).fetchall()
    return [bytes(next(iter(row.values())) if isinstance(row, dict) else row[0]) for row in rows]


def openings(connection: Connection[Any]) -> Iterator[tuple[bytes, bytes, bytes, Event]]:
    """Walk the log with each event and its salt: (leaf hash, commitment, salt, event), under row-level security."""
    with connection.cursor(name="openings", row_factory=dict_row) as cursor:
        cursor.itersize = 5000
        cursor.execute(
            """SELECT s.leaf_hash, e.commitment, substring(b.salts FROM e.salt_index * 32 + 1 FOR 32) AS salt,
                      e.id, e.record, e.subject, e.department, e.kind, e.effective_on, e.recorded_at, e.officers,
                      e.reason, e.citation, e.body
               FROM limu.log_sequence s
               JOIN limu.record_event e ON e.subject = s.subject AND e.record = s.record AND e.id = s.event
               LEFT JOIN limu.log_salt b ON b.block = e.salt_block ORDER BY s.position"""
        )
        for row in cursor:
            leaf, commitment, salt = row.pop("leaf_hash"), row.pop("commitment"), row.pop("salt")
            yield (
                bytes(leaf),
                bytes(commitment),
                bytes(salt or b""),
                Event(**{**row, "officers": tuple(row["officers"])}),
            )


def places_of(connection: Connection[Any], *, subject: UUID, record: UUID) -> list[tuple[UUID, int, bytes]]:
    """List where the events of a record stand: (event, position, leaf hash)."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT s.event, s.position, s.leaf_hash
               FROM limu.record_event e JOIN limu.log_sequence s ON s.event = e.id
               WHERE e.subject = %s AND e.record = %s ORDER BY s.position""",
            (subject, record),
        )
        return [(row["event"], row["position"], bytes(row["leaf_hash"])) for row in cursor]


def waiting_count(connection: Connection[Any]) -> int:
    """Count committed events that have no place yet."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            "SELECT (SELECT count(*) FROM limu.record_event) - (SELECT count(*) FROM limu.log_sequence) AS n"
        ).fetchone()
    return int(row["n"]) if row else 0


def insert_check(connection: Connection[Any], audit: Audit, *, officer: UUID) -> None:
    """Keep what a recomputation found."""
    connection.execute(
        "INSERT INTO limu.log_check (id, officer, size, root, is_equal, broken) VALUES (%s, %s, %s, %s, %s, %s)",
        (uuid4(), officer, audit.size, audit.root, audit.is_equal, list(audit.broken[:100])),
    )


def checks(connection: Connection[Any], *, limit: int = 10) -> list[LogCheck]:
    """List recomputations, the newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT o.code AS officer, c.size, c.root, c.is_equal, c.broken, c.checked_at
               FROM limu.log_check c JOIN limu.officer o ON o.id = c.officer ORDER BY c.checked_at DESC LIMIT %s""",
            (limit,),
        )
        return [LogCheck(**{**row, "root": bytes(row["root"]), "broken": tuple(row["broken"])}) for row in cursor]


def queue_check(connection: Connection[Any], *, department: UUID, officer: UUID) -> None:
    """Leave a recomputation to the worker (tasks.recompute_log)."""
    body = {"department": str(department), "officer": str(officer)}
    connection.execute(
        "INSERT INTO limu.outbox (id, kind, body) VALUES (%s, 'recompute_log', %s)", (uuid4(), Jsonb(body))
    )
