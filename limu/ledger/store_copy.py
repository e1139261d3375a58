"""Bulk writing: a chunk as the rows of three COPYs, made while the chunk before is being written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import polars as pl
from psycopg import Connection, sql

from limu.ledger import store_binary as binary
from limu.ledger.rules import Chunk
from limu.ledger.rules_entering import KNOWN_SCHEMA, Moment
from limu.ledger.rules_marks import Marks
from limu.wire.pour import copy_bytes

Rows = tuple[tuple[str, ...], tuple[bytes | memoryview, ...]]
"""The names of columns and rows of them, as COPY takes them: bytes to be sent one after another."""


def known_records(connection: Connection[Any], chunk: Chunk, suspects: pl.DataFrame) -> pl.DataFrame:
    """Look up the newest version of each key under its subject; one value there and one back, for a whole chunk.

    How a record ended is asked only where it is not plainly shown or withheld: a question for each row of a file that
    was sent before would cost more than the rest of it."""
    keys = suspects.unique(maintain_order=True)
    if not keys.height:
        return pl.DataFrame(schema=KNOWN_SCHEMA)
    hexes = keys.get_column("natural_key").bin.encode("hex")
    row = connection.execute(
        """SELECT string_agg(concat_ws(',', r.subject, encode(r.natural_key, 'hex'), r.id, r.version,
                                       encode(r.content_hash, 'hex'),
                                       CASE WHEN p.record IS NULL THEN coalesce(limu.ended_as(r.subject, r.id), '')
                                            ELSE '' END), E'\n') AS told
           FROM unnest(string_to_array(%(subjects)s, E'\n')::uuid[], string_to_array(%(keys)s, E'\n'))
               AS a (subject, key)
           CROSS JOIN LATERAL (
               SELECT * FROM limu.record k WHERE k.subject = a.subject AND k.department = %(department)s
                 AND k.item = %(item)s AND k.natural_key = decode(a.key, 'hex') ORDER BY k.version DESC LIMIT 1) r
           LEFT JOIN limu.publication p ON p.subject = r.subject AND p.record = r.id AND p.known_until = 'infinity'
               AND (p.decision = 'withheld'
                    OR p.decision = 'published' AND p.shown_until > (SELECT limu.register_today()))""",
        {
            "subjects": "\n".join(keys.get_column("subject")), "keys": "\n".join(hexes),
            "department": chunk.department, "item": chunk.item,
        },
    ).fetchone()  # fmt: skip
    told = (row["told"] if isinstance(row, dict) else row[0]) if row else None
    return _known_frame(told or "")


MOST_MARKED: Final = 50_000


def marks_of(connection: Connection[Any], chunk: Chunk) -> Marks | None:
    """Mark every key that a department has filed of an item; None where these are so many that asking is cheaper.

    What others enter meanwhile has no mark: the unique key refuses the COPY, and the chunk asks for all its keys."""
    # A record's submission is one of its department and item (limu.refuse_orphans).
    row = connection.execute(
        """SELECT count(*) AS rows, string_agg(natural_key, ''::bytea) AS keys FROM (
               SELECT r.natural_key FROM limu.submission s JOIN limu.record r ON r.submission = s.id
               WHERE s.department = %s AND s.item = %s LIMIT %s) k""",
        (chunk.department, chunk.item, MOST_MARKED + 1),
    ).fetchone()
    assert row is not None
    rows, keys = (row["rows"], row["keys"]) if isinstance(row, dict) else row
    if rows > MOST_MARKED:
        return None
    marks = Marks()
    marks.add(bytes(keys or b""))
    return marks


def _known_frame(told: str) -> pl.DataFrame:
    if not told:
        return pl.DataFrame(schema=KNOWN_SCHEMA)
    texts = {name: pl.Int64() if name == "version" else pl.String() for name in KNOWN_SCHEMA}
    frame = pl.read_csv(told.encode(), has_header=False, schema=texts)
    return frame.with_columns(pl.col("natural_key", "content_hash").str.decode("hex"))


@dataclass(frozen=True, slots=True)
class Keys:
    """The identifiers of the rows of a chunk as COPY takes them: three tables carry them."""

    records: binary.Matrix
    subjects: binary.Matrix

    def ordered(self, order: pl.Series) -> "Keys":
        """The same in another order of the rows."""
        places = order.to_numpy()
        return Keys(self.records[places], self.subjects[places])


def keys_of(entering: pl.DataFrame) -> Keys:
    """Encode the identifiers of records and subjects once."""
    return Keys(binary.uuids(entering.get_column("id")), binary.uuids(entering.get_column("subject")))


def record_rows(entering: pl.DataFrame, chunk: Chunk, now: datetime, *, keys: Keys) -> Rows:
    """The rows of limu.record_rows."""
    of, there = entering.get_column, entering.columns
    words = [name for name in ("basis", "authority", "authority_uscc", "severity") if name in there]
    few: dict[str, Callable[[Any], bytes]] = dict.fromkeys(words, str.encode)
    if "kinds" in there:
        # Joined to one text: the engine groups lists slowly.
        entering, few["kinds"] = entering.with_columns(pl.col("kinds").list.join("\x1f")), binary.listed
    dates = ("decided_on", "published_on", "conduct_ended_on", "valid_from", "valid_until")
    parts: dict[str, binary.Part] = {
        "item": binary.text(chunk.item), "item_version": binary.integer(chunk.item_version),
        "submission": binary.identifier(chunk.submission), "recorded_at": binary.instant(now),
        "id": keys.records, "subject": keys.subjects,
        "natural_key": binary.digests(of("natural_key"), 16), "content_hash": binary.digests(of("content_hash"), 16),
        "version": binary.counted(of("version")), "row_number": binary.counted(of("row_number")),
        "content": binary.documents(of("content")),
        **{name: binary.days(of(name)) for name in dates if name in there},
        **{name: binary.texts(of(name)) for name in ("party_name", "document_number") if name in there},
    }  # fmt: skip
    parts |= {name: encode(of(name)) for name, encode in _REST.items() if name in there}
    columns: dict[tuple[str, ...], binary.Part] = {(name,): part for name, part in parts.items()}
    columns[tuple("link_basis" if name == "basis" else name for name in few)] = binary.together(entering, few)
    return binary.encoded(columns, entering.height)


_REST: Final = {"fine_fen": binary.amounts, "closed": binary.documents}


def event_rows(events: pl.DataFrame, chunk: Chunk, moment: Moment, *, block: UUID, keys: Keys) -> Rows:
    """The rows of limu.record_event_rows; a record's first event has the record's own identifier."""
    parts: dict[str, binary.Part] = {
        "effective_on": binary.day(moment.today), "recorded_at": binary.instant(moment.now),
        "salt_block": binary.identifier(block),
        "officers": binary.sized(binary.array([chunk.officer.bytes], binary.UUID_OID)),
        "id": keys.records, "record": keys.records, "subject": keys.subjects,
        "commitment": binary.digests(events.get_column("commitment"), 32),
        "salt_index": binary.counted(events.get_column("salt_index")),
        "kind": binary.mapped(events.get_column("kind"), str.encode),
        "body": binary.documents(events.get_column("body")),
    }  # fmt: skip
    return binary.encoded({(name,): part for name, part in parts.items()}, events.height)


def publication_rows(entering: pl.DataFrame, now: datetime, *, keys: Keys) -> Rows:
    """The rows of limu.publication_rows."""
    words: dict[str, Callable[[Any], bytes]] = dict.fromkeys(("decision", "reason", "rule"), str.encode)
    days = dict.fromkeys(("shown_from", "shown_until", "earliest_repair_on"), binary.day_bytes)
    few = words | days
    return binary.encoded({
        ("known_from",): binary.instant(now), ("subject",): keys.subjects, ("record",): keys.records,
        tuple(few): binary.together(entering, few),
    }, entering.height)  # fmt: skip


def copy_rows(connection: Connection[Any], table: str, rows: Rows) -> None:
    """Write rows through a table's door for COPY."""
    columns, whole = rows
    target = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
        sql.Identifier("limu", f"{table}_rows"), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    copy_bytes(connection.cursor(), target, *whole)
