"""Queries on endings of assignments."""

from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, dict_row

from limu.catalogue.rules_ending import Ending

_ENDING = """
    SELECT e.id, e.item, e.department, e.until, e.basis, e.asked_by, o.person AS asked_person, p.name AS asked_name,
           e.asked_at, q.name AS settled_name, e.is_agreed, d.short_name AS department_name,
           (SELECT i.name FROM limu.catalogue_item i WHERE i.code = e.item ORDER BY i.version DESC LIMIT 1)
             AS item_name
    FROM limu.item_ending e JOIN limu.department d ON d.id = e.department
    JOIN limu.officer o ON o.id = e.asked_by JOIN limu.person p ON p.id = o.person
    LEFT JOIN limu.officer s ON s.id = e.settled_by LEFT JOIN limu.person q ON q.id = s.person"""


def insert_ending(
    connection: Connection[Any], *, id: UUID, item: str, department: UUID, until: date, basis: str, officer: UUID  # noqa: A002 - the column's name
) -> bool:  # fmt: skip
    """Keep a wish; False where one of the same item and department waits."""
    row = connection.execute(
        """INSERT INTO limu.item_ending (id, item, department, until, basis, asked_by) VALUES (%s, %s, %s, %s, %s, %s)
           ON CONFLICT (item, department) WHERE settled_by IS NULL DO NOTHING RETURNING id""",
        (id, item, department, until, basis, officer),
    ).fetchone()
    return row is not None


def find_ending(connection: Connection[Any], ending: UUID, *, lock: bool = False) -> Ending | None:
    """Find one ending, settled or not."""
    statement = _ENDING + " WHERE e.id = %s" + (" FOR UPDATE OF e" if lock else "")
    with connection.cursor(row_factory=class_row(Ending)) as cursor:
        return cursor.execute(statement, (ending,)).fetchone()


def endings_of(connection: Connection[Any], *, item: str, department: UUID) -> tuple[Ending, ...]:
    """List what was asked about the end of one task, the newest first."""
    with connection.cursor(row_factory=class_row(Ending)) as cursor:
        cursor.execute(_ENDING + " WHERE e.item = %s AND e.department = %s ORDER BY e.asked_at DESC, e.id",
                       (item, department))  # fmt: skip
        return tuple(cursor)


def waiting(connection: Connection[Any]) -> tuple[Ending, ...]:
    """List the endings that wait for the second person, the oldest first."""
    with connection.cursor(row_factory=class_row(Ending)) as cursor:
        return tuple(cursor.execute(_ENDING + " WHERE e.settled_by IS NULL ORDER BY e.asked_at, e.id"))


def settle_ending(connection: Connection[Any], ending: UUID, *, officer: UUID, is_agreed: bool) -> None:
    """Write down who settled an ending and how."""
    connection.execute(
        """UPDATE limu.item_ending SET settled_by = %s, settled_at = limu.register_now(), is_agreed = %s
           WHERE id = %s""",
        (officer, is_agreed, ending),
    )


def ends_on(connection: Connection[Any], *, item: str, department: UUID) -> date | None:
    """The day from which a department no longer files an item, past or to come."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            "SELECT until FROM limu.item_owner WHERE item = %s AND department = %s", (item, department)
        ).fetchone()
    return row["until"] if row else None
