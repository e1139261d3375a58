"""Queries on what must hold: the packaged list of them, what a department's session sees, and every public text."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from psycopg import Connection, sql
from psycopg.rows import scalar_row

from limu.audit.rules_invariants import Promise, read_promises
from limu.record.event import ENDING, RESTORING


@cache
def promises() -> tuple[Promise, ...]:
    """Read the packaged promises that are queries."""
    return tuple(read_promises((files("limu.audit") / "sql" / "invariants.sql").read_text("utf-8")))


def begin(connection: Connection[Any]) -> None:
    """See everything from here on as it is at one moment, and be able to change nothing."""
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


def see_all(connection: Connection[Any]) -> None:
    """Open the rows of every department to this transaction."""
    connection.execute("SELECT set_config('limu.department', '', true), set_config('limu.reach', 'centre', true)")


def broken(connection: Connection[Any], promise: Promise) -> list[str]:
    """List what breaks a promise."""
    values = {"ending": sorted(ENDING), "restoring": sorted(RESTORING), "turning": sorted(ENDING | RESTORING)}
    with connection.cursor(row_factory=scalar_row) as cursor:
        return [str(one) for one in cursor.execute(promise.query.encode(), values)]


def seen_of_others(connection: Connection[Any]) -> list[str]:
    """Enter each department in turn and look for a row of another one, in every table that has departments."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        departments: list[UUID] = cursor.execute("SELECT id FROM limu.department ORDER BY id LIMIT 50").fetchall()
        tables: list[str] = cursor.execute(_DEPARTED).fetchall()
        twofold = set(cursor.execute(_TWOFOLD).fetchall())
        found = []
        for department in departments:
            cursor.execute(
                "SELECT set_config('limu.department', %s, true), set_config('limu.reach', 'own', true)",
                (str(department),),
            )
            for table in tables:
                where = sql.SQL(" AND to_department IS DISTINCT FROM %(own)s") if table in twofold else sql.SQL("")
                statement = sql.SQL("SELECT count(*) FROM (SELECT FROM {} WHERE department <> %(own)s{} LIMIT 1) t")
                many = cursor.execute(
                    statement.format(sql.Identifier("limu", table), where), {"own": department}
                ).fetchone()
                found += [f"{department} → {table}"] if many else []
    see_all(connection)
    return found


_DEPARTED = """
    SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'department'
    WHERE c.relnamespace = 'limu'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relrowsecurity AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1"""
# A letter belongs to whom it is written to as well.
_TWOFOLD = """
    SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'to_department'
    WHERE c.relnamespace = 'limu'::regnamespace AND c.relkind IN ('r', 'p')"""


def public_texts(connection: Connection[Any], *, size: int = 20_000) -> Iterator[list[tuple[str, str]]]:
    """Walk every text that is public or handed on: (where it stands, text), in batches."""
    with connection.cursor(name="public_texts") as cursor:
        cursor.itersize = size
        cursor.execute(_PUBLIC_TEXTS)
        while rows := cursor.fetchmany(size):
            yield [tuple(row.values()) if isinstance(row, dict) else row for row in rows]


# A field a line: digits of two fields are not one number.
_PUBLIC_TEXTS = """
    SELECT 'record ' || r.id AS place,
           concat_ws(E'\\n', r.subject_name, r.document_number, r.authority, told.content) AS text
    FROM shown.record r
    LEFT JOIN LATERAL (SELECT string_agg(value, E'\\n') AS content FROM jsonb_each_text(r.content)) told ON true
    UNION ALL
    SELECT 'feed ' || c.record,
           (SELECT string_agg(value, E'\\n') FROM jsonb_each_text((c.body::jsonb) -> 'content'))
    FROM limu.feed_copy c
    UNION ALL
    SELECT 'list ' || l.id, concat_ws(E'\\n', l.name, l.authority, l.document) FROM shown.list_entry l"""


def heads(connection: Connection[Any]) -> list[tuple[int, bytes]]:
    """List every head that the log ever had, the smallest first."""
    rows = connection.execute("SELECT size, root FROM limu.log_head ORDER BY size").fetchall()
    return [tuple(row.values()) if isinstance(row, dict) else row for row in rows]
