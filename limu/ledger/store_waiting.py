"""Rows that wait for a subject: taken up again when somebody was found, closed when the same row came with more."""

import json
from typing import Any
from uuid import UUID

import polars as pl
from psycopg import Connection
from psycopg.rows import dict_row

from limu.ledger.rules import Chunk
from limu.ledger.store import ENTRY_COLUMNS

_DECIDED = ("decision", "reason", "shown_from", "shown_until", "earliest_repair_on", "rule")
_TYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(ENTRY_COLUMNS, pl.String),
    **dict.fromkeys(("kinds", "party_numbers"), pl.List(pl.String)),
    **dict.fromkeys(("natural_key", "content_hash"), pl.Binary),
    **{name: pl.Date for name in ENTRY_COLUMNS if name.endswith("_on") or name.startswith("valid_")},
    "row_number": pl.Int64,
    "fine_fen": pl.Int64,
}


def pending_row(connection: Connection[Any], pending: UUID, *, record: UUID) -> pl.DataFrame:
    """Read one waiting row as the intake handed it over, under a record's id and without any decision on it."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """SELECT (jsonb_populate_record(NULL::staging.entry, p.record)).*
               FROM limu.pending_record p WHERE p.id = %s""",
            (pending,),
        ).fetchone()
    assert row is not None
    texts = {name: _compact(row[name]) for name in ("content", "closed")}
    plain = {name: row[name] for name in ENTRY_COLUMNS if name not in {*_DECIDED, "submission"}}
    schema = {name: _TYPES[name] for name in plain}
    return pl.DataFrame([plain | texts | {"id": str(record)}], schema=schema)


def _compact(value: Any) -> str | None:
    # As the checks write it: the decision on publication reads it as text.
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def link_pending(connection: Connection[Any], *, pending: UUID, subject: UUID) -> int:
    """Link the waiting row that lies in staging to the subject an officer found; returns its version.

    A row that was linked to this subject before and taken off it comes back as the next version; a key that stands
    under this subject for any other reason keeps version 1 and will enter nothing (no resurrection)."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """INSERT INTO staging.link (submission, row_number, subject, basis, version)
               SELECT p.submission, p.row_number, %(subject)s, 'judgement',
                      CASE WHEN bool_and(r.id IS NULL OR u.id IS NOT NULL)
                           THEN coalesce(max(r.version), 0) + 1 ELSE 1 END
               FROM limu.pending_record p
               LEFT JOIN limu.record r ON r.subject = %(subject)s AND r.department = p.department AND r.item = p.item
                   AND r.natural_key = p.natural_key
               LEFT JOIN limu.record_event u ON u.subject = r.subject AND u.record = r.id AND u.kind = 'record_unlinked'
               WHERE p.id = %(pending)s GROUP BY p.submission, p.row_number
               RETURNING version""",
            {"subject": subject, "pending": pending},
        ).fetchone()
    assert row is not None
    return int(row["version"])


def settle_overtaken(connection: Connection[Any], chunk: Chunk) -> None:
    """Close the waiting rows that came again with a code they lacked: the later row has the judgement to come."""
    waits = connection.execute(
        "SELECT FROM limu.pending_record WHERE department = %s AND settled_at IS NULL LIMIT 1", (chunk.department,)
    ).fetchone()
    if waits is None:
        return
    connection.execute(
        """UPDATE limu.pending_record p SET settled_at = limu.register_now(), reason = '报送单位已重新报送本行'
           FROM staging.entry e
           WHERE p.department = %(department)s AND p.item = %(item)s AND p.settled_at IS NULL AND p.id <> e.id
             AND p.natural_key = e.natural_key AND p.party_normal = coalesce(e.party_normal, '')
             AND p.content_hash = e.content_hash AND e.party_uscc IS NOT NULL
             AND p.party ->> 'uscc' IS DISTINCT FROM e.party_uscc
             AND (EXISTS (SELECT FROM limu.pending_record n WHERE n.id = e.id)
                  OR EXISTS (SELECT FROM staging.link l JOIN limu.record r ON r.subject = l.subject AND r.id = e.id
                             WHERE l.submission = e.submission AND l.row_number = e.row_number))""",
        {"department": chunk.department, "item": chunk.item},
    )
