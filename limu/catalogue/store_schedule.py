"""Queries on who files which item by when, and on the reminders of the credit centre."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import class_row, dict_row

from limu.catalogue.rules_schedule import Schedule
from limu.wire.clock import midnight


@dataclass(frozen=True, slots=True)
class Owned:
    """That a department has to file an item, from which day until which, and by the schedule set for it, if one is."""

    item: str
    department: UUID
    since: date
    schedule: Schedule | None
    until: date | None = None
    ended_by: str = ""
    """The basis of its end, where two people agreed to one."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """That the credit centre reminded a department of an item (催报)."""

    item: str
    department: UUID
    due_on: date
    sent_at: datetime
    officer_name: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a schedule: what it is since then, on which basis, by whom."""

    due_day: int
    months: list[int]
    basis: str
    officer_name: str
    changed_at: datetime


def owned_items(connection: Connection[Any], *, department: UUID | None = None) -> tuple[Owned, ...]:
    """List what a department has to file; None lists every department's, for the centre."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT o.item, o.department, o.since, o.until, s.due_day, s.months, coalesce((
                   SELECT e.basis FROM limu.item_ending e
                   WHERE (e.item, e.department, e.until) = (o.item, o.department, o.until) AND e.is_agreed
                   ORDER BY e.settled_at DESC LIMIT 1), '') AS ended_by
               FROM limu.item_owner o
               LEFT JOIN limu.collection_schedule s ON s.item = o.item AND s.department = o.department
               WHERE %(department)s::uuid IS NULL OR o.department = %(department)s ORDER BY o.item, o.department""",
            {"department": department},
        )
        return tuple(_owned(**row) for row in cursor)


def owners_of(connection: Connection[Any], item: str) -> list[tuple[UUID, str, date, date | None]]:
    """List the departments that file an item or did, each with the day from which it does and the one it ends on."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT d.id, d.short_name AS name, o.since, o.until FROM limu.item_owner o
               JOIN limu.department d ON d.id = o.department WHERE o.item = %s ORDER BY d.name""",
            (item,),
        )
        return [(row["id"], row["name"], row["since"], row["until"]) for row in cursor]


def _owned(*, due_day: int | None, months: list[int] | None, **row: Any) -> Owned:
    return Owned(schedule=None if due_day is None else Schedule(due_day, tuple(months or ())), **row)


def set_schedule(connection: Connection[Any], *, item: str, department: UUID, schedule: Schedule) -> None:
    """Say by when a department files an item; the caller has entered row-level security."""
    connection.execute(
        """INSERT INTO limu.collection_schedule (item, department, due_day, months) VALUES (%s, %s, %s, %s)
           ON CONFLICT (item, department) DO UPDATE SET due_day = excluded.due_day, months = excluded.months""",
        (item, department, schedule.due_day, list(schedule.months)),
    )


def insert_reminder(connection: Connection[Any], *, item: str, department: UUID, due_on: date, officer: UUID) -> bool:
    """Remind a department of an item; False where it was reminded of this due day before."""
    row = connection.execute(
        """INSERT INTO limu.collection_reminder (id, item, department, due_on, officer) VALUES (%s, %s, %s, %s, %s)
           ON CONFLICT (item, department, due_on) DO NOTHING RETURNING id""",
        (uuid4(), item, department, due_on, officer),
    ).fetchone()
    return row is not None


def reminders(connection: Connection[Any], *, sent_from: date) -> tuple[Reminder, ...]:
    """List the reminders that row-level security opens, the newest first."""
    with connection.cursor(row_factory=class_row(Reminder)) as cursor:
        return tuple(
            cursor.execute(
                """SELECT r.item, r.department, r.due_on, r.sent_at, p.name AS officer_name
                   FROM limu.collection_reminder r JOIN limu.officer o ON o.id = r.officer
                   JOIN limu.person p ON p.id = o.person WHERE r.sent_at >= %s ORDER BY r.sent_at DESC""",
                (midnight(sent_from),),
            )
        )


def is_owned(connection: Connection[Any], *, item: str, department: UUID) -> bool:
    """Tell whether a department has to file an item today."""
    row = connection.execute(
        "SELECT FROM limu.item_owner WHERE item = %s AND department = %s"
        " AND (until IS NULL OR until > limu.register_today())",
        (item, department),
    ).fetchone()
    return row is not None


def insert_change(
    connection: Connection[Any], *, item: str, department: UUID, schedule: Schedule, basis: str, officer: UUID
) -> None:
    """Write down that a schedule was changed, on which basis and by whom."""
    connection.execute(
        """INSERT INTO limu.collection_schedule_change (id, item, department, due_day, months, basis, officer)
           VALUES (%s, %s, %s, %s, %s, %s, %s)""",
        (uuid4(), item, department, schedule.due_day, list(schedule.months), basis, officer),
    )


def changes_of(connection: Connection[Any], *, item: str, department: UUID) -> tuple[Change, ...]:
    """List how a schedule was changed, the newest first."""
    with connection.cursor(row_factory=class_row(Change)) as cursor:
        return tuple(
            cursor.execute(
                """SELECT c.due_day, c.months, c.basis, p.name AS officer_name, c.changed_at
                   FROM limu.collection_schedule_change c JOIN limu.officer o ON o.id = c.officer
                   JOIN limu.person p ON p.id = o.person
                   WHERE c.item = %s AND c.department = %s ORDER BY c.changed_at DESC, c.id DESC""",
                (item, department),
            )
        )
