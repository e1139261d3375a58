"""Queries on problems by rule, and on what was sent to departments; row-level security opens what the act may reach."""

from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from limu.intake.rules_dispatch import Dispatch, Problem
from limu.intake.store_tally import rows_of_line
from limu.wire.clock import midnight


# By department, item and rule: how many rows were turned away, and how many of them wait. What was turned away is read
# as it was counted on entering; taken off are the few rows that were mended in place or set aside. None waits of a file
# that was sent in again as a whole: a later file of the item with at least as many rows, in which at least as many were
# known already as this one had brought; what is still wrong then stands in the later file. Persons are turned away for
# good: there is nothing to mend.
def _standing(where: str) -> str:
    return f"""
    filed AS MATERIALIZED (
        SELECT s.id, s.department, s.item, s.item_version, s.received_at, NOT EXISTS (
            SELECT FROM limu.submission n WHERE n.department = s.department AND n.item = s.item AND n.state = 'done'
              AND n.received_at > s.received_at AND n.received >= s.received
              AND n.duplicate + n.conflict >= s.accepted + s.duplicate) AS is_last
        FROM limu.submission s WHERE s.state = 'done' AND {where}),
    settled AS MATERIALIZED (
        SELECT m.submission, m.row_number FROM limu.mended_row m WHERE m.submission IN (SELECT id FROM filed)
        UNION SELECT v.submission, v.row_number FROM limu.waiver v
        WHERE v.is_granted AND v.reversed_at IS NULL AND v.submission IN (SELECT id FROM filed)),
    turned AS (
        SELECT t.submission, c.code, sum(t.rows) AS rows
        FROM limu.submission_tally t CROSS JOIN unnest(t.codes) AS c (code)
        WHERE t.submission IN (SELECT id FROM filed) AND t.verdict <> 'duplicate' AND NOT t.codes @> ARRAY['person']
        GROUP BY 1, 2),
    mended AS (
        SELECT d.submission, c.code, count(*) AS rows FROM settled d CROSS JOIN LATERAL ({rows_of_line("d")}) r
        CROSS JOIN unnest(r.codes) AS c (code) GROUP BY 1, 2),
    standing AS (
        SELECT f.department, f.item, max(f.item_version) AS version, t.code AS rule, sum(t.rows)::int AS rows,
               sum(CASE WHEN f.is_last THEN t.rows - coalesce(m.rows, 0) ELSE 0 END)::int AS waiting,
               max(f.received_at) AS latest
        FROM turned t JOIN filed f ON f.id = t.submission
        LEFT JOIN mended m ON m.submission = t.submission AND m.code = t.code GROUP BY 1, 2, 4)
"""


def problems(
    connection: Connection[Any], *, since: date, department: UUID | None = None, rule: str = "", limit: int = 200
) -> list[Problem]:
    """Count rows turned away since a day by department, item and rule, the most that wait first."""
    where = "s.received_at >= %(since)s" + (" AND s.department = %(department)s" if department else "")
    with connection.cursor(row_factory=class_row(Problem)) as cursor:
        return cursor.execute(
            f"""WITH {_standing(where)}
                SELECT x.department, d.short_name AS department_name, x.item, i.name AS item_name, x.rule, x.rows,
                       x.waiting, x.latest
                FROM standing x JOIN limu.department d ON d.id = x.department
                JOIN limu.catalogue_item i ON i.code = x.item AND i.version = x.version
                {"WHERE x.rule = %(rule)s" if rule else ""}
                ORDER BY x.waiting DESC, x.rows DESC, x.rule LIMIT %(limit)s""",
            {"since": midnight(since), "department": department, "rule": rule, "limit": limit},
        ).fetchall()


_SENT = "(s.department, s.item) IN (SELECT p.department, p.item FROM limu.problem_dispatch p WHERE p.closed_at IS NULL)"
_DISPATCH = f"""
    WITH {_standing(_SENT)}
    SELECT p.id, p.department, d.short_name AS department_name, p.item,
           (SELECT i.name FROM limu.catalogue_item i WHERE i.code = p.item ORDER BY i.version DESC LIMIT 1)
             AS item_name,
           p.rule, p.rows, CASE WHEN p.closed_at IS NULL THEN coalesce(x.waiting, 0) ELSE 0 END AS waiting,
           p.note, p.due_on, p.is_provisional, n.name AS officer_name, p.sent_at, p.closed_at
    FROM limu.problem_dispatch p JOIN limu.department d ON d.id = p.department
    JOIN limu.officer o ON o.id = p.officer JOIN limu.person n ON n.id = o.person
    LEFT JOIN standing x ON x.department = p.department AND x.item = p.item AND x.rule = p.rule
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
        f"""WITH {_standing(_SENT + " AND s.department = %(department)s")}
            UPDATE limu.problem_dispatch p SET closed_at = limu.register_now()
            WHERE p.department = %(department)s AND p.closed_at IS NULL AND NOT EXISTS (
                SELECT FROM standing x WHERE x.department = p.department AND x.item = p.item AND x.rule = p.rule
                AND x.waiting > 0)""",
        {"department": department},
    ).rowcount
