"""Queries of the board: each change by each holder, webhooks and dead letters, tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row, tuple_row

from limu.feed.rules_holder import FAILURE_WORDS, Holder


@dataclass(frozen=True, slots=True)
class Cell:
    """One change at one holder."""

    state: Literal["none", "waiting", "delivered", "acknowledged", "late", "acknowledged_late"]
    took: timedelta | None
    at: datetime | None

    @property
    def took_words(self) -> str:
        """How long it took, in words."""
        return span_words(self.took)


@dataclass(frozen=True, slots=True)
class Line:
    """One change and what each holder did with it."""

    timepoint: int
    record: UUID
    kind: str
    told_at: datetime
    is_end: bool
    is_left: bool
    """Whether it ended and yet stands on the site: asked of the site's own views, not taken from the event."""
    cells: tuple[Cell, ...]

    @property
    def has_page(self) -> bool:
        """Whether it is a record that is public: an entry of a list has no page of its own."""
        return not self.is_end and not self.kind.startswith("list.")


def span_words(span: timedelta | None) -> str:
    """Write a span as people say it."""
    if span is None:
        return ""
    seconds = span.total_seconds()
    if seconds < 60:
        return f"{max(seconds, 0.1):.1f} 秒" if seconds < 10 else f"{seconds:.0f} 秒"
    if seconds < 3600:
        return f"{seconds / 60:.0f} 分钟"
    return f"{seconds / 3600:.0f} 小时" if seconds < 72 * 3600 else f"{seconds / 86400:.0f} 天"


_LATE = """EXISTS (
    SELECT FROM limu.feed_holder h JOIN limu.feed_holder_state s ON s.holder = h.id AND s.state IN ('active', 'paused')
    WHERE limu.feed_is_due(h, e) AND e.told_at + make_interval(hours => h.answer_hours) < limu.register_now()
      AND NOT EXISTS (SELECT FROM limu.feed_receipt r
                      WHERE r.holder = h.id AND r.is_acknowledged AND r.span @> e.timepoint))"""


def changes(
    connection: Connection[Any], holders: Sequence[Holder], *, shown: str, before: int | None, limit: int
) -> list[Line]:
    """List changes, the newest first, one more than asked, with what each holder did."""
    narrowed = {"changes": " AND e.kind <> 'record.published'", "late": f" AND {_LATE}"}.get(shown, "")
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            f"""SELECT e.timepoint, e.record, e.kind, e.told_at, e.is_end, limu.register_now() AS now,
                       e.is_end AND (EXISTS (SELECT FROM shown.record s WHERE s.id = e.record)
                                     OR EXISTS (SELECT FROM shown.list_entry l WHERE l.id = e.record))
                       AND NOT EXISTS (SELECT FROM limu.feed_event n WHERE n.record = e.record
                                       AND n.timepoint > e.timepoint AND NOT n.is_end) AS is_left,
                       (SELECT coalesce(jsonb_object_agg(h.id, jsonb_build_object(
                            'hours', h.answer_hours, 'delivered', d.at, 'acknowledged', a.at)), '{{}}')
                        FROM limu.feed_holder h
                        LEFT JOIN LATERAL (SELECT min(at) AS at FROM limu.feed_receipt r WHERE r.holder = h.id
                            AND NOT r.is_acknowledged AND r.span @> e.timepoint) d ON true
                        LEFT JOIN LATERAL (SELECT min(at) AS at FROM limu.feed_receipt r WHERE r.holder = h.id
                            AND r.is_acknowledged AND r.span @> e.timepoint) a ON true
                        WHERE h.id = ANY (%(holders)s) AND limu.feed_is_due(h, e)) AS heard
                FROM limu.feed_event e
                WHERE (%(before)s::bigint IS NULL OR e.timepoint < %(before)s){narrowed}
                ORDER BY e.timepoint DESC LIMIT %(limit)s""",
            {"holders": [one.id for one in holders], "before": before, "limit": limit + 1},
        ).fetchall()
    return [_line(row, holders) for row in rows]


def _line(row: dict[str, Any], holders: Sequence[Holder]) -> Line:
    cells = tuple(_cell(row["heard"].get(str(one.id)), told_at=row["told_at"], now=row["now"]) for one in holders)
    return Line(row["timepoint"], row["record"], row["kind"], row["told_at"], row["is_end"], row["is_left"], cells)


def _cell(heard: dict[str, Any] | None, *, told_at: datetime, now: datetime) -> Cell:
    if heard is None:
        return Cell("none", None, None)
    due = told_at + timedelta(hours=heard["hours"])
    if heard["acknowledged"]:
        at = datetime.fromisoformat(heard["acknowledged"])
        return Cell("acknowledged_late" if at > due else "acknowledged", at - told_at, at)
    if now > due:
        return Cell("late", now - due, None)
    given = datetime.fromisoformat(heard["delivered"]) if heard["delivered"] else None
    return Cell("delivered" if given else "waiting", None, given)


def summary(connection: Connection[Any]) -> list[dict[str, Any]]:
    """Read each holder's counts, times and lateness over thirty days: all that the public board tells."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute("SELECT * FROM shown.propagation()").fetchall()
    for row in rows:
        for name in ("median", "slowest"):
            seconds = row[f"{name}_seconds"]
            row[name] = "" if seconds is None else span_words(timedelta(seconds=seconds))
    return rows


def hook_of(connection: Connection[Any], holder: UUID) -> dict[str, Any] | None:
    """Read how a holder's webhook stands."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            "SELECT sent, attempts, next_at, failure, is_dead FROM limu.feed_hook WHERE holder = %s", (holder,)
        ).fetchone()
    return row and row | {"failure": FAILURE_WORDS.get(row["failure"], row["failure"])}


def dead_letters(connection: Connection[Any], holder: UUID) -> list[dict[str, Any]]:
    """List what a webhook did not take."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            """SELECT first, last, failure, died_at, replayed_at FROM limu.feed_dead_letter
               WHERE holder = %s ORDER BY died_at DESC LIMIT 20""",
            (holder,),
        ).fetchall()
    return [row | {"failure": FAILURE_WORDS.get(row["failure"], row["failure"])} for row in rows]


def deviation_exists(connection: Connection[Any], deviation: UUID) -> bool:
    """Tell whether there is such a ticket."""
    return connection.execute("SELECT FROM limu.feed_deviation WHERE id = %s", (deviation,)).fetchone() is not None


def close_deviation(connection: Connection[Any], deviation: UUID, *, officer: UUID, outcome: str) -> None:
    """Close a ticket."""
    connection.execute(
        """UPDATE limu.feed_deviation SET closed_at = limu.register_now(), closed_by = %s, outcome = %s
           WHERE id = %s AND closed_at IS NULL""",
        (officer, outcome, deviation),
    )


def holders_of(connection: Connection[Any], record: UUID) -> list[tuple[str, datetime]]:
    """Name who was given a record, by the feed or with its first snapshot, and when last."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            """SELECT h.name, max(coalesce(r.at, e.told_at)) FROM limu.feed_event e
               JOIN limu.feed_holder h ON (h.items = '{}' OR e.item = ANY (h.items))
                   AND (h.regions = '{}' OR EXISTS (
                       SELECT FROM unnest(h.regions) region WHERE starts_with(e.region, region)))
               LEFT JOIN limu.feed_receipt r ON r.holder = h.id AND NOT r.is_acknowledged AND r.span @> e.timepoint
               WHERE e.record = %s AND NOT e.is_end AND (r.holder IS NOT NULL OR e.timepoint <= h.since)
               GROUP BY h.name ORDER BY h.name""",
            (record,),
        ).fetchall()
