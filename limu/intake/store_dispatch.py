"""Queries on problems by rule, and on what was sent to departments; row-level security opens what the act may reach."""

from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from limu.intake.rules import SPLIT_STEP
from limu.intake.rules_dispatch import Dispatch, Problem

# A row still waits while nobody mended it in place or had it set aside, and while its file was not sent in again as a
# whole: a later file of the item with at least as many rows, in which at least as many were known already as this one
# had brought. What is still wrong then stands in the later file.
_WAITS = f"""
    NOT EXISTS (SELECT FROM limu.mended_row m
                WHERE m.submission = r.submission AND m.row_number = r.row_number %% {SPLIT_STEP})
    AND NOT EXISTS (SELECT FROM limu.waiver v WHERE v.submission = r.submission
                    AND v.row_number = r.row_number %% {SPLIT_STEP} AND v.is_granted AND v.reversed_at IS NULL)
    AND NOT EXISTS (SELECT FROM limu.submission n
                    WHERE n.department = s.department AND n.item = s.item AND n.state = 'done'
                      AND n.received_at > s.received_at AND n.received >= s.received
                      AND n.duplicate + n.conflict >= s.accepted + s.duplicate)
"""
# Persons are turned away for good: there is nothing to mend.
_ROWS = """
    FROM limu.submission s JOIN limu.submission_row r ON r.submission = s.id, unnest(r.codes) AS c (code)
    WHERE s.state = 'done' AND r.verdict <> 'duplicate' AND NOT r.codes @> ARRAY['person']
"""


def problems(
    connection: Connection[Any], *, since: date, department: UUID | None = None, rule: str = "", limit: int = 200
) -> list[Problem]:
    """Count rows turned away since a day by department, item and rule, the most that wait first."""
    where = " AND s.received_at >= %(since)s"
    where += " AND s.department = %(department)s" if department else ""
    where += " AND c.code = %(rule)s" if rule else ""
    with connection.cursor(row_factory=class_row(Problem)) as cursor:
        return cursor.execute(
            f"""SELECT x.department, d.short_name AS department_name, x.item, i.name AS item_name, x.rule, x.rows,
                       x.waiting, x.latest
                FROM (SELECT s.department, s.item, max(s.item_version) AS version, c.code AS rule,
                             count(*)::int AS rows, (count(*) FILTER (WHERE {_WAITS}))::int AS waiting,
                             max(s.received_at) AS latest {_ROWS} {where}
                      GROUP BY s.department, s.item, c.code) x
                JOIN limu.department d ON d.id = x.department
                JOIN limu.catalogue_item i ON i.code = x.item AND i.version = x.version
                ORDER BY x.waiting DESC, x.rows DESC, x.rule LIMIT %(limit)s""",
            {"since": since, "department": department, "rule": rule, "limit": limit},
        ).fetchall()


_DISPATCH = f"""
    SELECT p.id, p.department, d.short_name AS department_name, p.item,
           (SELECT i.name FROM limu.catalogue_item i WHERE i.code = p.item ORDER BY i.version DESC LIMIT 1)
             AS item_name,
           p.rule, p.rows, CASE WHEN p.closed_at IS NOT NULL THEN 0 ELSE (
             SELECT count(*) {_ROWS} AND s.department = p.department AND s.item = p.item AND c.code = p.rule
               AND {_WAITS}) END::int AS waiting,
           p.note, p.due_on, p.is_provisional, n.name AS officer_name, p.sent_at, p.closed_at
    FROM limu.problem_dispatch p JOIN limu.department d ON d.id = p.department
    JOIN limu.officer o ON o.id = p.officer JOIN limu.person n ON n.id = o.person
"""


def dispatches(
    connection: Connection[Any], *, department: UUID | None = None, is_open: bool, limit: int = 100
) -> list[Dispatch]:
    """List what was sent: what is open by its day, or what is closed, the newest first."""
    where = " WHERE p.closed_at IS NULL" if is_open else " WHERE p.closed_at IS NOT NULL"
    where += " AND p.department = %(department)s" if department else ""
    order = " ORDER BY p.due_on, p.sent_at" if is_open else " ORDER BY p.closed_at DESC"
    with connection.cursor(row_factory=class_row(Dispatch)) as cursor:
        return cursor.execute(
            _DISPATCH + where + order + " LIMIT %(limit)s", {"department": department, "limit": limit}
        ).fetchall()


def insert_dispatch(connection: Connection[Any], values: dict[str, Any]) -> bool:
    """Keep a problem as it is sent; False where it is open already."""
    row = connection.execute(
        """INSERT INTO limu.problem_dispatch (id, department, item, rule, rows, note, due_on, is_provisional, officer)
           VALUES (%(id)s, %(department)s, %(item)s, %(rule)s, %(rows)s, %(note)s, %(due_on)s, %(is_provisional)s,
                   %(officer)s)
           ON CONFLICT (department, item, rule) WHERE closed_at IS NULL DO NOTHING RETURNING id""",
        values,
    ).fetchone()
    return row is not None


def close_mended(connection: Connection[Any], department: UUID) -> int:
    """Close a department's dispatches of which no row waits any more; returns how many."""
    return connection.execute(
        f"""UPDATE limu.problem_dispatch p SET closed_at = limu.register_now()
            WHERE p.department = %s AND p.closed_at IS NULL AND NOT EXISTS (
                SELECT {_ROWS} AND s.department = p.department AND s.item = p.item AND c.code = p.rule
                AND {_WAITS})""",
        (department,),
    ).rowcount
