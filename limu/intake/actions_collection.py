"""The centre's acts on what is to be filed: remind who is late (催报), and say by when a department files an item."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from limu.catalogue import store_schedule
from limu.catalogue.rules_schedule import Schedule
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.intake.queries_tasks import Task

NOBODY: Final = Refusal("C-301", "没有可以催报的逾期事项。", "逾期事项都已催报过，或者已经报送。")
NO_DAY: Final = Refusal("C-302", "截止日须是 1 至 31 的数。", "请填写每期截止日，例如 20；超过当月天数的按月末。")
NO_BASIS: Final = Refusal("C-303", "没有填写调整的依据。", "请写明依据的文书，例如“关于调整报送周期的通知”。")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A schedule as somebody typed it, with its basis."""

    due_day: str
    months: Sequence[str]
    basis: str


def remind(connection: Connection[Any], *, officer: Officer, tasks: Iterable[Task]) -> int | Refusal:
    """Remind departments of what they are late with; each due day is reminded of once. Returns how many."""
    late = [task for task in tasks if task.standing.light == "overdue"]
    for task in late:
        if refusal := authorise(officer, "send_reminder", task.department):
            return refusal
    sent = sum(
        store_schedule.insert_reminder(
            connection, item=task.item.code, department=task.department, due_on=task.standing.period.due,
            officer=officer.id,
        )
        for task in late
    )  # fmt: skip
    return sent or NOBODY


def change_schedule(
    connection: Connection[Any], *, officer: Officer, department: UUID, item: str, wanted: Wanted
) -> Schedule | Refusal:
    """Say by when a department files an item, on which basis; the change stays on record."""
    if authorise(officer, "edit_schedule", department) or not store_schedule.is_owned(
        connection, item=item, department=department
    ):
        return NOT_THERE
    day = int(wanted.due_day) if wanted.due_day.isdecimal() and len(wanted.due_day) < 3 else 0
    if not 1 <= day <= 31:
        return NO_DAY
    if not wanted.basis.strip():
        return NO_BASIS
    months = sorted({int(one) for one in wanted.months if one.isdecimal() and 1 <= int(one) <= 12})
    schedule = Schedule(day, () if len(months) == 12 else tuple(months))
    store_schedule.set_schedule(connection, item=item, department=department, schedule=schedule)
    store_schedule.insert_change(
        connection, item=item, department=department, schedule=schedule, basis=wanted.basis.strip(), officer=officer.id
    )
    return schedule
