"""What the writer of the feed reads and writes. Its role alone gives timepoints."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row, tuple_row

from limu.feed.rules import LISTED, Change, Copy, Seen, Told

# Any number will do, as long as every writer takes the same one: there is one writer at a time.
WRITER_LOCK = 0x46656564
CHANNEL = "limu_feed"
FULL = 1
# So many marks at once come from a file, and the planner may not know yet what it brought.
MANY = 1_000
# Why nothing is public of something that has no publication: no record, or none any more.
UNKNOWN = "record_withheld"
Pairs = list[tuple[UUID, UUID]]


def lock_writer(connection: Connection[Any]) -> None:
    """Be the only writer until the transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (WRITER_LOCK,))


def state(connection: Connection[Any]) -> tuple[int, date, date]:
    """Read the last timepoint, the day told up to, and the register's day."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT timepoint, day, limu.register_today() FROM limu.feed_state").fetchone()
    assert row is not None
    return row[0], row[1], row[2]


def mark_turning(connection: Connection[Any], *, after: date, until: date) -> None:
    """Mark what begins or ends between two days, and keep the day."""
    connection.execute(
        """INSERT INTO limu.feed_dirty (record, subject) SELECT record, subject FROM shown.feed_turning(%s, %s)
           UNION SELECT record, subject FROM limu.feed_event
           WHERE is_current AND NOT is_end AND shown_until > %s AND shown_until <= %s""",
        (after, until, after, until),
    )
    connection.execute("UPDATE limu.feed_state SET day = %s", (until,))


def widen(connection: Connection[Any]) -> None:
    """Turn marks of whole submissions and subjects into marks of their records that are public or were told.

    In the order of their making they lie in the tables: a batch in another order would read a page for each of them."""
    connection.execute(
        """WITH gone AS (DELETE FROM limu.feed_dirty WHERE record IS NULL RETURNING submission, subject)
           INSERT INTO limu.feed_dirty (record, subject)
           SELECT DISTINCT f.record, f.subject FROM gone g CROSS JOIN LATERAL shown.feed_records(
               g.submission, CASE WHEN g.submission IS NULL THEN g.subject END) f
           WHERE EXISTS (SELECT FROM shown.feed_reason r WHERE r.subject = f.subject AND r.record = f.record
                         AND r.decision = 'published')
              OR EXISTS (SELECT FROM limu.feed_event e WHERE e.record = f.record AND e.is_current)
           ORDER BY f.record"""
    )


def take_marked(connection: Connection[Any], *, limit: int) -> Pairs:
    """Take the oldest marks away, each record once. What is read after this is at least as new as they are."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """WITH oldest AS (SELECT id FROM limu.feed_dirty WHERE record IS NOT NULL ORDER BY id LIMIT %s),
               gone AS (DELETE FROM limu.feed_dirty d USING oldest o WHERE d.id = o.id RETURNING d.id, record, subject)
               SELECT record, subject FROM gone GROUP BY record, subject ORDER BY min(id)""",
            (limit,),
        )
        return [(row[0], row[1]) for row in cursor]


def seen(connection: Connection[Any], pairs: Pairs) -> list[Seen]:
    """Read what is public of records and of entries of lists now, or why nothing is."""
    if len(pairs) >= MANY:
        connection.execute("SELECT limu.refresh_statistics()")
    found = _seen_records(connection, pairs)
    unknown = [one.record for one in found if one.source is None and one.reason == UNKNOWN]
    entries = _seen_entries(connection, unknown) if unknown else {}
    return [entries.get(one.record, one) for one in found]


def _seen_entries(connection: Connection[Any], wanted: Sequence[UUID]) -> dict[UUID, Seen]:
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT l.*, %s AS item, 1 AS version,
                      coalesce((SELECT max(c.version) FROM limu.catalogue_item c WHERE c.code = %s), 1) AS item_version
               FROM shown.feed_list l WHERE l.id = ANY (%s)""",
            (LISTED, LISTED, list(wanted)),
        )
        return {row["id"]: _seen_entry(row) for row in cursor}


def _seen_entry(row: dict[str, Any]) -> Seen:
    is_shown, why = row.pop("is_shown"), row.pop("why")
    source = row | {"reason": "list_entered"} if is_shown else None
    return Seen(row["id"], row["subject"], source, "list_entered" if is_shown else why, is_entry=True)


def _seen_records(connection: Connection[Any], pairs: Pairs) -> list[Seen]:
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT d.record AS wanted, d.whose, r.reason AS why, r.decision, s.*
               FROM unnest(string_to_array(%s, ',')::uuid[], string_to_array(%s, ',')::uuid[])
                   WITH ORDINALITY AS d (record, whose, place)
               LEFT JOIN LATERAL (SELECT reason, decision FROM shown.feed_reason f
                                  WHERE f.subject = d.whose AND f.record = d.record LIMIT 1) r ON true
               LEFT JOIN LATERAL (SELECT * FROM shown.feed_source f
                                  WHERE f.subject = d.whose AND f.id = d.record LIMIT 1) s ON true
               ORDER BY d.place""",
            # As one text: a list of so many is written down value by value.
            (",".join(str(record) for record, _ in pairs), ",".join(str(subject) for _, subject in pairs)),
        )
        return [_seen(row) for row in cursor]


def _seen(row: dict[str, Any]) -> Seen:
    record, subject, why, decision = (row.pop(name) for name in ("wanted", "whose", "why", "decision"))
    source = row if row["id"] is not None else None
    reason = "term_over" if source is None and decision == "published" else why or UNKNOWN
    return Seen(record, subject, source, reason)


def told(connection: Connection[Any], records: Sequence[UUID]) -> dict[UUID, Told]:
    """Read the newest event of each record, with the digest of its full copy."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT e.record, e.timepoint, e.is_end, e.item, e.region, c.digest,
                      coalesce(c.body LIKE '%%"is_disputed":true%%', false) AS is_disputed,
                      coalesce(c.body LIKE '%%"declaration":"%%', false) AS is_annotated
               FROM limu.feed_event e LEFT JOIN limu.feed_copy c ON c.policy = %s AND c.timepoint = e.timepoint
               WHERE e.is_current AND e.record = ANY (%s)""",
            (FULL, list(records)),
        )
        return {row.pop("record"): Told(**row) for row in cursor}


def policies(connection: Connection[Any], *, is_filled: bool = True) -> dict[int, tuple[str, ...]]:
    """Read the field policies in use."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("SELECT id, fields FROM limu.feed_policy WHERE is_filled = %s ORDER BY id", (is_filled,))
        return {row[0]: tuple(row[1]) for row in cursor}


def drop_copies(connection: Connection[Any], records: Sequence[UUID]) -> list[tuple[int, str, str, int, int]]:
    """Delete the copies of records that changed or ended; tells (policy, item, region, leaf, mark) of each."""
    connection.execute(
        "UPDATE limu.feed_event SET is_current = false WHERE is_current AND record = ANY (%s)", (list(records),)
    )
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            "DELETE FROM limu.feed_copy WHERE record = ANY (%s) RETURNING policy, item, region, leaf, mark",
            (list(records),),
        )
        return cursor.fetchall()


def copy_events(connection: Connection[Any], first: int, changes: Sequence[Change]) -> None:
    """Write events from a timepoint on, without a gap."""
    columns = "timepoint, record, subject, item, region, kind, reason, is_end, shown_until, told_at"
    with connection.cursor(row_factory=tuple_row) as cursor:
        now = cursor.execute("SELECT limu.register_now()").fetchone()
        assert now is not None
        with cursor.copy(f"COPY limu.feed_event ({columns}) FROM STDIN") as copy:
            for timepoint, one in enumerate(changes, first):
                copy.write_row(
                    (timepoint, one.record, one.subject, one.item, one.region, one.kind, one.reason, one.is_end,
                     one.shown_until, now[0])
                )  # fmt: skip


def copy_copies(connection: Connection[Any], copies: Iterable[tuple[int, int, Change, Copy]]) -> None:
    """Write copies: (policy, timepoint, change, copy)."""
    target = "COPY limu.feed_copy (policy, timepoint, record, item, region, leaf, digest, mark, body) FROM STDIN"
    with connection.cursor().copy(target) as copy:
        for policy, timepoint, one, made in copies:
            copy.write_row(
                (policy, timepoint, one.record, one.item, one.region, made.leaf, made.digest, made.mark, made.body)
            )


def move_buckets(connection: Connection[Any], moves: dict[tuple[int, str, str, int], tuple[int, int]]) -> None:
    """Add to buckets: (policy, item, region, bucket) to (copies more or fewer, mark to join)."""
    rows = [(*key, *value) for key, value in sorted(moves.items())]
    connection.execute(
        """INSERT INTO limu.feed_bucket AS b (policy, item, region, bucket, copies, mark)
           SELECT * FROM unnest(%s::int[], %s::text[], %s::text[], %s::int[], %s::bigint[], %s::bigint[])
           ON CONFLICT (policy, item, region, bucket)
           DO UPDATE SET copies = b.copies + excluded.copies, mark = b.mark # excluded.mark""",
        [list(column) for column in zip(*rows, strict=True)],
    )


def keep_timepoint(connection: Connection[Any], timepoint: int) -> None:
    """Keep the last timepoint, and wake whoever waits for one once this commits."""
    connection.execute("UPDATE limu.feed_state SET timepoint = %s", (timepoint,))
    connection.execute("SELECT pg_notify('limu_feed_told', %s)", (str(timepoint),))


def unfilled(connection: Connection[Any], policy: int, *, limit: int) -> list[dict[str, Any]]:
    """List current copies under the full policy that another policy does not have yet."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT c.timepoint, c.record, c.item, c.region, c.body::jsonb AS body FROM limu.feed_copy c
               WHERE c.policy = %s AND c.timepoint > coalesce(
                   (SELECT max(timepoint) FROM limu.feed_copy WHERE policy = %s), 0)
               ORDER BY c.timepoint LIMIT %s""",
            (FULL, policy, limit),
        )
        return cursor.fetchall()


def set_filled(connection: Connection[Any], policy: int) -> None:
    """Say that a policy has every copy."""
    connection.execute("UPDATE limu.feed_policy SET is_filled = true WHERE id = %s", (policy,))


def mark(connection: Connection[Any], record: UUID, subject: UUID) -> None:
    """Mark a record by hand, where it entered a submission that was whole already."""
    connection.execute("INSERT INTO limu.feed_dirty (record, subject) VALUES (%s, %s)", (record, subject))
    connection.execute("SELECT pg_notify(%s, '')", (CHANNEL,))
