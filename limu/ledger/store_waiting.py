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
                      CASE WHEN bool_and(r.id IS NULL
                               OR (u.id IS NOT NULL AND limu.ended_as(r.subject, r.id) IS NULL))
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


def rows_waiting(connection: Connection[Any], chunk: Chunk, frame: pl.DataFrame) -> pl.DataFrame:
    """Find the rows with a code whose key waits for a subject already: they may overtake what waits."""
    row = connection.execute(
        """SELECT string_agg(encode(natural_key, 'hex'), E'\n') AS keys FROM limu.pending_record
           WHERE department = %s AND item = %s AND settled_at IS NULL AND submission <> %s""",
        (chunk.department, chunk.item, chunk.submission),
    ).fetchone()
    keys = str((row["keys"] if isinstance(row, dict) else row[0]) or "") if row else ""
    known = pl.DataFrame(
        {"natural_key": pl.Series(keys.split("\n") if keys else [], dtype=pl.String).str.decode("hex")}
    )
    return frame.filter(pl.col("party_uscc").is_not_null()).join(known, on="natural_key", how="semi")


# In steps, each held: what waited before this submission, what of it came again, and only then the rows themselves.
_OVERTAKEN = """
    WITH earlier AS MATERIALIZED (
        SELECT id, natural_key, party_normal, content_hash, coalesce(party ->> 'uscc', '') AS uscc
        FROM limu.pending_record
        WHERE department = %(department)s AND item = %(item)s AND settled_at IS NULL AND submission <> %(submission)s
    ), again AS MATERIALIZED (
        SELECT p.id, e.id AS entry, e.submission, e.row_number FROM earlier p
        JOIN staging.entry e ON e.natural_key = p.natural_key AND e.content_hash = p.content_hash
            AND coalesce(e.party_normal, '') = p.party_normal
        WHERE e.party_uscc <> p.uscc
    ), overtaken AS MATERIALIZED (
        SELECT a.id FROM again a JOIN limu.pending_record n ON n.id = a.entry
        UNION
        SELECT a.id FROM again a
        JOIN staging.link l ON l.submission = a.submission AND l.row_number = a.row_number
        JOIN limu.record r ON r.subject = l.subject AND r.id = a.entry
    )
    UPDATE limu.pending_record p SET settled_at = limu.register_now(), reason = '报送单位已重新报送本行'
    FROM overtaken o WHERE p.id = o.id
"""


def settle_overtaken(connection: Connection[Any], chunk: Chunk) -> None:
    """Close the waiting rows that came again with a code they lacked: the later row has the judgement to come."""
    values = {"department": chunk.department, "item": chunk.item, "submission": chunk.submission}
    connection.execute(_OVERTAKEN, values)
