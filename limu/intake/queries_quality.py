"""How well a department files: validity, linking, and working days between decision and receipt (归集共享质效)."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from limu.intake import store_desk
from limu.intake.store_desk import Quality
from limu.intake.store_lags import being_counted, lags
from limu.law.rule import Deadline
from limu.terms.days import Calendar
from limu.wire.lawbook import calendar_under, current_book

# Where the law gives no figure the double publication's seven working days stand in (发改办财金〔2018〕424号).
WITHIN: Final = 7


@dataclass(frozen=True, slots=True)
class ItemQuality:
    """One item's figures; every one can be counted again from the batches behind it."""

    counts: Quality
    in_time: int
    timed: int
    middle: int | None
    within: int
    counting: int = 0
    """Records that the worker has still to count for the last three."""

    @property
    def valid_share(self) -> float | None:
        """Accepted of what was sent for the first time, in percent."""
        sent = self.counts.received - self.counts.duplicate
        return None if not sent else self.counts.accepted * 100 / sent

    @property
    def linked_share(self) -> float | None:
        """Linked at once of what was accepted, in percent."""
        return None if not self.counts.accepted else self.counts.linked * 100 / self.counts.accepted

    @property
    def timely_share(self) -> float | None:
        """Received within the period of what has a day of decision, in percent."""
        return None if not self.timed else self.in_time * 100 / self.timed


@dataclass(frozen=True, slots=True)
class Timed:
    """Rows of an item that came so many working days after their decision."""

    item: str
    days: int
    rows: int


def quality_of(
    connection: Connection[Any], *, department: UUID, since: date, today: date
) -> tuple[ItemQuality, ...]:  # fmt: skip
    """Figures by item for what was received since a day."""
    book = current_book(connection)
    rule, calendar = book.deadline("publication", on=today), calendar_under(connection, book)
    found = lags(connection, department=department, since=since)
    passed = _passed([day for lag in found for day in (lag.decided_on, lag.received_on)], calendar)
    timed = [Timed(lag.item, passed[lag.received_on] - passed[lag.decided_on], lag.rows) for lag in found]
    counting = being_counted(connection, department=department)
    return tuple(
        replace(
            _figures(counts, [lag for lag in timed if lag.item == counts.item], within=_within(rule)),
            counting=counting.get(counts.item, 0),
        )
        for counts in store_desk.quality(connection, department=department, since=since)
    )


def _passed(days: list[date], calendar: Calendar) -> dict[date, int]:
    """Working days gone by at each day, from some day on: between two of them lies the difference."""
    if not days:
        return {}
    first = min(days)
    every = [first + timedelta(days=step) for step in range((max(days) - first).days + 1)]
    return dict(zip(every, accumulate(map(calendar.is_working_day, every)), strict=True))


def _within(rule: Deadline | None) -> int:
    return rule.count if rule is not None and rule.count is not None and rule.unit == "working_day" else WITHIN


def _figures(counts: Quality, spent: list[Timed], *, within: int) -> ItemQuality:
    days = sorted((lag.days, lag.rows) for lag in spent)
    timed = sum(rows for _, rows in days)
    return ItemQuality(
        counts, in_time=sum(rows for day, rows in days if day <= within), timed=timed, middle=_middle(days, timed),
        within=within,
    )  # fmt: skip


def _middle(days: list[tuple[int, int]], timed: int) -> int | None:
    seen = 0
    for day, rows in days:
        seen += rows
        if seen * 2 >= timed:
            return day
    return None
