"""What a department has to file and how it stands with it (归集任务): for its own desk and for the centre's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.catalogue import store as catalogue
from limu.catalogue.rules_schedule import Filing, Schedule, Standing, schedule_of, stand
from limu.catalogue.store_schedule import Owned, Reminder, owned_items, reminders
from limu.intake import store_desk
from limu.intake.store_desk import Filed
from limu.record.item import Item
from limu.terms.days import Calendar
from limu.wire.clock import SHANGHAI
from limu.wire.lawbook import current_calendar

# The longest period is a year and may be filed late.
LOOKED_BACK = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Task:
    """An item that a department has to file: where it stands, what the period brought, whether it was reminded."""

    department: UUID
    item: Item
    standing: Standing
    received: int
    accepted: int
    refused: int
    unlinked: int
    reminded_on: date | None
    reminded_by: str
    schedule: Schedule
    until: date | None = None
    """The day from which it is no longer filed, where two people agreed to one; `ended_by` is on which basis."""
    ended_by: str = ""
    is_ended: bool = False


def tasks(
    connection: Connection[Any], *, today: date, department: UUID | None = None, with_ended: bool = False,
    owned: Sequence[Owned] | None = None, items: Mapping[str, Item] | None = None, calendar: Calendar | None = None,
) -> tuple[Task, ...]:  # fmt: skip
    """List what is to be filed, the most pressing first; None asks for every department (the centre's view).

    What ended is left out, or shown as it stood on its last day. What a page has at hand it brings."""
    if items is None:
        items = {item.code: item for item in catalogue.all_items(connection, on=today)}
    owned = owned_items(connection, department=department) if owned is None else owned
    filed = store_desk.filed_since(connection, today - LOOKED_BACK, department=department)
    told = reminders(connection, sent_from=today - LOOKED_BACK)
    # Read each time, so that a day that stood provisionally (暂算) moves when the year's calendar comes.
    calendar = calendar or current_calendar(connection)
    found = [
        _task(
            items[its.item], its, today=today, calendar=calendar,
            filed=[one for one in filed if (one.item, one.department) == (its.item, its.department)],
            told=[one for one in told if (one.item, one.department) == (its.item, its.department)],
        )
        for its in owned
        if its.item in items and (with_ended or not _is_ended(its, today))
    ]  # fmt: skip
    return tuple(sorted(found, key=_pressing))


def _task(
    item: Item, owned: Owned, *, today: date, calendar: Calendar, filed: Sequence[Filed], told: Iterable[Reminder]
) -> Task:
    schedule = owned.schedule or schedule_of(item.frequency)
    filings = [Filing(one.day, one.is_nil) for one in filed]
    last = min(today, owned.until - timedelta(1)) if owned.until else today
    standing = stand(schedule, filings, since=owned.since, until=owned.until, today=last, calendar=calendar)
    now = [one for one in filed if one.day >= standing.period.first]
    reminded = next((one for one in told if one.due_on == standing.period.due and not standing.filed), None)
    return Task(
        owned.department, item, standing,
        received=sum(one.received for one in now), accepted=sum(one.accepted for one in now),
        refused=sum(one.refused for one in now), unlinked=sum(one.unlinked for one in now),
        reminded_on=reminded.sent_at.astimezone(SHANGHAI).date() if reminded else None,
        reminded_by=reminded.officer_name if reminded else "", schedule=schedule,
        until=owned.until, ended_by=owned.ended_by, is_ended=_is_ended(owned, today),
    )  # fmt: skip


def _is_ended(owned: Owned, today: date) -> bool:
    return owned.until is not None and owned.until <= today


def _pressing(task: Task) -> tuple[int, date, str]:
    order = {"overdue": 0, "near": 1, "normal": 2}[task.standing.light]
    return (3 if task.standing.filed else order, task.standing.period.due, task.item.code)
