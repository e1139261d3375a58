"""Queries on acts that ended: the same decision sent by somebody else, or with its number written another way."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import polars as pl
from psycopg import Connection
from psycopg.rows import dict_row, scalar_row, tuple_row

from limu.ledger.rules import Chunk, EndedAs, KnownRow


def twins_of_ended(connection: Connection[Any], chunk: Chunk, rows: pl.DataFrame) -> tuple[KnownRow, ...]:
    """List the rows of a chunk that are twins of what ended. Most chunks are done after one look by subject."""
    if not rows.height or "document_number" not in rows.columns:
        return ()
    subjects = rows.get_column("subject").unique().to_list()
    with connection.cursor(row_factory=scalar_row) as cursor:
        known = cursor.execute(
            "SELECT shown.subjects_with_ended(string_to_array(%s, ',')::uuid[], %s)::text",
            (",".join(subjects), chunk.item),
        ).fetchall()
    if not known:
        return ()
    wanted = [
        pl.col(name) if name in rows.columns else pl.lit(None).alias(name)
        for name in ("row_number", "subject", "document_number", "authority", "decided_on")
    ]
    suspects = rows.filter(pl.col("subject").is_in(known)).select(wanted).rows()
    return tuple(_found(connection, chunk, suspects))


def _found(connection: Connection[Any], chunk: Chunk, suspects: Iterable[tuple[Any, ...]]) -> Iterable[KnownRow]:
    columns = [list(column) for column in zip(*suspects, strict=True)]
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT s.row_number, true AS is_equal, t.record, s.subject, t.ended_as
               FROM unnest(%s::int[], %s::uuid[], %s::text[], %s::text[], %s::date[])
                   AS s (row_number, subject, number, authority, day)
               CROSS JOIN LATERAL shown.ended_twin(s.subject, %s, s.number, %s, s.authority, s.day, NULL) t
               ORDER BY s.row_number""",
            (*columns, chunk.item, chunk.department),
        )
        yield from (KnownRow(**row) for row in cursor)


def staged_twin(connection: Connection[Any], chunk: Chunk) -> EndedAs | None:
    """Tell how the act ended of which a linked row in staging is a twin."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(
            """SELECT t.ended_as FROM staging.entry e
               JOIN staging.link l ON l.submission = e.submission AND l.row_number = e.row_number
               CROSS JOIN LATERAL shown.ended_twin(
                   l.subject, %s, e.document_number, %s, e.authority, e.decided_on, NULL) t LIMIT 1""",
            (chunk.item, chunk.department),
        ).fetchone()


def open_twins(connection: Connection[Any], *, subject: UUID, record: UUID) -> list[tuple[UUID, UUID]]:
    """List (record, department) of the same act where it still stands."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute("SELECT record, department FROM shown.open_twins(%s, %s)", (subject, record)).fetchall()


def ended_as(connection: Connection[Any], *, subject: UUID, record: UUID) -> EndedAs | None:
    """Tell how a record ended, where it may not come back by being sent or corrected; None where it may."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute("SELECT limu.ended_as(%s, %s)", (subject, record)).fetchone()
