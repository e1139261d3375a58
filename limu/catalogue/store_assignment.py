"""Queries on assignments of items to departments."""

from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from limu.catalogue.rules_assignment import Assignment, Wish
from limu.catalogue.rules_schedule import Schedule

_ASSIGNMENT = """
    SELECT a.id, a.item, a.department, a.since, a.due_day, a.months, a.basis, a.lists, a.asked_by,
           o.person AS asked_person, p.name AS asked_name, a.asked_at, q.name AS settled_name, a.is_agreed,
           d.short_name AS department_name,
           (SELECT i.name FROM limu.catalogue_item i WHERE i.code = a.item ORDER BY i.version DESC LIMIT 1)
             AS item_name
    FROM limu.item_assignment a JOIN limu.department d ON d.id = a.department
    JOIN limu.officer o ON o.id = a.asked_by JOIN limu.person p ON p.id = o.person
    LEFT JOIN limu.officer s ON s.id = a.settled_by LEFT JOIN limu.person q ON q.id = s.person"""


def insert_assignment(connection: Connection[Any], wish: Wish, *, id: UUID, officer: UUID) -> bool:  # noqa: A002 - the column's name
    """Keep a wish; False where one of the same item and department waits."""
    row = connection.execute(
        """INSERT INTO limu.item_assignment (id, item, department, since, due_day, months, basis, lists,
               asked_by)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
           ON CONFLICT (item, department) WHERE settled_by IS NULL DO NOTHING RETURNING id""",
        (id, wish.item, wish.department, wish.since, wish.schedule.due_day, list(wish.schedule.months), wish.basis,
         list(wish.lists), officer),
    ).fetchone()  # fmt: skip
    return row is not None


def find_assignment(connection: Connection[Any], assignment: UUID, *, lock: bool = False) -> Assignment | None:
    """Find one assignment, settled or not."""
    statement = _ASSIGNMENT + " WHERE a.id = %s" + (" FOR UPDATE OF a" if lock else "")
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(statement, (assignment,)).fetchone()
    return None if row is None else _assignment(row)


def assignments(connection: Connection[Any], *, limit: int, skip: int = 0) -> tuple[Assignment, ...]:
    """List assignments: those that wait, the oldest first, then what was settled, the newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            _ASSIGNMENT + """ ORDER BY a.settled_by IS NOT NULL, CASE WHEN a.settled_by IS NULL THEN a.asked_at END,
                a.settled_at DESC, a.id LIMIT %s OFFSET %s""",
            (limit, skip),
        )  # fmt: skip
        return tuple(_assignment(row) for row in cursor)


def count_waiting(connection: Connection[Any]) -> int:
    """How many assignments wait for the second person."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("SELECT count(*) AS n FROM limu.item_assignment WHERE settled_by IS NULL").fetchone()
    return int(row["n"]) if row else 0


def settle_assignment(connection: Connection[Any], assignment: UUID, *, officer: UUID, is_agreed: bool) -> None:
    """Write down who settled an assignment and how."""
    connection.execute(
        """UPDATE limu.item_assignment SET settled_by = %s, settled_at = limu.register_now(), is_agreed = %s
           WHERE id = %s""",
        (officer, is_agreed, assignment),
    )


def _assignment(row: dict[str, Any]) -> Assignment:
    schedule = Schedule(row.pop("due_day"), tuple(row.pop("months")))
    wish = Wish(
        row.pop("item"), row.pop("department"), row.pop("since"), schedule, row.pop("basis"), tuple(row.pop("lists"))
    )
    return Assignment(wish=wish, **row)
