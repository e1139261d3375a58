"""Queries of the credit centre's watch over publication; row-level security opens them to its officers alone."""

from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

Row = dict[str, Any]
View = Literal["ending", "ended", "coming", "withheld"]

_ROWS = """
    SELECT r.id, r.subject, r.item, r.document_number, r.party_name, r.decided_on, d.short_name AS department_name,
           p.shown_from, p.shown_until, p.reason, p.rule, p.is_disputed, p.known_from
    FROM limu.publication p JOIN limu.record r ON r.subject = p.subject AND r.id = p.record
    JOIN limu.department d ON d.id = p.department
    WHERE p.known_until = 'infinity'"""
# The bounds are days, so that each view reads its own stretch of an index; withheld ones have an index of their own.
_WHERE: dict[View, str] = {
    "ending": " AND p.decision = 'published' AND p.shown_until > %(today)s AND p.shown_until <= %(until)s"
    " AND p.shown_from <= %(today)s",
    "ended": " AND p.decision = 'published' AND p.shown_until <= %(today)s AND p.shown_until > %(since)s",
    "coming": " AND p.decision = 'published' AND p.shown_until > %(today)s AND p.shown_from > %(today)s",
    "withheld": " AND p.decision = 'withheld'",
}
_ORDER: dict[View, str] = {
    "ending": " ORDER BY p.shown_until, p.record", "ended": " ORDER BY p.shown_until DESC, p.record",
    "coming": " ORDER BY p.shown_from, p.record", "withheld": " ORDER BY p.known_from DESC, p.record",
}  # fmt: skip


def rows(
    connection: Connection[Any], view: View, *, today: date, days: int, picked: str, skip: int, limit: int
) -> list[Row]:
    """List records of a view, and one more than asked; `picked` is a day, or a reason where it is about those."""
    where = _WHERE[view]
    if picked and view == "withheld":
        where += " AND p.reason = %(picked)s"
    elif picked:
        where += f" AND p.{'shown_from' if view == 'coming' else 'shown_until'} = %(picked)s::date"
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            _ROWS + where + _ORDER[view] + " OFFSET %(skip)s LIMIT %(limit)s",
            {**_days(today, days), "picked": picked, "skip": skip, "limit": limit + 1},
        ).fetchall()


def counts(connection: Connection[Any], view: View, *, today: date, days: int) -> list[tuple[Any, int]]:
    """Count a view by its day, or by its reason."""
    key = {"withheld": "p.reason", "coming": "p.shown_from"}.get(view, "p.shown_until")
    order = "n DESC" if view == "withheld" else "1 DESC" if view == "ended" else "1"
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            f"SELECT {key} AS key, count(*) AS n FROM limu.publication p WHERE p.known_until = 'infinity'"
            + _WHERE[view] + f" GROUP BY 1 ORDER BY {order} LIMIT 60",
            _days(today, days),
        )  # fmt: skip
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
