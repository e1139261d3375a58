"""When a department files an item: periods, due days moved past holidays, and the light (ux.md 2.5, 5.3)."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal

from limu.terms.days import Calendar, Term, deadline_of, working_days_between

Light = Literal["normal", "near", "overdue"]
Filed = Literal["records", "nil", ""]

NEAR: Final = 2
"""Working days left at which a task counts as near (临期)."""

LIGHTS: Final[dict[Light, str]] = {"normal": "正常", "near": "临期", "overdue": "逾期"}
FILED: Final[dict[Filed, str]] = {"records": "已报送", "nil": "已零报告"}

_YEARLY: Final = re.compile(r"每年\s*(\d{1,2})\s*月")
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The day of the month by which an item is due, and the months in which it is (none: every month)."""

    due_day: int = 31
    months: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """A span in which an item is to be filed once; provisional (暂算) where a year's holidays are not announced."""

    first: date
    due: date
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class Filing:
    """That a department filed an item on a day: records, or that there was nothing."""

    day: date
    is_nil: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How a department stands with an item: its period, what was filed in it, and the days left or missed."""

    period: Period
    filed: Filed
    light: Light
    days: int
    until: date | None = None
    """The day from which the department no longer files the item, where the period lies over it."""

    @property
    def told(self) -> str:
        """What the light says, in words (ux.md 2.4): days left with the day, or days missed."""
        if self.light == "overdue":
            return f"逾期 {self.days} 个工作日"
        if self.until:
            return f"这一期不再要求（{self.until:%m-%d} 起终止）"
        if self.days == 0:
            return f"今天到期（{self.period.due:%m-%d}）"
        return f"还剩 {self.days} 个工作日（{self.period.due:%m-%d} 到期）"

    @property
    def light_word(self) -> str:
        """The light in words, since colour never stands alone."""
        return LIGHTS[self.light]

    @property
    def filed_word(self) -> str:
        """What was filed in the period, in words; empty where nothing was."""
        return FILED.get(self.filed, "")


def schedule_of(frequency: str) -> Schedule:
    """The schedule an item's frequency implies: the months it names (每年 4 月), else every month's end."""
    return Schedule(months=tuple(int(month) for month in _YEARLY.findall(frequency)))


@lru_cache(maxsize=1024)
def periods_around(schedule: Schedule, today: date, *, calendar: Calendar) -> tuple[Period, Period]:
    """The period that ended last and the one that runs; a due day on a holiday moves to the day after (民法典 203)."""
    dues = [
        deadline_of(_stated(year, month, schedule.due_day), Term(), calendar)
        for year in (today.year - 2, today.year - 1, today.year, today.year + 1)
        for month in (schedule.months or range(1, 13))
    ]
    index = next(at for at, due in enumerate(dues) if due.day >= today)
    before, ended, running = dues[index - 2], dues[index - 1], dues[index]
    return (
        Period(before.day + _ONE_DAY, ended.day, ended.is_provisional),
        Period(ended.day + _ONE_DAY, running.day, running.is_provisional),
    )


def _stated(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def stand(
    schedule: Schedule, filings: Sequence[Filing], *, since: date, until: date | None = None, today: date,
    calendar: Calendar,
) -> Standing:  # fmt: skip
    """How a department stands: a missed period stays open until something is filed for it, later filings count on.

    `since` is the day from which the department has to file the item, `until` the one from which it no longer has to:
    a period due on that day or later is not asked for."""
    ended, running = periods_around(schedule, today, calendar=calendar)
    in_time = [one for one in filings if ended.first <= one.day <= ended.due]
    later = sorted((one for one in filings if one.day > ended.due), key=lambda one: one.day)
    if not in_time and since <= ended.due:
        if not later:
            return Standing(ended, "", "overdue", working_days_between(ended.due, today, calendar=calendar))
        later = later[1:]
    left = working_days_between(today, running.due, calendar=calendar)
    filed: Filed = "" if not later else "nil" if all(one.is_nil for one in later) else "records"
    if until and running.due >= until:
        return Standing(running, filed, "normal", left, until)
    return Standing(running, filed, "near" if left <= NEAR and not filed else "normal", left)
