"""Queries of the credit centre's watch over publication; row-level security opens them to its officers alone."""

from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

Row = dict[str, Any]
View = Literal["ending", "ended", "coming", "withheld"]

# The rows of a page are chosen first and joined then: a view of all would be joined whole before it is put in order.
_ROWS = """
    SELECT r.id, r.subject, r.item, r.document_number, r.party_name, r.decided_on, d.short_name AS department_name,
           p.shown_from, p.shown_until, p.reason, p.rule, p.is_disputed, p.known_from
    FROM ({chosen} ORDER BY {order} OFFSET %(skip)s LIMIT %(limit)s) p
    JOIN limu.record r ON r.subject = p.subject AND r.id = p.record
    JOIN limu.department d ON d.id = p.department ORDER BY {order}"""
_OPEN = "p.known_until = 'infinity' AND p.decision = 'published'"
# Read through an index on the day alone: what is still to come is little.
_COMING = "(SELECT * FROM limu.publication WHERE shown_from > %(today)s OFFSET 0)"
# Each reason has its newest in an index; where none is picked, the newest of those. What came in one transaction keeps
# the order of the index: sorted by more than the instant, a whole file would be read for a page of it.
_NEWEST = """
    SELECT x.*, row_number() OVER () AS n FROM (
        SELECT p.* FROM limu.publication p
        WHERE p.known_until = 'infinity' AND p.decision = 'withheld' AND p.reason = {reason}
        ORDER BY p.known_from DESC LIMIT %(skip)s + %(limit)s) x"""
_REASONS = """
    WITH RECURSIVE why (reason) AS (
        (SELECT p.reason FROM limu.publication p WHERE p.known_until = 'infinity' AND p.decision = 'withheld'
         ORDER BY p.reason LIMIT 1)
        UNION ALL SELECT (SELECT p.reason FROM limu.publication p
            WHERE p.known_until = 'infinity' AND p.decision = 'withheld' AND p.reason > w.reason
            ORDER BY p.reason LIMIT 1) FROM why w WHERE w.reason IS NOT NULL)
    SELECT p.* FROM why w CROSS JOIN LATERAL ({newest}) p"""
# The bounds are days, so that each view reads its own stretch of an index.
_CHOSEN: dict[View, str] = {
    "ending": f"SELECT p.* FROM limu.publication p WHERE {_OPEN} AND p.shown_until > %(today)s"
    " AND p.shown_until <= %(until)s AND p.shown_from <= %(today)s",
    "ended": f"SELECT p.* FROM limu.publication p WHERE {_OPEN} AND p.shown_until <= %(today)s"
    " AND p.shown_until > %(since)s",
    "coming": f"SELECT p.* FROM {_COMING} p WHERE {_OPEN}",
    "withheld": _REASONS.format(newest=_NEWEST.format(reason="w.reason")),
}
_ORDER: dict[View, str] = {
    "ending": "p.shown_until, p.record", "ended": "p.shown_until DESC, p.record",
    "coming": "p.shown_from, p.record", "withheld": "p.known_from DESC, p.reason, p.n",
}  # fmt: skip


def rows(
    connection: Connection[Any], view: View, *, today: date, days: int, picked: str, skip: int, limit: int
) -> list[Row]:
    """List records of a view, and one more than asked; `picked` is a day, or a reason where it is about those."""
    chosen = _CHOSEN[view]
    if picked and view == "withheld":
        chosen = f"SELECT p.* FROM ({_NEWEST.format(reason='%(picked)s')}) p"
    elif picked:
        chosen += f" AND p.{'shown_from' if view == 'coming' else 'shown_until'} = %(picked)s::date"
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            _ROWS.format(chosen=chosen, order=_ORDER[view]),
            {**_days(today, days), "picked": picked, "skip": skip, "limit": limit + 1},
        ).fetchall()


_COUNTS: dict[View, str] = {
    "ending": f"""SELECT e.day AS key, e.n - coalesce(c.n, 0) AS n FROM shown.published_until(%(today)s, %(until)s) e
        LEFT JOIN (SELECT p.shown_until, count(*) AS n FROM {_COMING} p
                   WHERE {_OPEN} GROUP BY 1) c ON c.shown_until = e.day
        WHERE e.n > coalesce(c.n, 0) ORDER BY 1 LIMIT 60""",
    "ended": "SELECT day AS key, n FROM shown.published_until(%(since)s, %(today)s) ORDER BY 1 DESC LIMIT 60",
    "coming": f"""SELECT p.shown_from AS key, count(*) AS n FROM {_COMING} p
        WHERE {_OPEN} GROUP BY 1 ORDER BY 1 LIMIT 60""",
    "withheld": "SELECT reason AS key, n FROM shown.withheld_for() ORDER BY n DESC LIMIT 60",
}


def counts(connection: Connection[Any], view: View, *, today: date, days: int) -> list[tuple[Any, int]]:
    """Count a view by its day, or by its reason."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(_COUNTS[view], _days(today, days))
        return [(row["key"], row["n"]) for row in cursor]


def states_of(connection: Connection[Any], *, subject: UUID, record: UUID) -> list[Row]:
    """List every decision ever held about a record, the newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT known_from, nullif(known_until, 'infinity') AS known_until, decision, reason, shown_from,
                      shown_until, earliest_repair_on, rule, is_disputed
               FROM limu.publication WHERE subject = %s AND record = %s ORDER BY known_from DESC""",
            (subject, record),
        ).fetchall()


def facts_of(connection: Connection[Any], *, subject: UUID, record: UUID) -> Row:
    """Read what a term is counted from and the stored record does not carry: its other days, its region and code."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """SELECT r.published_on, r.conduct_ended_on, trim(d.region) AS region, d.name AS department_name,
                      coalesce(s.uscc::text, '') AS uscc, s.public_name
               FROM limu.record r JOIN limu.department d ON d.id = r.department JOIN limu.subject s ON s.id = r.subject
               WHERE r.subject = %s AND r.id = %s""",
            (subject, record),
        ).fetchone()
    assert row is not None
    return row


def _days(today: date, days: int) -> dict[str, date]:
    return {"today": today, "until": today + timedelta(days=days), "since": today - timedelta(days=days)}
