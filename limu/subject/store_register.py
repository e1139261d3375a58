"""Writing the register: a chunk of ready rows in a temporary table, then set-wise SQL; never row by row."""

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from psycopg import Connection
from psycopg.rows import tuple_row

from limu.subject.store_copy import copy_frame

COLUMNS = (
    "row", "subject", "uscc", "name", "name_normal", "name_sort", "kind", "status", "region", "industry", "registrar",
    "address", "registered_on", "is_searchable", "numbers", "formers", "formers_normal",
)  # fmt: skip
# Held while a register is loaded: two loads would write the same lines of the search.
_LOCK = 0x4C696D76
_TABLE = """
    CREATE TEMPORARY TABLE register_row (
        row integer, subject uuid, uscc text, name text, name_normal text, name_sort text, kind text, status text,
        region text, industry text, registrar text, address text, registered_on date, is_searchable boolean,
        numbers text[], formers text[], formers_normal text[], is_known boolean NOT NULL DEFAULT false,
        is_changed boolean NOT NULL DEFAULT false, is_renamed boolean NOT NULL DEFAULT false
    ) ON COMMIT DROP
"""
# Where a first load broke off and was vacuumed away, the register's tables are thought to be empty whatever is in them
# now, and are read first: each of their rows must then find its own here, and not read all of a chunk.
_INDEX = "CREATE INDEX register_row_of_subject ON register_row (subject)"
_FIND_BY_CODE = """
    UPDATE register_row r SET subject = s.id, is_known = true FROM limu.subject s WHERE s.uscc = r.uscc
"""
# A number alone may belong to two registers' bodies; with the same name it is the same body.
_FIND_BY_NUMBER = """
    UPDATE register_row r SET subject = m.subject, is_known = true
    FROM (SELECT w.row, min(n.subject::text)::uuid AS subject
          FROM register_row w CROSS JOIN LATERAL unnest(w.numbers) AS stated
          JOIN limu.subject_number n ON n.number = split_part(stated, ':', 2) AND n.kind = split_part(stated, ':', 1)
          JOIN limu.subject s ON s.id = n.subject AND (w.uscc IS NULL OR s.uscc IS NULL)
          JOIN limu.subject_name k ON k.subject = s.id AND k.name_normal = w.name_normal
          WHERE NOT w.is_known GROUP BY w.row HAVING count(DISTINCT n.subject) = 1) m
    WHERE r.row = m.row
"""
_INSERT = """
    INSERT INTO limu.subject (id, uscc, name, name_normal, public_name, name_sort, kind, status, region, industry,
        registrar, address, registered_on, is_searchable, source)
    SELECT subject, uscc, name, name_normal, name, name_sort, kind, status, region, industry, registrar, address,
        registered_on, is_searchable, %s
    FROM register_row WHERE NOT is_known
"""
_UPDATE = """
    UPDATE limu.subject s SET uscc = coalesce(s.uscc, r.uscc), name = r.name, name_normal = r.name_normal,
        public_name = r.name, name_sort = r.name_sort, kind = r.kind,
        status = CASE WHEN r.status = 'unknown' THEN s.status ELSE r.status END, region = coalesce(r.region, s.region),
        industry = coalesce(r.industry, s.industry), registrar = coalesce(r.registrar, s.registrar),
        address = coalesce(r.address, s.address), registered_on = coalesce(r.registered_on, s.registered_on),
        is_searchable = r.is_searchable, source = %s, loaded_at = limu.register_now()
    FROM register_row r WHERE s.id = r.subject AND r.is_changed
"""
_MARK = """
    UPDATE register_row r SET
        is_renamed = s.name <> r.name OR s.name_normal <> r.name_normal OR s.is_searchable <> r.is_searchable
            OR (s.uscc IS NULL AND r.uscc IS NOT NULL) OR EXISTS (
                SELECT FROM unnest(r.formers_normal) AS f WHERE f <> r.name_normal AND NOT EXISTS (
                    SELECT FROM limu.subject_name n WHERE n.subject = s.id AND n.name_normal = f)),
        is_changed = (s.name, s.name_normal, s.kind, s.is_searchable)
                <> (r.name, r.name_normal, r.kind, r.is_searchable)
            OR (s.uscc IS NULL AND r.uscc IS NOT NULL) OR (r.status <> 'unknown' AND r.status <> s.status)
            OR (r.region IS NOT NULL AND r.region IS DISTINCT FROM s.region)
            OR (r.industry IS NOT NULL AND r.industry IS DISTINCT FROM s.industry)
            OR (r.registrar IS NOT NULL AND r.registrar IS DISTINCT FROM s.registrar)
            OR (r.address IS NOT NULL AND r.address IS DISTINCT FROM s.address)
            OR (r.registered_on IS NOT NULL AND r.registered_on IS DISTINCT FROM s.registered_on)
    FROM limu.subject s WHERE r.is_known AND s.id = r.subject
"""
_AGE_NAMES = """
    UPDATE limu.subject_name n SET is_current = false, until_on = coalesce(n.until_on, limu.register_today())
    FROM register_row r
    WHERE r.is_renamed AND n.subject = r.subject AND n.is_current AND n.name_normal <> r.name_normal
"""
_NAME = """
    INSERT INTO limu.subject_name AS n (subject, name, name_normal, is_current, from_on)
    SELECT subject, name, name_normal, true, CASE WHEN is_known THEN limu.register_today() END
    FROM register_row WHERE NOT is_known OR is_renamed
    ON CONFLICT (subject, name_normal) DO UPDATE SET name = excluded.name, is_current = true, until_on = NULL
    WHERE NOT n.is_current OR n.name <> excluded.name
"""
_FORMER = """
    INSERT INTO limu.subject_name (subject, name, name_normal, is_current)
    SELECT r.subject, f.name, f.normal, false
    FROM register_row r CROSS JOIN LATERAL unnest(r.formers, r.formers_normal) AS f (name, normal)
    WHERE (NOT r.is_known OR r.is_renamed) AND f.normal <> r.name_normal
    ON CONFLICT DO NOTHING
"""
_NUMBER = """
    INSERT INTO limu.subject_number (subject, kind, number)
    SELECT r.subject, split_part(stated, ':', 1), split_part(stated, ':', 2)
    FROM register_row r CROSS JOIN LATERAL unnest(r.numbers) AS stated
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What a chunk did to the register, and whose names the search must take up anew."""

    added: int
    updated: int
    known_rows: tuple[int, ...]
    renamed: tuple[str, ...]


def take_turn(connection: Connection[Any]) -> None:
    """Wait until no other load runs, and open the transaction if none is open."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))


def begin_load(connection: Connection[Any]) -> bool:
    """Start a load in this transaction; tells whether the search is empty, so that its index may be made at the end."""
    connection.execute(_TABLE)
    connection.execute(_INDEX)
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT NOT EXISTS (SELECT FROM limu.search_name)").fetchone()
    is_empty = bool(row and row[0])
    if is_empty:
        connection.execute("SELECT limu.drop_search_index()")
    return is_empty


def end_load(connection: Connection[Any], *, was_empty: bool, is_changed: bool) -> None:
    """Make the index that was put off, and make stale what was cached of the register before; commits nothing."""
    if was_empty:
        connection.execute("SELECT limu.make_search_index()")
    if is_changed:
        connection.execute("UPDATE limu.register_state SET version = version + 1, changed_at = limu.register_now()")
    connection.execute("DROP TABLE register_row")


def write_chunk(connection: Connection[Any], rows: pl.DataFrame, *, source: str) -> Written:
    """Add and update subjects, names and numbers from a chunk. Columns: COLUMNS; `subject` holds new identifiers."""
    copy_frame(connection, "register_row", rows.select(COLUMNS))
    connection.execute("ANALYZE register_row")
    for statement in (_FIND_BY_CODE, _FIND_BY_NUMBER, _MARK):
        connection.execute(statement)
    added = connection.execute(_INSERT, (source,)).rowcount
    updated = connection.execute(_UPDATE, (source,)).rowcount
    for statement in (_AGE_NAMES, _NAME, _FORMER, _NUMBER):
        connection.execute(statement)
    known, renamed = _outcome(connection)
    connection.execute("TRUNCATE register_row")
    return Written(added, updated + sum(not changed for _, changed in renamed), known, tuple(one for one, _ in renamed))


def _outcome(connection: Connection[Any]) -> tuple[tuple[int, ...], list[tuple[str, bool]]]:
    with connection.cursor(row_factory=tuple_row) as cursor:
        known = tuple(row[0] for row in cursor.execute("SELECT row FROM register_row WHERE is_known"))
        renamed = cursor.execute(
            "SELECT DISTINCT subject::text, is_changed FROM register_row WHERE is_renamed ORDER BY 1"
        ).fetchall()
    return known, renamed


def searchable_names(connection: Connection[Any], subjects: tuple[str, ...]) -> list[tuple[str, str, bool]]:
    """List the names, current and former, that subjects are to be found by."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            "SELECT n.subject::text, n.name_normal, n.is_current FROM limu.subject_name n"
            " JOIN limu.subject s ON s.id = n.subject"
            " WHERE s.is_searchable AND s.uscc IS NOT NULL AND n.subject = ANY(%s::uuid[])",
            (list(subjects),),
        ).fetchall()


def new_identifiers(connection: Connection[Any], count: int) -> list[str]:
    """Make UUIDv7 identifiers (RFC 9562 5.7) at the register's instant."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT floor(extract(epoch FROM limu.register_now()) * 1000)::bigint").fetchone()
    assert row is not None
    raw = np.frombuffer(os.urandom(16 * count), dtype=np.uint8).reshape(count, 16).copy()
    raw[:, :6] = np.frombuffer(int(row[0]).to_bytes(6, "big"), dtype=np.uint8)
    raw[:, 6] = raw[:, 6] & 0x0F | 0x70
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    text = raw.tobytes().hex()
    ends = ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))
    return ["-".join(text[at + start : at + end] for start, end in ends) for at in range(0, len(text), 32)]


def find_numbers(connection: Connection[Any], number: str) -> list[dict[str, Any]]:
    """List the irregular numbers of this text with whose they are and who confirmed them."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            "SELECT n.subject, s.name, n.first_confirmed_by, n.confirmed_by FROM limu.subject_number n"
            " JOIN limu.subject s ON s.id = n.subject WHERE n.number = %s AND n.kind = 'irregular_code'"
            " FOR UPDATE OF n",
            (number,),
        )
        names = ("subject", "name", "first", "second")
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def confirm_number(connection: Connection[Any], *, number: str, person: Any, is_second: bool) -> None:
    """Note that a person confirmed an irregular number: the first one, or the second who makes it usable."""
    column = "confirmed_by" if is_second else "first_confirmed_by"
    connection.execute(
        f"UPDATE limu.subject_number SET {column} = %s WHERE number = %s AND kind = 'irregular_code'",
        (person, number),
    )
