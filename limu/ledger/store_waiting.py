"""Rows that wait for a subject: kept, taken up again when somebody was found, closed when one came with more."""

import json
from typing import Any
from uuid import UUID

import polars as pl
from psycopg import Connection
from psycopg.rows import dict_row, scalar_row
from psycopg.types.json import Jsonb

from limu.ledger.rules import Chunk, KnownRow
from limu.ledger.store import ENTRY_COLUMNS

_JSON = ("content", "closed")
_DECIDED = ("decision", "reason", "shown_from", "shown_until", "earliest_repair_on", "rule")
_TYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(ENTRY_COLUMNS, pl.String),
    **dict.fromkeys(("kinds", "party_numbers"), pl.List(pl.String)),
    **dict.fromkeys(("natural_key", "content_hash"), pl.Binary),
    **{name: pl.Date for name in ENTRY_COLUMNS if name.endswith("_on") or name.startswith("valid_")},
    "row_number": pl.Int64,
    "fine_fen": pl.Int64,
}
_PARTY = {"uscc": "party_uscc", "numbers": "party_numbers"} | {one: one for one in ("region", "address", "registrar")}
_STATED = tuple(name for name in ENTRY_COLUMNS if name not in {*_DECIDED, "submission", "id"})
"""What `record` holds of a row, without what it does not say; it is decided on the day it finds its subject."""

# One value there for each of these, and one back: a value for each row would cost more than the rows. What is known
# here is not taken out of the record again over there.
_LINES = "string_to_array(convert_from(%({})b, 'UTF8'), E'\\n')"
_COLUMNS = ("id", "row_number", "natural_key", "content_hash", "party", "record", "reason", "candidates")
_KEEP = f"""
    WITH kept AS (
        INSERT INTO limu.pending_record (
            id, department, item, item_version, natural_key, content_hash, party_name, party_normal, party, record,
            reason, candidates, submission, row_number, entered_at)
        SELECT u.id::uuid, %(department)s, %(item)s, %(item_version)s,
               decode(u.natural_key, 'hex'), decode(u.content_hash, 'hex'),
               u.told ->> 'party_name', coalesce(u.told ->> 'party_normal', ''), u.party::jsonb, u.told, u.reason,
               u.candidates::jsonb, %(submission)s, u.row_number::integer, (SELECT limu.register_now())
        FROM (SELECT a.*, a.record::jsonb AS told
              FROM unnest({", ".join(map(_LINES.format, _COLUMNS))}) AS a ({", ".join(_COLUMNS)})
              OFFSET 0) u
        ON CONFLICT (department, item, natural_key, party_normal, content_hash, (coalesce(party ->> 'uscc', '')))
        DO NOTHING
        RETURNING row_number
    )
    SELECT string_agg(row_number::text, ',') FROM kept
"""


def keep_rows(connection: Connection[Any], chunk: Chunk, rows: pl.DataFrame) -> tuple[int, tuple[KnownRow, ...]]:
    """Keep rows without a subject, with what is in doubt and the candidates for the matching desk.

    Returns how many are new, and the others: one sent before, waiting or settled, is not kept twice."""
    if not rows.height:
        return 0, ()
    values = {"department": chunk.department, "item": chunk.item, "item_version": chunk.item_version}
    with connection.cursor(row_factory=scalar_row) as cursor:
        told = cursor.execute(_KEEP, {**values, "submission": chunk.submission, **_lines(rows)}).fetchone()
    new = {int(number) for number in (told or "").split(",") if number}
    numbers = rows.get_column("row_number").to_list()
    return len(new), tuple(KnownRow(number, is_equal=True) for number in numbers if number not in new)


def _lines(rows: pl.DataFrame) -> dict[str, bytes]:
    """The columns of rows as lines of text; JSON holds no line's end."""
    plain = [_plain(name, rows.schema[name]) for name in _STATED if name in rows.columns and name not in _JSON]
    party = [_plain(name, rows.schema[name]).alias(word) for word, name in _PARTY.items() if name in rows.columns]
    stated, party_stated = _members(plain), _members([pl.col("row_number"), *party])
    closed = (pl.lit(',"closed":') + pl.col("closed")).fill_null("")
    told = rows.select(
        pl.col("natural_key", "content_hash").bin.encode("hex"), pl.col("row_number").cast(pl.String),
        id="id", reason="doubt", candidates="candidates",
        party=pl.lit("{") + party_stated.str.replace(r'^"row_number":\d+,?', ""),
        record=pl.concat_str(pl.lit('{"content":'), "content", closed, pl.lit(","), stated),
    )  # fmt: skip
    return told.select(pl.all().str.join("\n").cast(pl.Binary)).row(0, named=True)


def _members(columns: list[pl.Expr]) -> pl.Expr:
    """An object of what is stated, without its first brace and its empty members.

    The row number comes first, so a comma stands before each of those; no text of JSON has a bare quote behind one."""
    return pl.struct(columns).struct.json_encode().str.replace_all(r'^\{|,"[a-z_]+":null', "")


def _plain(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if kind == pl.Binary:
        return (pl.lit("\\x") + column.bin.encode("hex")).alias(name)
    return column.cast(pl.String) if isinstance(kind, (pl.Categorical, pl.Enum)) else column


def pending_row(connection: Connection[Any], pending: UUID, *, record: UUID) -> pl.DataFrame:
    """Read one waiting row as the intake handed it over, under a record's id and without any decision on it."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """SELECT (jsonb_populate_record(NULL::staging.entry, p.record)).*
               FROM limu.pending_record p WHERE p.id = %s""",
            (pending,),
        ).fetchone()
    assert row is not None
    texts = {name: _compact(row[name]) for name in _JSON}
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


def keys_waiting(connection: Connection[Any], chunk: Chunk) -> pl.DataFrame:
    """List the keys that waited for a subject before this submission: a row with a code may overtake one of them."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        keys = cursor.execute(
            """SELECT string_agg(encode(natural_key, 'hex'), E'\n') FROM limu.pending_record
               WHERE department = %s AND item = %s AND settled_at IS NULL AND submission <> %s""",
            (chunk.department, chunk.item, chunk.submission),
        ).fetchone()
    listed = pl.Series(keys.split("\n") if keys else [], dtype=pl.String)
    return pl.DataFrame({"natural_key": listed.str.decode("hex")})


# In steps, each held: what waited before this submission, what of it came again, and only then the rows themselves.
_OVERTAKEN = """
    WITH earlier AS MATERIALIZED (
        SELECT id, natural_key, party_normal, content_hash, coalesce(party ->> 'uscc', '') AS uscc
        FROM limu.pending_record
        WHERE department = %(department)s AND item = %(item)s AND settled_at IS NULL AND submission <> %(submission)s
    ), again AS MATERIALIZED (
        SELECT p.id, e.id AS entry, e.subject FROM earlier p
        JOIN jsonb_to_recordset(%(overtaking)s) AS e (
            id uuid, subject uuid, natural_key bytea, content_hash bytea, party_normal text, party_uscc text)
            ON e.natural_key = p.natural_key AND e.content_hash = p.content_hash
            AND coalesce(e.party_normal, '') = p.party_normal
        WHERE e.party_uscc <> p.uscc
    ), overtaken AS MATERIALIZED (
        SELECT a.id FROM again a JOIN limu.pending_record n ON n.id = a.entry
        UNION
        SELECT a.id FROM again a JOIN limu.record r ON r.subject = a.subject AND r.id = a.entry
    )
    UPDATE limu.pending_record p SET settled_at = limu.register_now(), reason = '报送单位已重新报送本行'
    FROM overtaken o WHERE p.id = o.id
"""
_OVERTAKING = ("id", "subject", "natural_key", "content_hash", "party_normal", "party_uscc")


def settle_overtaken(connection: Connection[Any], chunk: Chunk, overtaking: pl.DataFrame) -> None:
    """Close the waiting rows that came again with a code they lacked: the later row has the judgement to come.

    `overtaking` are those later rows, each with the subject it found, if it did."""
    told = overtaking.select(_plain(name, overtaking.schema[name]) for name in _OVERTAKING)
    values = {"department": chunk.department, "item": chunk.item, "submission": chunk.submission}
    connection.execute(_OVERTAKEN, {**values, "overtaking": Jsonb(told.to_dicts())})
