"""How well a department files: validity, linking, and working days between decision and receipt (归集共享质效)."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from limu.intake import store_desk
from limu.intake.store_desk import Quality
from limu.law.rule import Deadline
from limu.terms.days import working_days_between
from limu.wire.lawbook import current_book, current_calendar

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
    rule = current_book(connection).deadline("publication", on=today)
    calendar = current_calendar(connection)
    lags = [
        Timed(lag.item, working_days_between(lag.decided_on, lag.received_on, calendar=calendar), lag.rows)
        for lag in store_desk.lags(connection, department=department, since=since)
    ]
    return tuple(
        _figures(counts, [lag for lag in lags if lag.item == counts.item], within=_within(rule))
        for counts in store_desk.quality(connection, department=department, since=since)
    )


def _within(rule: Deadline | None) -> int:
    return rule.count if rule is not None and rule.count is not None and rule.unit == "working_day" else WITHIN


def _figures(counts: Quality, lags: list[Timed], *, within: int) -> ItemQuality:
    days = sorted((lag.days, lag.rows) for lag in lags)
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
