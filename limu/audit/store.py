"""Queries on the log. The sequencer's role alone writes it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import dict_row, tuple_row
from psycopg.types.json import Jsonb

from limu.audit.rules import Audit, Head, LogCheck, Opening, Unsequenced
from limu.record.event import Event, canonical_value

# Any number will do, as long as every sequencer takes the same one: there is one sequencer at a time.
SEQUENCER_LOCK = 0x4C6F67


def lock_sequencer(connection: Connection[Any]) -> None:
    """Be the only sequencer until the transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (SEQUENCER_LOCK,))


def cursor(connection: Connection[Any]) -> tuple[int, int]:
    """Where the last round ended, on this server, and the oldest transaction that is still under way."""
    with connection.cursor(row_factory=tuple_row) as found:
        row = found.execute(
            """SELECT CASE WHEN c.server = s.system_identifier THEN c.entered_in ELSE 0 END,
                      pg_snapshot_xmin(pg_current_snapshot())::text::bigint
               FROM limu.log_cursor c, pg_control_system() s"""
        ).fetchone()
    assert row
    return row[0], row[1]


def move_cursor(connection: Connection[Any], entered_in: int) -> None:
    """Go on from this transaction in the next round."""
    connection.execute(
        """UPDATE limu.log_cursor c SET server = s.system_identifier, entered_in = %s FROM pg_control_system() s
           WHERE (c.server, c.entered_in) IS DISTINCT FROM (s.system_identifier, %s)""",
        (entered_in, entered_in),
    )


def unsequenced(connection: Connection[Any], *, since: int, limit: int) -> list[Unsequenced]:
    """List committed events without a place, of the law and of records; of these, those entered first."""
    with connection.cursor(row_factory=dict_row) as found:
        found.execute(
            """SELECT e.id AS event, NULL::uuid AS subject, NULL::uuid AS record, e.kind, e.recorded_at, e.commitment,
                      0 AS entered_in
               FROM limu.law_event e WHERE NOT EXISTS (SELECT FROM limu.log_sequence s WHERE s.event = e.id)
               ORDER BY e.recorded_at, e.id LIMIT %s""",
            (limit,),
        )
        events = [Unsequenced(**row) for row in found]
        found.execute(
            """SELECT e.id AS event, e.subject, e.record, e.kind, e.recorded_at, e.commitment, e.entered_in
               FROM limu.record_event e
               WHERE e.entered_in >= %s AND NOT EXISTS (SELECT FROM limu.log_sequence s WHERE s.event = e.id)
               ORDER BY e.entered_in, e.recorded_at, e.id LIMIT %s""",
            (since, limit - len(events)),
        )
        events += [Unsequenced(**row) for row in found]
    return sorted(events, key=lambda one: (one.recorded_at, one.event))


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


def insert_law_proofs(connection: Connection[Any], size: int, *, paths: Mapping[UUID, Sequence[bytes]]) -> None:
    """Keep the ways from leaves of the law to the root of this head."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO limu.law_proof (event, size, path) VALUES (%s, %s, %s)",
            [(event, size, b"".join(path)) for event, path in paths.items()],
        )


def openings(connection: Connection[Any]) -> Iterator[Opening]:
    """Walk the log with each event and its salt, as far as row-level security opens it."""
    with connection.cursor(name="openings", row_factory=dict_row) as cursor:
        cursor.itersize = 5000
        cursor.execute(
            """SELECT s.leaf_hash, coalesce(e.commitment, l.commitment) AS commitment,
                      coalesce(substring(b.salts FROM e.salt_index * 32 + 1 FOR 32), l.salt) AS salt, l.body AS law,
                      coalesce(e.id, l.id) AS id, coalesce(e.kind, l.kind) AS kind,
                      coalesce(e.recorded_at, l.recorded_at) AS recorded_at, e.record, e.subject, e.department,
                      e.effective_on, e.officers, e.reason, e.citation, e.body
               FROM limu.log_sequence s
               LEFT JOIN limu.record_event e ON e.subject = s.subject AND e.record = s.record AND e.id = s.event
               LEFT JOIN limu.log_salt b ON b.block = e.salt_block
               LEFT JOIN limu.law_event l ON s.subject IS NULL AND l.id = s.event
               WHERE e.id IS NOT NULL OR l.id IS NOT NULL ORDER BY s.position"""
        )
        yield from map(_opening, cursor)


def _opening(row: dict[str, Any]) -> Opening:
    leaf, commitment, salt = (bytes(row.pop(name) or b"") for name in ("leaf_hash", "commitment", "salt"))
    value = row.pop("law")
    if value is None:
        value = canonical_value(Event(**{**row, "officers": tuple(row["officers"])}))
    return Opening(leaf, commitment, salt, row["id"], row["kind"], row["recorded_at"], value)


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
    """Count committed events that have no place yet, up to a thousand and one of records."""
    with connection.cursor(row_factory=dict_row) as found:
        row = found.execute(
            """SELECT (SELECT count(*) FROM (
                          SELECT FROM limu.record_event e
                          WHERE e.entered_in >= (SELECT entered_in FROM limu.log_cursor)
                            AND NOT EXISTS (SELECT FROM limu.log_sequence s WHERE s.event = e.id) LIMIT 1001) x)
                      + (SELECT count(*) FROM limu.law_event e
                         WHERE NOT EXISTS (SELECT FROM limu.log_sequence s WHERE s.event = e.id)) AS n"""
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
