"""What holders are served: pages of events, content that is public at this moment, receipts, digests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row, tuple_row

from limu.client.digest import IN_BUCKET, IN_PART
from limu.feed.rules_holder import Holder

# CloudEvents 1.0 in JSON, put together where the text lies. Content only while it is public: not ended, not past its
# term, and not named by an act whose event is still to come.
_LINE = """'{"specversion":"1.0","id":"' || e.timepoint || '","source":"/feed","type":"limu.' || e.kind
    || '","subject":"' || e.record
    || '","time":"' || to_char(e.told_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
    || '","timepoint":"' || e.timepoint || '","reason":"' || e.reason || '","ended":' || e.is_end
    || CASE WHEN c.body IS NULL OR e.shown_until <= (SELECT limu.register_today()) OR EXISTS (
           SELECT FROM limu.feed_dirty d WHERE d.record = e.record)
       THEN '}' ELSE ',"datacontenttype":"application/json","data":' || c.body || '}' END"""
_FROM = """limu.feed_event e
    LEFT JOIN limu.feed_copy c ON c.policy = %(policy)s AND c.timepoint = e.timepoint"""


@dataclass(frozen=True, slots=True)
class Events:
    """A page of the feed as JSON Lines, and the timepoint to go on from."""

    text: bytes
    count: int
    last: int
    head: int


def scope_of(holder: Holder, values: dict[str, Any], name: str = "e") -> str:
    """Narrow to what an agreement covers."""
    where = ""
    if holder.items:
        values["items"] = list(holder.items)
        where += f" AND {name}.item = ANY (%(items)s)"
    if holder.regions:
        values["regions"] = [f"{region}%" for region in holder.regions]
        where += f" AND {name}.region LIKE ANY (%(regions)s)"
    return where


def head(connection: Connection[Any]) -> int:
    """Read the last timepoint."""
    return int(_one(connection, "SELECT timepoint FROM limu.feed_state", {}))


def horizon(connection: Connection[Any], *, days: int) -> int:
    """Find the newest timepoint that is older than so many days: nobody may begin before it."""
    return int(
        _one(
            connection,
            """SELECT coalesce((SELECT timepoint FROM limu.feed_event
                   WHERE told_at < limu.register_now() - make_interval(days => %(days)s)
                   ORDER BY told_at DESC, timepoint DESC LIMIT 1), 0)""",
            {"days": days},
        )
    )


def events(connection: Connection[Any], holder: Holder, *, after: int, limit: int) -> Events:
    """Read the next events of a holder; `last` is the head when nothing more of it follows."""
    values: dict[str, Any] = {"policy": holder.policy, "after": after, "limit": limit}
    scope = scope_of(holder, values)
    with connection.cursor(row_factory=tuple_row, binary=True) as cursor:
        row = cursor.execute(
            f"""WITH head AS MATERIALIZED (SELECT timepoint FROM limu.feed_state),
                page AS (
                    SELECT e.timepoint, {_LINE} AS line FROM {_FROM}
                    WHERE e.timepoint > %(after)s AND e.timepoint <= (SELECT timepoint FROM head){scope}
                    ORDER BY e.timepoint LIMIT %(limit)s)
                SELECT count(*), max(timepoint), (SELECT timepoint FROM head),
                       convert_to(string_agg(line, E'\\n' ORDER BY timepoint), 'UTF8') FROM page""",
            values,
        ).fetchone()
    assert row is not None
    count, last, at = row[0], row[1], row[2]
    text = bytes(row[3]) + b"\n" if count else b""
    return Events(text, count, last if count == limit else max(at, after), at)


def events_of(connection: Connection[Any], holder: Holder, records: Sequence[UUID]) -> Events:
    """Read the newest events of some records."""
    values: dict[str, Any] = {"policy": holder.policy, "records": list(records)}
    scope = scope_of(holder, values)
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            f"""SELECT e.timepoint, {_LINE} FROM {_FROM}
                WHERE e.is_current AND e.record = ANY (%(records)s){scope} ORDER BY e.timepoint""",
            values,
        ).fetchall()
    text = "".join(f"{line}\n" for _, line in rows).encode()
    return Events(text, len(rows), max((row[0] for row in rows), default=0), head(connection))


def insert_delivery(connection: Connection[Any], holder: UUID, *, after: int, last: int) -> None:
    """Note that a holder is given a span of the feed, unless it was given before."""
    connection.execute(
        """INSERT INTO limu.feed_receipt (holder, is_acknowledged, span)
           SELECT %(holder)s, false, s.span FROM (SELECT int8range(%(after)s, %(last)s, '(]') AS span) s
           WHERE NOT EXISTS (SELECT FROM limu.feed_receipt r
                             WHERE r.holder = %(holder)s AND NOT r.is_acknowledged AND r.span @> s.span)""",
        {"holder": holder, "after": after, "last": last},
    )


def insert_acknowledged(connection: Connection[Any], holder: UUID, spans: Iterable[tuple[int, int]]) -> int:
    """Note what a holder acknowledges of what it was given and did not acknowledge before; tells how many numbers."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """WITH said AS (SELECT range_agg(int8range(f, l, '[]')) AS s
                          FROM unnest(%(first)s::bigint[], %(last)s::bigint[]) AS u (f, l)),
               had AS (SELECT range_agg(r.span) FILTER (WHERE NOT r.is_acknowledged) AS given,
                              range_agg(r.span) FILTER (WHERE r.is_acknowledged) AS done
                       FROM said, limu.feed_receipt r
                       WHERE r.holder = %(holder)s AND r.span && (SELECT range_merge(s) FROM said)),
               fresh AS (SELECT unnest(s * coalesce(given, '{}') - coalesce(done, '{}')) AS span FROM said, had)
               INSERT INTO limu.feed_receipt (holder, is_acknowledged, span) SELECT %(holder)s, true, span FROM fresh
               RETURNING upper(span) - lower(span)""",
            {"holder": holder, "first": [s[0] for s in spans], "last": [s[1] for s in spans]},
        ).fetchall()
    return sum(row[0] for row in rows)


def digests(connection: Connection[Any], holder: Holder, records: Sequence[UUID]) -> dict[UUID, bytes | None]:
    """Tell the present digest of each record that was ever delivered to a holder; None for one that ended.

    A span that was delivered passes over events of other scopes: those were not. What moved out of a scope has ended
    in it."""
    values: dict[str, Any] = {"policy": holder.policy, "holder": holder.id, "records": list(records)}
    was, now_is = scope_of(holder, values, "g"), scope_of(holder, values, "e")
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            f"""SELECT u.record, c.digest FROM unnest(%(records)s::uuid[]) AS u (record)
               LEFT JOIN limu.feed_event e ON e.record = u.record AND e.is_current{now_is}
                   AND e.shown_until > limu.register_today()
                   AND NOT EXISTS (SELECT FROM limu.feed_dirty d WHERE d.record = e.record)
               LEFT JOIN limu.feed_copy c ON c.policy = %(policy)s AND c.timepoint = e.timepoint
               WHERE EXISTS (
                   SELECT FROM limu.feed_event g JOIN limu.feed_receipt r ON r.holder = %(holder)s
                       AND NOT r.is_acknowledged AND r.span @> g.timepoint
                   WHERE g.record = u.record{was})""",
            values,
        )
        return {row[0]: row[1] for row in cursor}


def buckets(connection: Connection[Any], holder: Holder, parts: Sequence[int] | None) -> list[tuple[int, int, int]]:
    """Read (bucket, copies, mark) of a holder's scope, of some parts or of all."""
    values: dict[str, Any] = {"policy": holder.policy, "parts": None if parts is None else list(parts)}
    scope = scope_of(holder, values, "b")
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            f"""SELECT bucket, sum(copies)::bigint, bit_xor(mark) FROM limu.feed_bucket b
                WHERE policy = %(policy)s AND (%(parts)s::int[] IS NULL OR bucket / {IN_PART} = ANY (%(parts)s)){scope}
                GROUP BY bucket ORDER BY bucket""",
            values,
        ).fetchall()


def leaves(connection: Connection[Any], holder: Holder, of: Sequence[int]) -> list[tuple[int, int]]:
    """Read (leaf, mark) of some buckets."""
    wanted = [leaf for bucket in of for leaf in range(bucket * IN_BUCKET, (bucket + 1) * IN_BUCKET)]
    values: dict[str, Any] = {"policy": holder.policy, "leaves": wanted}
    scope = scope_of(holder, values, "c")
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            f"""SELECT leaf, bit_xor(mark) FROM limu.feed_copy c
                WHERE policy = %(policy)s AND leaf = ANY (%(leaves)s){scope} GROUP BY leaf ORDER BY leaf""",
            values,
        ).fetchall()


def copies_in(connection: Connection[Any], holder: Holder, of: Sequence[int]) -> list[tuple[UUID, bytes]]:
    """Read (record, digest) of some leaves."""
    values: dict[str, Any] = {"policy": holder.policy, "leaves": list(of)}
    scope = scope_of(holder, values, "c")
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            f"SELECT record, digest FROM limu.feed_copy c WHERE policy = %(policy)s AND leaf = ANY (%(leaves)s){scope}",
            values,
        ).fetchall()


def insert_deviation(
    connection: Connection[Any],
    ticket: UUID,
    *,
    number: str,
    holder: UUID | None,
    record: UUID | None,
    kind: str,
    place: str = "",
) -> bool:
    """Open a ticket, one for a holder and a record; false where there is one, or where its number is taken."""
    return (
        connection.execute(
            """INSERT INTO limu.feed_deviation (id, number, holder, found_by, record, kind, place)
               VALUES (%s, %s, %s, %s, %s, %s, nullif(%s, ''))
               ON CONFLICT DO NOTHING""",
            (ticket, number, holder, "public" if holder is None else "holder", record, kind, place),
        ).rowcount
        == 1
    )


def has_open_deviation(connection: Connection[Any], holder: UUID, record: UUID | None) -> bool:
    """Tell whether a holder's copy of a record has an open ticket."""
    found = connection.execute(
        "SELECT FROM limu.feed_deviation WHERE holder = %s AND record = %s AND closed_at IS NULL", (holder, record)
    )
    return found.fetchone() is not None


def close_deviations(connection: Connection[Any], holder: UUID, records: Sequence[UUID], *, outcome: str) -> None:
    """Close the tickets of records that are right again."""
    connection.execute(
        """UPDATE limu.feed_deviation SET closed_at = limu.register_now(), outcome = %s
           WHERE holder = %s AND record = ANY (%s) AND closed_at IS NULL""",
        (outcome, holder, list(records)),
    )


def deviations(connection: Connection[Any], *, limit: int, skip: int = 0) -> list[dict[str, Any]]:
    """List tickets, open ones first, the newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT d.id, d.number, h.name AS holder, d.found_by, d.record, d.kind, d.place, d.opened_at,
                      d.closed_at, d.outcome
               FROM limu.feed_deviation d LEFT JOIN limu.feed_holder h ON h.id = d.holder
               ORDER BY d.closed_at IS NOT NULL, d.opened_at DESC, d.id LIMIT %s OFFSET %s""",
            (limit, skip),
        ).fetchall()


def now(connection: Connection[Any]) -> datetime:
    """Read the register's instant."""
    instant = _one(connection, "SELECT limu.register_now()", {})
    assert isinstance(instant, datetime)
    return instant


def _one(connection: Connection[Any], statement: str, values: dict[str, Any]) -> Any:
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(statement, values).fetchone()
    assert row is not None
    return row[0]
