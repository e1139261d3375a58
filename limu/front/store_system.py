"""Queries of the system page: the worker's tasks and what the database weighs; no record is among them."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import dict_row

from limu.wire.outbox import ATTEMPTS

Row = dict[str, Any]


def tasks(connection: Connection[Any], *, limit: int, skip: int = 0) -> list[Row]:
    """List what waits, runs again or has failed, then what is done, the newest first; who last asked for a new try."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT o.id, o.kind, o.created_at, o.done_at, o.attempts, o.failure,
                      (o.done_at IS NULL AND o.attempts >= %(most)s) AS is_given_up,
                      (SELECT f.code FROM limu.outbox_retry y JOIN limu.officer f ON f.id = y.officer
                       WHERE y.task = o.id ORDER BY y.asked_at DESC LIMIT 1) AS retried_by
               FROM limu.outbox o
               ORDER BY o.done_at IS NOT NULL, CASE WHEN o.done_at IS NULL THEN o.attempts END DESC,
                   CASE WHEN o.done_at IS NULL THEN o.created_at END, o.done_at DESC, o.id
               LIMIT %(limit)s OFFSET %(skip)s""",
            {"most": ATTEMPTS, "limit": limit, "skip": skip},
        ).fetchall()


def count_tasks(connection: Connection[Any]) -> tuple[int, int]:
    """How many tasks wait, and how many of those have failed for good."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """SELECT count(*)::int AS waiting, (count(*) FILTER (WHERE attempts >= %s))::int AS failed
               FROM limu.outbox WHERE done_at IS NULL""",
            (ATTEMPTS,),
        ).fetchone()
    return (row["waiting"], row["failed"]) if row else (0, 0)


def find_task(connection: Connection[Any], task: UUID) -> Row | None:
    """Find one task and hold it."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "SELECT id, done_at, attempts, failure FROM limu.outbox WHERE id = %s FOR UPDATE", (task,)
        ).fetchone()


def retry(connection: Connection[Any], task: Row, *, officer: UUID) -> None:
    """Let the worker try a task again, and write down who asked for it and what had failed."""
    connection.execute(
        "INSERT INTO limu.outbox_retry (id, task, officer, failure) VALUES (%s, %s, %s, %s)",
        (uuid4(), task["id"], officer, task["failure"]),
    )
    connection.execute("UPDATE limu.outbox SET attempts = 0 WHERE id = %s", (task["id"],))


def weights(connection: Connection[Any]) -> list[tuple[str, int]]:
    """Weigh the database and its heaviest tables, partitions summed up, in bytes."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT name, size FROM (
                   SELECT coalesce(i.inhparent::regclass::text, c.oid::regclass::text) AS name,
                          sum(pg_total_relation_size(c.oid))::bigint AS size
                   FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
                   WHERE c.relnamespace = 'limu'::regnamespace AND c.relkind = 'r' GROUP BY 1
                   UNION ALL SELECT '', pg_database_size(current_database())) sized
               ORDER BY name <> '', size DESC LIMIT 9"""
        )
        return [(row["name"] or "整个数据库", row["size"]) for row in cursor]


def files_of(connection: Connection[Any], *, limit: int = 500) -> list[tuple[bytes, datetime]]:
    """List the hashes of the newest uploaded files and when they came; a correction written at the desk has none."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT s.file_hash, s.received_at FROM limu.submission s WHERE s.intent <> 'nil'
               AND NOT EXISTS (SELECT FROM limu.correction c WHERE c.submission = s.id)
               ORDER BY s.received_at DESC LIMIT %s""",
            (limit,),
        )
        return [(bytes(row["file_hash"]), row["received_at"]) for row in cursor]
