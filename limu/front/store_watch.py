"""Queries behind the centre's first page: what is stuck, what ends soon, what waits for a second person."""

from datetime import date, datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from limu.wire.clock import midnight

Row = dict[str, Any]
MOST = 200

_BATCHES = """
    SELECT s.id, d.short_name AS department, i.name AS item, s.received_at, s.state, s.received, s.chunks_done
    FROM limu.submission s JOIN limu.department d ON d.id = s.department
    JOIN limu.catalogue_item i ON i.code = s.item AND i.version = s.item_version
"""


def _all(connection: Connection[Any], statement: str, values: dict[str, Any] | None = None) -> list[Row]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, {"most": MOST, **(values or {})}).fetchall()


def stuck_batches(connection: Connection[Any]) -> list[Row]:
    """List batches that have been entering for more than ten minutes, the oldest first."""
    return _all(
        connection,
        _BATCHES + " WHERE s.state IN ('received', 'entering') AND s.intent <> 'nil'"
        " AND s.received_at < limu.register_now() - interval '10 minutes' ORDER BY s.received_at LIMIT %(most)s",
    )


def failed_batches(connection: Connection[Any], *, since: date) -> list[Row]:
    """List batches that could not be read since a day, the newest first."""
    return _all(
        connection,
        _BATCHES + " WHERE s.state = 'unreadable' AND s.received_at >= %(since)s"
        " ORDER BY s.received_at DESC LIMIT %(most)s",
        {"since": midnight(since)},
    )


def ending(connection: Connection[Any], *, after: date, until: date) -> list[Row]:
    """List what is public today and stops being so by a day, the soonest first."""
    return _all(
        connection,
        """SELECT p.record AS id, r.document_number, s.public_name AS subject, i.name AS item,
                  d.short_name AS department, p.shown_until
           FROM (SELECT subject, record, department, shown_until FROM limu.publication
                 WHERE known_until = 'infinity' AND decision = 'published'
                   AND shown_until > %(after)s AND shown_until <= %(until)s AND shown_from <= %(after)s
                 ORDER BY shown_until, record LIMIT %(most)s) p
           JOIN limu.record r ON r.subject = p.subject AND r.id = p.record
           JOIN limu.subject s ON s.id = p.subject JOIN limu.department d ON d.id = p.department
           JOIN limu.catalogue_item i ON i.code = r.item AND i.version = r.item_version
           ORDER BY p.shown_until, p.record""",
        {"after": after, "until": until},
    )


def removals(connection: Connection[Any]) -> list[Row]:
    """List wishes to take something down that wait for a second person, the oldest first."""
    return _all(
        connection,
        """SELECT r.id, d.short_name AS department, r.record IS NOT NULL AS is_record, r.asked_at
           FROM limu.removal r JOIN limu.department d ON d.id = r.department
           WHERE r.settled_at IS NULL ORDER BY r.asked_at LIMIT %(most)s""",
    )


def unplaced(connection: Connection[Any]) -> list[Row]:
    """List events that wait for a place in the log, those entered first; read from where the sequencer goes on."""
    return _all(
        connection,
        """SELECT e.id, d.short_name AS department, e.kind, e.recorded_at
           FROM limu.record_event e JOIN limu.department d ON d.id = e.department
           WHERE e.entered_in >= (SELECT entered_in FROM limu.log_cursor)
             AND e.recorded_at < limu.register_now() - interval '1 minute'
             AND NOT EXISTS (SELECT FROM limu.log_sequence s WHERE s.event = e.id)
           ORDER BY e.entered_in LIMIT %(most)s""",
    )


def failing_reactions(connection: Connection[Any]) -> list[Row]:
    """List what must follow a commit and has failed, the oldest first."""
    return _all(
        connection,
        """SELECT id, kind, created_at, attempts, failure FROM limu.outbox
           WHERE done_at IS NULL AND attempts > 0 ORDER BY created_at LIMIT %(most)s""",
    )


def workers(connection: Connection[Any]) -> list[Row]:
    """List the workers, the one seen last first, and for how many seconds nobody saw it."""
    return _all(
        connection,
        """SELECT worker, started_at, seen_at,
                  extract(epoch FROM limu.register_now() - seen_at)::int AS silent
           FROM limu.worker_beat ORDER BY seen_at DESC LIMIT %(most)s""",
    )


def received_by_day(connection: Connection[Any], *, since: datetime) -> list[Row]:
    """Sum the rows of batches by the day on which they came: entered, turned away or in conflict, sent again."""
    return _all(
        connection,
        """SELECT (received_at AT TIME ZONE 'Asia/Shanghai')::date AS day, sum(accepted)::int AS accepted,
                  sum(refused + conflict)::int AS refused, sum(duplicate)::int AS again
           FROM limu.submission WHERE received_at >= %(since)s AND state = 'done' GROUP BY 1 ORDER BY 1""",
        {"since": since},
    )
