"""Queries on snapshots."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, scalar_row, tuple_row
from psycopg.types.json import Jsonb

from limu.feed.rules_holder import Holder
from limu.feed.store_serve import scope_of


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot of a scope."""

    id: UUID
    scope: str
    timepoint: int
    copies: int
    manifest: dict[str, Any]
    signature: bytes


def begin(connection: Connection[Any]) -> int:
    """Read the timepoint before the content: what comes later comes again by the feed, and is taken in twice."""
    connection.execute("SET LOCAL idle_in_transaction_session_timeout = '10min'")
    with connection.cursor(row_factory=scalar_row) as cursor:
        timepoint = cursor.execute("SELECT timepoint FROM limu.feed_state").fetchone()
    return int(timepoint or 0)


def bodies(connection: Connection[Any], holder: Holder) -> Iterator[str]:
    """Walk what a scope may have now."""
    values: dict[str, Any] = {"policy": holder.policy}
    scope = scope_of(holder, values)
    with connection.cursor(name="snapshot", row_factory=tuple_row) as cursor:
        cursor.itersize = 5_000
        cursor.execute(
            f"""SELECT c.body FROM limu.feed_event e
                JOIN limu.feed_copy c ON c.policy = %(policy)s AND c.timepoint = e.timepoint
                WHERE e.is_current AND e.shown_until > limu.register_today()
                  AND NOT EXISTS (SELECT FROM limu.feed_dirty d WHERE d.record = e.record){scope}
                ORDER BY e.timepoint""",
            values,
        )
        for row in cursor:
            yield row[0]


def today(connection: Connection[Any]) -> date:
    """Read the register's day."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        day = cursor.execute("SELECT limu.register_today()").fetchone()
    assert isinstance(day, date)
    return day


def insert(connection: Connection[Any], made: Snapshot) -> list[UUID]:
    """Keep a snapshot and withdraw what it replaces; tells which."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        old = cursor.execute(
            """UPDATE limu.feed_snapshot SET withdrawn_at = limu.register_now()
               WHERE scope = %s AND withdrawn_at IS NULL RETURNING id""",
            (made.scope,),
        ).fetchall()
    connection.execute(
        """INSERT INTO limu.feed_snapshot (id, scope, timepoint, day, copies, manifest, signature)
           VALUES (%s, %s, %s, limu.register_today(), %s, %s, %s)""",
        (made.id, made.scope, made.timepoint, made.copies, Jsonb(made.manifest), made.signature),
    )
    return list(old)


def newest(connection: Connection[Any], scope: str) -> Snapshot | None:
    """Find the newest snapshot of a scope that was not withdrawn."""
    with connection.cursor(row_factory=class_row(Snapshot)) as cursor:
        return cursor.execute(
            """SELECT id, scope, timepoint, copies, manifest, signature FROM limu.feed_snapshot
               WHERE scope = %s AND withdrawn_at IS NULL ORDER BY timepoint DESC, made_at DESC LIMIT 1""",
            (scope,),
        ).fetchone()


def is_right(connection: Connection[Any], snapshot: Snapshot) -> bool:
    """Tell whether nothing has ended or changed since: told, marked, or by the turn of the day."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        return bool(
            cursor.execute(
                """SELECT day = limu.register_today()
                      AND NOT EXISTS (SELECT FROM limu.feed_event e
                                      WHERE e.timepoint > s.timepoint AND e.kind <> 'record.published'
                                        AND e.kind <> 'list.entered')
                      AND NOT EXISTS (SELECT FROM limu.feed_dirty d JOIN limu.feed_event e ON e.record = d.record)
                   FROM limu.feed_snapshot s WHERE s.id = %s""",
                (snapshot.id,),
            ).fetchone()
        )


def withdraw(connection: Connection[Any], snapshot: UUID) -> None:
    """Withdraw a snapshot."""
    connection.execute(
        "UPDATE limu.feed_snapshot SET withdrawn_at = limu.register_now() WHERE id = %s AND withdrawn_at IS NULL",
        (snapshot,),
    )


def order(connection: Connection[Any], wish: UUID, holder: UUID) -> None:
    """Ask the worker for a snapshot of a holder's scope, once."""
    connection.execute(
        """INSERT INTO limu.outbox (id, kind, body) SELECT %s, 'feed_snapshot', %s
           WHERE NOT EXISTS (SELECT FROM limu.outbox WHERE kind = 'feed_snapshot' AND done_at IS NULL AND body = %s)""",
        (wish, Jsonb({"holder": str(holder)}), Jsonb({"holder": str(holder)})),
    )
    connection.execute("SELECT pg_notify('limu_feed', '')")
