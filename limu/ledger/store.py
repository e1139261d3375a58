"""Every query on records and events. Bulk writing is set-wise: a chunk in staging, then one statement a table."""

import json
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal
from uuid import UUID

import polars as pl
from psycopg import Connection, sql
from psycopg.rows import dict_row, scalar_row
from psycopg.types.json import Jsonb

from limu.ledger.rules import Chunk, Entered, KnownRow, StoredRecord, written_around
from limu.record.event import ENDING, RESTORING, Event, EventKind
from limu.wire.clock import register_now, register_today

# Columns of staging.entry in the order of COPY; `submission` is added here.
ENTRY_COLUMNS = (
    "submission", "row_number", "id", "party_name", "party_normal", "party_uscc", "party_numbers", "region", "address",
    "registrar", "document_number", "authority", "authority_uscc", "decided_on", "published_on", "conduct_ended_on",
    "valid_from", "valid_until", "severity", "kinds", "fine_fen", "content", "closed", "natural_key", "content_hash",
    "decision", "reason", "shown_from", "shown_until", "earliest_repair_on", "rule",
)  # fmt: skip
NULL_TEXT = "\\N"


@cache
def _statement(name: str) -> str:
    return (files("limu.ledger") / "sql" / f"{name}.sql").read_text("utf-8")


def clear_staging(connection: Connection[Any]) -> None:
    """Empty the staging tables; the lock lasts until the transaction ends, so one chunk is in work at a time."""
    connection.execute("TRUNCATE staging.entry, staging.link")


def lock_item(connection: Connection[Any], *, department: UUID, item: str) -> None:
    """Be the only one to enter rows of a department's item until the transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", (f"{department} {item}",))


def hold_item(connection: Connection[Any], *, department: UUID, item: str) -> None:
    """Be the only one to enter rows of a department's item until it is let go, whatever connection writes them."""
    connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 11))", (f"{department} {item}",))


def let_item_go(connection: Connection[Any], *, department: UUID, item: str) -> None:
    """Let others enter rows of a department's item."""
    connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 11))", (f"{department} {item}",))


def is_item_awaited(connection: Connection[Any], *, department: UUID, item: str) -> bool:
    """Tell whether somebody waits for a department's item to be let go."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        cursor.execute(
            """SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                   AND (classid::bigint << 32 | objid::bigint) = hashtextextended(%s, 11))""",
            (f"{department} {item}",),
        )
        return bool(cursor.fetchone())


def copy_entries(connection: Connection[Any], *, submission: UUID, frame: pl.DataFrame) -> None:
    """Copy a chunk of checked rows into staging; columns that the frame lacks stay null."""
    told = frame.with_columns(pl.lit(str(submission)).alias("submission"))
    lacking = [pl.lit(None).alias(name) for name in ENTRY_COLUMNS if name not in told.columns]
    ready = told.with_columns(lacking).select([_copied(name, told.schema.get(name)) for name in ENTRY_COLUMNS])
    text = ready.write_csv(include_header=False, null_value=NULL_TEXT, quote_style="necessary").encode()
    target = sql.SQL("COPY staging.entry ({}) FROM STDIN (FORMAT csv, NULL {})").format(
        sql.SQL(", ").join(map(sql.Identifier, ENTRY_COLUMNS)), sql.Literal(NULL_TEXT)
    )
    with connection.cursor().copy(target) as copy:
        for start in range(0, len(text), 1 << 20):
            copy.write(text[start : start + (1 << 20)])
    connection.execute("ANALYZE staging.entry") if frame.height > 1000 else None


def _copied(name: str, kind: pl.DataType | None) -> pl.Expr:
    column = pl.col(name)
    if kind == pl.Binary:
        return (pl.lit("\\x") + column.bin.encode("hex")).alias(name)
    if isinstance(kind, pl.List):
        return (pl.lit("{") + column.list.eval(_quoted(pl.element())).list.join(",") + pl.lit("}")).alias(name)
    return column


def _quoted(element: pl.Expr) -> pl.Expr:
    escaped = element.str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
    return pl.lit('"') + escaped + pl.lit('"')


def count_links(connection: Connection[Any]) -> int:
    """Count the linked rows of staging."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        return int(cursor.execute("SELECT count(*) FROM staging.link").fetchone() or 0)


def raise_versions(connection: Connection[Any], chunk: Chunk) -> None:
    """Give rows that correct a record their next version; rows equal to what is there keep version 1 and stay out."""
    connection.execute(
        """WITH newest AS (
               SELECT DISTINCT ON (l.submission, l.row_number) l.submission, l.row_number, r.id, r.version,
                      r.content_hash, e.content_hash AS stated
               FROM staging.entry e
               JOIN staging.link l ON l.submission = e.submission AND l.row_number = e.row_number
               JOIN limu.record r ON r.subject = l.subject AND r.department = %(department)s AND r.item = %(item)s
                   AND r.natural_key = e.natural_key
               ORDER BY l.submission, l.row_number, r.version DESC)
           UPDATE staging.link l SET version = n.version + 1 FROM newest n
           WHERE n.submission = l.submission AND n.row_number = l.row_number AND n.content_hash <> n.stated
             AND limu.ended_as(l.subject, n.id) IS NULL""",
        {"department": chunk.department, "item": chunk.item},
    )


def mark_uncounted(connection: Connection[Any], chunk: Chunk) -> None:
    """Say that a submission has grown: its days of decision and receipt are to be counted anew."""
    connection.execute(
        "INSERT INTO limu.record_uncounted (submission, department) VALUES (%s, %s)",
        (chunk.submission, chunk.department),
    )


def enter_linked(
    connection: Connection[Any],
    chunk: Chunk,
    *,
    block: UUID,
    salts: bytes,
    kind: Literal["record_entered", "record_corrected"],
) -> Entered:
    """Write the linked rows of staging to the ledger: record, event, salt and publication, in one transaction.

    `salts` holds 32 random bytes for each linked row. A row whose key is there already enters nothing and is marked
    by version 0, so that the statements after the first pass it by, and `known_rows` finds it."""
    corrects = kind == "record_corrected"
    now, today = register_now(connection), register_today(connection)
    told = written_around(chunk, kind=kind, now=now, today=today)
    values = {
        "department": chunk.department, "item": chunk.item, "item_version": chunk.item_version,
        "officer": chunk.officer, "block": block, "salts": salts, "kind": kind, "corrects": corrects, "now": now,
        "today": today, **told,
    }  # fmt: skip
    wanted, published = _count_entering(connection, corrects=corrects)
    if not wanted:
        return Entered(0, 0)
    linked = connection.execute(_literals(_statement("enter_records"), values)).rowcount
    if linked < wanted:
        _mark_known(connection, corrects=corrects)
        _, published = _count_entering(connection, corrects=corrects)
    mark_uncounted(connection, chunk)
    insert_salts(connection, block=block, salts=salts)
    connection.execute(_literals(_statement("enter_events"), values))
    connection.execute(_literals(_statement("enter_publication"), values))
    return Entered(linked=linked, published=published)


def _count_entering(connection: Connection[Any], *, corrects: bool) -> tuple[int, int]:
    """Count the rows of staging about to enter, and those of them that the law shows."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """SELECT count(*) AS entering, count(*) FILTER (WHERE e.decision = 'published') AS published
               FROM staging.entry e
               JOIN staging.link l ON l.submission = e.submission AND l.row_number = e.row_number
               WHERE CASE WHEN %s THEN l.version > 1 ELSE l.version = 1 END""",
            (corrects,),
        ).fetchone()
    assert row is not None
    return row["entering"], row["published"]


def _mark_known(connection: Connection[Any], *, corrects: bool) -> None:
    connection.execute(
        """UPDATE staging.link l SET version = 0 FROM staging.entry e
           WHERE e.submission = l.submission AND e.row_number = l.row_number
             AND CASE WHEN %s THEN l.version > 1 ELSE l.version = 1 END
             AND NOT EXISTS (SELECT FROM limu.record n WHERE n.id = e.id AND n.subject = l.subject)""",
        (corrects,),
    )


def _literals(statement: str, values: dict[str, Any]) -> sql.Composed:
    """Put values into a packaged statement as literals; none of them is a user's text."""
    parts: list[sql.Composable] = []
    for piece in statement.split("%("):
        name, closing, rest = piece.partition(")s")
        if parts and closing:
            parts += [sql.Literal(values[name]), sql.SQL(rest)]
        else:
            parts.append(sql.SQL(piece))
    return sql.Composed(parts)


def known_rows(connection: Connection[Any], chunk: Chunk) -> tuple[KnownRow, ...]:
    """List the linked rows of staging that entered nothing, with whether their content is what is there already."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT e.row_number, e.content_hash = r.content_hash AS is_equal, r.id AS record, l.subject,
                      limu.ended_as(l.subject, r.id) AS ended_as
               FROM staging.entry e
               JOIN staging.link l ON l.submission = e.submission AND l.row_number = e.row_number
               CROSS JOIN LATERAL (
                   SELECT id, content_hash FROM limu.record r
                   WHERE r.subject = l.subject AND r.department = %(department)s AND r.item = %(item)s
                     AND r.natural_key = e.natural_key ORDER BY version DESC LIMIT 1) r
               WHERE l.version = 0
               ORDER BY e.row_number""",
            {"department": chunk.department, "item": chunk.item},
        )
        return tuple(KnownRow(**row) for row in cursor)


def chunk_of_pending(connection: Connection[Any], pending: UUID, *, officer: UUID) -> Chunk:
    """Say whose row waits, and under which item, as a chunk of one row that this officer enters."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            "SELECT submission, department, item, item_version FROM limu.pending_record WHERE id = %s", (pending,)
        ).fetchone()
    assert row is not None
    return Chunk(**row, officer=officer)


def verdict_of(row: KnownRow) -> Literal["refused", "duplicate", "conflict"]:
    """Name what a row is that entered nothing."""
    if row.ended_as is not None:
        return "refused"
    return "duplicate" if row.is_equal else "conflict"


def settle_pending(connection: Connection[Any], pending: UUID, *, is_settled: bool) -> None:
    """Close a waiting row after a judgement, or open it again after an undoing."""
    connection.execute(
        "UPDATE limu.pending_record SET settled_at = CASE WHEN %s THEN limu.register_now() END WHERE id = %s",
        (is_settled, pending),
    )


def insert_salts(connection: Connection[Any], *, block: UUID, salts: bytes) -> None:
    """Keep the salts of a block of events, apart from them."""
    connection.execute("INSERT INTO limu.log_salt (block, salts) VALUES (%b, %b)", (block, salts))


def append_event(connection: Connection[Any], event: Event, *, commitment: bytes, block: UUID, salt: bytes) -> None:
    """Append one event with its commitment and, apart, its salt."""
    insert_salts(connection, block=block, salts=salt)
    connection.execute(
        """INSERT INTO limu.record_event (id, subject, record, department, kind, effective_on, recorded_at, officers,
               reason, citation, body, commitment, salt_block, salt_index)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0)""",
        (
            event.id,
            event.subject,
            event.record,
            event.department,
            event.kind,
            event.effective_on,
            event.recorded_at,
            list(event.officers),
            event.reason,
            event.citation,
            Jsonb(event.body),
            commitment,
            block,
        ),
    )


def find_record(connection: Connection[Any], record: UUID, *, lock: bool = False) -> StoredRecord | None:
    """Find a record by its id, within what row-level security opens; `lock` serialises decisions on it.

    What is shown of it is locked too: a correction by file takes no other lock, and must not pass a decision."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """SELECT id, subject, department, item, item_version, version, natural_key, document_number, authority,
                      decided_on, severity, kinds, fine_fen, valid_from, valid_until, content, closed, recorded_at,
                      submission, row_number, link_basis
               FROM limu.record WHERE id = %s""",
            (record,),
        ).fetchone()
    if row is None:
        return None
    if lock:
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (str(record),))
        connection.execute(
            "SELECT FROM limu.publication WHERE subject = %s AND record = %s AND known_until = 'infinity' FOR UPDATE",
            (row["subject"], record),
        )
    return StoredRecord(**{**row, "content": _plain(row["content"]), "closed": _plain(row["closed"] or {})})


def uscc_of(connection: Connection[Any], subject: UUID) -> str | None:
    """Return the unified code of a record's subject."""
    row = connection.execute("SELECT uscc FROM limu.subject WHERE id = %s", (subject,)).fetchone()
    return None if row is None else row["uscc"]


def content_hash_of(connection: Connection[Any], record: StoredRecord) -> bytes:
    """Return the hash of what a record says."""
    row = connection.execute(
        "SELECT content_hash FROM limu.record WHERE subject = %s AND id = %s", (record.subject, record.id)
    ).fetchone()
    assert row is not None
    return bytes(row["content_hash"])


def stage_link(connection: Connection[Any], submission: UUID, record: StoredRecord) -> None:
    """Link all that lies in staging to the subject of a record, on the ground on which that was linked."""
    connection.execute(
        """INSERT INTO staging.link (submission, row_number, subject, basis)
           SELECT %(submission)s, row_number, %(subject)s, %(basis)s FROM staging.entry
           WHERE submission = %(submission)s""",
        {"submission": submission, "subject": record.subject, "basis": record.link_basis},
    )


def _plain(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else dict(json.loads(value))


def events_of(connection: Connection[Any], *, subject: UUID, record: UUID) -> tuple[Event, ...]:
    """List what happened to a record, in the order it was recorded."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT id, record, subject, department, kind, effective_on, recorded_at, officers, reason, citation, body
               FROM limu.record_event WHERE subject = %s AND record = %s ORDER BY recorded_at, id""",
            (subject, record),
        )
        return tuple(Event(**{**row, "officers": tuple(row["officers"])}) for row in cursor)


def ended_by(connection: Connection[Any], *, subject: UUID, record: UUID) -> tuple[EventKind, datetime] | None:
    """Tell what has ended this record and when; None where nothing has, or what ended it was lawfully undone."""
    row = connection.execute(
        "SELECT kind, recorded_at FROM limu.record_event WHERE subject = %s AND record = %s AND kind = ANY (%s)"
        " ORDER BY recorded_at DESC, id DESC LIMIT 1",
        (subject, record, sorted(ENDING | RESTORING)),
    ).fetchone()
    return None if row is None or row["kind"] in RESTORING else (row["kind"], row["recorded_at"])


def is_open(connection: Connection[Any], *, subject: UUID, record: UUID) -> bool:
    """Tell whether nothing has ended this record, or what ended it was lawfully undone."""
    return ended_by(connection, subject=subject, record=record) is None


def bump_register(connection: Connection[Any]) -> None:
    """Move the register's version on: whatever was cached under the old one is stale once this commits.

    What moves it at the end of a transaction by itself (measure/sql/0004_decision.sql) sees that it was moved."""
    connection.execute(
        "UPDATE limu.register_state SET version = version + 1, changed_at = limu.register_now()"
        " RETURNING set_config('limu.moved_in', pg_current_xact_id()::text, true)"
    )


def predecessors(connection: Connection[Any], chunk: Chunk) -> tuple[tuple[UUID, UUID], ...]:
    """List (record, subject) of the versions that the corrected rows of staging have just replaced."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT o.id, o.subject FROM staging.entry e
               JOIN staging.link l ON l.submission = e.submission AND l.row_number = e.row_number AND l.version > 1
               JOIN limu.record n ON n.id = e.id AND n.subject = l.subject
               JOIN limu.record o ON o.subject = n.subject AND o.department = n.department AND o.item = n.item
                   AND o.natural_key = n.natural_key AND o.version = n.version - 1
               WHERE n.department = %s ORDER BY e.row_number""",
            (chunk.department,),
        )
        return tuple((row["id"], row["subject"]) for row in cursor)
